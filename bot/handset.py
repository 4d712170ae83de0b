"""The simulated phone of a rehearsal: what one handset shows, and texting from it.

A handset shows only what reached it. What waits in the outbox is not visible to a young person;
the page says how much there is, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from bot.channels import Inbound, Media, Pin
from bot.receive import Receipt, receive
from bot.service import Service
from dialogs.sms import segments
from storage import contacts, installation, people, simulated
from storage import messages as words
from storage.outbox import delivery_of
from storage.staff import duty_workers
from storage.tables import Message
from storage.versions import Version, phone_version, worker_phones_version

CHANNEL = "simulated"
ACCOUNT = "phone"


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody whose phone can be picked up."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message on the screen; ``segments`` is 0 where no words were sent."""

    id: UUID
    is_mine: bool
    kind: str
    media: str
    text: str
    at: datetime
    segments: int


@dataclass(frozen=True, slots=True)
class Handset:
    """One phone as its owner sees it; ``waiting`` messages have not reached it."""

    owner: Owner
    bubbles: tuple[Bubble, ...]
    waiting: int
    has_signal: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """One message from a handset: ``provider_id`` names it, so that a repeat is the same."""

    provider_id: str
    raw: bytes
    content_type: str
    text: str = ""
    exact: bool = True
    media: tuple[Media, ...] = ()
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class AlertText:
    """One alert as it stands on a phone."""

    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerPhone:
    """The simulated phone of one duty worker."""

    id: UUID
    name: str
    alerts: tuple[AlertText, ...]


def owners(service: Service) -> list[Owner]:
    """Everybody whose phone can be picked up."""
    with service.database.read() as session:
        found = people.known_people(session, CHANNEL)
    return [Owner(each.id, people.name_of(service.vault, each)) for each in found]


def handset(service: Service, young_person_id: UUID) -> Handset | None:
    """One phone; None when it is not one of ``owners``."""
    with service.database.read() as session:
        owner = _owner(service, session, young_person_id)
        if owner is None:
            return None
        messages = words.conversation_messages(session, young_person_id)
        index = _address_index(session, young_person_id)
        reached = simulated.received_messages(session, index)
        fates = delivery_of(session, [each.id for each in messages if each.direction == "out"])
        seen = [each for each in messages if each.direction == "in" or each.id in reached]
        return Handset(
            owner=owner,
            bubbles=tuple(_bubble(service, each) for each in seen),
            waiting=sum(state == "queued" and each not in reached for each, state in fates.items()),
            has_signal=simulated.has_signal(session, index),
        )


def version(service: Service, young_person_id: UUID) -> Version | None:
    """Changes whenever the handset would look different; None when there is none."""
    with service.database.read() as session:
        if _owner(service, session, young_person_id) is None:
            return None
        return phone_version(session, young_person_id, _address_index(session, young_person_id))


def send(service: Service, young_person_id: UUID, sending: Sending) -> Receipt | None:
    """Text from a handset, by the same way that every text comes in; None when there is none.

    Raises:
        Exception: nothing could be stored.
    """
    with service.database.read() as session:
        if _owner(service, session, young_person_id) is None:
            return None
        contact = contacts.contact_of(session, people.conversation_of(session, young_person_id))
        address = contacts.open_address(service.vault, contact)
    inbound = Inbound(
        channel=CHANNEL,
        account=ACCOUNT,
        provider_id=sending.provider_id,
        sender=address,
        recipient=service.settings.service_name,
        text=sending.text,
        exact=sending.exact,
        raw=sending.raw,
        content_type=sending.content_type,
        media=sending.media,
        pin=sending.pin,
    )
    return receive(service, inbound)


def set_signal(service: Service, young_person_id: UUID, *, on: bool) -> None:
    """Switch a handset's signal on or off."""
    with service.database.write() as session:
        simulated.set_signal(session, _address_index(session, young_person_id), on=on)


def move_clock(service: Service, by: timedelta) -> None:
    """Move the rehearsal's service clock forward.

    Raises:
        NotADemo: this is a live service.
        ValueError: ``by`` is not forward.
    """
    with service.database.write() as session:
        installation.move_clock(session, by)


def worker_phones(service: Service) -> list[WorkerPhone]:
    """The phones of everybody on duty, with the alerts that reached them."""
    with service.database.read() as session:
        alerts = simulated.received_alerts(session)
        workers = duty_workers(session)
    return [
        WorkerPhone(
            worker.id,
            worker.name,
            tuple(AlertText(each.body, each.at) for each in alerts if each.staff_id == worker.id),
        )
        for worker in workers
    ]


def workers_version(service: Service) -> Version:
    """Changes whenever ``worker_phones`` would."""
    with service.database.read() as session:
        return worker_phones_version(session)


def _owner(service: Service, session: Session, young_person_id: UUID) -> Owner | None:
    known = people.known_people(session, CHANNEL)
    found = next((each for each in known if each.id == young_person_id), None)
    return None if found is None else Owner(found.id, people.name_of(service.vault, found))


def _address_index(session: Session, young_person_id: UUID) -> str:
    conversation = people.conversation_of(session, young_person_id)
    return contacts.contact_of(session, conversation).address_index


def _bubble(service: Service, message: Message) -> Bubble:
    text = words.body_of(service.vault, message)
    return Bubble(
        id=message.id,
        is_mine=message.direction == "in",
        kind=message.kind,
        media=message.media,
        text=text,
        at=message.at,
        segments=segments(text) if message.kind == "text" else 0,
    )
