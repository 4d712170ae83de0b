"""The conflict rule: what may be about one of our own is kept from them, and goes to others.

Whoever may be meant, the users of their team and of the home cannot see that it exists, and people
who are independent of all of them are alerted (docs/practice.md 6.1; docs/conflicts.md). Any doubt
is a hit; where the matching itself fails, everything goes to the independent ladder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from sqlmodel import Session

from bot.concerns_was import as_it_stands
from bot.service import Service
from dialogs.concerns import Concern as Found
from dialogs.concerns import Directory, Person, Place, may_concern
from storage import concerns as records
from storage import links, people
from storage import messages as words
from storage.concerns import HiddenFrom, NewConcern
from storage.escalations import Hit, unacknowledged_of
from storage.rota import independent_staff
from storage.tables import Concern, Escalation, Message, Staff
from storage.visibility import is_kept_from, viewer_of

log = structlog.get_logger()

MAIN: Final = "main"
INDEPENDENT: Final = "independent"

LOOKED_BACK: Final = timedelta(hours=2)
"""How long before a hit a name may have been written that the hit is about ("he did it")."""
MOST_LOOKED_BACK: Final = 20
SAME_MATTER: Final = timedelta(minutes=10)
"""How long before it another disclosure is taken for the beginning of the same one: "he touched
me", and a minute later "it was dave off nights"."""
_ROLES: Final = {"duty": "duty_worker", "advocate": "advocate", "manager": "manager"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is asked about a hit, and what is recorded of whom it may concern."""

    ladder: str
    concern: NewConcern | None = None


NOBODY: Final = Verdict(MAIN)


def judge(service: Service, session: Session, young_person_id: UUID, hit: Hit) -> Verdict:
    """Whom a hit may concern, in the transaction that raises it.

    What comes after a message that is kept from somebody is kept from them too, whatever it says;
    what an earlier message is marked for is not.
    """
    message = _message(session, hit)
    ids = links.ids_of(session, links.person_of(session, young_person_id))
    standing = records.standing_of(session, ids)
    goes_on = standing is not None and (message is None or (message.seq or 0) >= standing.from_seq)
    concern = None
    if message is not None and message.direction == "in":
        concern = _concern(service, session, young_person_id, ids, message, hit)
    if concern is None and not goes_on:
        return NOBODY
    return Verdict(INDEPENDENT, concern)


def open_for(session: Session, young_person_id: UUID, verdict: Verdict) -> Escalation | None:
    """The unacknowledged escalation that a hit of this verdict joins.

    One that was raised for the first texts of the same thought moves to the independent ladder.
    """
    found = unacknowledged_of(session, young_person_id, verdict.ladder)
    if found is not None or verdict.concern is None:
        return found
    other = unacknowledged_of(session, young_person_id, MAIN)
    if other is None or other.raised_at < verdict.concern.since:
        return None
    records.move_to_ladder(session, other.id, INDEPENDENT)
    session.refresh(other)
    return other


def keep(
    service: Service, session: Session, found: Escalation, verdict: Verdict, now: datetime
) -> None:
    """Record whom the escalation may concern; from this commit on they cannot see it."""
    if verdict.concern is not None:
        records.add_concern(session, service.vault, found, verdict.concern, now)


def may_be_alerted(session: Session, staff: Staff, found: Escalation) -> bool:
    """Whether this person may learn that the escalation exists."""
    return not is_kept_from(session, viewer_of(session, staff), found)


def visible(session: Session, staff: Staff) -> Callable[[Escalation], bool]:
    """A predicate: which escalations this member of staff may know of.

    Pages need it not: what a signed-in person reads is filtered below every query
    (storage/visibility.py). It is for whoever decides for others, as the ladder does.
    """
    seen_by = viewer_of(session, staff)
    return lambda found: not is_kept_from(session, seen_by, found)


def directory(session: Session) -> Directory:
    """Everybody and every home that words may be about."""
    return Directory(
        tuple(
            Person(staff.id, names, staff.team_id) for staff, names in records.named_people(session)
        ),
        tuple(Place(team.id, names) for team, names in records.named_teams(session) if names),
    )


def _message(session: Session, hit: Hit) -> Message | None:
    if hit.message_id is None:
        return None
    return words.messages_by_id(session, {hit.message_id}).get(hit.message_id)


def _concern(
    service: Service,
    session: Session,
    young_person_id: UUID,
    ids: Sequence[UUID],
    message: Message,
    hit: Hit,
) -> NewConcern | None:
    lately = records.lately_from(session, ids, message, LOOKED_BACK, MOST_LOOKED_BACK)
    because = {UUID(each["message_id"]) for each in _because(hit)}
    try:
        texts = [words.body_of(service.vault, each) for each in lately]
        found = may_concern(texts, hit.detail.get("categories", ()), directory(session))
    except Exception as error:  # noqa: BLE001 - any doubt is a hit, a broken matcher is one
        log.error("matching failed", message_id=str(message.id), error=type(error).__name__)
        kept = _everybody(session)
        why: dict[str, Any] = {"failed": type(error).__name__}
        return _recorded(session, young_person_id, message, [message], kept, why)
    if found is None:
        return None
    told = because | {lately[each.text_index].id for each in found.mentions}
    told |= records.hits_among(session, [each.id for each in lately])
    thought = [
        each
        for each in lately
        if each.id == message.id or (each.id in told and message.at - each.at <= SAME_MATTER)
    ]
    kept = _kept_from(session, young_person_id, found)
    return _recorded(session, young_person_id, message, thought, kept, _why(lately, found))


def _because(hit: Hit) -> list[dict[str, Any]]:
    return [each for each in hit.detail.get("because", ()) if "message_id" in each]


def _why(lately: Sequence[Message], found: Found) -> dict[str, Any]:
    """Which words named whom, as places in messages; no words of their own."""
    return {
        "roles": sorted(found.roles),
        "mentions": [
            {
                "kind": each.kind,
                "key": each.key,
                "message_id": str(lately[each.text_index].id),
                "start": each.start,
                "end": each.end,
            }
            for each in found.mentions
        ],
    }


def _recorded(
    session: Session,
    young_person_id: UUID,
    message: Message,
    thought: Sequence[Message],
    kept: Sequence[HiddenFrom],
    why: dict[str, Any],
) -> NewConcern:
    first = min(thought, key=lambda each: each.seq or 0)
    return NewConcern(
        message_id=message.id,
        from_seq=first.seq or 0,
        since=first.at,
        newcomer=people.young_person(session, young_person_id).provisional
        and records.first_seq(session, young_person_id) == first.seq,
        why=why,
        was=as_it_stands(session, young_person_id, first.seq or 0),
        hidden_from=kept,
    )


def _kept_from(session: Session, young_person_id: UUID, found: Found) -> list[HiddenFrom]:
    """Whoever is named, the users of their team and of the home, and whom the roles may mean."""
    named = [staff for staff, _ in records.named_people(session) if staff.id in found.people]
    teams = {*found.teams, *(each.team_id for each in named if each.team_id)}
    home = records.home_of(session, young_person_id)
    doubts: list[HiddenFrom] = []
    if "home" in found.could_be:
        if home is not None:
            teams.add(home)
        else:
            doubts += _everybody(session)
    doubts += [
        HiddenFrom("role", role=_ROLES[each]) for each in sorted(found.could_be) if each in _ROLES
    ]
    return [
        *(HiddenFrom("staff", staff_id=each.id) for each in named),
        *(HiddenFrom("team", team_id=each) for each in sorted(teams, key=str)),
        *(doubts if _independent_but(session, found.people, teams) else ()),
    ]


def _everybody(session: Session) -> list[HiddenFrom]:
    return [HiddenFrom("everybody")] if independent_staff(session) else []


def _independent_but(session: Session, named: frozenset[UUID], teams: set[UUID]) -> bool:
    """Whether somebody independent is left who can be reached.

    With nobody there a mere doubt hides nothing: what no person sees is the greater harm. Who is
    named, their team and the home are kept out all the same.
    """
    return any(
        each.id not in named and each.team_id not in teams for each in independent_staff(session)
    )


__all__ = [
    "INDEPENDENT",
    "MAIN",
    "Concern",
    "Verdict",
    "directory",
    "judge",
    "keep",
    "may_be_alerted",
    "open_for",
    "visible",
]
