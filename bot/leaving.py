"""What is looked at again at the moment a message leaves: it may have waited for hours.

The conversation may have become guarded, moved on, or be somebody else's work by now; a text that
answers nothing must also find the right time of day (docs/practice.md, safe contact; T-01, F-31).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlmodel import Session

from bot.alerting.opening import to_staff, why_alert_stays
from bot.channels import Choice, Outbound
from bot.clock import is_prompt_time, next_prompt_time
from bot.copies import message_of
from bot.outbox import PERSON_JOINED, SAFETY_RANK, may_leave
from bot.prompts import chosen_times
from bot.reach import has_opted_out
from bot.service import Service
from bot.window import is_open, is_template
from storage import again, holds
from storage.contacts import open_address
from storage.drills import is_of_drill
from storage.escalations import risk_is_open
from storage.messages import body_of
from storage.people import conversation_of, young_person
from storage.tables import ContactAddress, Message, OutboxEntry

QUESTION_GOOD_FOR = timedelta(hours=1)
"""A question is not delivered hours after it was asked: somebody else may hold the phone by then
(docs/reliability.md T-01)."""
SAFETY_GOOD_FOR = timedelta(hours=4)
LEAST_VALID = timedelta(minutes=5)
"""A late try is delivered at once or not at all."""
PATIENCE = timedelta(minutes=10)
PROMPT_GOOD_FOR = timedelta(days=1)
PUT_OFF_FOR_AT_MOST = timedelta(days=9)
"""Longer than from any moment to the next chosen one (bot.clock), and then it is no invitation."""
CHOSEN_MOMENT = timedelta(minutes=15)
EXPLAINS: Final = frozenset({"m1", "m2", "m3", "m3b", "m3c"})
"""Who reads and what is passed on: said once, so never too late, also when more was asked since."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Why a message does not leave, and what becomes of it.

    drop: nobody misses it. fail: a person has to know. put_off: it waits ``until`` (service time).
    another_way: not as free words on this channel.
    """

    kind: Literal["drop", "fail", "put_off", "another_way"]
    code: str
    until: datetime | None = None


def opened(service: Service, session: Session, entry: OutboxEntry) -> Outbound | None:
    """Where it goes and what it says; None when a member of staff has no phone any more."""
    if entry.message_id is None:
        return _to_staff(service, session, entry)
    message = message_of(session, entry)
    contact = session.get_one(ContactAddress, message.contact_address_id)
    return Outbound(
        open_address(service.vault, contact),
        body_of(service.vault, message),
        entry.id,
        choices=tuple(Choice(*each) for each in message.choices or ()),
        valid_for_s=_valid_for_s(service, session, entry),
        template=is_template(message),
    )


def _to_staff(service: Service, session: Session, entry: OutboxEntry) -> Outbound | None:
    """An alert about an escalation, a text about an alarm, or a code."""
    told = to_staff(service, session, entry)
    if told is None:
        return None
    valid_for_s = _valid_for_s(service, session, entry)
    return Outbound(*told, entry.id, valid_for_s=valid_for_s)


def why_it_stays(service: Service, session: Session, entry: OutboxEntry) -> Stay | None:
    """The first reason against sending it now; None when it may leave."""
    if entry.message_id is None:
        code = why_alert_stays(service, session, entry)
        return Stay("drop", code) if code else None
    message, now = message_of(session, entry), service.clock.service_now()
    if code := _why_it_is_dropped(session, message):
        return Stay("drop", code)
    if holds.has_to_stay(session, message):
        return Stay("drop", PERSON_JOINED)
    if again.is_stale(session, entry, now, PATIENCE, EXPLAINS):
        return Stay("drop", "stale")
    if entry.prompt and (stay := _why_no_prompt(service, session, entry, message, now)):
        return stay
    contact = session.get_one(ContactAddress, message.contact_address_id)
    if entry.rank > SAFETY_RANK and has_opted_out(session, contact):
        return Stay("fail", "opted_out")
    if not is_open(service, contact) and not is_template(message):
        return Stay("another_way", "outside_window")
    return None


def _why_it_is_dropped(session: Session, message: Message) -> str | None:
    """Nobody is there in a drill, and somebody else may be in a guarded conversation."""
    if is_of_drill(session, message.young_person_id):
        return "drill"
    contact = conversation_of(session, message.young_person_id).contact
    return None if may_leave(contact, message.exposure or "case") else "guarded"


def _why_no_prompt(
    service: Service, session: Session, entry: OutboxEntry, message: Message, now: datetime
) -> Stay | None:
    """A text that answers nothing: it may come at a bad time, or nobody needs it any more."""
    if again.has_written_since(session, message):
        return Stay("drop", "wrote_since")
    if risk_is_open(session, message.young_person_id):
        return Stay("drop", "risk_open")
    if now - entry.due_at > PROMPT_GOOD_FOR or now - message.at > PUT_OFF_FOR_AT_MOST:
        return Stay("drop", "too_late")
    chosen = chosen_times(young_person(session, message.young_person_id))
    nation = service.settings.nation
    if is_prompt_time(now, chosen, nation) or _was_chosen(service, session, entry, now):
        return None
    return Stay("put_off", "quiet", next_prompt_time(now, chosen, nation))


def _was_chosen(service: Service, session: Session, entry: OutboxEntry, now: datetime) -> bool:
    """Whether a person chose just this moment, outside the hours: it holds for minutes only."""
    if entry.young_person_id is None:
        return False
    chosen = chosen_times(young_person(session, entry.young_person_id))
    is_override = not is_prompt_time(entry.due_at, chosen, service.settings.nation)
    return is_override and now - entry.due_at <= CHOSEN_MOMENT


def _valid_for_s(service: Service, session: Session, entry: OutboxEntry) -> int:
    """How long the provider may still deliver it, less what it has waited already.

    A prompt is not delivered after the hours in which one may come, either.
    """
    now = service.clock.service_now()
    longest = SAFETY_GOOD_FOR if entry.rank <= SAFETY_RANK else QUESTION_GOOD_FOR
    valid = max(longest - max(now - entry.due_at, timedelta()), LEAST_VALID)
    if entry.prompt and entry.young_person_id is not None:
        nation = service.settings.nation
        chosen = chosen_times(young_person(session, entry.young_person_id))
        while valid > LEAST_VALID and not is_prompt_time(now + valid, chosen, nation):
            valid -= LEAST_VALID
    return int(valid.total_seconds())
