"""The demo's rota: somebody is on duty day and night, on both ladders, for the next four weeks.

Whoever starts the demo finds Dee on duty: the half of the day that it is now is hers and Sam's.
"""

from __future__ import annotations

from datetime import time, timedelta
from uuid import UUID

from bot.clock import in_london
from bot.rota_changes import Pattern, enter
from bot.service import Service
from storage.authorities import add_team
from storage.staff import list_staff

DAY, NIGHT = (time(8), time(20)), (time(20), time(8))
WEEKS = 4
EVERY_DAY = frozenset(range(7))
INDEPENDENT = ("nadia@northmoor.example", "owen@northmoor.example")
NOW_ON_DUTY = ("dee@northmoor.example", "sam@northmoor.example")
ON_DUTY_LATER = ("priya@northmoor.example", "callum@northmoor.example")


def give_rota(service: Service) -> None:
    """Put two of the demo's staff in an independent team, and everybody else on duty in turn."""
    by_email = _prepare(service)
    local = in_london(service.clock.service_now())
    is_day = DAY[0] <= local.time() < DAY[1]
    now, later = (DAY, NIGHT) if is_day else (NIGHT, DAY)
    turns = [(("main", 1 + place), email, now) for place, email in enumerate(NOW_ON_DUTY)]
    turns += [(("main", 1 + place), email, later) for place, email in enumerate(ON_DUTY_LATER)]
    turns += [
        (("independent", 1), email, times)
        for email, times in zip(INDEPENDENT, (DAY, NIGHT), strict=True)
    ]
    # A night that is under way began yesterday.
    first = local.date() - timedelta(days=1)
    for (ladder, position), email, (start, end) in turns:
        staff_id = by_email[email]
        enter(
            service,
            Pattern(ladder, position, staff_id, first, start, end, EVERY_DAY, WEEKS),
            None,
        )


def _prepare(service: Service) -> dict[str, UUID]:
    """The ids of everybody; their numbers are verified, and two of them are independent."""
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.write() as session:
        team = add_team(session, "Independent visitors", "independent", now)
        staff = list_staff(session)
        for each in staff:
            if each.phone_sealed is not None:
                each.phone_verified_at = machine_now
            if each.email in INDEPENDENT:
                each.team_id = team.id
            session.add(each)
        return {each.email: each.id for each in staff}
