"""How words come in and go out: channels, receiving, turns, the outbox, the ladder of people."""
