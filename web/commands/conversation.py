"""Talking to the bot in a terminal, screening lines, and checking the script."""

from __future__ import annotations

import json
import re
import select
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import click

from bot.channels import Media
from bot.clock import SetClock, SystemClock
from bot.rehearsal import START, Rehearsal, YoungPersonHere, rehearse
from dialogs.check import Report, check_script
from dialogs.diagram import mermaid
from dialogs.screening import ScreeningFailed, screen
from web.commands import approval
from web.commands.printing import as_json, print_json

TICK_S = 0.2
MEDIA: dict[str, tuple[Media, ...]] = {"/photo": ("picture",), "/voice": ("voice",)}
_WAIT = re.compile(r"/wait\s+(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@click.command()
@click.option("--plain", is_flag=True, help="Texts from standard input, on a clock of its own.")
@click.option("--language", default="en", show_default=True)
@click.option("--check-word", help="The word that was agreed with the young person.")
def chat(plain: bool, language: str, check_word: str | None) -> None:
    """Hold an interview in this terminal, on a throw-away database."""
    young_person = YoungPersonHere(language=language, check_word=check_word)
    if plain:
        _chat_plain(young_person)
    else:
        _chat_live(young_person)


def _chat_plain(young_person: YoungPersonHere) -> None:
    clock = SetClock(START)
    with rehearse(young_person, clock) as rehearsal:
        rehearsal.run_due()
        _print_new(rehearsal)
        for line in _lines():
            wait = _WAIT.fullmatch(line.strip())
            if wait:
                by = timedelta(**{_UNITS[wait[2]]: int(wait[1])})
                for _ in rehearsal.wait(clock, by):
                    _print_new(rehearsal)
                continue
            _hear(rehearsal, line)
            _print_new(rehearsal)
            rehearsal.run_due()
            _print_new(rehearsal)
        rehearsal.settle(clock)
        _print_new(rehearsal)


def _chat_live(young_person: YoungPersonHere) -> None:
    click.echo("Type as a young person would. /photo sends a picture. Ctrl-D ends.\n")
    with rehearse(young_person, SystemClock()) as rehearsal:
        while True:
            rehearsal.run_due()
            _print_new(rehearsal)
            readable, _, _ = select.select([sys.stdin], [], [], TICK_S)
            if not readable:
                continue
            line = sys.stdin.readline()
            if not line:
                return
            _hear(rehearsal, line.rstrip("\n"))


def _lines() -> Iterator[str]:
    """Standard input line by line, as it comes; bytes that are no UTF-8 become U+FFFD."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _hear(rehearsal: Rehearsal, line: str) -> None:
    media = MEDIA.get(line.strip())
    if media:
        rehearsal.hear("", media)
    else:
        rehearsal.hear(line)


def _print_new(rehearsal: Rehearsal) -> None:
    for raised in rehearsal.new_raised():
        click.echo(f"! P{raised.priority} {' '.join(raised.categories)}")
    for said in rehearsal.new_said():
        speaker = "bot(readback)" if said.is_readback else "bot"
        text = said.text.replace("\n", " ")
        click.echo(f"{speaker}: {text}")


@click.command("screen")
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line, in and out.")
def screen_lines(jsonl: bool) -> None:
    """Screen messages: reads {"id", "texts", "asked"?, "language"?}, one a line."""
    for line in _lines():
        if line.strip():
            click.echo(json.dumps(_screened(line), ensure_ascii=True))
            sys.stdout.flush()


def _screened(line: str) -> dict[str, Any]:
    """The screening of one line; a line that cannot be read is answered, and the rest goes on."""
    try:
        asked = json.loads(line)
        message_id, texts = asked["id"], asked["texts"]
        state, language = asked.get("asked"), asked.get("language") or "en"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"id": None, "error": 'each line is {"id": ..., "texts": ["..."]}'}
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        return {"id": None, "error": "texts is a list of strings"}
    # A state or language that we do not know is no reason to leave a message unscreened.
    asked_states = [state] if isinstance(state, str) else []
    try:
        result = screen(texts, asked_states, str(language))
    except ScreeningFailed:
        because = [{"category": "TEC", "rule": "not screened"}]
        return {"id": message_id, "priority": "P1", "categories": ["TEC"], "because": because}
    return {
        "id": message_id,
        "priority": None if result.priority is None else f"P{result.priority}",
        "categories": result.categories,
        "because": [asdict(each) for each in result.because],
    }


@click.group()
def dialog() -> None:
    """The script of the interview."""


@dialog.command("check")
@as_json
def dialog_check(json_wanted: bool) -> None:
    """Check states and texts; exit 1 when anything is wrong."""
    report = check_script()
    if json_wanted:
        print_json(asdict(report))
    else:
        _print_report(report)
    if report.findings:
        sys.exit(1)


def _print_report(report: Report) -> None:
    click.echo(f"{report.states} states, {report.transitions} transitions")
    for phase, age in report.reading_age.items():
        click.echo(f"reading age, {phase}: ARI {age.ari:.1f}, Coleman-Liau {age.coleman_liau:.1f}")
    two = [key for key, count in report.segments.items() if count > 1]
    click.echo(f"{len(report.segments)} lines; of two segments: {' '.join(two) or 'none'}")
    click.echo("approved" if report.approved else "a draft: no named lead has approved it")
    for finding in report.findings:
        click.echo(f"{finding.file}: {finding.key}: {finding.message}")
    click.echo(f"{len(report.findings)} findings")


@dialog.command("diagram")
def dialog_diagram() -> None:
    """Print the Mermaid source of the state diagram."""
    click.echo(mermaid(), nl=False)


for command in approval.COMMANDS:
    dialog.add_command(command)

COMMANDS = (chat, screen_lines, dialog)
