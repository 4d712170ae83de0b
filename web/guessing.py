"""Guessing is slowed down, for passwords and for codes alike.

Counted for an account and an address together, and for an address: nobody can lock a duty worker
out from elsewhere (ASVS 5.0: 6.3.1).
"""

from __future__ import annotations

from typing import Final, Literal

from flask import request

from storage.database import lock_name
from storage.staff import forget_failed_sign_in, is_throttled, note_failed_sign_in
from storage.tables import SignInAttempt
from web.context import service

TOO_MANY: Final = "There were too many attempts. Wait a minute, then try again"


def note_guess(kind: Literal["sign-in account", "code account"], who: str) -> SignInAttempt | None:
    """Count an attempt before what was typed is looked at; None when there were too many.

    Counted after, attempts that come at once would all be let through.

    Args:
        kind: what is guessed; each is counted for itself.
        who: whose it is, as typed or by id.
    """
    at = service()
    # The peer itself: a forwarded address is whatever the sender says it is.
    address = at.vault.blind_index("sign-in address", request.remote_addr or "")
    account = at.vault.blind_index(kind, who)
    now = at.clock.machine_now()
    with at.database.write() as writing:
        lock_name(writing, address)
        if is_throttled(writing, account, address, now):
            return None
        return note_failed_sign_in(writing, account, address, now)


def was_no_guess(noted: SignInAttempt) -> None:
    """It was right: it does not count."""
    with service().database.write() as writing:
        forget_failed_sign_in(writing, noted)
