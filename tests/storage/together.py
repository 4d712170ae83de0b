"""Doing the same thing from many threads at one moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar("Result")

WAIT_S = 30


def together(workers: int, job: Callable[[int], Result]) -> list[Result]:
    """What each of ``workers`` threads got from ``job(number)``; the first exception is raised."""
    start = Barrier(workers)

    def wait_and_do(number: int) -> Result:
        start.wait(WAIT_S)
        return job(number)

    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(wait_and_do, range(workers), timeout=WAIT_S))
