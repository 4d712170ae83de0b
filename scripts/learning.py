"""What all trainers of this folder share: messages as counts of features, and a linear model.

Needs scikit-learn; nothing of the package imports it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from dialogs.screening_features import BUCKETS

SEED = 20261122
STRENGTH = 10.0
RARITY_STEP = 0.5


def messages_in(folder: Path, pattern: str = "*.jsonl") -> list[dict[str, Any]]:
    """The labelled messages of a folder, file by file."""
    return [
        json.loads(line)
        for path in sorted(folder.glob(pattern))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def fitted(
    matrix: csr_matrix, target: np.ndarray, times: np.ndarray | None = None
) -> LogisticRegression:
    """A logistic regression, both kinds of messages counting as much.

    Solved in the dual: with ten times fewer messages than features the same weights ten times as
    fast.
    """
    model = LogisticRegression(
        C=STRENGTH,
        solver="liblinear",
        dual=True,
        class_weight="balanced",
        tol=1e-2,
        random_state=SEED,
    )
    return model.fit(matrix, target, sample_weight=times)


def scaled(counts: csr_matrix, rarity: np.ndarray) -> csr_matrix:
    """The counts weighed by rarity, each message brought to length one."""
    size = np.sqrt(counts @ (rarity**2))
    return (diags(1 / np.maximum(size, 1e-9)) @ counts @ diags(rarity)).tocsr()


def rarity_of(counts: csr_matrix, least: int = 1) -> np.ndarray:
    """How rare each feature is among the messages; 0 for one seen in fewer than `least`."""
    seen = np.asarray((counts > 0).sum(0)).ravel()
    return np.where(seen >= least, np.log((1 + counts.shape[0]) / (1 + seen)) + 1, 0.0)


def counts_of(rows: Sequence[Sequence[int]]) -> csr_matrix:
    """The features of each message (screening_features.features) as a row of counts."""
    places = np.fromiter((bucket for row in rows for bucket in row), np.int32)
    ends = np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((np.ones(len(places)), places, ends), shape=(len(rows), BUCKETS))
    matrix.sum_duplicates()
    return matrix


def packed_rarity(rarity: np.ndarray) -> bytes:
    """The rarity as the file of a model holds it (dialogs.screening_ranker.parse)."""
    return np.minimum(np.round(rarity**2 / RARITY_STEP), 255).astype(np.uint8).tobytes()


def packed(
    name: str,
    weights: np.ndarray,
    bias: float,
    heads: list[dict[str, Any]],
    least: int = 1,
    most: int = BUCKETS,
) -> bytes:
    """A head as the file of a model holds it; its name and scale go to `heads`.

    Args:
        name: of the head.
        weights: by bucket, the rarity taken in.
        bias: where nothing is said.
        heads: the heads of the header so far.
        least: smaller steps are dropped.
        most: so many weights are kept, the largest.
    """
    if np.count_nonzero(weights) > most:
        limit = np.sort(np.abs(weights))[-most]
        weights = np.where(np.abs(weights) >= limit, weights, 0.0)
    scale = float(np.quantile(np.abs(weights[weights != 0]), 0.9995)) / 127
    steps = np.clip(np.round(weights / scale), -127, 127).astype(np.int8)
    steps[np.abs(steps) < least] = 0
    heads.append({"name": name, "scale": scale, "bias": bias})
    return steps.tobytes()
