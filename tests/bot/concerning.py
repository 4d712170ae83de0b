"""People of a home, of the duty team and of the independent team, and who looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, select

from storage import authorities
from storage.staff import staff_by_id
from storage.tables import Escalation, Staff, Team, YoungPerson
from storage.visibility import look_as, viewer_of
from tests.bot import cast
from tests.bot.world import Child, World

NAMED = "he touched me, dave off nights"
"""What the detector of these tests takes for harm, and a name that the directory has."""


@dataclass(frozen=True, slots=True)
class People:
    """Dave and Rosa work in the home; Dee is on duty; Ines is independent."""

    dave: Staff
    rosa: Staff
    dee: Staff
    ines: Staff
    home: Team


def gather(world: World, *, independent: bool = True) -> People:
    with world.service.database.write() as session:
        now = world.service.clock.service_now()
        home = authorities.add_team(session, "Fenwick House", "home", now)
        apart = authorities.add_team(session, "Apart", "independent", now)
        duty = authorities.add_team(session, "Duty", "duty", now)
    dave = cast.dee(world, "David Quill", "+447700900211")
    rosa = cast.dee(world, "Rosa Pell", "+447700900212")
    dee = cast.dee(world)
    ines = cast.dee(world, "Ines Vale", "+447700900213")
    put_in(world, dave, home.id)
    put_in(world, rosa, home.id)
    put_in(world, dee, duty.id)
    put_in(world, ines, apart.id if independent else duty.id)
    first, second, third, last = (_fresh(world, each) for each in (dave, rosa, dee, ines))
    return People(first, second, third, last, home)


def put_in(world: World, staff: Staff, team_id: UUID | None) -> None:
    with world.service.database.write() as session:
        row = session.get_one(Staff, staff.seq)
        row.team_id = team_id
        session.add(row)


def live_in(world: World, child: Child, home: Team) -> None:
    with world.service.database.write() as session:
        person = session.exec(select(YoungPerson).where(YoungPerson.id == child.id)).one()
        person.home_team_id = home.id
        session.add(person)


def _fresh(world: World, staff: Staff) -> Staff:
    with world.reading() as session:
        found = staff_by_id(session, staff.id)
    assert found is not None
    return found


@contextmanager
def looking(world: World, staff: Staff | None) -> Iterator[Session]:
    """A read as a page of theirs would do it."""
    with world.reading() as session:
        viewer = viewer_of(session, staff) if staff else None
    look_as(viewer)
    try:
        with world.reading() as session:
            yield session
    finally:
        look_as(None)


def sees(world: World, staff: Staff, found: Escalation) -> bool:
    with looking(world, staff) as session:
        return session.get(Escalation, found.seq) is not None
