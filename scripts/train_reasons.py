"""Train dialogs/ranker/reasons.model from the `reasons` of dialogs/ranker/voices.

Writes the model, its thresholds and the examples that suggestions name, and prints the figures of
docs/reasons.md. The test part is only measured, never learned from or tuned on. The same data,
library versions and seed give the same files.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
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
from seal_ranker import main as seal
from sklearn.linear_model import LogisticRegression

from dialogs.reasons import EXAMPLES, MODEL, THRESHOLDS, chosen, suggest
from dialogs.reasons_rules import reasons
from dialogs.screening_features import BUCKETS, features, plain_words
from dialogs.screening_lexicon import lexicon

ROOT = Path(__file__).parents[1]

FOLDER = ROOT / "dialogs" / "ranker"
TESTS = ROOT / "tests" / "dialogs" / "screening_voices"
FOLDS = 5
LEAST_EXAMPLES = 30
LEAST_SEEN = 2
MOST_WEIGHTS = 14_000
FAVOUR = 1.5
UNCODED = "r"
"""Authors whose messages were never coded for reasons."""
SPARSE = "cf"
"""Authors who coded only what the message itself tells: of theirs, other codes are unknown."""
NAMED, SHORTEST, LONGEST = 40, 3, 16
CODES = tuple(reasons().by_code)


def main() -> None:
    """Train, write, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures-only", action="store_true", help="write nothing")
    parser.add_argument("--no-test-part", action="store_true", help="leave the test part alone")
    arguments = parser.parse_args()
    training = Training(
        [each for each in messages_in(FOLDER / "voices") if each["voice"][0] not in UNCODED]
    )
    training.learn()
    title = "Voices of authors that the model has not seen:"
    sys.stdout.write(figures(title, training.held_out()))
    if not arguments.figures_only:
        training.write(FOLDER)
    if not arguments.no_test_part:
        sys.stdout.write(figures("The test part, by the files as they are now:", list(_tested())))


class Training:
    """The messages as numbers, and what is learned of them."""

    def __init__(self, messages: Sequence[dict[str, Any]]) -> None:
        self.messages = messages
        spelling = lexicon().spelling
        self.words = [plain_words(message["texts"], spelling) for message in messages]
        self.counts = counts_of([features(words) for words in self.words])
        self.codes = [set(message.get("reasons") or ()) for message in messages]
        self.held = [reasons().found_in("\n".join(each["texts"])) for each in messages]
        self.judged = np.array(list(map(_judged, messages)))
        self.fold = _folds([message["voice"][0] for message in messages], self.codes)
        often = Counter(code for each in self.codes for code in each)
        self.headed = [code for code in CODES if often[code] >= LEAST_EXAMPLES]
        self.rarity = rarity_of(self.counts[self.judged], LEAST_SEEN)
        self.matrix = scaled(self.counts, self.rarity)
        self.scores = {code: np.zeros(len(messages)) for code in self.headed}
        self.weighing: dict[str, dict[str, float]] = {}
        self.sure: dict[str, np.ndarray] = {}
        self.limits: dict[str, float] = {}
        self.records: dict[str, tuple[int, int]] = {}

    def target(self, code: str) -> np.ndarray:
        """Which messages have a code."""
        return np.array([code in each for each in self.codes])

    def use(self, code: str) -> np.ndarray:
        """Which messages can teach a code: those that have it, or surely do not."""
        known = [
            code in codes or message["voice"][0] not in SPARSE or message["severity"] == "none"
            for message, codes in zip(self.messages, self.codes, strict=True)
        ]
        return self.judged & np.array(known)

    def learn(self) -> None:
        """Heads, how they and the rules are weighed, and thresholds, by authors held out."""
        for code in CODES:
            self._record(code)
            if code in self.headed:
                self._hold_out(code)
            self._weigh(code)
            self.limits[code] = self._limit(code)

    def _record(self, code: str) -> None:
        rule = self._rule(code)[self.use(code)]
        right = int((rule & self.target(code)[self.use(code)]).sum())
        self.records[code] = right, int(rule.sum())

    def _rule(self, code: str) -> np.ndarray:
        return np.array([code in held for held in self.held])

    def _hold_out(self, code: str) -> None:
        use, target = self.use(code), self.target(code)
        for fold in range(FOLDS):
            mine = self.fold == fold
            model = fitted(self.matrix[use & ~mine], target[use & ~mine])
            self.scores[code][mine] = model.decision_function(self.matrix[mine])

    def _weigh(self, code: str) -> None:
        rule = self._rule(code)
        if code not in self.headed:
            right, held = self.records[code]
            alone = float(np.log((right + 1) / (held - right + 1)))
            self.weighing[code] = {"one": -9.0, "rule": round(9.0 + alone, 4)}
            total = -9.0 + (9.0 + alone) * rule
        else:
            use, target = self.use(code), self.target(code)
            columns = np.column_stack([self.scores[code], rule])
            model = LogisticRegression(C=1.0, max_iter=1000)
            model.fit(columns[use], target[use])
            head, by_rule = model.coef_[0]
            weights = {"one": float(model.intercept_[0]), "head": head, "rule": max(by_rule, 0.0)}
            self.weighing[code] = {name: round(float(each), 4) for name, each in weights.items()}
            total = weights["one"] + head * self.scores[code] + weights["rule"] * rule
        self.sure[code] = 1 / (1 + np.exp(-total))

    def _limit(self, code: str) -> float:
        """The threshold that is best where a code missed counts more than one too many (FAVOUR)."""
        if code not in self.headed:
            return 0.99
        use, target, alone = self.use(code), self.target(code), self._rule(code)
        best, limit = -1.0, 0.5
        for each in np.arange(0.08, 0.92, 0.02):
            said = (self.sure[code] >= each) | alone
            value = _f(*_counted(said[use], target[use]), FAVOUR)
            if value > best:
                best, limit = value, float(each)
        return round(limit, 2)

    def held_out(self) -> list[tuple[set[str], list[str]]]:
        """Codes and suggestions of every message that can be judged, by heads that never saw it."""
        rows = []
        for place in np.flatnonzero(self.judged):
            sure = {code: float(self.sure[code][place]) for code in CODES}
            limits = {code: self.limits[code] for code in self.headed}
            rows.append((self.codes[place], chosen(sure, self.held[place], limits)))
        return rows

    def _said(self, code: str, place: int) -> bool:
        return code in self.held[place] or bool(self.sure[code][place] >= self.limits[code])

    def write(self, folder: Path) -> None:
        """The model, the thresholds and the examples."""
        (folder / MODEL).write_bytes(self._model())
        (folder / THRESHOLDS).write_text(self._thresholds(), encoding="utf-8")
        rows = [json.dumps(row, ensure_ascii=False) for row in self._named()]
        (folder / EXAMPLES).write_text("\n".join(rows) + "\n", encoding="utf-8")
        seal()

    def _model(self) -> bytes:
        body, heads = packed_rarity(self.rarity), []
        for code in self.headed:
            model = fitted(self.matrix[self.use(code)], self.target(code)[self.use(code)])
            weights = model.coef_[0] * self.rarity
            bias = float(model.intercept_[0])
            body += packed(code, weights, bias, heads, most=MOST_WEIGHTS)
        header = {
            "version": f"reasons-1+{zlib.crc32(body):08x}",
            "check": zlib.crc32(body),
            "buckets": BUCKETS,
            "rarity_step": RARITY_STEP,
            "heads": heads,
            "weighing": self.weighing,
            "messages": int(self.judged.sum()),
            "seed": SEED,
        }
        return json.dumps(header).encode() + b"\n" + zlib.compress(body, 9)

    def _thresholds(self) -> str:
        lines = [
            "# How sure a code must be to be suggested, from 0 to 1; written by",
            "# scripts/train_reasons.py. Beside each: what it does on voices of authors that the",
            "# model has not seen. A code that is not listed is suggested by its rule alone.",
            "[thresholds]",
        ]
        for code in self.headed:
            use = self.use(code)
            said = np.array([self._said(code, place) for place in np.flatnonzero(use)])
            right, wrong, missed = _counted(said, self.target(code)[use])
            note = f"found {right} of {right + missed}, wrongly suggested {wrong}"
            lines.append(f"{code} = {self.limits[code]:.2f} # {note}")
        return "\n".join([*lines, ""])

    def _named(self) -> Iterator[dict[str, str]]:
        """The plainest short messages of each code: examples that suggestions may name."""
        for code in self.headed:
            fit = [
                place
                for place, message in enumerate(self.messages)
                if code in self.codes[place]
                and len(message["texts"]) == 1
                and SHORTEST <= len(self.words[place]) <= LONGEST
            ]
            fit.sort(key=lambda place: -self.sure[code][place])
            for place in fit[:NAMED]:
                message, words = self.messages[place], " ".join(self.words[place])
                row = {"id": message["id"], "text": message["texts"][0], "code": code}
                yield {**row, "words": words}


def figures(title: str, rows: Sequence[tuple[set[str], list[str]]]) -> str:
    """Per code and together: what was found, what was wrong, and the first and third guess."""
    lines = [
        title,
        "",
        "| code | messages | suggested | precision | recall | F1 |",
        "|---|" + "--:|" * 5,
    ]
    whole = np.zeros(3, int)
    for code in CODES:
        said = np.array([code in found for _, found in rows])
        target = np.array([code in codes for codes, _ in rows])
        counted = _counted(said, target)
        whole += counted
        lines.append(f"| {code} | {_cells(*counted)} |")
    lines += [f"| all | {_cells(*map(int, whole))} |", ""]
    coded = [row for row in rows if row[0]]
    for most in (1, 3):
        hits = sum(bool(codes & set(found[:most])) for codes, found in coded)
        share = f"{hits} of {len(coded)} = {hits / len(coded):.1%}"
        lines.append(f"a code among the first {most}: {share}")
    ordinary = [found for codes, found in rows if not codes]
    silent = sum(not found for found in ordinary)
    share = f"{silent} of {len(ordinary)} = {silent / len(ordinary):.1%}"
    return "\n".join([*lines, f"no code, none suggested: {share}", "", ""])


def _cells(right: int, wrong: int, missed: int) -> str:
    said, coded = right + wrong, right + missed
    precision = f"{right / said:.0%}" if said else "-"
    recall = f"{right / coded:.0%}" if coded else "-"
    return f"{coded} | {said} | {precision} | {recall} | {_f(right, wrong, missed):.2f}"


def _judged(message: dict[str, Any]) -> bool:
    """Whether a message can be judged: of a disclosure without codes, nobody knows its reasons."""
    return bool(message.get("reasons")) or message["severity"] == "none"


def _tested() -> Iterator[tuple[set[str], list[str]]]:
    for message in messages_in(TESTS, "t*.jsonl"):
        if _judged(message):
            codes = [each.code for each in suggest("\n".join(message["texts"]))]
            yield set(message.get("reasons") or ()), codes


def _folds(authors: Sequence[str], codes: Sequence[set[str]]) -> np.ndarray:
    """A fold for each author, so that every fold has about as many coded messages."""
    size = Counter(dict.fromkeys(authors, 0))
    size.update(author for author, each in zip(authors, codes, strict=True) if each)
    load, fold = [0] * FOLDS, {}
    for author, messages in sorted(size.items(), key=lambda each: (-each[1], each[0])):
        fold[author] = load.index(min(load))
        load[fold[author]] += messages
    return np.array([fold[author] for author in authors])


def _counted(said: np.ndarray, target: np.ndarray) -> tuple[int, int, int]:
    """Right, wrong, missed."""
    return int((said & target).sum()), int((said & ~target).sum()), int((~said & target).sum())


def _f(right: int, wrong: int, missed: int, favour: float = 1.0) -> float:
    """Precision and recall in one number; recall counts `favour` times as much."""
    square = favour**2
    return (1 + square) * right / max((1 + square) * right + square * missed + wrong, 1)


if __name__ == "__main__":
    main()
