"""Local authorities and the teams in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from storage.tables import Authority, Team


def add_authority(
    session: Session, name: str, now: datetime, out_of_hours_phone: str | None = None
) -> Authority:
    """Enter an authority.

    Raises:
        IntegrityError: there is one of this name.
    """
    found = Authority(id=uuid4(), name=name, out_of_hours_phone=out_of_hours_phone, created_at=now)
    session.add(found)
    session.flush()
    return found


def authority(session: Session, authority_id: UUID) -> Authority | None:
    """One authority."""
    return session.get(Authority, authority_id)


def authorities(session: Session) -> Sequence[Authority]:
    """All of them, by name."""
    return session.exec(select(Authority).order_by(col(Authority.name))).all()


def add_team(
    session: Session, name: str, kind: str, now: datetime, authority_id: UUID | None = None
) -> Team:
    """Enter a team: of one authority, or of none in particular.

    Raises:
        IntegrityError: the authority has one of this name, or the kind is not known.
    """
    found = Team(id=uuid4(), authority_id=authority_id, name=name, kind=kind, created_at=now)
    session.add(found)
    session.flush()
    return found


def team(session: Session, team_id: UUID) -> Team | None:
    """One team."""
    return session.get(Team, team_id)


def teams(session: Session) -> Sequence[Team]:
    """All of them, by name."""
    return session.exec(select(Team).order_by(col(Team.name), col(Team.id))).all()
