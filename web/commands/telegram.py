"""Telegram: a link for a young person, and where Telegram posts what they write."""

from __future__ import annotations

from uuid import UUID

import click

from bot.binding import NotLinked, new_link
from bot.channels import SendFailed, SendInDoubt
from bot.channels.telegram import Telegram
from bot.channels.telegram_webhook import webhook_address
from bot.service import Service
from storage.staff import staff_by_email
from storage.tables import Staff
from web.commands.opening import opened
from web.commands.printing import as_json, print_json


@click.group()
def telegram() -> None:
    """Young people who write by Telegram.

    Off by default. Telegram reads what goes through it and is no processor of yours: do the data
    protection impact assessment first, then set TELEGRAM_BOT_TOKEN.
    """


@telegram.command("link")
@click.option("--young-person", required=True, type=click.UUID, help="Whose conversation it is.")
@click.option("--by", "email", required=True, help="Who gives it to them: a member of staff.")
@as_json
def telegram_link(young_person: UUID, email: str, json_wanted: bool) -> None:
    """Make a link that binds a chat to a young person, once, within a day.

    Whoever opens it first is taken for them: give it to nobody else.
    """
    with opened() as service:
        link = new_link(service, young_person, _staff(service, email))
    if json_wanted:
        print_json({"link": link})
    else:
        click.echo(f"{link}\nGood once, for 24 hours. It is not shown again.")


@telegram.command("webhook")
@click.option("--off", is_flag=True, help="Have updates kept until the worker fetches them.")
def telegram_webhook(off: bool) -> None:
    """Tell Telegram to post what young people write to this service."""
    with opened() as service:
        channel, settings = _channel(service), service.settings
        if not off and not settings.telegram_webhook_secret:
            raise NotLinked("TELEGRAM_WEBHOOK_SECRET must be set first")
        try:
            if off:
                channel.delete_webhook()
            else:
                channel.set_webhook(settings.site, settings.telegram_webhook_secret or "")
        except (SendFailed, SendInDoubt) as error:
            raise NotLinked(f"Telegram did not take that: {error.code}") from None
    where = "nowhere" if off else f"to {webhook_address(settings.site)}"
    click.echo(f"Telegram posts updates {where}.")


def _channel(service: Service) -> Telegram:
    channel = service.channels.get("telegram")
    if not isinstance(channel, Telegram):
        raise NotLinked("Telegram is not set up: set TELEGRAM_BOT_TOKEN")
    return channel


def _staff(service: Service, email: str) -> Staff:
    with service.database.read() as session:
        staff = staff_by_email(session, email)
    if staff is None or not staff.active:
        raise NotLinked("nobody who works here has that e-mail address")
    return staff


COMMANDS = (telegram,)
