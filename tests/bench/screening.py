"""How fast screening is here and now: `make bench`. Times belong in here, never in a test."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import quantiles
from time import process_time

import click

from dialogs.normalise import pieces
from dialogs.screening import screen
from dialogs.screening_features import PlainReader, joined
from dialogs.screening_heard import categories_of, is_own_act, reason
from dialogs.screening_lexicon import lexicon
from dialogs.screening_ranker import Weighed, ranker
from dialogs.screening_weighing import weigh

LIMIT = 50
"""Milliseconds of one core for ten thousand characters (docs/screening.md)."""
LENGTH = 10_000
DIALOGS = Path(__file__).parents[1] / "dialogs"
REGRESSION, VOICES = DIALOGS / "screening_regression.jsonl", DIALOGS / "screening_voices"
Thought = tuple[list[str], str]


def typical() -> list[list[str]]:
    """The sentences of the regression set."""
    return [json.loads(line)["texts"] for line in REGRESSION.read_text().splitlines()]


def authored() -> list[list[str]]:
    """The messages of the test voices."""
    files = sorted(VOICES.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["texts"] for line in lines]


def floods(said: Sequence[str]) -> dict[str, str]:
    """What costs most, each of 10,000 characters."""
    chance = random.Random(5)

    def any_of(signs: str, length: int = LENGTH) -> str:
        return "".join(chance.choices(signs, k=length))

    letters = "abcdefghijklmnopqrstuvwxyz"
    harm = " ".join(said)
    said_words = harm.split()
    patterns = {
        "letters apart": " ".join(any_of(letters, LENGTH // 2)),
        "harm, letters apart": " ".join(harm.replace(" ", "")),
        "harm, letters apart, words wider": "  ".join(" ".join(word) for word in harm.split()),
        "harm, dotted": " ".join(".".join(word) for word in harm.split()),
        "one word": any_of(letters),
        "harm as one word": harm.replace(" ", ""),
        "stretched": "".join(sign * 3 if sign.isalpha() else sign for sign in harm),
        "leetspeak": harm.translate(str.maketrans("aeios", "4310$")),
        "leetspeak, t too": harm.translate(str.maketrans("aeiost", "431057")),
        "words apart": " ".join(
            f"{w[: len(w) // 2]} {w[len(w) // 2 :]}".strip() for w in said_words
        ),
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


def heard(texts: Sequence[str]) -> None:
    """What the ranker does with a thought of which it says everything that it can say."""
    reader = PlainReader(lexicon().spelling)
    cut = [pieces(text, lexicon().spelling.emoji) for text in texts]
    found = joined([reader.text(each, index) for index, each in enumerate(cut)])
    thought = Weighed([each.word for each in found], ranker())
    weigh(thought, ())
    if found:
        reason(texts, found, thought, categories_of(thought)[0])
        is_own_act(thought)


def ranking(texts: Sequence[str]) -> float:
    """Milliseconds of one core for the ranker's part, the better of two, warm."""
    spent = []
    for _ in range(3):
        began = process_time()
        heard(texts)
        spent.append(process_time() - began)
    return min(spent[1:]) * 1_000


def memory() -> float:
    """The most memory this process has held, in MB (kilobytes on Linux)."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1_024


def main() -> None:
    held, began = memory(), process_time()
    screen(["hello"])
    click.echo(f"first text {(process_time() - began) * 1_000:8.0f} ms")
    click.echo(f"memory     {memory() - held:8.0f} MB more at most than before it")
    ranked = quantiles([ranking(texts) for texts in authored()], n=100)
    click.echo(f"ranker     {ranked[49]:8.2f} ms p50, {ranked[98]:.2f} ms p99, limit 10")
    thoughts = [*typical(), *authored()]
    spent = sorted(cost((texts, "en"), 2) for texts in thoughts)
    centiles = quantiles(spent, n=100)
    click.echo(f"typical {len(spent) * 1_000 / sum(spent):11.0f} thoughts a second on one core")
    click.echo(f"typical    {centiles[49]:8.2f} ms p50, {centiles[98]:.2f} ms p99")
    click.echo(f"\n{'ms of 10,000 characters, limit ' + str(LIMIT):36} en     cy  4 texts, cy")
    order = random.Random(5)
    said = [" ".join(texts) for texts in typical()]
    order.shuffle(said)
    worst: dict[str, float] = {}
    for name, text in floods(said).items():
        parts = [text[at : at + LENGTH // 4] for at in range(0, LENGTH, LENGTH // 4)]
        costs = [cost(([text], "en")), cost(([text], "cy")), cost((parts, "cy"))]
        shown = "".join(f"{each:7.1f}" for each in costs)
        click.echo(f"{name:32}{shown}")
        worst[name] = max(costs) / LIMIT
    click.echo("\nthe worst, as a share of the limit")
    for name in sorted(worst, key=lambda each: -worst[each])[:8]:
        click.echo(f"{name:32}{worst[name]:7.2f}")


if __name__ == "__main__":
    main()
