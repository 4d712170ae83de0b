"""The authored sentences of screening_regression.jsonl."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dialogs.screening import screen


@dataclass(frozen=True)
class Sentence:
    texts: tuple[str, ...]
    categories: tuple[str, ...]
    priority: int | None
    part: str


@cache
def sentences(part: str) -> tuple[Sentence, ...]:
    lines = Path(__file__).with_name("screening_regression.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return tuple(
        Sentence(tuple(row["texts"]), tuple(row["categories"]), row["priority"], row["part"])
        for row in rows
        if row["part"] == part
    )


def flagged(texts: Sequence[str]) -> bool:
    return screen(texts).priority in (1, 2)
