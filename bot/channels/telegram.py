"""Messages out, by Telegram's Bot API.

What comes in is in `bot.channels.telegram_updates`. Of python-telegram-bot only the types and the
client are used: its queue, its conversations and its persistence keep messages in memory, and ours
are kept by the outbox.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode

from bot.channels import Choice, Finding, Inbound, Outbound, Report, SendFailed, SendInDoubt, Sent
from bot.channels.telegram_flood import CHAT_EVERY_S, Flood
from bot.channels.telegram_webhook import ALLOWED_UPDATES, findings, webhook_address
from storage.encryption import Vault

if TYPE_CHECKING:
    from telegram import Bot, InlineKeyboardMarkup, User, WebhookInfo

API_URL: Final = "https://api.telegram.org"
CONNECT_S: Final = 2.0
ALL_S: Final = 5.0
MAX_CONNECTIONS: Final = 16
"""Webhook requests at once: as many as the web server has threads."""
LONGEST_DATA: Final = 64
_BUTTONS_IN_ROW: Final = 3
_ROW_LENGTH: Final = 20

T = TypeVar("T")


class Telegram:
    """The `Provider` of Telegram. One for all threads of a process: it keeps the flood limits."""

    name = "telegram"

    def __init__(
        self,
        token: str,
        *,
        site: str,
        name_chat: Callable[[int], str],
        api_url: str = API_URL,
        polling: bool = False,
        flood: Flood | None = None,
        timeouts_s: tuple[float, float] = (CONNECT_S, ALL_S),
    ) -> None:
        """Make the channel; nothing is called yet.

        Args:
            token: the bot's, from BotFather.
            site: the public address of this service.
            name_chat: a name for a chat that tells nobody which it is.
            api_url: where the Bot API is.
            polling: updates are fetched, and no webhook must be set.
            flood: other limits than a fresh process has.
            timeouts_s: to connect, and for a whole call.
        """
        self.client_timeout_s = timeouts_s[1]
        self.account = account_of(token)
        self._token = token
        self._site = site
        self._name_chat = name_chat
        self._api_url = api_url.rstrip("/")
        self._polling = polling
        self._flood = flood or Flood()
        self._timeouts_s = timeouts_s

    def send(self, outbound: Outbound) -> Sent:
        """Send one message. See `Channel.send`; `valid_for_s` is nothing that Telegram knows.

        As plain text, without a preview of what it names. It is not protected from being forwarded
        or copied: the words are theirs to show to somebody they trust.
        """
        chat = outbound.address
        if not (chat.isascii() and chat.isdecimal()):
            raise SendFailed("telegram_no_chat", retry="never", trouble="wrong_address")
        if (wait := self._flood.enter(chat)) > 0:
            raise SendFailed("telegram_flood", retry="backoff", retry_after=wait)

        async def work(bot: Bot) -> int:
            from telegram import LinkPreviewOptions

            message = await bot.send_message(
                int(chat),
                outbound.body,
                parse_mode=None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=_keyboard(outbound.choices),
            )
            return message.message_id

        message_id = self._call(work, chat)
        return Sent(provider_id=f"{self._name_chat(int(chat))}:{message_id}")

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Return None: Telegram keeps no list that a bot may read (docs/reliability.md 0.1)."""
        return None

    def recent(self, since: datetime) -> Iterable[Inbound | Report]:
        """Give nothing: there is no list, and Telegram itself tries again for a day."""
        return ()

    def show_typing(self, address: str) -> None:
        """Show "typing" in a chat for a few seconds; silent when it cannot."""
        if not (address.isascii() and address.isdecimal()) or self._flood.is_held(address):
            return
        self._try(lambda bot: bot.send_chat_action(int(address), "typing"), address)

    def answer_button(self, callback_id: str) -> None:
        """Stop the little clock on a pressed button; silent when it cannot."""
        self._try(lambda bot: bot.answer_callback_query(callback_id))

    def leave(self, chat: int) -> None:
        """Leave a group that somebody put the bot into; silent when it cannot."""
        self._try(lambda bot: bot.leave_chat(chat))

    def username(self) -> str:
        """The bot's name, for links to it. Raises SendFailed or SendInDoubt as a send does."""
        return self._me().username or ""

    def updates(self, offset: int | None, wait_s: int, limit: int = 100) -> list[dict[str, Any]]:
        """Fetch updates as they are, waiting up to `wait_s` for one; see `bot.telegram_polling`.

        Args:
            offset: those before this id are stored, and forgotten by Telegram.
            wait_s: whole seconds.
            limit: at most so many.

        Raises:
            SendFailed: Telegram said no; "telegram_conflict" while a webhook is set.
            SendInDoubt: it cannot be asked now.
        """
        from bot.channels.telegram_http import raw_updates

        asked: dict[str, object] = {"timeout": wait_s, "limit": limit}
        asked["allowed_updates"] = json.dumps(ALLOWED_UPDATES)
        if offset is not None:
            asked["offset"] = offset
        answer = self._call(lambda bot: raw_updates(bot, urlencode(asked)), more_s=float(wait_s))
        try:
            result = json.loads(answer)["result"]
        except (ValueError, TypeError, KeyError):
            raise SendInDoubt("unreadable_answer") from None
        return result if isinstance(result, list) else []

    def set_webhook(self, site: str, secret: str) -> None:
        """Have updates posted to the service at `site`, with the secret in their header.

        Nothing that waits is thrown away. Raises SendFailed or SendInDoubt as a send does.
        """
        url = webhook_address(site)
        self._call(
            lambda bot: bot.set_webhook(
                url,
                allowed_updates=list(ALLOWED_UPDATES),
                max_connections=MAX_CONNECTIONS,
                secret_token=secret,
                drop_pending_updates=False,
            )
        )

    def delete_webhook(self) -> None:
        """Have updates kept until they are fetched. Raises as `set_webhook` does."""
        self._call(lambda bot: bot.delete_webhook(drop_pending_updates=False))

    def check(self) -> list[Finding]:
        """See `Provider.check`: the token, groups, the webhook and what it brings."""
        try:
            me = self._me()
        except (SendFailed, SendInDoubt) as error:
            return [self._not_asked(error)]
        return [*_findings_of(me), *self.drift()]

    def drift(self) -> list[Finding]:
        """See `Provider.drift`: what Telegram says of the webhook now."""
        try:
            info: WebhookInfo = self._call(lambda bot: bot.get_webhook_info())
        except (SendFailed, SendInDoubt) as error:
            return [self._not_asked(error)]
        return findings(info, self._site, polling=self._polling)

    def _me(self) -> User:
        return self._call(lambda bot: bot.get_me())

    def _not_asked(self, error: SendFailed | SendInDoubt) -> Finding:
        if error.code == "telegram_token":
            said = "Telegram refuses TELEGRAM_BOT_TOKEN: get a new one from @BotFather."
            return Finding(self.name, "credentials", "wrong", said)
        said = f"Telegram could not be asked ({error.code}): look again in a few minutes."
        return Finding(self.name, "asked", "unknown", said)

    def _try(self, work: Callable[[Bot], Awaitable[Any]], chat: str | None = None) -> None:
        try:
            self._call(work, chat)
        except (SendFailed, SendInDoubt):
            return

    def _call(
        self, work: Callable[[Bot], Awaitable[T]], chat: str | None = None, more_s: float = 0.0
    ) -> T:
        from bot.channels.telegram_http import call

        connect_s, all_s = self._timeouts_s
        try:
            return call(self._token, self._api_url, work, connect_s=connect_s, all_s=all_s + more_s)
        except SendFailed as failure:
            if failure.code == "telegram_flood":
                self._flood.hold(chat, failure.retry_after or CHAT_EVERY_S)
            raise


def name_of_chat(vault: Vault) -> Callable[[int], str]:
    """What gives a chat a name by which it is found again, and which tells nobody which it is."""
    return lambda chat: vault.blind_index("telegram chat", str(chat))


def account_of(token: str) -> str:
    """The bot's own id, which begins its token: it names the bot and is no secret."""
    return token.partition(":")[0]


def _keyboard(choices: tuple[Choice, ...]) -> InlineKeyboardMarkup | None:
    """Buttons that say what typing would say, as many in a row as are easy to hit."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup

    rows: list[list[Choice]] = []
    for choice in choices:
        if len(choice.says.encode()) > LONGEST_DATA:
            continue
        row = rows[-1] if rows else []
        length = sum(len(each.label) for each in row) + len(choice.label)
        if row and len(row) < _BUTTONS_IN_ROW and length <= _ROW_LENGTH:
            row.append(choice)
        else:
            rows.append([choice])
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(each.label, callback_data=each.says) for each in row]
            for row in rows
        ]
    )


def _findings_of(me: User) -> list[Finding]:
    if not me.is_bot:
        return [Finding("telegram", "credentials", "wrong", "The token is not that of a bot.")]
    known = Finding("telegram", "credentials", "ok", f"Telegram knows the bot, @{me.username}.")
    if not me.can_join_groups:
        return [known, Finding("telegram", "groups", "ok", "Nobody can put the bot into a group.")]
    said = (
        "Anybody can put the bot into a group. It reads nothing there and leaves, but better say "
        "/setjoingroups to @BotFather, and Disable."
    )
    return [known, Finding("telegram", "groups", "unknown", said)]
