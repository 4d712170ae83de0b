"""What a worker enters about one time missing, and what of it cannot be used.

Everything wrong is said at once and in plain words, before anything is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from bot.clock import LONDON, SCHOOL_FROM, SCHOOL_UNTIL, in_london
from dialogs.reading import read, says_word, way_of
from storage.person_details import Details

LONGEST_WORD = 40
_TIME = "%H:%M"
_DETAILS = (
    "born_on",
    "needs_support",
    "check_word",
    "duress_word",
    "prompts_from",
    "prompts_until",
    "school_time_ok",
)


class NotEntered(Exception):
    """The episode was not entered; nothing was stored. The message says what to do.

    ``field`` is the attribute of `NewEpisode` that is wrong, where it is one; ``plain`` says the
    same without the options of the command line.
    """

    def __init__(self, message: str, field: str = "", plain: str | None = None) -> None:
        """Say what is wrong, in which field, and how a page says it."""
        super().__init__(message)
        self.field = field
        self.plain = plain or message


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """What a worker enters. For a young person who is known, None leaves a detail as it is.

    Attributes:
        returned_at: when they came back.
        name: the young person's name.
        phone: their number, as people write it.
        young_person_id: another episode of a young person who is known.
        shared_phone: the number is used by another child too.
        check_word: a word they chose with a person, to show that it is them.
        language: of the texts; for somebody new.
        born_on: their date of birth.
        needs_support: something makes texting hard for them: a person comes first.
        duress_word: a word they chose that looks ordinary and means danger.
        prompts_from: with ``prompts_until``, the times of day ("HH:MM", London) that they chose for
            texts which they did not ask for.
        prompts_until: see ``prompts_from``.
        school_time_ok: they chose that such texts may come in school time.
        length: "full", "short" or "repeat", where a person chose it for them.
        text_wanted: they asked to do this by text, although a person would come first.
        channel: "sms" or "whatsapp", as they chose; None is the usual one for somebody new.
    """

    returned_at: datetime
    name: str | None = None
    phone: str | None = None
    young_person_id: UUID | None = None
    shared_phone: bool = False
    check_word: str | None = None
    language: str = "en"
    born_on: date | None = None
    needs_support: bool | None = None
    duress_word: str | None = None
    prompts_from: str | None = None
    prompts_until: str | None = None
    school_time_ok: bool | None = None
    length: str | None = None
    text_wanted: bool = False
    channel: str | None = None


def local_moment(written: str) -> datetime:
    """A moment as people write it: ISO 8601, Europe/London unless it says otherwise.

    Raises:
        ValueError: it is no moment, or an hour that the clocks passed twice or never.
    """
    moment = datetime.fromisoformat(written.strip())
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    first, second = moment.replace(tzinfo=LONDON, fold=0), moment.replace(tzinfo=LONDON, fold=1)
    if first.utcoffset() != second.utcoffset():
        raise ValueError(
            "that hour happened twice or never as the clocks changed: "
            "add Z for UTC, or +01:00 for summer time"
        )
    return first.astimezone(UTC)


def details_after(known: Details, new: NewEpisode, language: str, now: datetime) -> Details:
    """What holds once ``new`` is entered: what is given replaces, what is not given stays.

    Args:
        known: what is stored; empty for somebody new.
        new: what a worker enters.
        language: the young person's.
        now: service time.

    Raises:
        NotEntered: what would hold cannot be used.
    """
    for problem in detail_problems(known, new, language, now):
        raise problem
    after = _merged(known, new)
    if after.prompts_from is None or after.prompts_until is None:
        return after
    start, end = _time_of_day(after.prompts_from), _time_of_day(after.prompts_until)
    return replace(after, prompts_from=start.strftime(_TIME), prompts_until=end.strftime(_TIME))


def detail_problems(
    known: Details, new: NewEpisode, language: str, now: datetime
) -> Iterator[NotEntered]:
    """Everything in the details that cannot be used; the arguments are those of `details_after`."""
    after = _merged(known, new)
    if after.born_on is not None and after.born_on > in_london(now).date():
        yield NotEntered("the date of birth is in the future", "born_on")
    if new.check_word is not None:
        yield from _word_problem("check_word", new.check_word, language)
    if new.duress_word is not None:
        yield from _word_problem("duress_word", new.duress_word, language)
    yield from _both_words_problem(after)
    yield from _times_problem(after)


def _merged(known: Details, new: NewEpisode) -> Details:
    given: dict[str, Any] = {
        name: value for name in _DETAILS if (value := getattr(new, name)) is not None
    }
    return replace(known, **given)


def _word_problem(field: str, word: str, language: str) -> Iterator[NotEntered]:
    """A word must be one that a text can give, and nobody writes by chance."""
    what = field.replace("_", " ")
    if len(word.strip()) < 2:
        yield NotEntered(f"the {what} is too short: one sign comes by chance", field)
        return
    if len(word) > LONGEST_WORD or not says_word(word, word):
        yield NotEntered(f"the {what} must be a word or two, of letters or digits", field)
        return
    kinds = {read(word, each) for each in ("en", language)}
    if kinds != {"words"} or way_of(word, language) is not None:
        yield NotEntered(
            f"the {what} is an ordinary reply: choose one that means nothing else", field
        )


def _both_words_problem(details: Details) -> Iterator[NotEntered]:
    check, duress = details.check_word, details.duress_word
    if check is None or duress is None:
        return
    if says_word(check, duress) or says_word(duress, check):
        yield NotEntered(
            "the duress word and the check word must be two different words", "duress_word"
        )


def _times_problem(details: Details) -> Iterator[NotEntered]:
    """Both times or none; a window that is all school needs the school choice."""
    if details.prompts_from is None and details.prompts_until is None:
        return
    if details.prompts_from is None or details.prompts_until is None:
        missing = "prompts_from" if details.prompts_from is None else "prompts_until"
        yield NotEntered("give both times of day, from and until", missing)
        return
    try:
        start, end = _time_of_day(details.prompts_from), _time_of_day(details.prompts_until)
    except NotEntered as problem:
        yield problem
        return
    if start == end:
        yield NotEntered(
            "the two times of day are the same: there is no time between them", "prompts_until"
        )
    elif SCHOOL_FROM <= start < end <= SCHOOL_UNTIL and not details.school_time_ok:
        yield NotEntered(
            "those times are school time: add --school-time-ok if the young person chose that",
            "prompts_from",
            "those times are school time: say below that they chose that, or choose others",
        )


def _time_of_day(written: str) -> time:
    try:
        return datetime.strptime(written.strip(), _TIME).time()  # noqa: DTZ007 - a time of day
    except ValueError:
        raise NotEntered("give a time of day as HH:MM, such as 16:30", "prompts_from") from None
