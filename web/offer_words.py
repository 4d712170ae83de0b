"""How pages say what was offered to a young person and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.offers import Kind, Offered
from web.presenting import day_and_time

OFFERS: Final = {
    "invitation": "First text",
    "reminder": "Reminder",
    "follow_up": "Asked whether news may be told",
    "chat_was": "Asked how this chat was",
}
BY: Final = {
    "sms": "by text message",
    "simulated": "by text message",
    "whatsapp": "by WhatsApp",
    "telegram": "by Telegram",
}
MADE_BY: Final = {
    "command": "entered on the command line",
    "reminders": "the computer, by itself",
}
NOT_WRITTEN: Final = {
    "person_first": "a person comes first here",
    "texting_not_agreed": "nobody had asked them whether texting is ok",
    "draft_texts": "the texts were a draft",
    "no_staffed_line": "no staffed 24-hour line had agreed to act",
    "no_independent_people": "nobody independent was on duty day and night",
    "too_many_prompts": "they had three texts in seven days that they did not ask for",
    "is_adult": "they are 18 or older",
    "under_way": "the conversation was under way already",
}
"""Why an offer never became a text, by the codes of `bot.refusals`."""

OUTCOMES: Final[Mapping[Kind, str]] = {
    "not_written": "no text was written: {reason}",
    "waiting": "waits until {until}",
    "put_off": "put off until {until}",
    "trying": "not through yet: it is being tried again",
    "wrote_first": "not sent: they wrote first",
    "taken_back": "not sent: it was not safe, or no longer fitted",
    "not_delivered": "did not arrive ({meaning})",
    "answered": "{reached}, and they wrote back ({answered})",
    "said_no": "{reached}, and they did not want to talk now ({answered})",
    "next_came": "{reached}, no answer before the next text",
    "no_answer": "{reached}, no answer yet",
}
"""What came of an offer, as the end of a sentence. What was not answered is never called a no."""


def offer_in_words(offered: Offered) -> str:
    """What came of an offer, as the end of a sentence: "delivered, no answer yet"."""
    outcome = offered.outcome
    if outcome.kind == "waiting" and outcome.until is None:
        return "about to be sent"
    return OUTCOMES[outcome.kind].format(
        reason=NOT_WRITTEN.get(outcome.reason or "", "nothing fitted then"),
        until=_moment(outcome.until),
        meaning=(outcome.meaning or "not known why").rstrip("."),
        reached=outcome.reached,
        answered=_moment(outcome.answered_at),
    )


def _moment(moment: datetime | None) -> str:
    return day_and_time(moment) if moment else ""
