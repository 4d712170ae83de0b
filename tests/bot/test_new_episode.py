"""What was agreed with a young person: sealed, never wiped, refused when it cannot work."""

from datetime import date
from typing import Any

import pytest

from bot.invitations import NotEntered
from storage.person_details import Details, details_of
from storage.tables import AuditEntry, MissingEpisode, YoungPerson
from tests.bot.entering import enter
from tests.bot.world import World

AGREED_WITH_HER: dict[str, Any] = {
    "born_on": date(2012, 5, 30),
    "needs_support": True,
    "check_word": "marmalade",
    "duress_word": "lantern",
    "prompts_from": "17:00",
    "prompts_until": "19:00",
    "school_time_ok": True,
}


def test_what_was_agreed_with_them_is_kept_sealed(world: World) -> None:
    child = enter(world, **AGREED_WITH_HER)
    (person,) = world.rows(YoungPerson)

    assert details_of(world.service.vault, person) == Details(**AGREED_WITH_HER)
    assert b"lantern" not in person.duress_word_sealed
    assert b"2012" not in person.born_on_sealed
    assert world.interview(child).length is None


def test_another_episode_updates_what_is_given_and_wipes_nothing(world: World) -> None:
    child = enter(world, **AGREED_WITH_HER)
    enter(world, young_person_id=child.id, name=None, phone=None)
    (person,) = world.rows(YoungPerson)
    assert details_of(world.service.vault, person) == Details(**AGREED_WITH_HER)

    given: dict[str, Any] = {"check_word": "teapot", "prompts_until": "20:00"}
    enter(world, young_person_id=child.id, name=None, phone=None, length="short", **given)
    (person,) = world.rows(YoungPerson)

    assert details_of(world.service.vault, person) == Details(**(AGREED_WITH_HER | given))
    assert world.interview(child).length == "short"
    changes = [each.detail for each in world.rows(AuditEntry) if each.action == "change details"]
    assert changes == [{"changed": "check_word prompts_until"}]


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"duress_word": "x"}, "too short"),
        ({"duress_word": " "}, "too short"),
        ({"duress_word": "\U0001f600\U0001f600"}, "letters or digits"),
        ({"duress_word": "a word that is very much longer than a word is"}, "a word or two"),
        ({"duress_word": "yes"}, "ordinary reply"),
        ({"duress_word": "Nah"}, "ordinary reply"),
        ({"duress_word": "ok"}, "ordinary reply"),
        ({"duress_word": "busy"}, "ordinary reply"),
        ({"duress_word": "help"}, "ordinary reply"),
        ({"duress_word": "text"}, "ordinary reply"),
        ({"check_word": "yes"}, "ordinary reply"),
        ({"check_word": "lantern", "duress_word": "Lantern!"}, "two different words"),
        ({"check_word": "red lantern", "duress_word": "lantern"}, "two different words"),
        ({"born_on": date(2026, 11, 21)}, "in the future"),
        ({"prompts_from": "16:00"}, "both times"),
        ({"prompts_from": "16:00", "prompts_until": "16:00"}, "no time between"),
        ({"prompts_from": "16:00", "prompts_until": "25:00"}, "HH:MM"),
        ({"prompts_from": "half four", "prompts_until": "19:00"}, "HH:MM"),
        ({"prompts_from": "12:00", "prompts_until": "13:00"}, "--school-time-ok"),
    ],
)
def test_what_would_not_work_later_is_refused_now(
    sqlite_world: World, details: dict[str, Any], said: str
) -> None:
    with pytest.raises(NotEntered, match=said):
        enter(sqlite_world, **details)
    child = enter(sqlite_world)
    with pytest.raises(NotEntered, match=said):
        enter(sqlite_world, young_person_id=child.id, **details)

    assert len(sqlite_world.rows(YoungPerson)) == len(sqlite_world.rows(MissingEpisode)) == 1


def test_a_new_duress_word_is_held_against_the_check_word_that_is_known(
    sqlite_world: World,
) -> None:
    child = enter(sqlite_world, check_word="lantern")
    with pytest.raises(NotEntered, match="two different words"):
        enter(sqlite_world, young_person_id=child.id, duress_word="lantern")


def test_a_word_that_is_kept_is_not_said_in_the_error(sqlite_world: World) -> None:
    with pytest.raises(NotEntered) as refused:
        enter(sqlite_world, check_word="lantern", duress_word="lantern")
    assert "lantern" not in str(refused.value)
