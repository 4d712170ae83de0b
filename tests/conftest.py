"""What every test may ask for: an empty database of either kind, and a browser."""

import gc
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:  # pytest itself imports the plug-ins, to rewrite their asserts
    from tests.postgres import FreshPostgres

gc.disable()  # until the tests begin
pytest_plugins = ["tests.postgres", "tests.browser"]

MEMORY = Path("/dev/shm")
MEMORY_WANTED = 2 * 1024**3
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_WANTED:
    # Databases that live for one test wait for no disk, and wear none.
    tempfile.tempdir = str(MEMORY)

# On a busy machine a slow example is no bug: deadlines belong to benchmarks.
settings.register_profile("project", deadline=None)
settings.register_profile("wide", deadline=None, print_blob=True)
settings.load_profile("project")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """What was imported and collected stays: no search for garbage goes through it again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """A test that asks for this, or for an address below, runs once on each kind."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    return _empty_database(database_kind, tmp_path / "words.sqlite", request)


@pytest.fixture
def keys_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    return _empty_database(database_kind, tmp_path / "keys.sqlite", request)


Prepare = Callable[[str], None]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Prepare], Path]:
    """SQLite files that are migrated once and then copied, as PostgreSQL's templates are."""
    folder = tmp_path_factory.mktemp("migrated")

    def file(prepare: Prepare) -> Path:
        path = folder / f"{prepare.__module__}.{prepare.__name__}.sqlite"
        if not path.exists():
            prepare(f"sqlite:///{path}")
        return path

    return file


@pytest.fixture
def migrated_url(
    tmp_path: Path, migrated_file: Callable[[Prepare], Path], request: pytest.FixtureRequest
) -> Callable[[str, Prepare], str]:
    """Makes a database of a kind that is as `prepare` would leave it."""

    def url(kind: str, prepare: Prepare) -> str:
        if kind == "sqlite":
            file = shutil.copyfile(migrated_file(prepare), tmp_path / f"{prepare.__name__}.sqlite")
            return f"sqlite:///{file}"
        fresh_postgres: FreshPostgres = request.getfixturevalue("fresh_postgres")
        return fresh_postgres(prepare)

    return url


def _empty_database(kind: str, file: Path, request: pytest.FixtureRequest) -> str:
    if kind == "sqlite":
        return f"sqlite:///{file}"
    # Asked for by name, so that a run without PostgreSQL never starts the server.
    fresh_postgres: FreshPostgres = request.getfixturevalue("fresh_postgres")
    return fresh_postgres()
