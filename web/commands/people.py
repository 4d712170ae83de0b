"""Missing episodes."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

import click

from bot.escalations import NotPossible
from bot.follow_up import offer_news
from bot.invitations import (
    Invitation,
    NewEpisode,
    NotEntered,
    enter_episode,
    local_moment,
)
from dialogs.position import Length
from storage.people import list_episodes
from storage.staff import staff_by_email
from web.commands.imports import episodes_import
from web.commands.opening import opened
from web.commands.printing import COMMAND, as_json, print_json, print_rows

LENGTHS = get_args(Length)
CHANNELS = ("sms", "whatsapp")


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

COMMANDS = (episodes,)
