"""Whether time tells what pages do not: both worlds of the conflict rule, asked in turn.

Whoever may be meant must not learn from how long an answer takes that there is something
(docs/conflicts.md). Times belong in here; the test counts statements instead.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import click
import structlog

from bot.channels import Channel
from bot.service import Service, open_service
from bot.settings import load_settings
from storage.keys import KeyFile
from tests.fakes.twilio_texts import ACCOUNT_SID, AUTH_TOKEN, OUR_NUMBER
from tests.web.cast import RecordingChannel, sign_in
from tests.web.conftest import SITE, live_words, migrated_keys
from tests.web.two_worlds import World, build

PAGES = ("/inbox", "/inbox/live", "/tasks")
REQUESTS = 2_000
WITHIN_MS = 2.0


@contextmanager
def opened(folder: Path) -> Iterator[Service]:
    """A service on a new database."""
    words, keys = f"sqlite:///{folder / 'words.sqlite'}", f"sqlite:///{folder / 'keys.sqlite'}"
    live_words(words)
    migrated_keys(keys)
    KeyFile.create(folder / "keys.json")
    settings = load_settings(
        database_url=words,
        keys_database_url=keys,
        keys_file=folder / "keys.json",
        public_url=SITE,
        secret_key="a-secret-of-the-bench-that-is-long-enough",
        second_factor="optional",
        screening_budget_seconds=60,
        twilio_account_sid=ACCOUNT_SID,
        twilio_auth_token=AUTH_TOKEN,
        twilio_sms_from=OUR_NUMBER,
    )
    carrier = RecordingChannel()
    channels: dict[str, Channel] = {carrier.name: carrier}
    service = open_service(settings, None, lambda _database, _vault: channels)
    try:
        yield service
    finally:
        service.close()


def times(worlds: tuple[World, World], path: str, number: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each world for one page, asked in turn by the person who may be meant."""
    clients = []
    for world in worlds:
        client = world.app.test_client()
        sign_in(client, world.named["duty_worker"])
        client.get(path)
        clients.append(client)
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(number):
        # Neither is always the first of a pair.
        for which in (0, 1) if turn % 2 else (1, 0):
            began = perf_counter()
            clients[which].get(path).get_data()
            taken[which].append((perf_counter() - began) * 1_000)
    return taken


@click.command()
@click.option("--requests", default=REQUESTS, show_default=True, help="For each page and world.")
def main(requests: int) -> None:
    """Print the medians of both worlds; leave with 1 when they lie further apart than allowed."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    folder = Path(tempfile.mkdtemp())
    (folder / "told").mkdir()
    (folder / "untold").mkdir()
    try:
        with opened(folder / "told") as one, opened(folder / "untold") as other:
            worlds = build(one, tells=True), build(other, tells=False)
            apart = [compared(worlds, path, requests) for path in PAGES]
    finally:
        shutil.rmtree(folder)
    if max(apart) > WITHIN_MS:
        raise SystemExit(1)


def compared(worlds: tuple[World, World], path: str, number: int) -> float:
    """Print one line; give how far apart the medians are, in milliseconds."""
    told, untold = times(worlds, path, number)
    apart = abs(median(told) - median(untold))
    p99 = [quantiles(each, n=100)[98] for each in (told, untold)]
    click.echo(
        f"{path:<12} with the case {median(told):6.2f} ms, without {median(untold):6.2f} ms, "
        f"apart {apart:5.2f} ms (at most {WITHIN_MS}); p99 {p99[0]:.1f} and {p99[1]:.1f} ms"
    )
    return apart


if __name__ == "__main__":
    main()
