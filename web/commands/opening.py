"""Opening the service for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.service import Service, open_service
from bot.settings import load_settings


@contextmanager
def opened() -> Iterator[Service]:
    """The service of this environment, closed afterwards."""
    service = open_service(load_settings())
    try:
        yield service
    finally:
        service.close()
