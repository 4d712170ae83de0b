"""The rota at the command line: who is on duty, entering, removing, and what is missing."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import click

from bot.escalations import NotPossible
from bot.rota_changes import MOST_WEEKS, Pattern, enter, remove
from bot.rota_gaps import outlooks
from bot.rota_shown import DAYS, coming_shifts
from bot.service import Service
from storage.staff import staff_by_email
from storage.tables.rota import LADDERS
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ladder = click.option("--ladder", type=click.Choice(LADDERS), default="main", show_default=True)


@click.group()
def rota() -> None:
    """Who is on duty when."""


@rota.command("list")
@_ladder
@click.option("--days", type=click.IntRange(1, 400), default=DAYS, show_default=True)
@as_json
def rota_list(ladder: str, days: int, json_wanted: bool) -> None:
    """List the shifts that are not over, in order."""
    with opened() as service:
        rows = [
            {
                "id": each.id,
                "from": each.starts_at,
                "until": each.ends_at,
                "position": each.position,
                "name": each.name,
                "now": each.is_now,
            }
            for each in coming_shifts(service, ladder, days)
        ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "from", "until", "position", "name", "now"))


@rota.command("add")
@_ladder
@click.option("--email", required=True, help="Who is on duty.")
@click.option("--position", type=click.IntRange(1, 2), default=1, show_default=True)
@click.option("--day", "day", required=True, help="The first day, YYYY-MM-DD.")
@click.option("--from", "start", required=True, help="HH:MM, by the clock in London.")
@click.option("--until", "end", required=True, help="HH:MM; before the beginning: the next day.")
@click.option("--on", "weekdays", multiple=True, type=click.Choice(WEEKDAYS), help="Again each ...")
@click.option("--weeks", type=click.IntRange(1, MOST_WEEKS), default=1, show_default=True)
@as_json
def rota_add(
    ladder: str,
    email: str,
    position: int,
    day: str,
    start: str,
    end: str,
    weekdays: tuple[str, ...],
    weeks: int,
    json_wanted: bool,
) -> None:
    """Enter one shift, or a weekly pattern: all of it or nothing."""
    first, begins, ends = _day(day), _time(start), _time(end)
    on = frozenset(WEEKDAYS.index(each) for each in weekdays)
    with opened() as service:
        staff_id = _staff(service, email)
        pattern = Pattern(ladder, position, staff_id, first, begins, ends, on, weeks)
        entered = enter(service, pattern, None)
    rows = [{"id": each.id, "from": each.starts_at, "until": each.ends_at} for each in entered]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "from", "until"))


@rota.command("remove")
@click.argument("shift_id", type=click.UUID, metavar="ID")
def rota_remove(shift_id: UUID) -> None:
    """Take a shift out; one that has begun ends now."""
    with opened() as service:
        remove(service, shift_id, None)
    click.echo("Removed.")


@rota.command("gaps")
@as_json
def rota_gaps(json_wanted: bool) -> None:
    """List what is missing in the next 14 days; exit 1 when an hour of the duty rota has nobody."""
    with opened() as service:
        found = outlooks(service)
    rows: list[dict[str, Any]] = [
        {"ladder": each.ladder, "missing": gap.kind, "from": gap.starts_at, "until": gap.ends_at}
        for each in found
        for gap in each.gaps
    ]
    doubts = [
        {"ladder": each.ladder, "name": doubt.name, "reach": doubt.reach}
        for each in found
        for doubt in each.doubts
    ]
    if json_wanted:
        print_json({"gaps": rows, "people": doubts})
    else:
        print_rows(rows, ("ladder", "missing", "from", "until"))
        click.echo()
        print_rows(doubts, ("ladder", "name", "reach"))
    if any(each["missing"] == "nobody" and each["ladder"] == "main" for each in rows):
        raise SystemExit(1)


def _staff(service: Service, email: str) -> UUID:
    with service.database.read() as session:
        found = staff_by_email(session, email)
    if found is None:
        raise NotPossible("nobody active has this e-mail address: see staff list")
    return found.id


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise click.UsageError("a day is written as 2026-11-23") from None


def _time(written: str) -> time:
    try:
        return datetime.strptime(written, "%H:%M").time()  # noqa: DTZ007 - a time on the wall
    except ValueError:
        raise click.UsageError("a time is written as 08:00") from None


COMMANDS = (rota,)
