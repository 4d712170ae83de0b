"""What has come of a rehearsal since one last looked: texts, escalations, tasks, answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from bot.inbox import summaries
from bot.rehearsed import ACTOR
from bot.service import Service
from bot.silence import SILENCE
from bot.transcripts import log_reading
from storage import answers, people
from storage import messages as words
from storage.escalations import open_tasks
from storage.outbox import delivery_of


@dataclass(frozen=True, slots=True)
class Said:
    """One text of the bot, as it arrived; ``key`` is its name in the script."""

    key: str
    text: str
    is_readback: bool
    asks: str | None


@dataclass(frozen=True, slots=True)
class Raised:
    """An escalation, the raise of one, or the silence that joined it."""

    priority: int
    categories: tuple[str, ...]

    def __str__(self) -> str:
        """As it is shown: the priority and the categories."""
        return f"P{self.priority} {' '.join(self.categories)}"


@dataclass(frozen=True, slots=True)
class News:
    """All that happened since it was last asked for.

    ``tasks`` are new ones for people, ``answers`` the questions that got words, ``passing`` the
    topics that were told about unasked.
    """

    raised: tuple[Raised, ...] = ()
    said: tuple[Said, ...] = ()
    tasks: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()

    def __add__(self, later: News) -> News:
        """Both, in order."""
        return News(
            self.raised + later.raised,
            self.said + later.said,
            self.tasks + later.tasks,
            self.answers + later.answers,
            self.passing + later.passing,
        )


class Watch:
    """Remembers what was seen already."""

    def __init__(self, service: Service, young_person_id: UUID) -> None:
        """Watch one young person."""
        self._service = service
        self._young_person_id = young_person_id
        self._raised: dict[UUID, Raised] = {}
        self._known: set[object] = set()

    def news(self) -> News:
        """Everything that happened since the last call."""
        return News(
            raised=tuple(self.new_raised()),
            said=tuple(self.new_said()),
            tasks=self._new_tasks(),
            answers=self._new_answers(),
            passing=self._new_passing(),
        )

    def new_raised(self) -> list[Raised]:
        """Escalations, raises and silences since the last call."""
        fresh = []
        for each in sorted(summaries(self._service), key=lambda summary: summary.raised_at):
            raised = Raised(each.priority, each.categories)
            if _is_news(raised, self._raised.get(each.id)):
                self._raised[each.id] = raised
                fresh.append(raised)
        return fresh

    def new_said(self) -> list[Said]:
        """What the bot has said since the last call, in order."""
        with self._service.database.read() as session:
            out = [
                each
                for each in words.conversation_messages(session, self._young_person_id)
                if each.direction == "out" and each.id not in self._known
            ]
            fates = delivery_of(session, [each.id for each in out])
        sent = [each for each in out if fates.get(each.id) in ("sent", "delivered")]
        if not sent:
            return []
        log_reading(self._service, ACTOR, "read rehearsal", f"young_person:{self._young_person_id}")
        self._known.update(each.id for each in sent)
        vault = self._service.vault
        return [
            Said(each.text_key or "", words.body_of(vault, each), each.readback, each.question)
            for each in sent
        ]

    def _new_tasks(self) -> tuple[str, ...]:
        with self._service.database.read() as session:
            tasks = [(each.id, each.kind) for each in open_tasks(session)]
        return self._fresh(tasks)

    def _new_answers(self) -> tuple[str, ...]:
        with self._service.database.read() as session:
            interview = people.current_interview(session, self._young_person_id)
            found = answers.answers_of(session, interview.id) if interview else ()
        linked = [
            ((answer.id, message.id), answer.question)
            for answer, messages in found
            for message in messages
        ]
        return tuple(dict.fromkeys(self._fresh(linked)))

    def _new_passing(self) -> tuple[str, ...]:
        with self._service.database.read() as session:
            interview = people.current_interview(session, self._young_person_id)
            found = answers.passing_of(session, interview.id) if interview else ()
        return self._fresh(((topic, message.id), topic) for topic, message in found)

    def _fresh(self, found: Iterable[tuple[object, str]]) -> tuple[str, ...]:
        fresh = [(key, name) for key, name in found if key not in self._known]
        self._known.update(key for key, _ in fresh)
        return tuple(name for _, name in fresh)


def _is_news(raised: Raised, before: Raised | None) -> bool:
    if before is None or raised.priority < before.priority:
        return True
    return SILENCE in raised.categories and SILENCE not in before.categories
