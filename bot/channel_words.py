"""The words that leave under our name though a provider keeps them: lines of our script, all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.channels.configured import WHATSAPP_TEMPLATE
from bot.settings import Settings
from dialogs.numbers import facts_for
from dialogs.texts import reply

OPT_OUT: Final = "Twilio's console, Messaging Service, Opt-Out Management"

PLACES: Final = (
    ("WhatsApp template (category: utility, language: English, no variables)", WHATSAPP_TEMPLATE),
    (f"{OPT_OUT}, reply to HELP and INFO", "help_line"),
    # It says nothing of what this was about, invites no word, and shuts no door.
    (f"{OPT_OUT}, reply to STOP", "bland_close"),
    (f"{OPT_OUT}, reply to START", "busy"),
)
"""Where a text is pasted, and the line that it is."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """One text to paste: where, and the exact words."""

    where: str
    line: str
    text: str


def words_at_providers(settings: Settings) -> list[Pasted]:
    """Every text that an operator pastes at a provider, with this service's name and numbers."""
    # A provider says it at any hour: no note that a number is shut now.
    facts = {**facts_for(settings.nation), "service": settings.service_name}
    return [Pasted(where, line, reply(line, facts).body) for where, line in PLACES]
