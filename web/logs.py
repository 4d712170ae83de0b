"""Logs: one JSON line for each event, holding ids, names of things and nothing that anybody said.

Whatever is not on the list of fields is dropped, exceptions are a type and a place, and of what
other packages log only the sentence they wrote themselves is kept, never what they put into it:
their values may be addresses, numbers or words (docs/reliability.md T-12).
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any, Final

import structlog

FIELDS: Final = frozenset(
    {
        # What happened.
        "event", "level", "timestamp", "logger", "error", "place", "reason",
        # Whom and what it concerns, by id.
        "alert_id", "drill_id", "episode_id", "escalation_id", "interview_id", "message_id",
        "outbox_id", "staff_id", "young_person_id",
        # The process and its parts.
        "channel", "check", "code", "codes", "detail", "duration_ms", "duplicate", "host", "kind",
        "loop", "method", "missing", "new", "owner", "path", "port", "signed", "source", "status",
        "texts",
    }
)  # fmt: skip
"""Every field that a line may have."""

QUIET: Final = (
    "_granian",
    "granian",
    "httpcore",
    "httpx",
    "telegram",
    "twilio",
    "urllib3",
    "werkzeug",
    "alembic",
    "flask_wtf",
)
"""Packages of which only warnings are wanted."""


def configure_logs() -> None:
    """Send everything that is logged in this process to standard error, as JSON lines."""
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _to_line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    if not any(isinstance(handler, LineHandler) for handler in root.handlers):
        root.addHandler(LineHandler())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


class LineHandler(logging.Handler):
    """Writes what other packages log, without the values that they put into it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line to standard error."""
        sys.stderr.write(line(_foreign(record)) + "\n")


def line(fields: Mapping[str, Any]) -> str:
    """One JSON line of the fields on the list; a value that is no number becomes text."""
    kept = {name: _plain(value) for name, value in fields.items() if name in FIELDS}
    kept["timestamp"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps(kept)


def place_of(error: BaseException) -> str | None:
    """Where an exception was raised, as file and line: "receive.py:63"."""
    frames = extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else None


def _to_line(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> str:
    failure = fields.get("exc_info")
    if isinstance(failure, BaseException):
        fields.update(_named(failure))
    return line(fields)


def _foreign(record: logging.LogRecord) -> dict[str, Any]:
    """A record of another package: a sentence that was put together already is not shown."""
    is_template = isinstance(record.msg, str) and bool(record.args)
    fields: dict[str, Any] = {
        "event": record.msg if is_template else "message of another package",
        "level": record.levelname.lower(),
        "logger": record.name,
        "place": f"{record.filename}:{record.lineno}",
    }
    if record.exc_info and record.exc_info[1]:
        fields |= _named(record.exc_info[1])
    return fields


def _named(error: BaseException) -> dict[str, Any]:
    return {"error": type(error).__name__, "place": place_of(error)}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _uncaught(
    _kind: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    sys.stderr.write(
        line({"event": "stopped by an error", "level": "critical", **_named(error)}) + "\n"
    )


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        _uncaught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
