"""Rotas for tests: entering shifts as a manager does."""

from datetime import date, time
from typing import Any
from uuid import UUID

from bot.rota import on_duty
from bot.rota_changes import Pattern, enter
from bot.rota_hours import Duty, gaps
from storage.authorities import add_team
from storage.tables import Shift, Staff
from tests.bot.cast import staff
from tests.bot.world import START, World

TODAY = START.date()
MONDAY = date(2026, 11, 23)


def shift(
    world: World, who: Staff, start: str, end: str, day: date = TODAY, **more: Any
) -> list[Shift]:
    """Enter a shift of somebody: first on the main ladder unless said otherwise."""
    known: dict[str, Any] = {"ladder": "main", "position": 1}
    times = time.fromisoformat(start), time.fromisoformat(end)
    return enter(
        world.service,
        Pattern(staff_id=who.id, day=day, start=times[0], end=times[1], **(known | more)),
        None,
    )


def names(world: World, ladder: str = "main", position: int | None = None) -> list[str]:
    """Who is on duty now, by first name."""
    with world.reading() as session:
        now = world.service.clock.service_now()
        found = on_duty(world.service, session, ladder, now, position)
    return [each.name.split()[0] for each in found]


def independent(world: World, name: str, phone: str | None = "+447700900301") -> Staff:
    """A duty worker who belongs to an independent team, which is made the first time."""
    person = staff(world, name, "duty_worker", phone)
    with world.service.database.write() as session:
        team = add_team(session, f"Independent {name}", "independent", START)
        row = session.get_one(Staff, person.seq)
        row.team_id = team.id
        session.add(row)
    return row


def duty(start: Any, end: Any, position: int = 1, who: int = 1) -> Duty:
    return Duty(start, end, position, UUID(int=who))


def kinds(duties: list[Duty], since: Any, until: Any) -> list[str]:
    return [each.kind for each in gaps(duties, since, until)]
