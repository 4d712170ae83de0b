"""Local authorities, with the number that answers out of hours."""

from __future__ import annotations

import click
from sqlalchemy.exc import IntegrityError

from bot.escalations import NotPossible
from storage.authorities import add_authority
from storage.authorities import authorities as all_of_them
from web.commands.opening import opened
from web.commands.printing import COMMAND, as_json, print_json, print_rows


@click.group()
def authorities() -> None:
    """Local authorities: who is responsible for a young person, and where they live."""


@authorities.command("add")
@click.argument("name")
@click.option("--out-of-hours", metavar="PHONE", help="The number that answers at night.")
def authorities_add(name: str, out_of_hours: str | None) -> None:
    """Enter an authority, to be chosen for young people and staff."""
    with opened() as service:
        now = service.clock.service_now()
        try:
            with service.database.write() as session:
                found = add_authority(session, name.strip(), now, out_of_hours)
                subject = f"authority:{found.id}"
                service.audit.append(session, now, COMMAND, "enter authority", subject)
        except IntegrityError:
            raise NotPossible(f"there is an authority {name} already") from None
        click.echo(found.id)


@authorities.command("list")
@as_json
def authorities_list(json_wanted: bool) -> None:
    """List them, by name."""
    with opened() as service, service.database.read() as session:
        rows = [
            {"id": each.id, "name": each.name, "out_of_hours": each.out_of_hours_phone}
            for each in all_of_them(session)
        ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "name", "out_of_hours"))


COMMANDS = (authorities,)
