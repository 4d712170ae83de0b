"""What people who read the words say of the screening: a false alarm, or a disclosure it missed.

A mark is a note for those who improve the screening, and nothing trains itself. "Not a disclosure"
closes nothing, lowers nothing and stops no alert. A missed disclosure is raised at once, in the
same commit, so that nobody has to find it again (docs/screening.md, "Learning from people").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.escalations import NotPossible, raise_escalation
from bot.inbox import HIT_KINDS
from bot.late import AS_IF_NOW, say_nothing_yet
from bot.marks_shown import ShownMark, marks_beside
from bot.receive import MOST_IN_A_THOUGHT
from bot.service import Service
from bot.shown import ShownMessage, shown
from bot.transcripts import log_reading, words_of
from dialogs.screening_lexicon import CATEGORIES
from storage import escalations as records
from storage import links, marks
from storage.database import lock_row
from storage.drills import is_of_drill
from storage.escalations import Hit
from storage.tables import Escalation, Message, ReturnInterview, ScreeningMark, Staff

RULE: Final = "a person read it: the computer had missed it"
ABOUT: Final = ("self", "other_child")
ALREADY: Final = "Somebody has already marked this message in the same way."
_NO_WORDS: Final = "There are no words in this message, so there is nothing to learn from."
_NOT_HERE: Final = "There is no such message here."


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody reads the words, by which they may: an escalation or an interview."""

    kind: Literal["escalation", "interview"]
    id: UUID


@dataclass(frozen=True, slots=True)
class Missed:
    """What a person found in words in which the computer found nothing, or too little."""

    priority: int
    categories: tuple[str, ...]
    about: str

    def missing(self) -> tuple[str, ...]:
        """The parts that are not chosen yet, or not to be chosen from."""
        return tuple(
            name
            for name, is_there in (
                ("priority", self.priority in (1, 2, 3)),
                ("categories", self.categories and set(self.categories) <= set(CATEGORIES)),
                ("about", self.about in ABOUT),
            )
            if not is_there
        )


@dataclass(frozen=True, slots=True)
class ToMark:
    """The words that a mark would be about: one thought, and what was marked before."""

    texts: tuple[ShownMessage, ...]
    marks: tuple[ShownMark, ...]


def read_to_mark(
    service: Service, place: Place, kind: str, message_id: UUID, actor: str
) -> ToMark | None:
    """The thought that a mark of this kind would be about, the reading logged before.

    Args:
        service: the process's service.
        place: where the reader may read the message.
        kind: "not_a_disclosure" or "missed".
        message_id: a message of the young person.
        actor: who reads, as the access log names them.

    Returns:
        None when the message cannot be read there, or was not flagged there.
    """
    with service.database.read() as session:
        if _thought(service, session, place, kind, message_id) is None:
            return None
    log_reading(service, actor, "read message to mark", f"message:{message_id}")
    with service.database.read() as session:
        thought = _thought(service, session, place, kind, message_id)
        if thought is None:
            return None
        return ToMark(
            shown(service, session, thought),
            marks_beside(service, session, [thought[-1].id]),
        )


def mark_not_a_disclosure(
    service: Service, escalation_id: UUID, message_id: UUID, staff: Staff, reason: str
) -> None:
    """Keep that a flagged message tells of no harm, and why; the escalation stays as it is.

    Raises:
        NotPossible: there is no reason, it was not flagged here, or it is marked already.
    """
    if not reason.strip():
        raise NotPossible("Write down why this is not a disclosure.")
    place = Place("escalation", escalation_id)
    try:
        with service.database.write() as session:
            thought = _words(service, session, place, "not_a_disclosure", message_id)
            detail = {"reason": reason.strip(), "message_ids": [str(each.id) for each in thought]}
            mark = marks.add_mark(
                session,
                service.vault,
                "not_a_disclosure",
                thought[-1],
                staff.id,
                service.clock.service_now(),
                detail,
                interview_id=thought[-1].interview_id,
                escalation_id=escalation_id,
            )
            _audit(service, session, staff, "mark not a disclosure", mark)
    except IntegrityError:
        raise NotPossible(ALREADY) from None


def mark_missed(
    service: Service, place: Place, message_id: UUID, staff: Staff, found: Missed
) -> tuple[str, bool]:
    """Keep that a message is a disclosure which the computer missed, and raise it at once.

    Returns:
        The reference of the escalation, and whether it was raised for this: False when the message
        is already part of an open one that is as urgent.

    Raises:
        NotPossible: a part is missing, the message is not to be read there, or is marked already.
    """
    if found.missing():
        raise NotPossible("Choose how soon, what it is about, and who it is about.")
    try:
        with service.database.write() as session:
            thought = _words(service, session, place, "missed", message_id)
            message = thought[-1]
            lock_row(session, "conversation", "young_person_id", message.young_person_id)
            open_one = _open_for(service, session, message, found.priority)
            escalation = open_one or _raise(service, session, message, found)
            mark = marks.add_mark(
                session,
                service.vault,
                "missed",
                message,
                staff.id,
                service.clock.service_now(),
                {
                    "message_ids": [str(each.id) for each in thought],
                    "categories": list(found.categories),
                    "about": found.about,
                },
                priority=found.priority,
                interview_id=message.interview_id,
                escalation_id=escalation.id,
            )
            _audit(service, session, staff, "mark missed disclosure", mark)
            return escalation.reference, open_one is None
    except IntegrityError:
        raise NotPossible(ALREADY) from None


def _words(
    service: Service, session: Session, place: Place, kind: str, message_id: UUID
) -> Sequence[Message]:
    thought = _thought(service, session, place, kind, message_id)
    if thought is None:
        raise NotPossible(_NOT_HERE)
    if is_of_drill(session, thought[-1].young_person_id):
        raise NotPossible("This is a drill: nothing of it is kept as a mark.")
    texts = [each.text.strip() for each in shown(service, session, thought)]
    if not (texts[-1] if kind == "missed" else any(texts)):
        raise NotPossible(_NO_WORDS)
    return thought


def _thought(
    service: Service, session: Session, place: Place, kind: str, message_id: UUID
) -> Sequence[Message] | None:
    """The thought in which a message was flagged, or that it ends; None when it is not seen."""
    messages = {each.id: each for each in _readable(session, place) if each.direction == "in"}
    message = messages.get(message_id)
    if message is None:
        return None
    because: set[UUID] = set()
    if kind == "not_a_disclosure":
        because = _flagged_with(service, session, place.id, message_id)
        if not because:
            return None
        message = max((messages[each] for each in because if each in messages), key=_place_of)
    since = message.at - timedelta(seconds=service.settings.settle_at_most_seconds)
    thought = marks.texts_of_thought(session, message, since, MOST_IN_A_THOUGHT)
    ids = {each.id for each in thought} | because
    return sorted((each for key, each in messages.items() if key in ids), key=_place_of)


def _place_of(message: Message) -> int:
    return message.seq or 0


def _readable(session: Session, place: Place) -> Sequence[Message]:
    if place.kind == "interview":
        interview = session.get(ReturnInterview, place.id)
        return words_of(session, interview) if interview else ()
    found = records.escalation(session, place.id)
    if found is None:
        return ()
    return links.all_words(session, found.young_person_id, until=found.closed_at)


def _flagged_with(
    service: Service, session: Session, escalation_id: UUID, message_id: UUID
) -> set[UUID]:
    """The messages of the newest hit of an escalation that a message is part of."""
    found = records.escalation(session, escalation_id)
    events = records.events_of(session, escalation_id) if found else ()
    for event in reversed(events):
        if found is not None and event.kind == "hit":
            ids = _messages_of(event.message_id, records.detail_of(service.vault, found, event))
            if message_id in ids:
                return ids
    return set()


def _messages_of(message_id: UUID | None, detail: dict[str, Any]) -> set[UUID]:
    named = {UUID(each["message_id"]) for each in detail.get("because", ()) if "message_id" in each}
    return named | ({message_id} if message_id else set())


def _open_for(
    service: Service, session: Session, message: Message, priority: int
) -> Escalation | None:
    """An escalation that nobody has closed, raised for this message and as urgent as that."""
    person = links.person_of(session, message.young_person_id)
    for found, event in records.events_about(session, person):
        if found.closed_at is not None or event.kind not in HIT_KINDS:
            continue
        if event.priority is None or event.priority > priority:
            continue
        if message.id in _messages_of(
            event.message_id, records.detail_of(service.vault, found, event)
        ):
            return found
    return None


def _raise(service: Service, session: Session, message: Message, found: Missed) -> Escalation:
    because = [
        {"category": code, "rule": RULE, "message_id": str(message.id)} for code in found.categories
    ]
    hit = Hit(
        kind="hit",
        priority=found.priority,
        message_id=message.id,
        detail={"categories": list(found.categories), "because": because},
    )
    raised = raise_escalation(service, session, message.young_person_id, message.interview_id, hit)
    # A text of days ago: the phone must not light up at night because nobody has answered "yet".
    if service.clock.service_now() - message.at > AS_IF_NOW:
        say_nothing_yet(service, session, raised)
    return raised


def _audit(
    service: Service, session: Session, staff: Staff, action: str, mark: ScreeningMark
) -> None:
    service.audit.append(
        session,
        service.clock.service_now(),
        f"staff:{staff.id}",
        action,
        f"screening_mark:{mark.id}",
        message=str(mark.message_id),
        escalation=str(mark.escalation_id),
    )
