"""The register: the clock, the offers and the next step of every episode; adding, offering."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from bot.clock import SetClock, SystemClock
from bot.first_text import Invitation, offer_again
from bot.service import Service, open_service
from bot.worker import step
from storage.installation import move_clock
from storage.person_details import details_of
from storage.tables import AuditEntry, HumanTask, MissingEpisode, Offer, YoungPerson
from tests.web.cast import Cast, RecordingChannel, csrf_token, gather, sign_in
from tests.web.conftest import MakeService
from tests.web.duty import make_contact, words_of
from web.app import create_app

LEO = {
    "name": "Leo Marsh",
    "phone": "07700 900133",
    "returned-day": "19",
    "returned-month": "11",
    "returned-year": "2026",
    "returned-time": "21:30",
    "invite": "later",
}
TEXT = {"invite": "text", "texting_agreed": "yes", "when": "allowed"}
AGREED = Invitation("ade@example.org")


@pytest.fixture
def service(make_service: MakeService) -> Service:
    return make_service(allow_draft_script=True)


@pytest.fixture
def advocate(service: Service, cast: Cast) -> FlaskClient:
    client = create_app(service).test_client()
    sign_in(client, cast.ade)
    return client


def add(client: FlaskClient, **typed: str) -> TestResponse:
    token = csrf_token(client.get("/register/add"))
    return client.post("/register/add", data={"csrf_token": token, **LEO, **typed})


def errors(page: TestResponse) -> list[str]:
    """What the summary says, in its order."""
    assert page.status_code == 200
    _, _, rest = page.text.partition("There is a problem")
    return words_of(rest.partition("<h1")[0]).split("\n") if rest else []


def rows(service: Service, table: Any) -> list[Any]:
    with service.database.read() as session:
        return list(session.exec(select(table)))


def leo(service: Service) -> YoungPerson:
    newest: YoungPerson = max(rows(service, YoungPerson), key=lambda each: each.seq)
    return newest


def run(service: Service) -> None:
    while step(service, "worker"):
        continue


def register(client: FlaskClient) -> str:
    return words_of(client.get("/register").text)


# --- the list ---


def test_it_says_who_when_how_long_is_left_and_what_comes_next(
    advocate: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    page = register(advocate)
    for wanted in (
        "Amina Yusuf",
        "Returned Fri 20 Nov, 13:00",
        "72 hours end Mon 23 Nov, 13:00",
        "69 hours left",
        "Not started",
        "Nothing has been offered yet.",
        "Next: Nobody has invited them yet: offer the interview",
    ):
        assert wanted in page

    offer_again(service, cast.amina.interview_id, AGREED, f"staff:{cast.ade.id}")
    assert "about to be sent (Ade Bello)" in register(advocate)
    run(service)
    page = register(advocate)
    assert "First text by text message, Fri 20 Nov, 16:00: sent, no answer yet (Ade Bello)" in page
    assert "Next: Wait for an answer; a reminder goes out by itself" in page
    clock.move(timedelta(hours=75))
    assert "6 hours over 72 hours" in register(create_and_sign_in(service, cast))


def create_and_sign_in(service: Service, cast: Cast) -> FlaskClient:
    client = create_app(service).test_client()
    sign_in(client, cast.ade)
    return client


def test_a_text_that_waits_says_until_when(
    advocate: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    clock.move(timedelta(hours=6))
    offer_again(service, cast.amina.interview_id, AGREED, "command")

    page = register(create_and_sign_in(service, cast))
    assert "waits until Sat 21 Nov, 08:00 (entered on the command line)" in page
    assert "Next: The text waits for its time: Sat 21 Nov, 08:00" in page


def test_an_unsafe_phone_is_the_first_thing_said(
    advocate: FlaskClient, service: Service, cast: Cast
) -> None:
    make_contact(service, cast, "guarded")

    page = register(advocate)
    assert "Next: Contact is not safe: do not call or text this phone" in page
    assert "Offer it" not in page


def test_a_manager_sees_names_and_no_way_to_the_words(service: Service, cast: Cast) -> None:
    client = create_app(service).test_client()
    sign_in(client, cast.mo)
    page = client.get("/register").text

    assert "Amina Yusuf" in page
    assert "/interviews/" not in page


@pytest.mark.parametrize("role", ["duty_worker", "administrator"])
def test_nobody_else_sees_it(service: Service, cast: Cast, role: str) -> None:
    client = create_app(service).test_client()
    sign_in(client, cast.in_role(role))

    assert [client.get(each).status_code for each in ("/register", "/register/add")] == [403, 403]


# --- adding an episode ---


def test_an_episode_is_added_and_the_first_text_goes_out(
    advocate: FlaskClient, service: Service, cast: Cast, channel: RecordingChannel
) -> None:
    answer = add(advocate, **TEXT)
    assert (answer.status_code, answer.location) == (303, "/register")
    run(service)

    assert [each for each, _ in channel.sent] == ["+447700900133"]
    page = register(advocate)
    assert "The episode was entered. The first text is on its way" in page
    assert "Leo Marsh Returned Thu 19 Nov, 21:30" in page
    (offer,) = rows(service, Offer)
    assert offer.made_by == f"staff:{cast.ade.id}"
    invited = [each for each in rows(service, AuditEntry) if each.action == "invite"]
    assert [each.detail["agreed_by"] for each in invited] == [str(cast.ade.id)]


def test_all_that_was_agreed_is_kept(advocate: FlaskClient, service: Service) -> None:
    agreed = {
        "born-day": "30",
        "born-month": "5",
        "born-year": "2011",
        "check_word": "marmalade",
        "duress_word": "lantern",
        "prompts_from": "12:00",
        "prompts_until": "13:00",
        "school_time_ok": "yes",
        "needs_support": "yes",
        "length": "short",
    }
    assert add(advocate, **agreed).status_code == 303
    details = details_of(service.vault, leo(service))

    assert (details.check_word, details.duress_word) == ("marmalade", "lantern")
    assert (details.born_on, details.needs_support) == (date(2011, 5, 30), True)
    assert (details.prompts_from, details.school_time_ok) == ("12:00", True)
    assert rows(service, Offer) == []


def test_another_episode_of_somebody_known_wipes_nothing(
    advocate: FlaskClient, service: Service, cast: Cast
) -> None:
    known = {"young_person_id": str(cast.amina.young_person_id), "name": "", "phone": ""}
    add(advocate, **known, check_word="marmalade")
    assert add(advocate, **known).status_code == 200, "the same return is known"
    add(advocate, **known, **{"returned-time": "22:00"})

    assert len(rows(service, MissingEpisode)) == 3
    (person,) = rows(service, YoungPerson)
    assert details_of(service.vault, person).check_word == "marmalade"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Give a name"),
        ({"phone": ""}, "Give a number"),
        ({"phone": "0800 FLOWERS"}, "Not a telephone number"),
        ({"phone": "07700 900101"}, "That number is known already"),
        ({"returned-day": "31"}, "Enter the day and the time"),
        ({"returned-time": "late"}, "Enter the day and the time"),
        ({"returned-time": "25:00"}, "Enter a time of day"),
        ({"returned-day": "21"}, "The return is in the future"),
        (
            {"returned-day": "25", "returned-month": "10", "returned-time": "01:30"},
            "happened twice",
        ),
        ({"born-day": "30"}, "Enter a date of birth"),
        ({"born-day": "1", "born-month": "1", "born-year": "2027"}, "date of birth is in the"),
        ({"check_word": "yes"}, "The check word is an ordinary reply"),
        ({"check_word": "lantern", "duress_word": "lantern"}, "two different words"),
        ({"prompts_from": "16:00"}, "Give both times of day"),
        ({"prompts_from": "12:00", "prompts_until": "13:00"}, "say below that they chose that"),
        ({"young_person_id": "nobody"}, "Choose a young person"),
        ({"young_person_id": str(uuid4()), "name": "", "phone": ""}, "no young person with that"),
        ({"invite": ""}, "Say whether the first text is to be sent"),
        ({"invite": "text"}, "Ask them first whether texting is ok"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_stored(
    advocate: FlaskClient, service: Service, typed: dict[str, str], said: str
) -> None:
    page = add(advocate, **typed)

    assert page.status_code == 200
    summary, _, form = page.text.partition("<h1")
    assert said in words_of(summary)
    assert said in words_of(form)
    assert "--" not in words_of(summary)
    assert len(rows(service, MissingEpisode)) == 1
    for target in page.text.partition("There is a problem")[2].split('href="#')[1:2]:
        assert f'id="{target.partition(chr(34))[0]}"' in form


def test_what_was_typed_is_still_there(advocate: FlaskClient) -> None:
    page = add(advocate, phone="nonsense <b>", check_word="marmalade", needs_support="yes").text

    assert 'value="nonsense &lt;b&gt;"' in page
    assert 'value="Leo Marsh"' in page
    assert 'value="marmalade"' in page


def test_for_some_a_person_comes_first_and_the_page_says_so(
    advocate: FlaskClient, service: Service, channel: RecordingChannel
) -> None:
    add(advocate, **TEXT, needs_support="yes")
    run(service)

    page = register(advocate)
    assert "No text goes out: a person comes first here. A task was made for a person." in page
    assert "no text was written: a person comes first here (Ade Bello)" in page
    assert [each.kind for each in rows(service, HumanTask)] == ["person_first"]
    assert channel.sent == []


def test_a_form_without_its_token_is_refused(advocate: FlaskClient, service: Service) -> None:
    assert advocate.post("/register/add", data=LEO | TEXT).status_code == 400
    assert len(rows(service, MissingEpisode)) == 1


# --- offering again ---


def offer(client: FlaskClient, page: str, **typed: str) -> TestResponse:
    return client.post(page, data={"csrf_token": csrf_token(client.get(page)), **typed})


def test_an_interview_is_offered_from_the_register(
    advocate: FlaskClient, service: Service, cast: Cast, channel: RecordingChannel
) -> None:
    page = f"/register/{cast.amina.interview_id}/offer"
    assert page in advocate.get("/register").text
    assert "Ask them first" in words_of(offer(advocate, page).text)
    assert rows(service, Offer) == []

    assert offer(advocate, page, texting_agreed="yes").status_code == 303
    run(service)
    assert len(channel.sent) == 1
    assert advocate.get(page).status_code == 404, "they are invited now"


def test_the_quiet_hours_hold_unless_they_wait_for_it(
    service: Service, cast: Cast, clock: SetClock
) -> None:
    clock.move(timedelta(hours=6))
    client = create_and_sign_in(service, cast)
    add(client, **TEXT)
    add(client, **TEXT | {"when": "now"}, name="Sami", phone="07700900134")

    waits, now = sorted(rows(service, Offer), key=lambda each: each.seq)
    assert waits.due_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert now.due_at == clock.service_now()


def test_offers_and_bank_holidays_follow_a_demos_clock(make_service: MakeService) -> None:
    """The clock is moved to half past nine of St Andrew's Day: a school day in England."""
    made = make_service(demo=True)
    people = gather(made)
    service = open_service(made.settings, SystemClock(made.database))
    try:
        target = _next_st_andrews(service.clock.machine_now())
        with service.database.write() as session:
            move_clock(session, target - service.clock.service_now())
        client = create_app(service).test_client()
        sign_in(client, people.ade)
        add(client, **TEXT)

        (found,) = rows(service, Offer)
        assert found.due_at.replace(second=0, microsecond=0) == target.replace(hour=15, minute=30)
    finally:
        service.close()


def _next_st_andrews(now: datetime) -> datetime:
    """The next 30 November after now that is no weekend, at 09:30."""
    years = (datetime(now.year + ahead, 11, 30, 9, 30, tzinfo=UTC) for ahead in range(8))
    return next(each for each in years if each > now and each.weekday() < 5)
