"""How fast screening is here and now: `make bench`. Times belong in here, never in a test."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from time import process_time

import click

from dialogs.screening import screen

LIMIT = 50
"""Milliseconds of one core for ten thousand characters (docs/screening.md)."""
LENGTH = 10_000
REGRESSION = Path(__file__).parents[1] / "dialogs" / "screening_regression.jsonl"
Thought = tuple[list[str], str]


def typical() -> list[list[str]]:
    """The authored sentences."""
    return [json.loads(line)["texts"] for line in REGRESSION.read_text().splitlines()]


def floods(said: Sequence[str]) -> dict[str, str]:
    """What costs most, each of 10,000 characters."""
    chance = random.Random(5)

    def any_of(signs: str, length: int = LENGTH) -> str:
        return "".join(chance.choices(signs, k=length))

    letters = "abcdefghijklmnopqrstuvwxyz"
    harm = " ".join(said)
    patterns = {
        "letters apart": " ".join(any_of(letters, LENGTH // 2)),
        "harm, letters apart": " ".join(harm.replace(" ", "")),
        "harm, letters apart, words wider": "  ".join(" ".join(word) for word in harm.split()),
        "harm, dotted": " ".join(".".join(word) for word in harm.split()),
        "one word": any_of(letters),
        "harm as one word": harm.replace(" ", ""),
        "stretched": "".join(sign * 3 if sign.isalpha() else sign for sign in harm),
        "leetspeak": harm.translate(str.maketrans("aeios", "4310$")),
        "signs and digits": any_of("@$!|+13570 "),
        "emoji": "".join(chr(chance.randrange(0x1F300, 0x1FA00)) for _ in range(LENGTH)),
        "any Unicode": "".join(chr(chance.randrange(0x110000)) for _ in range(LENGTH)),
        "low Unicode": "".join(chr(chance.randrange(0x3000)) for _ in range(LENGTH)),
        "one disclosure over and over": "my dad hits me " * 1_000,
        "every disclosure": harm,
        "slips": " ".join(w[:-2] + w[:-3:-1] if len(w) > 5 else w for w in harm.split()),
        "Welsh and English": "dwi isio marw my dad hits me mae o'n bwrw fi " * 300,
        "numbers": "1 " * LENGTH,
        "equals signs": "=" * LENGTH,
    }
    return {name: text[:LENGTH] for name, text in patterns.items()}


def cost(thought: Thought, times: int = 5) -> float:
    """Milliseconds of one core, the best of a few, warm."""
    texts, language = thought
    spent = []
    for _ in range(times + 1):
        began = process_time()
        screen(texts, language=language)
        spent.append(process_time() - began)
    return min(spent[1:]) * 1_000


def main() -> None:
    began = process_time()
    screen(["hello"])
    click.echo(f"first text {(process_time() - began) * 1_000:8.0f} ms")
    thoughts = typical()
    spent = sorted(cost((texts, "en"), 2) for texts in thoughts)
    centiles = quantiles(spent, n=100)
    click.echo(f"typical {len(spent) * 1_000 / sum(spent):11.0f} thoughts a second on one core")
    click.echo(f"typical    {centiles[49]:8.2f} ms p50, {centiles[98]:.2f} ms p99")
    click.echo(f"\n{'ms of 10,000 characters, limit ' + str(LIMIT):36} en     cy  4 texts, cy")
    order = random.Random(5)
    said = [" ".join(texts) for texts in thoughts]
    order.shuffle(said)
    for name, text in floods(said).items():
        parts = [text[at : at + LENGTH // 4] for at in range(0, LENGTH, LENGTH // 4)]
        costs = [cost(([text], "en")), cost(([text], "cy")), cost((parts, "cy"))]
        shown = "".join(f"{each:7.1f}" for each in costs)
        click.echo(f"{name:32}{shown}  {max(costs) / LIMIT:6.2f} of the limit")


if __name__ == "__main__":
    main()
