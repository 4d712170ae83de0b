"""Several threads that start at the same moment, with what each came to."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar("Result")


def at_once(count: int, work: Callable[[int], Result]) -> list[Result]:
    """Call `work` with 0, 1, ... at the same time; an exception in any of them is raised here."""
    barrier = Barrier(count)

    def start(number: int) -> Result:
        barrier.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(start, range(count)))
