"""One interview held on a throw-away database, through the same three stages as a real one.

For the terminal (``return-interview chat``) and for conversation tests: nothing here knows the
script, and nothing is left behind.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlmodel import Session

from bot import joining
from bot.channels import Inbound, Media, Pin
from bot.channels.terminal import TerminalChannel
from bot.clock import Clock, SetClock, next_prompt_time
from bot.escalations import acknowledge
from bot.handing_back import next_end
from bot.ladder import CHILD_TOLD_AFTER
from bot.prompts import chosen_times
from bot.receive import receive
from bot.rehearsal_news import News, Raised, Watch
from bot.rehearsed import (
    DUTY_WORKER,
    PHONE,
    YoungPersonHere,
    enter_again,
    enter_here,
    enter_staff,
)
from bot.reminders import CHAT_WAS_AFTER, SILENT_FOR
from bot.service import Service, open_service, prepare
from bot.settings import load_settings
from bot.silence import next_silence
from bot.worker import step
from storage import messages as words
from storage import people
from storage.conversations import next_turn
from storage.escalations import list_escalations
from storage.holds import last_hold
from storage.keys import KeyFile
from storage.outbox import next_due
from storage.staff import staff_by_email
from storage.tables import Staff

__all__ = ["A_MOMENT", "START", "Rehearsal", "YoungPersonHere", "begin", "rehearse"]

START = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=1)
"""What a clock that stands still is moved by before and after a text is heard: nothing is said and
answered in the same instant."""
WORKER = "rehearsal"


class Rehearsal:
    """A service with one young person, a duty worker and an advocate, on a clock of its own."""

    def __init__(self, service: Service, young_person_id: UUID) -> None:
        """Use :func:`rehearse`, which makes all of it and takes it away again, or :func:`begin`."""
        self.service = service
        self.young_person_id = young_person_id
        self._watch = Watch(service, young_person_id)

    @property
    def interview_id(self) -> UUID:
        """The interview that is being held."""
        with self.service.database.read() as session:
            interview = people.current_interview(session, self.young_person_id)
        if interview is None:
            raise LookupError("nobody is here")
        return interview.id

    # --- what happens ---

    def hear(self, text: str, media: tuple[Media, ...] = (), pin: Pin | None = None) -> None:
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
                pin=pin,
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

    def is_settling(self) -> bool:
        """Whether what they wrote has not been answered yet: more may come."""
        with self.service.database.read() as session:
            return next_turn(session) is not None

    def settle(self, clock: SetClock) -> None:
        """Let an open question's silence pass, as at the end of a conversation."""
        with self.service.database.read() as session:
            due = next_turn(session)
        if due is not None:
            clock.now = max(due, clock.now)
            self.run_due()

    def is_missing_again(self) -> None:
        """A worker enters that they went missing once more."""
        enter_again(self.service, self.young_person_id)

    def acknowledge(self) -> None:
        """The duty worker puts their name to every escalation that nobody has acknowledged."""
        with self.service.database.read() as session:
            worker = staff_by_email(session, DUTY_WORKER)
            found = list_escalations(session, only_open=True)
        for each in found:
            if worker is not None and each.acknowledged_at is None:
                acknowledge(self.service, each.id, worker)
        self.run_due()

    def join(self) -> None:
        """The duty worker joins the conversation."""
        worker, escalation_id = self._acting()
        joining.join(self.service, escalation_id, worker)
        self.run_due()

    def write(self, words: str) -> None:
        """The duty worker writes, in the conversation that they have joined."""
        worker, escalation_id = self._acting()
        joining.write(self.service, escalation_id, worker, self._hold_id(), words)
        self.run_due()

    def hand_back(self) -> None:
        """The duty worker leaves the conversation to the computer."""
        worker, escalation_id = self._acting()
        joining.hand_back(self.service, escalation_id, worker, self._hold_id())
        self.run_due()

    def _acting(self) -> tuple[Staff, UUID]:
        """The duty worker, and the newest escalation that they have acknowledged."""
        with self.service.database.read() as session:
            worker = staff_by_email(session, DUTY_WORKER)
            found = [each for each in list_escalations(session) if each.state == "acknowledged"]
        if worker is None or not found:
            raise LookupError("nobody can act")
        return worker, max(found, key=lambda each: each.seq or 0).id

    def _hold_id(self) -> UUID:
        with self.service.database.read() as session:
            hold = last_hold(session, self.young_person_id)
        if hold is None:
            raise LookupError("nobody has joined")
        return hold.id

    # --- what there is ---

    def state(self) -> str:
        """The dialogue state."""
        with self.service.database.read() as session:
            interview = people.current_interview(session, self.young_person_id)
        return interview.state if interview else ""

    def contact(self) -> str:
        """What may be sent to the phone."""
        with self.service.database.read() as session:
            return people.conversation_of(session, self.young_person_id).contact

    def news(self) -> News:
        """Everything that happened since the last call."""
        return self._watch.news()

    def new_raised(self) -> list[Raised]:
        """Escalations, raises and silences since the last call."""
        return self._watch.new_raised()

    def _next_due(self, now: datetime) -> datetime | None:
        """The next moment at which this conversation has something to do by itself."""
        with self.service.database.read() as session:
            moments = [next_turn(session), next_due(session), next_silence(session)]
            moments.append(next_end(session))
            moments += [
                found.raised_at + CHILD_TOLD_AFTER
                for found in list_escalations(session, only_open=True)
                if found.priority == 1 and found.child_told_at is None
            ]
            moments += self._prompts(session)
        return min((each for each in moments if each is not None and each > now), default=None)

    def _prompts(self, session: Session) -> list[datetime]:
        """When they may be written to although they wrote nothing."""
        last = words.conversation_messages(session, self.young_person_id)[-1:]
        chosen = chosen_times(people.young_person(session, self.young_person_id))
        return [
            next_prompt_time(message.at + silence, chosen, self.service.settings.nation)
            for message in last
            for silence in (SILENT_FOR, CHAT_WAS_AFTER)
        ]


@contextmanager
def rehearse(young_person: YoungPersonHere, clock: Clock | None = None) -> Iterator[Rehearsal]:
    """Make a throw-away service, invite one young person, and take it all away afterwards.

    Args:
        young_person: who is holding the phone.
        clock: both clocks; None is a clock that stands still at ``START``.

    Raises:
        NotEntered, NotInvited: the interview cannot be held with them by text (bot.invitations).
    """
    folder = Path(tempfile.mkdtemp(prefix="return-interview-"))
    try:
        service = _service(folder, clock or SetClock(START))
        try:
            yield begin(service, young_person)
        finally:
            service.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def begin(service: Service, young_person: YoungPersonHere, *, on_duty: bool = True) -> Rehearsal:
    """Enter everybody in an empty service whose one channel is the terminal.

    Args:
        service: migrated, and empty.
        young_person: who is holding the phone.
        on_duty: whether there is anybody who can be alerted.

    Raises:
        NotEntered, NotInvited: the interview cannot be held with them by text (bot.invitations).
    """
    enter_staff(service, on_duty=on_duty)
    return Rehearsal(service, enter_here(service, young_person))


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
