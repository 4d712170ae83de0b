"""The conversation while a person of ours holds it, and where it goes on when they hand it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialogs.plan import QUESTIONS
from dialogs.position import Heard, Position, Situation
from dialogs.turn import take_turn

_TOLD = frozenset({"after_disclosure", "after_danger", "after_own_act"})


def looks_unsafe(position: Position, heard: Heard, situation: Situation, now: datetime) -> bool:
    """Whether what they wrote to a person says that somebody else may be looking.

    The duress word, BUSY and signs of another person count as they always do; nothing else that is
    written to a person is an answer to the computer (docs/practice.md 5.4, rule 1).
    """
    listening = replace(position, state="after_disclosure", last_at=now)
    turn = take_turn(listening, replace(heard, disclosure=None), situation, now)
    return turn.contact == "guarded"


def hand_back(position: Position) -> tuple[Position, str]:
    """Where the computer goes on, and the line that says so.

    No question is put again by itself: they choose whether to carry on, have a break or talk about
    something else. Where nothing was being asked, nothing is asked now.
    """
    standing = position.resume if position.state in _TOLD else position.state
    if standing not in QUESTIONS or position.doubted:
        return position, "handed_back_plain"
    return replace(position, state="carry_on", resume=standing, asked_again=False), "handed_back"
