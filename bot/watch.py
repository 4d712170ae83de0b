"""The second sweeper: a small process of its own that alerts when the worker does not.

It reads the database and writes nothing, has no keys and opens no words, and tells people by a mail
server or a webhook of its own. It alerts when a timer is overdue, when alerts are not sent, when no
worker is there, and when it cannot see at all (docs/reliability.md section 4, 4).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.alert_settings import unsafe_alerts
from bot.alerting.mail import Mail
from bot.alerting.webhook import Webhook
from bot.channels import Outbound, SendFailed, SendInDoubt
from bot.clock import Clock, SystemClock
from bot.settings import Settings, SettingsUnsafe
from bot.watched import Wrong, what_is_wrong
from storage.database import Database
from storage.watching import ReadOnly

log = structlog.get_logger()

AGAIN_AFTER: Final = timedelta(minutes=5)
BLIND: Final = Wrong("blind", "The database cannot be read: nobody knows whether a child waits.")

Tell = Callable[[str, Sequence[str]], bool]
"""Given a sentence and the codes; whether anybody was told."""


class Watch:
    """Looks, and tells when something is new, every five minutes while it lasts, and at its end."""

    def __init__(self, settings: Settings, clock: Clock, tell: Tell) -> None:
        """Watch the database of ``settings``; nothing is asked yet."""
        self._settings, self._clock, self._tell = settings, clock, tell
        self._database = ReadOnly(settings.database_url)
        self._told: frozenset[str] = frozenset()
        self._told_at: datetime | None = None

    def look(self) -> list[Wrong]:
        """Everything wrong now, told to somebody where it is time to."""
        wrong, now = self._seen(), self._clock.machine_now()
        codes = frozenset(each.code for each in wrong)
        if not wrong and self._told:
            if self._tell(self._sentence("All is well again."), ()):
                self._told, self._told_at = frozenset(), None
        elif wrong and (codes - self._told or self._is_time(now)):
            says = " ".join(each.says for each in wrong)
            if self._tell(self._sentence(says), sorted(codes)):
                self._told, self._told_at = codes, now
        return wrong

    def close(self) -> None:
        """Give back every connection."""
        self._database.close()

    def _seen(self) -> list[Wrong]:
        patience = timedelta(seconds=self._settings.watch_patience_seconds)
        try:
            with self._database.read() as session:
                return what_is_wrong(
                    session, self._clock.service_now(), self._clock.machine_now(), patience
                )
        except (SQLAlchemyError, OSError) as error:
            log.error("watch cannot see", error=type(error).__name__)
            return [BLIND]

    def _is_time(self, now: datetime) -> bool:
        return self._told_at is None or now - self._told_at >= AGAIN_AFTER

    def _sentence(self, says: str) -> str:
        settings = self._settings
        return f"Watch over {settings.service_name}. {says} Look now: {settings.site}/inbox"


def run_watch(settings: Settings, stopping: threading.Event) -> None:
    """Look every few seconds until ``stopping``; a look that fails is an alert, not an end.

    Raises:
        SettingsUnsafe: nobody could be told.
    """
    clock = _clock_of(settings)
    watch = Watch(settings, clock, teller(settings))
    log.info("watch started")
    try:
        while True:
            try:
                watch.look()
            except Exception as error:  # noqa: BLE001 - whoever watches must not stop
                log.error("watch failed", error=type(error).__name__)
            if stopping.wait(settings.watch_every_seconds):
                return
    finally:
        watch.close()


def teller(settings: Settings) -> Tell:
    """Tells by every way that the settings name for the watch.

    Raises:
        SettingsUnsafe: they name none.
    """
    for unsafe in unsafe_alerts(settings):
        raise SettingsUnsafe(unsafe)
    mail, to = _mail(settings), _addresses(settings)
    hook = settings.watch_webhook_url
    if not (mail and to) and not hook:
        raise SettingsUnsafe(
            "the watch could tell nobody: set WATCH_EMAIL_TO and WATCH_SMTP_HOST, "
            "or WATCH_WEBHOOK_URL"
        )

    def tell(says: str, codes: Sequence[str]) -> bool:
        sent = [_sent(mail, each, says) for each in to if mail]
        if hook:
            said = {"service": settings.service_name, "says": says, "wrong": list(codes)}
            by = Webhook(settings.watch_webhook_secret or "")
            sent.append(_sent(by, hook, json.dumps(said)))
        return any(sent)

    return tell


def _sent(by: Mail | Webhook, to: str, body: str) -> bool:
    try:
        by.send(Outbound(to, body, uuid4()))
    except (SendFailed, SendInDoubt) as error:
        log.error("watch could not tell", channel=by.name, code=error.code)
        return False
    return True


def _addresses(settings: Settings) -> list[str]:
    return [each.strip() for each in (settings.watch_email_to or "").split(",") if each.strip()]


def _mail(settings: Settings) -> Mail | None:
    if not settings.watch_smtp_host or not settings.watch_smtp_from:
        return None
    return Mail(
        settings.watch_smtp_host,
        settings.watch_smtp_port,
        settings.watch_smtp_from,
        tls=settings.watch_smtp_tls,
        user=settings.watch_smtp_user,
        password=settings.watch_smtp_password,
    )


def _clock_of(settings: Settings) -> Clock:
    return SystemClock(Database(settings.database_url) if settings.is_demo else None)
