"""One-time codes from an app (RFC 6238), and recovery codes for the day the telephone is gone.

Six digits, every half minute a new code; one half minute early or late is allowed, for clocks that
differ. Which code was used already, storage/second_factors.py knows.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime
from typing import Final

import pyotp
import segno
from markupsafe import Markup

STEP_S: Final = 30
EARLY_OR_LATE: Final = 1
HOW_MANY: Final = 10

# Written down and typed again without mistakes: no i, l, o, 0 or 1.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4
_GROUP_LENGTH: Final = 4


def new_secret() -> str:
    """A new key of 160 bits, in base 32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, machine_now: datetime) -> int | None:
    """The half minute whose code this is; None when it is no code of now.

    Every step is compared, whichever matches: the time says nothing of how near a guess was.
    """
    typed = code.encode()
    made = pyotp.TOTP(secret, interval=STEP_S)
    now = int(machine_now.timestamp()) // STEP_S
    found = None
    for step in range(now - EARLY_OR_LATE, now + EARLY_OR_LATE + 1):
        if hmac.compare_digest(made.generate_otp(step).encode(), typed):
            found = step
    return found


def only_signs(typed: str) -> str:
    """What was typed without the blanks and hyphens that make it easier to read."""
    return re.sub(r"[\s-]", "", typed).lower()


def app_address(secret: str, email: str, service_name: str) -> str:
    """What the square code says, and what a telephone opens its app with."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(
        name=email, issuer_name=service_name
    )


def square_code(address: str) -> Markup:
    """``address`` as a square code, drawn into the page itself: it is a secret."""
    drawn = segno.make(address, error="m", micro=False)
    # Made of numbers alone, by segno. Light under it, or nothing reads it on a dark page.
    return Markup(drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff"))  # noqa: S704


def in_groups(secret: str) -> str:
    """A key in groups of four, to be typed where no camera helps."""
    return " ".join(re.findall(".{1,4}", secret))


def new_recovery_codes() -> list[str]:
    """Ten codes that nobody can guess (79 bits each)."""
    return [
        "-".join(
            "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
        )
        for _ in range(HOW_MANY)
    ]
