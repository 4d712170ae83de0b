"""The ways of alerting staff that the settings ask for; text messages are a channel already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.alerting.mail import Mail
from bot.alerting.web_push import WebPushAlerts
from bot.alerting.webhook import Webhook
from bot.channels import Channel
from bot.channels.twilio_calls import TwilioCalls
from bot.settings import Settings


def alert_channels(settings: Settings) -> Mapping[str, Channel]:
    """Every way by its name. In a demo no telephone is ever called."""
    return {channel.name: channel for channel in _made(settings)}


def webpush_keys(settings: Settings) -> Path:
    """Where the keys lie by which browsers know us: by default beside the key file."""
    return settings.webpush_keys_file or settings.keys_file.parent / "web-push-keys.json"


def _made(settings: Settings) -> Iterator[Channel]:
    if settings.has_twilio and not settings.is_demo:
        yield TwilioCalls(
            settings.twilio_account_sid or "",
            settings.twilio_auth_token or "",
            settings.twilio_voice_from or settings.twilio_sms_from or "",
            site=settings.site,
            api_url=settings.twilio_api_url,
        )
    if settings.smtp_host and settings.smtp_from:
        yield Mail(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_from,
            tls=settings.smtp_tls,
            user=settings.smtp_user,
            password=settings.smtp_password,
        )
    if settings.alert_webhook_secret:
        yield Webhook(settings.alert_webhook_secret)
    if settings.webpush_contact and webpush_keys(settings).exists():
        yield WebPushAlerts(webpush_keys(settings), settings.webpush_contact)
