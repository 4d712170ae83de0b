"""Train dialogs/ranker/screening.model from dialogs/ranker/voices: `make ranker`.

Nothing of tests/ is read. The same data, library versions and seed give the same file.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from learning import (
    RARITY_STEP,
    SEED,
    counts_of,
    fitted,
    messages_in,
    packed,
    packed_rarity,
    rarity_of,
    scaled,
)
from scipy.sparse import csr_matrix
from seal_ranker import main as seal
from sklearn.linear_model import LogisticRegression

from dialogs.screening_features import BUCKETS, features, plain_words
from dialogs.screening_languages import WELSH, reads_welsh
from dialogs.screening_lexicon import CATEGORIES, lexicon
from dialogs.screening_views import Thought
from dialogs.screening_weighing import HEADS, evidence_of

ROOT = Path(__file__).parents[1]

FOLDS = 6
FEWEST_OF_A_CATEGORY = 20
FITTED = ("r00", "r01")
REVIEWED, EVERYDAY, TIMES = "r01", ("g", "m", "p"), 2.0
"""Counted twice: what was reviewed, and how strangers text every day, which is most of the world's
texting and little of ours."""
LEAST_RECORD = 15
EXAMPLES, SHORTEST, LONGEST = 90, 4, 12
LENGTHS = (3, 6, 9, 13, 18, 25, 40)
WEIGHED = {
    "harm": ("one", "length", "harm", "harm*length", "clear", "unsure", "rules"),
    "now": ("one", "length", "now", "now*length", "harm", "clear", "unsure", "rules", "urgent"),
}
SEVERITIES = ("none", "doubt", "same_day", "immediate")
FOLDER = ROOT / "dialogs" / "ranker"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights-only", action="store_true", help="print figures, write nothing")
    arguments = parser.parse_args()
    training = Training(messages_in(FOLDER / "voices"))
    training.weigh()
    training.print_curve()
    if not arguments.weights_only:
        (FOLDER / "screening.model").write_bytes(training.model())
        rows = [json.dumps(row, ensure_ascii=False) for row in training.nearest()]
        (FOLDER / "nearest.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
        seal()


def counts_twice(voice: str) -> bool:
    """Whether the messages of a voice teach twice as much as others."""
    return voice == REVIEWED or voice[0] in EVERYDAY


class Training:
    """The messages as numbers, and what is learned of them."""

    def __init__(self, messages: Sequence[dict[str, Any]]) -> None:
        self.messages = messages
        spelling = lexicon().spelling
        self.words = [plain_words(message["texts"], spelling) for message in messages]
        self.findings = [_findings(message["texts"]) for message in messages]
        self.counts = counts_of([features(words) for words in self.words])
        severity = np.array([message["severity"] for message in messages])
        self.harm = np.isin(severity, ["immediate", "same_day"])
        self.now = severity == "immediate"
        self.plain = severity != "doubt"
        # The lexicon was fitted to the first sentences: they cannot say how much it counts.
        self.unfitted = np.array([message["voice"] not in FITTED for message in messages])
        self.severity = severity
        voices = [message["voice"] for message in messages]
        self.times = np.array([TIMES if counts_twice(voice) else 1.0 for voice in voices])
        self.author = np.array([message["voice"][0] for message in messages])
        authors = sorted(set(self.author))
        fold = {author: place % FOLDS for place, author in enumerate(authors)}
        self.fold = np.array([fold[author] for author in self.author])
        self.weighing: dict[str, dict[str, float]] = {}
        self.out: dict[str, np.ndarray] = {}

    def targets(self, head: str) -> tuple[np.ndarray, np.ndarray]:
        """Which messages teach a head, and what each ought to get."""
        everything = np.ones(len(self.messages), bool)
        return (self.plain, self.harm) if head == "harm" else (everything, self.now)

    def weigh(self) -> None:
        """How much the layers count: learned from scores of models that never saw the author."""
        scores = {head: np.zeros(len(self.messages)) for head in HEADS}
        for fold in range(FOLDS):
            mine = self.fold == fold
            for head in HEADS:
                use, target = self.targets(head)
                rest = use & ~mine
                linear = _Linear(self.counts[rest], target[rest], times=self.times[rest])
                scores[head][mine] = linear.scores(self.counts[mine])
        evidence = [
            evidence_of(words, {head: scores[head][place] for head in HEADS}, findings)
            for place, (words, findings) in enumerate(zip(self.words, self.findings, strict=True))
        ]
        for head in HEADS:
            use, target = self.targets(head)
            use = use & self.unfitted
            names = (*WEIGHED[head], *_rules(evidence))
            columns = np.array([[each.get(name, 0.0) for name in names] for each in evidence])
            balance = _balanced(self.words, target) if head == "harm" else np.ones(len(target))
            self.out[head] = np.zeros(len(target))
            for fold in (*range(FOLDS), None):
                rest = use & (self.fold != fold) if fold is not None else use
                model = LogisticRegression(C=1.0, max_iter=1000, fit_intercept=False)
                model.fit(columns[rest], target[rest], sample_weight=balance[rest])
                if fold is not None:
                    mine = self.fold == fold
                    self.out[head][mine] = model.decision_function(columns[mine])
            self.weighing[head] = _never_lowering(dict(zip(names, model.coef_[0], strict=True)))

    def print_curve(self) -> None:
        """What each threshold would do, on voices of authors that the model has not seen."""
        print(json.dumps(self.weighing, indent=1))
        every_day = np.isin(self.author, ["g", "p"])
        kinds = {
            "ordinary": (self.severity == "none") & ~every_day & self.unfitted,
            "texting": (self.severity == "none") & every_day,
            **{each: (self.severity == each) & self.unfitted for each in SEVERITIES[1:]},
        }
        for head in HEADS:
            print(head, *kinds)
            for threshold in np.arange(-1.0, 3.1, 0.2):
                shares = [(self.out[head][of] >= threshold).mean() * 100 for of in kinds.values()]
                print(f"{threshold:5.1f}", *(f"{share:5.1f}" for share in shares))

    def model(self) -> bytes:
        """The file: a line of JSON, then one array of bytes for the rarity and for each head."""
        rarity = rarity_of(self.counts)
        body, heads = packed_rarity(rarity), []
        for head in HEADS:
            use, target = self.targets(head)
            linear = _Linear(self.counts[use], target[use], rarity, self.times[use])
            body += linear.packed(head, heads)
        codes = [set(message["categories"]) for message in self.messages]
        coded = np.array([bool(each) for each in codes]) | (self.severity == "none")
        for category in CATEGORIES:
            target = np.array([category in each for each in codes])
            if target.sum() >= FEWEST_OF_A_CATEGORY:
                linear = _Linear(self.counts[coded], target[coded], rarity)
                body += linear.packed(f"category:{category}", heads, least=2)
        own = np.array([bool(message["own_act"]) for message in self.messages])
        body += _Linear(self.counts[self.harm], own[self.harm], rarity).packed("own", heads)
        header = {
            "version": f"ranker-1+{zlib.crc32(body):08x}",
            "check": zlib.crc32(body),
            "buckets": BUCKETS,
            "rarity_step": RARITY_STEP,
            "heads": heads,
            "weighing": self.weighing,
            "messages": len(self.messages),
            "seed": SEED,
        }
        return json.dumps(header).encode() + b"\n" + zlib.compress(body, 9)

    def nearest(self) -> list[dict[str, str]]:
        """The plainest short disclosures of each category: examples that reasons may name."""
        rows = []
        for category in CATEGORIES:
            fit = [
                place
                for place, message in enumerate(self.messages)
                if message["categories"][:1] == [category]
                and self.harm[place]
                and len(message["texts"]) == 1
                and SHORTEST <= len(self.words[place]) <= LONGEST
            ]
            fit.sort(key=lambda place: -self.out["harm"][place])
            rows += [self._row(place, category) for place in fit[:EXAMPLES]]
        return rows

    def _row(self, place: int, category: str) -> dict[str, str]:
        message = self.messages[place]
        words = " ".join(self.words[place])
        return {
            "id": message["id"],
            "text": message["texts"][0],
            "category": category,
            "words": words,
        }


class _Linear:
    """A logistic regression over the counts, each message brought to length one."""

    def __init__(
        self,
        counts: csr_matrix,
        target: np.ndarray,
        rarity: np.ndarray | None = None,
        times: np.ndarray | None = None,
    ) -> None:
        self.rarity = rarity_of(counts) if rarity is None else rarity
        model = fitted(scaled(counts, self.rarity), target, times)
        self.weights, self.bias = model.coef_[0], float(model.intercept_[0])

    def scores(self, counts: csr_matrix) -> np.ndarray:
        return scaled(counts, self.rarity) @ self.weights + self.bias

    def packed(self, name: str, heads: list[dict[str, Any]], least: int = 1) -> bytes:
        return packed(name, self.weights * self.rarity, self.bias, heads, least)


def _balanced(words: Sequence[Sequence[str]], target: np.ndarray) -> np.ndarray:
    """Weights that make disclosures and others as many in every band of length."""
    band = np.digitize([len(each) for each in words], LENGTHS)
    weight = np.ones(len(target))
    for each in set(band):
        for value in (True, False):
            here = (band == each) & (target == value)
            weight[here] = (band == each).sum() / max(2 * here.sum(), 1)
    return np.minimum(weight, 20)


def _never_lowering(weights: dict[str, float]) -> dict[str, float]:
    """`weights` such that no rule that holds takes anything away."""
    least = -min(weights["clear"], weights["unsure"]) - weights["rules"]
    return {
        name: round(float(max(weight, least) if name.startswith("rule:") else weight), 4)
        for name, weight in weights.items()
    }


def _rules(evidence: Sequence[dict[str, float]]) -> list[str]:
    """The rules that hold often enough to have a record of their own."""
    held = Counter(name for each in evidence for name in each if name.startswith("rule:"))
    return sorted(name for name, times in held.items() if times >= LEAST_RECORD)


def _findings(texts: Sequence[str]) -> list[Any]:
    english, welsh = lexicon(), lexicon(WELSH)
    mixed = reads_welsh(texts, "en", welsh.own_words, english.spelling)
    return Thought(texts, (english, welsh) if mixed else (english,)).findings(frozenset(), False)


if __name__ == "__main__":
    main()
