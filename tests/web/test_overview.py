"""The advocate's page beside the messages: told, wished, changed, offered, and never asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.approvals import approve
from bot.clock import SetClock
from bot.follow_up import offer_news
from bot.overview import Overview
from bot.prompts import prompt
from bot.service import Service
from bot.transcripts import Transcript, read_transcript
from bot.worker import step
from dialogs.position import Reply
from storage import contacts, outbox, people
from storage.tables import ReturnInterview
from tests.web.cast import Cast, sign_in, text
from tests.web.duty import make_contact, words_of

pytestmark = pytest.mark.slow

Say = Callable[..., None]

REMINDER = Reply("reminder", "Hi again.", "bland")
HELLO = ("hiya", "yes", "yes", "text")


@pytest.fixture
def advocate(app: Flask, cast: Cast) -> FlaskClient:
    client = app.test_client()
    sign_in(client, cast.ade)
    return client


@pytest.fixture
def say(client: FlaskClient, service: Service, cast: Cast, clock: SetClock) -> Say:
    """Amina texts from a phone that is hers, one minute after another, and is answered."""
    make_contact(service, cast, "open")
    with service.database.write() as session:
        conversation = people.conversation_of(session, cast.amina.young_person_id)
        contacts.contact_of(session, conversation).confirmed = True

    def call(*bodies: str) -> None:
        for body in bodies:
            text(client, service, body)
            clock.move(timedelta(minutes=1))
            while step(service, "worker"):
                continue

    return call


Page = Callable[[], str]


@pytest.fixture
def page(app: Flask, cast: Cast) -> Page:
    """Reads the transcript as an advocate who has just signed in."""

    def read() -> str:
        client = app.test_client()
        sign_in(client, cast.ade)
        return words_of(client.get(f"/interviews/{cast.amina.interview_id}").text)

    return read


def transcript(service: Service, cast: Cast) -> Transcript:
    found = read_transcript(service, cast.amina.interview_id, "command")
    assert found is not None
    return found


def overview(service: Service, cast: Cast) -> Overview:
    return transcript(service, cast).overview


def change(service: Service, interview_id: UUID, **position: Any) -> None:
    with service.database.write() as session:
        row = session.get_one(ReturnInterview, interview_id)
        people.save_position(session, row, {**row.position, **position})


def say_until(say: Say, service: Service, cast: Cast, state: str) -> None:
    """Skip questions until this one stands."""
    for _ in range(30):
        if transcript(service, cast).line.state == state:
            return
        say("skip")
    pytest.fail(f"{state} was never asked")


def test_a_question_stands_in_words_beside_its_answer_and_leads_to_it(
    advocate: FlaskClient, say: Say, service: Service, cast: Cast
) -> None:
    say(*HELLO, "yes", "had a row about my phone")

    html = advocate.get(f"/interviews/{cast.amina.interview_id}").text

    seen = words_of(html)
    assert "Tell me what was going on before you went." in seen
    assert "going_on" not in seen
    (row,) = [each for each in transcript(service, cast).answers if each.question == "going_on"]
    assert f'href="#message-{row.message_ids[0]}"' in html
    assert f'id="message-{row.message_ids[0]}"' in html


def test_what_was_told_in_passing_is_shown_with_their_own_sentence(
    say: Say, service: Service, cast: Cast, page: Page
) -> None:
    words = "mum grounded me so i left and i slept at my mates house"
    say(*HELLO, "yes", words)

    passing = overview(service, cast).passing

    assert "C3" in {each.topic for each in passing}
    assert {message.text for each in passing for message in each.messages} == {words}
    seen = page()
    assert f"Where they slept {words}" in seen
    assert "so it was not asked again" in seen


def test_what_never_came_up_is_seen_at_a_glance(
    say: Say, service: Service, cast: Cast, page: Page
) -> None:
    say(*HELLO, "yes", "had a row")

    topics = {each.topic: each.status for each in overview(service, cast).topics}

    assert (topics["F2"], topics["B1"]) == ("told", "told")
    assert (topics["F3"], topics["D1"], topics["C4"]) == ("asked", "not_yet", "for_a_person")
    seen = page()
    assert seen.index("Not talked about") < seen.index("Anyone who hurt or threatened them")
    assert "Left for a person to ask, if they want" in seen


def test_a_question_that_was_stopped_before_it_left_was_not_asked(
    say: Say, service: Service, cast: Cast
) -> None:
    say(*HELLO, "yes")
    change(service, cast.amina.interview_id, asked=["safe_now", "going_on", "help"])
    asks = Reply("help", "What would help?", "private", asks="help")
    _offer(service, cast, "reminder", asks, due_in=timedelta(hours=2))
    assert _status(service, cast, "F3") == "asked"

    with service.database.write() as session:
        now = service.clock.service_now()
        outbox.drop_what_is_not_due(session, cast.amina.young_person_id, now)

    assert _status(service, cast, "F3") == "not_yet"
    assert _status(service, cast, "B1") == "asked"
    assert _outcomes(service, cast) == ["taken_back"]


def test_wishes_about_sharing_are_shown_with_who_is_named_and_the_limit(
    say: Say, service: Service, cast: Cast, page: Page
) -> None:
    say(*HELLO, "yes", "had a row", "someone to talk to")
    say_until(say, service, cast, "keep_private")
    say("dont tell my carer about the bus")

    (wish,) = overview(service, cast).wishes

    assert (wish.answer.text, wish.named) == ("dont tell my carer about the bus", ("carer",))
    seen = page()
    assert "They seem to name: carer. Their words are what counts." in seen
    assert "it must be passed on when they or another child is hurt or at risk" in seen


def test_their_words_read_back_and_what_they_changed(
    say: Say, service: Service, cast: Cast, page: Page
) -> None:
    say(*HELLO, "yes", "had a row about my phone", "show me what i said", "yes")

    read_back = [each for each in transcript(service, cast).messages if each.is_readback]
    assert "had a row about my phone" in " ".join(each.text for each in read_back)
    assert "Their own words, read back" in page()

    say("it was about my coat not my phone")

    (changed,) = overview(service, cast).changes
    assert changed.text == "it was about my coat not my phone"
    seen = page()
    assert "Added later; both are kept." in seen
    assert "had a row about my phone" in seen


def test_a_call_that_is_wanted_says_when_and_when_it_was_accepted(
    advocate: FlaskClient, say: Say, service: Service, cast: Cast, page: Page
) -> None:
    say("hiya", "yes", "yes", "talk", "after school on tuesday")

    seen = page()

    for part in (
        "Way they choseA phone call",
        "AcceptedFri 20 Nov, 16:04",
        "Wants a call: not called yet",
        "When would be good for you? after school on tuesday",
    ):
        assert part in seen
    listed = words_of(advocate.get("/interviews").text)
    assert "Wants a call: not called yet" in listed
    assert "A phone call, accepted Fri 20 Nov, 16:04" in listed
    assert "after school" not in listed


def test_the_task_of_a_call_leads_to_their_wish_without_its_words(
    app: Flask, advocate: FlaskClient, say: Say, cast: Cast
) -> None:
    say("hiya", "yes", "yes", "talk", "after school on tuesday")

    mine = advocate.get("/tasks").text
    duty = app.test_client()
    sign_in(duty, cast.dee)
    theirs = duty.get("/tasks").text

    link = f"/interviews/{cast.amina.interview_id}#when"
    assert link in mine
    assert link not in theirs
    assert "They said when: the advocate can read it" in theirs
    assert "after school" not in mine + theirs


@pytest.mark.parametrize(
    ("asked", "length", "by"),
    [((), "full", "computer"), (("make it short",), "short", "young_person")],
)
def test_how_long_it_is_and_who_chose_that(
    say: Say, service: Service, cast: Cast, asked: tuple[str, ...], length: str, by: str
) -> None:
    assert (overview(service, cast).length, overview(service, cast).length_by) == (None, None)
    say(*HELLO, "yes", *asked)

    found = overview(service, cast)

    assert (found.length, found.length_by) == (length, by)


def test_a_length_that_a_person_chose_is_said_so(service: Service, cast: Cast) -> None:
    with service.database.write() as session:
        session.get_one(ReturnInterview, cast.amina.interview_id).length = "short"

    assert overview(service, cast).length_by == "person"


def test_texts_are_a_draft_until_everybody_has_approved_them(
    say: Say, service: Service, cast: Cast, clock: SetClock, page: Page
) -> None:
    assert overview(service, cast).texts is None
    approve(service, "en", "safeguarding_lead", "Ros Marlow", "command")
    say("hiya")
    assert "English, version 2. The texts were a draft" in page()

    clock.move(timedelta(hours=1))
    approve(service, "en", "young_peoples_group", "The Northmoor group", "command")
    say("yes")

    texts = overview(service, cast).texts
    assert texts is not None
    assert texts.approval == "draft", "the first of them was sent before that"


def test_texts_that_were_approved_before_the_first_one_are_no_draft(
    say: Say, service: Service, cast: Cast, clock: SetClock
) -> None:
    approve(service, "en", "safeguarding_lead", "Ros Marlow", "command")
    approve(service, "en", "young_peoples_group", "The Northmoor group", "command")
    clock.move(timedelta(hours=1))
    say("hiya")

    texts = overview(service, cast).texts

    assert texts is not None
    assert (texts.approval, texts.versions, texts.language) == ("approved", ("2",), "en")


def test_an_offer_without_an_answer_is_not_called_a_no(
    say: Say, service: Service, cast: Cast, clock: SetClock, page: Page
) -> None:
    for hours in (0, 24):
        clock.move(timedelta(hours=hours))
        _offer(service, cast, "reminder" if hours else "invitation")
        assert _outcomes(service, cast)[-1] == "waiting"
        while step(service, "worker"):
            continue
    assert _outcomes(service, cast) == ["next_came", "no_answer"]
    seen = page()
    assert "A text without an answer is not a no." in seen
    assert (
        "Reminder by text message, Sat 21 Nov, 16:00: sent, no answer yet (the computer, by itself)"
        in seen
    )
    assert "refused" not in seen.lower()

    say("hiya")

    assert _outcomes(service, cast) == ["next_came", "answered"]


def test_an_offer_that_is_not_due_or_was_not_written(service: Service, cast: Cast) -> None:
    _offer(service, cast, "reminder", None)
    _offer(service, cast, "follow_up", due_in=timedelta(hours=2))

    offers = overview(service, cast).offers

    assert [each.outcome.kind for each in offers] == ["not_written", "waiting"]
    assert offers[1].made_by == "reminders"


def test_news_for_them_names_who_wrote_it(service: Service, cast: Cast, page: Page) -> None:
    offer_news(service, cast.amina.interview_id, "Your bus pass is at the desk.", cast.ade.id)

    (news,) = overview(service, cast).news

    assert (news.text, news.written_by) == ("Your bus pass is at the desk.", "Ade Bello")
    assert "News for them that they have not heard, by Ade Bello" in page()


def test_how_the_chat_was_is_in_their_words(
    say: Say, service: Service, clock: SetClock, page: Page
) -> None:
    say(*HELLO, "yes", "had a row", "finish")
    clock.move(timedelta(days=1))
    while step(service, "worker"):
        continue
    say("2 bit long")

    assert "3 for bad. 2 bit long" in page()


def _status(service: Service, cast: Cast, topic: str) -> str:
    return {each.topic: each.status for each in overview(service, cast).topics}[topic]


def _outcomes(service: Service, cast: Cast) -> list[str]:
    return [each.outcome.kind for each in overview(service, cast).offers]


def _offer(
    service: Service,
    cast: Cast,
    kind: str,
    text: Reply | None = REMINDER,
    *,
    due_in: timedelta = timedelta(0),
) -> None:
    now = service.clock.service_now()
    texts = [text] if text else []
    with service.database.write() as session:
        conversation = people.conversation_of(session, cast.amina.young_person_id)
        interview = session.get_one(ReturnInterview, cast.amina.interview_id)
        prompt(
            service, session, conversation, interview, kind, texts, now + due_in, "reminders"
        )  # fmt: skip
