"""The people of these tests, all of them made up, and small builders of what belongs to them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from storage import escalations, messages, outbox, people
from storage.database import Database
from storage.encryption import Vault
from storage.staff import add_staff
from storage.tables import Escalation, Message, OutboxEntry, ReturnInterview, Staff

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
"""Service time and machine time alike, where a test does not need them to differ."""

AMINA_NUMBER = "+447700900101"
MAX_NUMBER = "+447700900102"
DEE_NUMBER = "+447700900201"


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Child:
    id: UUID
    address_id: UUID


def amina(database: Database, vault: Vault, **details: Any) -> Child:
    """A young person who is known, at a confirmed number of her own."""
    known = {"name": "Amina Yusuf", "check_word": "marigold", "confirmed": True}
    return young_person(database, vault, AMINA_NUMBER, known | details)


def max_outsider(database: Database, vault: Vault) -> Child:
    """An unknown sender: somebody else, with a key of his own."""
    return young_person(database, vault, MAX_NUMBER, {"provisional": True})


def young_person(database: Database, vault: Vault, address: str, details: dict[str, Any]) -> Child:
    new = people.NewYoungPerson(id=uuid4(), channel="sms", address=address, **details)
    vault.new_owner(new.id)
    with database.write() as session:
        contact = people.add_young_person(session, vault, new, NOW)
    return Child(new.id, contact.id)


def dee(database: Database, vault: Vault) -> Staff:
    """A duty worker with a number to alert."""
    return staff(database, vault, "Dee Okafor", "duty_worker", DEE_NUMBER)


def ade(database: Database, vault: Vault) -> Staff:
    """An advocate, who is never alerted."""
    return staff(database, vault, "Ade Bello", "advocate", None)


def staff(database: Database, vault: Vault, name: str, role: str, phone: str | None) -> Staff:
    staff_id = uuid4()
    vault.new_owner(staff_id)
    email = f"{name.split()[0].lower()}@example.org"
    with database.write() as session:
        return add_staff(session, vault, staff_id, name, email, role, phone, "no-hash", NOW)


def interview_of(database: Database, child: Child, state: str = "not_started") -> ReturnInterview:
    """The interview of one more episode of this young person."""
    with database.write() as session:
        episode = people.add_episode(session, child.id, after(-3600), NOW, "command")
        return people.interview_for(session, episode, {"state": state}, NOW)


def words(
    body: str = "hi", provider_id: str | None = None, raw: bytes = b"Body=hi"
) -> messages.Words:
    return messages.Words(
        channel="sms",
        account="AC-test",
        provider_id=provider_id or f"SM{uuid4().hex}",
        body=body,
        exact=True,
        raw=raw,
        content_type="application/x-www-form-urlencoded",
        kind="text",
        media="",
    )


def receive(
    session: Session,
    vault: Vault,
    child: Child,
    said: messages.Words | None = None,
    at: datetime = NOW,
    interview_id: UUID | None = None,
) -> Message:
    """One text from this young person, with ten seconds to be screened in."""
    deadline = at + timedelta(seconds=10)
    return messages.keep_inbound(
        session, vault, said or words(), child.id, interview_id, child.address_id, at, at, deadline
    )


def send(
    session: Session,
    vault: Vault,
    child: Child,
    question: str | None = None,
    rank: int = 2,
    due_at: datetime = NOW,
    body: str = "Are you OK?",
) -> OutboxEntry:
    """One text to this young person, in the outbox."""
    script = messages.Outgoing(body, "a_key", "general", question, False, "1")
    message = messages.keep_outbound(
        session, vault, script, child.id, None, child.address_id, "sms", NOW, NOW
    )
    return outbox.queue_entry(
        session, rank, "sms", due_at, NOW, young_person_id=child.id, message_id=message.id
    )


def alert(session: Session, found: Escalation, staff: Staff) -> OutboxEntry:
    """One alert to a member of staff, in the outbox."""
    text = escalations.add_alert(session, found, staff.id, f"Please look: {found.reference}", NOW)
    return outbox.queue_entry(session, 0, "sms", NOW, NOW, alert_id=text.id)


def claimed(session: Session, entry: OutboxEntry, at: datetime = NOW) -> OutboxEntry:
    """The entry after a worker has taken it, with a lease of 15 seconds."""
    taken = outbox.claim(session, entry.id, "worker", at, at, at + timedelta(seconds=15))
    assert taken is not None
    return taken[0]


def accepted(session: Session, entry: OutboxEntry, at: datetime = NOW) -> OutboxEntry:
    """The entry after the provider has taken it."""
    taken = claimed(session, entry, at)
    assert outbox.settle(session, taken, "sent", at, at, provider_id=f"SM{uuid4().hex}")
    return taken
