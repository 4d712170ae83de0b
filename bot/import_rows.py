"""One row of an imported file as the wish that it stands for, or everything wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, TypeVar, get_args
from uuid import UUID

from bot.first_text import Invitation
from bot.import_file import Problem, Row
from bot.invitations import Wish
from bot.new_episode import NewEpisode, local_moment
from dialogs.position import Length
from storage.emergency_facts import TICKED, WRITTEN

Read = TypeVar("Read")

CHANNELS: Final = ("sms", "whatsapp")
LENGTHS: Final = get_args(Length)
FIELDS: Final = {"born_on": "born", "young_person_id": "young_person"}
"""Columns whose name is not that of the attribute of `NewEpisode`."""
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class RowReader:
    """Reads the cells of one row and gathers what is wrong with them."""

    def __init__(self, row: Row, now: datetime, languages: tuple[str, ...]) -> None:
        """Read ``row`` at ``now`` (service time), for texts in ``languages``."""
        self.row = row
        self.now = now
        self.languages = languages
        self.problems: list[Problem] = []

    def wish(self) -> Wish:
        """What the row asks for, as far as it can be read; see `problems`."""
        returned_at = self._returned_at() or self.now
        details: dict[str, Any] = {
            "name": self._word("name"),
            "phone": self._word("phone"),
            "young_person_id": self._read("young_person", UUID, "give the id of a young person"),
            "channel": self._one_of("channel", CHANNELS),
            "language": self._one_of("language", self.languages) or "en",
            "born_on": self._read("born", _day, "give a date such as 2011-05-30"),
            "check_word": self._word("check_word"),
            "duress_word": self._word("duress_word"),
            "shared_phone": self._yes("shared_phone") or False,
            "needs_support": self._yes("needs_support"),
            "prompts_from": self._word("prompts_from"),
            "prompts_until": self._word("prompts_until"),
            "school_time_ok": self._yes("school_time_ok"),
            "length": self._one_of("length", LENGTHS),
            "text_wanted": self._yes("text_wanted") or False,
        }
        invited = self._yes("invite")
        self._who(details)
        agreed_by = self._word("texting_agreed_by")
        return Wish(
            NewEpisode(returned_at, **details),
            Invitation(agreed_by) if invited else None,
            self._emergency(),
        )

    def _emergency(self) -> dict[str, str | bool]:
        """What an emergency call asks for, as far as the row says it."""
        written = {name: self._word(name) for name in WRITTEN}
        ticked = {name: self._yes(name) for name in TICKED}
        return {name: known for name, known in (written | ticked).items() if known is not None}

    def _who(self, details: dict[str, Any]) -> None:
        if details["young_person_id"] and (details["name"] or details["phone"]):
            self._problem("young_person", "give young_person, or name and phone, not both")

    def _returned_at(self) -> datetime | None:
        written = self._word("returned_at")
        if written is None:
            self._problem("returned_at", "say when they returned, such as 2026-11-20T21:30")
            return None
        if not _MOMENT.fullmatch(written):
            said = "give a day and a time such as 2026-11-20T21:30, not a spreadsheet's own form"
            self._problem("returned_at", said)
            return None
        try:
            moment = local_moment(written)
        except ValueError as error:
            known = str(error) if "clocks" in str(error) else "there is no such day or time"
            self._problem("returned_at", known)
            return None
        if moment > self.now:
            self._problem("returned_at", "that is in the future")
            return None
        return moment

    def _word(self, column: str) -> str | None:
        return self.row.cells.get(column, "").strip() or None

    def _read(self, column: str, read: Callable[[str], Read], says: str) -> Read | None:
        written = self._word(column)
        if written is None:
            return None
        try:
            return read(written)
        except ValueError:
            self._problem(column, says)
            return None

    def _one_of(self, column: str, known: tuple[str, ...]) -> str | None:
        written = self._word(column)
        if written is None or written.lower() in known:
            return written and written.lower()
        self._problem(column, f"give one of {', '.join(known)}")
        return None

    def _yes(self, column: str) -> bool | None:
        return self._read(column, _yes_or_no, "give yes or no")

    def _problem(self, column: str, says: str) -> None:
        self.problems.append(Problem(self.row.line, column, says))


def _day(written: str) -> date:
    if not _DAY.fullmatch(written):
        raise ValueError(written)
    return date.fromisoformat(written)


def _yes_or_no(written: str) -> bool:
    answers = {"yes": True, "no": False}
    if written.lower() not in answers:
        raise ValueError(written)
    return answers[written.lower()]
