"""Staff and missing episodes."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID, uuid4

import click
from sqlalchemy.exc import IntegrityError

from bot.channels.phone_numbers import normalise
from bot.escalations import NotPossible
from bot.follow_up import offer_news
from bot.invitations import (
    Invitation,
    NewEpisode,
    NotEntered,
    enter_episode,
    local_moment,
)
from bot.service import Service
from dialogs.position import Length
from storage.people import list_episodes
from storage.staff import add_staff, list_staff, staff_by_email
from storage.tables.staff import ROLES
from web.commands.imports import episodes_import
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows
from web.passwords import hash_password, new_password

COMMAND = "command"
"""How the access log names whoever works at the command line."""

LENGTHS = get_args(Length)
CHANNELS = ("sms", "whatsapp")


@click.group()
def staff() -> None:
    """People who work here."""


@staff.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--phone", help="The number that alerts go to.")
@as_json
def staff_add(name: str, email: str, role: str, phone: str | None, json_wanted: bool) -> None:
    """Enter a member of staff; their first password is printed once."""
    with opened() as service:
        password = new_password()
        staff_id = enter_staff(service, name, email, role, phone, password)
    entered = {"id": staff_id, "name": name, "email": email, "role": role, "password": password}
    if json_wanted:
        print_json(entered)
    else:
        click.echo(f"Entered {name} ({role}). Password, shown this once: {password}")


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


def enter_staff(
    service: Service, name: str, email: str, role: str, phone: str | None, password: str
) -> UUID:
    """Enter a member of staff and give their id.

    Raises:
        NotEntered: the number is none, or the e-mail address is known.
    """
    if "@" not in email:
        raise NotEntered("that is not an e-mail address")
    try:
        number = normalise(phone) if phone else None
    except ValueError as error:
        raise NotEntered(str(error)) from None
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    now = service.clock.service_now()
    hashed = hash_password(password)
    try:
        with service.database.write() as session:
            add_staff(session, service.vault, staff_id, name, email, role, number, hashed, now)
            service.audit.append(session, now, COMMAND, "enter staff", f"staff:{staff_id}")
    except IntegrityError:
        raise NotEntered("somebody with that e-mail address is entered already") from None
    return staff_id


@click.group()
def episodes() -> None:
    """Times that a young person was missing."""


@episodes.command("add")
@click.option("--name", help="The young person's name; - reads name and number from two lines.")
@click.option("--phone", help="The young person's number.")
@click.option("--returned-at", required=True, help="When they returned, e.g. 2026-11-20T21:30.")
@click.option("--young-person", type=click.UUID, help="Another episode of a known young person.")
@click.option("--shared-phone", is_flag=True, help="The number is used by another child too.")
@click.option("--born", metavar="YYYY-MM-DD", help="Date of birth.")
@click.option(
    "--needs-support/--no-needs-support",
    default=None,
    help="Texting is hard for them: a person comes first.",
)
@click.option("--check-word", help="The word that was agreed with the young person.")
@click.option("--duress-word", help="A word they chose that looks ordinary and means danger.")
@click.option("--prompts-from", metavar="HH:MM", help="When they chose to get texts, from.")
@click.option("--prompts-until", metavar="HH:MM", help="When they chose to get texts, until.")
@click.option(
    "--school-time-ok/--no-school-time-ok",
    default=None,
    help="They chose that texts may come in school time.",
)
@click.option("--length", type=click.Choice(LENGTHS), help="How much is asked; else it is chosen.")
@click.option("--language", default="en", show_default=True)
@click.option("--channel", type=click.Choice(CHANNELS), help="What they chose to text with.")
@click.option("--invite", is_flag=True, help="Queue the first text.")
@click.option("--texting-agreed-by", metavar="EMAIL", help="Who agreed texting with them.")
@click.option("--text-wanted", is_flag=True, help="They asked to text, where a person comes first.")
@click.option("--now", "ignore_quiet", is_flag=True, help="Do not wait for a time to text.")
@as_json
def episodes_add(
    returned_at: str,
    born: str | None,
    young_person: UUID | None,
    invite: bool,
    texting_agreed_by: str | None,
    ignore_quiet: bool,
    json_wanted: bool,
    **details: Any,
) -> None:
    """Enter one time missing, and invite the young person if asked to."""
    if details["name"] == "-":
        details["name"], details["phone"] = _two_lines()
    new = NewEpisode(
        returned_at=_moment(returned_at),
        young_person_id=young_person,
        born_on=_birthday(born) if born is not None else None,
        **details,
    )
    invitation = Invitation(texting_agreed_by, ignore_quiet) if invite else None
    with opened() as service:
        entered = enter_episode(service, new, COMMAND, invitation)
    ids = {
        "young_person_id": entered.young_person_id,
        "episode_id": entered.episode_id,
        "interview_id": entered.interview_id,
    }
    if json_wanted:
        print_json(ids)
    else:
        print_rows([ids], tuple(ids))


@episodes.command("list")
@as_json
def episodes_list(json_wanted: bool) -> None:
    """List episodes, the newest return first; ids only, no names."""
    with opened() as service, service.database.read() as session:
        rows = [
            {
                "id": episode.id,
                "young_person_id": episode.young_person_id,
                "interview_id": interview_id,
                "returned_at": episode.returned_at,
                "due_at": episode.due_at,
            }
            for episode, interview_id in list_episodes(session)
        ]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "young_person_id", "interview_id", "returned_at", "due_at"))


@episodes.command("news")
@click.option("--interview", "interview_id", required=True, type=click.UUID, metavar="ID")
@click.option("--words", required=True, help="What they will read; - reads it from standard input.")
@click.option("--by", required=True, metavar="EMAIL", help="Who wrote it.")
@as_json
def episodes_news(interview_id: UUID, words: str, by: str, json_wanted: bool) -> None:
    """Keep news for a young person; they are asked first whether it is a good time."""
    if words == "-":
        words = sys.stdin.read()
    with opened() as service:
        with service.database.read() as session:
            writer = staff_by_email(session, by)
        if writer is None:
            raise NotPossible("nobody on the staff has that e-mail address: see staff list")
        news_id = offer_news(service, interview_id, words, writer.id)
    if json_wanted:
        print_json({"id": news_id})
    else:
        click.echo("Kept. They are asked first; the words leave after YES and the check word.")


def _two_lines() -> tuple[str, str]:
    """Name and number, away from the list of processes and the shell's history."""
    return sys.stdin.readline().strip(), sys.stdin.readline().strip()


def _birthday(written: str) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise NotEntered("--born: give a date such as 2011-05-30") from None


def _moment(written: str) -> datetime:
    try:
        return local_moment(written)
    except ValueError as error:
        reason = str(error) if "clocks" in str(error) else "give a time such as 2026-11-20T21:30"
        raise NotEntered(f"--returned-at: {reason}") from None


episodes.add_command(episodes_import)

COMMANDS = (staff, episodes)
