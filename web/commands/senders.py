"""Unknown senders at the command line. Reading words is logged like any other reading."""

from __future__ import annotations

from uuid import UUID

import click

from bot import links
from bot.escalations import NotPossible
from bot.service import Service
from bot.unknown_senders import Sender, read_sender, sender_lines
from storage.staff import staff_by_email
from storage.tables import Staff
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows
from web.commands.records import line_of

COMMAND = "command"
LINKERS = frozenset({"advocate", "manager"})

sender = click.argument("sender_id", type=click.UUID, metavar="ID")
because = click.option("--reason", required=True, help="How it is known, in a few words.")
decided_by = click.option("--by", required=True, metavar="EMAIL", help="Who decided it.")


@click.group()
def senders() -> None:
    """People who wrote and whom nobody knows."""


@senders.command("list")
@as_json
def senders_list(json_wanted: bool) -> None:
    """List those whom nobody has linked; no words."""
    with opened() as service:
        rows = [
            {
                "id": each.id,
                "channel": each.channel,
                "ends_in": each.ending,
                "first_at": each.first_at,
                "last_at": each.last_at,
                "messages": each.texts,
                "risk_is_open": each.risk_is_open,
                "set_aside": each.is_aside,
            }
            for each in sender_lines(service)
        ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "channel", "ends_in", "last_at", "messages", "set_aside"))


@senders.command("show")
@sender
@as_json
def senders_show(sender_id: UUID, json_wanted: bool) -> None:
    """Show every word of one sender."""
    with opened() as service:
        found = read_sender(service, sender_id, COMMAND)
    if found is None:
        raise NotPossible("there is no sender with that id: see senders list")
    if json_wanted:
        print_json(_sender(found))
        return
    if found.linked is not None:
        click.echo(f"Linked to {found.linked.young_person}.")
    for message in found.messages:
        click.echo(line_of(message, "sender"))


@senders.command("link")
@sender
@click.option("--young-person", "young_person_id", required=True, type=click.UUID, metavar="ID")
@click.option("--confirmed", is_flag=True, help="They confirmed the address with the young person.")
@because
@decided_by
def senders_link(
    sender_id: UUID, young_person_id: UUID, confirmed: bool, reason: str, by: str
) -> None:
    """Say who a sender is; their words are read with that young person's from now on."""
    with opened() as service:
        staff = _staff(service, by)
        links.link_sender(
            service, sender_id, young_person_id, staff, confirmed=confirmed, reason=reason
        )
    click.echo("Linked. What they write from there goes into the interview now.")


@senders.command("unlink")
@sender
@because
@decided_by
def senders_unlink(sender_id: UUID, reason: str, by: str) -> None:
    """Take a wrong link back; a manager decides it."""
    with opened() as service:
        links.unlink_sender(service, sender_id, _staff(service, by), reason=reason)
    click.echo("The link is taken back. A task asks who this is.")


@senders.command("aside")
@sender
@because
@decided_by
def senders_aside(sender_id: UUID, reason: str, by: str) -> None:
    """No young person writes there: an advert, a wrong number."""
    with opened() as service:
        links.set_sender_aside(service, sender_id, _staff(service, by), reason=reason)
    click.echo("Nobody is asked again, unless they write something that must be looked at.")


def _staff(service: Service, email: str) -> Staff:
    with service.database.read() as session:
        staff = staff_by_email(session, email)
    if staff is None or not staff.active:
        raise NotPossible("nobody on the staff has that e-mail address: see staff list")
    if staff.role not in LINKERS:
        raise NotPossible("an advocate or a manager decides who a sender is")
    return staff


def _sender(found: Sender) -> dict[str, object]:
    linked = found.linked
    return {
        "id": found.line.id,
        "channel": found.line.channel,
        "ends_in": found.line.ending,
        "linked_to": None if linked is None else linked.young_person,
        "linked_by": None if linked is None else linked.by,
        "messages": [
            {
                "id": each.id,
                "direction": each.direction,
                "text": each.text,
                "at": each.at,
                "delivery": each.delivery,
                "kind": each.kind,
                "exact": each.exact,
            }
            for each in found.messages
        ],
    }


COMMANDS = (senders,)
