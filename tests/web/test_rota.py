"""The pages of the rota and its commands."""

import json
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from bot.clock import SetClock
from bot.rota_changes import Pattern, enter
from bot.rota_shown import coming_shifts
from bot.service import Service
from storage.staff import add_staff
from storage.tables import Shift, Staff
from tests.web.cast import NOW, Cast, csrf_token, sign_in
from tests.web.duty import words_of
from web.commands import rota as commands

FRIDAY = NOW.date()
EVERY = [str(number) for number in range(7)]


def post(client: FlaskClient, page: str, action: str, **fields: Any) -> str:
    """Press a button of a page; gives what is said after it."""
    token = csrf_token(client.get(page))
    answer = client.post(action, data={"csrf_token": token, **fields}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return words_of(answer.text)


def add(client: FlaskClient, who: Staff, **fields: Any) -> str:
    known = {
        "ladder": "main",
        "staff_id": str(who.id),
        "position": "1",
        "day": FRIDAY.isoformat(),
        "start": "08:00",
        "end": "20:00",
        "weeks": "1",
    }
    return post(client, "/rota/add", "/rota/add", **(known | fields))


def sam(service: Service) -> Staff:
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    known = ("Sam Whitlock", "sam@example.org", "duty_worker", "+447700900299", "no-hash", NOW)
    with service.database.write() as session:
        return add_staff(session, service.vault, staff_id, *known)


def shift(service: Service, who: Staff, day: date = FRIDAY, **more: Any) -> Shift:
    known = {"start": time(8), "end": time(20)} | more
    return enter(service, Pattern("main", 1, who.id, day, **known), None)[0]


def test_a_manager_enters_a_pattern_and_a_duty_worker_reads_it(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    sign_in(client, cast.mo)
    assert "No rota has been entered yet" in words_of(client.get("/rota").text)

    said = add(client, cast.dee, weekdays=EVERY, weeks="2")

    assert "14 shifts are entered" in said
    assert said.count("First: Dee Okafor") == 14
    assert said.count("Nobody 20:00 to 00:00") == 14, "and the nights have nobody"
    sign_in(client, cast.dee)
    page = client.get("/rota")
    assert "Friday 20 November 08:00 to 20:00 Now First: Dee Okafor" in words_of(page.text)
    assert "/rota/add" not in page.text


def test_what_is_wrong_with_the_form_stands_beside_it(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    sign_in(client, cast.mo)
    said = add(client, cast.dee, staff_id="", position="3", day="soon", start="8am", weeks="99")
    for expected in (
        "Choose who is on duty",
        "Choose first or second",
        "Enter a day",
        "Enter a time of day",
        "from 1 to 26",
    ):
        assert expected in said
    add(client, cast.dee)
    assert "Dee Okafor is on duty then already: Friday 20 November, 08:00 to 20:00" in add(
        client, cast.dee, start="19:00", end="23:00"
    )


def test_a_shift_is_given_swapped_and_removed(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    other = sam(service)
    sign_in(client, cast.ada)
    one = shift(service, cast.dee, FRIDAY + timedelta(days=3))
    two = shift(service, other, FRIDAY + timedelta(days=4))
    page = f"/rota/{one.id}"
    assert "Monday 23 November, 08:00 to 20:00. Duty, first." in words_of(client.get(page).text)

    assert "swapped" in post(client, page, f"{page}/swap", other_id=str(two.id))
    assert client.get(page).status_code == 404
    first, second = coming_shifts(service, "main")
    assert (first.name, second.name) == ("Sam Whitlock", "Dee Okafor")
    page = f"/rota/{first.id}"
    assert "Somebody else has the shift" in post(
        client, page, f"{page}/give", staff_id=str(cast.dee.id)
    )
    first = coming_shifts(service, "main")[0]
    page = f"/rota/{first.id}"
    assert "is not a duty worker" in post(client, page, f"{page}/give", staff_id=str(cast.mo.id))
    for act, name in (("give", "staff_id"), ("swap", "other_id")):
        assert "Choose" in post(client, page, f"{page}/{act}", **{name: ""}), "nobody was chosen"
    assert [each.name for each in coming_shifts(service, "main")] == ["Dee Okafor"] * 2
    assert "removed" in post(client, page, f"{page}/remove")
    assert [each.name for each in coming_shifts(service, "main")] == ["Dee Okafor"]


def test_gaps_are_listed_with_who_may_not_be_reached(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    shift(service, cast.dee, weekdays=frozenset(range(7)), weeks=3)
    sign_in(client, cast.dee)

    said = words_of(client.get("/rota/gaps").text)

    assert "One person alone Friday 20 November, 16:00 to 20:00" in said
    assert "Nobody Friday 20 November, 20:00 to 08:00" in said
    assert "Dee Okafor: No address of theirs was verified in the last 30 days" in said
    assert "Independent No rota has been entered" in said


@pytest.fixture
def run(service: Service, monkeypatch: pytest.MonkeyPatch) -> Any:
    from contextlib import contextmanager

    @contextmanager
    def opened() -> Any:
        yield service

    monkeypatch.setattr(commands, "opened", opened)

    def invoke(*arguments: str) -> Any:
        return CliRunner().invoke(commands.rota, arguments)

    return invoke


def test_the_commands_enter_list_find_gaps_and_remove(
    run: Any, service: Service, cast: Cast, clock: SetClock
) -> None:
    times = ("--day", "2026-11-20", "--from", "16:00", "--until", "16:00")
    every = [part for name in commands.WEEKDAYS for part in ("--on", name)]
    added = run("add", "--email", cast.dee.email, *times, *every, "--weeks", "3", "--json")
    assert len(json.loads(added.output)) == 21, added.output
    listed = json.loads(run("list", "--json").output)
    assert (len(listed), listed[0]["name"], listed[0]["now"]) == (14, "Dee Okafor", True)

    gaps = run("gaps", "--json")
    assert gaps.exit_code == 0
    assert {(each["ladder"], each["missing"]) for each in json.loads(gaps.output)["gaps"]} == {
        ("main", "alone"),
        ("independent", "nobody"),
    }
    assert run("remove", listed[3]["id"]).output == "Removed.\n"
    assert run("gaps").exit_code == 1
    wrong = run("add", "--email", cast.dee.email, "--day", "soon", "--from", "8", "--until", "9")
    assert wrong.exit_code == 2
