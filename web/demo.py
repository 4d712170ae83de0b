"""The demo: the whole service on one machine, with pretended phones and fictional people.

It keeps everything in one folder, is served on this machine only, starts again where it was, and
refuses to start where it could reach a real phone or a real database (docs/reliability.md T-22).
"""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

import click

from bot.service import open_service, prepare
from bot.settings import Settings, SettingsUnsafe, child_environment, load_settings
from storage.keys import KeyFile
from web.demo_people import Login, seed
from web.server import PortTaken

LOG = "service.log"
READY_WITHIN_S = 60
CHECK_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the demo: restarted when it ends by itself, as any supervisor would."""

    command: str


PARTS = (Part("serve"), Part("worker"))


def run_demo(folder: Path, port: int, *, fresh: bool) -> None:
    """Prepare the folder, start web and worker, and stay until Ctrl-C.

    Args:
        folder: holds database, keys, logins; made when it is missing.
        port: on 127.0.0.1.
        fresh: begin with new data.

    Raises:
        SettingsUnsafe: the environment could reach real people or data.
        PortTaken: another program listens there.
    """
    _settings(folder, port)
    _require_free(port)
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    logins = _prepare(folder, port)
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    environment = child_environment(folder, port)
    running = {part: _start(part, environment, folder / LOG) for part in PARTS}
    try:
        _wait_until_live(port, stopping)
        _print_welcome(port, logins, folder / LOG)
        while not stopping.wait(CHECK_EVERY_S):
            for part, process in running.items():
                if process.poll() is not None:
                    click.echo(f"{part.command} ended; starting it again.", err=True)
                    running[part] = _start(part, environment, folder / LOG)
    finally:
        _stop(list(running.values()))
    click.echo("\nStopped. `make demo` carries on where it was; `make demo FRESH=1` starts over.")


def _settings(folder: Path, port: int) -> Settings:
    return load_settings(demo_folder=folder, port=port, public_url=f"http://127.0.0.1:{port}")


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortTaken(
                f"port {port} is taken: stop the other program, or choose one with PORT="
            ) from None


def _prepare(folder: Path, port: int) -> list[Login]:
    """Make or upgrade the folder's contents; the first time, with its fictional people."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = folder / "secret-key"
    if not secret.exists():
        _write_private(secret, secrets.token_urlsafe(48))
    settings = _settings(folder, port)
    if not settings.keys_file.exists():
        KeyFile.create(settings.keys_file)
    prepare(settings)
    logins_file = folder / "logins.json"
    if not logins_file.exists():
        service = open_service(settings)
        try:
            logins = seed(service)
        finally:
            service.close()
        _write_private(logins_file, json.dumps([each.as_json() for each in logins]))
    try:
        return [Login(**each) for each in json.loads(logins_file.read_text(encoding="utf-8"))]
    except (ValueError, TypeError):
        raise SettingsUnsafe("the demo's folder is broken: start over with FRESH=1") from None


def _write_private(path: Path, content: str) -> None:
    """Write a small file, complete or not at all, for its owner only."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)


def _start(part: Part, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "web.cli", part.command]
    with log.open("ab") as lines:
        # A group of its own: Ctrl-C reaches this process, which stops the others in order.
        return subprocess.Popen(  # noqa: S603
            command, env=environment, stderr=lines, start_new_session=True
        )


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_live(port: int, stopping: threading.Event) -> None:
    for _ in range(int(READY_WITHIN_S / CHECK_EVERY_S)):
        if stopping.is_set() or _is_live(port):
            return
        stopping.wait(CHECK_EVERY_S)


def _is_live(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _print_welcome(port: int, logins: list[Login], log: Path) -> None:
    address = f"http://127.0.0.1:{port}"
    click.echo(f"\n  The young person's phone   {address}/phone")
    click.echo(f"  The duty worker's inbox    {address}/inbox")
    click.echo(f"  The advocate's interviews  {address}/interviews\n")
    for each in logins:
        click.echo(f"  {each.role:<14} {each.email:<28} {each.password}")
    click.echo(f"\nEverybody here is fictional. What the parts log is in {log}. Ctrl-C stops it.\n")
