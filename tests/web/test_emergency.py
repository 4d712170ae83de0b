"""What 999 will ask: entered beforehand, shown by one tap, and who looked is on record."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from bot.clock import SetClock
from bot.service import Service
from storage import authorities, people
from storage.emergency_facts import EmergencyFacts, facts_of, save_facts
from storage.tables import AuditEntry, YoungPerson
from tests.web.cast import AMINA_NUMBER, NOW, Cast, csrf_token, sign_in, text
from tests.web.duty import (
    DANGER,
    VIOLENCE,
    address_of,
    make_contact,
    press,
    with_broken_log,
    words_of,
)
from web.app import create_app

FACTS = EmergencyFacts(
    staying_now="12 Quay Street, with a friend",
    placement="Larch House",
    placement_phone="01632 960001",
    carer="Samira Yusuf, mother",
    carer_phone="01632 960002",
    carer_not_to_call=True,
    legal_status="Looked after, section 20",
    police_force="Northmoor Police",
    police_phone="01632 960003",
    missing_reference="MP-4711",
    medical="Asthma, blue inhaler",
    allergies="Penicillin",
    trigger_plan="Call her aunt first",
    safe_contact="After school only",
    must_not_know="Her cousin Idris",
)


@pytest.fixture
def amina(service: Service, cast: Cast) -> YoungPerson:
    """Amina, with everything that is known of her."""
    with service.database.write() as session:
        council = authorities.add_authority(session, "Northmoor", NOW, "01632 960100")
        host = authorities.add_authority(session, "Fenwick", NOW)
        person = people.young_person(session, cast.amina.young_person_id)
        vault = service.vault
        person.born_on_sealed = vault.seal(
            person.id, "young_person.born_on", person.id, date(2011, 5, 30).isoformat()
        )
        save_facts(session, vault, person, FACTS, council.id, host.id, NOW, "Ade Bello")
    return person


@pytest.fixture
def duty(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.dee)
    return client


@pytest.fixture
def page(client: FlaskClient, service: Service, amina: YoungPerson) -> str:
    text(client, service, f"yes {DANGER} pls")
    return address_of(service)


def log_of(service: Service) -> list[str]:
    """What the log says of emergency facts, in order."""
    with service.database.read() as session:
        entries = session.exec(select(AuditEntry)).all()
    wanted = ("emergency facts", "give reason", "copy for police")
    return [each.action for each in entries if any(part in each.action for part in wanted)]


def test_nothing_of_it_is_on_the_page_before_the_tap_and_all_of_it_after(
    duty: FlaskClient, page: str, service: Service
) -> None:
    before = duty.get(page).text
    press(duty, page, "reveal")
    after = words_of(duty.get(page).text)

    assert "Show what 999 will ask" in before
    for secret in ("Quay Street", "Larch House", AMINA_NUMBER, "Penicillin", "MP-4711", "2011"):
        assert secret not in before
    for protecting in ("Must not be told: Her cousin Idris", "Safe contact: After school only"):
        assert protecting in words_of(before)
        assert protecting in after
    for wanted in (
        "30 May 2011, 15 years old",
        "12 Quay Street, with a friend",
        AMINA_NUMBER,
        "Larch House, 01632 960001",
        "Samira Yusuf, mother, Do not call 01632 960002",
        "Looked after, section 20",
        "Northmoor, out of hours 01632 960100",
        "Fenwick; its number out of hours is not entered",
        "Northmoor Police, 01632 960003",
        "MP-4711",
        "Asthma, blue inhaler",
        "Penicillin",
        "Call her aunt first",
        "by Ade Bello",
    ):
        assert wanted in after, wanted
    assert 'href="tel:01632960002"' not in duty.get(page).text
    assert log_of(service)[:2] == ["reveal emergency facts", "read emergency facts"]


def test_it_stands_before_the_words_on_a_p1_and_below_on_others(
    duty: FlaskClient, page: str, client: FlaskClient, service: Service
) -> None:
    shown = duty.get(page).text
    assert shown.index('id="emergency"') < shown.index('id="escalation-why"')

    press(duty, page, "acknowledge")
    press(duty, page, "priority", priority="2", reason="She is with her aunt")

    shown = duty.get(page).text
    assert shown.index('id="emergency"') > shown.index('id="to-do"')


def test_why_is_asked_afterwards_until_it_is_answered(
    duty: FlaskClient, page: str, service: Service
) -> None:
    assert "What for?" not in duty.get(page).text
    press(duty, page, "reveal")
    assert "What for?" in duty.get(page).text

    assert "Choose what you needed it for" in press(duty, page, "reveal-reason", reason="x").text
    press(duty, page, "reveal-reason", reason="calling_999")

    shown = words_of(duty.get(page).text)
    assert "What for?" not in shown
    assert "Why they looked: Calling 999 by Dee Okafor" in shown
    assert "Quay Street" in shown
    assert "give reason" in log_of(service)


def test_a_tap_lasts_half_an_hour_for_who_tapped_and_nobody_else(
    duty: FlaskClient, page: str, app: Flask, clock: SetClock, cast: Cast, service: Service
) -> None:
    press(duty, page, "reveal")
    with service.database.write() as session:
        row = session.get_one(type(cast.ade), cast.ade.seq)
        row.role = "duty_worker"
        session.add(row)
    other = app.test_client()
    sign_in(other, cast.ade)
    assert "Quay Street" not in other.get(page).text

    clock.move(timedelta(minutes=14))
    assert "Quay Street" in duty.get(page).text
    clock.move(timedelta(minutes=14))
    duty.get("/inbox")
    clock.move(timedelta(minutes=3))
    shown = duty.get(page).text

    assert "Quay Street" not in shown
    assert "What for?" in shown, "the reason is still wanted"


def test_the_lines_for_the_police_are_six_and_leave_the_words_out(
    duty: FlaskClient, page: str, service: Service
) -> None:
    press(duty, page, "reveal")
    script = _script(duty.get(page).text)

    assert [line[0] for line in script] == ["1", "2", "3", "4", "5", "6"]
    assert "Amina Yusuf; born 30 May 2011, 15 years old; missing reference MP-4711" in script[0]
    assert "Samira Yusuf, mother 01632 960002 DO NOT CALL" in script[2]
    assert "reads as: In danger now" in script[3]
    assert "MUST NOT BE TOLD: Her cousin Idris" in script[5]
    assert "knife" not in "".join(script)

    assert press(duty, page, "copied").status_code == 303
    assert "Copied the lines for the police by Dee Okafor" in words_of(duty.get(page).text)
    assert log_of(service)[-2] == "copy for police"


def test_the_lines_are_copied_only_by_who_revealed_them(
    duty: FlaskClient, page: str, service: Service
) -> None:
    press(duty, page, "copied")

    assert "Show what 999 will ask first" in duty.get(page).text
    assert "copy for police" not in log_of(service)


def test_in_a_guarded_conversation_no_phone_of_theirs_is_to_be_called(
    duty: FlaskClient, page: str, service: Service, cast: Cast
) -> None:
    make_contact(service, cast, "guarded")
    press(duty, page, "reveal")

    shown = duty.get(page).text

    assert f"<s>{AMINA_NUMBER}</s>" in shown
    assert f"their own {AMINA_NUMBER} DO NOT CALL" in shown
    main = shown[shown.index("<main") :]
    assert main.index("Contact not safe") < main.index('id="emergency"')


def test_when_the_look_cannot_be_logged_nothing_is_shown(
    page: str, service: Service, cast: Cast
) -> None:
    client = create_app(with_broken_log(service)).test_client()
    sign_in(client, cast.dee)

    assert client.get(page).status_code == 500


def test_a_map_pin_is_among_it_as_text(
    duty: FlaskClient, client: FlaskClient, service: Service, amina: YoungPerson
) -> None:
    text(client, service, "", Latitude="51.5007", Longitude="-0.1246")
    page = address_of(service)
    press(duty, page, "reveal")

    shown = words_of(duty.get(page).text)

    assert "Map pin they sent51.5007, -0.1246" in shown
    assert "map pin they sent at 16:00: 51.5007, -0.1246" in shown


def test_an_advocate_enters_it_and_what_is_empty_is_not_known(
    app: Flask, service: Service, cast: Cast, amina: YoungPerson
) -> None:
    advocate = app.test_client()
    sign_in(advocate, cast.ade)
    address = f"/register/{cast.amina.interview_id}/emergency"
    form = advocate.get(address)
    assert "Larch House" in form.text
    assert AMINA_NUMBER not in form.text
    with service.database.read() as session:
        council = authorities.authorities(session)[0]

    answer = advocate.post(
        address,
        data={
            "csrf_token": csrf_token(form),
            "staying_now": "At home",
            "carer": "Samira Yusuf",
            "carer_not_to_call": "yes",
            "authority_id": str(council.id),
            "host_authority_id": "nonsense",
        },
    )

    assert answer.status_code == 303
    with service.database.read() as session:
        person = people.young_person(session, cast.amina.young_person_id)
    kept = facts_of(service.vault, person)
    assert kept == replace(
        EmergencyFacts(),
        staying_now="At home",
        carer="Samira Yusuf",
        carer_not_to_call=True,
        noted_at=NOW.isoformat(),
        noted_by="Ade Bello",
    )
    assert (person.authority_id, person.host_authority_id) == (council.id, None)
    assert log_of(service) == ["read emergency facts"] * 2 + ["enter emergency facts"]


def test_what_an_older_or_newer_release_kept_still_opens(
    service: Service, amina: YoungPerson
) -> None:
    vault = service.vault
    amina.emergency_sealed = vault.seal_json(
        amina.id, "young_person.emergency", amina.id, {"staying_now": "home", "of_later": "x"}
    )

    assert facts_of(vault, amina) == EmergencyFacts(staying_now="home")


def test_with_nothing_entered_it_says_so_and_shows_what_is_known(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    text(client, service, VIOLENCE)
    page = address_of(service)
    press(duty, page, "reveal")

    shown = words_of(duty.get(page).text)

    assert "Nobody has entered what an emergency call asks for." in shown
    assert AMINA_NUMBER in shown


def _script(page: str) -> list[str]:
    start = page.index(">", page.index('id="police-script"')) + 1
    return page[start : page.index("</textarea>", start)].splitlines()
