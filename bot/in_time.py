"""Screening with a budget of time, in a thread of its own, which nobody can stop.

One that takes longer is left behind: whoever waits goes on, and what it says later is dropped.
When several hang, no further one is begun until one of them returns (docs/reliability.md F-33).
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Event, Thread
from typing import Final
from uuid import UUID

import structlog

from dialogs.screening import Screening

log = structlog.get_logger()

MOST_HUNG: Final = 4
"""Left behind and not back yet; texts that were being received just then may add theirs."""


class TooLate(Exception):
    """The budget is over, or so many hang that none was begun: nobody looked at the text."""


class _Task:
    """One screening: what it came to, and whether somebody still waits for it."""

    def __init__(self, work: Callable[[], Screening], message_id: UUID | None) -> None:
        self.work = work
        self.message_id = message_id
        self.ended = Event()
        self.left = False
        self.result: Screening | None = None
        self.error: BaseException | None = None


class Screenings:
    """The screenings of one process; many threads may use it at once.

    `left_behind` counts those that hang; `returned` is told of each that returns after all.
    `alarmed`: somebody was told that they hang.
    """

    def __init__(self) -> None:
        """With none that hangs."""
        self.returned = Condition()
        self.left_behind = 0
        self.alarmed = False

    @property
    def hang(self) -> bool:
        """Whether so many hang that no further one is begun."""
        return self.left_behind >= MOST_HUNG

    def run(
        self, work: Callable[[], Screening], budget_s: float, message_id: UUID | None = None
    ) -> Screening:
        """Do one screening within its budget.

        Args:
            work: the screening.
            budget_s: how many seconds it may take.
            message_id: what the log calls it, should it return too late.

        Raises:
            TooLate: it did not end in time, or was not begun.
            BaseException: whatever the screening raised.
        """
        if self.hang:
            raise TooLate
        task = _Task(work, message_id)
        Thread(target=self._do, args=(task,), name="screening", daemon=True).start()
        if not task.ended.wait(budget_s) and self._leave(task):
            raise TooLate
        if task.error is not None:
            raise task.error
        if task.result is None:
            raise RuntimeError("screening gave no result")
        return task.result

    def _leave(self, task: _Task) -> bool:
        """Leave it behind; False when it ended at this very moment."""
        with self.returned:
            if task.ended.is_set():
                return False
            task.left = True
            self.left_behind += 1
            return True

    def _do(self, task: _Task) -> None:
        try:
            task.result = task.work()
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
            task.error = error
        with self.returned:
            task.ended.set()
            if not task.left:
                return
            log.warning("screening came too late", message_id=str(task.message_id))
            self.left_behind -= 1
            self.returned.notify_all()
