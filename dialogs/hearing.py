"""What the texts of one turn say to the state the conversation is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.interview import ENDED, FREE, NEXT, PHASES, PROMPTED
from dialogs.position import Answer, Heard, HeardText
from dialogs.reading import COMMANDS, CONTROLS, INFOS, read, says_word, way_of

RECORDED = (*NEXT, "after_disclosure")
"""Questions whose answers are kept as answers, in the order in which they are asked."""
_WAITING = frozenset(PHASES["hello"]) | {"carry_on", "busy", "paused"}
_WEIGHTIER: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(FREE, ("words",)),
    "way": ("talk", "meet", "text", "yes"),
    "anyone_hurting": ("yes", "partly", "no", "nothing"),
    "keep_private": ("yes", "partly", "no", "nothing"),
}
_CAUTIOUS = ("no", "yes", "partly", "unsure")
"""Of several plain answers in one turn the more careful one counts (docs/practice.md PR-46)."""

_TRIGGER = {
    "way": dict.fromkeys(("text", "talk", "meet", "yes", "unsure"), "answered"),
    "safe_now": {"yes": "answered", "no": "danger"},
    "anyone_hurting": {
        "no": "answered",
        "nothing": "answered",
        "unsure": "answered",
        "yes": "disclosed",
        "partly": "disclosed",
    },
    "keep_private": {"yes": "yes", "partly": "yes", "confused": "unclear"},
    "after_disclosure": {"yes": "yes", "no": "danger"},
    "declined": {"yes": "begin", "greeting": "begin"},
    **{state: {"confused": "unclear"} for state in FREE},
    **{state: {"yes": "yes", "no": "no"} for state in ("hello", "just_you", "recheck", "carry_on")},
}
"""What a plain answer means to the table; anything else is `_OTHERWISE`, or not understood."""
_OTHERWISE = {
    **dict.fromkeys((*FREE, "keep_private"), "answered"),
    **dict.fromkeys(("after_disclosure", "after_danger", "paused", *ENDED), "wrote"),
    **dict.fromkeys(("not_started", "busy"), "begin"),
    "after_own_act": "yes",
}


@dataclass(frozen=True, slots=True)
class Hearing:
    """The texts of one turn, sorted.

    Attributes:
        control: the command that moves the conversation, if any.
        infos: commands that are answered where it stands.
        kinds: the kinds of the texts that answer the standing question, in order.
        answering: their indexes.
        late: answers to questions asked before.
    """

    control: str | None
    infos: tuple[str, ...]
    kinds: tuple[str, ...]
    answering: tuple[int, ...]
    late: tuple[Answer, ...]

    def answers(self, state: str) -> tuple[Answer, ...]:
        """What is to be kept: the late ones, and what answers `state` where answers are kept."""
        if state not in RECORDED or not self.answering:
            return self.late
        return (*self.late, Answer(state, self.answering))

    def kind(self, state: str) -> str | None:
        """All texts that answer the standing question as one answer; None when there is none."""
        if not self.kinds:
            return None
        for kind in _WEIGHTIER.get(state, _CAUTIOUS):
            if kind in self.kinds:
                return kind
        return self.kinds[0] if len(set(self.kinds)) == 1 else "words"

    def trigger(self, state: str) -> str:
        """What that answer means to the table in this state; empty when there is none."""
        kind = self.kind(state)
        if kind is None:
            return ""
        return _TRIGGER.get(state, {}).get(kind) or _OTHERWISE.get(state, "unclear")


def hear(heard: Heard, state: str, check_word: str | None, language: str) -> Hearing:
    """Sort the texts of a turn into commands, answers to the standing question and late answers."""
    commands: list[str] = []
    kinds: list[str] = []
    answering: list[int] = []
    late: dict[str, list[int]] = {}
    for index, text in enumerate(heard.texts):
        kind = kind_of(text.words, state, check_word, language)
        if kind in COMMANDS or kind == "thats_all":
            commands.append(kind)
        elif _is_late(text, state):
            late.setdefault(_question_of(text), []).append(index)
        else:
            kinds.append(kind)
            answering.append(index)
    if "thats_all" in commands and kinds and state in FREE:
        commands = [command for command in commands if command != "thats_all"]
    commands = ["finish" if command == "thats_all" else command for command in commands]
    return Hearing(
        control=next((control for control in CONTROLS if control in commands), None),
        infos=tuple(info for info in INFOS if info in commands),
        kinds=tuple(kinds),
        answering=tuple(answering),
        late=tuple(Answer(question, tuple(found)) for question, found in late.items() if question),
    )


def kind_of(words: str, state: str, check_word: str | None = None, language: str = "en") -> str:
    """The kind of one text in a state: the check word first, then a choice of way, then as read."""
    if state == "check_word" and check_word and says_word(words, check_word):
        return "right_word"
    kind = read(words, language)
    if state == "way" and kind not in CONTROLS:
        kind = way_of(words, language) or kind
    if kind == "elsewhere":
        return "later" if state in _WAITING else "words"
    return kind


def _is_late(text: HeardText, state: str) -> bool:
    return bool(text.may_answer) and state in PROMPTED and state not in text.may_answer


def _question_of(text: HeardText) -> str:
    """The last question this text may answer; empty when it was only about whether to text."""
    return max(text.may_answer & set(RECORDED), key=RECORDED.index, default="")
