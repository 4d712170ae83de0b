"""Asking Twilio what came in and what became of ours: what the webhooks missed (F-36)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

import pytest

from bot.channels import Inbound, Outbound, Report, SendInDoubt
from bot.channels.twilio import Twilio
from tests.fakes.twilio_numbers import MessagingService
from tests.fakes.twilio_server import Fault, Message, TwilioServer
from tests.fakes.twilio_texts import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    OUR_NUMBER,
    PHONE,
    SERVICE_SID,
    WHATSAPP_NUMBER,
)

NOW = datetime.now(UTC).replace(microsecond=0)
SINCE = NOW - timedelta(hours=48)
SITE = "https://line.example.org"


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        server.withhold = True
        server.account.services.append(MessagingService())
        yield server


def line(
    twilio: TwilioServer,
    name: Literal["sms", "whatsapp"] = "sms",
    service: str | None = None,
) -> Twilio:
    return Twilio(
        name,
        ACCOUNT_SID,
        AUTH_TOKEN,
        OUR_NUMBER if name == "sms" else WHATSAPP_NUMBER,
        site=SITE,
        messaging_service_sid=service,
        api_url=twilio.url,
    )


def came(body: str = "i am ok", hours_ago: float = 1, **changes: object) -> Message:
    at = NOW - timedelta(hours=hours_ago)
    made = Message(OUR_NUMBER, PHONE, body, "inbound", "received", created=at, sent_at=at)
    return replace(made, **changes)  # type: ignore[arg-type]


def went(status: str, hours_ago: float = 1, **changes: object) -> Message:
    at = NOW - timedelta(hours=hours_ago)
    left = None if status in {"accepted", "queued", "failed"} else at
    made = Message(PHONE, OUR_NUMBER, "Hi", status=status, created=at, sent_at=left)
    return replace(made, **changes)  # type: ignore[arg-type]


def bodies(found: object) -> list[str]:
    assert isinstance(found, list)
    return [each.text for each in found if isinstance(each, Inbound)]


def test_a_text_that_no_webhook_brought_is_read_from_the_list(twilio: TwilioServer) -> None:
    twilio.post_inbound(SITE, Body="  are you there? é 😭\n", From=PHONE)
    listed = twilio.messages[0]

    [found] = line(twilio).recent(SINCE)

    assert isinstance(found, Inbound)
    assert (found.channel, found.account, found.provider_id) == ("sms", ACCOUNT_SID, listed.sid)
    assert (found.sender, found.recipient) == (PHONE, OUR_NUMBER)
    assert (found.text, found.exact) == ("  are you there? é 😭\n", True)
    assert (found.media, found.opt_out, found.pin) == ((), False, None)
    assert found.sent_at == listed.created.replace(microsecond=0)
    assert found.content_type == "application/json"
    kept = json.loads(found.raw)
    assert kept["body"] == found.text
    assert (kept["sid"], kept["from"], kept["direction"]) == (listed.sid, PHONE, "inbound")


def test_the_same_listing_gives_the_same_bytes(twilio: TwilioServer) -> None:
    twilio.messages.append(came())

    assert list(line(twilio).recent(SINCE)) == list(line(twilio).recent(SINCE))


@pytest.mark.parametrize(
    ("sender", "kept"),
    [
        (f"whatsapp:{PHONE}", PHONE),
        ("whatsapp:+44 7700 900123", PHONE),
        ("whatsapp:GB.1349120865530274", "GB.1349120865530274"),
    ],
)
def test_a_whatsapp_sender_is_kept_without_its_prefix(
    twilio: TwilioServer, sender: str, kept: str
) -> None:
    twilio.messages.append(came(to=f"whatsapp:{WHATSAPP_NUMBER}", from_=sender))

    [found] = line(twilio, "whatsapp").recent(SINCE)

    assert isinstance(found, Inbound)
    assert (found.channel, found.sender) == ("whatsapp", kept)
    assert found.recipient == WHATSAPP_NUMBER


def test_a_fetched_sender_can_be_answered(twilio: TwilioServer) -> None:
    twilio.messages.append(came(to=f"whatsapp:{WHATSAPP_NUMBER}", from_="whatsapp:GB.13491208"))
    app = line(twilio, "whatsapp")
    [found] = app.recent(SINCE)
    assert isinstance(found, Inbound)

    app.send(Outbound(found.sender, "Hi", uuid4()))

    assert twilio.sent[0].to == "whatsapp:GB.13491208"


@pytest.mark.parametrize(("count", "media"), [(0, ()), (1, ("other",)), (3, ("other",) * 3)])
def test_media_is_counted_and_not_fetched(
    twilio: TwilioServer, count: int, media: tuple[str, ...]
) -> None:
    twilio.messages.append(came("", num_media=count))

    [found] = line(twilio).recent(SINCE)

    assert isinstance(found, Inbound)
    assert found.media == media
    assert twilio.requests == 2


@pytest.mark.parametrize(
    ("body", "opts_out"), [("STOP", True), (" End\n", True), ("stop it", False), ("", False)]
)
def test_a_word_that_cuts_the_line_is_marked(
    twilio: TwilioServer, body: str, opts_out: bool
) -> None:
    twilio.messages.append(came(body))

    [found] = line(twilio).recent(SINCE)

    assert isinstance(found, Inbound)
    assert found.opt_out is opts_out


def test_half_a_character_is_marked_as_not_exact(twilio: TwilioServer) -> None:
    listed = came().to_json() | {"body": "\ud83d hi"}
    for _ in range(2):
        twilio.list_faults.append(Fault(answer=json.dumps({"messages": [listed]}).encode()))

    [found] = line(twilio).recent(SINCE)

    assert isinstance(found, Inbound)
    assert (found.text, found.exact) == ("\ufffd hi", False)
    found.text.encode()


@pytest.mark.parametrize(
    ("status", "code", "report"),
    [
        ("accepted", None, ("queued", "")),
        ("scheduled", None, ("queued", "")),
        ("queued", None, ("queued", "")),
        ("sending", None, ("sending", "")),
        ("sent", None, ("sent", "")),
        ("partially_delivered", None, ("sent", "")),
        ("delivered", None, ("delivered", "")),
        ("read", None, ("read", "")),
        ("delivered", 30008, ("delivered", "")),  # what went wrong is over
        ("undelivered", 30003, ("failed", "30003")),
        ("failed", 30007, ("failed", "30007")),
        ("canceled", None, ("failed", "")),
    ],
)
def test_each_status_of_ours_is_reported(
    twilio: TwilioServer, status: str, code: int | None, report: tuple[str, str]
) -> None:
    listed = went(status, error_code=code)
    twilio.messages.append(listed)

    assert list(line(twilio).recent(SINCE)) == [
        Report("sms", listed.sid, report[0], report[1])  # type: ignore[arg-type]
    ]


def test_what_has_no_id_is_passed_over_and_a_date_without_a_zone_is_utc(
    twilio: TwilioServer,
) -> None:
    unzoned = came().to_json() | {"date_sent": "Fri, 20 Nov 2026 16:00:00 -0000"}
    answer = json.dumps({"messages": [unzoned | {"sid": None}, unzoned]}).encode()
    twilio.list_faults.extend([Fault(answer=answer)] * 2)

    [found] = line(twilio).recent(datetime(2026, 11, 19, tzinfo=UTC))

    assert isinstance(found, Inbound)
    assert found.sent_at == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def test_a_status_that_twilio_invents_later_is_passed_over(twilio: TwilioServer) -> None:
    twilio.messages += [went("pondering"), went("delivered")]

    assert len(list(line(twilio).recent(SINCE))) == 1


@pytest.mark.parametrize("ignore_filters", [False, True])
@pytest.mark.parametrize("service", [None, SERVICE_SID])
def test_another_line_of_the_account_is_left_alone(
    twilio: TwilioServer, service: str | None, ignore_filters: bool
) -> None:
    twilio.ignore_filters = ignore_filters
    other = "+447700900777"
    twilio.messages += [
        came("somebody else's", to=other),
        came("on WhatsApp", to=f"whatsapp:{OUR_NUMBER}", from_=f"whatsapp:{PHONE}"),
        came("of another service", to=other, service="MG" + "f" * 32),
        went("delivered", from_=other),
        went("delivered", from_=f"whatsapp:{WHATSAPP_NUMBER}", to=f"whatsapp:{PHONE}"),
        went("delivered", from_=f"whatsapp:{OUR_NUMBER}", to=f"whatsapp:{PHONE}", service=service),
        came("ours"),
        went("delivered"),
    ]

    found = list(line(twilio, service=service).recent(SINCE))

    assert bodies(found) == ["ours"]
    assert len(found) == 2


def test_all_numbers_of_the_pool_are_ours_and_so_is_what_has_none_yet(
    twilio: TwilioServer,
) -> None:
    other = "+447700900777"
    twilio.messages += [
        came("to the pool", to=other, service=SERVICE_SID),
        went("delivered", from_=other, service=SERVICE_SID),
        went("accepted", from_="", service=SERVICE_SID),
        went("accepted", from_="", to=f"whatsapp:{PHONE}", service=SERVICE_SID),
    ]

    found = list(line(twilio, service=SERVICE_SID).recent(SINCE))

    assert [getattr(each, "status", "came") for each in found] == ["came", "delivered", "queued"]


@pytest.mark.parametrize("sort_by", ["made", "sent"])
def test_the_window_holds_what_waited_and_what_never_left(
    twilio: TwilioServer, sort_by: Literal["made", "sent"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.twilio.PAGE_SIZE", 2)
    twilio.sort_by = sort_by
    twilio.messages += [
        came("far too old", 100),
        went("delivered", 57, sent_at=NOW - timedelta(hours=47.5)),  # waited for nine hours
        came("too old", 49),
        went("delivered", 50),
        came("first", 47),
        went("queued", 46),
        went("failed", 45, error_code=30036),
        came("second", 30),
        came("third", 0),
    ]

    found = list(line(twilio).recent(SINCE))

    assert bodies(found) == ["first", "second", "third"]
    assert [each.status for each in found if isinstance(each, Report)] == [
        "delivered",
        "queued",
        "failed",
    ]


def test_reading_stops_where_nothing_can_be_so_recent(
    twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.twilio.PAGE_SIZE", 5)
    twilio.messages += [came(str(number), 100) for number in range(100)] + [came("now")]

    assert bodies(line(twilio).recent(SINCE)) == ["now"]
    assert twilio.requests == 2  # one page of each side


def test_texts_of_one_second_stay_in_their_order(twilio: TwilioServer) -> None:
    twilio.messages += [came(word) for word in ("mum", "came", "in")]

    assert bodies(line(twilio).recent(SINCE)) == ["mum", "came", "in"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=429, retry_after="3"),
        Fault(status=401, code=20003),
        Fault(reset="before"),
        Fault(answer=b"not json"),
        Fault(answer=b'{"messages": [1]}'),
    ],
)
@pytest.mark.parametrize("after", [0, 1])
def test_a_list_that_cannot_be_had_says_so_at_once(
    twilio: TwilioServer, fault: Fault, after: int
) -> None:
    twilio.list_faults.extend([Fault()] * after + [fault])

    with pytest.raises(SendInDoubt):
        line(twilio).recent(SINCE)
