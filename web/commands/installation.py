"""Keys, databases, and the processes: demo, serve, worker."""

from __future__ import annotations

from pathlib import Path

import click

from bot.service import open_service, prepare
from bot.settings import load_settings, require_safe
from bot.worker import run_worker
from storage import migrate
from storage.database import Database
from storage.keys import KeyFile
from web.demo import run_demo
from web.server import serve_forever

DEMO_FOLDER = Path(".demo")


@click.group()
def keys() -> None:
    """The key file, without which nothing can be read."""


@keys.command("create")
def keys_create() -> None:
    """Write the key file once; one that exists is never overwritten."""
    settings = load_settings()
    KeyFile.create(settings.keys_file)
    click.echo(f"Wrote {settings.keys_file}. Back it up apart from the databases.")


@click.group()
def db() -> None:
    """The databases."""


@db.command("upgrade")
@click.option("--grant-to", metavar="ROLE", help="PostgreSQL: let this role run the service.")
def db_upgrade(grant_to: str | None) -> None:
    """Create or upgrade both databases."""
    settings = load_settings()
    prepare(settings)
    if grant_to:
        database = Database(settings.database_url)
        try:
            migrate.grant_app_role(database, grant_to)
        finally:
            database.close()
    click.echo("The databases are up to date.")


@click.command()
def serve() -> None:
    """Serve the webhooks and the staff pages."""
    settings = load_settings()
    require_safe(settings)
    service = open_service(settings)
    try:
        serve_forever(service)
    finally:
        service.close()


@click.command()
def worker() -> None:
    """Take turns, send, alert and sweep; run one or more beside serve."""
    settings = load_settings()
    require_safe(settings)
    service = open_service(settings)
    try:
        run_worker(service)
    finally:
        service.close()


@click.command()
@click.option("--fresh", is_flag=True, help="Start over with new data.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
def demo(fresh: bool, port: int) -> None:
    """Rehearse the whole service on this machine, with pretended phones."""
    run_demo(DEMO_FOLDER, port, fresh=fresh)


COMMANDS = (demo, serve, worker, keys, db)
