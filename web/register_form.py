"""The form that adds an episode: what was typed, what it means, and what is wrong beside what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bot.new_episode import NewEpisode, NotEntered, local_moment
from bot.refusals import is_under_way
from bot.service import Service
from bot.young_people import problems
from storage import people
from storage.episodes import is_entered

FIELDS: Final = (
    "young_person_id",
    "name",
    "phone",
    "shared_phone",
    "returned_at",
    "born_on",
    "channel",
    "language",
    "check_word",
    "duress_word",
    "prompts_from",
    "prompts_until",
    "school_time_ok",
    "length",
    "needs_support",
    "text_wanted",
    "invite",
    "texting_agreed",
    "when",
)
"""In the order of the page, which is the order of its errors."""
NOT_ASKED: Final = (
    "Ask them first whether texting is ok, and tick this when they said so. "
    "Or choose not to text yet"
)


@dataclass(slots=True)
class Form:
    """What was typed, and what is wrong with it by field."""

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What was typed into one field, without blanks around it."""
        return self.typed.get(name, "").strip()

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self.value(name) == "yes"

    def wrong(self, name: str, says: str) -> None:
        """Put an error beside a field; the first one stays."""
        self.errors.setdefault(name, says[:1].upper() + says[1:])

    @property
    def wants_text(self) -> bool:
        """Whether the first text is to be sent."""
        return self.value("invite") == "text"


def read_form(service: Service, typed: Mapping[str, str]) -> tuple[Form, NewEpisode]:
    """What a worker typed, checked by the rules of `episodes add`; nothing is written."""
    form = Form(typed)
    returned_at = _returned_at(form, service.clock.service_now())
    new = NewEpisode(returned_at=returned_at, **_details(form))
    if not form.value("invite"):
        form.wrong("invite", "Say whether the first text is to be sent")
    if form.wants_text and not form.ticked("texting_agreed"):
        form.wrong("texting_agreed", NOT_ASKED)
    with service.database.read() as session:
        for problem in problems(service, session, new):
            form.wrong(problem.field or "name", problem.plain)
        known = new.young_person_id
        if known is not None and is_entered(session, [known], returned_at):
            form.wrong("returned_at", "This episode is entered already")
        interview = people.open_interview(session, known) if known is not None else None
        if form.wants_text and is_under_way(interview):
            form.wrong("invite", "They were invited already: choose not to text now")
    form.errors = {name: form.errors[name] for name in FIELDS if name in form.errors}
    return form, new


def _details(form: Form) -> dict[str, Any]:
    known = _young_person(form)
    words = ("check_word", "duress_word", "prompts_from", "prompts_until", "length")
    details: dict[str, Any] = {name: form.value(name) or None for name in words}
    details |= {name: form.ticked(name) or None for name in ("needs_support", "school_time_ok")}
    return details | {
        "young_person_id": known,
        "name": None if known else form.value("name") or None,
        "phone": form.value("phone") or None,
        "shared_phone": form.ticked("shared_phone"),
        "text_wanted": form.ticked("text_wanted"),
        "language": form.value("language") or "en",
        "channel": None if known else form.value("channel") or None,
        "born_on": _born_on(form),
    }


def _young_person(form: Form) -> UUID | None:
    written = form.value("young_person_id")
    if not written:
        return None
    try:
        return UUID(written)
    except ValueError:
        form.wrong("young_person_id", "Choose a young person from the list")
        return None


def _returned_at(form: Form, now: datetime) -> datetime:
    """The return; ``now`` in its place when it cannot be read."""
    day, at = _day(form, "returned"), form.value("returned-time")
    if day is None or len(at) not in (4, 5) or ":" not in at:
        form.wrong("returned_at", "Enter the day and the time of the return, such as 21:30")
        return now
    try:
        moment = local_moment(f"{day.isoformat()}T{at.zfill(5)}")
    except ValueError as error:
        known = str(error) if "clocks" in str(error) else "Enter a time of day, such as 21:30"
        form.wrong("returned_at", known.split(": add")[0])
        return now
    if moment > now:
        form.wrong("returned_at", "The return is in the future")
        return now
    return moment


def _born_on(form: Form) -> date | None:
    parts = [form.value(f"born-{part}") for part in ("day", "month", "year")]
    if not any(parts):
        return None
    day = _day(form, "born")
    if day is None:
        form.wrong("born_on", "Enter a date of birth, such as 30 5 2011, or leave it empty")
    return day


def _day(form: Form, prefix: str) -> date | None:
    try:
        year, month, day = (
            int(form.value(f"{prefix}-{part}")) for part in ("year", "month", "day")
        )
        return date(year, month, day)
    except ValueError:
        return None


def as_wrong(form: Form, problem: NotEntered) -> None:
    """Put what was refused while it was written beside its field."""
    form.wrong(problem.field if problem.field in FIELDS else "name", problem.plain)
