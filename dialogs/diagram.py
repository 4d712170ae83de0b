"""The interview as a Mermaid diagram, drawn from the table that runs (docs/interview.mmd).

A solid arrow with words is a row of the table. Where a row leaves from many states it leaves from
the frame around them, and what holds almost everywhere is a line of one note. A plain arrow is the
usual order; a dotted arrow is a place to which the plan, or the question to come back to, may lead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from dialogs.interview import (
    LISTENING,
    OPEN,
    PHASES,
    PLANNED,
    RESUME,
    SAME,
    STATES,
    TABLE,
    Guard,
    rows,
)
from dialogs.plan import QUESTIONS, SECTIONS

NOTED = {
    frozenset(STATES): "every state",
    frozenset(LISTENING): "every state but closed_unsafe",
    frozenset((*OPEN, *PHASES["later"])): "every open state and on a later day",
    frozenset(OPEN): "every open state",
}
"""Groups of sources that are written in the note; an open state is none of "ends" and "later"."""
SPECIAL = {
    PLANNED: "the next question of the plan",
    RESUME: "the question to come back to",
    SAME: "the same again",
}
"""Destinations that are no state, and what their nodes say."""

_FRAMES = {
    "questions": tuple(QUESTIONS),
    **{f"{phase}_phase": states for phase, states in PHASES.items()},
}
_NODES = {PLANNED: "by_plan", RESUME: "by_resume", SAME: "same"}
"""Their own names in the diagram: a state may be named like a destination."""


def mermaid() -> str:
    """The diagram: a frame for each phase, and one arrow for all triggers between two nodes."""
    lines = [
        "flowchart TD",
        *(line for phase in PHASES if phase not in SECTIONS for line in _frame(phase, "    ")),
        '    subgraph questions["the questions, as the plan puts them"]',
        "        direction LR",
        *(line for section in SECTIONS for line in _frame(section, "        ")),
        *(f"        {one}_phase --> {other}_phase" for one, other in pairwise(SECTIONS)),
        "    end",
        *(f'    {_NODES[special]}(["{said}"])' for special, said in SPECIAL.items()),
        f'    always["{"<br/>".join(_note())}"]',
        *(f'    {source} -->|"{said}"| {dest}' for source, said, dest in _arrows()),
        *(
            f"    {_NODES[special]} -.-> {place}"
            for special in (PLANNED, RESUME)
            for place in cover(_places(special), "")
        ),
    ]
    return "\n".join(lines) + "\n"


def said_of(trigger: str, guard: Guard | None) -> str:
    """A trigger and its guard, as an arrow names them."""
    return f"{trigger} if {guard.__name__.replace('_', ' ')}" if guard else trigger


def cover(states: Collection[str], dest: str) -> list[str]:
    """The fewest frames and states that hold exactly `states`, in the order of the table.

    A frame around `dest` is not used: Mermaid draws no arrow from a frame into itself.
    """
    left, found = set(states), []
    for frame, members in _FRAMES.items():
        if len(members) > 1 and left.issuperset(members) and dest not in members:
            found.append(frame)
            left.difference_update(members)
    return found + [state for state in STATES if state in left]


def _frame(phase: str, indent: str) -> Iterator[str]:
    yield f'{indent}subgraph {phase}_phase["{phase}"]'
    yield from (f"{indent}    {state}" for state in PHASES[phase])
    if phase in SECTIONS:
        yield f"{indent}    direction TB"
        yield from (f"{indent}    {one} --> {other}" for one, other in pairwise(PHASES[phase]))
    yield f"{indent}end"


def _note() -> Iterator[str]:
    """What holds almost everywhere, one line for each group, trigger and guard."""
    yield "Always:"
    for trigger, sources, dest, guard in TABLE:
        if group := NOTED.get(_sources(sources)):
            place = SPECIAL.get(dest, dest)
            yield f"in {group}: {said_of(trigger, guard)} → {place}"


def _arrows() -> Iterator[tuple[str, str, str]]:
    """From, words and to: one arrow for all rows between two nodes."""
    rows_of: dict[tuple[str, str], set[str]] = {}
    for trigger, sources, dest, guard in TABLE:
        if _sources(sources) not in NOTED:
            row = said_of(trigger, guard), _NODES.get(dest, dest)
            rows_of.setdefault(row, set()).update(_sources(sources))
    arrows: dict[tuple[str, str], list[str]] = {}
    for (said, dest), states in rows_of.items():
        for node in cover(states, dest):
            arrows.setdefault((node, dest), []).append(said)
    for (source, dest), labels in arrows.items():
        yield source, ", ".join(labels), dest


def _sources(sources: str | Collection[str]) -> frozenset[str]:
    return frozenset((sources,) if isinstance(sources, str) else sources)


def _places(special: str) -> list[str]:
    """Where a destination that is no state can lead, as the running table spells it out."""
    guard_name = {PLANNED: "plans ", RESUME: "resumes "}[special]
    return list(
        dict.fromkeys(
            dest for _, _, dest, guard in rows() if guard and guard.__name__.startswith(guard_name)
        )
    )
