"""What happens when something could not be delivered: it is tried again, or a person is told.

A provider may refuse at once, or say hours later that a message did not arrive; both come here.
Nothing ends in silence: what is given up is a task, an alarm or an escalation, and for a safety
reply a person is told at its first failure, not after four hours (docs/reliability.md F-12, 2.4).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.alarms import note_alarm
from bot.channels import Retry, SendFailed, Trouble
from bot.channels.codes import is_known, policy
from bot.copies import message_of, queue_copy
from bot.escalations import raise_escalation
from bot.outbox import SAFETY_RANK
from bot.reach import add_task, note_unreachable
from bot.service import Service
from bot.window import TASK as OUTSIDE_WINDOW
from bot.window import another_contact, take_another_way
from storage import again, attempts
from storage.database import lock_row
from storage.escalations import Hit, message_has_event
from storage.people import conversation_of
from storage.tables import ContactAddress, Message, OutboxEntry

RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(minutes=5)
RETRY_FOR = timedelta(hours=4)
RETRY_FEW: Final = (timedelta(minutes=10), timedelta(hours=2))
"""A phone that is off: it may have been out of signal for minutes, or without power till home."""
LASTING = timedelta(minutes=15)
SAFETY_WITHIN = timedelta(seconds=60)
FILTERED_AT = 2
FILTERED_WITHIN = timedelta(hours=1)
NO_REASON = "no_reason"
NOT_YET_TROUBLE = ("20429", "429", "telegram_flood")
"""Too much at once: nothing was taken, and it goes in a moment."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is not there; ``reported``: the provider had accepted it before."""

    code: str
    retry: Retry
    trouble: Trouble
    retry_after: float | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of the entry: "waiting" until ``retry_at`` (machine time), or "failed"."""

    state: str
    retry_at: datetime | None = None


def refusal_of(failure: SendFailed) -> Refusal:
    """A refusal at the call."""
    return Refusal(failure.code, failure.retry, failure.trouble, failure.retry_after)


def refusal_by_code(code: str, channel: str) -> Refusal:
    """A failure that a provider reported later, by its code; it may have given none."""
    code = code or NO_REASON
    known = policy(code, channel)
    return Refusal(code, known.retry, known.trouble, reported=True)


def next_step(service: Service, session: Session, entry: OutboxEntry, refusal: Refusal) -> Next:
    """Whether and when the same text is tried again; never later than four hours after the first.

    What a later text of the conversation has overtaken is not repeated out of order, unless it is
    a safety reply.
    """
    now = service.clock.machine_now()
    delay = _delay(session, entry, refusal)
    latest = (entry.first_tried_at or now) + RETRY_FOR
    if delay is None or now + delay > latest:
        return Next("failed")
    if refusal.reported and entry.rank > SAFETY_RANK and again.is_overtaken(session, entry):
        return Next("failed")
    return Next("waiting", now + delay)


def _delay(session: Session, entry: OutboxEntry, refusal: Refusal) -> timedelta | None:
    if refusal.code in NOT_YET_TROUBLE and refusal.retry_after is not None:
        # The provider says when: later would only make three texts in a row slow.
        return timedelta(seconds=refusal.retry_after)
    if refusal.retry == "backoff":
        return backoff(entry.tries, refusal.retry_after)
    if refusal.retry != "few":
        return None
    before = attempts.times_refused(session, entry, refusal.code)
    return jittered(RETRY_FEW[before]) if before < len(RETRY_FEW) else None


def backoff(tries: int, retry_after: float | None = None) -> timedelta:
    """Growing and jittered; never before the provider allows it (docs/reliability.md F-14)."""
    grown = jittered(RETRY_FIRST * 2 ** max(0, min(tries - 1, 10)))
    return max(min(grown, RETRY_LONGEST), timedelta(seconds=retry_after or 0))


def jittered(delay: timedelta) -> timedelta:
    """About this long, so that what failed together does not come back together."""
    spread: timedelta = delay * random.uniform(0.8, 1.2)  # noqa: S311
    return spread


def note_refusal(
    service: Service, session: Session, entry: OutboxEntry, refusal: Refusal, after: Next
) -> None:
    """Tell whoever must know, in the commit that settles the entry as ``after`` says."""
    _note_alarms(service, session, entry, refusal, after)
    if entry.message_id is None:
        return
    message = message_of(session, entry)
    if after.state == "failed":
        _give_up(service, session, entry, message, refusal)
        return
    if refusal.retry == "backoff":
        note_lasting(service, session, entry)
    if entry.rank == SAFETY_RANK and refusal.code not in NOT_YET_TROUBLE:
        tell_at_once(service, session, entry, message, refusal.code)


def try_again_now(session: Session, young_person_id: UUID) -> None:
    """They write, so their phone is on: what waited for that does not wait any longer."""
    for entry in attempts.retried_later(session, young_person_id):
        if policy(attempts.last_code(session, entry.id), entry.channel).retry == "few":
            entry.retry_at = None
            session.add(entry)
    session.flush()


def note_lasting(service: Service, session: Session, entry: OutboxEntry) -> None:
    """A task for a person, once, when a text has been tried for a quarter of an hour."""
    first, before = entry.first_tried_at, attempts.before_last_at(session, entry)
    if first is None or entry.young_person_id is None:
        return
    lasts = service.clock.machine_now() - first > LASTING
    lasted_before = before is not None and before - first > LASTING
    if lasts and not lasted_before:
        add_task(service, session, "undelivered", entry.young_person_id)


def give_up_in_doubt(service: Service, session: Session, entry: OutboxEntry, code: str) -> None:
    """Nobody could say for four hours whether it was sent: a person finds out."""
    refusal = Refusal(code, "never", "none")
    note_refusal(service, session, entry, refusal, Next("failed"))


def sweep_late_safety(service: Service) -> int:
    """Tell a person of every safety reply that no provider took within a minute."""
    before = service.clock.service_now() - SAFETY_WITHIN
    with service.database.read() as session:
        late = [each for each in again.late_safety(session, before) if not _is_told(session, each)]
    told = 0
    for each in late:
        with service.database.write() as session:
            entry = session.get_one(OutboxEntry, each.seq)
            message = message_of(session, entry)
            lock_row(session, "conversation", "young_person_id", message.young_person_id)
            session.refresh(entry)
            # It may have been accepted, or another worker told somebody, in between.
            if entry.state in ("waiting", "claimed", "in_doubt") and not _is_told(session, entry):
                tell_at_once(service, session, entry, message, "late")
                told += 1
    return told


def tell_at_once(
    service: Service, session: Session, entry: OutboxEntry, message: Message, code: str
) -> None:
    """A safety reply has not arrived: a person hears of it now, and another way is tried, once."""
    lock_row(session, "conversation", "young_person_id", message.young_person_id)
    if not _is_told(session, entry):
        rule = f"safety reply not delivered: {code}"
        hit = Hit(
            kind="undelivered",
            priority=2,
            message_id=message.id,
            detail={"categories": ["TEC"], "because": [{"category": "TEC", "rule": rule}]},
        )
        person_id, interview_id = message.young_person_id, message.interview_id
        raise_escalation(service, session, person_id, interview_id, hit)
    _copy_elsewhere(service, session, entry, message)


def _copy_elsewhere(
    service: Service, session: Session, entry: OutboxEntry, message: Message
) -> None:
    """The same words to another phone of theirs; not while anybody may be looking."""
    conversation = conversation_of(session, message.young_person_id)
    if conversation.contact == "guarded":
        return
    if again.is_copy(session, message.id) or again.has_copy(session, message.id):
        return
    contact = session.get_one(ContactAddress, message.contact_address_id)
    other = another_contact(service, session, contact)
    if other is not None:
        queue_copy(service, session, entry, message, other)


def _is_told(session: Session, entry: OutboxEntry) -> bool:
    return entry.message_id is not None and message_has_event(
        session, entry.message_id, "undelivered"
    )


def _give_up(
    service: Service, session: Session, entry: OutboxEntry, message: Message, refusal: Refusal
) -> None:
    """It will not arrive this way: another way, or somebody's work; a safety reply, at once."""
    lock_row(session, "conversation", "young_person_id", message.young_person_id)
    trouble = "unreachable" if refusal.retry == "few" else refusal.trouble
    person_id = message.young_person_id
    if trouble == "outside_window":
        if take_another_way(service, session, entry, message):
            return
        add_task(service, session, OUTSIDE_WINDOW, person_id)
    elif trouble in ("opted_out", "wrong_address", "unreachable") and not (
        trouble == "unreachable" and _wrote_since(session, entry, message)
    ):
        contact = session.get_one(ContactAddress, message.contact_address_id)
        note_unreachable(service, session, person_id, trouble, contact)
    else:
        add_task(service, session, "undelivered", person_id)
    if entry.rank == SAFETY_RANK:
        tell_at_once(service, session, entry, message, refusal.code)


def _wrote_since(session: Session, entry: OutboxEntry, message: Message) -> bool:
    """Whether something came from that address after the first try: the phone is on again."""
    last = session.get_one(ContactAddress, message.contact_address_id).last_in_at
    return last is not None and entry.first_tried_at is not None and last > entry.first_tried_at


def _note_alarms(
    service: Service, session: Session, entry: OutboxEntry, refusal: Refusal, after: Next
) -> None:
    """What people who run the service can mend, and an alert that nobody got."""
    named = f"{entry.channel} {refusal.code}"
    kind = policy(refusal.code, entry.channel).alarm if is_known(refusal.code) else None
    if kind == "filtered":
        if _is_filtered(service, session, entry):
            note_alarm(service, session, kind, entry.channel)
    elif kind is not None or refusal.trouble == "our_fault":
        note_alarm(service, session, kind or "our_fault", named)
    if after.state == "failed" and entry.message_id is None:
        note_alarm(service, session, "alert_failed", named)


def _is_filtered(service: Service, session: Session, entry: OutboxEntry) -> bool:
    """Whether a carrier has refused several texts within the hour, this one counted."""
    since = service.clock.machine_now() - FILTERED_WITHIN
    codes = attempts.codes_since(session, entry.channel, since)
    counted = [each for each in codes if policy(each, entry.channel).alarm == "filtered"]
    return len(counted) >= FILTERED_AT
