"""The worker: turns, delivery, the ladder, the sweeps, prompts and the providers, each in a loop.

Every loop looks at what the database says is due, so a worker can be killed at any moment and
another carries on. One loop's failure stops neither itself nor the others.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

import structlog

from bot.alarms import note_worker, swept, tell_operators
from bot.alerting.next_kind import try_next_kinds
from bot.deliver import deliver_alerts, deliver_due
from bot.drills import sweep_drills
from bot.escalation_checks import remind_of_checks
from bot.follow_up import ask_about_news
from bot.handing_back import sweep_joined
from bot.heartbeat import say_all_is_well
from bot.ladder import climb, tell_waiting_children
from bot.ladder_reopen import reopen_idle
from bot.reconcile import Memory, reconcile, watch_webhooks
from bot.reminders import remind
from bot.rota_alarm import sweep_rota
from bot.screening_in_time import warm_up
from bot.service import Service
from bot.silence import sweep_silence
from bot.sweep import sweep_unread, sweep_unscreened
from bot.turns import take_due_turns
from bot.typing_shown import EVERY_S as TYPING_S
from bot.typing_shown import show_typing

log = structlog.get_logger()

IDLE_S = 0.2
SWEEP_S = 1.0
PROMPTS_S = 5.0
BEAT_S = 15.0
HEARTBEAT_S = 60.0
ROTA_S = 15.0
RECONCILE_S = 300.0
WATCH_S = 300.0
WATCH_TELEGRAM_S = 60.0
AFTER_ERROR_S = 1.0
SENDERS = 2

Loop = tuple[str, Callable[[], int], float]
"""Its name, what it does (more at once while that is not 0), and how long it rests, in seconds."""


def step(service: Service, owner: str) -> int:
    """Do once whatever is due now, in order; returns how much was done.

    Providers are asked nothing here: `reconcile` and `watch_webhooks` have loops of their own.
    """
    return (
        sweep_unscreened(service)
        + take_due_turns(service, owner)
        + reopen_idle(service)
        + climb(service)
        + try_next_kinds(service)
        + sweep_joined(service)
        + tell_waiting_children(service)
        + remind_of_checks(service)
        + sweep_unread(service)
        + sweep_silence(service)
        + sweep_rota(service)
        + ask_about_news(service)
        + remind(service)
        + tell_operators(service)
        + deliver_due(service, owner)
    )


def run_worker(service: Service) -> None:
    """Work until SIGTERM or SIGINT; finishes what it has claimed and returns."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    warm_up(service)
    loops = _own_loops(service, owner) + _provider_loops(service)
    threads = [
        threading.Thread(target=_loop, args=(*each, stopping), name=each[0]) for each in loops
    ]
    for thread in threads:
        thread.start()
    log.info("worker started", owner=owner)
    while not stopping.wait(1.0):
        continue
    for thread in threads:
        thread.join()
    log.info("worker stopped", owner=owner)


def _own_loops(service: Service, owner: str) -> list[Loop]:
    """What the database says is due."""
    return [
        ("turns", lambda: take_due_turns(service, owner), IDLE_S),
        (
            "ladder",
            swept(service, lambda: _sweep_ladders(service)),
            SWEEP_S,
        ),
        ("waiting", lambda: sweep_joined(service) + tell_waiting_children(service), SWEEP_S),
        ("sweep", lambda: sweep_unscreened(service) + sweep_unread(service), SWEEP_S),
        ("beat", _unhurried(lambda: note_worker(service)), BEAT_S),
        ("heartbeat", _unhurried(lambda: say_all_is_well(service)), HEARTBEAT_S),
        ("checks", lambda: remind_of_checks(service), SWEEP_S),
        ("silence", lambda: sweep_silence(service), SWEEP_S),
        ("rota", _unhurried(lambda: sweep_rota(service)), ROTA_S),
        ("alarms", lambda: tell_operators(service), SWEEP_S),
        ("drills", _unhurried(lambda: sweep_drills(service)), SWEEP_S),
        ("prompts", lambda: ask_about_news(service) + remind(service), PROMPTS_S),
        *(
            (f"deliver-{number}", _sender(service, f"{owner}:{number}"), IDLE_S)
            for number in range(SENDERS)
        ),
        *(
            (f"alert-{number}", _alert_sender(service, f"{owner}:a{number}"), IDLE_S)
            for number in range(SENDERS)
        ),
    ]


def _sweep_ladders(service: Service) -> int:
    return reopen_idle(service) + climb(service) + try_next_kinds(service)


def _provider_loops(service: Service) -> list[Loop]:
    """What has to be asked for; the first round of each begins with the worker."""
    if service.settings.is_demo:
        return []
    memory = Memory()
    others = [name for name in service.channels if name != "telegram"]
    loops: list[Loop] = [
        ("reconcile", _unhurried(lambda: reconcile(service, memory)), RECONCILE_S),
        ("watch", _unhurried(lambda: watch_webhooks(service, others)), WATCH_S),
    ]
    if "telegram" not in service.channels:
        return loops
    loops.append(("typing", _unhurried(lambda: show_typing(service)), TYPING_S))
    if service.settings.telegram_receive == "polling":
        from bot.telegram_polling import poll_once

        return [*loops, ("telegram", lambda: poll_once(service), IDLE_S)]
    watch = _unhurried(lambda: watch_webhooks(service, ["telegram"]))
    return [*loops, ("watch-telegram", watch, WATCH_TELEGRAM_S)]


def _unhurried(work: Callable[[], object]) -> Callable[[], int]:
    """Work that waits its time out, whether or not there was something to do."""

    def once() -> int:
        work()
        return 0

    return once


def _sender(service: Service, owner: str) -> Callable[[], int]:
    own = tuple(sorted(service.alert_channels))
    return lambda: deliver_due(service, owner, own)


def _alert_sender(service: Service, owner: str) -> Callable[[], int]:
    return lambda: deliver_alerts(service, owner)


def _loop(name: str, work: Callable[[], int], idle_s: float, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            pause = 0.0 if work() else idle_s
        except Exception as error:  # noqa: BLE001 - a loop that ends would be silence
            log.error("worker loop failed", loop=name, error=type(error).__name__)
            pause = AFTER_ERROR_S
        stopping.wait(pause)
