"""Ladders, lines outside and the addresses of staff, on the command line."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any
from uuid import UUID

import click
from sqlmodel import Session

from bot.ladder_edit import (
    NotSet,
    add_address,
    add_line,
    end_address,
    end_line,
    set_ladder,
    verify_address,
)
from bot.ladder_ready import lacks
from bot.ladder_table import AT_NOON, LADDERS, TARGETS, Step, ladder_of
from bot.service import Service
from storage.authorities import authorities
from storage.ladders import is_agreed, lines
from storage.staff import staff_by_email
from storage.staff_addresses import addresses_of
from storage.tables import Staff
from storage.tables.alerting import ADDRESS_KINDS, LINE_KINDS
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows

COMMAND = "command"
WHICH = click.option("--ladder", "which", type=click.Choice(LADDERS), default="main")
WHOSE = click.option("--authority", metavar="NAME", help="Of this authority; without, of all.")
PRIORITY = click.option("--priority", type=click.IntRange(1, 3), required=True)


@click.group()
def ladder() -> None:
    """Who is alerted when, until somebody acknowledges."""


@ladder.command("show")
@WHICH
@WHOSE
@as_json
def ladder_show(which: str, authority: str | None, json_wanted: bool) -> None:
    """Show every step of a ladder."""
    with opened() as service, service.database.read() as session:
        whose = _authority(session, authority)
        rows = [
            {
                "priority": f"P{priority}",
                "after": "noon" if step.after_s == AT_NOON else f"{step.after_s // 60} min",
                "to": " ".join(step.to),
                "by": " ".join(step.by),
            }
            for priority in (1, 2, 3)
            for step in ladder_of(session, service.settings.nation, whose, which, priority).steps
        ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("priority", "after", "to", "by"))


@ladder.command("set")
@WHICH
@WHOSE
@PRIORITY
@click.option(
    "--step",
    "written",
    multiple=True,
    metavar="MINUTES:TO,TO:BY,BY",
    help=f'Minutes or "noon"; to: {", ".join(TARGETS)}; by: {", ".join(ADDRESS_KINDS)}.',
)
def ladder_set(which: str, authority: str | None, priority: int, written: tuple[str, ...]) -> None:
    """Set the steps of one priority; without any, the defaults are back."""
    steps = [_step(each) for each in written]
    with opened() as service:
        with service.database.read() as session:
            whose = _authority(session, authority)
        set_ladder(service, which, priority, steps, COMMAND, authority_id=whose)
    click.echo("Set." if steps else "The defaults hold again.")


@ladder.command("check")
@as_json
def ladder_check(json_wanted: bool) -> None:
    """Say what keeps a ladder from reaching people; exit 1 when anything does."""
    with opened() as service, service.database.read() as session:
        found = lacks(service, session)
    if json_wanted:
        print_json([{"code": each.code, "says": each.says} for each in found])
    else:
        for each in found:
            click.echo(each.says)
        if not found:
            click.echo("Every ladder reaches people, and ends at a line that agreed to act.")
    if found:
        sys.exit(1)


@click.group()
def line() -> None:
    """Telephones outside: staffed 24-hour lines and out-of-hours teams."""


@line.command("add")
@click.option("--kind", type=click.Choice(LINE_KINDS), required=True)
@click.option("--name", required=True)
@click.option("--phone", required=True)
@click.option("--agreed-on", type=click.DateTime(["%Y-%m-%d"]), help="The date of their letter.")
@click.option("--agreed-with", help="Who signed it.")
@WHOSE
def line_add(
    kind: str,
    name: str,
    phone: str,
    agreed_on: datetime | None,
    agreed_with: str | None,
    authority: str | None,
) -> None:
    """Enter a line; a staffed one with the letter in which it agreed to act on our calls."""
    with opened() as service:
        day = agreed_on.date() if agreed_on else None
        with service.database.read() as session:
            whose = _authority(session, authority)
        add_line(
            service, kind, name, phone, COMMAND,
            agreed_on=day, agreed_with=agreed_with, authority_id=whose,
        )  # fmt: skip
    click.echo("Entered.")


@line.command("list")
@as_json
def line_list(json_wanted: bool) -> None:
    """List the lines in use."""
    with opened() as service, service.database.read() as session:
        names = {each.id: each.name for each in authorities(session)}
        rows: list[dict[str, Any]] = [
            {
                "id": each.id,
                "kind": each.kind,
                "name": each.name,
                "phone": each.phone,
                "agreed": each.agreed_on if is_agreed(each) else None,
                "authority": names.get(each.authority_id) if each.authority_id else None,
            }
            for each in lines(session)
        ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "kind", "name", "phone", "agreed", "authority"))


@line.command("end")
@click.argument("line_id", type=click.UUID, metavar="ID")
def line_end(line_id: Any) -> None:
    """Stop using a line."""
    with opened() as service:
        if not end_line(service, line_id, COMMAND):
            raise NotSet("There is no line in use with that id: see line list.")
    click.echo("Ended.")


@click.group()
def address() -> None:
    """The addresses by which staff are alerted."""


@address.command("add")
@click.option("--of", "email", required=True, metavar="EMAIL", help="Whose.")
@click.option("--kind", type=click.Choice(ADDRESS_KINDS), required=True)
@click.option("--value", required=True, help="A number, an e-mail address, or a link.")
def address_add(email: str, kind: str, value: str) -> None:
    """Enter an address; a code goes to it, and it is used once the code came back."""
    with opened() as service:
        found = add_address(service, _staff(service, email), kind, value, COMMAND)
    click.echo(f"Entered as {found.id}. A code is on its way to it.")


@address.command("verify")
@click.option("--of", "email", required=True, metavar="EMAIL", help="Whose.")
@click.argument("address_id", type=click.UUID, metavar="ID")
@click.argument("code")
def address_verify(email: str, address_id: Any, code: str) -> None:
    """Give the code back that reached an address."""
    with opened() as service:
        if not verify_address(service, _staff(service, email).id, address_id, code):
            raise NotSet("That is not the code, or it is too old: enter the address again.")
    click.echo("Verified.")


@address.command("list")
@click.option("--of", "email", required=True, metavar="EMAIL", help="Whose.")
@as_json
def address_list(email: str, json_wanted: bool) -> None:
    """List somebody's addresses by kind, without what they are."""
    with opened() as service:
        staff = _staff(service, email)
        with service.database.read() as session:
            rows = [
                {"id": each.id, "kind": each.kind, "verified": each.verified_at is not None}
                for each in addresses_of(session, staff.id)
            ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "kind", "verified"))


@address.command("end")
@click.option("--of", "email", required=True, metavar="EMAIL", help="Whose.")
@click.argument("address_id", type=click.UUID, metavar="ID")
def address_end(email: str, address_id: Any) -> None:
    """Stop using an address."""
    with opened() as service:
        if not end_address(service, _staff(service, email).id, address_id, COMMAND):
            raise NotSet("There is no address in use with that id: see address list.")
    click.echo("Ended.")


def _authority(session: Session, name: str | None) -> UUID | None:
    if name is None:
        return None
    for each in authorities(session):
        if each.name.casefold() == name.strip().casefold():
            return each.id
    raise NotSet(f"There is no authority {name}: see authorities list.")


def _staff(service: Service, email: str) -> Staff:
    with service.database.read() as session:
        found = staff_by_email(session, email)
    if found is None:
        raise NotSet("Nobody on the staff has that e-mail address: see staff list.")
    return found


def _step(written: str) -> Step:
    parts = written.split(":")
    if len(parts) != 3 or not (parts[0] == "noon" or parts[0].isdecimal()):
        raise NotSet("Write a step as MINUTES:TO,TO:BY,BY, e.g. 5:duty,second:sms,voice.")
    after_s = AT_NOON if parts[0] == "noon" else int(parts[0]) * 60
    return Step(after_s, tuple(parts[1].split(",")), tuple(parts[2].split(",")))


COMMANDS = (ladder, line, address)
