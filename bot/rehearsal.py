"""One interview held on a throw-away database, through the same three stages as a real one.

For the terminal (``return-interview chat``) and for conversation tests: nothing here knows the
script, and nothing is left behind.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from bot.channels import Inbound, Media
from bot.channels.terminal import TerminalChannel
from bot.clock import Clock, SetClock
from bot.inbox import summaries
from bot.invitations import Invitation, NewEpisode, enter_episode
from bot.ladder import CHILD_TOLD_AFTER
from bot.receive import receive
from bot.service import Service, open_service, prepare
from bot.settings import load_settings
from bot.silence import SILENCE, next_silence
from bot.transcripts import read_transcript
from bot.worker import step
from storage.conversations import next_turn
from storage.escalations import list_escalations
from storage.keys import KeyFile
from storage.outbox import next_due
from storage.staff import add_staff

START = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
PHONE = "+447700900321"
WORKER = "rehearsal"


@dataclass(frozen=True, slots=True)
class YoungPersonHere:
    """Who is holding the phone."""

    language: str = "en"
    check_word: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One text of the bot, as it arrived."""

    text: str
    is_readback: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """An escalation, the raise of one, or the silence that joined it."""

    priority: int
    categories: tuple[str, ...]


class Rehearsal:
    """A service with one young person, a duty worker and an advocate, on a clock of its own."""

    def __init__(self, service: Service, interview_id: UUID) -> None:
        """Use :func:`rehearse`, which makes all of it and takes it away again."""
        self.service = service
        self.interview_id = interview_id
        self._said = 0
        self._raised: dict[UUID, Raised] = {}

    def hear(self, text: str, media: tuple[Media, ...] = ()) -> None:
        """The young person sends one text or picture; it is screened at once, not yet answered."""
        receive(
            self.service,
            Inbound(
                channel=TerminalChannel.name,
                account="",
                provider_id=uuid4().hex,
                sender=PHONE,
                recipient="",
                text=text,
                exact=True,
                raw=text.encode("utf-8", "surrogatepass"),
                content_type="text/plain",
                media=media,
            ),
        )

    def run_due(self) -> None:
        """Do everything that is due at this moment."""
        while step(self.service, WORKER):
            continue

    def wait(self, clock: SetClock, by: timedelta) -> Iterator[None]:
        """Let time pass, stopping (yielding) wherever something is due on the way."""
        until = clock.now + by
        while (due := self._next_due(clock.now)) is not None and due <= until:
            clock.now = max(due, clock.now)
            self.run_due()
            yield
        clock.now = until
        self.run_due()
        yield

    def settle(self, clock: SetClock) -> None:
        """Let an open question's silence pass, as at the end of a conversation."""
        with self.service.database.read() as session:
            due = next_turn(session)
        if due is not None:
            clock.now = max(due, clock.now)
            self.run_due()

    def new_raised(self) -> list[Raised]:
        """Escalations, raises and silences since the last call."""
        fresh = []
        for each in sorted(summaries(self.service), key=lambda summary: summary.raised_at):
            raised = Raised(each.priority, each.categories)
            if _is_news(raised, self._raised.get(each.id)):
                self._raised[each.id] = raised
                fresh.append(raised)
        return fresh

    def new_said(self) -> list[Said]:
        """What the bot has said since the last call, in order."""
        transcript = read_transcript(self.service, self.interview_id, "command")
        if transcript is None:
            return []
        sent = [
            each
            for each in transcript.messages
            if each.direction == "out" and each.delivery in ("sent", "delivered")
        ]
        fresh = sent[self._said :]
        self._said = len(sent)
        return [Said(each.text, each.is_readback) for each in fresh]

    def state(self) -> str:
        """The dialogue state."""
        transcript = read_transcript(self.service, self.interview_id, "command")
        return transcript.line.state if transcript else ""

    def _next_due(self, now: datetime) -> datetime | None:
        """The next moment at which this conversation has something to do by itself."""
        with self.service.database.read() as session:
            moments = [next_turn(session), next_due(session), next_silence(session)]
            moments += [
                found.raised_at + CHILD_TOLD_AFTER
                for found in list_escalations(session, only_open=True)
                if found.priority == 1 and found.child_told_at is None
            ]
        return min((each for each in moments if each is not None and each > now), default=None)


def _is_news(raised: Raised, before: Raised | None) -> bool:
    if before is None or raised.priority < before.priority:
        return True
    return SILENCE in raised.categories and SILENCE not in before.categories


@contextmanager
def rehearse(young_person: YoungPersonHere, clock: Clock | None = None) -> Iterator[Rehearsal]:
    """Make a throw-away service, invite one young person, and take it all away afterwards.

    Args:
        young_person: who is holding the phone.
        clock: both clocks; None is a clock that stands still at ``START``.
    """
    folder = Path(tempfile.mkdtemp(prefix="return-interview-"))
    try:
        service = _service(folder, clock or SetClock(START))
        try:
            yield Rehearsal(service, _invited(service, young_person))
        finally:
            service.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _service(folder: Path, clock: Clock) -> Service:
    settings = load_settings(
        database_url=f"sqlite:///{folder / 'rehearsal.db'}",
        keys_database_url=f"sqlite:///{folder / 'keys.db'}",
        keys_file=folder / "keys.json",
        allow_draft_script=True,
        demo_folder=None,
    )
    KeyFile.create(settings.keys_file)
    prepare(settings)
    channel = TerminalChannel()
    return open_service(settings, clock, lambda _database, _vault: {channel.name: channel})


def _invited(service: Service, young_person: YoungPersonHere) -> UUID:
    _staff(service, "Dee Okafor", "dee@northmoor.example", "duty_worker", "+447700900901")
    _staff(service, "Jo Hart", "jo@northmoor.example", "advocate", None)
    entered = enter_episode(
        service,
        NewEpisode(
            returned_at=service.clock.service_now() - timedelta(hours=3),
            name="Amina",
            phone=PHONE,
            check_word=young_person.check_word,
            language=young_person.language,
        ),
        "command",
        Invitation(agreed_by="jo@northmoor.example", ignore_quiet_hours=True),
    )
    return entered.interview_id


def _staff(service: Service, name: str, email: str, role: str, phone: str | None) -> None:
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    now = service.clock.machine_now()
    with service.database.write() as session:
        # Nobody signs in to a rehearsal: this is no hash of any password.
        add_staff(session, service.vault, staff_id, name, email, role, phone, "-", now)
