"""Who has read the texts of a language and agreed to them, exactly as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, select

from storage.tables import ScriptApproval


def approve(
    session: Session,
    language: str,
    version: str,
    digest: str,
    role: str,
    name: str,
    now: datetime,
    entered_by: str,
) -> ScriptApproval:
    """Note that ``name`` agrees, as ``role``, to the texts with this ``digest``.

    Raises:
        IntegrityError: somebody agreed in this role before, or there is no such role.
    """
    approval = ScriptApproval(
        id=uuid4(),
        language=language,
        version=version,
        digest=digest,
        role=role,
        name=name,
        at=now,
        entered_by=entered_by,
    )
    session.add(approval)
    session.flush()
    return approval


def approvals_of(
    session: Session, language: str, version: str, digest: str
) -> Sequence[ScriptApproval]:
    """Who agreed to exactly these texts, the first first; after any change it is nobody."""
    statement = (
        select(ScriptApproval)
        .where(
            ScriptApproval.language == language,
            ScriptApproval.version == version,
            ScriptApproval.digest == digest,
        )
        .order_by(col(ScriptApproval.at), col(ScriptApproval.role))
    )
    return session.exec(statement).all()
