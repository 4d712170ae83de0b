"""Every command of ``return-interview``, and what they may refuse."""

from __future__ import annotations

from flask.cli import AppGroup

from bot.alerting.web_push import KeysThere
from bot.approvals import NotApproved
from bot.binding import NotLinked
from bot.escalations import NotPossible
from bot.invitations import NotEntered, NotInvited
from bot.ladder_edit import NotSet
from bot.leavers import NotOnStaff
from bot.settings import SettingsUnsafe
from storage.keys import KeyDestroyed, KeysMissing
from web.commands import (
    alarms,
    alerting,
    authorities,
    channels,
    contacts,
    conversation,
    drills,
    installation,
    ladders,
    people,
    reasons,
    records,
    rota,
    screening,
    screening_marks,
    script,
    senders,
    staff,
    staff_names,
    telegram,
)
from web.server import PortTaken

REFUSALS = (
    KeyDestroyed,
    KeysMissing,
    KeysThere,
    NotApproved,
    NotEntered,
    NotInvited,
    NotLinked,
    NotOnStaff,
    NotPossible,
    NotSet,
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
    staff,
    staff_names,
    authorities,
    people,
    contacts,
    senders,
    records,
    conversation,
    script,
    screening,
    screening_marks,
    reasons,
    telegram,
    alarms,
    drills,
    rota,
    alerting,
    ladders,
    channels,
):
    for command in group.COMMANDS:
        cli.add_command(command)
