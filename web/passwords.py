"""Passwords of staff: Argon2id, and the same work for an address that nobody has."""

from __future__ import annotations

import re
import secrets
import string
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's first choice that lets sixteen people sign in at once on a small machine.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Read out over the telephone without mistakes: no l, o, 0 or 1.
_LETTERS: Final = "".join(sorted(set(string.ascii_lowercase + string.digits) - set("lo01")))
_GROUPS: Final = 5
_GROUP_LENGTH: Final = 5
BITS: Final = 125
"""How unguessable `new_password` is: 25 of 32 signs."""

LONGEST: Final = 1024
SHORTEST: Final = 15
_DIFFERENT: Final = 6
_LONG_NAME: Final = 4
"""A shorter part of a name is found in many a word."""


def hash_password(password: str) -> str:
    """The Argon2id hash to keep, with its parameters and a salt of its own."""
    return _HASHER.hash(_bytes(password))


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` is the one that was hashed.

    Args:
        password_hash: what is kept; None for an account that does not exist, which takes the
            same time to refuse, so that nobody learns who works here (ASVS 6.3.8).
        password: as typed.
    """
    try:
        matches = _HASHER.verify(password_hash or _nobodys_hash(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def new_password() -> str:
    """A random password in five groups, for `staff add` and the demo."""
    groups = (
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def weakness(password: str, *names: str) -> str | None:
    """What is wrong with a password that somebody chose, in words for them; None when it will do.

    Long is what counts; which signs it is made of is theirs (ASVS 6.2). A list of passwords that
    were stolen elsewhere is not here: hardly any on it is as long as this.

    Args:
        password: as typed.
        names: what must not be in it: their name, their address.
    """
    if len(password) < SHORTEST:
        return (
            f"Choose at least {SHORTEST} characters, such as four words that do not belong together"
        )
    if len(set(password.lower())) < _DIFFERENT:
        return "Choose something with less repetition"
    parts = (part for name in names for part in re.split(r"[^\w]+", name.lower()))
    if any(len(part) >= _LONG_NAME and part in password.lower() for part in parts):
        return "Choose a password without your name or your address in it"
    return None


@cache
def _nobodys_hash() -> str:
    return hash_password(new_password())


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
