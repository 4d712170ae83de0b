"""A whole service for one test: its databases, a clock that stands still, a provider, people."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, SQLModel, col, select

from bot.channels import Inbound, Media, Pin
from bot.clock import SetClock
from bot.receive import Receipt, receive
from bot.service import open_service
from bot.settings import Settings
from bot.worker import step
from storage import escalations as records
from storage import people
from storage.tables import (
    Conversation,
    Disposition,
    Escalation,
    EscalationEvent,
    HumanTask,
    Message,
    OutboxEntry,
    ReturnInterview,
    ScreeningResult,
)
from tests.bot.detector import Detector
from tests.bot.phone import FakePhone

START = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
"""A Friday, four in the afternoon in London."""
WORKER = "worker"
MOST_STEPS = 2_000


@dataclass(frozen=True, slots=True)
class Child:
    """A young person, or the provisional one that an unknown sender is."""

    id: UUID
    address: str


class World:
    """One process of the service, with what a test looks at afterwards."""

    def __init__(
        self,
        settings: Settings,
        clock: SetClock | None = None,
        phone: FakePhone | None = None,
        detector: Detector | None = None,
    ) -> None:
        """Open the databases of `settings`."""
        self.settings = settings
        self.clock = clock or SetClock(START)
        self.phone = phone or FakePhone()
        self.detector = detector or Detector()
        channels = {self.phone.name: self.phone}
        self.service = open_service(
            settings, self.clock, lambda _database, _vault: channels, self.detector
        )

    # --- what happens ---

    def text(self, child: Child | str, words: str = "hi", **details: Any) -> Receipt:
        """One text comes in and is screened; nothing is answered yet."""
        return receive(self.service, inbound(_address(child), words, **details))

    def run(self, worker: str = WORKER) -> None:
        """Do all that is due at this moment; work that never ends is a fault."""
        for _ in range(MOST_STEPS):
            if not step(self.service, worker):
                return
        raise AssertionError("there is always more to do")

    def wait(self, **delta: float) -> None:
        """Let time pass, all at once, then do what is due."""
        self.clock.move(timedelta(**delta))
        self.run()

    def says(self, child: Child | str, words: str) -> list[str]:
        """One text, settled and answered; returns what the answer is."""
        before = len(self.heard(child))
        self.text(child, words)
        self.run()
        self.wait(seconds=20)
        return self.heard(child)[before:]

    # --- what there is ---

    def heard(self, child: Child | str) -> list[str]:
        """What stands on this handset."""
        return self.phone.bodies(_address(child))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.service.database.read() as session:
            yield session

    def rows(self, table: type[SQLModel], *where: Any) -> list[Any]:
        with self.reading() as session:
            return list(session.exec(select(table).where(*where)))

    def escalations(self, child: Child | None = None) -> list[Escalation]:
        """Every escalation, the first first."""
        found = [] if child is None else [Escalation.young_person_id == child.id]
        with self.reading() as session:
            statement = select(Escalation).where(*found).order_by(col(Escalation.seq))
            return list(session.exec(statement))

    def escalation(self, child: Child | None = None) -> Escalation:
        (found,) = self.escalations(child)
        return found

    def kinds(self, found: Escalation) -> list[str]:
        """The kinds of the events on its timeline."""
        return [each.kind for each in self.events(found)]

    def events(self, found: Escalation) -> Sequence[EscalationEvent]:
        with self.reading() as session:
            return records.events_of(session, found.id)

    def detail(self, found: Escalation, kind: str) -> dict[str, Any]:
        """What the newest event of this kind says."""
        return self.detail_of(found, [each for each in self.events(found) if each.kind == kind][-1])

    def detail_of(self, found: Escalation, event: EscalationEvent) -> dict[str, Any]:
        """What one event says, opened."""
        return records.detail_of(self.service.vault, found, event)

    def codes(self, found: Escalation) -> set[str]:
        """The categories of all its events."""
        details = [
            records.detail_of(self.service.vault, found, each) for each in self.events(found)
        ]
        return {code for detail in details for code in detail.get("categories", ())}

    def tasks(self, child: Child) -> list[str]:
        found = self.rows(HumanTask, HumanTask.young_person_id == child.id)
        return sorted(each.kind for each in found)

    def messages(self, child: Child, direction: str = "in") -> list[Message]:
        with self.reading() as session:
            statement = select(Message).where(
                Message.young_person_id == child.id, Message.direction == direction
            )
            return list(session.exec(statement.order_by(col(Message.seq))))

    def keys_sent(self, child: Child) -> list[str]:
        """The texts that were queued for them, by their names in the script."""
        return [each.text_key or "" for each in self.messages(child, "out")]

    def dispositions(self, child: Child) -> list[str]:
        """What became of each of their messages, in order; "" where nothing did."""
        kinds = {each.message_id: each.kind for each in self.rows(Disposition)}
        return [kinds.get(each.id, "") for each in self.messages(child)]

    def screening(self, receipt: Receipt) -> ScreeningResult:
        (found,) = self.rows(ScreeningResult, ScreeningResult.message_id == receipt.message_id)
        assert isinstance(found, ScreeningResult)
        return found

    def conversation(self, child: Child) -> Conversation:
        with self.reading() as session:
            return people.conversation_of(session, child.id)

    def interview(self, child: Child) -> ReturnInterview:
        with self.reading() as session:
            found = people.current_interview(session, child.id)
        assert found is not None
        return found

    def outbox(self, child: Child) -> list[OutboxEntry]:
        with self.reading() as session:
            statement = select(OutboxEntry).where(OutboxEntry.young_person_id == child.id)
            return list(session.exec(statement.order_by(col(OutboxEntry.seq))))

    def audit_is_sound(self) -> bool:
        with self.reading() as session:
            return self.service.audit.verify(session)[1] is None


def inbound(
    sender: str,
    words: str = "hi",
    *,
    provider_id: str | None = None,
    raw: bytes | None = None,
    exact: bool = True,
    media: tuple[Media, ...] = (),
    pin: Pin | None = None,
    opt_out: bool = False,
    channel: str = "sms",
) -> Inbound:
    """One message as a channel hands it over."""
    return Inbound(
        channel=channel,
        account="AC-test",
        provider_id=provider_id or f"SM{uuid4().hex}",
        sender=sender,
        recipient="+447700900999",
        text=words,
        exact=exact,
        raw=words.encode("utf-8", "surrogatepass") if raw is None else raw,
        content_type="application/x-www-form-urlencoded",
        media=media,
        pin=pin,
        opt_out=opt_out,
    )


def _address(child: Child | str) -> str:
    return child if isinstance(child, str) else child.address
