"""Tasks and staff: what there is to do, and who works here."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.reach import add_task
from bot.service import Service
from bot.tasks import open_tasks
from tests.web.cast import DEE_NUMBER, Cast, csrf_token, sign_in
from tests.web.duty import make_contact, words_of
from web.task_words import TASKS


@pytest.fixture
def duty(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.dee)
    return client


@pytest.fixture
def wanted(service: Service, cast: Cast) -> str:
    """Amina wants to be called; gives the id of the task."""
    with service.database.write() as session:
        add_task(service, session, "call_wanted", cast.amina.young_person_id)
    (task,) = open_tasks(service)
    return str(task.id)


def test_with_nothing_to_do_it_says_so(duty: FlaskClient) -> None:
    assert "Nothing to do" in duty.get("/tasks").text


def test_a_task_says_what_for_whom_and_until_when(duty: FlaskClient, wanted: str) -> None:
    page = words_of(duty.get("/tasks").text)

    words = TASKS["call_wanted"]
    due = "Due Monday 23 November by 12:00"
    for part in (words.title, words.to_do, "For the advocate", "Amina Yusuf", due):
        assert part in page


def test_a_task_is_done_once(duty: FlaskClient, wanted: str, service: Service) -> None:
    token = csrf_token(duty.get("/tasks"))

    first = duty.post(f"/tasks/{wanted}/done", data={"csrf_token": token}, follow_redirects=True)
    second = duty.post(f"/tasks/{wanted}/done", data={"csrf_token": token}, follow_redirects=True)

    assert "The task is done." in first.text
    assert "Somebody has already done this task." in second.text
    assert open_tasks(service) == []


def test_a_task_without_the_token_of_a_form_stays(
    duty: FlaskClient, wanted: str, service: Service
) -> None:
    assert duty.post(f"/tasks/{wanted}/done").status_code == 400
    assert len(open_tasks(service)) == 1


def test_the_administrator_sees_who_works_here_and_no_number(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    sign_in(client, cast.ada)

    page = client.get("/staff").text

    for part in ("Dee Okafor", "Duty worker", "Has a number to alert", "Active"):
        assert part in page
    assert DEE_NUMBER[3:] not in page
    assert "argon2" not in page


def test_a_duty_worker_who_cannot_be_alerted_stands_out(
    app: Flask, service: Service, cast: Cast
) -> None:
    with service.database.write() as session:
        dee = session.merge(cast.dee)
        dee.phone_sealed = None
        session.add(dee)
    client = app.test_client()
    sign_in(client, cast.ada)

    assert "No number: cannot be alerted" in client.get("/staff").text


def test_where_somebody_may_be_looking_a_task_says_not_to_call(
    duty: FlaskClient, service: Service, cast: Cast, wanted: str
) -> None:
    warning = "Do not call or text their phone"
    assert warning not in duty.get("/tasks").text

    make_contact(service, cast, "guarded")

    assert warning in duty.get("/tasks").text


def test_everybody_finds_their_own_tasks_first(
    app: Flask, duty: FlaskClient, service: Service, cast: Cast, wanted: str
) -> None:
    with service.database.write() as session:
        add_task(service, session, "call_back", cast.amina.young_person_id)
    advocate = app.test_client()
    sign_in(advocate, cast.ade)

    def order(client: FlaskClient) -> list[str]:
        page = client.get("/tasks").text
        return sorted(("call_wanted", "call_back"), key=lambda kind: page.index(TASKS[kind].title))

    assert order(duty) == ["call_back", "call_wanted"]
    assert order(advocate) == ["call_wanted", "call_back"]


def test_what_must_be_read_first_is_for_somebody_who_may_read_it() -> None:
    for kind, words in TASKS.items():
        if "read" in words.title.lower() or words.to_do.startswith("Read"):
            assert words.whose == "advocate", kind
