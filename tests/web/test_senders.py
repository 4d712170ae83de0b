"""The pages on which a person finds out who an unknown sender is, and the commands."""

import json
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from bot.escalations import NotPossible
from bot.inbox import summaries
from bot.service import Service
from bot.unknown_senders import sender_lines
from bot.worker import step
from storage.links import ids_of, is_set_aside, linked_to
from storage.tables import AuditEntry
from tests.web.cast import AMINA_NUMBER, Cast, csrf_token, sign_in, text
from tests.web.duty import DANGER, address_of, readings, with_broken_log, words_of
from web.app import create_app
from web.command_line import cli

MAX_NUMBER = "+447700900102"
SAID = "its me on my mates phone"
REASON = "Her key worker knows this number"


def write(client: FlaskClient, service: Service, body: str = SAID) -> UUID:
    """Max's phone writes; gives the id of the unknown sender."""
    text(client, service, body, MAX_NUMBER)
    while step(service, "worker"):
        continue
    (line,) = sender_lines(service)
    return line.id


@pytest.fixture
def sender(client: FlaskClient, service: Service, cast: Cast) -> UUID:
    return write(client, service)


@pytest.fixture
def page(sender: UUID) -> str:
    return f"/senders/{sender}"


def signed_in(app: Flask, cast: Cast, role: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.in_role(role))
    return client


@pytest.fixture
def advocate(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast, "advocate")


@pytest.fixture
def manager(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast, "manager")


def press(client: FlaskClient, page: str, action: str, **fields: str) -> TestResponse:
    form = {"csrf_token": csrf_token(client.get(page)), **fields}
    return client.post(f"{page}/{action}", data=form, follow_redirects=True)


def test_the_task_leads_to_the_words_and_is_not_simply_done(
    advocate: FlaskClient, page: str
) -> None:
    tasks = advocate.get("/tasks").text

    assert f'href="{page}"' in tasks
    assert "/done" not in tasks
    assert SAID not in tasks


def test_a_duty_worker_sees_the_task_and_no_way_to_the_words(
    app: Flask, cast: Cast, page: str
) -> None:
    duty = signed_in(app, cast, "duty_worker")

    assert "find out who it is" in duty.get("/tasks").text
    assert page not in duty.get("/tasks").text
    assert duty.get(page).status_code == duty.get("/senders").status_code == 403


def test_a_duty_worker_can_show_the_number_of_nobody_known_and_that_is_logged(
    app: Flask, client: FlaskClient, service: Service, cast: Cast, sender: UUID
) -> None:
    write(client, service, DANGER)
    duty = signed_in(app, cast, "duty_worker")
    page = address_of(service)

    found = duty.get(page).text
    assert "Show the number" in found
    assert MAX_NUMBER[3:] not in found
    form = {"csrf_token": csrf_token(duty.get(page))}
    assert MAX_NUMBER in duty.post(f"{page}/address", data=form).text
    with service.database.read() as session:
        read = [each.action for each in session.exec(select(AuditEntry)).all()]
    assert "reveal address" in read


def test_the_number_of_a_known_or_closed_escalation_is_not_shown(
    app: Flask, client: FlaskClient, service: Service, cast: Cast, sender: UUID
) -> None:
    text(client, service, DANGER)
    duty = signed_in(app, cast, "duty_worker")
    known = next(each.id for each in summaries(service) if each.interview_id)

    page = f"/escalations/{known}"
    form = {"csrf_token": csrf_token(duty.get(page))}
    shown = duty.post(f"{page}/address", data=form).text

    assert "Show the number" not in shown
    assert AMINA_NUMBER not in shown


def test_the_list_has_no_words_and_no_number(manager: FlaskClient, page: str) -> None:
    found = manager.get("/senders").text

    assert f'href="{page}"' in found
    assert "Text message, ends in 102" in found
    assert SAID not in found
    assert MAX_NUMBER[3:] not in found


def test_a_reading_is_logged_before_a_word_is_opened(
    advocate: FlaskClient, service: Service, cast: Cast, sender: UUID, page: str
) -> None:
    found = advocate.get(page).text

    assert SAID in found
    assert MAX_NUMBER[3:] not in found
    assert readings(service) == [(f"staff:{cast.ade.id}", "read sender", f"young_person:{sender}")]


def test_without_a_log_no_word_is_served(
    service: Service, cast: Cast, sender: UUID, page: str
) -> None:
    app = create_app(with_broken_log(service))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = signed_in(app, cast, "advocate")

    answer = client.get(page)

    assert answer.status_code == 500
    assert SAID not in answer.text


def test_the_whole_address_is_shown_on_asking_and_that_is_logged(
    advocate: FlaskClient, service: Service, page: str
) -> None:
    answer = press(advocate, page, "address")

    assert MAX_NUMBER in words_of(answer.text)
    with service.database.read() as session:
        found = session.connection().exec_driver_sql("SELECT action FROM audit_entry ORDER BY seq")
        actions = [row[0] for row in found]
    assert actions[-2:] == ["reveal address", "read sender"]


def test_a_young_person_is_found_by_name_and_the_name_is_in_no_address(
    advocate: FlaskClient, page: str
) -> None:
    assert "Amina Yusuf" in advocate.get(page).text

    for typed, is_there in (("YUS am", True), ("Leo", False), ("<script>", False)):
        answer = press(advocate, page, "find", name=typed)
        assert ("Amina Yusuf" in answer.text) is is_there
        assert answer.request.query_string == b""
        assert "<script>" not in answer.text.replace('<script type="module"', "")


def test_a_link_is_made_and_the_words_stand_in_the_interview(
    advocate: FlaskClient, service: Service, cast: Cast, sender: UUID, page: str
) -> None:
    child = str(cast.amina.young_person_id)
    answer = press(advocate, page, "link", young_person=child, reason=REASON, confirmed="yes")

    seen = words_of(answer.text)
    assert "Linked. What they write from there goes into the interview now." in seen
    assert "by Ade Bello" in seen
    with service.database.read() as session:
        assert linked_to(session, sender) == cast.amina.young_person_id
    transcript = words_of(advocate.get(f"/interviews/{cast.amina.interview_id}").text)
    assert SAID in transcript
    assert "Before we knew who this was" in transcript
    assert "How we reach them" in transcript
    assert "ends in 102" in transcript
    assert "Confirmed with them" in transcript
    assert page not in advocate.get("/tasks").text


@pytest.mark.parametrize(
    ("missing", "said"),
    [("young_person", "Choose a young person."), ("reason", "how you know who this is")],
)
def test_what_is_missing_is_said_and_nobody_is_linked(
    advocate: FlaskClient, service: Service, cast: Cast, sender: UUID, page: str,
    missing: str, said: str,
) -> None:  # fmt: skip
    form = {"young_person": str(cast.amina.young_person_id), "reason": REASON} | {missing: ""}

    assert said in press(advocate, page, "link", **form).text
    with service.database.read() as session:
        assert linked_to(session, sender) is None


def test_without_the_token_of_a_form_nobody_is_linked(
    advocate: FlaskClient, service: Service, cast: Cast, sender: UUID, page: str
) -> None:
    form = {"young_person": str(cast.amina.young_person_id), "reason": REASON}

    assert advocate.post(f"{page}/link", data=form).status_code == 400
    with service.database.read() as session:
        assert linked_to(session, sender) is None


def test_a_manager_takes_a_link_back_and_an_advocate_cannot(
    advocate: FlaskClient, manager: FlaskClient, service: Service, cast: Cast, sender: UUID,
    page: str,
) -> None:  # fmt: skip
    press(advocate, page, "link", young_person=str(cast.amina.young_person_id), reason=REASON)
    assert "/unlink" not in advocate.get(page).text
    assert press(advocate, page, "unlink", reason=REASON).status_code == 403

    answer = press(manager, page, "unlink", reason="It is her cousin")

    assert "The link is taken back." in answer.text
    with service.database.read() as session:
        assert ids_of(session, cast.amina.young_person_id) == (cast.amina.young_person_id,)
    assert page in advocate.get("/tasks").text


def test_an_advert_is_set_aside(
    advocate: FlaskClient, service: Service, client: FlaskClient, sender: UUID, page: str
) -> None:
    press(advocate, page, "aside", reason="Adverts of a shop")

    with service.database.read() as session:
        assert is_set_aside(session, sender)
    assert "Not a young person" in advocate.get("/senders").text
    write(client, service, DANGER)
    assert page in advocate.get("/tasks").text
    assert "Something to look at is open" in advocate.get("/senders").text


def test_an_escalation_says_that_it_was_linked(
    app: Flask, advocate: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    page = f"/senders/{write(client, service, DANGER)}"
    press(advocate, page, "link", young_person=str(cast.amina.young_person_id), reason=REASON)
    duty = signed_in(app, cast, "duty_worker")
    (link,) = {
        part.split('"')[0]
        for part in duty.get("/inbox").text.split('href="')
        if part.startswith("/escalations/")
    }

    found = words_of(duty.get(link).text)

    assert "Amina Yusuf (linked: raised before we knew who this was)" in found
    assert "Before we knew who this was" in found


def test_a_known_young_person_is_no_sender(advocate: FlaskClient, cast: Cast) -> None:
    page = f"/senders/{cast.amina.young_person_id}"

    assert advocate.get(page).status_code == 404
    token = csrf_token(advocate.get("/tasks"))
    for action in ("address", "find", "link", "aside"):
        form = {"csrf_token": token}
        assert advocate.post(f"{page}/{action}", data=form).status_code == 404


# --- commands ---


@pytest.fixture
def typed(service: Service, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Types a command at this service; gives its output."""
    settings = service.settings
    for name in ("database_url", "keys_database_url", "keys_file", "secret_key", "public_url"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    monkeypatch.setenv("ALLOW_DRAFT_SCRIPT", "1")

    def run(*words: str, lines: str = "") -> str:
        result = CliRunner().invoke(cli, words, input=lines, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_senders_are_listed_shown_linked_and_unlinked(
    service: Service, cast: Cast, sender: UUID, typed: Any
) -> None:
    assert SAID not in typed("senders", "list", "--json")
    assert "102" in typed("senders", "list")
    assert SAID in typed("senders", "show", str(sender))
    because = ("--reason", REASON, "--by")
    child = str(cast.amina.young_person_id)
    for by, said in (("dee@example.org", "an advocate or a manager"), ("x@y", "nobody")):
        with pytest.raises(NotPossible, match=said):
            typed("senders", "link", str(sender), "--young-person", child, *because, by)

    typed("senders", "link", str(sender), "--young-person", child, *because, "ade@example.org")
    assert json.loads(typed("senders", "show", str(sender), "--json"))["linked_to"] == "Amina Yusuf"
    assert "Linked to Amina Yusuf" in typed("senders", "show", str(sender))
    with pytest.raises(NotPossible, match="manager"):
        typed("senders", "unlink", str(sender), *because, "ade@example.org")
    typed("senders", "unlink", str(sender), *because, "mo@example.org")
    typed("senders", "aside", str(sender), *because, "mo@example.org")

    (row,) = json.loads(typed("senders", "list", "--json"))
    assert row["set_aside"]
    with pytest.raises(NotPossible, match="no sender"):
        typed("senders", "show", child)


def test_addresses_are_listed_entered_used_and_marked(
    service: Service, cast: Cast, typed: Any
) -> None:
    child = str(cast.amina.young_person_id)
    assert AMINA_NUMBER[3:] not in typed("people", "contacts", child)
    entered = json.loads(
        typed(
            "people", "add-contact", child, "--channel", "sms", "--phone", "-",
            "--confirmed-by", "ade@example.org", "--json", lines="07700 900188\n",
        )
    )  # fmt: skip

    typed("people", "use-contact", child, "--contact", entered["id"])
    typed("people", "unreachable", child, "--contact", entered["id"])

    first, second = json.loads(typed("people", "contacts", child, "--json"))
    assert (first["ending"], first["is_used"]) == ("101", False)
    assert (second["ending"], second["is_used"], second["confirmed"]) == ("188", True, True)
    assert not second["reachable"]
    typed("people", "unreachable", child, "--contact", entered["id"], "--not")
    assert json.loads(typed("people", "contacts", child, "--json"))[1]["reachable"]
    with pytest.raises(NotPossible, match="date of birth"):
        typed("people", "add-contact", child, "--channel", "whatsapp", "--phone", "07700 900188")
