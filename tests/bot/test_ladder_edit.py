"""A ladder can be set, never without a reachable first step; and lines outside, and addresses."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.ladder_edit import NotSet, add_address, add_line, end_line, set_ladder, verify_address
from bot.ladder_ready import lacks, may_reach_children
from bot.ladder_table import Step, ladder_of
from storage.staff_addresses import addresses_of
from storage.tables import Staff
from tests.bot.cast import DEE_NUMBER, amina, dee, staff
from tests.bot.detector import DANGER
from tests.bot.world import START, World

NOBODY_FIRST = [
    ([Step(0, ("manager",), ("sms",))], "Nobody is there for manager"),
    ([Step(0, ("duty",), ("voice",))], "Dee Okafor has no verified address for voice"),
    ([Step(0, ("staffed_line",), ("voice",))], "No staffed line is entered"),
    ([Step(300, ("duty",), ("sms",))], "the first step must come at once"),
    ([Step(0, ("cat",), ("sms",))], "A step asks"),
    ([Step(0, ("duty",), ("pigeon",))], "A step goes by"),
    ([Step(0, (), ("sms",))], "A step asks"),
    ([Step(-1, ("duty",), ("sms",))], "counts? in minutes"),
    ([Step(0, ("duty",), ("sms",)), Step(0, ("duty",), ("sms",))], "the same minute"),
]


@pytest.mark.parametrize(("steps", "says"), NOBODY_FIRST)
def test_a_ladder_without_a_reachable_first_step_is_refused(
    sqlite_world: World, steps: list[Step], says: str
) -> None:
    dee(sqlite_world)
    with pytest.raises(NotSet, match=says):
        set_ladder(sqlite_world.service, "main", 1, steps, "command")

    with sqlite_world.reading() as session:
        assert len(ladder_of(session, "england", None, "main", 1).steps) == 4


def test_a_ladder_that_was_set_is_climbed_and_the_defaults_come_back(world: World) -> None:
    dee(world)
    steps = [Step(0, ("duty",), ("sms",)), Step(120, ("duty",), ("sms",))]
    set_ladder(world.service, "main", 1, steps, "command")
    child = amina(world)
    world.text(child, DANGER)
    world.run()

    assert world.escalation(child).next_alert_at == START + timedelta(minutes=2)
    set_ladder(world.service, "main", 1, [], "command")
    with world.reading() as session:
        assert len(ladder_of(session, "england", None, "main", 1).steps) == 4


def test_a_staffed_line_counts_only_with_its_written_agreement(sqlite_world: World) -> None:
    service = sqlite_world.service
    with pytest.raises(NotSet, match="written agreement"):
        add_line(service, "staffed", "Night line", "+441632960001", "command")
    with pytest.raises(NotSet, match="lies ahead"):
        add_line(
            service, "staffed", "Night line", "+441632960001", "command",
            agreed_on=date(2030, 1, 1), agreed_with="R Marsh",
        )  # fmt: skip


def test_production_invites_nobody_while_no_staffed_line_is_there(
    sqlite_world: World, tmp_path: Path
) -> None:
    world = sqlite_world
    live = {"twilio_account_sid": "AC1", "allow_draft_script": False}

    def may(**changed: object) -> bool:
        settings = world.settings.model_copy(update=live | changed)
        object.__setattr__(world.service, "settings", settings)
        with world.reading() as session:
            return may_reach_children(world.service, session, None)

    assert (may(), may(demo_folder=tmp_path), may(allow_draft_script=True)) == (False, True, True)
    line = add_line(
        world.service, "staffed", "Night line", "01632 960001", "command",
        agreed_on=date(2026, 11, 1), agreed_with="R Marsh",
    )  # fmt: skip
    assert may()
    assert end_line(world.service, line.id, "command")
    assert not may()


def test_what_is_lacking_is_said_in_sentences(sqlite_world: World) -> None:
    dee(sqlite_world)
    with sqlite_world.reading() as session:
        found = {each.code: each.says for each in lacks(sqlite_world.service, session)}

    assert "written" not in found.get("unreachable", "")
    assert "staffed 24-hour line" in found["no_staffed_line"]
    assert "Only one kind of alert reaches Dee Okafor" in found["one_kind"]
    assert "Independent ladder" in found["unreachable"]


def code_of(world: World, number: str) -> str:
    found = re.search(r"\d{6}", world.heard(number)[-1])
    assert found
    return found[0]


def first_address(world: World, person: Staff) -> tuple[bool, bool]:
    with world.reading() as session:
        (found,) = addresses_of(session, person.id)
    return found.verified_at is not None, found.code_hash is not None


def test_an_address_is_used_once_its_code_came_back(world: World) -> None:
    number, worker = "+447700900777", dee(world)
    found = add_address(world.service, worker, "second_sms", number, "command")
    world.run()
    code = code_of(world, number)
    wrong = "000000" if code != "000000" else "111111"
    other = staff(world, "Mo Lindqvist", "manager")

    assert not verify_address(world.service, worker.id, found.id, wrong)
    assert not verify_address(world.service, other.id, found.id, code)
    assert first_address(world, worker) == (False, True)
    assert verify_address(world.service, worker.id, found.id, code)
    assert first_address(world, worker) == (True, False)
    assert not verify_address(world.service, worker.id, found.id, code), "a code is good once"


def test_five_wrong_codes_or_half_an_hour_use_a_code_up(sqlite_world: World) -> None:
    world, number = sqlite_world, "+447700900777"
    worker = dee(world)
    found = add_address(world.service, worker, "second_sms", number, "command")
    world.run()
    code = code_of(world, number)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert not verify_address(world.service, worker.id, found.id, wrong)
    assert not verify_address(world.service, worker.id, found.id, code)
    add_address(world.service, worker, "second_sms", number, "command")
    world.run()
    world.clock.move(timedelta(minutes=31))
    assert not verify_address(world.service, worker.id, found.id, code_of(world, number))


def test_an_address_that_is_none_is_refused(sqlite_world: World) -> None:
    worker = dee(sqlite_world)
    for kind, value in (("sms", "12"), ("email", "dee"), ("webhook", "http://far.example/x")):
        with pytest.raises(NotSet):
            add_address(sqlite_world.service, worker, kind, value, "command")
    with pytest.raises(NotSet, match="Nothing is set up here"):
        add_address(sqlite_world.service, worker, "email", "dee@example.org", "command")
    assert sqlite_world.heard(DEE_NUMBER) == []
