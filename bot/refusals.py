"""Why a first text must not go out, and what a person gets to do instead.

Whoever is very young, or needs help with texts, is met by a person first, unless they asked to
text (docs/practice.md, offer and clock; safe contact).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.approvals import may_invite
from bot.clock import age_on
from bot.facts import ADULT_FROM
from bot.ladder_ready import may_hear_of_our_own, may_reach_children
from bot.prompts import is_room
from bot.service import Service
from storage.climbing import authority_of
from storage.person_details import Details
from storage.tables import ReturnInterview

UNDER_WAY: Final = "under_way"
"""The outcome of an offer where the conversation had begun: nothing was in the way."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the first text must not go out.

    Attributes:
        code: the outcome of the offer.
        task: the kind of the task that a person gets instead.
        reason: in words, for whoever asked on the command line.
    """

    code: str
    task: str
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a first text is wanted for, and how things stand with them.

    ``young_person_id`` and ``interview`` are None for somebody who is not entered yet.
    """

    young_person_id: UUID | None
    interview: ReturnInterview | None
    details: Details
    language: str
    agreed: bool
    text_wanted: bool
    due_at: datetime


def is_under_way(interview: ReturnInterview | None) -> bool:
    """Whether they were invited to it, or wrote before anybody did."""
    if interview is None:
        return False
    return interview.invited_at is not None or interview.started_at is not None


def refusal(service: Service, session: Session, asked: Asked) -> Refusal | None:
    """The first reason against the first text, if there is one.

    Args:
        service: the process's service.
        session: a transaction; a read is enough.
        asked: whom it is for.
    """
    under_way = is_under_way(asked.interview)
    found = _of_the_person(service, asked, wanted=asked.text_wanted or under_way)
    if found is not None:
        return found
    if not asked.agreed:
        return Refusal(
            "texting_not_agreed",
            "texting_not_agreed",
            "say who confirmed with the young person that texting is ok (--texting-agreed-by)",
        )
    if not may_invite(service, session, asked.language):
        return Refusal(
            "draft_texts",
            "texting_not_agreed",
            "the texts are a draft: see dialog approvals (or set ALLOW_DRAFT_SCRIPT=1)",
        )
    known = asked.young_person_id
    authority_id = authority_of(session, known) if known is not None else None
    if not may_reach_children(service, session, authority_id):
        return Refusal(
            "no_staffed_line",
            "texting_not_agreed",
            "no staffed 24-hour line has agreed in writing to act: see ladder check",
        )
    if not may_hear_of_our_own(service, session):
        return Refusal(
            "no_independent_people",
            "texting_not_agreed",
            "nobody independent is on duty day and night: see ladder check",
        )
    if known is not None and not under_way and not is_room(session, known, asked.due_at):
        return Refusal(
            "too_many_prompts",
            "too_many_prompts",
            "they had 3 texts in 7 days that they did not ask for; a person calls them instead",
        )
    return None


def _of_the_person(service: Service, asked: Asked, *, wanted: bool) -> Refusal | None:
    """What speaks against a text to just this young person."""
    born_on = asked.details.born_on
    age = age_on(born_on, asked.due_at) if born_on else None
    if age is not None and age >= ADULT_FROM:
        return Refusal(
            "is_adult", "is_adult", "they are 18 or older; a person offers what is for adults"
        )
    if wanted:
        return None
    if age is not None and age < service.settings.person_first_under:
        why = f"they are under {service.settings.person_first_under}"
    elif asked.details.needs_support:
        why = "something makes texting hard for them"
    else:
        return None
    return Refusal(
        "person_first",
        "person_first",
        f"{why}, so a person comes first (--text-wanted if the young person asked to text)",
    )
