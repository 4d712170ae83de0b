"""Stage one: save the words, then think.

Commit 1 keeps the message, its raw request and a screening deadline. Only then is it screened;
commit 2 keeps the result and, on a hit, the escalation with its first alert and timer. A detector
that raises or outlives its budget makes an escalation at once; one that takes the process down
leaves the deadline, which sweeps the words into one (docs/reliability.md F-01, F-33).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.channels import Inbound
from bot.escalations import raise_escalation
from bot.late import is_for_a_person, leave_to_a_person, say_nothing_yet
from bot.media import escalate_media, is_call, note_call, words_of
from bot.reach import note_unreachable
from bot.screening_in_time import screen_in_time
from bot.senders import key_for_newcomer, sender_of
from bot.service import Service
from bot.settle import plan_turn
from dialogs.screening import Screening
from storage import escalations as records
from storage import messages as words
from storage import people, screenings
from storage.escalations import Hit
from storage.screenings import Found
from storage.tables import Message

log = structlog.get_logger()

NOT_SCREENED_PRIORITY = 1
"""A failed detector is a failure of the system: nobody knows what the message says."""

MOST_IN_A_THOUGHT = 8
"""Of a flood, the newest texts are screened together; each was screened when it came."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one inbound request."""

    message_id: UUID
    duplicate: bool


def receive(service: Service, inbound: Inbound) -> Receipt:
    """Take one verified inbound message.

    Returns when the words are durable. A message that was kept before changes nothing.

    Raises:
        Exception: nothing could be stored; the caller answers 503 and the provider tries again.
    """
    try:
        message = _keep(service, inbound)
    except IntegrityError:
        return Receipt(_kept_before(service, inbound), duplicate=True)
    try:
        if is_call(message):
            note_call(service, message)
        else:
            _screen(service, message, opted_out=inbound.opt_out)
    except Exception as error:  # noqa: BLE001 - the words are stored, the answer is 200
        # The words are safe; the deadline raises the escalation if this cannot be repaired here.
        log.error("screening failed", message_id=str(message.id), error=type(error).__name__)
        _escalate_unscreened_now(service, message, opted_out=inbound.opt_out)
    return Receipt(message.id, duplicate=False)


def escalate_unscreened(service: Service, message: Message, *, opted_out: bool = False) -> None:
    """Turn a message without a screening result into an escalation, once."""
    with service.database.write() as session:
        recorded = screenings.finish_screening(
            session, service.vault, message, "not_screened", NOT_SCREENED_PRIORITY, {}, None
        )
        if not recorded:
            return
        hit = Hit(
            kind="not_screened",
            priority=NOT_SCREENED_PRIORITY,
            message_id=message.id,
            detail={"categories": ["TEC"], "because": []},
        )
        _escalate(service, session, message, hit, pressing=True)
        if opted_out:
            note_unreachable(service, session, message.young_person_id, "opted_out")
        if is_for_a_person(service, message, pressing=True):
            leave_to_a_person(service, session, message)
        else:
            plan_turn(service, session, message, at_once=True)


def _escalate_unscreened_now(service: Service, message: Message, *, opted_out: bool) -> None:
    try:
        escalate_unscreened(service, message, opted_out=opted_out)
    except Exception as error:  # noqa: BLE001 - the deadline is in the database
        log.error("left to the sweep", message_id=str(message.id), error=type(error).__name__)


def _kept_before(service: Service, inbound: Inbound) -> UUID:
    with service.database.read() as session:
        found = words.find_inbound(session, inbound.channel, inbound.account, inbound.provider_id)
    if found is None:
        raise RuntimeError("a message was refused that is not kept")
    return found.id


def _keep(service: Service, inbound: Inbound) -> Message:
    """Commit 1: who it is from, the words, the raw request, the deadline."""
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    deadline = machine_now + timedelta(seconds=service.settings.screening_deadline_seconds)
    newcomer = key_for_newcomer(service, inbound)
    with service.database.write() as session:
        contact = sender_of(service, session, inbound, newcomer)
        interview = people.current_interview(session, contact.young_person_id)
        return words.keep_inbound(
            session,
            service.vault,
            words_of(inbound),
            contact.young_person_id,
            interview.id if interview else None,
            contact.id,
            now,
            machine_now,
            deadline,
        )


def _screen(service: Service, message: Message, *, opted_out: bool) -> None:
    """Screen outside any transaction, then commit 2."""
    with service.database.read() as session:
        since = message.at - timedelta(seconds=service.settings.settle_at_most_seconds)
        thought = words.thought_of(session, message, since, MOST_IN_A_THOUGHT)
        person = people.young_person(session, message.young_person_id)
        after_risk = records.risk_is_open(session, message.young_person_id)
    known = [screenings.found_in(service.vault, *each) for each in thought]
    said = [each for each, _ in thought]
    texts = [words.body_of(service.vault, each) for each in said]
    asked = {state for state in (message.question, message.question_in_flight) if state}
    result = screen_in_time(service, message.id, texts, asked, person.language, after_risk)
    hit = None if _repeats(result, known[:-1]) else _hit(message, said, result)
    pressing = (result.priority or 3) < 3
    with service.database.write() as session:
        recorded = screenings.finish_screening(
            session,
            service.vault,
            message,
            "screened",
            result.priority,
            _result_json(result),
            result.detector,
        )
        if hit is not None:
            _escalate(service, session, message, hit, pressing=pressing)
        if message.kind != "text":
            escalate_media(service, session, message, after_risk=after_risk)
        if opted_out:
            note_unreachable(service, session, message.young_person_id, "opted_out")
        if recorded:
            _plan(service, session, message, pressing=pressing)


def _escalate(
    service: Service, session: Session, message: Message, hit: Hit, *, pressing: bool
) -> None:
    found = raise_escalation(service, session, message.young_person_id, message.interview_id, hit)
    if is_for_a_person(service, message, pressing=pressing):
        say_nothing_yet(service, session, found)


def _plan(service: Service, session: Session, message: Message, *, pressing: bool) -> None:
    """A turn answers it; a later version of a text only where something was found in it.

    What came very late is for a person (bot.late).
    """
    if not pressing and words.is_edit(session, message.id):
        words.dispose(session, [message.id], "edit", service.clock.service_now())
        return
    if is_for_a_person(service, message, pressing=pressing):
        leave_to_a_person(service, session, message)
        return
    plan_turn(service, session, message, at_once=pressing or message.kind != "text")


def _repeats(result: Screening, earlier: Sequence[Found]) -> bool:
    """Whether all that was found was found, as urgent, when the earlier texts came.

    A text that matches nothing itself may still make what came before it more urgent ("he hits me",
    "hes here now").
    """
    if any(match.text_index >= len(earlier) for match in result.because):
        return False
    known = {code for each in earlier for code in each.categories}
    urgency = min((each.priority for each in earlier if each.priority), default=None)
    if urgency is None or result.priority is None:
        return False
    return result.priority >= urgency and known.issuperset(result.categories)


def _hit(message: Message, thought: Sequence[Message], result: Screening) -> Hit | None:
    """What this message is escalated for; None when nothing was found."""
    if result.priority is None:
        return None
    because = [
        {
            "category": match.category,
            "rule": match.rule,
            "message_id": str(thought[match.text_index].id),
            "start": match.start,
            "end": match.end,
        }
        for match in result.because
    ]
    return Hit(
        kind="hit",
        priority=result.priority,
        message_id=message.id,
        detail={"categories": list(result.categories), "because": because},
    )


def _result_json(result: Screening) -> dict[str, Any]:
    return {
        "categories": list(result.categories),
        "certainty": result.certainty,
        "own_act": result.own_act,
        "because": [asdict(match) for match in result.because],
        "told": list(result.told),
        "score": result.score,
    }
