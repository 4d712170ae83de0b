"""The files of dialogs/ranker, read only as they were sealed: with one bit changed, none is used.

A damaged model, threshold or example could make screening weaker and say nothing. So what does not
agree with its sum fails, and a person reads the text (docs/reliability.md F-33).
`scripts/seal_ranker.py` writes the sums, after training and after a threshold was changed.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from dialogs.screening_lexicon import ScreeningFailed

FOLDER = files("dialogs") / "ranker"
SUMS = "sums.toml"
SEALED = ("nearest.jsonl", "reasons.model", "screening.model", "thresholds.toml")


@lru_cache
def fingerprint() -> str:
    """Eight signs that change with the model, a threshold, an example or a word of the structure.

    With the version of the lexicon they say by what a result was reached.

    Raises:
        ScreeningFailed: a file cannot be read.
    """
    try:
        structure = files("dialogs") / "structure"
        named = sorted((file.name, file.read_bytes()) for file in structure.iterdir())
        content = (FOLDER / SUMS).read_bytes()
    except OSError as error:
        raise ScreeningFailed("the files of the ranker cannot be read") from error
    return sha256(content + b"".join(each for _, each in named)).hexdigest()[:8]


def sealed(name: str) -> bytes:
    """The content of a file of SEALED, just as it was sealed.

    Raises:
        ScreeningFailed: it or the list of sums is missing, or it is not what was sealed.
    """
    try:
        content = (FOLDER / name).read_bytes()
        wanted = tomllib.loads((FOLDER / SUMS).read_bytes().decode())["sha256"][name]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ScreeningFailed(f"{name} or the list of sums cannot be read") from error
    if sha256(content).hexdigest() != wanted:
        raise ScreeningFailed(
            f"{name} is damaged, or was changed and not sealed (scripts/seal_ranker.py)"
        )
    return content
