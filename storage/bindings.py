"""Single-use links that bind an address to a young person; only their hashes are kept."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from storage.tables import BindingToken


def add_token(
    session: Session,
    token: str,
    young_person_id: UUID,
    channel: str,
    created_by: UUID | None,
    machine_now: datetime,
    expires_at: datetime,
) -> None:
    """Keep the hash of a token that a worker is given for a young person."""
    session.add(
        BindingToken(
            token_hash=_hash(token),
            young_person_id=young_person_id,
            channel=channel,
            created_by=created_by,
            created_at=machine_now,
            expires_at=expires_at,
        )
    )
    session.flush()


def is_token_good(session: Session, token: str, channel: str, machine_now: datetime) -> bool:
    """Whether a token would bind somebody now; it is not used up."""
    found = session.get(BindingToken, _hash(token))
    return (
        found is not None
        and found.channel == channel
        and found.used_at is None
        and found.expires_at > machine_now
    )


def use_token(
    session: Session, token: str, channel: str, machine_now: datetime
) -> BindingToken | None:
    """Use a token up; None when there is none such, it was used, or its time is over."""
    statement = (
        update(BindingToken)
        .where(
            col(BindingToken.token_hash) == _hash(token),
            col(BindingToken.channel) == channel,
            col(BindingToken.used_at).is_(None),
            col(BindingToken.expires_at) > machine_now,
        )
        .values(used_at=machine_now)
    )
    if session.connection().execute(statement).rowcount != 1:
        return None
    return session.get_one(BindingToken, _hash(token), populate_existing=True)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
