"""The made-up disclosure and the made-up young person, and how the text comes in.

It comes in as a young person's does: signed as Twilio signs, posted to our own public address, so
that whatever stands in front of this service is tested too. In a rehearsal, which has no such
provider, it takes the way of the pretended phones: the same receiving code.
"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from bot.channel_checks import Fetch
from bot.channels import Inbound
from bot.channels.drill_request import drill_request
from bot.handset import ACCOUNT
from bot.receive import receive
from bot.service import Service
from storage import contacts, drills, people
from storage.database import lock_name
from storage.tables import Drill

ADDRESS: Final = "+447700900000"
"""From the numbers that Ofcom keeps for drama: no telephone will ever have it."""
OF_PERSONS: Final = tuple(f"+4477009000{number:02}" for number in range(1, 50))
"""Of drills to a person, in turn: their page must not show a year of drills to nobody."""
NAME: Final = "DRILL, no real child"
WORDS: Final = "DRILL, not a real child: i took loads of pills"


def address_of(drill: Drill) -> str:
    """The number that a drill's text comes from."""
    if drill.target == "sink":
        return ADDRESS
    return OF_PERSONS[(drill.seq or 0) % len(OF_PERSONS)]


def make_child(service: Service, address: str) -> None:
    """Enter the made-up young person who has this number, once."""
    index = contacts.address_index(service.vault, address)
    with service.database.read() as session:
        if drills.child_at(session, index):
            return
    new_id = uuid4()
    service.vault.new_owner(new_id)
    with service.database.write() as session:
        lock_name(session, index)
        if drills.child_at(session, index):
            return
        new = people.NewYoungPerson(
            id=new_id, channel=_channel(service), address=address, name=NAME, confirmed=True
        )
        people.add_young_person(session, service.vault, new, service.clock.service_now())
        person = people.young_person(session, new_id)
        person.is_drill = True
        session.add(person)


def send_text(service: Service, address: str, provider_id: str, fetch: Fetch) -> str:
    """Send the text in; a code for what went wrong, or nothing when it was taken."""
    settings = service.settings
    if settings.is_demo or not settings.has_twilio:
        return _receive_here(service, address, provider_id)
    request = drill_request(
        settings.site,
        settings.twilio_account_sid or "",
        settings.twilio_auth_token or "",
        provider_id=provider_id,
        sender=address,
        recipient=settings.twilio_sms_from or "",
        words=WORDS,
    )
    answer = fetch("POST", request.url, request.body, request.headers)
    if answer.status == 200:
        return ""
    return f"refused_{answer.status}" if answer.status else "not_reached"


def _channel(service: Service) -> str:
    """Where a text of Twilio's comes in; in a rehearsal, the pretended phones."""
    settings = service.settings
    return "sms" if settings.has_twilio and not settings.is_demo else service.phone_channel


def _receive_here(service: Service, address: str, provider_id: str) -> str:
    inbound = Inbound(
        channel=_channel(service),
        account=ACCOUNT,
        provider_id=provider_id,
        sender=address,
        recipient=service.settings.service_name,
        text=WORDS,
        exact=True,
        raw=WORDS.encode(),
        content_type="text/plain; charset=utf-8",
    )
    try:
        receive(service, inbound)
    except Exception:  # noqa: BLE001 - whatever it was, a real text would have been lost as well
        return "refused_503"
    return ""
