"""Whether this process lives, and whether the service could take and pass on a disclosure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import uuid4

import structlog
from flask import Blueprint, Response

from bot.alarms import open_alarms, worker_is_there
from bot.service import Service
from storage import migrate
from storage.staff import duty_workers, list_staff, phone_of
from web.context import service

blueprint: Final = Blueprint("health", __name__, url_prefix="/health")
log = structlog.get_logger()


@blueprint.get("/live")
def live() -> Response:
    """This process answers."""
    return _text("ok", 200)


@blueprint.get("/ready")
def ready() -> Response:
    """Everything that a disclosure needs on its way to a person is there.

    It is for whoever watches the service. A proxy that sends requests only while this is 200 would
    turn away the very texts that are at stake: it asks /health/live. The answer says no more than
    that: what is missing is in the log, by name.
    """
    missing = [name for name, check in CHECKS.items() if not _passes(check)]
    if not missing:
        return _text("ok", 200)
    log.warning("not ready", missing=",".join(missing))
    return _text("not ok", 503)


def _passes(check: Callable[[Service], bool]) -> bool:
    try:
        return check(service())
    except Exception as error:  # noqa: BLE001 - whatever is broken, the service is not ready
        log.error("check failed", check=check.__name__, error=type(error).__name__)
        return False


def _databases(at: Service) -> bool:
    return at.database.answers() and at.vault.store.database.answers()


def _schemas(at: Service) -> bool:
    return migrate.is_current(at.database, migrate.MAIN) and migrate.is_current(
        at.vault.store.database, migrate.KEYS
    )


def _keys(at: Service) -> bool:
    """A probe sealed under a stored key opens again; nothing of it is kept."""
    with at.database.read() as session:
        everybody = list_staff(session)
    if not everybody:
        return False
    owner, row, probe = everybody[0].id, uuid4(), b"probe"
    sealed = at.vault.seal(owner, "health.probe", row, probe)
    return at.vault.open_bytes(owner, "health.probe", row, sealed) == probe


def _detector(at: Service) -> bool:
    """Screening answers; with an empty lexicon it raises."""
    return bool(at.screen(["ok"]).detector)


def _channel(at: Service) -> bool:
    return bool(at.channels)


def _duty_worker(at: Service) -> bool:
    """Somebody can be alerted: their number is there and opens."""
    with at.database.read() as session:
        return any(phone_of(at.vault, staff) for staff in duty_workers(session))


def _line(at: Service) -> bool:
    """No alarm is open that says that texts do not come or do not go.

    Refused requests are not among them: whoever can reach us could make us unready with three.
    """
    stopped = [alarm for alarm, _ in open_alarms(at) if alarm.kind in STOPS_THE_LINE]
    for alarm in stopped:
        log.warning("the line is down", kind=alarm.kind, detail=alarm.detail)
    return not stopped


STOPS_THE_LINE: Final = frozenset({"webhook_moved", "cannot_ask", "our_fault"})
"""Texts go elsewhere; the provider does not answer; the provider takes nothing from us."""

CHECKS: Final[dict[str, Callable[[Service], bool]]] = {
    "databases": _databases,
    "schemas": _schemas,
    "keys": _keys,
    "detector": _detector,
    "channel": _channel,
    "duty_worker": _duty_worker,
    "worker": worker_is_there,
    "line": _line,
}


def _text(body: str, status: int) -> Response:
    return Response(body, status, content_type="text/plain; charset=utf-8")
