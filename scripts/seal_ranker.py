"""Write dialogs/ranker/sums.toml: after training, or after a threshold was changed by hand.

Screening refuses files that do not agree with it (dialogs/screening_sealed.py).
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from dialogs.screening_sealed import SEALED, SUMS

ROOT = Path(__file__).parents[1]

FOLDER = ROOT / "dialogs" / "ranker"


def main() -> None:
    rows = [f'"{name}" = "{sha256((FOLDER / name).read_bytes()).hexdigest()}"' for name in SEALED]
    head = "# Written by scripts/seal_ranker.py; what differs from this is not used for screening."
    (FOLDER / SUMS).write_text("\n".join((head, "[sha256]", *rows)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
