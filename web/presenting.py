"""How pages say things: times in London, and plain words for every code.

A code that has no words yet is shown as itself, with spaces: never an error while somebody waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Flask

from bot.clock import in_london
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
}

TOLD: Final = {
    "person_read": "that a named person has read it",
    "not_yet": "that nobody has answered yet",
    "not_yet_again": "again that nobody has answered yet",
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

QUESTIONS: Final = {
    "not_started": "Not started",
    "hello": "Is now a good time?",
    "check_word": "What is the word you chose?",
    "just_you": "Is it just you on this phone?",
    "recheck": "Is now still a good time?",
    "way": "Text, talk or meet?",
    "safe_now": "Are you safe where you are now?",
    "going_on": "What was going on?",
    "help": "What would help?",
    "anyone_hurting": "Is anyone hurting you?",
    "keep_private": "Anything you do not want shared?",
    "keep_private_what": "What do you not want shared?",
    "after_disclosure": "Are you safe right now?",
    "carry_on": "Do you want to carry on?",
}
"""Each prompt in short; the exact wording is in the transcript."""

CONVERSATION_STATES: Final = {
    "not_started": "Not started",
    "hello": "Asked whether now is a good time",
    "check_word": "Asked for the word they chose",
    "just_you": "Asked whether it is just them",
    "recheck": "Asked whether now is still a good time",
    "way": "Asked how they want to do it",
    "safe_now": "Asked whether they are safe",
    "going_on": "Asked what was going on",
    "help": "Asked what would help",
    "anyone_hurting": "Asked whether anyone is hurting them",
    "keep_private": "Asked what not to share",
    "keep_private_what": "Asked what not to share",
    "after_disclosure": "Told of harm, asked whether they are safe",
    "after_danger": "Told of danger, given 999",
    "after_own_act": "Told of something they did",
    "carry_on": "Asked whether to carry on",
    "busy": "Busy: contact may not be safe",
    "paused": "Paused until they write",
    "finished": "Conversation finished",
    "declined": "Did not want to talk now",
    "closed_unsafe": "Closed: the check word was wrong",
}

TASKS: Final = {
    "call_wanted": "Wants to talk on the phone: call them",
    "meeting_wanted": "Wants to meet: arrange it",
    "person_wanted": "Wants a person: get in touch",
    "check_wanted": "Agree a way to check who is texting",
    "declined": "Did not want to talk now: a person may offer again",
    "link_sender": "A number that nobody knows has written: find out who it is",
    "opted_out": "The phone refuses our messages: find another way",
    "wrong_address": "The number does not work: check it",
    "unreachable": "The phone cannot be reached: find another way",
    "undelivered": "A message did not arrive: check with them",
    "texting_not_agreed": "Ask whether texting is fine, then make contact",
    "person_first": "Meet them or call first: texting may not suit them",
    "is_adult": "They are 18 or older: offer what there is for adults",
    "too_many_prompts": "They had three texts in a week: call them instead",
    "no_reply": "No answer to our texts: try another way",
    "help_with_texting": "Texting is hard for them: find a way that suits them",
    "advocate_wanted": "Wants an advocate: arrange it",
    "copy_wanted": "Wants a copy of what they said: arrange a safe way",
    "other_person_wanted": "Wants to see another person next time",
    "tell_outcome": "Asked for something last time: tell them what came of it",
    "tell_news": "There is news for them: tell them in person or by phone",
    "says_adult": "Says they are 18 or older: check it with them",
    "wrong_number": "Says this is not their number: check it, do not write there",
}

MEDIA: Final = {
    "picture": "A picture was sent; it was not opened",
    "voice": "A voice note was sent; it was not opened",
    "other": "A file was sent; it was not opened",
}

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
        hours=hours,
        in_words=in_words,
        categories=categories,
        media=media,
        shown_words=shown_words,
    )
    app.jinja_env.globals.update(
        PRIORITIES=PRIORITIES,
        PRIORITY_COLOURS=PRIORITY_COLOURS,
        STATES=STATES,
        STATE_COLOURS=STATE_COLOURS,
        EVENTS=EVENTS,
        TOLD=TOLD,
        DELIVERIES=DELIVERIES,
        QUESTIONS=QUESTIONS,
        CONVERSATION_STATES=CONVERSATION_STATES,
        TASKS=TASKS,
        CONTACTS=CONTACTS,
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
    return ". ".join(MEDIA.get(each, MEDIA["other"]) for each in kinds.split(",") if each)
