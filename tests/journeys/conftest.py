"""A running service with two members of staff, on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.service import RunningService

# A journey that only repeats another one's way goes on one kind of database at every run, and on
# the other in the full one.
FIRST_POSTGRES = [
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("sqlite", marks=pytest.mark.full),
]
FIRST_SQLITE = [
    "sqlite",
    pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.full]),
]

DEE = "+447700900901"
RETURNED = "2026-11-20T21:30"


@pytest.fixture
def service(tmp_path: Path, database_url: str, keys_database_url: str) -> Iterator[RunningService]:
    with RunningService(tmp_path, database_url, keys_database_url) as running:
        running.run(
            "staff", "add", "--name", "Dee Okafor", "--email", "dee@northmoor.example",
            "--role", "duty_worker", "--phone", DEE,
        )  # fmt: skip
        running.run(
            "staff", "add", "--name", "Ade Bello", "--email", "ade@northmoor.example",
            "--role", "advocate",
        )  # fmt: skip
        yield running
