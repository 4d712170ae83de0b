"""What is wrong with the line itself: seeing it, and saying that it is dealt with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from bot.alarms import Standing, clear_by_hand, standing
from bot.escalations import NotPossible
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows


@click.group()
def alarms() -> None:
    """Alarms about the line itself, never about a young person."""


@alarms.command("list")
@as_json
def alarms_list(json_wanted: bool) -> None:
    """List what is wrong now, the oldest first, with what to do."""
    with opened() as service:
        found = standing(service)
    if json_wanted:
        print_json([_row(each) for each in found])
        return
    print_rows([_row(each) for each in found], ("id", "kind", "detail", "since", "times", "last"))
    for each in found:
        click.echo(f"\n{each.kind}: {each.words.title}.\n{each.words.to_do}")


@alarms.command("clear")
@click.argument("alarm_id", type=click.UUID, metavar="ID")
def alarms_clear(alarm_id: UUID) -> None:
    """Say that one is dealt with; what is still wrong raises it again."""
    with opened() as service:
        if not clear_by_hand(service, alarm_id, None):
            raise NotPossible("there is no open alarm with that id: see alarms list")
    click.echo("Cleared.")


def _row(alarm: Standing) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "kind": alarm.kind,
        "detail": alarm.detail,
        "title": alarm.words.title,
        "to_do": alarm.words.to_do,
        "since": alarm.raised_at,
        "times": alarm.times,
        "last": alarm.last_at,
    }


COMMANDS = (alarms,)
