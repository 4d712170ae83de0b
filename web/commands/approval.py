"""Approving the texts of a language, and seeing who has."""

from __future__ import annotations

import click

from bot.approvals import NotApproved, Register, approve, languages_here, register
from dialogs.position import SCRIPT_VERSION
from storage.tables.system import APPROVING_ROLES
from web.commands.opening import opened
from web.commands.printing import COMMAND, as_json, print_json, print_rows


@click.command("approve")
@click.option("--language", required=True, help="The language of the texts, such as en.")
@click.option("--role", required=True, type=click.Choice(APPROVING_ROLES))
@click.option("--name", required=True, help="Who has read the texts and agrees to them.")
@click.option("--version", help="The version that was read; refused if it is not the current one.")
@as_json
def dialog_approve(
    language: str, role: str, name: str, version: str | None, json_wanted: bool
) -> None:
    """Enter that a named person agrees to the texts of a language as they are now."""
    if version is not None and version != SCRIPT_VERSION:
        raise NotApproved(f"version {version} is not the current one, {SCRIPT_VERSION}")
    with opened() as service:
        approve(service, language, role, name, COMMAND)
        with service.database.read() as session:
            found = register(session, language)
    if json_wanted:
        print_json(_plain(found))
    else:
        click.echo(_sentence(found))


@click.command("approvals")
@click.option("--language", help="Only this one; by default every language offered here.")
@as_json
def dialog_approvals(language: str | None, json_wanted: bool) -> None:
    """Show who agreed to the texts as they are now, and who is missing."""
    with opened() as service, service.database.read() as session:
        languages = (language,) if language else languages_here(service)
        registers = [register(session, each) for each in languages]
    if json_wanted:
        print_json([_plain(found) for found in registers])
        return
    rows = [
        {"language": found.language, "role": each.role, "name": each.name, "at": each.at}
        for found in registers
        for each in found.entries
    ]
    print_rows(rows, ("language", "role", "name", "at"))
    for found in registers:
        click.echo(_sentence(found))


def _sentence(found: Register) -> str:
    which = f"{found.language}, version {found.version}"
    if found.complete:
        return f"{which}: approved"
    return f"{which}: a draft; still to approve: {', '.join(found.missing)}"


def _plain(found: Register) -> dict[str, object]:
    return {
        "language": found.language,
        "version": found.version,
        "digest": found.digest,
        "approved": found.complete,
        "missing": found.missing,
        "entries": [
            {"role": each.role, "name": each.name, "at": each.at} for each in found.entries
        ],
    }


COMMANDS = (dialog_approve, dialog_approvals)
"""For the group `dialog`."""
