"""The people who work here: entered, invited, removed."""

from __future__ import annotations

from uuid import UUID

import click

from bot.leavers import NotOnStaff, remove_staff
from bot.service import Service
from storage.staff import list_staff, staff_by_email
from storage.tables import Staff
from storage.tables.staff import ROLES
from web.commands.opening import opened
from web.commands.printing import COMMAND, as_json, print_json, print_rows
from web.passwords import new_password
from web.staff_entry import enter_staff, invite

HOW_LONG = "good once, for 48 hours"


@click.group()
def staff() -> None:
    """People who work here."""


@staff.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--phone", help="The number that alerts go to.")
@click.option("--password", "with_password", is_flag=True, help="Print a password, not a link.")
@as_json
def staff_add(
    name: str, email: str, role: str, phone: str | None, with_password: bool, json_wanted: bool
) -> None:
    """Enter a member of staff; the link that invites them is printed once."""
    password = new_password() if with_password else None
    with opened() as service:
        staff_id = enter_staff(service, name, email, role, phone, password)
        link = None if with_password else invite(service, staff_id, COMMAND)
    given = {"password": password} if with_password else {"invitation": link}
    if json_wanted:
        print_json({"id": staff_id, "name": name, "email": email, "role": role, **given})
    elif with_password:
        click.echo(f"Entered {name} ({role}). Password, shown this once: {password}")
    else:
        click.echo(f"Entered {name} ({role}). Their link, {HOW_LONG}:\n{link}")


@staff.command("invite")
@click.option("--email", required=True)
@click.option(
    "--anew", is_flag=True, help="They lost their phone or key: remove their second factors."
)
@as_json
def staff_invite(email: str, anew: bool, json_wanted: bool) -> None:
    """Print a new link for somebody; links from before are void."""
    with opened() as service:
        link = invite(service, _known(service, email).id, COMMAND, anew=anew)
    if json_wanted:
        print_json({"invitation": link})
    else:
        click.echo(f"Their link, {HOW_LONG}:\n{link}")


@staff.command("leave")
@click.option("--email", required=True)
@click.option("--to", "to_email", metavar="EMAIL", help="Who takes over what they had.")
def staff_leave(email: str, to_email: str | None) -> None:
    """Remove somebody at once; without --to, what they had is asked of everybody again."""
    with opened() as service:
        leaver = _known(service, email)
        heir: UUID | None = _known(service, to_email).id if to_email else None
        remove_staff(service, leaver.id, COMMAND, heir)
    click.echo(f"{leaver.name} is signed out and cannot sign in. What they had was handed over.")


@staff.command("list")
@as_json
def staff_list(json_wanted: bool) -> None:
    """List everybody, without passwords or numbers."""
    with opened() as service, service.database.read() as session:
        rows = [
            {
                "id": each.id,
                "name": each.name,
                "email": each.email,
                "role": each.role,
                "active": each.active,
                "can_be_alerted": each.phone_sealed is not None,
            }
            for each in list_staff(session)
        ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("name", "email", "role", "active", "can_be_alerted"))


def _known(service: Service, email: str) -> Staff:
    with service.database.read() as session:
        found = staff_by_email(session, email)
    if found is None:
        raise NotOnStaff("nobody who works here has that e-mail address: see staff list")
    return found


COMMANDS = (staff,)
