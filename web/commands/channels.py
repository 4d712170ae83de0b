"""Whether the line to young people works, and the words that stand with a provider."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Final

import click

from bot.channel_checks import check_line, works
from bot.channel_words import words_at_providers
from bot.channels import Finding
from bot.settings import load_settings
from web.commands.opening import opened
from web.commands.printing import as_json, print_json

STATES: Final = {"ok": "ok", "wrong": "WRONG", "unknown": "not known"}
NAMES: Final = {
    "service": "this service",
    "sms": "text messages",
    "whatsapp": "WhatsApp",
    "twilio": "Twilio",
    "telegram": "Telegram",
}


@click.group()
def channels() -> None:
    """Text messages, WhatsApp and Telegram."""


@channels.command("check")
@as_json
def channels_check(json_wanted: bool) -> None:
    """Say whether the line works, what is wrong and what to do; exit 1 when anything is."""
    with opened() as service:
        found = [] if service.settings.is_demo else check_line(service)
    if json_wanted:
        print_json({"works": works(found), "findings": [asdict(each) for each in found]})
    else:
        for each in found:
            channel = NAMES.get(each.channel, each.channel)
            click.echo(f"{STATES[each.state]:<10}{channel}, {each.code}: {each.says}")
        click.echo(_verdict(found))
    if not works(found):
        sys.exit(1)


@channels.command("texts")
@as_json
def channels_texts(json_wanted: bool) -> None:
    """Print the exact words to paste at the providers: the template, and the carrier's replies."""
    found = words_at_providers(load_settings())
    if json_wanted:
        print_json([asdict(each) for each in found])
        return
    for number, each in enumerate(found):
        click.echo(f"{'' if number == 0 else chr(10)}{each.where}:\n{each.text}")


def _verdict(found: list[Finding]) -> str:
    """The last line: does it work?"""
    if not found:
        return "This is the demo: its phones are pretended, and there is nothing to check."
    wrong = sum(each.state == "wrong" for each in found)
    unknown = sum(each.state == "unknown" for each in found)
    if wrong:
        return f"The line does NOT work yet: {wrong} to put right, marked WRONG above."
    if unknown:
        return f"The line works, as far as can be seen from here: {unknown} not known, see above."
    return "The line works."


COMMANDS = (channels,)
