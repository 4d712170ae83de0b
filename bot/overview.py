"""What an advocate sees of an interview at a glance: what was told, chosen, wished and offered.

Their words stay as they wrote them; nothing is summed up or rated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from bot.approvals import register
from bot.contact import is_unsafe
from bot.offers import Offered, offers_about
from bot.service import Service
from bot.shown import ShownAnswer, ShownMessage
from bot.topics_told import Evidence, TopicLine, topic_lines
from dialogs.position import SCRIPT_VERSION, Position
from dialogs.texts import load
from dialogs.topics import label, mentions_who
from storage import answers as stored
from storage import follow_ups, people
from storage.staff import staff_by_id
from storage.tables import ReturnInterview

Chooser = Literal["person", "young_person", "computer"]
Approval = Literal["approved", "draft", "not_known"]

WISHES = ("keep_private", "keep_private_who")
CHANGES = ("read_back",)
ASIDE = frozenset({*WISHES, *CHANGES, "way_time", "chat_was"})
"""Answers that have a place of their own on the page."""
_ASKED_FOR = {"short": "short_ok", "full": "long_ok"}
"""Lines that are said when a young person asks for a shorter interview, or a longer one."""
_NOT_ARRIVED = ("failed", "dropped")


@dataclass(frozen=True, slots=True)
class ToldInPassing:
    """A topic, and the messages that told about it although nothing was asked."""

    topic: str
    label: str
    messages: tuple[ShownMessage, ...]


@dataclass(frozen=True, slots=True)
class SharingWish:
    """What they said about sharing, and whom their words seem to name."""

    answer: ShownAnswer
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What a person wrote for them to hear and they have not heard; it says who wrote it."""

    text: str
    written_by: str | None
    at: datetime
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class TextsUsed:
    """Which texts they were sent: versions, language, and whether people had approved them."""

    versions: tuple[str, ...]
    language: str
    approval: Approval


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything beside the messages; ``may_mark_safe`` while contact is guarded or closed."""

    way: str | None
    accepted_at: datetime | None
    way_time: ShownAnswer | None
    length: str | None
    length_by: Chooser | None
    topics: tuple[TopicLine, ...]
    passing: tuple[ToldInPassing, ...]
    wishes: tuple[SharingWish, ...]
    changes: tuple[ShownAnswer, ...]
    chat_was: ShownAnswer | None
    offers: tuple[Offered, ...]
    news: tuple[News, ...]
    news_told: bool
    texts: TextsUsed | None
    may_mark_safe: bool


def overview_of(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    messages: Sequence[ShownMessage],
    answers: Sequence[ShownAnswer],
) -> Overview:
    """The overview of an interview, for a reader whose reading is logged already.

    Args:
        service: the process's service.
        session: a read transaction.
        interview: which.
        messages: all of its messages, opened, in order.
        answers: all of its answers, opened.
    """
    position = Position.from_json(interview.position)
    by_question = {each.question: each for each in answers}
    person = people.young_person(session, interview.young_person_id)
    length, length_by = _length(interview, position, messages)
    passing = _passing(session, interview, messages)
    evidence = Evidence(
        asked=frozenset(each.question for each in messages if each.question and _was_asked(each)),
        answered=frozenset(by_question),
        passing=frozenset(each.topic for each in passing),
    )
    return Overview(
        way=interview.way,
        accepted_at=interview.accepted_at,
        way_time=by_question.get("way_time"),
        length=length,
        length_by=length_by,
        topics=topic_lines(position, evidence),
        passing=passing,
        wishes=tuple(
            SharingWish(answer, tuple(sorted(mentions_who(answer.text, person.language))))
            for name in WISHES
            if (answer := by_question.get(name)) is not None
        ),
        changes=tuple(by_question[name] for name in CHANGES if name in by_question),
        chat_was=by_question.get("chat_was"),
        offers=offers_about(service, session, interview),
        news=_news(service, session, interview),
        news_told=follow_ups.is_told(session, interview.id),
        texts=_texts(session, person.language, messages),
        may_mark_safe=is_unsafe(session, person.id),
    )


def _was_asked(message: ShownMessage) -> bool:
    """A question that was stopped before it left was never asked."""
    return message.direction == "out" and message.delivery not in _NOT_ARRIVED


def _length(
    interview: ReturnInterview, position: Position, messages: Sequence[ShownMessage]
) -> tuple[str | None, Chooser | None]:
    """How much is asked and who chose it; the computer goes by age, times and their replies."""
    length = position.length or interview.length
    if length is None:
        return None, None
    asked_for = _ASKED_FOR.get(length)
    if asked_for and any(each.text_key == asked_for for each in messages):
        return length, "young_person"
    return length, "person" if length == interview.length else "computer"


def _passing(
    session: Session, interview: ReturnInterview, messages: Sequence[ShownMessage]
) -> tuple[ToldInPassing, ...]:
    known = {each.id: each for each in messages}
    found: dict[str, list[ShownMessage]] = {}
    for topic, message in stored.passing_of(session, interview.id):
        if message.id in known:
            found.setdefault(topic, []).append(known[message.id])
    return tuple(ToldInPassing(topic, label(topic), tuple(each)) for topic, each in found.items())


def _news(service: Service, session: Session, interview: ReturnInterview) -> tuple[News, ...]:
    return tuple(
        News(
            text=follow_ups.words_of(service.vault, each),
            written_by=_name(session, each.written_by),
            at=each.at,
            asked_at=each.asked_at,
        )
        for each in follow_ups.waiting_of(session, interview.young_person_id)
        if each.interview_id == interview.id
    )


def _texts(session: Session, language: str, messages: Sequence[ShownMessage]) -> TextsUsed | None:
    """Which texts went out; the register knows only the texts of today, by their exact bytes."""
    sent = [each for each in messages if each.script_version is not None]
    if not sent:
        return None
    versions = tuple(dict.fromkeys(each.script_version or "" for each in sent))
    known = register(session, load(language).language)
    approved_at = max((each.at for each in known.entries), default=None)
    approval: Approval = "approved"
    if not known.complete or approved_at is None or sent[0].at < approved_at:
        approval = "draft"
    elif set(versions) != {SCRIPT_VERSION}:
        approval = "not_known"
    return TextsUsed(versions, known.language, approval)


def _name(session: Session, staff_id: UUID | None) -> str | None:
    staff = staff_by_id(session, staff_id) if staff_id else None
    return staff.name if staff else None
