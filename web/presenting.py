"""How pages say things: times in London, and plain words for every code.

A code that has no words yet is shown as itself, with spaces: never an error while somebody waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Flask

from bot.clock import in_london
from bot.shown import ShownMessage
from web.interview_words import question_beside, question_in_words, state_in_words
from web.screening_words import HOW_SURE, example_in
from web.words import shown_words

PRIORITIES: Final = {1: "P1 now", 2: "P2 same day", 3: "P3 next working day"}
PRIORITY_COLOURS: Final = {1: "red", 2: "orange", 3: "blue"}

CATEGORIES: Final[Mapping[str, str]] = {
    "IMM": "in danger now",
    "MIS": "missing now",
    "RUN": "means to go again",
    "SUI": "suicide or self-harm",
    "SEX": "sexual assault or abuse",
    "CSE": "sexual exploitation",
    "ONL": "online grooming, blackmail or images",
    "CCE": "criminal exploitation",
    "WPN": "weapons, violence or threats",
    "DA": "domestic abuse",
    "ABU": "abuse or neglect by family",
    "LAD": "allegation against somebody who works with children",
    "SUB": "alcohol or drugs doing harm",
    "MED": "injury, pregnancy or illness",
    "HBA": "honour-based abuse, forced marriage or FGM",
    "TRA": "trafficking or modern slavery",
    "RAD": "being drawn into extremism",
    "OTH": "another child harmed",
    "HOM": "nowhere settled to stay",
    "BUL": "bullying or hate",
    "CPL": "complaint, or wants a person",
    "TEC": "contact, pictures or reading of messages",
    "SIL": "went quiet while telling",
}
"""docs/practice.md, categories."""

STATES: Final = {
    "raised": "Nobody has acknowledged",
    "acknowledged": "Acknowledged",
    "closed": "Closed",
}
STATE_COLOURS: Final = {"raised": "red", "acknowledged": "yellow", "closed": "grey"}

EVENTS: Final = {
    "hit": "Flagged",
    "not_screened": "A message could not be checked by the computer",
    "unread": "A message was left without an answer",
    "undelivered": "A message to the young person did not arrive",
    "turn_failed": "The computer could not answer",
    "opted_out": "The phone or its network refuses our messages",
    "nobody_reachable": "Nobody could be alerted",
    "contact_not_safe": "Contact is not safe",
    "acknowledged": "Acknowledged",
    "outcome": "Outcome recorded",
    "closed": "Closed",
    "child_told": "The young person was told",
    "can_act_now": "Can act now, and has it",
    "passed_on": "Passed on",
    "handed_over": "Handed over",
    "reopened": "Opened again: nobody had acted on it",
    "priority_set": "Priority changed",
    "linked": "Linked to another escalation",
    "call": "Called",
    "referral": "Referred",
    "made_safe": "Made safe, handed to the day team",
    "day_check": "Checked on",
    "looked_back": "A second person looked back",
    "joined": "Joined the conversation",
    "left": "Left the conversation",
    "revealed": "Looked at what 999 will ask",
    "copied_for_police": "Copied the lines for the police",
    "contact_made_safe": "Contact made safe",
    "safe_instruction": "A safe instruction was given",
    "ladder_step": "The next people were asked",
}

TOLD: Final = {
    "person_read": "that a named person has read it",
    "not_yet": "that nobody has answered yet",
    "asking_again": "that others are asked now",
    "person_silent": "that whoever joined went silent, and others are asked",
}
"""What the event ``child_told`` says, by the text that was sent."""

DELIVERIES: Final = {
    "received": "Received",
    "queued": "Waiting to be sent",
    "sent": "Sent",
    "delivered": "Delivered",
    "failed": "Not delivered",
    "dropped": "Not sent",
}

MEDIA: Final = {
    "picture": "A picture was sent; it was not opened",
    "voice": "A voice note was sent; it was not opened",
    "sticker": "A sticker or a moving picture was sent",
    "call": "They rang our number; nobody could take the call",
    "other": "A file was sent; it was not opened",
}
SEVERAL_MEDIA: Final = {
    "picture": "{number} pictures were sent; they were not opened",
    "voice": "{number} voice notes were sent; they were not opened",
    "sticker": "{number} stickers or moving pictures were sent",
    "call": "They rang our number {number} times; nobody could take the calls",
    "other": "{number} files were sent; they were not opened",
}

CHANNELS: Final = {
    "sms": "Text message",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "simulated": "Text message (rehearsal)",
}

WRITTEN: Final = {
    "before_known": "Before we knew who this was",
    "not_theirs": "From an address that turned out not to be theirs",
}
"""What stands beside a message that is not simply theirs (bot.shown.ShownMessage)."""

CONTACTS: Final = {
    "open": "Safe to text, as far as is known",
    "guarded": "Not safe: somebody may be looking",
    "unverified": "Not known who holds the phone",
}


def install(app: Flask) -> None:
    """Give the filters of this module, and the words of a young person, to every template."""
    app.jinja_env.filters.update(
        iso=iso,
        clock_time=clock_time,
        day=day,
        day_and_time=day_and_time,
        due=due,
        hours=hours,
        in_words=in_words,
        categories=categories,
        media=media,
        way=way,
        question=question_in_words,
        question_beside=question_beside,
        state=state_in_words,
        shown_words=shown_words,
        example_in=example_in,
    )
    app.jinja_env.globals.update(
        PRIORITIES=PRIORITIES,
        PRIORITY_COLOURS=PRIORITY_COLOURS,
        STATES=STATES,
        STATE_COLOURS=STATE_COLOURS,
        EVENTS=EVENTS,
        TOLD=TOLD,
        DELIVERIES=DELIVERIES,
        CONTACTS=CONTACTS,
        CHANNELS=CHANNELS,
        WRITTEN=WRITTEN,
        HOW_SURE=HOW_SURE,
    )


def iso(moment: datetime) -> str:
    """For machines: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_time(moment: datetime) -> str:
    """The time of day: "16:04"."""
    return f"{in_london(moment):%H:%M}"


def day(moment: datetime) -> str:
    """The day: "Friday 20 November 2026"."""
    local = in_london(moment)
    return f"{local:%A} {local.day} {local:%B %Y}"


def day_and_time(moment: datetime) -> str:
    """Both, short: "Fri 20 Nov, 16:04"."""
    local = in_london(moment)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def due(moment: datetime, now: datetime) -> str:
    """Until when, in words: "today by 12:00", "Monday 23 November by 12:00"."""
    local = in_london(moment)
    days = (local.date() - in_london(now).date()).days
    on = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    return f"{on or f'{local:%A} {local.day} {local:%B}'} by {local:%H:%M}"


def hours(span: timedelta) -> str:
    """A length of time in whole hours, or in minutes below one: "5 hours", "40 minutes"."""
    minutes = max(int(abs(span).total_seconds() // 60), 0)
    number, unit = (minutes // 60, "hour") if minutes >= 60 else (minutes, "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def in_words(code: str | None, words: Mapping[str, str]) -> str:
    """The words for a code; one without words is shown as itself."""
    if code is None:
        return ""
    return words.get(code) or code.replace("_", " ").capitalize()


def categories(codes: tuple[str, ...]) -> str:
    """Several categories as one phrase that begins with a capital letter."""
    phrase = ", ".join(CATEGORIES.get(code, code) for code in codes)
    return phrase[:1].upper() + phrase[1:]


def media(kinds: str) -> str:
    """What came with a message, without looking at it."""
    counted = Counter(each if each in MEDIA else "other" for each in kinds.split(",") if each)
    return ". ".join(
        MEDIA[kind] if number == 1 else SEVERAL_MEDIA[kind].format(number=number)
        for kind, number in counted.items()
    )


def way(message: ShownMessage) -> str:
    """How a message came or went: "WhatsApp", "Phone call"."""
    return "Phone call" if message.media == "call" else in_words(message.channel, CHANNELS)
