"""Whose browser asks, and how far they have come: on their way in, or in.

A password alone opens nothing (ASVS 6.3.3): whoever has given only that is on the way. Who has a
second factor is asked for it; who has none yet sets one up. In the demo that may be skipped.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from flask import request, session, url_for

from storage.second_factors import has_factor
from storage.staff_sessions import TOUCH_EVERY, end_session, find_session, start_session
from storage.tables import Staff, StaffSession
from web.context import service

Stage = Literal["second", "set-up", "in"]

ON_THE_WAY: Final = timedelta(minutes=10)
"""So long after the password the second factor is taken."""

PROOF_FOR: Final = timedelta(minutes=5)
"""So long a proof of who one is lasts for what needs a new one (docs/reliability.md, ASVS 7.5)."""

_TOKEN_BYTES: Final = 32
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody whose password, passkey or directory we have checked."""

    staff: Staff
    session: StaffSession
    stage: Stage

    def proved_lately(self, machine_now: datetime) -> bool:
        """Whether they proved in the last minutes who they are."""
        proved_at = self.session.proved_at
        return proved_at is not None and machine_now - proved_at <= PROOF_FOR

    def seen_lately(self, machine_now: datetime) -> bool:
        """Whether the last use is noted already: a page may ask every second, not write so."""
        return machine_now - self.session.seen_at < TOUCH_EVERY


def token() -> str | None:
    """What the cookie of this request holds."""
    found = session.get("token")
    return found if isinstance(found, str) else None


def find_visit() -> Visit | None:
    """Whose browser asks; None when its session ended, idled or grew too old."""
    held = token()
    if held is None:
        return None
    now = service().clock.machine_now()
    with service().database.read() as reading:
        found = find_session(reading, held, now)
        if found is None:
            return None
        row, staff = found
        stage: Stage = "in"
        if row.factor is None:
            stage = _stage(has_one=has_factor(reading, staff.id))
    if stage != "in" and now - row.created_at > ON_THE_WAY:
        return None
    return Visit(staff, row, stage)


def _stage(*, has_one: bool) -> Stage:
    if has_one:
        return "second"
    return "set-up" if service().settings.needs_second_factor else "in"


def let_in(staff: Staff, factor: str | None) -> Stage:
    """Begin a session under a new token, in place of the one that this browser had.

    Args:
        staff: whose it is.
        factor: what was given beside the password; without one they may be only on their way.

    Returns:
        How far they have come.
    """
    at = service()
    now = at.clock.machine_now()
    before, new = token(), secrets.token_urlsafe(_TOKEN_BYTES)
    with at.database.write() as writing:
        if before is not None:
            end_session(writing, before, now)
        start_session(writing, staff.id, new, now, _browser(), factor)
        stage = "in" if factor else _stage(has_one=has_factor(writing, staff.id))
        if stage == "in":
            who = f"staff:{staff.id}"
            at.audit.append(
                writing, at.clock.service_now(), who, "signed in", who, factor=factor or "none"
            )
    # Nothing of the visitor before carries over, the form's own token least of all.
    session.clear()
    session["token"] = new
    return stage


def step(stage: Stage) -> str:
    """The page of the next step on the way in."""
    return url_for("second_step.show" if stage == "second" else "set_up.show")


def _browser() -> str:
    """Which browser asks, in words that its owner knows again; nothing that it made up itself."""
    agent = request.user_agent.string
    browser = next((name for sign, name in _BROWSERS if sign in agent), "Another browser")
    system = next((name for sign, name in _SYSTEMS if sign in agent), None)
    return f"{browser} on {system}" if system else browser
