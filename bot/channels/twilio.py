"""Text messages out, by Twilio's REST API.

What comes in is in `bot.channels.twilio_webhook`.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.channels import Outbound, Retry, SendFailed, SendInDoubt, Sent, Trouble

if TYPE_CHECKING:
    from twilio.base.exceptions import TwilioException
    from twilio.rest import Client
    from twilio.rest.api.v2010.account.message import MessageInstance

API_URL: Final = "https://api.twilio.com"
# So that a question never arrives hours after it was asked (docs/reliability.md T-01).
VALIDITY_S: Final = 3600
TIMEOUTS_S: Final = (2.0, 3.0)  # to connect, and to wait for the answer
CLOCK_MARGIN: Final = timedelta(minutes=5)
PAGE_SIZE: Final = 1000

# What a refusal means, and whether the same text may be tried again (docs/reliability.md 2.4).
# A code that is not here is a fault of ours and is not tried again.
REFUSALS: Final[Mapping[int, tuple[Retry, Trouble]]] = MappingProxyType(
    {
        20429: ("backoff", "none"),  # too many requests; not processed
        21611: ("backoff", "none"),  # our number's queue is full
        30001: ("backoff", "none"),  # the queue overflowed
        30008: ("backoff", "none"),  # unknown
        63012: ("backoff", "none"),  # the provider behind Twilio failed
        63018: ("backoff", "none"),  # rate of the channel
        30003: ("few", "unreachable"),  # the phone is off or has no signal
        21211: ("never", "wrong_address"),  # not a number
        21612: ("never", "wrong_address"),  # not reachable from our number
        21614: ("never", "wrong_address"),  # not a mobile
        30005: ("never", "wrong_address"),  # unknown handset
        30006: ("never", "wrong_address"),  # a landline
        63003: ("never", "wrong_address"),  # not on this channel
        63024: ("never", "wrong_address"),  # not on this channel
        21610: ("never", "opted_out"),  # they replied with a carrier's word for stopping
        63014: ("never", "opted_out"),  # they blocked us
        30004: ("never", "filtered"),  # blocked
        30007: ("never", "filtered"),  # taken for spam; the same text would be again
        21617: ("never", "our_fault"),  # longer than 1,600 characters
        20003: ("backoff", "our_fault"),  # wrong token: once it is put right, the text can still go
        20005: ("backoff", "our_fault"),  # the account is suspended
    }
)


class TwilioSms:
    """The `Channel` of text messages."""

    name = "sms"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        from_number: str,
        api_url: str = API_URL,
        validity_s: int = VALIDITY_S,
        timeouts_s: tuple[float, float] = TIMEOUTS_S,
    ) -> None:
        self.client_timeout_s = sum(timeouts_s)
        self._timeouts_s = timeouts_s
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._from_number = from_number
        self._api_url = api_url
        self._validity_s = validity_s

    def send(self, outbound: Outbound) -> Sent:
        """Send one text message. See `Channel.send`; Twilio has no use for a reference."""
        from twilio.base.exceptions import TwilioException

        try:
            message = self._client.messages.create(
                to=outbound.address,
                from_=self._from_number,
                body=outbound.body,
                validity_period=self._validity_s,
            )
        # `from None`: Twilio's exceptions quote the number.
        except TwilioException as error:
            raise _refusal(error) from None
        except (ValueError, TypeError, AttributeError):
            raise SendInDoubt("unreadable_answer") from None
        return _sent(message)

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Ask Twilio for a text message to this number with this body. See `Channel.find`.

        Every filter is applied again here. Twilio is asked for no dates: a message that it has
        accepted and not yet sent has no date of sending, and those are the ones looked for.
        """
        from twilio.base.exceptions import TwilioException

        wanted = (outbound.address, self._from_number, outbound.body)
        try:
            listed = self._client.messages.stream(
                to=outbound.address, from_=self._from_number, page_size=PAGE_SIZE
            )
            for message in listed:
                if (
                    (message.to, message.from_, message.body) == wanted
                    and message.sid not in known
                    and _created_after(message, since - CLOCK_MARGIN)
                ):
                    return _sent(message)
        except SendFailed as error:
            raise SendInDoubt(error.code) from None
        except (TwilioException, ValueError, TypeError, AttributeError, KeyError):
            raise SendInDoubt("no_list") from None
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


def _sent(message: "MessageInstance") -> Sent:
    if not message.sid:
        raise SendInDoubt("no_id")
    return Sent(provider_id=message.sid, status=str(message.status or "sent"))


def _refusal(error: "TwilioException") -> SendFailed | SendInDoubt:
    """Say what an answer below 500 means: its own code first, then its HTTP status."""
    status = getattr(error, "status", None)
    if not isinstance(status, int):
        return SendInDoubt("unreadable_answer")
    if status in (401, 403, 404) or status < 400:
        # Wrong credentials or a wrong address of the API: ours to put right, and then it can go.
        unlisted: tuple[Retry, Trouble] = ("backoff", "our_fault")
    else:
        unlisted = ("never", "our_fault")
    code = getattr(error, "code", None)
    number = code if isinstance(code, int) else status
    retry, trouble = REFUSALS.get(number, unlisted)
    return SendFailed(str(number), retry=retry, trouble=trouble)


def _created_after(message: "MessageInstance", moment: datetime) -> bool:
    """Say whether a listed message may be so recent; one without a readable date may be."""
    created = message.date_created
    if not isinstance(created, datetime):
        return True
    return (created if created.tzinfo else created.replace(tzinfo=UTC)) >= moment
