"""What each code of a provider means, and what is done about it: one table (codes.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, get_args

from bot.channels import Retry, Trouble


@dataclass(frozen=True, slots=True)
class Policy:
    """What one code means (docs/reliability.md 2.4).

    `meaning` is said to a duty worker, who may show it to nobody else: it never says why to the
    number. `retry` and `trouble` are those of `SendFailed`. `alarm` is a kind of `bot.alarms`
    for the people who run the service; None when there is nothing that they could mend.
    """

    meaning: str
    retry: Retry
    trouble: Trouble
    alarm: str | None = None

    @property
    def why(self) -> str:
        """The meaning for a text that was given up: without the promise that it is sent again."""
        return self.meaning.partition(" It is sent again")[0]


UNKNOWN: Final = Policy("a code that we do not know", "never", "our_fault", "our_fault")
"""Not tried again: nobody knows whether that would repeat a text or lose it."""


def policy(code: str, channel: str = "sms") -> Policy:
    """Return what a code means on this channel; `UNKNOWN` when the table does not hold it."""
    table = policies()
    return table.get((code, channel)) or table.get((code, "")) or UNKNOWN


def is_known(code: str) -> bool:
    """Say whether the table holds this code, for any channel."""
    return any(code == each for each, _ in policies())


@cache
def policies() -> Mapping[tuple[str, str], Policy]:
    """Return the table by code and channel; a row without a channel has the empty one.

    Raises:
        ValueError: A row says something that no sender understands, or a code stands twice.
    """
    text = files(__package__).joinpath("codes.toml").read_text(encoding="utf-8")
    return read_policies(text)


def read_policies(text: str) -> Mapping[tuple[str, str], Policy]:
    """Read a table in the form of codes.toml. See `policies`."""
    found: dict[tuple[str, str], Policy] = {}
    for row in tomllib.loads(text)["row"]:
        if row["retry"] not in get_args(Retry) or row["trouble"] not in get_args(Trouble):
            raise ValueError(f"the row of {row['codes'][0]} says what no sender understands")
        told = Policy(row["meaning"], row["retry"], row["trouble"], row.get("alarm"))
        for code in row["codes"]:
            key = (code, row.get("channel", ""))
            if key in found:
                raise ValueError(f"the code {code} stands twice in the table")
            found[key] = told
    return found
