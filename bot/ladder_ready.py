"""Whether the ladders would reach somebody: asked before an invitation, and before an edit counts.

A P1 that nobody on duty has answered for 15 minutes goes to a staffed 24-hour line that agreed in
writing to act. Without one no child is invited to write to us (docs/practice.md 6.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from bot.alerting.ways import carrier_of, ways_to
from bot.ladder_table import (
    AT_NOON,
    LADDERS,
    LINES,
    PRIORITIES,
    TARGETS,
    Step,
    ladder_of,
)
from bot.rota import on_duty
from bot.service import Service
from storage import ladders as stored
from storage.staff import list_staff
from storage.tables import Staff
from storage.tables.alerting import ADDRESS_KINDS

HOURS_AHEAD = 24
SECOND_KIND = "Only one kind of alert reaches {name}: verify a second address of another kind."


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing, in a sentence for whoever can mend it."""

    code: str
    says: str


def has_staffed_line(service: Service, session: Session, authority_id: UUID | None) -> bool:
    """Whether a P1 that nobody answers ends at people who agreed in writing to act."""
    return bool(stored.lines_for(session, "staffed", authority_id)) and any(
        carrier_of(service, kind) for kind in ("voice", "sms")
    )


def may_reach_children(service: Service, session: Session, authority_id: UUID | None) -> bool:
    """Whether invitations may leave: a rehearsal or a trial may, production only with a line."""
    settings = service.settings
    if not settings.reaches_children or settings.allow_draft_script:
        return True
    return has_staffed_line(service, session, authority_id)


def may_hear_of_our_own(service: Service, session: Session) -> bool:
    """Whether invitations may leave: production only with independent people day and night."""
    settings = service.settings
    if not settings.reaches_children or settings.allow_draft_script:
        return True
    return has_independent_people(service, session)


def has_independent_people(service: Service, session: Session) -> bool:
    """Whether somebody independent is on duty at every hour of the next day and night.

    What may concern one of our own goes to them alone: with nobody there the service is not open
    (docs/conflicts.md).
    """
    now = service.clock.service_now()
    hours = (now + timedelta(hours=each) for each in range(HOURS_AHEAD))
    return all(on_duty(service, session, "independent", each) for each in hours)


def lacks(service: Service, session: Session) -> list[Lack]:
    """Everything that keeps a ladder from reaching people, the worst first."""
    found = []
    if not has_staffed_line(service, session, None):
        found.append(
            Lack(
                "no_staffed_line",
                "There is no staffed 24-hour line that agreed in writing to act. Invitations are "
                "refused until one is entered: return-interview line add --kind staffed",
            )
        )
    if not has_independent_people(service, session):
        found.append(
            Lack(
                "no_independent_people",
                "Nobody independent is on duty at every hour of the next day and night. "
                "Invitations are refused until somebody is: enter a team of the kind independent.",
            )
        )
    for ladder in LADDERS:
        for priority in PRIORITIES:
            steps = ladder_of(session, service.settings.nation, None, ladder, priority).steps
            if says := problem(service, session, ladder, priority, steps):
                found.append(Lack("unreachable", says))
    found += [
        Lack("one_kind", SECOND_KIND.format(name=each.name))
        for each in on_duty(service, session, "main", service.clock.service_now())
        if len({way.kind for way in ways_to(service, session, each)}) < 2
    ]
    return found


def problem(
    service: Service,
    session: Session,
    ladder: str,
    priority: int,
    steps: Sequence[Step],
    authority_id: UUID | None = None,
) -> str | None:
    """Why these steps would leave a priority without a reachable first step; None when not."""
    if said := _malformed(priority, steps):
        return said
    first = min(steps, key=lambda step: step.after_s)
    if first.after_s > 0:
        return f"{_named(ladder, priority)}: the first step must come at once, at 0 minutes."
    reach = [_reached(service, session, ladder, each, first.by, authority_id) for each in first.to]
    if any(each is None for each in reach):
        return None
    return f"{_named(ladder, priority)}: the first step reaches nobody. " + " ".join(
        each for each in reach if each
    )


def _malformed(priority: int, steps: Sequence[Step]) -> str | None:
    if not steps:
        return "A ladder needs at least one step."
    for step in steps:
        if not step.to or not set(step.to) <= set(TARGETS):
            return f"A step asks: {', '.join(TARGETS)}."
        if not step.by or not set(step.by) <= set(ADDRESS_KINDS):
            return f"A step goes by: {', '.join(ADDRESS_KINDS)}."
        if (step.after_s == AT_NOON) != (priority == 3) or step.after_s < AT_NOON:
            return "A P3 waits for noon of the next working day; P1 and P2 count in minutes."
    moments = [step.after_s for step in steps]
    if priority < 3 and len(set(moments)) < len(moments):
        return "Two steps cannot come at the same minute."
    return None


def _reached(
    service: Service,
    session: Session,
    ladder: str,
    target: str,
    by: Sequence[str],
    authority_id: UUID | None,
) -> str | None:
    """None when this target can be reached; else what is missing, in a sentence."""
    if target in LINES:
        if stored.lines_for(session, LINES[target], authority_id) and carrier_of(service, "sms"):
            return None
        return f"No {target.replace('_', ' ')} is entered."
    people = _people(service, session, ladder, target)
    if not people:
        return f"Nobody is there for {target}."
    ways = [way for each in people for way in ways_to(service, session, each)]
    if any(way.kind in by for way in ways):
        return None
    return f"{people[0].name} has no verified address for {' or '.join(by)}."


def _people(service: Service, session: Session, ladder: str, target: str) -> list[Staff]:
    now = service.clock.service_now()
    if target == "manager":
        return [each for each in list_staff(session) if each.active and each.role == "manager"]
    return on_duty(service, session, ladder, now, 1 if target == "duty" else 2)


def _named(ladder: str, priority: int) -> str:
    return f"{ladder.capitalize()} ladder, P{priority}"
