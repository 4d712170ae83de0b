"""What is true around a conversation now: who they are, who reads it and when, who can be reached.

A fact that is not known is left out; the texts have a variant without it, so that no sentence to a
young person says more than is so (docs/practice.md, the lines). Their own words and a person's news
are opened only for a turn that may say them.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import cast
from uuid import UUID

from sqlmodel import Session

from bot.approvals import ENGLISH, is_reviewed
from bot.clock import age_on, in_london, in_words, next_working_time
from bot.outbox import facts_for_anybody
from bot.rota import next_shift, somebody_there
from bot.service import Service
from dialogs.numbers import WEEKDAYS
from dialogs.position import Contact, Length, Position, Situation
from dialogs.reading import choice_of, read, way_of
from dialogs.texts import load, words_of
from dialogs.turn import wants_words
from storage import contacts, follow_ups, interviews, people
from storage import escalations as records
from storage import messages as words
from storage.staff import first_advocate, staff_by_id
from storage.tables import Conversation, FollowUp, ReturnInterview, YoungPerson

APPS = frozenset({"whatsapp", "telegram"})
ADULT_FROM = 18
APPS = frozenset({"whatsapp", "telegram"})
"""There a text costs data and nothing else."""
NEWS_STATES = ("follow_up", "follow_up_word")
WEEKDAY_IS_CLEAR = timedelta(days=6)
PROMISE = "help"
"""The question whose answer somebody must come back to them about."""


def situation_of(
    service: Service, session: Session, conversation: Conversation, interview: ReturnInterview
) -> Situation:
    """The situation that the dialogue takes a turn in."""
    vault = service.vault
    person = people.young_person(session, conversation.young_person_id)
    contact = contacts.contact_of(session, conversation)
    position = Position.from_json(interview.position)
    age = _age(service, person)
    news = news_for(session, interview) if position.state in NEWS_STATES else None
    return Situation(
        # The database holds the columns to the known words (storage/tables/people.py).
        contact=cast("Contact", conversation.contact),
        language=person.language,
        check_word=people.check_word_of(vault, person),
        duress_word=people.duress_word_of(vault, person),
        texting_agreed=interview.texting_agreed_by is not None,
        confirmed=contact.confirmed and not contact.shared,
        reachable=somebody_there(service, session, service.clock.service_now()),
        facts=_facts(service, session, interview, person.language),
        person_first=_person_first(service, person, age),
        adult=age is not None and age >= ADULT_FROM,
        episode=interviews.number_of_interviews(session, interview),
        promised=_promised(session, interview),
        length=cast("Length | None", interview.length),
        reviewed=_is_reviewed(session, person.language),
        said=_said(service, session, interview, position, person.language),
        news=None if news is None else follow_ups.words_of(vault, news),
    )


def news_for(session: Session, interview: ReturnInterview) -> FollowUp | None:
    """What they are told next when it is safe: the first that they were asked about, or wrote."""
    waiting = follow_ups.waiting_of(session, interview.young_person_id)
    asked = [row for row in waiting if row.asked_at is not None]
    return next(iter(asked or waiting), None)


def _age(service: Service, person: YoungPerson) -> int | None:
    born_on = people.born_on_of(service.vault, person)
    return None if born_on is None else age_on(born_on, service.clock.service_now())


def _person_first(service: Service, person: YoungPerson, age: int | None) -> bool:
    too_young = age is not None and age < service.settings.person_first_under
    return person.needs_support or too_young


def _promised(session: Session, interview: ReturnInterview) -> bool:
    """Whether what they asked for, when they last asked for something, has no outcome yet."""
    asked = interviews.last_with_answer(session, interview, PROMISE)
    return asked is not None and not follow_ups.is_told(session, asked.id)


def _said(
    service: Service,
    session: Session,
    interview: ReturnInterview,
    position: Position,
    language: str,
) -> tuple[str, ...]:
    """What they told since this session was found safe, if the next turn may read it back.

    No commands and no plain yes or no, and no text that was a reason for anybody to look.
    A text that says nothing by itself may be part of a disclosure made in several: the timeline
    names those too.
    """
    if position.session_at is None or not wants_words(position):
        return ()
    since, child = position.session_at, interview.young_person_id
    flagged = _reasons(service, session, child)
    texts = (
        words.body_of(service.vault, message)
        for message in words.unflagged_since(session, interview.id, since)
        if message.id not in flagged
    )
    return tuple(text for text in texts if _tells(text, language))


def _tells(text: str, language: str) -> bool:
    """Whether a text says something: no command, no plain answer, no choice."""
    chooses = choice_of(text, language) is not None or way_of(text, language) is not None
    return read(text, language) == "words" and not chooses


def _reasons(service: Service, session: Session, young_person_id: UUID) -> set[UUID]:
    """Every message that any of their escalations gives as a reason."""
    found: set[UUID] = set()
    for escalation, event in records.events_about(session, young_person_id):
        detail = records.detail_of(service.vault, escalation, event)
        found.update(
            UUID(each["message_id"]) for each in detail.get("because", ()) if "message_id" in each
        )
        if event.message_id is not None:
            found.add(event.message_id)
    return found


def _facts(
    service: Service, session: Session, interview: ReturnInterview, language: str
) -> dict[str, str]:
    settings, now = service.settings, service.clock.service_now()
    facts = facts_for_anybody(service, language) | _returned_on(session, interview, now, language)
    facts["cost"] = _cost(service, session, interview, language)
    facts["next_shift"] = next_shift(service, session, now, language) or ""
    advocate = (
        staff_by_id(session, interview.advocate_id)
        if interview.advocate_id
        else first_advocate(session)
    )
    if advocate is None:
        return facts
    facts["name"] = advocate.name.split()[0]
    hour, minute = settings.advocate_reads_at.split(":")
    next_read = next_working_time(now, time(int(hour), int(minute)), settings.nation)
    facts["next_read"] = in_words(next_read, language)
    if settings.employer:
        facts["employer"] = settings.employer
    return facts


def _cost(service: Service, session: Session, interview: ReturnInterview, language: str) -> str:
    """What a text to us costs the child, as far as it is known: an app uses data only."""
    conversation = people.conversation_of(session, interview.young_person_id)
    channel = contacts.contact_of(session, conversation).channel
    kind = "free" if service.settings.replies_are_free else "plan"
    return words_of(language)["cost_data" if channel in APPS else f"cost_{kind}"]


def _returned_on(
    session: Session, interview: ReturnInterview, now: datetime, language: str
) -> dict[str, str]:
    """The weekday of the newest return, while a weekday still says which one."""
    returned_at = people.episodes_of(session, interview.id)[-1].returned_at
    if now - returned_at > WEEKDAY_IS_CLEAR:
        return {}
    return {"returned_on": words_of(language)[WEEKDAYS[in_london(returned_at).weekday()]]}


def _is_reviewed(session: Session, language: str) -> bool:
    """Whether the texts need no English beside them: they are English, or approved as they are."""
    return load(language).language == ENGLISH or is_reviewed(session, language)
