"""Providers that behave, and misbehave, on this machine."""
