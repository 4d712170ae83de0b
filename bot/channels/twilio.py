"""Text messages and WhatsApp out, by Twilio's REST API: one class, one sender of either kind.

What comes in by webhook is in `bot.channels.twilio_webhook`; what a list of messages says is read
by `bot.channels.twilio_listed`, and the settings at Twilio are looked at by
`bot.channels.twilio_checks`, `bot.channels.twilio_drift` and `bot.channels.twilio_wording`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.channels import Finding, Inbound, Outbound, Report, SendFailed, SendInDoubt, Sent
from bot.channels.codes import is_known, policy
from bot.channels.phone_numbers import sender_address
from bot.channels.twilio_checks import Checks, of_everybody, of_sender
from bot.channels.twilio_drift import as_configured
from bot.channels.twilio_listed import Line, created_at, last_seen_at
from bot.channels.twilio_signature import status_path, webhook_url
from bot.channels.twilio_wording import of_replies, of_template

if TYPE_CHECKING:
    from twilio.base.exceptions import TwilioException
    from twilio.rest import Client
    from twilio.rest.api.v2010.account.message import MessageInstance

API_URL: Final = "https://api.twilio.com"
TIMEOUTS_S: Final = (2.0, 3.0)  # to connect, and to wait for the answer
CLOCK_MARGIN: Final = timedelta(minutes=5)
LONGEST_QUEUED: Final = timedelta(seconds=36_000)
"""How long Twilio keeps a message before it goes out: its longest ValidityPeriod."""
PAGE_SIZE: Final = 1000


class Twilio:
    """The `Provider` of one sender: a number for text messages, or one on WhatsApp.

    Inside this service an address has no prefix: the number, or the bare id of somebody on
    WhatsApp who has a user name in place of a number.
    """

    def __init__(
        self,
        name: Literal["sms", "whatsapp"],
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        site: str,
        messaging_service_sid: str | None = None,
        template_sid: str | None = None,
        template_text: str | None = None,
        advanced_opt_out: bool = False,
        api_url: str = API_URL,
        timeouts_s: tuple[float, float] = TIMEOUTS_S,
    ) -> None:
        """Take the settings; nothing is asked of Twilio yet.

        Args:
            name: Of the channel.
            account_sid: The account's, beginning with AC.
            auth_token: Its token.
            sender: Our number. With a Messaging Service text messages
                go out from any number of its pool.
            site: The public address of this service; a fragment is dropped.
            messaging_service_sid: Of the Messaging Service, if there is one.
            template_sid: Of the approved WhatsApp template.
            template_text: What that template has to say, for `check`.
            advanced_opt_out: Whether the operator has replaced the carrier's own replies.
            api_url: Where Twilio is: another region of it, or a fake.
            timeouts_s: Seconds to connect, and to wait for the answer.
        """
        self.name = name
        self.client_timeout_s = sum(timeouts_s)
        self._line = Line(name, account_sid, sender_address(sender), messaging_service_sid)
        self._auth_token = auth_token
        self._site = site
        self._template_sid = template_sid
        self._template_text = template_text
        self._advanced_opt_out = advanced_opt_out
        self._api_url = api_url
        self._timeouts_s = timeouts_s

    def send(self, outbound: Outbound) -> Sent:
        """Send one message, with the place where Twilio is to report of it.

        See `Channel.send`. Twilio recognises no repeated reference, but the reference stands in
        the address that it reports to, so a report names a message whose id we never learned.
        """
        from twilio.base.exceptions import TwilioException

        request = self._request(outbound)
        try:
            message = self._client.messages.create(**request)
        # `from None`: Twilio's exceptions quote the number.
        except TwilioException as error:
            raise _refusal(error, self.name) from None
        except (ValueError, TypeError, AttributeError):
            raise SendInDoubt("unreadable_answer") from None
        return _sent(message)

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Ask Twilio for a message to this address with this body. See `Channel.find`.

        Every filter is applied again here. Twilio is asked for no dates: a message that it has
        accepted and not yet sent has no date of sending, and those are the ones looked for. With a
        Messaging Service it may have gone out from any number of the pool, or from none so far. Of
        a template Twilio lists the text that it became.
        """
        from twilio.base.exceptions import TwilioException

        to = self._line.prefixed(outbound.address)
        wanted = _comparable(outbound.body, outbound)
        from_ = None if self._line.service else self._line.sender
        try:
            for message in self._listed(to, from_):
                if (
                    message.to == to
                    and self._line.sent(message)
                    and _comparable(message.body, outbound) == wanted
                    and message.sid not in known
                    and _created_after(message, since - CLOCK_MARGIN)
                ):
                    return _sent(message)
        except SendFailed as error:
            raise SendInDoubt(error.code) from None
        except (TwilioException, ValueError, TypeError, AttributeError, KeyError):
            raise SendInDoubt("no_list") from None
        return None

    def recent(self, since: datetime) -> Iterable[Inbound | Report]:
        """All that came in and went out since then on this line. See `Provider.recent`.

        The filter on dates is not used: it leaves out what has no date of sending, that is, what
        waits, and what failed before it left. The list is read from its newest end, whether Twilio
        sorts it by making or by sending, until nothing that follows can be so recent: a message
        may have waited for ten hours before it was sent.
        """
        from twilio.base.exceptions import TwilioException

        found: dict[str, MessageInstance] = {}
        try:
            for side in self._sides():
                for message in self._listed(*side):
                    seen_at = last_seen_at(message)
                    if seen_at and seen_at < since - CLOCK_MARGIN - LONGEST_QUEUED:
                        break
                    if not seen_at or seen_at >= since - CLOCK_MARGIN:
                        found[str(message.sid)] = message
            # Dates are in whole seconds: within one, the list's own order counts, from its end.
            oldest_first = reversed(found.values())
            in_order = sorted(oldest_first, key=lambda each: created_at(each) or since)
            read = [self._line.read(each) for each in in_order]
        except SendFailed as error:
            raise SendInDoubt(error.code) from None
        except (TwilioException, ValueError, TypeError, AttributeError, KeyError):
            raise SendInDoubt("no_list") from None
        return [each for each in read if each is not None]

    def check(self) -> list[Finding]:
        """Look at the account, the sender, the webhooks and the template. See `Provider.check`."""
        found = of_everybody(self._checks)
        if any((each.code, each.state) == ("credentials", "wrong") for each in found):
            return found  # every other answer would be the same refusal
        found += of_sender(self._checks) + self.drift()
        if self.name == "sms":
            return found + of_replies(self._checks, self._advanced_opt_out)
        return found + of_template(self._checks, self._template_sid, self._template_text)

    def drift(self) -> list[Finding]:
        """Look only at where Twilio sends what comes in. See `Provider.drift`."""
        return as_configured(self._checks)

    def show_typing(self, address: str) -> None:
        """Do nothing: text messages show none, and on WhatsApp it would mark their text as read."""

    def _request(self, outbound: Outbound) -> Mapping[str, Any]:
        request: dict[str, Any] = {
            "to": self._line.prefixed(outbound.address),
            "status_callback": webhook_url(self._site, status_path(outbound.reference)),
        }
        if self._line.service:
            request["messaging_service_sid"] = self._line.service
        # A WhatsApp message needs its sender named also beside a service: it goes by the prefix.
        if self.name == "whatsapp" or not self._line.service:
            request["from_"] = self._line.sender
        if outbound.valid_for_s is not None:
            request["validity_period"] = outbound.valid_for_s
        if not outbound.template:
            return request | {"body": outbound.body}
        if self._template_sid is None:
            told = policy("no_template", self.name)
            raise SendFailed("no_template", retry=told.retry, trouble=told.trouble)
        return request | {"content_sid": self._template_sid}

    def _sides(self) -> list[tuple[str | None, str | None]]:
        """To whom and from whom; the numbers of a pool cannot all be asked for at once."""
        if self._line.service:
            return [(None, None)]
        return [(self._line.sender, None), (None, self._line.sender)]

    def _listed(self, to: str | None, from_: str | None) -> "Iterator[MessageInstance]":
        from twilio.base.values import unset

        return self._client.messages.stream(
            to=to or unset, from_=from_ or unset, page_size=PAGE_SIZE
        )

    @property
    def _checks(self) -> Checks:
        return Checks(self._line, self._client, self._site)

    @cached_property
    def _client(self) -> "Client":
        from twilio.rest import Client

        from bot.channels.twilio_http import TwilioHttp

        return Client(
            self._line.account_sid,
            self._auth_token,
            http_client=TwilioHttp(self._api_url, self._timeouts_s),
        )


def _sent(message: "MessageInstance") -> Sent:
    if not message.sid:
        raise SendInDoubt("no_id")
    return Sent(provider_id=message.sid, status=str(message.status or "sent"))


def _refusal(error: "TwilioException", channel: str) -> SendFailed | SendInDoubt:
    """Say what an answer below 500 means: its own code first, then its HTTP status."""
    status = getattr(error, "status", None)
    if not isinstance(status, int):
        return SendInDoubt("unreadable_answer")
    code = getattr(error, "code", None)
    number = str(code) if isinstance(code, int) else str(status)
    # A code that nobody listed, with credentials refused, is still about the credentials.
    told = policy(number if is_known(number) else str(status), channel)
    return SendFailed(number, retry=told.retry, trouble=told.trouble)


def _comparable(body: str | None, outbound: Outbound) -> str | None:
    """Return a body to compare: of a template the spacing is the approved one, not ours."""
    return " ".join(body.split()) if outbound.template and body else body


def _created_after(message: "MessageInstance", moment: datetime) -> bool:
    """Say whether a listed message may be so recent; one without a readable date may be."""
    created = created_at(message)
    return created is None or created >= moment
