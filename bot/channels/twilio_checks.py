"""Looking at Twilio's own settings: will messages come to us, and will ours go out.

Each finding is for whoever sets the line up, in plain words: what was found and what to do. Where
Twilio cannot be asked the answer is "unknown", never "ok".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urldefrag, urlsplit, urlunsplit

from bot.channels import Finding, SendFailed, SendInDoubt
from bot.channels.twilio_listed import Line
from bot.channels.twilio_signature import MESSAGE_PATH, VOICE_PATH, webhook_url

if TYPE_CHECKING:
    from twilio.rest import Client
    from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberInstance
    from twilio.rest.messaging.v1.service import ServiceInstance
    from twilio.rest.messaging.v2.channels_sender import ChannelsSenderInstance

SERVICE_SETTING: Final = "TWILIO_MESSAGING_SERVICE_SID"

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


def as_configured(checks: Checks) -> list[Finding]:
    """Look only at where Twilio sends what comes in: it loses messages when it has moved."""
    if checks.line.name == "whatsapp":
        return checks.findings("webhook", _whatsapp_webhook, SERVICE_SETTING)
    found = checks.findings("webhook", _webhook, SERVICE_SETTING)
    return found + checks.findings("voice", _voice)


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
    number = _own_number(checks)
    if number is None:
        says = "TWILIO_SMS_FROM is not a number of this Twilio account, so no text can come or go."
        yield "sender", "wrong", says
    elif not _can(number, "sms"):
        yield "sender", "wrong", "TWILIO_SMS_FROM is a number that cannot send and take texts."
    else:
        yield "sender", "ok", "The number belongs to the account and can send and take texts."


def _whatsapp_is_ours(checks: Checks) -> Found:
    found = _own_whatsapp(checks)
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
    if service.smart_encoding:
        yield (
            "Turn off Smart Encoding: it changes the words of our texts, and a text that was "
            "changed is not found again and may be sent twice."
        )


def _webhook(checks: Checks) -> Found:
    number = _own_number(checks)
    service = _asked_service(checks)
    if service is not None:
        where, url, method = (
            "Messaging Service",
            service.inbound_request_url,
            service.inbound_method,
        )
    elif number is None:
        yield "webhook", "wrong", "TWILIO_SMS_FROM is not a number of this Twilio account."
        return
    elif number.sms_application_sid:
        yield (
            "webhook",
            "wrong",
            "The number hands its texts to a TwiML App, not to the address beside it. "
            "Choose Webhook instead.",
        )
        return
    else:
        where, url, method = "number", number.sms_url, number.sms_method
    yield from _compared(checks, "webhook", f"texts of the {where}", MESSAGE_PATH, url, method)


def _voice(checks: Checks) -> Found:
    number = _own_number(checks)
    if number is None:
        yield "voice", "wrong", "TWILIO_SMS_FROM is not a number of this Twilio account."
    elif not _can(number, "voice"):
        yield "voice", "ok", "The number takes no calls."
    elif number.voice_application_sid or number.trunk_sid:
        yield (
            "voice",
            "wrong",
            "The number hands its calls to a TwiML App or a SIP trunk: a young person who rings "
            "would not hear our message. Choose Webhook instead.",
        )
    else:
        yield from _compared(
            checks,
            "voice",
            "calls of the number",
            VOICE_PATH,
            number.voice_url,
            number.voice_method,
        )


def _whatsapp_webhook(checks: Checks) -> Found:
    service = _asked_service(checks)
    if service is not None:
        url, method = service.inbound_request_url, service.inbound_method
        where = "messages of the Messaging Service"
    else:
        sender = _own_whatsapp(checks)
        if sender is None:
            says = "TWILIO_WHATSAPP_FROM is not a WhatsApp sender of this account."
            yield "webhook", "wrong", says
            return
        # Twilio's client says that these are strings; they are objects.
        told: object = sender.webhook
        webhook: dict[str, str | None] = told if isinstance(told, dict) else {}
        url, method = webhook.get("callback_url"), webhook.get("callback_method")
        where = "messages of the WhatsApp sender"
    yield from _compared(checks, "webhook", where, MESSAGE_PATH, url, method)


def _compared(
    checks: Checks, code: str, what: str, path: str, url: str | None, method: str | None
) -> Found:
    wanted = checks.url(path)
    if not url:
        yield code, "wrong", f"Twilio sends the {what} nowhere. It must be {wanted} with POST."
    elif urldefrag(url).url != wanted:
        yield (
            code,
            "wrong",
            f"Twilio sends the {what} to {_shown(url)}. It must be {wanted} with POST.",
        )
    elif (method or "POST").upper() != "POST":
        yield code, "wrong", f"Twilio sends the {what} with {method}. It must be POST."
    else:
        yield code, "ok", f"Twilio sends the {what} to us."


def _own_number(checks: Checks) -> "IncomingPhoneNumberInstance | None":
    """Twilio's filter takes any number that holds these digits; ours is the one that is equal."""
    number = checks.line.number
    listed = checks.client.incoming_phone_numbers.stream(phone_number=number)
    return next((each for each in listed if each.phone_number == number), None)


def _can(number: "IncomingPhoneNumberInstance", what: str) -> bool:
    able: object = number.capabilities
    return isinstance(able, dict) and bool(able.get(what))


def _own_whatsapp(checks: Checks) -> "ChannelsSenderInstance | None":
    senders = checks.client.messaging.v2.channels_senders
    listed = senders.stream(channel="whatsapp")
    found = next((each for each in listed if each.sender_id == checks.line.sender), None)
    # The list leaves out the webhook of each.
    return senders(found.sid).fetch() if found and found.sid else None


def _asked_service(checks: Checks) -> "ServiceInstance | None":
    """The Messaging Service, where its address for incoming messages is the one that counts."""
    if checks.line.service is None:
        return None
    service = checks.client.messaging.v1.services(checks.line.service).fetch()
    return None if service.use_inbound_webhook_on_number else service


def _shown(url: str) -> str:
    """An address without what may be secret in it: a password, a query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
