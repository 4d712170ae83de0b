"""A made-up young person for the tests of the dialogue: writes, waits, and is answered."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from dialogs.turn import (
    Disclosure,
    Heard,
    HeardText,
    Media,
    Position,
    Situation,
    Turn,
    open_interview,
    take_turn,
)

FACTS = {
    "service": "the Listen Line",
    "name": "Ade",
    "employer": "Northfield Voices",
    "next_read": "9am on Monday",
}
TEATIME = datetime(2026, 11, 20, 16, tzinfo=UTC)
HURT = Disclosure(2, ("ABU",), "clear")
PLAIN = {
    "hello": "yes",
    "just_you": "yes",
    "way": "text",
    "promised": "it is much the same really",
    "safe_now": "yes",
    "going_on": "it was one of those long days",
    "help": "a bit more time for myself",
    "get_away": "it all got too much for me",
    "around": "it is ok most of the time",
    "away": "walked about and looked at shops",
    "slept": "yes it was fine",
    "harm_ok": "yes",
    "upset": "not really it was just long",
    "anyone_hurting": "no",
    "health": "no",
    "back": "it was quiet when I got in",
    "again": "another day like that one maybe",
    "keep_private": "no",
    "good_bits": "the quiet was good",
    "reached": "no not anyone really",
    "somewhere": "nowhere in particular",
    "feeling_then": "a bit fed up i think",
    "planned": "it was not something i thought about",
    "told_anyone": "no i kept it in",
    "got_back": "on foot in the end",
    "police": "they asked some things",
    "changed": "no it is all the same",
    "trust": "one or two people",
    "enjoy": "drawing and long walks",
    "feeling_now": "a bit tired of it",
    "in_yourself": "up and down i think",
    "took": "no not a thing",
    "anyone_else": "no",
    "right_time": "yes",
}
"""What a willing child answers without telling about anything else in passing."""


@dataclass
class YoungPerson:
    """Keeps the position as JSON between two texts, as the service does."""

    situation: Situation = field(
        default_factory=lambda: Situation(contact="open", texting_agreed=True, facts=FACTS)
    )
    stored: str = field(default_factory=lambda: json.dumps(Position().to_json()))
    now: datetime = TEATIME

    @property
    def position(self) -> Position:
        return Position.from_json(json.loads(self.stored))

    @property
    def state(self) -> str:
        return self.position.state

    def is_invited(self) -> Turn:
        return self.remember(open_interview(self.position, self.situation, self.now))

    def writes(
        self,
        *texts: str | HeardText,
        media: tuple[Media, ...] = (),
        disclosure: Disclosure | None = None,
        after: timedelta = timedelta(seconds=20),
    ) -> Turn:
        self.now += after
        heard = tuple(HeardText(text) if isinstance(text, str) else text for text in texts)
        turn = take_turn(self.position, Heard(heard, media, disclosure), self.situation, self.now)
        return self.remember(turn)

    def gets_to(self, state: str) -> "YoungPerson":
        """Answer plainly until the interview stands at `state`."""
        self.is_invited()
        plain = PLAIN | {"check_word": self.situation.check_word or "?"}
        while self.state != state:
            self.writes(plain[self.state])
        return self

    def becomes(self, **changes: object) -> "YoungPerson":
        self.situation = replace(self.situation, **changes)  # type: ignore[arg-type]
        return self

    def remember(self, turn: Turn) -> Turn:
        self.stored = json.dumps(turn.position.to_json())
        assert self.position == turn.position
        if turn.contact:
            self.situation = replace(self.situation, contact=turn.contact)
        return turn


def keys(turn: Turn) -> list[str]:
    return [reply.key for reply in turn.replies]
