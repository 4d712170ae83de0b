"""The interview as a Mermaid diagram, drawn from the table that runs (docs/interview.mmd)."""

from __future__ import annotations

from dialogs.interview import (
    LISTENING,
    OPEN,
    PHASES,
    RESUME,
    SAME,
    STATES,
    TABLE,
    Row,
)

_GROUPS = {
    OPEN: ("open", "any open state"),
    LISTENING: ("listening", "any state but closed_unsafe"),
    STATES: ("every", "any state"),
}


def mermaid() -> str:
    """The diagram: states grouped by phase, one arrow for all triggers between two of them."""
    lines = ["flowchart TD"]
    for phase, states in PHASES.items():
        lines.append(f'    subgraph {phase}_phase["{phase}"]')
        lines += [f"        {state}" for state in states]
        lines.append("    end")
    lines += [f'    {node}(["{label}"])' for node, label in _GROUPS.values()]
    lines.append(f'    {RESUME}(["the question to come back to"])')
    for (source, dest), labels in _arrows().items():
        lines.append(f'    {source} -->|"{", ".join(dict.fromkeys(labels))}"| {dest}')
    return "\n".join(lines) + "\n"


def _arrows() -> dict[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        for source in _sources(row):
            dest = source if row[2] == SAME else row[2]
            arrows.setdefault((source, dest), []).append(_label(row))
    return arrows


def _sources(row: Row) -> list[str]:
    sources = row[1]
    if isinstance(sources, str):
        return [sources]
    return [_GROUPS[sources][0]] if sources in _GROUPS else list(sources)


def _label(row: Row) -> str:
    trigger, _, _, guard = row
    return f"{trigger} if {guard.__name__.replace('_', ' ')}" if guard else trigger
