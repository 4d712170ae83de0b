"""What every channel promises: one small protocol, and the words that pass through it.

Text messages by Twilio, WhatsApp, Telegram, the simulated phone and the terminal all fit `Channel`.
A channel only carries words. It keeps no state, opens no transaction and decides nothing about what
may be said or when to try again: that is the outbox's work (docs/reliability.md F-12 to F-14).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

Media = Literal["picture", "voice", "other"]
"""What came with a text. The kind is all we keep: nothing is fetched (docs/practice.md 7.6)."""

Trouble = Literal["none", "opted_out", "wrong_address", "unreachable", "filtered", "our_fault"]
"""What a refusal says about the world, so that the right person hears of it.

none: passing. opted_out: they, or their carrier, cut the line; a person must find another way.
wrong_address: a person checks the number. unreachable: the phone is off or has no signal. filtered:
a carrier dislikes our wording or our number. our_fault: our account, our settings or our text; an
operator must look.
"""


class SendFailed(Exception):
    """The provider said no, or was never reached: the message was certainly not accepted.

    `retryable` says whether the same message may be tried again, `retry_after` how many seconds
    must pass before (None: the caller's own delay). `code` is the provider's, or a short word of
    ours; it never holds words or numbers of a person, and neither does str() of this exception.
    """

    def __init__(
        self,
        code: str,
        *,
        retryable: bool,
        trouble: Trouble = "none",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"not sent: {code}")
        self.code = code
        self.retryable = retryable
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
    as "send me nothing more".
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

    def send(self, address: str, body: str, reference: UUID) -> Sent:
        """Hand one message to the provider, once: no retry happens inside.

        `reference` is the caller's name for this message, the same at every attempt; a provider
        that recognises a repeated reference is given it. Returns when the provider has accepted.
        Raises SendFailed when it certainly was not accepted, SendInDoubt when nobody can tell.
        """
        ...

    def find(self, address: str, body: str, since: datetime, known: Collection[str]) -> Sent | None:
        """Ask the provider whether it already has this message, sent after `since` (aware).

        `known` are the provider ids of other messages, which are passed over. None: it does not
        have it, and sending again repeats nothing; a provider that keeps no list always answers
        None, and there sending again may repeat the message once. Raises SendInDoubt when the
        provider cannot be asked now: ask again later.
        """
        ...
