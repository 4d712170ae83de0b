"""What a genuine report on a message of ours is read as."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

import pytest

from bot.channels import Report
from bot.channels.twilio_parameters import STATUS
from bot.channels.twilio_signature import CONTENT_TYPE, Refused, status_path, verify
from bot.channels.twilio_webhook import read_report
from tests.bot.channels.received import PUBLIC_URL
from tests.fakes.twilio_requests import REFERENCE, Fixture, fixtures, sign_body
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER, PHONE

SID = "SM" + "0123456789abcdef" * 2
SENT = {
    "SmsSid": SID,
    "SmsStatus": "sent",
    "MessageStatus": "sent",
    "To": PHONE,
    "MessageSid": SID,
    "AccountSid": ACCOUNT_SID,
    "From": OUR_NUMBER,
    "ApiVersion": "2010-04-01",
}


def report(body: bytes, reference: UUID | None = None) -> Report:
    path = status_path(reference)
    signature = sign_body(PUBLIC_URL + path, body)
    form = verify(AUTH_TOKEN, PUBLIC_URL, body, signature, CONTENT_TYPE, path, STATUS)
    return read_report(form, ACCOUNT_SID, reference)


def told(**fields: str | None) -> Report:
    form = {name: value for name, value in (SENT | fields).items() if value is not None}
    return report(urlencode(form).encode())


@pytest.mark.parametrize("fixture", fixtures("status"), ids=lambda each: each.name)
def test_every_state_is_read(fixture: Fixture) -> None:
    expected = Report(
        channel=fixture.expected["channel"],
        provider_id=fixture.values["MessageSid"],
        status=fixture.expected["status"],
        code=fixture.expected["code"],
        reference=REFERENCE,
    )

    assert report(fixture.body, REFERENCE) == expected


def test_without_our_name_in_the_address_there_is_none() -> None:
    assert told() == Report("sms", SID, "sent")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"MessageStatus": "received", "SmsStatus": "received"}, "status"),
        ({"MessageStatus": "exploded", "SmsStatus": None}, "status"),
        ({"MessageStatus": ""}, "status"),
        ({"SmsStatus": "received"}, "status"),
        ({"MessageStatus": None}, "missing"),
        ({"MessageSid": None}, "missing"),
        ({"To": None}, "missing"),
        ({"SmsSid": "SM" + "2" * 32}, "message id"),
        ({"AccountSid": "AC" + "f" * 32}, "account"),
        ({"Body": "hello"}, "unknown"),
        ({"ErrorCode": "30003x"}, "another shape"),
        ({"ErrorCode": "-1"}, "another shape"),
        ({"ErrorMessage": "was EventTypeREAD"}, "two ways"),
    ],
)
def test_what_is_no_report_of_ours_is_refused(
    fields: Mapping[str, str | None], reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        told(**fields)

    assert refused.value.signed
