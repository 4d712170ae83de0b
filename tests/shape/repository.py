"""The repository's own files, for the tests of its shape."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "dialogs", "storage", "web")


def files(*suffixes: str, under: tuple[str, ...] = (".",)) -> list[Path]:
    """What is committed or would be: files that git does not ignore."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *under],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = (ROOT / name for name in listing.stdout.split("\0") if name)
    return sorted(
        path for path in found if path.is_file() and (path.suffix in suffixes or not suffixes)
    )


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
