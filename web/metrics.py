"""/metrics: figures for Prometheus, computed from the database at each request.

Nothing is kept in a process, so it does not matter which of several answers; and nothing is of a
young person: no names, numbers, references or ids (docs/reliability.md T-05). Whoever asks needs
METRICS_TOKEN, a credential that opens nothing else; without the setting the page does not exist.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, abort, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from bot.metrics import Figures, figures
from web.context import service

blueprint: Final = Blueprint("metrics", __name__)

BUCKETS_S: Final = (30, 60, 120, 300, 600, 900, 1800, 3600, 14400, 86400)
"""Around the norms of docs/practice.md 6.2: five minutes for a P1, an hour for a P2."""
_BEARER: Final = "Bearer "


@blueprint.get("/metrics")
def show() -> Response:
    """Every figure, in Prometheus' own text."""
    token = service().settings.metrics_token
    if not token:
        abort(404)
    if not _is_given(token):
        return Response("", 401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(_Collected(figures(service())))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _is_given(token: str) -> bool:
    said = request.headers.get("Authorization", "")
    given = said[len(_BEARER) :] if said.startswith(_BEARER) else ""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


class _Collected(Collector):
    """The figures of one moment, as Prometheus takes them."""

    def __init__(self, found: Figures) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield _gauge(
            "escalation_oldest_unacknowledged_seconds",
            "How long the longest waiting escalation has waited for a person; 0: none waits. "
            "Without the independent ladder.",
            ("priority",),
            {(str(each),): age for each, age in found.oldest.items()},
        )
        yield _waits(found.waits)
        yield _gauge(
            "outbox_entries",
            "What is still to be sent.",
            ("channel", "state"),
            found.queued,
        )
        yield _gauge("messages_unscreened", "Texts not screened yet.", (), {(): found.unscreened})
        yield _gauge("messages_unread", "Texts not dealt with yet.", (), {(): found.unread})
        yield _gauge("turns_due", "Conversations that wait for us.", (), {(): found.turns_due})
        yield _gauge(
            "provider_errors_last_hour",
            "Attempts of the last hour that a provider did not take.",
            ("channel", "code"),
            found.errors,
        )
        yield _gauge(
            "alarms_open",
            "Alarms that stand open.",
            ("kind",),
            {(kind,): number for kind, number in found.alarms.items()},
        )
        yield _gauge(
            "worker_beat_age_seconds",
            "Since a worker last said that it is there; +Inf: never.",
            (),
            {(): _or_never(found.worker_beat_age)},
        )
        yield _gauge(
            "sweep_age_seconds",
            "Since the ladders were last swept to the end; +Inf: never.",
            (),
            {(): _or_never(found.sweep_age)},
        )
        yield _gauge(
            "drills_last_30_days",
            "Drills that are over, by whom they were for and how they ended.",
            ("target", "state"),
            found.drills,
        )
        yield _gauge(
            "drill_passed_age_seconds",
            "Since a drill last passed; +Inf: never.",
            ("target",),
            {(target,): _or_never(age) for target, age in found.drill_passed_age.items()},
        )


def _gauge(name: str, says: str, labels: Sequence[str], values: Mapping[Any, float]) -> Metric:
    metric = GaugeMetricFamily(f"return_interview_{name}", says, labels=labels)
    for key in sorted(values):
        metric.add_metric(key, values[key])
    return metric


def _waits(waits: Mapping[int, Sequence[float]]) -> Metric:
    metric = HistogramMetricFamily(
        "return_interview_escalation_time_to_acknowledge_seconds",
        "Of the last 30 days: from raised to acknowledged. Without the independent ladder.",
        labels=("priority",),
    )
    for priority, times in sorted(waits.items()):
        buckets = [(str(float(end)), sum(each <= end for each in times)) for end in BUCKETS_S]
        metric.add_metric((str(priority),), [*buckets, ("+Inf", len(times))], sum(times))
    return metric


def _or_never(age: float | None) -> float:
    return math.inf if age is None else age
