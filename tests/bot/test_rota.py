"""Who is on duty, how the rota is changed, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest

from bot.escalations import NotPossible
from bot.rota_changes import give, remove, swap
from bot.rota_gaps import is_staffed, outlooks, reach_of
from storage.rota import end_shifts_of
from storage.tables import AuditEntry, Shift, Staff
from tests.bot.cast import ade, dee
from tests.bot.rotas import MONDAY, TODAY, independent, names, shift
from tests.bot.world import START, World


def sam(world: World) -> Staff:
    return dee(world, "Sam Whitlock", "+447700900203")


def shifts(world: World) -> list[Shift]:
    return [each for each in world.rows(Shift) if each.removed_at is None]


def test_without_a_rota_everybody_with_a_number_is_on_duty_and_the_first_is_first(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    dee(world)
    sam(world)
    dee(world, "Kit Moss", None)
    independent(world, "Ida Cole")

    assert names(world) == ["Dee", "Sam", "Ida"]
    assert names(world, position=1) == ["Dee"]
    assert names(world, position=2) == ["Sam", "Ida"]
    assert names(world, "independent") == ["Ida"]


def test_a_rota_alone_says_who_is_on_duty_from_its_first_to_its_last_minute(world: World) -> None:
    one, two = dee(world), sam(world)
    shift(world, one, "16:00", "17:00", position=2)
    shift(world, two, "16:30", "18:00")

    assert names(world) == ["Dee"]
    world.clock.move(timedelta(minutes=30))
    assert names(world) == ["Sam", "Dee"]
    assert names(world, position=1) == ["Sam"]
    world.clock.move(timedelta(minutes=30))
    assert names(world) == ["Sam"]
    world.clock.move(timedelta(hours=1))
    assert names(world) == []
    assert names(world, position=1) == []


def test_a_shift_of_somebody_who_left_counts_for_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    one = dee(world)
    shift(world, one, "16:00", "20:00")
    with world.service.database.write() as session:
        row = session.get_one(Staff, one.seq)
        row.active = False
        session.add(row)

    assert names(world) == []


def test_a_pattern_keeps_its_times_of_day_over_both_changes_of_the_clocks(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    for change, hours in ((date(2027, 3, 28), 11), (date(2027, 10, 31), 13)):
        first = change - timedelta(days=1)
        found = shift(world, dee(world, f"Pat{hours} Reed"), "20:00", "08:00", first, weeks=2)
        lengths = [(each.ends_at - each.starts_at) // timedelta(hours=1) for each in found]
        assert lengths == [hours, 12]


def test_nobody_is_on_duty_twice_on_any_ladder_and_a_pattern_is_entered_whole_or_not(
    world: World,
) -> None:
    one = dee(world)
    shift(world, one, "08:00", "20:00", MONDAY)

    with pytest.raises(NotPossible) as refused:
        shift(world, one, "19:00", "23:00", TODAY, weekdays=frozenset(range(7)), position=2)

    assert str(refused.value) == (
        "Dee Okafor is on duty then already: Monday 23 November, 08:00 to 20:00. "
        "Nothing was changed."
    )
    assert len(shifts(world)) == 1
    shift(world, one, "20:00", "23:00", MONDAY)


def test_two_are_first_only_while_they_hand_over(sqlite_world: World) -> None:
    world = sqlite_world
    one, two = dee(world), sam(world)
    shift(world, one, "08:00", "20:00", MONDAY)
    with pytest.raises(NotPossible, match="Dee Okafor is first then already: Monday 23 November"):
        shift(world, two, "18:59", "23:00", MONDAY)

    shift(world, two, "19:00", "23:00", MONDAY)
    shift(world, two, "18:00", "19:00", MONDAY, position=2)


def test_of_two_managers_at_the_same_moment_one_enters_the_shift(world: World) -> None:
    one, two, both = dee(world), sam(world), Barrier(2)

    def manager(who: Staff) -> str:
        both.wait()
        try:
            shift(world, who, "08:00", "20:00", MONDAY, weekdays=frozenset(range(5)))
        except NotPossible as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor(2) as managers:
        said = sorted(managers.map(manager, (one, two)))

    assert said[0] == ""
    assert "is first then already" in said[1]
    assert len(shifts(world)) == 5


def test_who_may_be_entered(sqlite_world: World) -> None:
    world = sqlite_world
    one, other, advocate = dee(world), independent(world, "Ida Cole"), ade(world)
    for who, ladder, says in (
        (advocate, "main", "Ade Bello is not a duty worker"),
        (one, "independent", "Dee Okafor is not in an independent team"),
        (other, "main", "Ida Cole is independent"),
    ):
        with pytest.raises(NotPossible, match=says):
            shift(world, who, "17:00", "18:00", ladder=ladder)
    shift(world, other, "17:00", "18:00", ladder="independent")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"day": TODAY - timedelta(days=2)}, "passed already"),
        ({"weeks": 0}, "1 to 26 weeks"),
        ({"weeks": 27}, "1 to 26 weeks"),
    ],
)
def test_times_that_cannot_be(sqlite_world: World, more: dict[str, object], says: str) -> None:
    with pytest.raises(NotPossible, match=says):
        shift(sqlite_world, dee(sqlite_world), "08:00", "09:00", **more)  # type: ignore[arg-type]


def test_a_shift_is_removed_and_one_that_has_begun_ends_now(world: World) -> None:
    one = dee(world)
    (running,) = shift(world, one, "15:00", "20:00")
    (coming,) = shift(world, one, "21:00", "22:00")
    remove(world.service, coming.id, None)
    remove(world.service, running.id, None)

    (left,) = shifts(world)
    assert left.ends_at == START, "they were on duty until then, and that stays on record"
    for each in (running, coming):
        with pytest.raises(NotPossible, match="over or was removed"):
            remove(world.service, each.id, None)
    acts = [each.action for each in world.rows(AuditEntry)]
    assert acts == ["enter shift"] * 2 + ["remove shift"] * 2


def test_somebody_else_takes_what_is_left_of_a_shift(world: World) -> None:
    one, two = dee(world), sam(world)
    (running,) = shift(world, one, "15:00", "20:00")
    (busy,) = shift(world, two, "19:00", "21:00", position=2)
    with pytest.raises(NotPossible, match="Sam Whitlock is on duty then already"):
        give(world.service, running.id, two.id, None)
    assert names(world) == ["Dee"], "a refused change changes nothing"

    remove(world.service, busy.id, None)
    give(world.service, running.id, two.id, None)

    assert names(world) == ["Sam"]
    world.clock.move(timedelta(hours=4))
    assert names(world) == []


def test_two_people_swap(world: World) -> None:
    one, two = dee(world), sam(world)
    (day,) = shift(world, one, "08:00", "20:00", MONDAY)
    (night,) = shift(world, two, "20:00", "08:00", MONDAY)
    swap(world.service, day.id, night.id, None)

    assert [(each.staff_id, each.starts_at.hour) for each in shifts(world)] == [
        (two.id, 8),
        (one.id, 20),
    ]
    with pytest.raises(NotPossible, match="over or was removed"):
        swap(world.service, day.id, night.id, None)


def test_who_leaves_is_on_no_coming_shift_and_the_one_they_are_on_ends(world: World) -> None:
    one, two = dee(world), sam(world)
    shift(world, one, "15:00", "20:00")
    shift(world, one, "08:00", "12:00", MONDAY, weeks=3)
    shift(world, two, "08:00", "12:00", MONDAY, position=2)
    with world.service.database.write() as session:
        ended = end_shifts_of(session, one.id, START)

    assert ended == 4
    assert [each.staff_id for each in shifts(world) if each.ends_at > START] == [two.id]


def test_what_is_missing_in_the_next_14_days(sqlite_world: World) -> None:
    world = sqlite_world
    one, silent = dee(world), dee(world, "Kit Moss", None)
    every = frozenset(range(7))
    shift(world, one, "08:00", "20:00", weekdays=every, weeks=3)
    shift(world, silent, "20:00", "08:00", weekdays=every, weeks=3)
    main, other = outlooks(world.service)

    assert {each.kind for each in main.gaps} == {"nobody", "alone"}
    assert main.gaps[1].starts_at == START.replace(hour=20), "no alert reaches Kit by night"
    assert [(each.name, each.reach) for each in main.doubts] == [
        ("Dee Okafor", "old"),
        ("Kit Moss", "none"),
    ]
    assert [each.kind for each in other.gaps] == ["nobody"]
    assert not other.is_entered


def test_the_independent_ladder_is_staffed_when_somebody_is_there_in_every_hour(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    ida, ola = independent(world, "Ida Cole"), independent(world, "Ola Reid", "+447700900302")
    with world.reading() as session:
        assert is_staffed(world.service, session, "independent"), "everybody, without a rota"
    every = frozenset(range(7))
    shift(world, ida, "08:00", "20:00", ladder="independent", weekdays=every, weeks=3)
    with world.reading() as session:
        assert not is_staffed(world.service, session, "independent")
    shift(world, ola, "20:00", "08:00", ladder="independent", weekdays=every, weeks=3)
    with world.reading() as session:
        assert is_staffed(world.service, session, "independent")


def test_a_number_counts_as_verified_for_thirty_days(sqlite_world: World) -> None:
    world = sqlite_world
    one = dee(world)
    with world.service.database.write() as session:
        row = session.get_one(Staff, one.seq)
        row.phone_verified_at = START - timedelta(days=30)
        session.add(row)
        assert reach_of(world.service, session, row) == "verified"
        world.clock.move(timedelta(seconds=1))
        assert reach_of(world.service, session, row) == "old"
