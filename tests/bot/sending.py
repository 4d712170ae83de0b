"""What these tests do to the outbox: several channels, rounds of a sender, reports."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlmodel import col, select

from bot.channels import Report
from bot.deliver import deliver_due
from bot.reports import take_report
from storage import contacts
from storage.alarms import open_alarms
from storage.tables import ContactAddress, DeliveryEvent, OutboxEntry
from tests.bot.phone import FakePhone, Killed
from tests.bot.world import Child, World

TEMPLATE_SID = f"HX{'0' * 32}"
Status = Literal["queued", "sending", "sent", "delivered", "read", "failed"]


def with_channels(world: World, *phones: FakePhone, template: bool = False) -> None:
    """These channels instead of the one; ``template``: one is approved on WhatsApp."""
    settings = world.service.settings
    if template:
        sid = {"twilio_whatsapp_template_sid": TEMPLATE_SID}
        settings = settings.model_copy(update=sid)
    channels = {each.name: each for each in phones}
    world.service = replace(world.service, channels=channels, settings=settings)
    world.phone = phones[0]


def send(world: World, worker: str = "worker") -> None:
    """One round of a sender, which may die in it."""
    try:
        deliver_due(world.service, worker)
    except Killed:
        return


def send_until(world: World, moment: datetime, every: timedelta) -> None:
    """Rounds of a sender, one after the other, until then."""
    while world.clock.machine_now() <= moment:
        send(world)
        world.clock.move(every)


def states(world: World, child: Child) -> list[str]:
    return [each.state for each in world.outbox(child)]


def report(
    world: World,
    provider_id: str,
    status: Status,
    code: str = "",
    *,
    channel: str | None = None,
    reference: UUID | None = None,
) -> bool:
    """The provider says something of a message."""
    name = channel or world.phone.name
    return take_report(world.service, Report(name, provider_id, status, code, reference))


def alarms(world: World) -> list[tuple[str, str]]:
    with world.reading() as session:
        return [(each.kind, each.detail) for each in open_alarms(session)]


def events(world: World, entry: OutboxEntry) -> list[tuple[str, str]]:
    """What is known of one entry, in the order in which it became known."""
    statement = select(DeliveryEvent).where(DeliveryEvent.outbox_id == entry.id)
    with world.reading() as session:
        found = session.exec(statement.order_by(col(DeliveryEvent.seq)))
        return [(each.status, each.code) for each in found]


def other_address(world: World, child: Child, channel: str, address: str, **details: Any) -> UUID:
    """One more address of theirs, which a person checked with them unless ``details`` say else."""
    now = world.clock.service_now()
    with world.service.database.write() as session:
        found = contacts.add_contact(
            session,
            world.service.vault,
            child.id,
            channel,
            address,
            now,
            **({"confirmed": True} | details),
        )
        return found.id


def wrote_at(world: World, child: Child, moment: datetime | None) -> None:
    """When something last came from their addresses."""
    with world.service.database.write() as session:
        found = session.exec(
            select(ContactAddress).where(ContactAddress.young_person_id == child.id)
        )
        for each in found.all():
            each.last_in_at = moment
            session.add(each)
