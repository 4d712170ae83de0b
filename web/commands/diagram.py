"""Drawing the interview: for those who program it, and for those who sign it."""

from __future__ import annotations

from pathlib import Path

import click

from bot.approvals import ENGLISH, Register, digest_of, register
from bot.clock import in_london
from dialogs.check import SAMPLE_FACTS
from dialogs.diagram import mermaid
from dialogs.position import SCRIPT_VERSION
from web.commands.opening import opened
from web.picture.page import Standing, interview_page
from web.picture.svg import svg

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
_UNKNOWN = "A DRAFT, unless the register of approvals says otherwise."


@click.command("diagram")
@click.option("--svg", "svg_file", type=_FILE, help="Write a picture to read and sign, for A3.")
@click.option("--png", "png_file", type=_FILE, help="The same picture, for programs without SVG.")
@click.option(
    "--approvals",
    "with_approvals",
    is_flag=True,
    help="Say in the picture who has approved the texts, from the register here.",
)
def dialog_diagram(svg_file: Path | None, png_file: Path | None, with_approvals: bool) -> None:
    """Print the Mermaid source of the state diagram, or write the picture of the interview."""
    if svg_file is None and png_file is None:
        click.echo(mermaid(), nl=False)
        return
    approved = _approved() if with_approvals else _UNKNOWN
    standing = Standing(SCRIPT_VERSION, digest_of(ENGLISH), approved)
    drawing = interview_page(standing, SAMPLE_FACTS)
    if svg_file is not None:
        svg_file.write_text(svg(drawing), encoding="utf-8")
    if png_file is not None:
        # Imported here, so that the service never loads a library that reads pictures.
        from web.picture.png import png

        png_file.write_bytes(png(drawing))


def _approved() -> str:
    with opened() as service, service.database.read() as session:
        return approved_by(register(session, ENGLISH))


def approved_by(found: Register) -> str:
    """Who has approved the texts as they are, or who is missing, in one sentence."""
    if not found.complete:
        return f"A DRAFT; still to approve: {', '.join(_said(role) for role in found.missing)}."
    names = [
        f"{each.name} ({_said(each.role)}, {in_london(each.at):%d %b %Y})" for each in found.entries
    ]
    return f"Approved by {', '.join(names)}."


def _said(role: str) -> str:
    return role.replace("_", " ").replace("peoples", "people's")


COMMANDS = (dialog_diagram,)
"""For the group `dialog`."""
