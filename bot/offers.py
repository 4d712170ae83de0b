"""What became of every offer: from "never became a text" to "they wrote back".

A text that nobody answered is never called a refusal, and nor is one that did not arrive
(docs/practice.md, offer and clock). A no is one that they gave in words of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from bot.channels.codes import policy
from bot.service import Service
from dialogs.position import Position
from storage import offers as stored
from storage.offers import Fate
from storage.staff import staff_by_id
from storage.tables import Offer, ReturnInterview

ANSWERED_WITHIN = timedelta(hours=72)
"""What comes later than that is hardly an answer to this text."""

Kind = Literal[
    "not_written",
    "waiting",
    "put_off",
    "trying",
    "wrote_first",
    "taken_back",
    "not_delivered",
    "answered",
    "said_no",
    "next_came",
    "no_answer",
]
"""next_came: nothing was written back before the next text; no_answer: nothing so far."""
Reached = Literal["sent", "delivered", "read"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one offer.

    Attributes:
        kind: see `Kind`.
        reason: of one that never became a text: the code that `storage.offers` keeps.
        until: of one that waits: when it may leave (service time); None when it may now.
        meaning: of one that did not arrive: why, in plain words.
        reached: of one that left: how far it is known to have come.
        answered_at: when they wrote back.
    """

    kind: Kind
    reason: str | None = None
    until: datetime | None = None
    meaning: str | None = None
    reached: Reached | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """One text that they did not ask for, who decided it, and what came of it.

    ``channel`` is the one that it goes by; "" where no text was written.
    """

    kind: str
    due_at: datetime
    made_by: str
    outcome: Outcome
    channel: str = ""


def offers_about(
    service: Service, session: Session, interview: ReturnInterview
) -> tuple[Offered, ...]:
    """Every offer about one interview with its outcome, as they fall due."""
    rows = stored.offers_of_interview(session, interview.id)
    texts = [each.message_id for each in rows if each.message_id is not None]
    fates = stored.fates_of(session, texts)
    found = {each.id: fates[each.message_id] for each in rows if each.message_id in fates}
    wrote = stored.wrote_at(session, interview.young_person_id)
    now = service.clock.service_now()
    following = _following(rows, found)
    outcomes = [
        outcome_of(each, found.get(each.id), wrote, now, next_at=following.get(each.id))
        for each in rows
    ]
    if _said_no(interview):
        outcomes = _with_the_no(outcomes)
    return tuple(
        Offered(
            kind=each.kind,
            due_at=each.due_at,
            made_by=made_by(session, each.made_by),
            outcome=outcome,
            channel=found[each.id].channel if each.id in found else "",
        )
        for each, outcome in zip(rows, outcomes, strict=True)
    )


def outcome_of(
    offer: Offer,
    fate: Fate | None,
    wrote: Sequence[datetime],
    now: datetime,
    *,
    next_at: datetime | None = None,
) -> Outcome:
    """What became of one offer.

    Args:
        offer: which.
        fate: of its text; None where nothing was queued.
        wrote: when anything came from them, the first first (service time).
        now: service time.
        next_at: when the next text that they did not ask for left; None when none has.
    """
    if offer.outcome is not None or offer.message_id is None or fate is None:
        return Outcome("not_written", reason=offer.outcome)
    if fate.dropped_at is not None:
        first = any(offer.at <= each <= fate.dropped_at for each in wrote)
        return Outcome("wrote_first" if first else "taken_back")
    if fate.failed is not None:
        return Outcome("not_delivered", meaning=policy(fate.failed, fate.channel).why)
    if fate.waiting_until is not None:
        return _waiting(offer, fate, now)
    return _after(fate.accepted_at or offer.due_at, _reached(fate), wrote, next_at)


def made_by(session: Session, actor: str) -> str:
    """Who or what decided an offer: a name where it was a person, else the part's own name."""
    kind, _, staff_id = actor.partition(":")
    if kind != "staff":
        return actor
    staff = staff_by_id(session, UUID(staff_id))
    return staff.name if staff else "a person"


def _waiting(offer: Offer, fate: Fate, now: datetime) -> Outcome:
    until = fate.waiting_until
    if until is not None and until > offer.due_at:
        return Outcome("put_off", until=until)
    if fate.tries:
        return Outcome("trying")
    return Outcome("waiting", until=offer.due_at if offer.due_at > now else None)


def _after(
    left_at: datetime, reached: Reached, wrote: Sequence[datetime], next_at: datetime | None
) -> Outcome:
    """What came after a text that left."""
    until = left_at + ANSWERED_WITHIN
    came = [each for each in wrote if left_at <= each < until]
    if came and (next_at is None or came[0] < next_at):
        return Outcome("answered", reached=reached, answered_at=came[0])
    return Outcome("no_answer" if next_at is None else "next_came", reached=reached)


def _reached(fate: Fate) -> Reached:
    if fate.read:
        return "read"
    return "delivered" if fate.delivered else "sent"


def _following(rows: Sequence[Offer], fates: dict[UUID, Fate]) -> dict[UUID, datetime]:
    """When the text after each one left; what was taken back or never written is passed over."""
    left = [
        (each.id, accepted)
        for each in rows
        if each.id in fates and (accepted := fates[each.id].accepted_at) is not None
    ]
    return {first[0]: second[1] for first, second in pairwise(left)}


def _said_no(interview: ReturnInterview) -> bool:
    position = Position.from_json(interview.position)
    return position.said_no or position.state == "declined"


def _with_the_no(outcomes: list[Outcome]) -> list[Outcome]:
    """A no is the answer to the last text that they answered."""
    answered = [place for place, each in enumerate(outcomes) if each.kind == "answered"]
    if not answered:
        return outcomes
    last = outcomes[answered[-1]]
    no = Outcome("said_no", reached=last.reached, answered_at=last.answered_at)
    return [no if place == answered[-1] else each for place, each in enumerate(outcomes)]
