"""What people do where something is kept from somebody: ask, agree, instruct; who read what."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import readings
from bot.alarms import open_alarms
from bot.service import Service
from storage import authorities
from storage.concerns import aliases
from storage.people import young_person
from storage.tables import Staff
from tests.web.cast import (
    AMINA_NUMBER,
    NOW,
    Cast,
    csrf_token,
    enter_staff,
    sign_in,
    text,
)
from tests.web.duty import only_escalation, words_of

TELLS = "dave off nights touched me last night hes outside my door"


@dataclass(frozen=True, slots=True)
class Home:
    """Dave works in Amina's home; Rosa does, too; Mo and Dee do not."""

    dave: Staff
    rosa: Staff


@pytest.fixture
def home(service: Service, cast: Cast) -> Home:
    with service.database.write() as session:
        team = authorities.add_team(session, "Fenwick House", "home", NOW)
        person = young_person(session, cast.amina.young_person_id)
        person.home_team_id = team.id
        session.add(person)
    dave = enter_staff(service, "Dave Quill", "duty_worker", "+447700900211")
    rosa = enter_staff(service, "Rosa Pell", "duty_worker", "+447700900212")
    with service.database.write() as session:
        for each in (dave, rosa):
            row = session.get_one(Staff, each.seq)
            row.team_id = team.id
            session.add(row)
    return Home(dave, rosa)


@pytest.fixture
def kept(client: FlaskClient, service: Service, home: Home) -> str:
    text(client, service, TELLS, AMINA_NUMBER)
    return f"/escalations/{only_escalation(service)}"


def as_one(app: Flask, person: Staff) -> FlaskClient:
    client = app.test_client()
    sign_in(client, person)
    return client


def send(client: FlaskClient, page: str, address: str, **fields: str) -> TestResponse:
    token = csrf_token(client.get(page))
    return client.post(address, data={"csrf_token": token, **fields})


def test_it_is_not_there_for_the_person_it_may_concern(
    app: Flask, home: Home, kept: str, cast: Cast
) -> None:
    for person, status in ((home.dave, 404), (home.rosa, 404), (cast.dee, 200)):
        assert as_one(app, person).get(f"{kept}/kept").status_code == status


def test_two_people_show_it_and_neither_alone(
    app: Flask, home: Home, kept: str, cast: Cast
) -> None:
    dee, mo = as_one(app, cast.dee), as_one(app, cast.mo)
    hidden = dee.get(f"{kept}/kept").text.split(f'action="{kept}/kept/')
    ids = [each.partition("/")[0] for each in hidden[1:]]
    assert len(ids) == 2

    for each in ids:
        send(dee, f"{kept}/kept", f"{kept}/kept/{each}/ask", reason="it is another dave")
        send(dee, f"{kept}/kept", f"{kept}/kept/{each}/decide", answer="agree")
    assert as_one(app, home.dave).get(kept).status_code == 404

    for each in ids:
        send(mo, f"{kept}/kept", f"{kept}/kept/{each}/decide", answer="agree")
    assert as_one(app, home.dave).get(kept).status_code == 200
    assert "Dee Okafor asked and Mo Lindqvist agreed" in words_of(mo.get(f"{kept}/kept").text)


def test_the_home_can_be_told_what_to_do_and_no_more(app: Flask, kept: str, cast: Cast) -> None:
    dee = as_one(app, cast.dee)
    send(dee, kept, f"{kept}/acknowledge", how="can_act_now")

    told = {"to": "Nina at the home", "instruction": "Two people with her tonight"}
    send(dee, f"{kept}/kept", f"{kept}/safe-instruction", **told)

    assert "A safe instruction was given" in words_of(dee.get(kept).text)


def test_who_read_it_is_there_for_those_who_answer_for_it(
    app: Flask, kept: str, cast: Cast
) -> None:
    as_one(app, cast.dee).get(kept)

    found = words_of(as_one(app, cast.mo).get(f"{kept}/readings").text)

    assert "Dee Okafor. Opened the escalation" in found


def test_from_who_read_it_everybody_finds_the_way_back(app: Flask, kept: str, cast: Cast) -> None:
    assert (
        f'class="govuk-back-link" href="{kept}"'
        in as_one(app, cast.dee).get(f"{kept}/readings").text
    )
    assert (
        'class="govuk-back-link" href="/inbox"' in as_one(app, cast.mo).get(f"{kept}/readings").text
    ), "a manager cannot open it"


def test_reading_far_more_than_anybody_needs_is_raised(
    app: Flask, kept: str, cast: Cast, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "limits", lambda: readings.Limits(0))

    assert as_one(app, cast.dee).get(kept).status_code == 200

    assert [alarm.kind for alarm, _ in open_alarms(service)].count("unusual_reading") == 1


def test_a_manager_enters_what_young_people_call_somebody(
    app: Flask, cast: Cast, service: Service
) -> None:
    mo = as_one(app, cast.mo)

    for _ in range(2):
        send(mo, "/staff-names", "/staff-names", whose=f"staff:{cast.dee.id}", alias="Big D")

    with service.database.read() as session:
        (alias,) = aliases(session)
    assert (alias.alias, alias.staff_id) == ("Big D", cast.dee.id)
    send(mo, "/staff-names", f"/staff-names/{alias.id}/remove")
    with service.database.read() as session:
        assert not aliases(session)
