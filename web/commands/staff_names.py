"""Other names of staff and homes, at the command line."""

from __future__ import annotations

from uuid import UUID

import click

from bot.concern_acts import add_alias, remove_alias
from bot.escalation_changes import NotPossible
from bot.service import Service
from storage.authorities import teams
from storage.concerns import aliases
from storage.staff import staff_by_email
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows

COMMAND = "command"


@click.group()
def names() -> None:
    """What young people call staff and homes, so that the conflict rule finds them."""


@names.command("add")
@click.argument("name")
@click.option("--email", help="Of the member of staff.")
@click.option("--team", help="The name of the home or team.")
def alias_add(name: str, email: str | None, team: str | None) -> None:
    """Enter a name."""
    with opened() as service:
        try:
            staff_id, team_id = _owner(service, email, team)
            add_alias(service, name, COMMAND, staff_id=staff_id, team_id=team_id)
        except NotPossible as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"Entered {name}.")


@names.command("remove")
@click.argument("name")
def alias_remove(name: str) -> None:
    """Take a name back, whosever it is."""
    with opened() as service:
        with service.database.read() as session:
            found = [each.id for each in aliases(session) if each.alias == name]
        if not found:
            raise click.ClickException("That name is not entered.")
        for each in found:
            remove_alias(service, each, COMMAND)
    click.echo(f"Took back {name}.")


@names.command("list")
@as_json
def alias_list(json_wanted: bool) -> None:
    """List the names."""
    with opened() as service, service.database.read() as session:
        rows = [
            {"name": each.alias, "staff_id": each.staff_id, "team_id": each.team_id}
            for each in aliases(session)
        ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("name", "staff_id", "team_id"))


def _owner(
    service: Service, email: str | None, team: str | None
) -> tuple[UUID | None, UUID | None]:
    with service.database.read() as session:
        staff = staff_by_email(session, email) if email else None
        found = [each.id for each in teams(session) if each.name == team]
    if email and staff is None:
        raise NotPossible("Nobody has that e-mail address.")
    if team and not found:
        raise NotPossible("There is no team of that name.")
    return (staff.id if staff else None, found[0] if found else None)


COMMANDS = (names,)
