"""One turn of the conversation: what was heard, in; what is kept, sent and changed, out.

Pure: the same position, texts, situation and time give the same turn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialogs.hearing import asks_for_part, kind_of
from dialogs.interview import ENDED, FREE
from dialogs.position import (
    SCRIPT_VERSION,
    Answer,
    Contact,
    Disclosure,
    Exposure,
    Heard,
    HeardText,
    Media,
    Position,
    Raise,
    Reply,
    Situation,
    Turn,
)
from dialogs.reading import COMMANDS, SIGNS, WISHES
from dialogs.talk import Talk
from dialogs.texts import reply

_AT_ONCE = COMMANDS | {*WISHES, *SIGNS, "thats_all", "confused"}
"""Texts that never wait for more: commands, wishes, and questions about the question."""

__all__ = [
    "SCRIPT_VERSION",
    "Answer",
    "Contact",
    "Disclosure",
    "Exposure",
    "Heard",
    "HeardText",
    "Media",
    "Position",
    "Raise",
    "Reply",
    "Situation",
    "Turn",
    "ask_chat_was",
    "has_ended",
    "is_open",
    "open_follow_up",
    "open_interview",
    "settles",
    "take_turn",
    "wants_words",
]


def is_open(state: str) -> bool:
    """Whether the conversation in this state can still go on: not finished, declined or closed."""
    return state not in ENDED


def has_ended(position: Position) -> bool:
    """Whether the interview is over: also while something after the end is being talked about."""
    return position.state in ENDED or position.resume == "finished"


def wants_words(position: Position) -> bool:
    """Whether the next turn may read their own words back, so that `Situation.said` is needed."""
    return position.state == "read_back_safe"


def settles(position: Position, words: str, language: str = "en") -> bool:
    """Whether to wait for more texts: an open question, and words that are no command (PR-28)."""
    if position.state not in FREE or asks_for_part(words, position, language):
        return False
    kind = kind_of(words, position.state, language=language)
    return kind not in _AT_ONCE


def open_interview(position: Position, situation: Situation, now: datetime) -> Turn:
    """The first text, neutral and true (PR-10), or the first again after a pause.

    A conversation that ended with two wrong check words is opened only after a person has made the
    contact open again (PR-14); until then nothing is sent.
    """
    if position.state == "closed_unsafe":
        if situation.contact != "open":
            return Turn(position, ())
        position = replace(position, wrong_words=0)
    talk = Talk(position, Heard(()), situation, now)
    talk.say_hello()
    return talk.turn()


def open_follow_up(position: Position, situation: Situation, now: datetime) -> Turn:
    """Ask whether news may be told now (M-follow-up); nothing is said in a guarded conversation.

    Only after the interview has ended; in its middle the position and the phone stay as they are.
    """
    if position.state not in ("finished", "declined", "chat_was") or situation.contact == "guarded":
        return Turn(position, ())
    talk = Talk(position, Heard(()), situation, now)
    talk.say_later("news", "follow_up")
    return talk.turn()


def ask_chat_was(position: Position, situation: Situation, now: datetime) -> Turn:
    """Ask, on a later day, how the chat was; only of a finished interview at a safe phone."""
    if position.state != "finished" or situation.contact == "guarded":
        return Turn(position, ())
    talk = Talk(position, Heard(()), situation, now)
    talk.say_later("ask_chat", "chat_was")
    return talk.turn()


def take_turn(position: Position, heard: Heard, situation: Situation, now: datetime) -> Turn:
    """Answer everything a young person has written since the last turn.

    Args:
        position: where they were.
        heard: all their unanswered texts and media, and what screening found in them.
        situation: what is true now: contact, check word, who can be reached, facts for the texts.
        now: service time, aware, UTC.

    Returns:
        The new position, what to send in this order, what is an answer to what, and human tasks.

    Raises:
        InterviewError: the table has no way on; a fault of ours that must become an escalation.
    """
    if position.state == "closed_unsafe":
        closed = (reply("bland_close", situation.facts, situation.language),)
        return Turn(replace(position, last_at=now), closed, disposition="parked")
    talk = Talk(position, heard, situation, now)
    talk.listen()
    return talk.turn()
