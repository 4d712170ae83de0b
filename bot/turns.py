"""Stage two: take the turn of each conversation that is due, strictly one at a time for each.

A turn is claimed by lease and then taken in one transaction: answers, dispositions, position and
replies commit together or not at all. A turn that keeps failing is put aside and escalated; its
words stay unread by the dialogue, never by people (docs/reliability.md F-11, F-32).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from bot.beside_person import held_for_person, make_guarded
from bot.budget import held_until, is_cut_off, is_flood, maybe_a_machine
from bot.escalations import raise_escalation
from bot.facts import news_for, situation_of
from bot.ladder import not_yet_is_due, tell_not_yet
from bot.outbox import queue_replies, standing_texts
from bot.pending import Pending, has_words, heard_in, screened
from bot.reach import add_task
from bot.service import Service
from bot.undelivered import try_again_now
from dialogs.position import Heard, Position, Turn
from dialogs.turn import has_ended, is_open, take_turn
from storage import answers, conversations, follow_ups, outbox, people
from storage import escalations as records
from storage import messages as words
from storage.database import lock_row
from storage.escalations import Hit
from storage.tables import Conversation, ReturnInterview

log = structlog.get_logger()

LEASE = timedelta(seconds=15)
TRIES = 3
UNKNOWN_TOLD_EVERY = timedelta(hours=24)
LOOK_AGAIN = timedelta(seconds=1)
"""While an earlier text is still being screened, the turn stays due and its lease is kept."""


def take_due_turns(service: Service, owner: str) -> int:
    """Take every turn that is due; returns how many were taken.

    Args:
        service: the process's service.
        owner: the name of this worker, for leases.
    """
    with service.database.read() as session:
        due = conversations.due(session, service.clock.service_now(), service.clock.machine_now())
    taken = 0
    for young_person_id in due:
        tries = _claim(service, owner, young_person_id)
        if tries is None:
            continue
        try:
            _turn(service, owner, young_person_id, give_up=tries > TRIES)
            taken += 1
        except Exception as error:  # noqa: BLE001 - one poisoned turn must not stop the others
            log.error(
                "turn failed", young_person_id=str(young_person_id), error=type(error).__name__
            )
            _release(service, owner, young_person_id)
    return taken


def _claim(service: Service, owner: str, young_person_id: UUID) -> int | None:
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.write() as session:
        return conversations.claim(
            session, young_person_id, owner, now, machine_now, machine_now + LEASE
        )


def _release(service: Service, owner: str, young_person_id: UUID) -> None:
    with service.database.write() as session:
        conversations.release(session, young_person_id, owner)


def _turn(service: Service, owner: str, young_person_id: UUID, *, give_up: bool) -> None:
    with service.database.write() as session:
        lock_row(session, "conversation", "young_person_id", young_person_id)
        conversation = people.conversation_of(session, young_person_id)
        if conversation.lease_owner != owner:
            return
        if is_flood(service, session, conversation):
            add_task(service, session, "many_texts", young_person_id)
        until = held_until(service, session, conversation)
        if until is not None:
            _hold(session, conversation, until)
            return
        pending = screened(service, session, young_person_id)
        if pending and give_up:
            interview = people.current_interview(session, young_person_id)
            _put_aside(service, session, conversation, interview, pending)
        elif pending:
            _take(service, session, conversation, pending)
        _finish(service, session, conversation)


def _take(
    service: Service, session: Session, conversation: Conversation, pending: Sequence[Pending]
) -> None:
    """Answer what they wrote, unless a person does, nobody is known there or it is of no use."""
    interview = people.current_interview(session, conversation.young_person_id)
    fate = held_for_person(service, session, conversation, interview, pending)
    if fate == "held":
        return
    if interview is None:
        _answer_unknown(service, session, conversation, pending)
    elif is_cut_off(session, conversation, pending):
        _dispose(session, pending, "parked", service)
    elif maybe_a_machine(service, session, pending):
        _leave_unanswered(service, session, pending)
    else:
        _answer(service, session, conversation, interview, pending)
    if fate == "unsafe":
        make_guarded(session, conversation)


def _hold(session: Session, conversation: Conversation, until: datetime) -> None:
    """Very many texts: give the lease back, and answer all of them together a little later."""
    conversation.turn_due_at = until
    conversation.lease_owner = conversation.lease_until = None
    conversation.tries = 0
    session.add(conversation)


def _leave_unanswered(service: Service, session: Session, pending: Sequence[Pending]) -> None:
    """Another machine answers ours: say nothing more, and let a person look."""
    now = service.clock.service_now()
    words.dispose(session, [each.message.id for each in pending], "over_budget", now)
    add_task(service, session, "maybe_a_machine", pending[0].message.young_person_id)


def _finish(service: Service, session: Session, conversation: Conversation) -> None:
    """Give the lease back; messages that came meanwhile keep the next turn that they planned."""
    states = [state.state for _, state in words.unanswered(session, conversation.young_person_id)]
    conversation.tries = 0
    if "waiting" in states[:1] and set(states) != {"waiting"}:
        conversation.lease_until = service.clock.machine_now() + LOOK_AGAIN
        return
    conversation.lease_owner = conversation.lease_until = None
    if set(states) <= {"waiting"}:
        conversation.turn_due_at = conversation.waiting_since = None
    else:
        conversation.turn_due_at = service.clock.service_now()
    session.add(conversation)


def _answer(
    service: Service,
    session: Session,
    conversation: Conversation,
    interview: ReturnInterview,
    pending: Sequence[Pending],
) -> None:
    """One turn of the dialogue, all of it in this transaction."""
    now = service.clock.service_now()
    position = Position.from_json(interview.position)
    heard = heard_in(pending)
    situation = situation_of(service, session, conversation, interview)
    turn = take_turn(position, heard, situation, now)
    typed = [each.message.id for each in pending if has_words(each)]
    _keep_what_was_told(session, interview, turn, typed, now)
    _dispose(session, pending, turn.disposition, service)
    if turn.contact is not None:
        conversation.contact = turn.contact
        session.add(conversation)
        session.flush()
    _save(session, interview, turn, service)
    # They wrote before the first text was due: it would come too late now, and hold these back.
    outbox.drop_what_is_not_due(session, conversation.young_person_id, now)
    try_again_now(session, conversation.young_person_id)
    queue_replies(service, session, conversation, interview.id, turn.replies, now)
    _raise_and_ask(service, session, conversation, interview, pending, turn)
    _repeat_not_yet(service, session, conversation, heard)


def _keep_what_was_told(
    session: Session, interview: ReturnInterview, turn: Turn, typed: Sequence[UUID], now: datetime
) -> None:
    """Answers and topics refer to messages; a person's news is noted as told."""
    for answer in turn.answers:
        ids = [typed[index] for index in answer.texts]
        answers.add_answer(session, interview.id, answer.question, ids, now)
    mentions = [(each.topic, typed[each.text]) for each in turn.passing]
    answers.add_passing(session, interview.id, mentions, now)
    if turn.news_told and (news := news_for(session, interview)) is not None:
        follow_ups.mark_told(session, news.id, now)


def _dispose(session: Session, pending: Sequence[Pending], kind: str, service: Service) -> None:
    now = service.clock.service_now()
    typed = [each.message.id for each in pending if each.message.kind == "text"]
    others = [each.message.id for each in pending if each.message.kind != "text"]
    words.dispose(session, typed, kind, now)
    words.dispose(session, others, "media", now)


def _save(session: Session, interview: ReturnInterview, turn: Turn, service: Service) -> None:
    now = service.clock.service_now()
    started = interview.started_at or now
    accepted = interview.accepted_at or (now if turn.way else None)
    if not people.save_position(
        session,
        interview,
        turn.position.to_json(),
        ended_at=_ended_at(interview, turn.position, now),
        started_at=started,
        way=turn.way or interview.way,
        accepted_at=accepted,
    ):
        raise RuntimeError("the interview moved on during its turn")


def _ended_at(interview: ReturnInterview, position: Position, now: datetime) -> datetime | None:
    """It ends when the dialogue says so; what is told after the end does not open it again."""
    if not is_open(position.state):
        return interview.ended_at or now
    return interview.ended_at if has_ended(position) else None


def _raise_and_ask(
    service: Service,
    session: Session,
    conversation: Conversation,
    interview: ReturnInterview,
    pending: Sequence[Pending],
    turn: Turn,
) -> None:
    last = pending[-1].message.id
    for found in turn.raises:
        because = [{"category": found.category, "rule": found.rule, "message_id": str(last)}]
        hit = Hit(
            kind="hit",
            priority=found.priority,
            message_id=last,
            detail={"categories": [found.category], "because": because},
        )
        raise_escalation(service, session, conversation.young_person_id, interview.id, hit)
    for task in turn.tasks:
        add_task(service, session, task, conversation.young_person_id)


def _repeat_not_yet(
    service: Service, session: Session, conversation: Conversation, heard: Heard
) -> None:
    """While they text and nobody has answered: say so again, at most every twenty minutes."""
    now = service.clock.service_now()
    waiting = records.unacknowledged_of(session, conversation.young_person_id)
    if waiting is not None and heard.disclosure is None and not_yet_is_due(waiting, now):
        tell_not_yet(service, session, conversation, waiting, now)


def _answer_unknown(
    service: Service, session: Session, conversation: Conversation, pending: Sequence[Pending]
) -> None:
    """A sender whom nobody knows: the neutral safe text once a day, and a task to link them."""
    now = service.clock.service_now()
    words.dispose(session, [each.message.id for each in pending], "unknown_sender", now)
    add_task(service, session, "link_sender", conversation.young_person_id)
    told = conversation.unknown_told_at
    if told is not None and now - told < UNKNOWN_TOLD_EVERY:
        return
    conversation.unknown_told_at = now
    texts = standing_texts(service, session, conversation.young_person_id, "unknown_sender")
    queue_replies(service, session, conversation, None, texts, now)


def _put_aside(
    service: Service,
    session: Session,
    conversation: Conversation,
    interview: ReturnInterview | None,
    pending: Sequence[Pending],
) -> None:
    """The dialogue cannot take this turn: hold the messages for a person and say so at once."""
    now = service.clock.service_now()
    words.dispose(session, [each.message.id for each in pending], "held", now)
    hit = Hit(
        kind="turn_failed",
        priority=2,
        message_id=pending[-1].message.id,
        detail={"categories": ["TEC"], "because": []},
    )
    raise_escalation(
        service,
        session,
        conversation.young_person_id,
        interview.id if interview else None,
        hit,
    )
