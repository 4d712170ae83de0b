"""What every channel promises: one small protocol, and the words that pass through it.

Text messages by Twilio, WhatsApp, Telegram, the simulated phone and the terminal all fit `Channel`.
A channel only carries words. It keeps no state, opens no transaction and decides nothing about what
may be said or when to try again: that is the outbox's work (docs/reliability.md F-12 to F-14).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

Media = Literal["picture", "voice", "other", "sticker", "call"]
"""What came with a text, or instead of one. The kind is all we keep: nothing is fetched.

A sticker or a GIF is an empty turn and pages nobody (docs/practice.md 7.6). A call is somebody who
rang the number; nothing of it is recorded.
"""

Trouble = Literal[
    "none",
    "opted_out",
    "wrong_address",
    "unreachable",
    "filtered",
    "outside_window",
    "our_fault",
]
"""What a refusal says about the world, so that the right person hears of it.

none: passing. opted_out: they, or their carrier, cut the line; a person must find another way.
wrong_address: a person checks the number. unreachable: the phone is off or has no signal. filtered:
a carrier dislikes our wording or our number. outside_window: the channel takes only an approved
template now, because they have not written for a day. our_fault: our account, our settings or our
text; an operator must look.
"""

Retry = Literal["never", "backoff", "few", "template"]
"""Whether the same text may be tried again (docs/reliability.md 2.4).

backoff: for four hours, further and further apart. few: three tries in all, spread over four hours.
template: not this text, but once the approved template in its place.
"""


class SendFailed(Exception):
    """The provider said no, or was never reached: the message was certainly not accepted.

    `retry` says whether the same message may be tried again, `retry_after` how many seconds must
    pass before (None: the caller's own delay). `code` is the provider's, or a short word of ours;
    it never holds words or numbers of a person, and neither does str() of this exception.
    """

    def __init__(
        self,
        code: str,
        *,
        retry: Retry,
        trouble: Trouble = "none",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"not sent: {code}")
        self.code = code
        self.retry: Retry = retry
        self.trouble: Trouble = trouble
        self.retry_after = retry_after


class SendInDoubt(Exception):
    """A time-out, a reset or a 5xx: the message may or may not have been accepted.

    Wait longer than the channel's `client_timeout_s`, then ask with `find` before sending again
    (docs/reliability.md F-13). `code` and str() hold no words and no numbers of a person.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"in doubt: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider has the message: `provider_id` is its name for it, `status` how far it is."""

    provider_id: str
    status: str = "sent"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a button can give: `says` is what they would type, `label` what they read."""

    says: str
    label: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message on its way out.

    `reference` is the caller's name for it, the same at every attempt; a provider that recognises a
    repeated reference is given it. `choices` are shown as buttons where a channel has them.
    `valid_for_s`: the provider must not deliver it later than this (None: whenever it can).
    `template`: `body` is the text of the channel's approved template, and is sent as that.
    """

    address: str
    body: str
    reference: UUID
    choices: tuple[Choice, ...] = ()
    valid_for_s: int | None = None
    template: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says later of a message of ours.

    `reference` is ours, where the provider gave it back: it names a message whose id we never
    learned. `code` is the provider's for what went wrong; empty when nothing did.
    """

    channel: str
    provider_id: str
    status: Literal["queued", "sending", "sent", "delivered", "read", "failed"]
    code: str = ""
    reference: UUID | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at for `channels check`, in plain words.

    `code` is a short name of what was looked at ("webhook", "credentials"); `state` is "ok",
    "wrong" (it will lose messages), or "unknown" (nobody can tell from here); `says` is what was
    found and, unless it is ok, what to do. No secret and nobody's number stands in it.
    """

    channel: str
    code: str
    state: Literal["ok", "wrong", "unknown"]
    says: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on a map that a young person sent, as the strings that were sent.

    Never asked for and never looked up (docs/practice.md 7.6).
    """

    latitude: str
    longitude: str
    label: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as received, from a source already verified.

    `account` and `provider_id` name it for ever: a second message with the same channel, account
    and id is the same message. `sender` and `recipient` are normalised addresses. `text` is what
    was written; where it held bytes that are not UTF-8, U+FFFD stands in and `exact` is False.
    `raw` is the request body byte for byte. `opt_out` is True when the carrier reads this message
    as "send me nothing more". `edit_of` is the provider's id of the message that this is a later
    version of; the first is kept as it was. `pressed` is the provider's id of the message of ours
    whose button said this. `token` came with a link that a worker gave to the
    young person (bot.binding). `sent_at` is the provider's time, where it gives one.
    """

    channel: str
    account: str
    provider_id: str
    sender: str
    recipient: str
    text: str
    exact: bool
    raw: bytes
    content_type: str
    media: tuple[Media, ...] = ()
    pin: Pin | None = None
    opt_out: bool = False
    edit_of: str | None = None
    pressed: str | None = None
    token: str | None = None
    sent_at: datetime | None = None


class Channel(Protocol):
    """A way to a phone. Safe to use from several threads at once."""

    @property
    def name(self) -> str:
        """One of "sms", "whatsapp", "telegram", "simulated", "terminal"."""
        ...

    @property
    def client_timeout_s(self) -> float:
        """The longest that `send` can take; a send older than this, with no result, is in doubt."""
        ...

    def send(self, outbound: Outbound) -> Sent:
        """Hand one message to the provider, once: no retry happens inside.

        Returns when the provider has accepted. Raises SendFailed when it certainly was not
        accepted, SendInDoubt when nobody can tell.
        """
        ...

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Ask the provider whether it already has this message, sent after `since` (aware).

        `known` are the provider ids of other messages, which are passed over. None: it does not
        have it, and sending again repeats nothing; a provider that keeps no list always answers
        None, and there sending again may repeat the message once. Raises SendInDoubt when the
        provider cannot be asked now: ask again later.
        """
        ...


@runtime_checkable
class Provider(Channel, Protocol):
    """A channel of a real provider, which can be asked about more than one message."""

    def recent(self, since: datetime) -> Iterable[Inbound | Report]:
        """All that came in and went out since then, as the provider has it, the oldest first.

        What a webhook already brought comes again; whoever takes it knows it by its id. A provider
        that keeps no list gives nothing. Raises SendInDoubt when it cannot be asked now.
        """
        ...

    def check(self) -> list[Finding]:
        """Look at everything that must be right for messages to come and go; never raises."""
        ...

    def drift(self) -> list[Finding]:
        """The cheap part of `check`, for every few minutes: only what may have been changed."""
        ...

    def show_typing(self, address: str) -> None:
        """Show that an answer is on its way, where the channel can; never raises."""
        ...
