"""How a young person is reached, at the command line: several addresses, one in use."""

from __future__ import annotations

import sys
from dataclasses import asdict
from uuid import UUID

import click

from bot.addresses import (
    BY_PHONE,
    contacts_list,
    enter_contact,
    mark_reachable,
    use_contact,
)
from bot.escalations import NotPossible
from bot.service import Service
from storage.staff import staff_by_email
from storage.tables import Staff
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows

COMMAND = "command"
COLUMNS = (
    "id",
    "channel",
    "ending",
    "confirmed",
    "shared",
    "reachable",
    "is_used",
    "heard_at",
)

young_person = click.argument("young_person_id", type=click.UUID, metavar="ID")
which = click.option("--contact", "contact_id", required=True, type=click.UUID, metavar="ID")


@click.group()
def people() -> None:
    """How young people are reached."""


@people.command("contacts")
@young_person
@as_json
def people_contacts(young_person_id: UUID, json_wanted: bool) -> None:
    """List a young person's addresses, by their last three digits."""
    with opened() as service:
        rows = [asdict(each) for each in contacts_list(service, young_person_id)]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, COLUMNS)


@people.command("add-contact")
@young_person
@click.option("--channel", required=True, type=click.Choice(BY_PHONE))
@click.option("--phone", required=True, help="The number; - reads it from standard input.")
@click.option("--confirmed-by", metavar="EMAIL", help="Who checked it with the young person.")
@as_json
def people_add_contact(
    young_person_id: UUID, channel: str, phone: str, confirmed_by: str | None, json_wanted: bool
) -> None:
    """Enter one more number; the conversation stays where it is."""
    if phone == "-":
        phone = sys.stdin.readline().strip()
    with opened() as service:
        who = None if confirmed_by is None else _staff(service, confirmed_by)
        contact_id = enter_contact(service, young_person_id, channel, phone, COMMAND, who)
    if json_wanted:
        print_json({"id": contact_id})
    else:
        click.echo(f"Entered. people use-contact moves the conversation there: {contact_id}")


@people.command("use-contact")
@young_person
@which
def people_use_contact(young_person_id: UUID, contact_id: UUID) -> None:
    """Let the conversation go on at this address, until they write from another."""
    with opened() as service:
        use_contact(service, young_person_id, contact_id, COMMAND)
    click.echo("The next text goes there.")


@people.command("unreachable")
@young_person
@which
@click.option("--not", "is_back", is_flag=True, help="It can be reached again.")
def people_unreachable(young_person_id: UUID, contact_id: UUID, is_back: bool) -> None:
    """Note that an address cannot be reached."""
    with opened() as service:
        mark_reachable(service, young_person_id, contact_id, COMMAND, reachable=is_back)
    click.echo("Noted.")


def _staff(service: Service, email: str) -> Staff:
    with service.database.read() as session:
        staff = staff_by_email(session, email)
    if staff is None or not staff.active:
        raise NotPossible("nobody on the staff has that e-mail address: see staff list")
    return staff


COMMANDS = (people,)
