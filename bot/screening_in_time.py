"""The detector as receiving uses it: within its budget, loaded before the first text, alarmed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import structlog

from bot.alarms import clear_alarm, raise_alarm
from bot.in_time import TooLate
from bot.service import Service
from dialogs.screening import Screening

log = structlog.get_logger()

LOADS_WITHIN_S: Final = 30.0
HANGS: Final = ("screening_hangs", "all texts")
CANNOT: Final = ("cannot_screen", "all texts")


def screen_in_time(
    service: Service,
    message_id: UUID,
    texts: Sequence[str],
    asked: Collection[str],
    language: str,
    after_risk: bool,
) -> Screening:
    """Screen one thought within the budget of the settings.

    Args:
        service: the process's service.
        message_id: the message that the thought ends with.
        texts: the thought as typed.
        asked: as `dialogs.screening.screen` takes it, like the two that follow.
        language: what the young person writes in.
        after_risk: an earlier risk is still open.

    Raises:
        TooLate: it took longer, or so many hang already that it was not begun.
        Exception: the detector failed.
    """
    running = service.screenings
    try:
        result = running.run(
            lambda: service.screen(texts, asked, language, after_risk),
            service.settings.screening_budget_seconds,
            message_id,
        )
    except TooLate:
        if running.hang:
            running.alarmed = True
            raise_alarm(service, *HANGS)
        raise
    if running.alarmed:
        running.alarmed = False
        clear_alarm(service, *HANGS)
    return result


def warm_up(service: Service) -> bool:
    """Load the detector when a process starts, so that no text waits for it; whether it screens.

    A process whose detector is broken starts all the same: words are kept and each is an escalation
    "not screened". An alarm says why they are so many.
    """
    try:
        service.screenings.run(lambda: service.screen(["ok"]), LOADS_WITHIN_S)
    except Exception as error:  # noqa: BLE001 - receiving must begin, whatever is broken
        log.error("screening cannot be loaded", error=type(error).__name__)
        raise_alarm(service, *CANNOT)
        return False
    for alarm in (CANNOT, HANGS):
        clear_alarm(service, *alarm)
    return True
