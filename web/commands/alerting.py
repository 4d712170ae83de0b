"""Alerting staff: the second sweeper, and the keys of web push."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

import click

from bot.alerting.configured import webpush_keys
from bot.alerting.web_push import make_keys
from bot.clock import SystemClock
from bot.settings import load_settings
from bot.watch import Watch, run_watch, teller


@click.command()
@click.option("--once", is_flag=True, help="Look once, tell, and exit 1 when something is wrong.")
def watch(once: bool) -> None:
    """Watch over the worker, best on another machine; reads only, and alerts by ways of its own."""
    settings = load_settings()
    if once:
        looking = Watch(settings, SystemClock(), teller(settings))
        wrong = looking.look()
        looking.close()
        for each in wrong:
            click.echo(each.says)
        sys.exit(1 if wrong else 0)
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    run_watch(settings, stopping)


@click.group()
def alerts() -> None:
    """The ways by which staff are alerted."""


@alerts.command("web-push-keys")
def alerts_web_push_keys() -> None:
    """Make the keys by which browsers know this service, once."""
    file = webpush_keys(load_settings())
    make_keys(file)
    click.echo(f"Wrote {file}. Set WEBPUSH_CONTACT to an e-mail address, and start serve again.")


COMMANDS = (watch, alerts)
