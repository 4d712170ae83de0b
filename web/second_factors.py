"""Whether a code that somebody typed is one of theirs; what they can give beside the password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog

from storage import passkeys as kept_passkeys
from storage import second_factors as kept
from storage.staff import is_guessed_widely
from storage.tables import SignInAttempt, Staff
from web.context import service
from web.guessing import note_guess, was_no_guess
from web.one_time_codes import only_signs, step_of
from web.passkeys import party

log = structlog.get_logger()

CODE: Final = "one-time code"
RECOVERY: Final = "recovery code"
PASSKEY: Final = "passkey"

LONGEST_CODE: Final = 64
WRONG_CODE: Final = (
    "The code is not right, or it was used before. Wait for the next one, then type that"
)


class TooManyGuesses(Exception):
    """Somebody tried this account from this address too often."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What somebody can give."""

    passkey: bool
    code: bool
    recovery: int


def ways_of(staff: Staff) -> Ways:
    """What this member of staff has set up and can use here."""
    at = service()
    with at.database.read() as reading:
        return Ways(
            passkey=bool(kept_passkeys.passkeys_of(reading, staff.id))
            and party(at.settings) is not None,
            code=kept.confirmed_key(reading, staff.id) is not None,
            recovery=kept.recovery_codes_left(reading, staff.id),
        )


def take_code(staff: Staff, typed: str) -> str | None:
    """Use up a code; which kind it was, or None for a wrong one.

    Raises:
        TooManyGuesses: this one was not looked at.
    """
    noted = note_guess("code account", str(staff.id))
    if noted is None:
        log.warning("codes throttled", staff_id=str(staff.id))
        raise TooManyGuesses
    signs = only_signs(typed)
    kind = CODE if _may_guess(noted) and _is_one_time_code(staff, signs) else None
    if kind is None and _is_recovery_code(staff, signs):
        kind = RECOVERY
    if kind is None:
        log.warning("second factor refused", staff_id=str(staff.id))
        return None
    was_no_guess(noted)
    return kind


def _may_guess(noted: SignInAttempt) -> bool:
    """Six digits are found by whoever knows the password and guesses from a thousand addresses.

    So they have an end for each account too; a passkey or a recovery code still lets its owner in.
    """
    at = service()
    with at.database.read() as reading:
        widely = is_guessed_widely(reading, noted.account_index, at.clock.machine_now())
    if widely:
        log.error("codes of one account are guessed from many addresses")
    return not widely


def _is_one_time_code(staff: Staff, signs: str) -> bool:
    at = service()
    with at.database.read() as reading:
        key = kept.confirmed_key(reading, staff.id)
    if key is None:
        return False
    step = step_of(kept.secret_of(at.vault, key), signs, at.clock.machine_now())
    if step is None:
        return False
    with at.database.write() as writing:
        return kept.use_step(writing, key, step)


def _is_recovery_code(staff: Staff, signs: str) -> bool:
    at = service()
    with at.database.write() as writing:
        used = kept.use_recovery_code(writing, at.vault, staff.id, signs, at.clock.machine_now())
        if used:
            who = f"staff:{staff.id}"
            at.audit.append(writing, at.clock.service_now(), who, "used a recovery code", who)
    return used
