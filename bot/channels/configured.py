"""The channels that the settings ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.channels import Channel
from bot.channels.simulated import SimulatedChannel
from bot.channels.telegram import Telegram, name_of_chat
from bot.channels.twilio import Twilio
from bot.settings import Settings
from dialogs.texts import load, reply
from storage.database import Database
from storage.encryption import Vault

WHATSAPP_TEMPLATE = "whatsapp_hello"
"""The line that the approved WhatsApp template has to say, word for word."""


def configured(settings: Settings, database: Database, vault: Vault) -> Mapping[str, Channel]:
    """Every channel by its name; in a demo only the pretended phones."""
    if settings.is_demo:
        return _by_name(SimulatedChannel(database, vault))
    return _by_name(*_twilio(settings), *_telegram(settings, vault))


def _twilio(settings: Settings) -> Iterator[Twilio]:
    if not settings.has_twilio:
        return
    yield Twilio(
        "sms",
        settings.twilio_account_sid or "",
        settings.twilio_auth_token or "",
        settings.twilio_sms_from or "",
        site=settings.site,
        messaging_service_sid=settings.twilio_messaging_service_sid,
        advanced_opt_out=settings.twilio_advanced_opt_out,
        api_url=settings.twilio_api_url,
    )
    if settings.has_whatsapp:
        yield Twilio(
            "whatsapp",
            settings.twilio_account_sid or "",
            settings.twilio_auth_token or "",
            settings.twilio_whatsapp_from or "",
            site=settings.site,
            messaging_service_sid=settings.twilio_messaging_service_sid,
            template_sid=settings.twilio_whatsapp_template_sid,
            template_text=_template_text(settings),
            api_url=settings.twilio_api_url,
        )


def _telegram(settings: Settings, vault: Vault) -> Iterator[Telegram]:
    if settings.has_telegram:
        yield Telegram(
            settings.telegram_bot_token or "",
            site=settings.site,
            name_chat=name_of_chat(vault),
            api_url=settings.telegram_api_url,
            polling=settings.telegram_receive == "polling",
        )


def _template_text(settings: Settings) -> str | None:
    """What the approved template has to say; None when this script has no such line."""
    if WHATSAPP_TEMPLATE not in load().lines:
        return None
    return reply(WHATSAPP_TEMPLATE, {"service": settings.service_name}).body


def _by_name(*channels: Channel) -> Mapping[str, Channel]:
    return {channel.name: channel for channel in channels}
