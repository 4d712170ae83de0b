"""What screening says of one thought: how fast a person must look, and every reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Match:
    """One reason: `text == texts[text_index][start:end]`, in code points of the original."""

    category: str
    rule: str
    text_index: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found in one thought; `priority` None: nothing was found, never "all is well".

    `score` is what the thought weighs as harm (screening_weighing), None where nothing was weighed:
    to reproduce a result, for nobody's list. `told` is how what was found is told, in short phrases
    for whoever reads it (screening_structure).
    """

    priority: int | None
    categories: tuple[str, ...]
    because: tuple[Match, ...]
    certainty: Literal["clear", "unsure"]
    own_act: bool
    detector: str
    score: float | None = None
    told: tuple[str, ...] = ()
