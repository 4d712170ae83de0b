"""The channels that the settings ask for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels import Channel
from bot.channels.simulated import SimulatedChannel
from bot.channels.twilio import TwilioSms
from bot.settings import Settings
from storage.database import Database
from storage.encryption import Vault


def configured(settings: Settings, database: Database, vault: Vault) -> Mapping[str, Channel]:
    """Every channel by its name; in a demo only the pretended phones."""
    if settings.is_demo:
        return _by_name(SimulatedChannel(database, vault))
    return {**_twilio(settings)}


def _twilio(settings: Settings) -> Mapping[str, Channel]:
    if not settings.has_twilio:
        return {}
    return _by_name(
        TwilioSms(
            account_sid=settings.twilio_account_sid or "",
            auth_token=settings.twilio_auth_token or "",
            from_number=settings.twilio_sms_from or "",
            api_url=settings.twilio_api_url,
        )
    )


def _by_name(*channels: Channel) -> Mapping[str, Channel]:
    return {channel.name: channel for channel in channels}
