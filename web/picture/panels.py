"""What the picture says: the phases, the texts of each, and what is asked when.

Words that a young person reads come from the script, and who is asked what from the plan; only what
explains them to the people who sign is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dialogs.interview import PHASES
from dialogs.plan import BUDGET, CHOSEN, CORE, EXTRA, MOST_EXTRAS, MUST, QUESTIONS, SPARE
from dialogs.texts import load, reply
from web.picture.routes import routes_of

Look = Literal["must", "usual", "optional", "said"]
TAGS: Mapping[int, tuple[str, Look]] = {
    MUST: ("ALWAYS ASKED", "must"),
    CORE: ("in a full interview", "usual"),
    SPARE: ("if there is room", "usual"),
    EXTRA: ("only if they choose this part", "optional"),
}
WHEN = {
    "promised": "ALWAYS ASKED, if they asked for things last time",
    "right_time": "only if they choose this part, and we know the day",
    "get_away": "if there is room, after short answers",
    "harm_ok": "ALWAYS ASKED, before what follows",
    "keep_private_who": "if there is something to keep private",
}
"""Where the plan has a reason of its own."""
LINES = {
    "busy": "busy",
    "paused": "later",
    "after_disclosure": "disclose_harm",
    "after_danger": "danger",
    "after_own_act": "own_act",
    "finished": "goodbye",
    "declined": "declined",
    "closed_unsafe": "bland_close",
}
"""The text of each state whose own line has another name."""
UNSAID = {"not_started": "Nothing is sent yet."}
ASIDE = frozenset({
    "recheck", "way_time", "easier", "arranged", "health_yes", "anyone_else_yes", "share_limit",
    "declined", "closed_unsafe",
})  # fmt: skip
"""Texts that the usual way passes by: drawn last in their phase, without arrows."""


@dataclass(frozen=True, slots=True)
class Card:
    """One text: its small name, when it is sent, the words, and where a reply leads.

    `aside` if the usual way passes by it.
    """

    name: str
    tag: str
    look: Look
    text: str
    routes: tuple[str, ...] = ()
    state: str | None = None
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A phase, or what holds at any time; `flows` if it is on the usual way."""

    title: str
    about: str
    cards: tuple[Card, ...]
    flows: bool = True


@dataclass(frozen=True, slots=True)
class _Phase:
    title: str
    about: str = ""
    flows: bool = True
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: tuple[str, ...] = ()


_PHASES: Mapping[str, _Phase] = {
    "hello": _Phase("Hello", "Anyone may see these. Nothing says what it is about."),
    "standby": _Phase("A break", "We wait until they write.", flows=False),
    "about": _Phase(
        "About",
        "Who reads, what they can choose, what becomes of their words.",
        before={"way": ("m1", "m2")},
        after=("arranged", "m3", "m3b", "m3c"),
    ),
    "minimum": _Phase(
        "First", "For a child who has only three texts in them.", after=("halfway",)
    ),
    "before": _Phase("Before you went"),
    "away": _Phase("Being away"),
    "harm": _Phase(
        "Harm", "Asked gently, and never last.", after=("health_yes", "anyone_else_yes")
    ),
    "back": _Phase("Coming back"),
    "next": _Phase("What comes next"),
    "share": _Phase(
        "What is shared",
        "Always before the end.",
        before={"keep_private": ("stay_safe",)},
        after=("share_limit",),
    ),
    "ends": _Phase(
        "The end", "They can always text again.", after=("options", "numbers")
    ),
    "readback": _Phase(
        "Their own words",
        "When they ask to see them. Here their words go back to them, and nowhere else.",
        flows=False,
        before={"read_back": ("read_back_start",)},
    ),
    "later": _Phase(
        "On a later day",
        "It begins with a question that says nothing.",
        flows=False,
        after=("news_told",),
    ),
    "safety": _Phase(
        "If a text tells of harm or danger",
        "At any time. They are thanked, asked at most if they are safe now, and asked no more about"
        " it: that is for people.",
        flows=False,
        after=("missing", "doubt", "safe_check"),
    ),
    "holding": _Phase(
        "While we wait for a person",
        "That a person has read it is said only when one has.",
        flows=False,
        after=("keep_telling", "no_one_there", "not_yet", "person_read", "person_deciding"),
    ),
}  # fmt: skip
_SAID_WHEN = {
    "m1": "said once, first",
    "m2": "said once, first",
    "arranged": "after TALK or MEET, and a time",
    "m3": "said once, before the questions",
    "m3b": "said once, before the questions",
    "m3c": "said once, before the questions",
    "halfway": "then they can choose",
    "health_yes": "after YES to health",
    "anyone_else_yes": "after YES to anyone_else",
    "stay_safe": "said before keep_private",
    "share_limit": "after what they want kept private",
    "numbers": "with goodbye",
    "options": "with goodbye, if a question was put",
    "read_back_start": "then their own words",
    "news_told": "after the news",
    "missing": "if still missing, and it is them",
    "doubt": "instead, if we are not sure",
    "safe_check": "when they write after danger",
    "keep_telling": "they tell more",
    "no_one_there": "nobody is on duty",
    "not_yet": "nobody has answered yet",
    "person_read": "only when a person has",
    "person_deciding": "only when a person has",
}
_ALWAYS = (
    (
        "SKIP",
        None,
        "The next question; no reason is needed. In Hello, at carry_on and in a break: as LATER, or"
        " as BUSY if somebody may be looking.",
    ),
    ("BUSY", "busy", "Somebody is near: one plain text."),
    ("LATER", "later", "A break."),
    ("PERSON", "person_line", "A person is asked to contact them."),
    ("FINISH", "goodbye", "The end, at once."),
    ("They want to stop", "declined", "Accepted at once."),
    ("HOW", "how", "How this works."),
    ("WHO", "who", "Who this is."),
    ("A cry for help", "help_line", "Numbers, and ways to a person."),
)


def phase_panel(phase: str, facts: Mapping[str, str]) -> Panel:
    """A phase of the interview with all its states, each in the first wording of its line."""
    entry = _PHASES[phase]
    cards: list[Card] = []
    for state in PHASES.get(phase, ()):
        cards += [_said(key, facts) for key in entry.before.get(state, ())]
        cards.append(_state_card(state, facts))
    cards += [_said(key, facts) for key in entry.after]
    about = entry.about
    if phase in CHOSEN:
        about = f"They can choose it: part {CHOSEN.index(phase) + 1}. {about}".strip()
    cards.sort(key=lambda card: card.aside)
    return Panel(entry.title, about, tuple(cards), entry.flows)


def always_panel(facts: Mapping[str, str]) -> Panel:
    """The words that work wherever they are, and what is said then."""
    cards = tuple(
        Card(word, "", "said", _words(key, facts) if key else "", (what,))
        for word, key, what in _ALWAYS
    )
    return Panel("Words that always work", "", cards, flows=False)


def looks() -> tuple[tuple[str, Look], ...]:
    """What the edge of a box says."""
    return (
        ("ALWAYS ASKED", "must"),
        ("asked if there is room", "usual"),
        ("only if they choose it", "optional"),
        ("said, not asked", "said"),
    )


def legend() -> tuple[str, ...]:
    """How to read the picture, in sentences."""
    full, short, again = BUDGET["full"], BUDGET["short"], BUDGET["repeat"]
    return (
        "Dark titles: the usual way. Light titles: beside it, or at any time. After > stands what a"
        " reply does, and the small name of the text to which it leads.",
        f"At most {full} questions in a full interview, {short} in a short one, {again} for a child"
        f" who has had one before; of the part that they choose, at most {MOST_EXTRAS} more.",
        "The part that they choose comes right after First. What they have told about already, and"
        " a part that they do not want to talk about, is not asked, even where it says always.",
        "An answer or SKIP leads to the next question. What we cannot read is asked once more in"
        " other words; then we go on.",
        "After a long silence we first ask if it is still a good time (recheck). While somebody may"
        " be looking, only texts that anyone may see are sent.",
        "Names and times are made up. Words of thanks, second wordings and answers about pictures"
        " are not drawn; every text is in dialogs/texts/en.toml.",
    )


def _state_card(state: str, facts: Mapping[str, str]) -> Card:
    tag, look = _asked_when(state)
    text = UNSAID.get(state) or _words(_line_of(state), facts)
    return Card(state, tag, look, text, tuple(routes_of(state)), state, state in ASIDE)


def _asked_when(state: str) -> tuple[str, Look]:
    question = QUESTIONS.get(state)
    if question is None:
        return "", "usual"
    tag, look = TAGS[question.rank]
    if question.rank == EXTRA and question.section not in CHOSEN:
        return "only if they ask to talk about this", look
    return WHEN.get(state, tag), look


def _line_of(state: str) -> str:
    if state in LINES:
        return LINES[state]
    lines = load().lines
    if state in lines:
        return state
    return next(key for key, line in lines.items() if line.asks == state)


def _said(key: str, facts: Mapping[str, str]) -> Card:
    return Card(key, _SAID_WHEN[key], "said", _words(key, facts), aside=key in ASIDE)


def _words(key: str, facts: Mapping[str, str]) -> str:
    return reply(key, facts).body
