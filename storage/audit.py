"""Who did and read what: a hash chain that a command verifies (docs/reliability.md T-09, I-07).

Entries hold ids only. A read of a young person's words is entered and committed before the bytes
are served.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session, col, select

from storage.keys import KeyFile
from storage.tables import AuditEntry

_FIRST = "0" * 64
_CHAIN_LOCK = 7263001
"""One number for PostgreSQL's advisory lock: two writers must not continue the same link."""


class AuditChain:
    """Appends entries under the audit key and checks them."""

    def __init__(self, keys: KeyFile) -> None:
        """Use the audit key of ``keys``."""
        self._key = keys.audit

    def append(
        self,
        session: Session,
        now: datetime,
        actor: str,
        action: str,
        subject: str,
        **detail: str,
    ) -> None:
        """Add one entry in the caller's write transaction.

        Args:
            session: a write transaction; the entry is there when it commits.
            now: service time, UTC.
            actor: "staff:<id>", "command" or "service".
            action: what was done, e.g. "read transcript".
            subject: "<table>:<id>".
            detail: further ids or codes, never words.
        """
        if session.get_bind().dialect.name == "postgresql":
            session.connection().execute(
                text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK}
            )
        last = session.exec(select(AuditEntry.mac).order_by(col(AuditEntry.seq).desc())).first()
        entry = AuditEntry(
            id=uuid4(),
            at=now,
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            previous=last or _FIRST,
            mac="",
        )
        entry.mac = self._mac(entry)
        session.add(entry)
        session.flush()

    def verify(self, session: Session) -> tuple[int, UUID | None]:
        """Walk the chain; give the number of sound entries and the id of the first broken one."""
        previous, count = _FIRST, 0
        in_order = select(AuditEntry).order_by(col(AuditEntry.seq))
        with session.exec(in_order.execution_options(yield_per=1000)) as entries:
            for entry in entries:
                if entry.previous != previous or not self._is_own(entry):
                    return count, entry.id
                previous, count = entry.mac, count + 1
        return count, None

    def _is_own(self, entry: AuditEntry) -> bool:
        return hmac.compare_digest(entry.mac.encode(), self._mac(entry).encode())

    def _mac(self, entry: AuditEntry) -> str:
        body = [
            str(entry.id),
            entry.at.astimezone(UTC).isoformat(),  # as the database will give it back
            entry.actor,
            entry.action,
            entry.subject,
            entry.detail,
            entry.previous,
        ]
        message = json.dumps(body, sort_keys=True).encode()
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
