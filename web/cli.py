"""The command line, ``return-interview``: the top layer, one clear line for each error."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from bot.approvals import NotApproved
from bot.binding import NotLinked
from bot.escalations import NotPossible
from bot.invitations import NotEntered, NotInvited
from bot.settings import SettingsUnsafe
from storage.keys import KeyDestroyed, KeysMissing
from web.commands import (
    alarms,
    channels,
    contacts,
    conversation,
    installation,
    people,
    records,
    script,
    senders,
    telegram,
)
from web.logs import configure_logs
from web.server import PortTaken

REFUSALS = (
    KeyDestroyed,
    KeysMissing,
    NotApproved,
    NotEntered,
    NotInvited,
    NotLinked,
    NotPossible,
    PortTaken,
    SettingsUnsafe,
)

cli = AppGroup(
    name="return-interview",
    help="Return interviews with children who were missing, by text message.",
    no_args_is_help=True,
)

for group in (
    installation,
    people,
    contacts,
    senders,
    records,
    conversation,
    script,
    telegram,
    alarms,
    channels,
):
    for command in group.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run a command; a refusal is one line on standard error and a non-zero exit."""
    configure_logs()
    try:
        cli.main(standalone_mode=True)
    except REFUSALS as refusal:
        click.echo(f"return-interview: {refusal}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
