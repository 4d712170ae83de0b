"""How a call of ours ended: only Twilio says so, and a machine that answers is nobody."""

from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from bot.channels.twilio_calls import call_status_path
from bot.service import Service
from storage.tables import ProviderReport
from tests.fakes.twilio_texts import ACCOUNT_SID, OUR_NUMBER, sign

SID = "CA" + "5" * 32


def post(client: FlaskClient, service: Service, reference: UUID, more: dict[str, str]) -> int:
    form = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "CallSid": SID,
        "CallStatus": "completed",
        "CallbackSource": "call-progress-events",
        "Called": "+447700900201",
        "Caller": OUR_NUMBER,
        "Direction": "outbound-api",
        "From": OUR_NUMBER,
        "SequenceNumber": "3",
        "Timestamp": "Fri, 20 Nov 2026 16:00:00 +0000",
        "To": "+447700900201",
        **more,
    }
    forged = form.pop("forged", "")
    path = call_status_path(reference)
    signature = "no" if forged else sign(service.settings.site + path, form)
    answer = client.post(
        path,
        data=urlencode(form).encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature,
        },
    )
    return answer.status_code


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"AnsweredBy": "human"}, "delivered", ""),
        ({}, "delivered", ""),
        ({"AnsweredBy": "machine_start"}, "failed", "call_machine"),
        ({"CallStatus": "no-answer"}, "failed", "call_no-answer"),
    ],
)
def test_a_report_is_kept(
    client: FlaskClient, service: Service, more: dict[str, str], status: str, code: str
) -> None:
    reference = uuid4()
    assert post(client, service, reference, more) == 204
    assert post(client, service, reference, more) == 204

    with service.database.read() as session:
        (kept,) = session.exec(select(ProviderReport)).all()
    assert (kept.channel, kept.status, kept.code) == ("voice", status, code)
    assert kept.reference == reference


def test_a_call_that_goes_on_is_no_report_and_a_forged_one_is_refused(
    client: FlaskClient, service: Service
) -> None:
    assert post(client, service, uuid4(), {"CallStatus": "ringing"}) == 204
    assert post(client, service, uuid4(), {"forged": "yes"}) == 403

    with service.database.read() as session:
        assert session.exec(select(ProviderReport)).all() == []
