"""One turn of the conversation: what was heard, in; what is kept, sent and changed, out.

Pure: the same position, texts, situation and time give the same turn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialogs.hearing import kind_of
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
from dialogs.reading import COMMANDS
from dialogs.talk import Talk
from dialogs.texts import reply

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
    "is_open",
    "open_interview",
    "settles",
    "take_turn",
]


def is_open(state: str) -> bool:
    """Whether the conversation in this state can still go on: not finished, declined or closed."""
    return state not in ENDED


def settles(position: Position, words: str) -> bool:
    """Whether to wait for more texts: an open question, and words that are no command (PR-28)."""
    if position.state not in FREE:
        return False
    kind = kind_of(words, position.state)
    return kind not in COMMANDS and kind not in ("thats_all", "confused")


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
