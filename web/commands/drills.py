"""Drills at the command line: running one, announcing a week, and how they went."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

import click

from bot.drills import announce, call_off, run_now
from bot.drills_shown import drills_shown
from bot.escalations import NotPossible
from storage.staff import staff_by_email
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows


@click.group()
def drill() -> None:
    """Made-up disclosures that show whether a real one would reach a person."""


@drill.command("run")
def drill_run() -> None:
    """Send one to nobody now; a worker has to be running to alert and time it."""
    with opened() as service:
        run_now(service)
    click.echo("It is on its way. How it went: return-interview drill list")


@drill.command("schedule")
@click.option("--week", help="Any day of the week to announce, YYYY-MM-DD.")
@click.option("--off", is_flag=True, help="Call off the week that is announced.")
@click.option("--email", help="The manager who announces it or calls it off.")
@as_json
def drill_schedule(week: str | None, off: bool, email: str | None, json_wanted: bool) -> None:
    """Say what is planned; announce a week with a drill to a person, or call it off."""
    monday = _monday(week) if week else None
    with opened() as service:
        if monday is not None or off:
            with service.database.read() as session:
                staff = staff_by_email(session, email or "")
            if staff is None or staff.role != "manager" or not staff.active:
                raise NotPossible("give the address of a manager: --email")
            if monday is not None:
                announce(service, monday, staff.id)
            else:
                call_off(service, staff.id)
        shown = drills_shown(service)
    row = {
        "by_itself": shown.is_on,
        "next": shown.next_at,
        "announced_week": shown.announced.isoformat() if shown.announced else None,
        "postponed": shown.postponed,
        "going_on": shown.going_on,
    }
    if json_wanted:
        print_json(row)
    else:
        print_rows([row], tuple(row))


@drill.command("list")
@click.option("--most", type=click.IntRange(1, 1000), default=20, show_default=True)
@as_json
def drill_list(most: int, json_wanted: bool) -> None:
    """List the drills that are over, the newest first, with their times in seconds."""
    with opened() as service:
        rows = [asdict(each) for each in drills_shown(service, most).lines]
    if json_wanted:
        print_json(rows)
    else:
        columns = ("at", "target", "state", "reason", "received_s", "detected_s", "alerted_s")
        print_rows(rows, (*columns, "answered_s"))


def _monday(written: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise click.UsageError("a day is written as 2026-11-23") from None
    return day - timedelta(days=day.weekday())


COMMANDS = (drill,)
