"""Talking to the bot in a terminal, and screening lines."""

from __future__ import annotations

import json
import re
import select
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot.channels import Media
from bot.clock import SetClock, SystemClock
from bot.invitations import NotEntered, NotInvited
from bot.rehearsal import A_MOMENT, START, Rehearsal, rehearse
from bot.rehearsed import LENGTHS, YoungPersonHere
from bot.scripted import Recorder, as_toml
from dialogs.screening import ScreeningFailed, screen

TICK_S = 0.2
MEDIA: dict[str, tuple[Media, ...]] = {"/photo": ("picture",), "/voice": ("voice",)}
_WAIT = re.compile(r"/wait\s+(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@click.command()
@click.option("--plain", is_flag=True, help="Texts from standard input, on a clock of its own.")
@click.option("--language", default="en", show_default=True)
@click.option("--check-word", help="The word that was agreed with the young person.")
@click.option("--duress-word", help="The agreed word that looks ordinary and means danger.")
@click.option("--born", type=click.DateTime(["%Y-%m-%d"]), help="Their date of birth.")
@click.option("--length", type=click.Choice(LENGTHS), help="A length that a person chose.")
@click.option(
    "--episode-number",
    type=click.IntRange(1, 99),
    default=1,
    show_default=True,
    help="How often they were missing; each time before had its interview.",
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the conversation to this file, ready to be held again as a test.",
)
def chat(
    plain: bool,
    language: str,
    check_word: str | None,
    duress_word: str | None,
    born: datetime | None,
    length: str | None,
    episode_number: int,
    record: Path | None,
) -> None:
    """Hold an interview in this terminal, on a throw-away database."""
    young_person = YoungPersonHere(
        language=language,
        check_word=check_word,
        duress_word=duress_word,
        born=born.date() if born else None,
        length=length,
        episode_number=episode_number,
    )
    clock = SetClock(START) if plain else SystemClock()
    try:
        with rehearse(young_person, clock) as rehearsal:
            recorder = Recorder(rehearsal)
            try:
                _hold(rehearsal, recorder, clock)
            finally:
                if record is not None:
                    _write(record, young_person, recorder)
    except (NotEntered, NotInvited) as error:
        raise click.ClickException(str(error)) from None


def _hold(rehearsal: Rehearsal, recorder: Recorder, clock: SetClock | SystemClock) -> None:
    if isinstance(clock, SetClock):
        _chat_plain(rehearsal, recorder, clock)
    else:
        _chat_live(rehearsal, recorder)


def _write(record: Path, young_person: YoungPersonHere, recorder: Recorder) -> None:
    about = "Recorded in the terminal: say here what it shows."
    record.write_text(as_toml(about, young_person, recorder.lines()), encoding="utf-8")


def _chat_plain(rehearsal: Rehearsal, recorder: Recorder, clock: SetClock) -> None:
    rehearsal.run_due()
    _print_new(rehearsal, recorder)
    for line in _lines():
        wait = _WAIT.fullmatch(line.strip())
        if wait:
            by = timedelta(**{_UNITS[wait[2]]: int(wait[1])})
            for _ in rehearsal.wait(clock, by):
                _print_new(rehearsal, recorder)
            continue
        _hear(rehearsal, recorder, line, clock)
        _print_new(rehearsal, recorder)
        clock.now += A_MOMENT
        rehearsal.run_due()
        _print_new(rehearsal, recorder)
    rehearsal.settle(clock)
    _print_new(rehearsal, recorder)


def _chat_live(rehearsal: Rehearsal, recorder: Recorder) -> None:
    click.echo("Type as a young person would. /photo sends a picture. Ctrl-D ends.\n")
    while True:
        rehearsal.run_due()
        _print_new(rehearsal, recorder)
        readable, _, _ = select.select([sys.stdin], [], [], TICK_S)
        if not readable:
            continue
        line = sys.stdin.readline()
        if not line:
            return
        _hear(rehearsal, recorder, line.rstrip("\n"))


def _lines() -> Iterator[str]:
    """Standard input line by line, as it comes; bytes that are no UTF-8 become U+FFFD."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _hear(
    rehearsal: Rehearsal, recorder: Recorder, line: str, clock: SetClock | None = None
) -> None:
    media = MEDIA.get(line.strip(), ())
    text = "" if media else line
    recorder.heard(text, media)
    if clock is not None:
        clock.now += A_MOMENT
    rehearsal.hear(text, media)


def _print_new(rehearsal: Rehearsal, recorder: Recorder) -> None:
    news = rehearsal.news()
    recorder.noticed(news)
    for raised in news.raised:
        click.echo(f"! {raised}")
    for said in news.said:
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


COMMANDS = (chat, screen_lines)
