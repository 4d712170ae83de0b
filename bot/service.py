"""Everything that the three stages share, made once and handed to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.alerting.configured import alert_channels
from bot.alerting.sink import Sink
from bot.channels import Channel
from bot.channels.configured import configured
from bot.clock import Clock, SystemClock
from bot.in_time import Screenings
from bot.settings import Settings, SettingsUnsafe
from dialogs.nations import nation
from dialogs.reading import read
from dialogs.screening import Screening, screen
from dialogs.texts import TextsError
from dialogs.texts import load as load_texts
from dialogs.topics import topics_in
from storage import migrate
from storage.audit import AuditChain
from storage.database import Database
from storage.drills import SINK
from storage.encryption import Vault
from storage.installation import ensure_installation, mode
from storage.keys import KeyFile, KeyStore


class Screener(Protocol):
    """What screening looks like to those who call it."""

    def __call__(
        self,
        texts: Sequence[str],
        asked: Collection[str] = (),
        language: str = "en",
        after_risk: bool = False,
    ) -> Screening:
        """Screen one thought (dialogs.screening.screen)."""
        ...


@dataclass(frozen=True)
class Service:
    """Settings, storage, clock and channels of one process."""

    settings: Settings
    database: Database
    vault: Vault
    audit: AuditChain
    clock: Clock
    channels: Mapping[str, Channel]
    alert_channels: Mapping[str, Channel] = field(default_factory=dict)
    screen: Screener = screen
    screenings: Screenings = field(default_factory=Screenings)

    @property
    def phone_channel(self) -> str:
        """The channel that telephone numbers are reached on: text messages, or pretended phones."""
        return "sms" if "sms" in self.channels else next(iter(self.channels), "sms")

    def carrier(self, name: str) -> Channel | None:
        """The channel of this name, for young people or for alerts alone."""
        if name == SINK:
            return Sink()
        return self.channels.get(name) or self.alert_channels.get(name)

    def close(self) -> None:
        """Give back every connection; what is open again is opened anew."""
        self.database.close()
        self.vault.store.database.close()


def prepare(settings: Settings) -> None:
    """Create or upgrade both databases, and say once whether this is a demo.

    Raises:
        SettingsUnsafe: the database belongs to the other kind of installation.
    """
    key_database = Database(settings.key_store_url)
    migrate.upgrade(key_database, migrate.KEYS)
    key_database.close()
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database, migrate.MAIN)
        with database.write() as session:
            made = ensure_installation(session, _mode(settings), SystemClock().machine_now())
        _check_mode(settings, made.mode)
    finally:
        database.close()


def open_service(
    settings: Settings,
    clock: Clock | None = None,
    channels: Callable[[Database, Vault], Mapping[str, Channel]] | None = None,
    screener: Screener = screen,
) -> Service:
    """Open both databases, which must be at the newest schema, with the keys.

    Args:
        settings: where everything is.
        clock: another clock than the machine's.
        channels: makes other channels than the configured ones.
        screener: another detector than ours.

    Raises:
        KeysMissing: there is no usable key file.
        SettingsUnsafe: a database is not upgraded, or belongs to the other kind of installation;
            or the texts that young people get cannot be read.
    """
    keys = KeyFile.load(settings.keys_file)
    database, key_database = Database(settings.database_url), Database(settings.key_store_url)
    try:
        _check_ready(settings, database, key_database)
    except SettingsUnsafe:
        database.close()
        key_database.close()
        raise
    vault = Vault(keys, KeyStore(key_database, keys))
    make = channels or (lambda _database, _vault: configured(settings, database, vault))
    return Service(
        settings=settings,
        database=database,
        vault=vault,
        audit=AuditChain(keys),
        clock=clock or SystemClock(database if settings.is_demo else None),
        channels=make(database, vault),
        # Whoever makes channels of their own reaches nobody by others.
        alert_channels={} if channels else alert_channels(settings),
        screen=screener,
    )


def _check_ready(settings: Settings, database: Database, key_database: Database) -> None:
    try:
        for language in nation(settings.nation).languages:
            load_texts(language)
            read("", language)
            topics_in("", language)
    except (TextsError, ValueError, KeyError, re.error) as error:
        raise SettingsUnsafe(f"the script cannot be read: {error}") from None
    if not _is_current(database, key_database):
        raise SettingsUnsafe("the database is not up to date: run return-interview db upgrade")
    with database.read() as session:
        _check_mode(settings, mode(session))


def _is_current(database: Database, key_database: Database) -> bool:
    if not (database.answers() and key_database.answers()):
        raise SettingsUnsafe("a database cannot be reached: check DATABASE_URL")
    return migrate.is_current(database, migrate.MAIN) and migrate.is_current(
        key_database, migrate.KEYS
    )


def _mode(settings: Settings) -> str:
    return "demo" if settings.is_demo else "live"


def _check_mode(settings: Settings, found: str | None) -> None:
    if found == _mode(settings):
        return
    if found == "demo":
        raise SettingsUnsafe("this database was made by the demo: it cannot serve young people")
    raise SettingsUnsafe("this database is not a demo's: the demo only uses its own")
