"""Settings of the ways by which staff are alerted, and of those who watch over the worker."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

Tls = Literal["starttls", "tls", "none"]
METRICS_TOKEN_LENGTH = 32


class AlertSettings(BaseModel):
    """What each way needs; one without is not used. `bot.settings.Settings` carries them."""

    twilio_voice_from: str | None = None
    """The number that calls come from; by default the one of the text messages."""

    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Tls = "starttls"
    smtp_user: str | None = None
    smtp_password: str | None = Field(default=None, repr=False)
    smtp_from: str | None = None

    alert_webhook_secret: str | None = Field(default=None, repr=False)
    """Signs what goes to webhooks of staff; without it none is sent."""

    webpush_keys_file: Path | None = None
    webpush_contact: str | None = None
    """An e-mail address that the makers of browsers can write to when something is wrong."""

    metrics_token: str | None = Field(default=None, repr=False)
    """Whoever asks for /metrics must bear it; without it that page does not exist."""

    drill_every_minutes: int | None = Field(default=None, ge=0, le=1440)
    """How often a drill goes its way to nobody; by default every hour, and in the demo never."""

    watch_url: str | None = Field(default=None, repr=False)
    """Asked every minute after a clean sweep; whoever is there alarms when it stops."""
    watch_email_to: str | None = None
    """Whom the second sweeper writes to: addresses with commas between them."""
    watch_smtp_host: str | None = None
    watch_smtp_port: int = Field(default=587, ge=1, le=65535)
    watch_smtp_tls: Tls = "starttls"
    watch_smtp_user: str | None = None
    watch_smtp_password: str | None = Field(default=None, repr=False)
    watch_smtp_from: str | None = None
    watch_webhook_url: str | None = Field(default=None, repr=False)
    watch_webhook_secret: str | None = Field(default=None, repr=False)
    watch_every_seconds: float = Field(default=10, gt=0, le=15)
    watch_patience_seconds: float = Field(default=30, ge=1, le=30)
    """How long an alert may wait until somebody tries to send it: told within a minute, always."""


def unsafe_alerts(settings: AlertSettings) -> Iterator[str]:
    """What is unsafe about them, one line each, with what to set."""
    for name, host, tls, sender in (
        ("SMTP", settings.smtp_host, settings.smtp_tls, settings.smtp_from),
        (
            "WATCH_SMTP",
            settings.watch_smtp_host,
            settings.watch_smtp_tls,
            settings.watch_smtp_from,
        ),
    ):
        if host and tls == "none" and not _is_here(host):
            yield f"{name}_TLS=none is for this machine only: use starttls or tls"
        if host and not sender:
            yield f"{name}_FROM must be set: the address that alerts come from"
    for name, address in (
        ("WATCH_URL", settings.watch_url),
        ("WATCH_WEBHOOK_URL", settings.watch_webhook_url),
    ):
        if address and not is_safe_address(address):
            yield f"{name} must be an https address (plain http only to this machine)"
    token = settings.metrics_token
    if token is not None and len(token) < METRICS_TOKEN_LENGTH:
        yield f"METRICS_TOKEN must have {METRICS_TOKEN_LENGTH} characters or more: make it random"
    if settings.watch_webhook_url and not settings.watch_webhook_secret:
        yield "WATCH_WEBHOOK_SECRET must be set: it signs what is sent to WATCH_WEBHOOK_URL"


def is_safe_address(address: str) -> bool:
    """Whether an address on the web is https, or plain http to this machine."""
    parts = urlsplit(address)
    if not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
