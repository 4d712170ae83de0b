"""The managers' pages: words are cleaned by a person before they may leave, and read on record."""

import html
import json
import logging
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.mark_review import export
from bot.service import Service
from dialogs.practice_examples import problems
from tests.storage.everything import contents
from tests.web.cast import Cast, enter_staff, sign_in, text
from tests.web.conftest import both_kinds
from tests.web.duty import VIOLENCE, address_of, readings, with_broken_log, words_of
from tests.web.marking import (
    CLEANED,
    FOUND,
    HINTED,
    LOOKED,
    SAID,
    fill_in,
    first_mark,
    marked_as_missed,
    message_with,
    signed_in,
)
from web.app import create_app


@pytest.fixture
def manager(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, cast.mo)


@pytest.fixture
def mark(app: Flask, service: Service, cast: Cast) -> str:
    """The page of a missed disclosure that holds everything that may not leave."""
    return marked_as_missed(app, service, cast)


def lines_of(service: Service) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    export(service, "command", written.extend)
    return written


def still_there(page: str) -> set[str]:
    return {
        html.unescape(each)
        for each in re.findall(r'name="no-identifier"[^>]*value="([^"]+)"', page)
    }


def test_an_empty_list_says_so(manager: FlaskClient) -> None:
    assert "No mark waits" in manager.get("/screening/marks").text


def test_the_list_has_no_words(manager: FlaskClient, service: Service, mark: str) -> None:
    before = readings(service)
    seen = words_of(manager.get("/screening/marks").text)

    assert "A disclosure that the computer missed, P2 same day" in seen
    assert "To be cleaned" in seen
    assert "Marked by Ade Bello" in seen
    assert "canary" not in seen
    assert readings(service) == before


def test_opening_one_is_logged_and_shows_the_exact_words(
    manager: FlaskClient, service: Service, cast: Cast, mark: str
) -> None:
    page = words_of(manager.get(mark).text)

    assert page.count(SAID) == 2
    assert "Abuse or neglect by family" in page
    subject = f"screening_mark:{mark.rpartition('/')[2]}"
    assert readings(service)[-1] == (f"staff:{cast.mo.id}", "read screening mark", subject)


def test_words_that_run_backwards_are_cleaned_the_way_they_are_read(
    app: Flask, service: Service, cast: Cast, manager: FlaskClient
) -> None:
    said = f"{HINTED} \u202ewith amina"
    text(app.test_client(), service, said)
    page = f"/interviews/{cast.amina.interview_id}/messages/{message_with(service, said)}/missed"
    fill_in(signed_in(app, cast.ade), page, **FOUND)

    seen = manager.get(first_mark(manager)).text

    assert "RLO" in seen, "the exact words show that it is there"
    assert f">{HINTED} with amina</textarea>" in seen


def test_when_the_reading_cannot_be_logged_no_word_is_served(
    service: Service, cast: Cast, mark: str
) -> None:
    client = create_app(with_broken_log(service)).test_client()
    sign_in(client, cast.mo)

    answer = client.get(mark)

    assert answer.status_code == 500
    assert "canary" not in answer.text


def test_what_could_tell_who_it_is_is_listed_and_refused(
    manager: FlaskClient, service: Service, mark: str
) -> None:
    answer = fill_in(manager, mark, text=SAID, **LOOKED)

    assert answer.status_code == 200
    assert "<title>Error:" in answer.text
    assert still_there(answer.text) == {
        "the young person's name|amina",
        "the name of a member of staff|okafor",
        "postcode|NE1 4ST",
        "phone number|07700 900555",
    }
    assert lines_of(service) == []


def test_a_false_find_is_ticked_and_another_one_is_still_refused(
    manager: FlaskClient, service: Service, mark: str
) -> None:
    tick = {"no-identifier": "the name of a member of staff|okafor"}

    other = fill_in(manager, mark, text="okafor and amina", **tick, **LOOKED)
    assert "Still there" in other.text
    assert fill_in(manager, mark, text="okafor is a song", **tick, **LOOKED).status_code == 303

    (line,) = lines_of(service)
    assert line["texts"] == ["okafor is a song"]


def test_a_second_look_is_needed(manager: FlaskClient, service: Service, mark: str) -> None:
    answer = fill_in(manager, mark, text=CLEANED)

    assert "Look once more" in answer.text
    assert CLEANED in answer.text
    assert lines_of(service) == []


def test_nothing_at_all_is_no_copy(manager: FlaskClient, service: Service, mark: str) -> None:
    assert "Nothing is left of the words" in fill_in(manager, mark, text=" ", **LOOKED).text
    assert lines_of(service) == []


@both_kinds
def test_a_clean_copy_leaves_once_and_leads_back_to_nobody(
    manager: FlaskClient, service: Service, cast: Cast, mark: str
) -> None:
    assert fill_in(manager, mark, text=CLEANED, **LOOKED).status_code == 303
    seen = words_of(manager.get("/screening/marks").text)
    assert "Ready to export" in seen
    assert "Cleaned by Mo Lindqvist" in seen

    (line,) = lines_of(service)

    assert {name: value for name, value in line.items() if name != "id"} == {
        "texts": [CLEANED],
        "severity": "same_day",
        "categories": ["ABU"],
        "style": "from_practice",
        "about": "self",
        "origin": "missed",
    }
    assert problems(line) == []
    assert line["id"] not in repr(contents(service.database))
    assert lines_of(service) == []
    assert manager.get(mark).status_code == 404
    assert "1 exported so far" in words_of(manager.get("/screening/marks").text)


def test_what_did_not_reach_the_file_has_not_left(
    manager: FlaskClient, service: Service, mark: str
) -> None:
    fill_in(manager, mark, text=CLEANED, **LOOKED)

    def full_disk(_lines: object) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        export(service, "command", full_disk)

    assert len(lines_of(service)) == 1


def test_a_copy_may_be_made_again_until_it_leaves(
    manager: FlaskClient, service: Service, mark: str
) -> None:
    for copy in (CLEANED, "a better copy"):
        fill_in(manager, mark, text=copy, **LOOKED)

    assert "a better copy" in manager.get(mark).text
    assert [line["texts"] for line in lines_of(service)] == [["a better copy"]]


def test_words_that_cannot_be_cleaned_are_left_out(
    manager: FlaskClient, service: Service, mark: str
) -> None:
    fill_in(manager, mark, text=CLEANED, **LOOKED)
    answer = manager.post(f"{mark}/leave-out", data={"csrf_token": _token(manager, mark)})

    assert answer.status_code == 303
    assert "Left out" in words_of(manager.get("/screening/marks").text)
    assert lines_of(service) == []


def test_a_false_alarm_leaves_as_none_with_the_question_it_answered(
    app: Flask, client: FlaskClient, service: Service, cast: Cast, manager: FlaskClient
) -> None:
    text(client, service, VIOLENCE)
    page = f"{address_of(service)}/messages/{message_with(service, VIOLENCE)}/not-a-disclosure"
    fill_in(signed_in(app, cast.dee), page, reason="It is a line of a song")
    mark = first_mark(manager)
    assert "It is a line of a song" in manager.get(mark).text

    fill_in(manager, mark, text=VIOLENCE, **LOOKED)

    (line,) = lines_of(service)
    assert (line["severity"], line["categories"], line["about"]) == ("none", [], "none")
    assert line["origin"] == "not_a_disclosure"
    assert "song" not in json.dumps(line)


def test_two_marks_of_the_same_words_know_of_each_other(
    app: Flask, service: Service, cast: Cast, manager: FlaskClient, mark: str
) -> None:
    """The words name Dee Okafor: by the conflict rule only another duty worker can mark them."""
    page = f"{address_of(service)}/messages/{message_with(service, SAID)}/not-a-disclosure"
    assert signed_in(app, cast.dee).get(page).status_code == 404
    pat = enter_staff(service, "Pat Rowe", "duty_worker", "+447700900299")
    assert fill_in(signed_in(app, pat), page, reason="It is a line of a song").status_code == 303

    seen = words_of(manager.get(mark).text)

    assert "Others have marked the same words" in seen
    assert "It is a line of a song" in seen


@pytest.mark.parametrize("role", ["duty_worker", "advocate", "administrator"])
def test_nobody_else_reaches_the_marks(app: Flask, cast: Cast, mark: str, role: str) -> None:
    other = signed_in(app, cast.in_role(role))

    for page in ("/screening/marks", mark):
        assert other.get(page).status_code == 403
        assert "canary" not in other.get(page).text


def test_no_word_is_logged_on_the_whole_way(
    manager: FlaskClient,
    service: Service,
    mark: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    manager.get(mark)
    fill_in(manager, mark, text=SAID, **LOOKED)
    fill_in(manager, mark, text=f"{CLEANED} zebra-canary", **LOOKED)
    lines_of(service)

    printed = capsys.readouterr()
    assert "request" in printed.out
    assert "canary" not in caplog.text + printed.out + printed.err
    with service.database.read() as session:
        assert service.audit.verify(session)[1] is None
    assert "canary" not in repr(contents(service.database)["audit_entry"])


def _token(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found
    return found[1]
