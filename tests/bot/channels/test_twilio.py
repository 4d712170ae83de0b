"""Sending a text, asking after it, and every way that it goes wrong (F-12 to F-14)."""

import json
import logging
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from bot.channels import Channel, Outbound, Retry, SendFailed, SendInDoubt, Sent
from bot.channels.codes import Policy, policies
from bot.channels.twilio import Twilio
from tests.fakes.twilio_server import Fault, Message, TwilioServer
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, PHONE

BODY = "Hi. Are you safe where you are now?"
SITE = "https://line.example.org"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        yield server


def channel(twilio: TwilioServer, token: str = AUTH_TOKEN, read_s: float = 3.0) -> Twilio:
    return sms(twilio.url, token, (2.0, read_s))


def sms(url: str, token: str = AUTH_TOKEN, timeouts_s: tuple[float, float] = (2.0, 3.0)) -> Twilio:
    return Twilio(
        "sms", ACCOUNT_SID, token, OUR_NUMBER, site=SITE, api_url=url, timeouts_s=timeouts_s
    )


def send(channel: Channel) -> Sent:
    return channel.send(Outbound(PHONE, BODY, uuid4()))


def test_a_text_is_sent_once_with_where_to_report(twilio: TwilioServer) -> None:
    reference = uuid4()

    sent = channel(twilio).send(Outbound(PHONE, BODY, reference))

    [message] = twilio.messages
    assert sent == Sent(message.sid, "queued")
    assert message.asked == {
        "To": PHONE,
        "From": OUR_NUMBER,
        "Body": BODY,
        "StatusCallback": f"{SITE}/webhooks/twilio/status/{reference}",
    }


@pytest.mark.parametrize("body", ["é £ €", "1+1 & 2=2; 100%", "line\nline", "😭🏳️‍🌈", "مرحبا"])
def test_the_body_arrives_exactly(twilio: TwilioServer, body: str) -> None:
    channel(twilio).send(Outbound(PHONE, body, uuid4()))

    assert twilio.messages[0].body == body


@pytest.mark.parametrize(
    ("code", "told"),
    [(code, told) for (code, only), told in policies().items() if code.isdecimal() and not only],
)
def test_a_code_in_the_table_means_what_it_says(
    twilio: TwilioServer, code: str, told: Policy
) -> None:
    twilio.faults.append(Fault(status=400, code=int(code)))

    with pytest.raises(SendFailed) as failed:
        send(channel(twilio))

    assert (failed.value.code, failed.value.retry, failed.value.trouble) == (
        code,
        told.retry,
        told.trouble,
    )
    assert twilio.messages == []


@pytest.mark.parametrize(
    ("fault", "code", "retry"),
    [
        (Fault(status=400, code=21999), "21999", "never"),
        (Fault(status=401), "401", "backoff"),
        (Fault(status=403), "403", "backoff"),
        (Fault(status=404, code=20404), "20404", "backoff"),
        (Fault(status=403, code=20999), "20999", "backoff"),
        (Fault(status=302), "302", "backoff"),
        (Fault(status=422), "422", "never"),
    ],
)
def test_any_other_refusal_is_our_fault(
    twilio: TwilioServer, fault: Fault, code: str, retry: Retry
) -> None:
    twilio.faults.append(fault)

    with pytest.raises(SendFailed) as failed:
        send(channel(twilio))

    assert (failed.value.code, failed.value.retry) == (code, retry)
    assert failed.value.trouble == "our_fault"
    assert twilio.requests == 1  # a redirect is not followed


def test_a_wrong_token_is_our_fault_and_can_be_put_right(twilio: TwilioServer) -> None:
    with pytest.raises(SendFailed) as failed:
        send(channel(twilio, token="the old one"))

    assert (failed.value.code, failed.value.retry) == ("20003", "backoff")


def test_somebody_who_opted_out_is_not_texted_again(twilio: TwilioServer) -> None:
    twilio.opted_out.add(PHONE)

    with pytest.raises(SendFailed) as failed:
        send(channel(twilio))

    assert (failed.value.trouble, failed.value.retry) == ("opted_out", "never")


@pytest.mark.parametrize(
    ("header", "seconds"), [("1", 1.0), ("300", 300.0), (None, None), ("soon", None)]
)
def test_too_many_requests_says_how_long_to_wait(
    twilio: TwilioServer, header: str | None, seconds: float | None
) -> None:
    twilio.faults.append(Fault(status=429, code=20429, retry_after=header))

    with pytest.raises(SendFailed) as failed:
        send(channel(twilio))

    assert failed.value.retry == "backoff"
    assert (failed.value.code, failed.value.retry_after) == ("20429", seconds)


def test_a_wait_may_be_given_as_a_date(twilio: TwilioServer) -> None:
    until = datetime.now(UTC) + timedelta(minutes=10)
    header = until.strftime("%a, %d %b %Y %H:%M:%S GMT")
    twilio.faults.append(Fault(status=429, retry_after=header))

    with pytest.raises(SendFailed) as failed:
        send(channel(twilio))

    assert failed.value.retry_after == pytest.approx(600, abs=30)


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [
        (Fault(status=500), 0),
        (Fault(status=503, retry_after="5"), 0),
        (Fault(status=408), 0),
        (Fault(reset="before"), 0),
        (Fault(reset="after"), 1),
        (Fault(answer=b"not json"), 1),
        (Fault(answer=b"{}"), 1),
        (Fault(answer=b"[]"), 1),
        (Fault(answer=b""), 1),
    ],
)
def test_no_clear_answer_leaves_a_doubt_that_asking_settles(
    twilio: TwilioServer, fault: Fault, accepted: int
) -> None:
    twilio.faults.append(fault)
    line = channel(twilio)

    with pytest.raises(SendInDoubt):
        send(line)

    assert twilio.requests == 1
    assert len(twilio.messages) == accepted
    found = line.find(Outbound(PHONE, BODY, uuid4()), LONG_AGO, known=())
    assert found == (Sent(twilio.messages[0].sid, "queued") if accepted else None)


def test_an_answer_that_comes_too_late_leaves_a_doubt(twilio: TwilioServer) -> None:
    twilio.faults.append(Fault(delay_s=30))
    line = channel(twilio, read_s=0.2)

    with pytest.raises(SendInDoubt):
        send(line)

    assert line.client_timeout_s == 2.2


def test_a_provider_that_nobody_reached_has_accepted_nothing() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        line = sms(url)

        with pytest.raises(SendFailed) as failed:
            send(line)
        with pytest.raises(SendInDoubt) as doubt:
            line.find(Outbound(PHONE, BODY, uuid4()), LONG_AGO, known=())

    assert PHONE[1:] not in "".join(traceback.format_exception(doubt.value))
    assert (failed.value.code, failed.value.retry) == ("not_reached", "backoff")


def listed(**changes: object) -> Message:
    fields = {"to": PHONE, "from_": OUR_NUMBER, "body": BODY} | changes
    return Message(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("ignore_filters", [False, True])
@pytest.mark.parametrize(
    "other",
    [
        listed(to="+447700900456"),
        listed(from_="+447700900888"),
        listed(to=OUR_NUMBER, from_=PHONE, direction="inbound"),
        listed(direction="inbound"),  # one number of the account to another
        listed(body=BODY + " "),
        listed(body=""),
        listed(created=datetime.now(UTC) - timedelta(minutes=6)),
        listed(sid="SM" + "0" * 32),  # known
    ],
)
def test_another_message_is_not_taken_for_the_one_in_doubt(
    twilio: TwilioServer, other: Message, ignore_filters: bool
) -> None:
    twilio.messages.append(other)
    twilio.ignore_filters = ignore_filters
    line = channel(twilio)
    since = datetime.now(UTC)

    assert line.find(Outbound(PHONE, BODY, uuid4()), since, known={"SM" + "0" * 32}) is None
    sent = send(line)
    assert line.find(Outbound(PHONE, BODY, uuid4()), since, known={"SM" + "0" * 32}) == sent


def test_a_message_is_found_beyond_the_first_page(
    twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.twilio.PAGE_SIZE", 2)
    line = channel(twilio)
    sent = send(line)
    twilio.messages += [listed(body=f"later {number}") for number in range(7)]

    assert line.find(Outbound(PHONE, BODY, uuid4()), LONG_AGO, known=()) == sent
    assert twilio.requests == 5


@pytest.mark.parametrize("more", [{}, {"date_created": "yesterday", "status": "delivered"}])
def test_a_message_without_a_readable_date_may_be_the_one(
    twilio: TwilioServer, more: dict[str, str]
) -> None:
    message = {"sid": "SM1", "to": PHONE, "from": OUR_NUMBER, "body": BODY} | more
    answer = json.dumps({"messages": [message]}).encode()
    twilio.list_faults.append(Fault(answer=answer))

    found = channel(twilio).find(Outbound(PHONE, BODY, uuid4()), datetime.now(UTC), known=())

    assert found is not None
    assert found.provider_id == "SM1"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=429, retry_after="3"),
        Fault(status=400),
        Fault(status=401, code=20003),
        Fault(reset="before"),
        Fault(answer=b"not json"),
        Fault(answer=b"[]"),
        Fault(answer=b"{}"),
        Fault(answer=b'{"messages": null}'),
        Fault(answer=b'{"messages": [1]}'),
    ],
)
def test_a_list_that_cannot_be_had_leaves_the_doubt(twilio: TwilioServer, fault: Fault) -> None:
    twilio.list_faults.append(fault)

    with pytest.raises(SendInDoubt):
        channel(twilio).find(Outbound(PHONE, BODY, uuid4()), LONG_AGO, known=())


@pytest.mark.parametrize(
    "fault",
    [Fault(), Fault(status=400, code=21211), Fault(status=500), Fault(reset="before")],
)
def test_no_number_token_or_word_is_logged_or_told(
    twilio: TwilioServer, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.faults.append(fault)
    twilio.list_faults.append(fault)
    line = channel(twilio)
    told = ""
    try:
        send(line)
    except (SendFailed, SendInDoubt) as error:
        told += "".join(traceback.format_exception(error))
    try:
        line.find(Outbound(PHONE, BODY, uuid4()), LONG_AGO, known=())
    except SendInDoubt as error:
        told += "".join(traceback.format_exception(error))

    for secret in (PHONE[1:], OUR_NUMBER[1:], AUTH_TOKEN, "safe"):
        assert secret not in caplog.text + told


def test_twilio_may_live_under_another_path() -> None:
    with TwilioServer() as twilio:
        line = sms(f"{twilio.url}/")
        assert send(line).provider_id == twilio.messages[0].sid


def test_nothing_of_the_environment_moves_the_address(
    twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")

    send(channel(twilio))

    assert len(twilio.messages) == 1


def test_the_slow_client_is_not_loaded_before_something_is_sent() -> None:
    question = (
        "import sys, bot.channels.twilio, bot.channels.twilio_webhook;"
        "sys.exit('twilio.rest' in sys.modules or 'requests' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", question], check=False).returncode == 0
