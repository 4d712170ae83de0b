"""What the texts of one turn say to the state the conversation is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.interview import ASKED, FREE, PHASES, PROMPTED
from dialogs.plan import QUESTIONS
from dialogs.position import OFFERED, Answer, Heard, HeardText, Passing, Position, Situation
from dialogs.reading import (
    COMMANDS,
    CONTROLS,
    INFOS,
    SIGNS,
    WISHES,
    choice_of,
    holds_word,
    read,
    says_word,
    way_of,
)
from dialogs.topics import mentions_who, section_of, topics_in

RECORDED = (*ASKED, "read_back", "after_disclosure", "chat_was")
"""Questions whose answers are kept as answers, in the order in which they are asked."""
_WAITING = frozenset(PHASES["hello"]) | {"carry_on", "busy", "paused"}
_WEIGHTIER: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(FREE, ("words",)),
    "way": ("talk", "meet", "text", "yes"),
    "anyone_hurting": ("yes", "partly", "no", "nothing"),
}
_CAUTIOUS = ("no", "yes", "partly", "unsure")
"""Of several plain answers in one turn the more careful one counts (docs/practice.md PR-46)."""
_UNCLEAR = {"confused": "unclear", "thanks": "unclear"}
_FEW_WORDS = 2
_SAYS_LITTLE = frozenset({"no", "nothing", "unsure", "partly"})

_TRIGGER: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(FREE, _UNCLEAR),
    "way": dict.fromkeys(("text", "talk", "meet", "yes", "unsure"), "answered"),
    "way_time": _UNCLEAR,
    "safe_now": {"yes": "answered", "no": "danger"},
    "right_time": dict.fromkeys(("yes", "no", "partly", "unsure", "words"), "answered"),
    "harm_ok": dict.fromkeys(("yes", "no", "partly", "nothing"), "answered"),
    "upset": {**_UNCLEAR, "yes": "unclear"},
    "anyone_hurting": {
        **dict.fromkeys(("no", "nothing", "unsure"), "answered"),
        **dict.fromkeys(("yes", "partly"), "disclosed"),
    },
    "health": dict.fromkeys(("yes", "no", "partly", "unsure", "nothing", "words"), "answered"),
    "anyone_else": dict.fromkeys(("yes", "no", "partly", "unsure", "nothing", "words"), "answered"),
    "keep_private": {**_UNCLEAR, "yes": "unclear", "partly": "unclear"},
    "after_disclosure": {"yes": "yes", "no": "danger"},
    "declined": {"yes": "begin", "greeting": "begin"},
    "read_back_safe": {"yes": "yes", "no": "no"},
    "follow_up": {"yes": "yes", "no": "no"},
    **{state: {"yes": "yes", "no": "no"} for state in ("hello", "just_you", "recheck", "carry_on")},
}
"""What a plain answer means to the table; anything else is `_OTHERWISE`, or not understood."""
_OTHERWISE = {
    **dict.fromkeys((*FREE, "chat_was"), "answered"),
    **dict.fromkeys(("after_disclosure", "after_danger", "paused"), "wrote"),
    **dict.fromkeys(("finished", "declined"), "wrote"),
    **dict.fromkeys(("not_started", "busy"), "begin"),
    "after_own_act": "yes",
}
_NUMBERED: Mapping[str, Mapping[int, str]] = {
    "carry_on": {1: "yes", 2: "later", 3: "topics"},
    "way": {1: "text", 2: "talk", 3: "meet"},
}
"""What a number means where the question numbers its choices."""
_WISHED_IN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("talk", "meet"), frozenset({*QUESTIONS, "easier", "carry_on"})),
    **dict.fromkeys(("shorter", "longer"), frozenset(QUESTIONS)),
    "topics": frozenset({*QUESTIONS, "carry_on"}),
    "show": frozenset({*QUESTIONS, "carry_on", "finished"}),
}
"""Where a wish about the interview can be granted; elsewhere it is only words."""
_JUST_OK = frozenset(
    {"ok", "okay", "k", "kk", "cool", "thanks", "thank you", "ty", "iawn", "diolch"}
)
"""After "text me when it's a good time" these are no wish to go on at once."""
_TALK_ABOUT = re.compile(r"\b(talk|chat|speak|ask|siarad)", re.I)
"""Away from a list of parts, a part is only meant when they say that they want to talk about it."""
OPTIONS: Mapping[int, str] = {1: "advocate", 2: "copy", 3: "show", 4: "other_person"}
"""What a number means right after the goodbye."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """The texts of one turn, sorted.

    Attributes:
        control: the command that moves the conversation, if any.
        infos: commands that are answered where it stands.
        wish: a wish about the interview itself: another way, shorter, another topic, read-back.
        sign: a sign about who is writing.
        option: what they chose from the list after the goodbye.
        section: the part of the interview they want to talk about.
        kinds: the kinds of the texts that answer the standing question, in order.
        answering: their indexes.
        late: answers to questions asked before.
        told: topics that the texts tell about, with the index of the text.
        little: every answering text is a short one.
        names_who: it says who somebody is (a carer, family, school), for wishes about sharing.
    """

    control: str | None
    infos: tuple[str, ...]
    wish: str | None
    sign: str | None
    option: str | None
    section: str | None
    kinds: tuple[str, ...]
    answering: tuple[int, ...]
    late: tuple[Answer, ...]
    told: tuple[Passing, ...]
    little: bool
    names_who: bool = False

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


def hear(heard: Heard, position: Position, situation: Situation) -> Hearing:
    """Sort the texts of a turn into commands, wishes, answers and late answers."""
    state, language = position.state, situation.language
    found: dict[str, list[str]] = {"command": [], "wish": [], "sign": [], "option": []}
    kinds: list[str] = []
    answering: list[int] = []
    late: dict[str, list[int]] = {}
    sections: list[str] = []
    for index, text in enumerate(heard.texts):
        if situation.duress_word and holds_word(text.words, situation.duress_word):
            found["sign"].insert(0, "duress")
            continue
        kind = kind_of(text.words, state, situation.check_word, language)
        group = _group(kind, state)
        if _is_late(text, state) and (group is None or kind == "skip"):
            # To skip a question from before says nothing to this one, and is no answer to that.
            question = _question_of(text) if group is None else ""
            late.setdefault(question, []).append(index)
        elif (section := _section(text.words, position, kind, language)) is not None:
            sections.append(section)
        elif (option := _option(text.words, position, language)) is not None:
            found["option"].append(option)
        elif group is not None:
            found[group].append(kind)
        else:
            kinds.append(kind)
            answering.append(index)
    commands = found["command"]
    if "thats_all" in commands and kinds and state in FREE:
        commands = [command for command in commands if command != "thats_all"]
    commands = ["finish" if command == "thats_all" else command for command in commands]
    return Hearing(
        control=next((control for control in CONTROLS if control in commands), None),
        infos=tuple(info for info in INFOS if info in commands),
        wish=next(iter(found["wish"]), None),
        sign=next(iter(found["sign"]), None),
        option=next(iter(found["option"]), None),
        section=next(iter(sections), None),
        kinds=tuple(kinds),
        answering=tuple(answering),
        late=tuple(Answer(question, tuple(texts)) for question, texts in late.items() if question),
        told=_told(heard, language),
        little=_is_little(heard, kinds, answering),
        names_who=any(mentions_who(text.words, language) for text in heard.texts),
    )


def kind_of(words: str, state: str, check_word: str | None = None, language: str = "en") -> str:
    """The kind of one text in a state: the check word first, then a choice, then as read."""
    if state in ("check_word", "follow_up_word") and check_word and says_word(words, check_word):
        return "right_word"
    kind = read(words, language)
    if state in _NUMBERED and (choice := choice_of(words, language)) is not None:
        kind = _NUMBERED[state].get(choice, kind)
    if state == "way" and kind not in CONTROLS:
        kind = way_of(words, language) or kind
    return _kind_here(kind, words, state, language)


def _kind_here(kind: str, words: str, state: str, language: str) -> str:
    """What a kind comes to in a state: some mean something in some states only."""
    if kind == "elsewhere":
        return "later" if state in _WAITING else "words"
    if state == "paused" and words.strip().casefold().rstrip(".! ") in _JUST_OK:
        return "thanks"
    sharing = state in ("keep_private", "keep_private_who")
    if kind == "secret" and sharing and mentions_who(words, language):
        return "words"
    if kind == "more":
        return "thanks" if state in FREE else "yes"
    if kind in ("talk", "meet") and state not in (*_WISHED_IN["talk"], "way"):
        return "person"
    return kind


def _group(kind: str, state: str) -> str | None:
    """Which pile a text belongs on; None for an answer to the standing question."""
    if kind in COMMANDS or kind == "thats_all":
        return "command"
    if kind in SIGNS:
        return "sign"
    if kind in WISHES and state in _WISHED_IN[kind]:
        return "wish"
    return None


def asks_for_part(words: str, position: Position, language: str = "en") -> bool:
    """Whether a text picks what to talk about, so that nothing more is waited for."""
    return _section(words, position, read(words, language), language) is not None


def _section(words: str, position: Position, kind: str, language: str) -> str | None:
    """A part of the interview that they ask for; a bare number only where parts were numbered."""
    if position.state not in (*QUESTIONS, "carry_on"):
        return None
    offered, section = position.section == OFFERED, section_of(words, language)
    if section is None or choice_of(words, language) is not None:
        return section if offered else None
    if kind in COMMANDS or not (offered or _TALK_ABOUT.search(words)):
        return None
    standing = QUESTIONS.get(position.state)
    is_answer = standing is not None and standing.section == section
    return None if is_answer else section


def _option(words: str, position: Position, language: str) -> str | None:
    if position.state != "finished" or "options" not in position.told:
        return None
    return OPTIONS.get(choice_of(words, language) or 0)


def _told(heard: Heard, language: str) -> tuple[Passing, ...]:
    return tuple(
        Passing(topic, index)
        for index, text in enumerate(heard.texts)
        for topic in sorted(topics_in(text.words, language))
    )


def _is_little(heard: Heard, kinds: list[str], answering: list[int]) -> bool:
    if not kinds:
        return False
    count = sum(len(heard.texts[index].words.split()) for index in answering)
    return count <= _FEW_WORDS or set(kinds) <= _SAYS_LITTLE


def _is_late(text: HeardText, state: str) -> bool:
    return bool(text.may_answer) and state in PROMPTED and state not in text.may_answer


def _question_of(text: HeardText) -> str:
    """The last question this text may answer; empty when it was only about whether to text."""
    return max(text.may_answer & set(RECORDED), key=RECORDED.index, default="")
