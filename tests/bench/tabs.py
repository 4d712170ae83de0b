"""Two hundred open inboxes beside twenty texts a second: `make bench`.

10,000 escalations, nearly all closed. The same texts are sent with and without the tabs, in turns,
so that a machine that grows slower or faster treats both alike. The worker does not run: what is
measured is the web server, as `return-interview serve` starts it, and its database.
"""

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path
from statistics import quantiles

import click
from sqlmodel import col, select

from storage.database import Database
from storage.tables import EscalationEvent, Message
from tests.bench.tabs_clients import Sent, Tab, poll, text_for
from tests.bench.tabs_world import fill, numbers
from tests.journeys.service import RunningService
from tests.postgres import Server

TABS, RATE = 200, 20.0
ARRIVES_WITHIN_S = 2.0
P50_AT_MOST, P99_MORE_AT_MOST_MS = 1.10, 50.0


@click.command()
@click.option("--seconds", default=15.0, help="How long each turn lasts.")
@click.option("--turns", default=3, help="How many turns with the tabs, and as many without.")
@click.option("--tabs", default=TABS, help="How many inboxes are open.")
@click.option(
    "--database",
    type=click.Choice(["sqlite", "postgres"]),
    multiple=True,
    default=["sqlite", "postgres"],
)
def main(seconds: float, turns: int, tabs: int, database: Sequence[str]) -> None:
    """Measure, and say whether it holds."""
    for kind in database:
        with (
            _databases(kind) as (folder, url, keys_url),
            RunningService(folder, url, keys_url) as (running),
        ):
            cookies = fill(running.environment)
            running.start("serve")
            _measure(running, cookies, kind, seconds, turns, tabs)


@contextmanager
def _databases(kind: str) -> Iterator[tuple[Path, str, str]]:
    with tempfile.TemporaryDirectory(prefix="tabs-") as name:
        folder = Path(name)
        keys_url = f"sqlite:///{folder / 'keys.sqlite'}"
        if kind == "sqlite":
            yield folder, f"sqlite:///{folder / 'words.sqlite'}", keys_url
            return
        server = Server(Path(tempfile.mkdtemp(prefix="postgres-")))
        server.start()
        try:
            server.execute("CREATE DATABASE tabs")
            yield folder, server.url("tabs"), keys_url
        finally:
            server.stop()


def _measure(
    running: RunningService, cookies: list[str], kind: str, seconds: float, turns: int, tabs: int
) -> None:
    quiet: list[Sent] = []
    busy: list[Sent] = []
    opened: list[Tab] = []
    waits: list[float] = []
    # The first texts load what the detector needs.
    _texts(running, 3.0, 0)
    for turn in range(turns):
        quiet += _texts(running, seconds, 2 * turn)
        with _tabs(running, cookies, tabs) as now_open:
            sent = _texts(running, seconds, 2 * turn + 1)
        busy += sent
        opened += now_open
        for name, at in _arrivals(running.environment["DATABASE_URL"], sent).items():
            # Whoever never saw it has waited for ever.
            waits += [tab.seen.get(name, inf) - at for tab in now_open]
    _report(kind, quiet, busy, opened, waits)


def _texts(running: RunningService, seconds: float, turn: int) -> list[Sent]:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(
            text_for, (running.public_url, running.port, numbers(), RATE, seconds, turn)
        )


@contextmanager
def _tabs(running: RunningService, cookies: list[str], number: int) -> Iterator[list[Tab]]:
    """Open tabs; the list holds them when they are closed again."""
    opened: list[Tab] = []
    processes = multiprocessing.get_context("fork")
    stop, results = processes.Event(), processes.Queue()
    process = processes.Process(target=poll, args=(running.port, cookies, number, stop, results))
    process.start()
    settled = processes.Event()
    settled.wait(3.0)  # every tab has its first list
    try:
        yield opened
        settled.wait(2.5)  # what came last is seen
    finally:
        stop.set()
        opened += results.get(timeout=30)
        process.join()


def _arrivals(url: str, sent: Sequence[Sent]) -> dict[str, float]:
    """When the text of each arrival was sent, by what the page calls the arrival."""
    at = {each.sid: each.at for each in sent if each.tells}
    database, found = Database(url), {}
    hits: dict[object, int] = {}
    with database.read() as session:
        rows = session.exec(
            select(EscalationEvent.escalation_id, Message.provider_id)
            .join(Message, col(Message.id) == col(EscalationEvent.message_id))
            .where(EscalationEvent.kind == "hit")
            .order_by(col(EscalationEvent.seq))
        )
        for escalation_id, sid in rows:
            hits[escalation_id] = hits.get(escalation_id, 0) + 1
            if sid in at:
                found[f"{escalation_id}-{hits[escalation_id]}"] = at[sid]
    database.close()
    return found


def _report(
    kind: str,
    quiet: Sequence[Sent],
    busy: Sequence[Sent],
    opened: Sequence[Tab],
    waits: Sequence[float],
) -> None:
    (p50, p99), (busy_p50, busy_p99) = (_centiles([e.took for e in all_]) for all_ in (quiet, busy))
    click.echo(f"\n{kind}: {len(quiet)} texts without tabs, {len(busy)} with")
    click.echo(f"  answered other than 200: {sum(each.status != 200 for each in (*quiet, *busy))}")
    click.echo(f"  receive p50 {p50:7.1f} ms without, {busy_p50:7.1f} ms with tabs")
    click.echo(f"  receive p99 {p99:7.1f} ms without, {busy_p99:7.1f} ms with tabs")
    polls = [took for tab in opened for took in tab.took]
    statuses: dict[int, int] = {}
    for tab in opened:
        for status, number in tab.statuses.items():
            statuses[status] = statuses.get(status, 0) + number
    poll_p50, poll_p99 = _centiles(polls)
    click.echo(f"  {len(polls)} polls: p50 {poll_p50:.1f} ms, p99 {poll_p99:.1f} ms, {statuses}")
    screen_p50, screen_p99 = _centiles(waits)
    click.echo(f"  {len(waits)} arrivals on a screen")
    click.echo(f"  text to screen p50 {screen_p50:.0f} ms, p99 {screen_p99:.0f} ms")
    for name, is_so in (
        (f"p50 {busy_p50 / p50:.2f} times, at most {P50_AT_MOST}", busy_p50 <= p50 * P50_AT_MOST),
        (
            f"p99 {busy_p99 - p99:+.1f} ms, at most {P99_MORE_AT_MOST_MS:.0f}",
            busy_p99 - p99 <= P99_MORE_AT_MOST_MS,
        ),
        (
            f"screen p99 {screen_p99 / 1000:.2f} s, at most {ARRIVES_WITHIN_S}",
            screen_p99 <= ARRIVES_WITHIN_S * 1000,
        ),
    ):
        click.echo(f"  {'holds' if is_so else 'FAILS'}: {name}")


def _centiles(seconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    found = quantiles([each * 1_000 for each in seconds], n=100)
    return found[49], found[98]


if __name__ == "__main__":
    main()
