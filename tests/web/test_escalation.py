"""One escalation: what is on its page, and what a named person does there."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.clock import SetClock
from bot.escalations import acknowledge
from bot.inbox import summaries
from bot.service import Screener, Service
from bot.worker import step
from dialogs.screening import Match, Screening
from tests.web.cast import Cast, RecordingChannel, csrf_token, sign_in, text
from tests.web.duty import (
    DANGER,
    OUTCOME,
    VIOLENCE,
    address_of,
    make_contact,
    only_escalation,
    press,
    readings,
    with_broken_log,
    words_of,
)
from web.app import create_app


@pytest.fixture
def duty(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.dee)
    return client


@pytest.fixture
def page(client: FlaskClient, service: Service, cast: Cast) -> str:
    """The address of an escalation that was just raised."""
    text(client, service, f"yes {DANGER} pls")
    return address_of(service)


def test_it_shows_the_whole_message_with_the_flagged_passage_and_why(
    duty: FlaskClient, page: str
) -> None:
    shown = duty.get(page).text

    assert f"<mark>{DANGER}</mark> pls" in shown
    for wanted in ("Flagged because: In danger now.", "Amina Yusuf", "Fri 20 Nov, 16:00"):
        assert wanted in words_of(shown)


def _found(*, reasons: tuple[str, ...], certainty: str, told: tuple[str, ...] = ()) -> Screener:
    """A detector that flags the whole of a text for these reasons, spoken in its own way."""

    def screen(
        texts: Sequence[str],
        asked: Collection[str] = (),
        language: str = "en",
        after_risk: bool = False,
    ) -> Screening:
        text = texts[-1]
        because = tuple(Match("ABU", each, len(texts) - 1, text, 0, len(text)) for each in reasons)
        sure: Literal["clear", "unsure"] = "clear" if certainty == "clear" else "unsure"
        return Screening(2, ("ABU",), because, sure, False, "lexicon-9,ranker-9+ab", 4.25, told)

    return screen


def _page_of(service: Service, cast: Cast, screener: Screener, words: str = VIOLENCE) -> str:
    """The page of an escalation that this detector makes of these words, as it stands there."""
    at = replace(service, screen=screener)
    client = create_app(at).test_client()
    text(client, at, words)
    duty = create_app(at).test_client()
    sign_in(duty, cast.dee)
    shown: str = duty.get(address_of(at)).text
    return shown


def test_what_the_ranker_heard_is_told_by_an_example_and_a_rule_as_before(
    service: Service, cast: Cast
) -> None:
    like = "reads like “he <b>hits</b> us (a lot)” (a01-017)"
    shown = _page_of(
        service, cast, _found(reasons=(like, "hit by family"), certainty="unsure", told=("now",))
    )

    plain = words_of(shown)
    example = "he &lt;b&gt;hits&lt;/b&gt; us (a lot)"
    assert f"{VIOLENCE} reads like this example: {example} a01-017" in plain
    assert f"Hit by family: {VIOLENCE}" in plain
    assert "reads like “" not in plain


def test_it_says_how_sure_how_it_is_told_and_by_which_detector_and_no_number(
    service: Service, cast: Cast
) -> None:
    told = ("a family member", "coming: tonight", "about another child")
    shown = words_of(
        _page_of(service, cast, _found(reasons=("hit",), certainty="clear", told=told))
    )

    assert "How sure the computer is: certain." in shown
    assert "As told: a family member; coming: tonight; about another child." in shown
    assert "Detector lexicon-9, ranker-9+ab" in shown
    assert "4.25" not in shown
    assert "risk score" not in shown


def test_a_result_from_before_that_was_kept_still_opens(
    service: Service, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"categories": ["ABU"], "certainty": "unsure", "own_act": False, "because": []}
    monkeypatch.setattr("bot.receive._result_json", lambda _result: old)
    shown = words_of(_page_of(service, cast, _found(reasons=("hit",), certainty="unsure")))

    assert "How sure the computer is: unsure, a person has to judge." in shown
    assert "As told" not in shown


def test_it_shows_what_the_computer_has_said_and_how_far_that_came(
    duty: FlaskClient, page: str, service: Service
) -> None:
    waiting = words_of(duty.get(page).text)
    while step(service, "worker"):
        continue
    sent = words_of(duty.get(page).text)

    assert "Alert to Dee Okafor by text: waiting to be sent" in waiting
    assert "Alert to Dee Okafor by text: sent" in sent
    assert "999" in sent
    assert "· Sent" in sent


def test_it_says_what_to_do_now(duty: FlaskClient, page: str) -> None:
    shown = words_of(duty.get(page).text)

    assert "call 999" in shown
    assert "The young person is told your name" in shown


def test_unsafe_contact_stands_above_everything(
    duty: FlaskClient, client: FlaskClient, service: Service, cast: Cast
) -> None:
    make_contact(service, cast, "guarded")
    text(client, service, DANGER)

    shown = duty.get(address_of(service)).text

    main = shown[shown.index("<main") :]
    assert main.index("Contact not safe") < main.index("<h1")
    assert "Do not call it and do not text it" in main
    assert "The young person is not told" in main


def test_opening_the_page_acknowledges_nothing(
    duty: FlaskClient, page: str, service: Service
) -> None:
    duty.get(page)

    assert [each.state for each in summaries(service)] == ["raised"]


def test_from_acknowledging_to_closing(
    duty: FlaskClient, page: str, service: Service, channel: RecordingChannel, cast: Cast
) -> None:
    answer = press(duty, page, "acknowledge")
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    while step(service, "worker"):
        continue
    assert any("Dee Okafor" in body for _, body in channel.sent)
    assert "Acknowledged by Dee Okafor" in words_of(duty.get(page).text)

    assert press(duty, page, "outcome", **OUTCOME).status_code == 303
    shown = words_of(duty.get(page).text)
    assert all(part in shown for part in OUTCOME.values())

    assert press(duty, page, "close").status_code == 303
    (closed,) = summaries(service)
    assert (closed.state, closed.acknowledged_by) == ("closed", "Dee Okafor")


def test_an_outcome_needs_every_part_and_loses_nothing_that_was_typed(
    duty: FlaskClient, page: str, service: Service
) -> None:
    press(duty, page, "acknowledge")

    answer = press(duty, page, "outcome", **{**OUTCOME, "reference": " ", "reason": ""})

    assert "<title>Error:" in answer.text
    assert 'href="#reference"' in answer.text
    assert 'href="#reason"' in answer.text
    assert 'href="#decision"' not in answer.text
    assert OUTCOME["decision"] in answer.text
    assert not summaries(service)[0].has_outcome


def test_who_comes_second_is_told_so(
    duty: FlaskClient, page: str, service: Service, cast: Cast
) -> None:
    acknowledge(service, only_escalation(service), cast.ade)

    press_again = duty.post(
        f"{page}/acknowledge",
        data={"csrf_token": _token(duty)},
        follow_redirects=True,
    )

    assert "Somebody has already acknowledged this escalation" in press_again.text


def test_it_cannot_be_closed_without_an_outcome(
    duty: FlaskClient, page: str, service: Service
) -> None:
    press(duty, page, "acknowledge")

    press(duty, page, "close")

    assert "Record the outcome first" in duty.get(page).text
    assert summaries(service)[0].state == "acknowledged"


def test_what_is_written_after_the_closing_stays_out_of_sight(
    duty: FlaskClient, page: str, client: FlaskClient, service: Service, clock: SetClock
) -> None:
    press(duty, page, "acknowledge")
    press(duty, page, "outcome", **OUTCOME)
    press(duty, page, "close")
    clock.move(timedelta(minutes=1))

    text(client, service, "a later secret")

    assert "a later secret" not in duty.get(page).text
    assert "a later secret" not in duty.get(f"{page}/live").text


@pytest.mark.parametrize("action", ["acknowledge", "outcome", "close"])
def test_no_act_without_the_token_of_a_form(
    duty: FlaskClient, page: str, action: str, service: Service
) -> None:
    assert duty.post(f"{page}/{action}", data=OUTCOME).status_code == 400
    assert summaries(service)[0].state == "raised"


@pytest.mark.parametrize("path", ["", "/live"], ids=["page", "live part"])
def test_an_unknown_escalation_is_not_found(duty: FlaskClient, path: str) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"

    assert duty.get(f"/escalations/{unknown}{path}").status_code == 404


@pytest.mark.parametrize("action", ["acknowledge", "outcome", "close"])
def test_an_unknown_escalation_cannot_be_acted_on(duty: FlaskClient, action: str) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"

    answer = duty.post(
        f"/escalations/{unknown}/{action}", data={"csrf_token": _token(duty), **OUTCOME}
    )

    assert answer.status_code == 404


def test_a_reading_is_logged_and_names_the_reader(
    duty: FlaskClient, page: str, service: Service, cast: Cast
) -> None:
    duty.get(page)

    subject = f"escalation:{only_escalation(service)}"
    assert readings(service) == [(f"staff:{cast.dee.id}", "read escalation", subject)]


@pytest.mark.parametrize("path", ["", "/live"], ids=["page", "live part"])
def test_when_the_reading_cannot_be_logged_no_word_is_served(
    page: str, path: str, service: Service, cast: Cast
) -> None:
    client = create_app(with_broken_log(service)).test_client()
    sign_in(client, cast.dee)

    answer = client.get(f"{page}{path}")

    assert answer.status_code == 500
    assert "knife" not in answer.text
    assert "Amina" not in answer.text


def _token(client: FlaskClient) -> str:
    return csrf_token(client.get("/inbox"))


def test_what_screening_said_stands_beside_the_words_when_these_came_in_an_earlier_text(
    service: Service, cast: Cast
) -> None:
    at = replace(service, screen=_first_text)
    client = create_app(at).test_client()
    text(client, at, "hello")
    text(client, at, "again")
    duty = create_app(at).test_client()
    sign_in(duty, cast.dee)

    shown = words_of(duty.get(address_of(at)).text)

    assert shown.count("How sure the computer is") == 1
    assert "As told: now." in shown


def _first_text(
    texts: Sequence[str],
    asked: Collection[str] = (),
    language: str = "en",
    after_risk: bool = False,
) -> Screening:
    """Flags the first text of a thought, and only once a second has come."""
    if len(texts) < 2:
        return Screening(None, (), (), "clear", False, "test-1")
    match = Match("ABU", "hit", 0, texts[0], 0, len(texts[0]))
    return Screening(2, ("ABU",), (match,), "clear", False, "test-1", None, ("now",))
