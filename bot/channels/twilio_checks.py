"""Looking at Twilio's own settings: the account, the sender, the Messaging Service.

Each finding is for whoever sets the line up, in plain words: what was found and what to do. Where
Twilio cannot be asked the answer is "unknown", never "ok".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from bot.channels import Finding, SendFailed, SendInDoubt
from bot.channels.twilio_listed import Line
from bot.channels.twilio_signature import webhook_url

if TYPE_CHECKING:
    from twilio.rest import Client
    from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberInstance
    from twilio.rest.messaging.v1.service import ServiceInstance
    from twilio.rest.messaging.v2.channels_sender import ChannelsSenderInstance

SERVICE_SETTING: Final = "TWILIO_MESSAGING_SERVICE_SID"
LONGEST_VALID_S: Final = 36_000
SHORTEST_VALID_S: Final = 4 * 3600
"""A text is tried for four hours (docs/reliability.md F-13); what has no time of its own waits."""

State = Literal["ok", "wrong", "unknown"]
Found = Iterator[tuple[str, State, str]]
"""What one look finds: a short name, a state, and the words."""


@dataclass(frozen=True, slots=True)
class Checks:
    """Where to look: one line, asked about through Twilio's client, and the address of ours."""

    line: Line
    client: "Client"
    site: str

    def findings(
        self, code: str, look: "Callable[[Checks], Found]", setting: str = ""
    ) -> list[Finding]:
        """Look once. When Twilio gives no answer, that is the finding, under this name.

        Args:
            code: The short name.
            look: What looks.
            setting: The variable that names what is asked for, if Twilio may not have it.
        """
        from twilio.base.exceptions import TwilioException

        try:
            return [Finding(self.line.name, *each) for each in look(self)]
        except (SendFailed, SendInDoubt) as error:
            says = f"Twilio gave no answer ({error.code}). Try again in a few minutes."
        except TwilioException as error:
            if getattr(error, "status", None) == 404 and setting:
                says = f"What {setting} names is not in this Twilio account."
                return [Finding(self.line.name, code, "wrong", says)]
            says = f"Twilio refused to say ({getattr(error, 'status', None) or 'no reason given'})."
        except (ValueError, TypeError, AttributeError, KeyError):
            says = "Twilio's answer could not be read."
        return [Finding(self.line.name, code, "unknown", says)]

    def url(self, path: str) -> str:
        """The address of ours that Twilio has to call."""
        return webhook_url(self.site, path)


def of_everybody(checks: Checks) -> list[Finding]:
    """Look at what every line needs: an address that is safe to call, and an account in order."""
    found = checks.findings("site", _site)
    return found + checks.findings("credentials", _credentials)


def of_sender(checks: Checks) -> list[Finding]:
    """Look at whether the sender is ours, and at the Messaging Service that it sends through."""
    of_number = _number_is_ours if checks.line.name == "sms" else _whatsapp_is_ours
    found = checks.findings("sender", of_number)
    if checks.line.service is None:
        return found
    return found + checks.findings("service", _service, SERVICE_SETTING)


def _site(checks: Checks) -> Found:
    parts = urlsplit(checks.site)
    if parts.scheme != "https":
        yield (
            "site",
            "wrong",
            "PUBLIC_URL is no https address: what young people write would cross the internet "
            "for anybody to read. Twilio must be given an https address.",
        )
    else:
        yield "site", "ok", "PUBLIC_URL is an https address."


def _credentials(checks: Checks) -> Found:
    from twilio.base.exceptions import TwilioRestException

    try:
        account = checks.client.api.v2010.accounts(checks.line.account_sid).fetch()
    except TwilioRestException as error:
        if error.status not in (401, 403, 404):
            raise
        yield (
            "credentials",
            "wrong",
            "Twilio does not accept TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN. "
            "Copy both again from the first page of Twilio's console.",
        )
        return
    if str(account.status) != "active":
        yield "credentials", "wrong", "The Twilio account is suspended or closed."
    elif str(account.type) == "Trial":
        yield (
            "credentials",
            "wrong",
            "The Twilio account is a trial one: it texts only numbers that were confirmed for it, "
            "and adds words of its own. Upgrade it.",
        )
    else:
        yield "credentials", "ok", "Twilio accepts the account and its token."


def _number_is_ours(checks: Checks) -> Found:
    number = own_number(checks)
    if number is None:
        says = "TWILIO_SMS_FROM is not a number of this Twilio account, so no text can come or go."
        yield "sender", "wrong", says
    elif not able_to(number, "sms"):
        yield "sender", "wrong", "TWILIO_SMS_FROM is a number that cannot send and take texts."
    else:
        yield "sender", "ok", "The number belongs to the account and can send and take texts."


def _whatsapp_is_ours(checks: Checks) -> Found:
    found = own_whatsapp(checks)
    if found is None:
        yield "sender", "wrong", "TWILIO_WHATSAPP_FROM is not a WhatsApp sender of this account."
    elif not str(found.status).upper().startswith("ONLINE"):
        yield (
            "sender",
            "wrong",
            f"The WhatsApp sender is not working: Twilio calls it {found.status}. "
            "See WhatsApp senders in Twilio's console.",
        )
    else:
        yield "sender", "ok", "The WhatsApp sender belongs to the account and is working."


def _service(checks: Checks) -> Found:
    service = checks.client.messaging.v1.services(checks.line.service or "").fetch()
    wrong = list(_wrong_with_service(checks, service))
    if wrong:
        yield "service", "wrong", " ".join(wrong)
    else:
        yield "service", "ok", "The Messaging Service sends texts as this service needs them."


def _wrong_with_service(checks: Checks, service: "ServiceInstance") -> Iterator[str]:
    pool = checks.client.messaging.v1.services(service.sid or "").phone_numbers.stream()
    if checks.line.name == "sms" and all(each.phone_number != checks.line.number for each in pool):
        yield "TWILIO_SMS_FROM is not among the numbers of the Messaging Service: add it."
    if not service.sticky_sender:
        yield (
            "Turn on Sticky Sender: without it a young person may get our texts from "
            "several numbers."
        )
    if (service.validity_period or LONGEST_VALID_S) < SHORTEST_VALID_S:
        yield (
            "Its Validity Period throws away what waits for a while, an answer to a disclosure "
            "too: set it to 36000 seconds. Questions have their own, shorter one."
        )
    if service.smart_encoding:
        yield (
            "Turn off Smart Encoding: it changes the words of our texts, and a text that was "
            "changed is not found again and may be sent twice."
        )


def own_number(checks: Checks) -> "IncomingPhoneNumberInstance | None":
    """The number of the line, as the account has it; None when it has no such number."""
    # Twilio's filter takes any number that holds these digits.
    number = checks.line.number
    listed = checks.client.incoming_phone_numbers.stream(phone_number=number)
    return next((each for each in listed if each.phone_number == number), None)


def able_to(number: "IncomingPhoneNumberInstance", what: str) -> bool:
    """Say whether a number can be used for "sms" or "voice"."""
    able: object = number.capabilities
    return isinstance(able, dict) and bool(able.get(what))


def own_whatsapp(checks: Checks) -> "ChannelsSenderInstance | None":
    """The WhatsApp sender of the line, as the account has it; None when it has no such sender."""
    senders = checks.client.messaging.v2.channels_senders
    listed = senders.stream(channel="whatsapp")
    found = next((each for each in listed if each.sender_id == checks.line.sender), None)
    # The list leaves out the webhook of each.
    return senders(found.sid).fetch() if found and found.sid else None
