"""Entering a file of episodes: looked through as a whole first, then all of it or nothing.

The same row twice does nothing twice: an episode is known by whose it is and when they returned.
What is said of a row never holds a name, a number or a word of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from bot.channels.phone_numbers import normalise
from bot.first_text import agreed_by
from bot.import_file import Problem, Row, read_rows
from bot.import_rows import FIELDS, RowReader
from bot.invitations import Wish, enter_episodes
from bot.new_episode import NotEntered, details_after
from bot.refusals import Asked, is_under_way, refusal
from bot.service import Service
from bot.young_people import known_at, problems, problems_by_itself
from dialogs.nations import nation
from storage import people
from storage.episodes import is_entered
from storage.person_details import Details, details_of

MOST_NEW = 200
"""A young person's text waits while a file is stored; this many rows take a few seconds."""

Result = Literal["known", "entered", "invited", "not_invited"]
"""known: it was entered before, so it is left out; not_invited: entered, but no text goes out."""


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one row; ``reason`` is the code of `bot.refusals`; ids once it is entered."""

    line: int
    result: Result
    reason: str | None = None
    young_person_id: UUID | None = None
    interview_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A file looked through: what each row would become, or everything wrong with it."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    wishes: tuple[tuple[int, Wish], ...]


def look_through(service: Service, data: bytes) -> Looked:
    """What an import of this file would do; nothing is written.

    Raises:
        Unreadable: the file as a whole cannot be used.
    """
    rows, found = read_rows(data)
    found += _same_reference(rows)
    languages = tuple(dict.fromkeys((*nation(service.settings.nation).languages, "en")))
    now = service.clock.service_now()
    wishes: list[tuple[int, Wish]] = []
    for row in rows:
        reader = RowReader(row, now, languages)
        wish = reader.wish()
        if reader.problems:
            found += [*reader.problems, *_by_itself(service, row.line, wish)]
        else:
            wishes.append((row.line, wish))
    with service.database.read() as session:
        fresh, known = _without_known(service, session, wishes)
        found += _too_many(fresh)
        found += _twice(service, fresh)
        for line, wish in fresh:
            found += _problems_of(service, session, line, wish)
        lines = [] if found else [_preview(service, session, *each) for each in fresh]
    lines += [Line(line, "known") for line in known]
    return Looked(
        lines=tuple(sorted(lines, key=lambda each: each.line)),
        problems=tuple(sorted(set(found), key=lambda each: (each.line, each.column))),
        wishes=tuple(fresh),
    )


def enter_file(service: Service, looked: Looked, actor: str) -> tuple[Line, ...]:
    """Enter all rows of a file that was looked through and has no problems, in one transaction.

    Args:
        service: the process's service.
        looked: what `look_through` gave.
        actor: who enters it, as the access log names them.

    Returns:
        What became of each row, known ones too.

    Raises:
        NotEntered: nothing was stored: there are problems, or something has changed since.
    """
    if looked.problems:
        raise NotEntered("nothing was stored: mend the problems first")
    entered = enter_episodes(service, [wish for _, wish in looked.wishes], actor)
    lines = [each for each in looked.lines if each.result == "known"]
    for (number, wish), each in zip(looked.wishes, entered, strict=True):
        reason = each.refusal.code if each.refusal else None
        result: Result = "entered" if wish.invitation is None else "invited"
        lines.append(
            Line(
                number,
                "not_invited" if reason else result,
                reason,
                each.young_person_id,
                each.interview_id,
            )
        )
    return tuple(sorted(lines, key=lambda each: each.line))


def _too_many(fresh: Sequence[tuple[int, Wish]]) -> list[Problem]:
    if len(fresh) <= MOST_NEW:
        return []
    said = (
        f"the file enters more than {MOST_NEW} episodes: from here on, put them into another file. "
        "All of it is stored at once, and texts that come in would wait too long meanwhile"
    )
    return [Problem(fresh[MOST_NEW][0], "", said)]


def _same_reference(rows: Sequence[Row]) -> list[Problem]:
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        reference = row.cells.get("reference", "").strip()
        if not reference:
            continue
        first = seen.setdefault(reference, row.line)
        if first != row.line:
            found.append(Problem(row.line, "reference", f"the same reference as line {first}"))
    return found


def _without_known(
    service: Service, session: Session, wishes: Sequence[tuple[int, Wish]]
) -> tuple[list[tuple[int, Wish]], list[int]]:
    """What is to be entered, and the lines that were entered before."""
    fresh, known = [], []
    for line, wish in wishes:
        ids = _ids(service, session, wish)
        if ids and is_entered(session, ids, wish.new.returned_at):
            known.append(line)
        else:
            fresh.append((line, wish))
    return fresh, known


def _ids(service: Service, session: Session, wish: Wish) -> list[UUID]:
    """Whose the episode is, where that is known: by id, or by number and name together."""
    if wish.new.young_person_id is not None:
        return [wish.new.young_person_id]
    address = _address(wish)
    if address is None or wish.new.name is None:
        return []
    at_number = (each.young_person_id for each in known_at(service, session, address))
    return [
        each
        for each in at_number
        if _plain(people.name_of(service.vault, people.young_person(session, each)))
        == _plain(wish.new.name)
    ]


def _twice(service: Service, wishes: Sequence[tuple[int, Wish]]) -> Iterator[Problem]:
    """Rows that are about the same as an earlier row."""
    episodes: dict[object, int] = {}
    children: dict[object, int] = {}
    numbers: dict[object, int] = {}
    for line, wish in wishes:
        new, address = wish.new, _address(wish)
        child = new.young_person_id or (address, _plain(new.name or ""))
        episode = (child, new.returned_at)
        if episode in episodes:
            yield Problem(line, "", f"the same episode as line {episodes[episode]}")
        elif address is not None and new.young_person_id is None:
            yield from _same_number(line, wish, children.get(child), numbers.get(address))
        episodes.setdefault(episode, line)
        children.setdefault(child, line)
        if new.young_person_id is None:
            numbers.setdefault(address, line)


def _same_number(
    line: int, wish: Wish, same_child: int | None, same_number: int | None
) -> Iterator[Problem]:
    if same_child is not None:
        said = (
            f"the same name and number as line {same_child}: import that line first, "
            "then give the young person's id in young_person"
        )
        yield Problem(line, "phone", said)
    elif same_number is not None and not wish.new.shared_phone:
        said = f"the same number as line {same_number}: give shared_phone yes for another child"
        yield Problem(line, "phone", said)


def _by_itself(service: Service, line: int, wish: Wish) -> list[Problem]:
    """What else is wrong with a row that cannot be read in full."""
    if wish.new.young_person_id is not None:
        return []
    return [_problem(line, each) for each in problems_by_itself(service, wish.new)]


def _problems_of(service: Service, session: Session, line: int, wish: Wish) -> Iterator[Problem]:
    for each in problems(service, session, wish.new):
        yield _problem(line, each)
    try:
        agreed_by(service, wish.invitation)
    except NotEntered as problem:
        yield _problem(line, problem)


def _problem(line: int, problem: NotEntered) -> Problem:
    """The same with the names of columns for the options of the command line."""
    said = re.sub(r"--([a-z-]+)", lambda found: found[1].replace("-", "_"), str(problem))
    return Problem(line, FIELDS.get(problem.field, problem.field), said)


def _preview(service: Service, session: Session, line: int, wish: Wish) -> Line:
    """What a row would become, by what is stored now."""
    new = wish.new
    if wish.invitation is None:
        return Line(line, "entered")
    known, language, interview = Details(), new.language, None
    if new.young_person_id is not None:
        person = people.young_person(session, new.young_person_id)
        known, language = details_of(service.vault, person), person.language
        interview = people.open_interview(session, new.young_person_id)
    now = service.clock.service_now()
    asked = Asked(
        young_person_id=new.young_person_id,
        interview=interview,
        details=details_after(known, new, language, now),
        language=language,
        agreed=wish.invitation.agreed_by is not None,
        text_wanted=new.text_wanted,
        due_at=now,
    )
    found = refusal(service, session, asked)
    if found is not None:
        return Line(line, "not_invited", found.code)
    return Line(line, "entered" if is_under_way(interview) else "invited")


def _address(wish: Wish) -> str | None:
    try:
        return normalise(wish.new.phone) if wish.new.phone else None
    except ValueError:
        return None


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
