"""A live service keeps the real time; a rehearsal's clock only goes forward."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import installation
from storage.database import Database
from tests.storage import cast
from tests.storage.together import together

HOUR = timedelta(hours=1)


def install(database: Database, mode: str) -> str:
    with database.write() as session:
        return installation.ensure_installation(session, mode, cast.NOW).mode


def move(database: Database, by: timedelta) -> None:
    with database.write() as session:
        installation.move_clock(session, by)


def offset(database: Database) -> timedelta:
    with database.read() as session:
        return installation.clock_offset(session)


def test_a_new_database_is_neither(database: Database) -> None:
    with database.read() as session:
        assert installation.mode(session) is None
    assert offset(database) == timedelta(0)
    with pytest.raises(installation.NotADemo):
        move(database, HOUR)


@pytest.mark.parametrize(("first", "then"), [("live", "demo"), ("demo", "live")])
def test_what_it_is_it_stays(database: Database, first: str, then: str) -> None:
    assert install(database, first) == first
    assert install(database, then) == first
    with database.read() as session:
        assert installation.mode(session) == first


def test_it_is_live_or_a_demo(database: Database) -> None:
    with pytest.raises(IntegrityError):
        install(database, "test")


def test_many_that_start_at_once_agree(
    database: Database, opened: Callable[[str], Database]
) -> None:
    processes = [database, opened(database.url.render_as_string(hide_password=False))]

    modes = together(8, lambda number: install(processes[number % 2], ("live", "demo")[number % 2]))

    assert len(set(modes)) == 1


def test_a_live_clock_never_moves(database: Database) -> None:
    install(database, "live")

    with pytest.raises(installation.NotADemo):
        move(database, HOUR)

    assert offset(database) == timedelta(0)


@pytest.mark.parametrize("seconds", [1, -1])
def test_the_database_itself_refuses_to_move_a_live_clock(database: Database, seconds: int) -> None:
    install(database, "live")

    with pytest.raises(IntegrityError), database.write() as session:
        session.connection().execute(
            text("UPDATE installation SET clock_offset_s = :seconds"), {"seconds": seconds}
        )


def test_a_demo_whose_clock_was_moved_never_becomes_live(database: Database) -> None:
    install(database, "demo")
    move(database, HOUR)

    with pytest.raises(IntegrityError), database.write() as session:
        session.connection().execute(text("UPDATE installation SET mode = 'live'"))


def test_there_is_one_installation(database: Database) -> None:
    install(database, "demo")

    with pytest.raises(IntegrityError), database.write() as session:
        session.connection().execute(
            text("INSERT INTO installation SELECT 2, mode, clock_offset_s, created_at"
                 " FROM installation")
        )  # fmt: skip


@pytest.mark.parametrize("by", [timedelta(0), -HOUR, timedelta(microseconds=-1)])
def test_a_demos_clock_does_not_stand_or_go_back(database: Database, by: timedelta) -> None:
    install(database, "demo")
    move(database, HOUR)

    with pytest.raises(ValueError, match="forward"):
        move(database, by)

    assert offset(database) == HOUR


def test_moves_add_up_whoever_makes_them(database: Database) -> None:
    install(database, "demo")

    together(8, lambda _number: move(database, HOUR))
    move(database, timedelta(days=3))

    assert offset(database) == timedelta(days=3, hours=8)
