"""Settings: the one place that reads the environment, and what is unsafe about them.

Everything is checked before a process serves a young person: a missing secret stops the start with
one clear line instead of failing at three in the morning (docs/reliability.md T-07).
"""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.exc import ArgumentError

from bot.alert_settings import AlertSettings, unsafe_alerts
from bot.directory_settings import unsafe_directory
from dialogs.nations import NationName
from storage.database import database_url, sqlite_file

SAMPLE_SECRET_KEY = "replace-this-sample-with-your-own-random-key"  # noqa: S105
"""The value printed in README.md; a service started with it would have a public secret."""

SECRET_KEY_LENGTH = 32
TWILIO_REQUIRED = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_SMS_FROM")
"""Without text messages nobody on duty can be alerted, whatever young people write with."""
TELEGRAM_SECRET_LENGTH = 32
TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class SettingsUnsafe(Exception):
    """The service must not start like this; the message is one line that says what to do."""


class Settings(BaseSettings, AlertSettings):
    """What the environment says, frozen. Field names are the variables' names in lower case."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: str = "sqlite:///data/return-interview.db"
    keys_file: Path = Path("data/keys.json")
    keys_database_url: str | None = None
    public_url: str | None = None
    secret_key: str | None = Field(default=None, repr=False)
    port: int = Field(default=8080, ge=1, le=65535)
    host: str = "127.0.0.1"

    twilio_account_sid: str | None = None
    twilio_auth_token: str | None = Field(default=None, repr=False)
    twilio_sms_from: str | None = None
    twilio_api_url: str = "https://api.twilio.com"
    twilio_auth_token_old: str | None = Field(default=None, repr=False)
    """Accepted from webhooks beside the other while one replaces the other."""
    twilio_messaging_service_sid: str | None = None
    twilio_whatsapp_from: str | None = None
    twilio_whatsapp_template_sid: str | None = None
    """The approved template whose words are the line `whatsapp_hello` (dialogs/texts)."""
    twilio_advanced_opt_out: bool = False

    telegram_bot_token: str | None = Field(default=None, repr=False)
    telegram_webhook_secret: str | None = Field(default=None, repr=False)
    telegram_receive: Literal["webhook", "polling"] = "webhook"
    telegram_api_url: str = "https://api.telegram.org"

    settle_seconds: float = Field(default=20, ge=0)
    settle_at_most_seconds: float = Field(default=60, ge=0)
    screening_deadline_seconds: float = Field(default=10, gt=0)
    screening_budget_seconds: float = Field(default=2, gt=0)
    """What takes longer is escalated "not screened" at once; at the deadline, what was lost."""

    second_factor: Literal["required", "optional"] | None = None
    """Whether staff need more than a password: always, except where the demo leaves it to them."""
    oidc_issuer: str | None = None
    """The directory that staff may sign in through, as its discovery document names itself."""
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = Field(default=None, repr=False)

    service_name: str = "the Listen Line"
    employer: str | None = None
    advocate_reads_at: str = Field(default="09:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    allow_draft_script: bool = False

    person_first_under: int = Field(default=13, ge=0)
    nation: NationName = "england"

    # What is so here; texts to young people say it, and bot/claims.py holds the two together.
    person_reads: Literal["all", "flagged"] = "all"
    employer_kind: Literal["independent", "council", "police", "carer"] = "independent"
    report_to_social_worker: bool = True
    carer_sees: Literal["part", "nothing", "all"] = "part"
    risk_is_passed_on: bool = True
    crimes_passed_on: Literal["sometimes", "always", "never"] = "sometimes"
    duty_hours: Literal["always", "day"] = "always"
    kept_years: int = Field(default=75, ge=0)
    deletion_on_request: bool = False
    access_on_request: bool = True
    tells_what_happens_next: bool = True
    replies_are_free: bool = False

    flask_debug: bool = False
    debug: bool = False
    demo_folder: Path | None = None

    @property
    def key_store_url(self) -> str:
        """Where the wrapped person keys live: by default an SQLite file beside the key file."""
        if self.keys_database_url is not None:
            return self.keys_database_url
        return f"sqlite:///{self.keys_file.parent / 'person-keys.db'}"

    @property
    def is_demo(self) -> bool:
        """Whether this is the rehearsal that `return-interview demo` starts."""
        return self.demo_folder is not None

    @property
    def has_twilio(self) -> bool:
        """Whether text messages go through Twilio."""
        return self.twilio_account_sid is not None

    @property
    def has_whatsapp(self) -> bool:
        """Whether young people can write by WhatsApp, through Twilio."""
        return self.has_twilio and self.twilio_whatsapp_from is not None

    @property
    def has_telegram(self) -> bool:
        """Whether young people can write by Telegram."""
        return self.telegram_bot_token is not None

    @property
    def twilio_auth_tokens(self) -> tuple[str, ...]:
        """The tokens that a webhook may be signed with."""
        return tuple(each for each in (self.twilio_auth_token, self.twilio_auth_token_old) if each)

    @property
    def reaches_children(self) -> bool:
        """Whether texts can reach real phones: the data must then be fit for it."""
        return (self.has_twilio or self.has_telegram) and not self.is_demo

    @property
    def needs_second_factor(self) -> bool:
        """Whether nobody on the staff gets in with a password alone."""
        return (self.second_factor or ("optional" if self.is_demo else "required")) == "required"

    @property
    def site(self) -> str:
        """The address that staff and providers use, without a trailing slash."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether the site is reached by https (cookies are then marked Secure)."""
        return self.site.startswith("https://")


def load_settings(**overrides: object) -> Settings:
    """The settings of this process.

    Raises:
        SettingsUnsafe: a variable cannot be read; the line names it and not its value.
    """
    folder = os.environ.get("DEMO_FOLDER") or overrides.get("demo_folder")
    if folder:
        overrides = _demo_defaults(Path(str(folder))) | overrides
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
        database_url(settings.database_url)
        database_url(settings.key_store_url)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "the environment"
        raise SettingsUnsafe(f"{name} cannot be used: {first['msg'].lower()}") from None
    except (ArgumentError, ValueError):
        raise SettingsUnsafe(
            "DATABASE_URL or KEYS_DATABASE_URL cannot be used: "
            "give sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from None
    _check_demo(settings)
    return settings


def _demo_defaults(folder: Path) -> dict[str, object]:
    """Everything of the demo lies in its folder; what the environment says is checked after."""
    secret = folder / "secret-key"
    inside: dict[str, object] = {
        "database_url": f"sqlite:///{folder / 'return-interview.db'}",
        "keys_file": folder / "keys.json",
        "secret_key": secret.read_text(encoding="ascii") if secret.exists() else None,
        "employer": "Northmoor Advocacy",
        "public_url": f"http://127.0.0.1:{os.environ.get('PORT') or 8080}",
    }
    return {name: value for name, value in inside.items() if name.upper() not in os.environ}


def child_environment(folder: Path, port: int) -> dict[str, str]:
    """The environment for the demo's own processes: its folder and its port, and no other mode."""
    here = {
        "DEMO_FOLDER": str(folder),
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    return {**os.environ, **here}


def environment() -> dict[str, str]:
    """Everything that the environment holds, for whoever has to keep it out of somewhere."""
    return dict(os.environ)


def require_safe(settings: Settings) -> None:
    """Refuse to serve or work with settings that would lose a message or open a door.

    Raises:
        SettingsUnsafe: the first thing wrong, in one line.
    """
    if settings.flask_debug or settings.debug:
        raise SettingsUnsafe("debug mode is on: unset DEBUG and FLASK_DEBUG")
    secret = settings.secret_key or ""
    if secret == SAMPLE_SECRET_KEY:
        raise SettingsUnsafe("SECRET_KEY is the sample from the README: make a random one")
    if len(secret) < SECRET_KEY_LENGTH:
        raise SettingsUnsafe(f"SECRET_KEY must be set, to {SECRET_KEY_LENGTH} characters or more")
    if settings.public_url is None:
        raise SettingsUnsafe("PUBLIC_URL must be set: the https address that Twilio and staff use")
    _check_address("PUBLIC_URL", settings.public_url)
    if not (settings.needs_second_factor or settings.is_demo):
        raise SettingsUnsafe("SECOND_FACTOR=optional is for the demo: staff need a second factor")
    for unsafe in unsafe_directory(settings):
        raise SettingsUnsafe(unsafe)
    if settings.oidc_issuer is not None:
        _check_address("OIDC_ISSUER", settings.oidc_issuer)
    _check_channels(settings)


def _check_channels(settings: Settings) -> None:
    values = (settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_sms_from)
    missing = [name for name, value in zip(TWILIO_REQUIRED, values, strict=True) if not value]
    if missing and not settings.is_demo:
        raise SettingsUnsafe(f"{missing[0]} must be set: without it no text can come or go")
    _check_address("TWILIO_API_URL", settings.twilio_api_url)
    for unsafe in unsafe_alerts(settings):
        raise SettingsUnsafe(unsafe)
    if settings.has_telegram:
        _check_telegram(settings)


def _check_telegram(settings: Settings) -> None:
    _check_address("TELEGRAM_API_URL", settings.telegram_api_url)
    secret = settings.telegram_webhook_secret or ""
    if settings.telegram_receive == "webhook" and len(secret) < TELEGRAM_SECRET_LENGTH:
        raise SettingsUnsafe(
            f"TELEGRAM_WEBHOOK_SECRET must be set, to {TELEGRAM_SECRET_LENGTH} characters or more: "
            "whoever knows it can write as any child"
        )
    if secret and not TELEGRAM_SECRET.fullmatch(secret):
        raise SettingsUnsafe(
            "TELEGRAM_WEBHOOK_SECRET may hold letters, digits, _ and - only, as Telegram has it"
        )


def _check_address(name: str, address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and _is_loopback(parts.hostname):
        return
    raise SettingsUnsafe(f"{name} must be an https address (plain http only to this machine)")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_demo(settings: Settings) -> None:
    """A rehearsal must never be able to reach a child (docs/reliability.md T-22)."""
    if settings.demo_folder is None:
        return
    outside = ("TWILIO_", "TELEGRAM_")
    named = sorted(name for name in os.environ if name.upper().startswith(outside))
    if named:
        raise SettingsUnsafe(f"the demo does not start while {named[0]} is set")
    folder = settings.demo_folder.resolve()
    if folder not in settings.keys_file.resolve().parents:
        raise SettingsUnsafe("the demo does not start with a key file outside its own folder")
    for url in (settings.database_url, settings.key_store_url):
        file = sqlite_file(url)
        if file is None or folder not in file.resolve().parents:
            raise SettingsUnsafe("the demo does not start with a database outside its own folder")
    if not _is_loopback(settings.host):
        raise SettingsUnsafe("the demo is served on this machine only: unset HOST")
