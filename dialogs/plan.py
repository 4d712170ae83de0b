"""Which question comes next: the questions of the interview as data, and the planner.

The minimum comes first, for a child who has only three texts in them; then what they choose, then
the rest; harm is asked about gently and never last (docs/practice.md PR-20, PR-23, PR-32, PR-37).
What they have told about already is not asked. The number of questions is a cost: a full interview
puts at most twelve, a short one seven.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dialogs.position import Disclosure, Length, Position, Situation

SECTIONS = ("minimum", "before", "away", "harm", "back", "next", "share")
CHOSEN = ("before", "away", "back", "next")
"""What they can ask to talk about first, in the order in which it is numbered for them."""

BUDGET: Mapping[Length, int] = {"full": 12, "short": 7, "repeat": 10}
"""Most questions that are put; a repeat interview has room for last time and for their choice."""
MOST_EXTRAS = 2
"""Further questions on a part that they chose themselves."""

MUST, EXTRA, CORE, SPARE = range(4)
"""How dear a question is; when there are too many, the highest go first and MUST never goes."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        section: the part of the interview that it belongs to.
        topics: what it is there to learn (ids of docs/practice.md, coverage).
        told_by: topics each of which makes it needless when they have told about it.
        rank: how dear it is (`MUST` to `SPARE`).
        closed: one word answers it; to the others any words are an answer.
    """

    section: str
    topics: tuple[str, ...]
    told_by: tuple[str, ...] = ()
    rank: int = EXTRA
    closed: bool = False


QUESTIONS: Mapping[str, Question] = {
    "promised": Question("minimum", ("F8",), ("F8",), MUST),
    "safe_now": Question("minimum", ("F2",), ("F2",), MUST, closed=True),
    "going_on": Question("minimum", ("B1",), ("B1",), MUST),
    "help": Question("minimum", ("F3",), ("F3",), MUST),
    "right_time": Question("before", ("A7",), ("A7",), EXTRA, closed=True),
    "get_away": Question("before", ("B2",), ("B2", "B3", "B4", "B5"), SPARE),
    "around": Question("before", ("B4", "B5", "B6", "B7"), ("B4", "B5", "B6", "B7"), CORE),
    "somewhere": Question("before", ("B3",), ("B3",)),
    "feeling_then": Question("before", ("B8",), ("B8",)),
    "planned": Question("before", ("B9",), ("B9",)),
    "told_anyone": Question("before", ("B10",), ("B10",)),
    "away": Question("away", ("C1", "C10"), ("C1",), CORE),
    "slept": Question("away", ("C3",), ("C3",), SPARE),
    "good_bits": Question("away", ("C10",), ("C10",)),
    "reached": Question("away", ("C11",), ("C11",)),
    "harm_ok": Question("harm", ("D1",), (), MUST, closed=True),
    "upset": Question("harm", ("D1", "D7"), ("D1",), MUST),
    "anyone_hurting": Question("harm", ("D2", "D3"), ("D2",), MUST, closed=True),
    "health": Question("harm", ("D5",), ("D5",), CORE, closed=True),
    "in_yourself": Question("harm", ("D6",), ("D6",), SPARE),
    "took": Question("harm", ("D4",), ("D4",)),
    "anyone_else": Question("harm", ("D9",), ("D9",), closed=True),
    "back": Question("back", ("E2", "E1"), ("E2",), CORE),
    "got_back": Question("back", ("E1",), ("E1",)),
    "police": Question("back", ("E3",), ("E3",)),
    "changed": Question("back", ("E4",), ("E4",)),
    "again": Question("next", ("F4", "F5"), ("F4",), CORE),
    "trust": Question("next", ("F6", "F5"), ("F6",)),
    "enjoy": Question("next", ("F7",), ("F7",)),
    "feeling_now": Question("next", ("F1",), ("F1",)),
    "keep_private": Question("share", ("G2", "G3"), (), MUST),
    "keep_private_who": Question("share", ("G2",), ("who",), SPARE),
}  # fmt: skip
"""In the order in which they are asked when nobody chooses another."""

MINIMUM = tuple(name for name, question in QUESTIONS.items() if question.section == "minimum")

TOLD_BY_DISCLOSURE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("ABU", "BUL", "CCE", "CSE", "DA", "HBA", "LAD", "ONL", "SEX", "TRA", "WPN", "IMM"),
        frozenset({"D1", "D2", "D5", "D6", "D9", "C3"}),
    ),
    "SUI": frozenset({"D6", "F1", "B8", "D1"}),
    "MED": frozenset({"D5"}),
    "SUB": frozenset({"D4", "D5"}),
    "OTH": frozenset({"D1", "D2", "D9"}),
    "RUN": frozenset({"F4"}),
    "MIS": frozenset({"C1", "C3", "E1", "E2", "F4"}),
    "HOM": frozenset({"C3", "F2"}),
}
"""What is not asked after a disclosure, so that nothing explores it (PR-35, PR-36)."""


def told_by(disclosure: Disclosure) -> frozenset[str]:
    """What a disclosure told about; a mere doubt whether they are safe now told nothing yet."""
    if disclosure.certainty == "unsure" and set(disclosure.categories) <= {"IMM"}:
        return frozenset()
    told = (TOLD_BY_DISCLOSURE.get(each, frozenset()) for each in disclosure.categories)
    return frozenset[str]().union(*told)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the planner looks at.

    Attributes:
        length: how much is asked.
        asked: questions that were put.
        covered: topics they have told about.
        section: the part that they chose.
        skipped: parts that they do not want to talk about.
        thin: short answers so far.
        promised: there is something from last time to open with.
        when_known: a case fact may be said, and it is known when they came back.
    """

    length: Length = "full"
    asked: tuple[str, ...] = ()
    covered: frozenset[str] = frozenset()
    section: str | None = None
    skipped: frozenset[str] = frozenset()
    thin: int = 0
    promised: bool = False
    when_known: bool = False


def progress_of(position: Position, situation: Situation) -> Progress:
    """What the planner sees of a position; the child's own choice of length comes first."""
    return Progress(
        length=position.length or situation.length or _length(situation),
        asked=position.asked,
        covered=frozenset(position.covered),
        section=position.section,
        skipped=frozenset(position.skipped),
        thin=position.thin,
        promised=situation.promised and situation.contact == "open",
        when_known=situation.contact == "open" and "returned_on" in situation.facts,
    )


def _length(situation: Situation) -> Length:
    """Short for the young, repeat for a child who has had these before (PR-32 and lengths)."""
    if situation.person_first:
        return "short"
    return "repeat" if situation.episode > 1 else "full"


def plan(progress: Progress) -> tuple[str, ...]:
    """The questions that are still to come, in order; empty when the interview is done."""
    wanted = [name for name in _in_order(progress.section) if _is_wanted(name, progress)]
    wanted = _without_surplus(wanted, progress)
    if "upset" not in wanted and "anyone_hurting" not in wanted:
        wanted = [name for name in wanted if name != "harm_ok"]
    return tuple(wanted)


def following(progress: Progress) -> str:
    """The next question, or "finished"."""
    return next(iter(plan(progress)), "finished")


def _in_order(section: str | None) -> list[str]:
    chosen = [name for name, question in QUESTIONS.items() if question.section == section]
    rest = [name for name in QUESTIONS if name not in MINIMUM and name not in chosen]
    return [*MINIMUM, *(name for name in chosen if name not in MINIMUM), *rest]


def _is_wanted(name: str, progress: Progress) -> bool:
    question = QUESTIONS[name]
    if name in progress.asked or question.section in progress.skipped:
        return False
    if progress.covered.intersection(question.told_by):
        return False
    if not _WHEN.get(name, _always)(progress):
        return False
    if question.section == progress.section:
        return True
    if question.rank == SPARE and _has_moved_on(question.section, progress):
        return False
    return question.rank == MUST or (question.rank != EXTRA and progress.length == "full")


def _has_moved_on(section: str, progress: Progress) -> bool:
    """Something of a later part was asked: nobody is taken back for a spare question."""
    later = SECTIONS[SECTIONS.index(section) + 1 :]
    return any(QUESTIONS[name].section in later for name in progress.asked if name in QUESTIONS)


def _always(_progress: Progress) -> bool:
    return True


_WHEN: Mapping[str, Callable[[Progress], bool]] = {
    "promised": lambda progress: progress.promised,
    "right_time": lambda progress: progress.when_known,
    "get_away": lambda progress: progress.thin > 0,
    "keep_private_who": lambda progress: "G2" in progress.covered,
}
"""Questions that are put only when there is a reason."""


def _rank(name: str, chosen: str | None) -> int:
    """How dear a question is; what a part that they chose is about is dearer than its extras."""
    question = QUESTIONS[name]
    return MUST if question.section == chosen and question.rank == CORE else question.rank


def _without_surplus(wanted: list[str], progress: Progress) -> list[str]:
    extras = [name for name in wanted if QUESTIONS[name].rank == EXTRA]
    kept = [name for name in wanted if name not in extras[MOST_EXTRAS:]]
    put = sum(name in QUESTIONS for name in progress.asked)
    surplus = len(kept) - max(BUDGET[progress.length] - put, 0)
    droppable = [name for name in kept if QUESTIONS[name].rank != MUST]
    droppable.sort(key=lambda name: _rank(name, progress.section))
    dropped = set(droppable[max(len(droppable) - surplus, 0) :]) if surplus > 0 else set()
    return [name for name in kept if name not in dropped]
