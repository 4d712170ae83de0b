"""What is drawn is read back from the Mermaid source and held against the table, both ways."""

import re
from itertools import product
from pathlib import Path

from dialogs.diagram import NOTED, SPECIAL, mermaid, said_of
from dialogs.interview import PHASES, STATES, TABLE, rows
from dialogs.plan import QUESTIONS

DRAWN = Path(__file__).parents[2] / "docs" / "interview.mmd"
STALE = "write it anew: return-interview dialog diagram > docs/interview.mmd"
ARROW = re.compile(r'    (\w+) -->\|"([^"]+)"\| (\w+)')
NODE = re.compile(r'    (\w+)\(\["([^"]+)"\]\)')
NOTED_LINE = re.compile(r"in ([^:]+): (.+) → (.+)")

Drawn = tuple[str, str, str]


def members(source: str) -> dict[str, set[str]]:
    """The states inside each frame, by the indentation of the frame's end."""
    found: dict[str, set[str]] = {}
    inside: list[str] = []
    for line in source.splitlines():
        if opened := re.match(r"\s+subgraph (\w+)\[", line):
            inside.append(opened[1])
            found[opened[1]] = set()
        elif line.strip() == "end":
            inside.pop()
        elif inside and re.fullmatch(r"\s+\w+", line):
            for frame in inside:
                found[frame].add(line.strip())
    return found


def drawn_rows(source: str) -> set[Drawn]:
    """From, trigger with guard, and to: for every state that an arrow or the note speaks of."""
    frames, names = members(source), dict(NODE.findall(source))
    found = {
        (state, said, names.get(dest, dest))
        for node, labels, dest in ARROW.findall(source)
        for state, said in product(frames.get(node, {node}), labels.split(", "))
    }
    groups = {name: states for states, name in NOTED.items()}
    for line in re.findall(r'always\["([^"]+)"\]', source)[0].split("<br/>")[1:]:
        noted = NOTED_LINE.fullmatch(line)
        assert noted, line
        found |= {(state, noted[2], noted[3]) for state in groups[noted[1]]}
    return found


def table_rows() -> set[Drawn]:
    return {
        (source, said_of(trigger, guard), SPECIAL.get(dest, dest))
        for trigger, sources, dest, guard in TABLE
        for source in ([sources] if isinstance(sources, str) else sources)
    }


def test_the_drawn_interview_is_the_one_that_runs() -> None:
    assert DRAWN.read_text(encoding="utf-8") == mermaid(), STALE


def test_every_row_of_the_table_is_drawn_and_nothing_else() -> None:
    assert drawn_rows(mermaid()) == table_rows()


def test_an_arrow_too_many_and_one_too_few_are_seen() -> None:
    kept = '    hello -->|"no"| declined'
    assert kept in mermaid()

    assert drawn_rows(mermaid().replace(kept, "")) < table_rows()
    assert drawn_rows(mermaid().replace(kept, f"{kept}\n{kept[:-8]}finished")) > table_rows()


def test_every_state_is_drawn_in_its_phase() -> None:
    frames = members(mermaid())

    assert {phase: frames[f"{phase}_phase"] for phase in PHASES} == {
        phase: set(states) for phase, states in PHASES.items()
    }
    assert frames["questions"] == set(QUESTIONS)
    assert set(re.findall(r"\w+", mermaid())) >= set(STATES)


def test_the_usual_order_is_one_that_the_plan_can_take() -> None:
    running = {
        (source, dest) for _, source, dest, guard in rows() if guard and "plans" in guard.__name__
    }
    frames = members(mermaid())
    usual = set(re.findall(r"(\w+) --> (\w+)", mermaid()))

    assert running >= {
        pair
        for one, other in usual
        for pair in product(frames.get(one, {one}), frames.get(other, {other}))
    }
    assert ("safe_now", "going_on") in usual


def test_the_plan_and_the_resumed_question_lead_where_they_lead() -> None:
    frames = members(mermaid())
    dotted: dict[str, set[str]] = {}
    for node, place in re.findall(r"(\w+) -\.-> (\w+)", mermaid()):
        dotted.setdefault(node, set()).update(frames.get(place, {place}))

    for node, word in (("by_plan", "plans "), ("by_resume", "resumes ")):
        assert dotted[node] == {
            dest for _, _, dest, guard in rows() if guard and guard.__name__.startswith(word)
        }
