"""What is measured of the service at one moment, by a handful of cheap queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.service import Service
from storage import beats, drills, metrics
from storage.tables.drills import DRILL_TARGETS

PRIORITIES: Final = (1, 2, 3)
ACKNOWLEDGED_WITHIN: Final = timedelta(days=30)
DRILLS_WITHIN: Final = timedelta(days=30)
ERRORS_WITHIN: Final = timedelta(hours=1)
_WORD: Final = re.compile(r"[a-z][a-z_]{0,30}")
_NUMBER: Final = re.compile(r"(?:http_)?(\d{3,5})")


@dataclass(frozen=True, slots=True)
class Figures:
    """How things stand now, in seconds and numbers; None: never.

    ``oldest`` and ``waits`` are by priority, ``queued`` by channel and state, ``errors`` by channel
    and class of code, ``drills`` (of the last 30 days) by target and how they ended.
    """

    oldest: Mapping[int, float]
    waits: Mapping[int, Sequence[float]]
    queued: Mapping[tuple[str, str], int]
    unscreened: int
    unread: int
    turns_due: int
    errors: Mapping[tuple[str, str], int]
    alarms: Mapping[str, int]
    worker_beat_age: float | None
    sweep_age: float | None
    drills: Mapping[tuple[str, str], int]
    drill_passed_age: Mapping[str, float | None]


def figures(service: Service) -> Figures:
    """Measure now."""
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    with service.database.read() as session:
        oldest = metrics.oldest_unacknowledged(session)
        beat, swept = beats.last_beat(session), beats.last_beat(session, beats.SWEEP)
        acknowledged = metrics.times_to_acknowledge(session, now - ACKNOWLEDGED_WITHIN)
        passed = drills.last_passed(session)
        errors: Counter[tuple[str, str]] = Counter()
        for channel, code, number in metrics.failed_attempts(session, machine_now - ERRORS_WITHIN):
            errors[channel, class_of(code)] += number
        return Figures(
            oldest={
                each: _seconds(now - oldest[each]) if each in oldest else 0.0 for each in PRIORITIES
            },
            waits={
                each: [_seconds(wait) for priority, wait in acknowledged if priority == each]
                for each in PRIORITIES
            },
            queued={
                (channel, state): number
                for channel, state, number in metrics.outbox_depths(session)
            },
            unscreened=metrics.unscreened(session),
            unread=metrics.unread(session),
            turns_due=metrics.turns_due(session, now),
            errors=errors,
            alarms=metrics.open_alarms(session),
            worker_beat_age=_seconds(machine_now - beat) if beat else None,
            sweep_age=_seconds(machine_now - swept) if swept else None,
            drills={
                (target, state): number
                for target, state, number in drills.ended_since(
                    session, machine_now - DRILLS_WITHIN
                )
            },
            drill_passed_age={
                target: _seconds(machine_now - passed[target]) if target in passed else None
                for target in DRILL_TARGETS
            },
        )


def class_of(code: str) -> str:
    """The class of a provider's code: "30xxx", "5xx", or our own word for it; never anything else.

    A figure has one line for each, so there must be few; and what a provider writes may be long.
    """
    if number := _NUMBER.fullmatch(code):
        digits = number[1]
        kept = 1 if len(digits) == 3 else 2
        return digits[:kept] + "x" * (len(digits) - kept)
    return code if _WORD.fullmatch(code) else "other"


def _seconds(time: timedelta) -> float:
    return max(time.total_seconds(), 0.0)
