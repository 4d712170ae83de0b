"""What the fake Twilio does on demand: reports, withheld webhooks, filters on dates, redaction."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.channels import Outbound
from bot.channels.twilio import Twilio
from tests.fakes.twilio_numbers import MessagingService
from tests.fakes.twilio_server import Message, TwilioServer
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, PHONE, SERVICE_SID

NOW = datetime.now(UTC).replace(microsecond=0)


class Listener:
    """A service of ours that keeps what is posted to it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], str]] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                heard.append((self.path, form, self.headers["X-Twilio-Signature"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = Thread(target=listener.server.serve_forever, args=(0.02,))
    thread.start()
    yield listener
    listener.server.shutdown()
    thread.join()
    listener.server.server_close()


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        server.account.services.append(MessagingService())
        yield server


def line(twilio: TwilioServer, site: str, service: str | None = None) -> Twilio:
    return Twilio(
        "sms",
        ACCOUNT_SID,
        AUTH_TOKEN,
        OUR_NUMBER,
        site=site,
        messaging_service_sid=service,
        api_url=twilio.url,
    )


@pytest.mark.parametrize(("status", "code"), [("delivered", None), ("undelivered", 30003)])
def test_a_report_is_signed_and_goes_where_the_message_asked(
    twilio: TwilioServer, listener: Listener, status: str, code: int | None
) -> None:
    reference = uuid4()
    line(twilio, listener.url, SERVICE_SID).send(Outbound(PHONE, "Hi", reference))
    [message] = twilio.messages

    assert twilio.deliver(message, status, code) == 204

    [(path, form, signature)] = listener.heard
    assert path == f"/webhooks/twilio/status/{reference}"
    assert RequestValidator(AUTH_TOKEN).validate(listener.url + path, form, signature)
    assert (form["MessageSid"], form["MessageStatus"]) == (message.sid, status)
    assert form.get("ErrorCode") == (str(code) if code else None)
    assert (form["From"], form["To"]) == (OUR_NUMBER, PHONE)
    assert form["MessagingServiceSid"] == SERVICE_SID


def test_a_report_may_pass_a_proxy(twilio: TwilioServer, listener: Listener) -> None:
    site = "https://line.example.org/under"
    line(twilio, site).send(Outbound(PHONE, "Hi", uuid4()))

    twilio.deliver(twilio.messages[0], "sent", via=listener.url)

    [(path, form, signature)] = listener.heard
    assert path.startswith("/under/webhooks/")
    whole = f"https://line.example.org{path}"
    assert RequestValidator(AUTH_TOKEN).validate(whole, form, signature)


def test_what_is_withheld_is_listed_and_not_posted(
    twilio: TwilioServer, listener: Listener
) -> None:
    line(twilio, listener.url).send(Outbound(PHONE, "Hi", uuid4()))
    twilio.withhold = True

    assert twilio.deliver(twilio.messages[0], "delivered") is None
    assert twilio.post_inbound(listener.url, Body="hello") == 0
    assert listener.heard == []
    assert [each.status for each in twilio.messages] == ["delivered", "received"]
    twilio.withhold = False
    assert twilio.post_inbound(listener.url, Body="hello") == 204


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["waits", "today", "yesterday"]),
        ({"date_sent": NOW.date()}, ["today"]),
        ({"date_sent_after": NOW - timedelta(hours=1)}, ["today"]),
        ({"date_sent_before": NOW - timedelta(hours=1)}, ["yesterday"]),
        ({"date_sent_after": (NOW - timedelta(days=1)).date()}, ["today", "yesterday"]),
        ({"to": "+447700900456"}, []),
    ],
)
def test_filters_on_dates_leave_out_what_was_not_sent(
    twilio: TwilioServer, filters: dict[str, object], found: list[str]
) -> None:
    for body, sent_at in (
        ("yesterday", NOW - timedelta(days=1)),
        ("today", NOW),
        ("waits", None),
    ):
        twilio.messages.append(Message(PHONE, OUR_NUMBER, body, sent_at=sent_at))
    client = line(twilio, "https://line.example.org")._client
    assert isinstance(client, Client)

    listed = client.messages.list(**filters)  # type: ignore[arg-type]

    assert [each.body for each in listed] == found


def test_a_body_that_is_emptied_stays_listed(twilio: TwilioServer) -> None:
    twilio.messages.append(Message(PHONE, OUR_NUMBER, "Hi", sent_at=NOW))
    client = line(twilio, "https://line.example.org")._client
    assert isinstance(client, Client)

    client.messages(twilio.messages[0].sid).update(body="")

    assert [(each.body, each.to) for each in client.messages.list()] == [("", PHONE)]
