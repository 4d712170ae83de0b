"""Telephone calls to staff and to lines outside, by Twilio: a sentence, said twice, and the end.

Nothing of a call is recorded and no key is asked for: an alert is acknowledged on the page of the
escalation and nowhere else.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final
from uuid import UUID

from bot.channels import Outbound, Report, SendFailed, SendInDoubt, Sent
from bot.channels.codes import is_known, policy
from bot.channels.phone_numbers import sender_address
from bot.channels.twilio_parameters import CALL, Table
from bot.channels.twilio_signature import Form, check_account, webhook_url

if TYPE_CHECKING:
    from twilio.rest import Client

CALL_STATUS_PATH: Final = "/webhooks/twilio/call-status"
RING_FOR_S: Final = 25
TIMES: Final = 2
_PROGRESS: Final[Mapping[str, bool]] = {
    "completed": True,
    "busy": False,
    "no-answer": False,
    "failed": False,
    "canceled": False,
}
"""How a call of ours ended, and whether somebody took it."""

_SHORT: Final = re.compile(r"[\x20-\x7e]{0,64}")
CALL_STATUS: Final = Table(
    frozenset({"AccountSid", "CallSid", "CallStatus", "To"}),
    {
        **CALL.shapes,
        "AnsweredBy": _SHORT,
        "CallDuration": _SHORT,
        "CallbackSource": _SHORT,
        "Duration": _SHORT,
        "ErrorCode": _SHORT,
        "ErrorMessage": re.compile(r"[\x20-\x7e]{0,300}"),
        "MachineDetectionDuration": _SHORT,
        "QueueTime": _SHORT,
        "SequenceNumber": _SHORT,
        "SipResponseCode": _SHORT,
        "Timestamp": _SHORT,
    },
)


def call_status_path(reference: UUID) -> str:
    """The path on which Twilio reports on the call that we know as ``reference``."""
    return f"{CALL_STATUS_PATH}/{reference}"


def read_call_report(form: Form, account_sid: str, reference: UUID) -> Report | None:
    """Read from a verified form how a call of ours ended; None while it goes on.

    What a machine answered nobody has heard.

    Raises:
        Refused: it is another account's.
    """
    check_account(form, account_sid)
    values = form.values
    if values["CallStatus"] not in _PROGRESS:
        return None
    machine = values.get("AnsweredBy", "").startswith(("machine", "fax"))
    taken = _PROGRESS[values["CallStatus"]] and not machine
    code = "" if taken else "call_machine" if machine else f"call_{values['CallStatus']}"
    return Report("voice", values["CallSid"], "delivered" if taken else "failed", code, reference)


class TwilioCalls:
    """The `Channel` of calls from one number of ours."""

    name = "voice"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        site: str,
        api_url: str,
        timeouts_s: tuple[float, float] = (2.0, 3.0),
    ) -> None:
        """Take the settings; nothing is asked of Twilio yet."""
        self.client_timeout_s = sum(timeouts_s)
        self._account_sid, self._auth_token = account_sid, auth_token
        self._sender, self._site = sender_address(sender), site
        self._api_url, self._timeouts_s = api_url, timeouts_s

    def send(self, outbound: Outbound) -> Sent:
        """Have Twilio call, once. See `Channel.send`."""
        from twilio.base.exceptions import TwilioException

        try:
            call = self._client.calls.create(
                to=outbound.address,
                from_=self._sender,
                twiml=spoken(outbound.body),
                timeout=RING_FOR_S,
                machine_detection="Enable",
                status_callback=webhook_url(self._site, call_status_path(outbound.reference)),
                status_callback_event=["completed"],
            )
        # `from None`: Twilio's exceptions quote the number.
        except TwilioException as error:
            raise _refusal(error) from None
        except (ValueError, TypeError, AttributeError):
            raise SendInDoubt("unreadable_answer") from None
        if not call.sid:
            raise SendInDoubt("no_id")
        return Sent(provider_id=call.sid)

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Nothing: calls to one number look alike; to call once more disturbs and no more."""
        return None

    @cached_property
    def _client(self) -> "Client":
        from twilio.rest import Client

        from bot.channels.twilio_http import TwilioHttp

        return Client(
            self._account_sid,
            self._auth_token,
            http_client=TwilioHttp(self._api_url, self._timeouts_s),
        )


def spoken(body: str) -> str:
    """The instructions for one call: the sentence, a pause, the sentence again."""
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    for _ in range(TIMES):
        response.pause(length=1)
        response.say(body, voice="Polly.Amy", language="en-GB")
    response.hangup()
    return str(response)


def _refusal(error: Exception) -> SendFailed | SendInDoubt:
    status, code = getattr(error, "status", None), getattr(error, "code", None)
    if not isinstance(status, int):
        return SendInDoubt("unreadable_answer")
    number = str(code) if isinstance(code, int) else str(status)
    told = policy(number if is_known(number) else str(status), "voice")
    return SendFailed(number, retry=told.retry, trouble=told.trouble)
