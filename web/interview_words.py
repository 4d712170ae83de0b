"""How pages name what is asked in an interview, what was chosen and how a topic stands.

A question is shown in the words of the English script, whatever language it was asked in.
"""

from __future__ import annotations

from functools import cache
from string import Formatter
from typing import Final

from bot.shown import ShownMessage
from dialogs.position import STATE_ALIASES
from dialogs.texts import load, reply

_ASKED_BY: Final = {"after_disclosure": "safe_check"}
"""States whose question is put by several lines, and the one that is nothing but the question."""

CONVERSATION_STATES: Final = {
    "not_started": "Not started",
    "hello": "Asked whether now is a good time",
    "check_word": "Asked for the word they chose",
    "just_you": "Asked whether it is just them",
    "recheck": "Asked whether now is still a good time",
    "way": "Asked how they want to do it",
    "way_time": "Asked when a call or a meeting would be good",
    "easier": "Asked what makes texting easier",
    "promised": "Asked how it is with what they asked for last time",
    "safe_now": "Asked whether they are safe",
    "going_on": "Asked what was going on",
    "help": "Asked what would help",
    "anyone_hurting": "Asked whether anyone is scaring them",
    "keep_private": "Asked what not to share",
    "keep_private_who": "Asked who should not see it",
    "read_back_safe": "Asked whether it is safe to read their words back",
    "read_back": "Asked whether their words are right",
    "after_disclosure": "Told of harm, asked whether they are safe",
    "after_danger": "Told of danger, given 999",
    "after_own_act": "Told of something they did",
    "carry_on": "Asked whether to carry on",
    "busy": "Busy: contact may not be safe",
    "paused": "Paused until they write",
    "finished": "Conversation finished",
    "declined": "Did not want to talk now",
    "closed_unsafe": "Closed: the check word was wrong twice",
    "follow_up": "Asked whether news may be told now",
    "follow_up_word": "Asked for the word they chose, before news",
    "chat_was": "Asked how this chat was",
}
"""States with words of their own; another one is named by its question."""

WAYS: Final = {"text": "By text", "talk": "A phone call", "meet": "A meeting"}
TO_ARRANGE: Final = {
    "call_wanted": "Wants a call: not called yet",
    "meeting_wanted": "Wants to meet: not arranged yet",
}
LENGTHS: Final = {"full": "Full", "short": "Short", "repeat": "Repeat"}
LENGTH_BY: Final = {
    "person": "a person chose it",
    "young_person": "they asked for it",
    "computer": "the computer chose it",
}
TOPICS: Final = {
    "not_yet": "Not talked about",
    "asked": "Asked, but no answer about it is noted",
    "left_out": "Not asked, because of something they told",
    "skipped": "They did not want to talk about it",
    "for_a_person": "Left for a person to ask, if they want",
    "told": "Answered, or told in passing",
    "said": "We told them",
}
"""How a topic can stand, what was never talked about first: that is what a person looks for."""

PARTS: Final = {
    "A": "Beginning",
    "B": "Before",
    "C": "While away",
    "D": "Harm and safety",
    "E": "Coming back",
    "F": "Now and next",
    "G": "Sharing and closing",
}
"""The parts of the published forms, by the first letter of their topics."""

NAMED: Final = {
    "anyone": "anyone",
    "carer": "carer",
    "family": "family",
    "friends": "friends",
    "police": "police",
    "school": "school",
    "social_worker": "social worker",
}
LANGUAGES: Final = {"en": "English", "cy": "Welsh"}
APPROVALS: Final = {
    "approved": "Approved",
    "draft": "The texts were a draft",
    "not_known": "An older version: approval not known",
}


@cache
def question_in_words(state: str) -> str:
    """What a state asks, in English, without how to reply; the state itself if it asks nothing."""
    state = STATE_ALIASES.get(state, state)
    lines = load().lines
    asking = (key for key, line in lines.items() if line.asks == state)
    key = _ASKED_BY.get(state) or (state if state in lines else next(asking, None))
    if key is None:
        return state.replace("_", " ").capitalize()
    body = reply(key, {}).body
    return body[: body.index("?") + 1] if "?" in body else body


def question_beside(message: ShownMessage) -> str | None:
    """The English question of a text that was sent in another language; None where none is needed.

    What was sent in English says itself what it asks.
    """
    if message.question is None:
        return None
    line = load().lines.get(message.text_key or "")
    wordings = (*line.texts, *line.again) if line else ()
    if any(_is_wording(each.template, message.text) for each in wordings):
        return None
    return question_in_words(message.question)


def _is_wording(template: str, text: str) -> bool:
    """Whether a text is this wording, whatever was filled in."""
    return all(part in text for part, *_ in Formatter().parse(template))


def state_in_words(state: str) -> str:
    """Where a conversation stands, for lists."""
    words = CONVERSATION_STATES.get(STATE_ALIASES.get(state, state))
    return words or f"Asked: {question_in_words(state)}"
