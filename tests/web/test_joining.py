"""The page on which a duty worker writes to a young person."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from bot.joining import holder_of
from bot.service import Service
from bot.worker import step
from storage.messages import body_of
from storage.tables import ConversationHold, EscalationEvent, Message
from tests.web.cast import Cast, csrf_token, enter_staff, sign_in, text
from tests.web.duty import OUTCOME, VIOLENCE, address_of, make_contact, press, words_of


@pytest.fixture
def client(app: Flask, service: Service, cast: Cast) -> FlaskClient:
    """Dee's browser; Amina has told of harm, and Dee has acknowledged it."""
    text(app.test_client(), service, VIOLENCE)
    run(service)
    browser = app.test_client()
    sign_in(browser, cast.dee)
    press(browser, address_of(service), "acknowledge")
    run(service)
    return browser


def run(service: Service) -> None:
    while step(service, "worker"):
        continue


def page_of(service: Service) -> str:
    return f"{address_of(service)}/conversation"


def send(client: FlaskClient, service: Service, words: str, **fields: str) -> str:
    """Press Send, and give the page that comes."""
    page = page_of(service)
    shown = client.get(page).get_data(as_text=True)
    if "hold" not in fields:
        fields["hold"] = hold_in(shown)
    data = {"csrf_token": csrf_token(client.get(page)), "words": words, **fields}
    answer = client.post(f"{page}/write", data=data, follow_redirects=True)
    run(service)
    return answer.get_data(as_text=True)


def hold_in(page: str) -> str:
    return page.split('name="hold" value="')[1].split('"')[0]


def sent(service: Service) -> list[tuple[str | None, str]]:
    with service.database.read() as session:
        statement = select(Message).where(Message.direction == "out")
        messages = session.exec(statement.order_by(Message.seq)).all()  # type: ignore[arg-type]
        return [(each.text_key, body_of(service.vault, each)) for each in messages]


def test_joining_writing_and_handing_back(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    assert "Join the conversation" in client.get(address_of(service)).get_data(as_text=True)
    press(client, page_of(service), "join")
    shown = client.get(page_of(service)).get_data(as_text=True)
    assert "You are in this conversation." in words_of(shown)
    assert "Are you safe right now? Reply YES or NO." in shown
    with service.database.read() as session:
        assert holder_of(session, cast.amina.young_person_id) == cast.dee.id

    shown = send(client, service, "Hi Amina. Are you safe?")

    assert sent(service)[-1] == ("person_wrote", "Hi Amina. Are you safe?")
    assert "Dee Okafor</span>" in shown
    press(client, page_of(service), "hand-back", hold=hold_in(shown))
    run(service)
    assert "handed_back" in str(sent(service)[-1][0])
    shown = words_of(client.get(address_of(service)).get_data(as_text=True))
    assert "Left the conversation: handed back to the computer" in shown


def test_what_cannot_be_promised_is_pointed_out_once_and_can_be_sent(
    client: FlaskClient, service: Service
) -> None:
    press(client, page_of(service), "join")
    run(service)
    before = sent(service)

    shown = send(client, service, "I promise nobody will know")

    assert sent(service) == before
    assert "<mark>promise</mark>" in shown
    assert "You cannot promise how it ends." in shown
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    assert sent(service) == before

    send(client, service, "I promise I will ask", seen=seen)  # other words: shown for them, too
    assert sent(service) == before

    send(client, service, "I promise nobody will know", seen=seen)
    assert sent(service)[-1] == ("person_wrote", "I promise nobody will know")


def test_two_workers_see_each_other_and_only_one_writes(
    client: FlaskClient, service: Service, app: Flask
) -> None:
    press(client, page_of(service), "join")
    mine = hold_in(client.get(page_of(service)).get_data(as_text=True))
    kim = app.test_client()
    sign_in(kim, enter_staff(service, "Kim Abara", "duty_worker", "+447700900209"))
    seen = kim.get(address_of(service)).get_data(as_text=True)
    assert "Dee Okafor is in this conversation" in words_of(seen)
    other = seen.split('name="instead_of" value="')[1].split('"')[0]
    assert other == mine

    press(kim, page_of(service), "join", instead_of=other)
    run(service)
    refused = send(client, service, "hello", hold=mine)

    assert "Kim Abara has taken over this conversation. Nothing was sent." in refused
    assert ">hello</textarea>" in refused
    live = client.get(f"{address_of(service)}/live").get_data(as_text=True)
    assert "Kim Abara is in this conversation" in words_of(live)
    assert "hello" not in [body for _, body in sent(service)]


def test_a_guarded_conversation_is_joined_only_after_saying_why_it_is_safe(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    make_contact(service, cast, "guarded")
    shown = client.get(address_of(service)).get_data(as_text=True)
    assert "You cannot join while contact is not safe." in shown
    assert "Join the conversation" not in shown
    press(client, page_of(service), "join")
    with service.database.read() as session:
        assert session.exec(select(ConversationHold)).all() == []

    press(client, page_of(service), "safe", reason="she", confirmed="yes")
    assert "Join the conversation" not in client.get(address_of(service)).get_data(as_text=True)
    press(client, page_of(service), "safe", reason="I spoke with her on the phone", confirmed="yes")

    shown = client.get(address_of(service)).get_data(as_text=True)
    assert "Join the conversation" in shown
    assert "I spoke with her on the phone" in shown
    with service.database.read() as session:
        kinds = [each.kind for each in session.exec(select(EscalationEvent))]
    assert "contact_made_safe" in kinds


def test_an_address_that_is_none_is_not_there(client: FlaskClient, service: Service) -> None:
    nowhere = f"/escalations/{UUID(int=1)}/conversation"

    assert client.get(nowhere).status_code == 404
    token = csrf_token(client.get(address_of(service)))
    assert client.post(f"{nowhere}/join", data={"csrf_token": token}).status_code == 404


def test_joining_goes_to_the_box_and_a_call_is_still_asked_for(
    client: FlaskClient, service: Service
) -> None:
    answer = press(client, page_of(service), "join")

    assert answer.headers["Location"].endswith("/conversation#write")
    shown = client.get(address_of(service)).get_data(as_text=True)
    assert 'id="record" open' in shown
    assert 'id="outcome" open' not in shown

    told = {"who": "police_999", "said": "On their way"}
    press(client, address_of(service), "record", **told)
    shown = client.get(address_of(service)).get_data(as_text=True)
    assert shown.count("It is recorded.") == 2  # on top, and where the page goes on
    assert 'id="outcome" open' in shown


def test_what_is_too_long_is_refused_at_once_and_whole(
    client: FlaskClient, service: Service
) -> None:
    press(client, page_of(service), "join")
    run(service)
    before = sent(service)
    assert "maxlength" not in client.get(page_of(service)).get_data(as_text=True)

    shown = send(client, service, "I promise " * 120)

    assert "at most 1000 characters. It has 1200." in shown
    assert "Send anyway" not in shown
    assert "I promise " * 120 in shown
    assert sent(service) == before


def test_whoever_writes_sees_that_harm_was_told_again(
    client: FlaskClient, service: Service, app: Flask
) -> None:
    press(client, page_of(service), "join")
    page = page_of(service)
    run(service)
    assert "They have written of harm again." not in client.get(page).get_data(as_text=True)

    text(app.test_client(), service, "i want to kill myself")
    run(service)

    shown = words_of(client.get(page).get_data(as_text=True))
    assert "They have written of harm again. Nobody has answered" in shown
    assert "Suicide or self-harm" in shown


def test_closing_says_who_is_writing_and_whoever_wrote_hears_of_it(
    client: FlaskClient, service: Service, app: Flask
) -> None:
    kim = app.test_client()
    sign_in(kim, enter_staff(service, "Kim Abara", "duty_worker", "+447700900209"))
    press(kim, page_of(service), "join")
    run(service)
    shown = words_of(client.get(address_of(service)).get_data(as_text=True))
    assert "Kim Abara is writing to the young person now. Ask them before you close" in shown
    page, mine = page_of(service), hold_in(kim.get(page_of(service)).get_data(as_text=True))

    press(client, address_of(service), "outcome", then="close", **OUTCOME)
    run(service)
    before = sent(service)
    refused = press(kim, page, "write", words="are you there", hold=mine)

    shown = words_of(refused.get_data(as_text=True))
    assert "cannot change any more. Nothing was sent." in shown
    assert "This escalation is closed." in shown
    assert "are you there" in shown
    assert sent(service) == before
