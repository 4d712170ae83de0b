"""What came instead of words: pictures, voice, files, a map pin, a call. Nothing is ever fetched.

Kind, count and time are kept, and a person is told (docs/practice.md 7.6). A sticker is an empty
text and pages nobody.
"""

from __future__ import annotations

from sqlmodel import Session

from bot.channels import Inbound
from bot.escalations import raise_escalation
from bot.reach import add_task
from bot.service import Service
from storage import messages as words
from storage import screenings
from storage.escalations import Hit, risk_is_open
from storage.messages import Words
from storage.tables import Message

MEDIA_PRIORITY = 2
CALL_PRIORITY = 2


def words_of(inbound: Inbound) -> Words:
    """What is kept of an inbound message, ready to be sealed."""
    body = inbound.text
    if inbound.pin is not None:
        parts = [inbound.text, f"{inbound.pin.latitude}, {inbound.pin.longitude}"]
        parts += [part for part in (inbound.pin.label, inbound.pin.address) if part]
        body = "\n".join(part for part in parts if part)
    return Words(
        channel=inbound.channel,
        account=inbound.account,
        provider_id=inbound.provider_id,
        body=body,
        exact=inbound.exact,
        raw=inbound.raw,
        content_type=inbound.content_type,
        kind=_kind(inbound),
        media=",".join(inbound.media),
        edit_of=inbound.edit_of,
        pressed=inbound.pressed,
        sent_at=inbound.sent_at,
    )


def _kind(inbound: Inbound) -> str:
    if inbound.pin is not None:
        return "pin"
    return "media" if set(inbound.media) - {"sticker"} else "text"


def is_call(message: Message) -> bool:
    """Whether somebody rang, and wrote nothing."""
    return message.media == "call"


def escalate_media(
    service: Service, session: Session, message: Message, *, after_risk: bool
) -> None:
    """Tell a person that something came which is not opened; in the caller's commit."""
    is_pin = message.kind == "pin"
    kinds = " and ".join(dict.fromkeys(message.media.split(",")))
    rule = "map pin sent" if is_pin else f"{kinds} sent, not opened"
    priority = 1 if is_pin and after_risk else MEDIA_PRIORITY
    _raise(service, session, message, rule, priority)


def note_call(service: Service, message: Message) -> None:
    """Somebody rang: a person calls back; while a disclosure is open, at once."""
    with service.database.write() as session:
        if not screenings.finish_screening(
            session, service.vault, message, "screened", None, {}, None
        ):
            return
        words.dispose(session, [message.id], "call", service.clock.service_now())
        add_task(service, session, "call_back", message.young_person_id)
        if risk_is_open(session, message.young_person_id):
            _raise(service, session, message, "rang us", CALL_PRIORITY)


def _raise(service: Service, session: Session, message: Message, rule: str, priority: int) -> None:
    because = [{"category": "TEC", "rule": rule, "message_id": str(message.id)}]
    hit = Hit(
        kind="hit",
        priority=priority,
        message_id=message.id,
        detail={"categories": ["TEC"], "because": because},
    )
    raise_escalation(service, session, message.young_person_id, message.interview_id, hit)
