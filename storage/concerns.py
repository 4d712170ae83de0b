"""Concerns: whom a disclosure may be about, kept with from whom it is hidden, and shown again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.encryption import Vault
from storage.links import person_of
from storage.tables import (
    Concern,
    ConcernHidden,
    ConcernShown,
    ContactAddress,
    Conversation,
    Escalation,
    EscalationEvent,
    Message,
    ReturnInterview,
    Staff,
    StaffAlias,
    Team,
    YoungPerson,
)


@dataclass(frozen=True, slots=True)
class HiddenFrom:
    """From whom something is kept: one of the four is given, ``everybody`` by ``kind`` alone."""

    kind: str
    staff_id: UUID | None = None
    team_id: UUID | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class NewConcern:
    """What is known of a concern as it is recorded (storage.tables.Concern)."""

    message_id: UUID | None
    from_seq: int
    since: datetime
    newcomer: bool
    why: Mapping[str, Any]
    was: Mapping[str, Any]
    hidden_from: Sequence[HiddenFrom]


def add_concern(
    session: Session, vault: Vault, found: Escalation, new: NewConcern, now: datetime
) -> Concern:
    """Record a concern with everybody it is kept from, in the commit that raises the escalation."""
    concern_id = uuid4()
    child = found.young_person_id
    concern = Concern(
        id=concern_id,
        escalation_id=found.id,
        young_person_id=child,
        message_id=new.message_id,
        from_seq=new.from_seq,
        since=new.since,
        newcomer=new.newcomer,
        why_sealed=vault.seal_json(child, "concern.why", concern_id, dict(new.why)),
        was=dict(new.was),
        at=now,
    )
    session.add(concern)
    session.flush()
    for each in new.hidden_from:
        session.add(
            ConcernHidden(
                id=uuid4(),
                concern_id=concern_id,
                kind=each.kind,
                staff_id=each.staff_id,
                team_id=each.team_id,
                role=each.role,
                at=now,
            )
        )
    session.flush()
    return concern


def why_of(vault: Vault, concern: Concern) -> dict[str, Any]:
    """Which words named whom, opened."""
    opened = vault.open_json(concern.young_person_id, "concern.why", concern.id, concern.why_sealed)
    return dict(opened)


def concerns_of(session: Session, escalation_id: UUID) -> Sequence[Concern]:
    """The concerns of an escalation, the first first."""
    statement = select(Concern).where(Concern.escalation_id == escalation_id)
    return session.exec(statement.order_by(col(Concern.seq))).all()


def hidden_of(
    session: Session, concern_ids: Iterable[UUID]
) -> Sequence[tuple[ConcernHidden, ConcernShown | None]]:
    """From whom these concerns are kept, each with the request to show it, if one stands."""
    statement = (
        select(ConcernHidden, ConcernShown)
        .join(
            ConcernShown,
            (col(ConcernShown.hidden_id) == col(ConcernHidden.id))
            & col(ConcernShown.refused_at).is_(None),
            isouter=True,
        )
        .where(col(ConcernHidden.concern_id).in_(list(concern_ids)))
        .order_by(col(ConcernHidden.seq))
    )
    return [(hidden, shown) for hidden, shown in session.exec(statement).all()]


def standing_of(session: Session, young_person_ids: Iterable[UUID]) -> Concern | None:
    """The earliest concern of a young person that is still kept from anybody."""
    agreed = select(ConcernShown.hidden_id).where(col(ConcernShown.agreed_at).is_not(None))
    statement = (
        select(Concern)
        .join(ConcernHidden, col(ConcernHidden.concern_id) == col(Concern.id))
        .where(
            col(Concern.young_person_id).in_(list(young_person_ids)),
            col(ConcernHidden.id).not_in(agreed),
        )
        .order_by(col(Concern.from_seq))
    )
    return session.exec(statement).first()


def message_seq(session: Session, message_id: UUID) -> int | None:
    """Where a message stands among all; None when there is no such message."""
    return session.exec(select(Message.seq).where(Message.id == message_id)).first()


def first_seq(session: Session, young_person_id: UUID) -> int | None:
    """The first message of a young person, as kept under this id."""
    statement = select(Message.seq).where(Message.young_person_id == young_person_id)
    return session.exec(statement.order_by(col(Message.seq))).first()


def standing_rows(
    session: Session, ids: Sequence[UUID]
) -> tuple[Sequence[ReturnInterview], Sequence[Conversation], Sequence[ContactAddress]]:
    """What a conversation changes beside the words, of every id of a young person."""
    interviews = select(ReturnInterview).where(col(ReturnInterview.young_person_id).in_(ids))
    conversations = select(Conversation).where(col(Conversation.young_person_id).in_(ids))
    addresses = select(ContactAddress).where(col(ContactAddress.young_person_id).in_(ids))
    return (
        session.exec(interviews).all(),
        session.exec(conversations).all(),
        session.exec(addresses).all(),
    )


def lately_from(
    session: Session, ids: Sequence[UUID], message: Message, within: timedelta, most: int
) -> list[Message]:
    """What a young person wrote up to a message and shortly before it, in order."""
    statement = (
        select(Message)
        .where(
            col(Message.young_person_id).in_(ids),
            Message.direction == "in",
            col(Message.seq) <= message.seq,
            col(Message.at) >= message.at - within,
        )
        .order_by(col(Message.seq).desc())
        .limit(most)
    )
    return list(session.exec(statement).all()[::-1])


def last_heard(session: Session, address_id: UUID, before_seq: int) -> datetime | None:
    """When something last came from an address before this message (machine time)."""
    statement = select(Message.machine_at).where(
        Message.contact_address_id == address_id,
        Message.direction == "in",
        col(Message.seq) < before_seq,
    )
    return session.exec(statement.order_by(col(Message.seq).desc()).limit(1)).first()


def hits_among(session: Session, message_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these messages something was found in."""
    statement = select(EscalationEvent.message_id).where(
        col(EscalationEvent.message_id).in_(message_ids), EscalationEvent.kind == "hit"
    )
    return {each for each in session.exec(statement) if each is not None}


def home_of(session: Session, young_person_id: UUID) -> UUID | None:
    """The team of the home that a young person lives in, where that is known."""
    person = person_of(session, young_person_id)
    return session.exec(select(YoungPerson.home_team_id).where(YoungPerson.id == person)).first()


def move_to_ladder(session: Session, escalation_id: UUID, ladder: str) -> None:
    """Put an escalation that nobody has acknowledged on another ladder."""
    session.connection().execute(
        update(Escalation)
        .where(col(Escalation.id) == escalation_id, col(Escalation.acknowledged_at).is_(None))
        .values(ladder=ladder)
    )


def ask_to_show(
    session: Session,
    vault: Vault,
    child: UUID,
    hidden_id: UUID,
    staff_id: UUID,
    reason: str,
    now: datetime,
) -> ConcernShown:
    """Ask to show it to them; the database allows one request at a time (IntegrityError)."""
    row_id = uuid4()
    row = ConcernShown(
        id=row_id,
        hidden_id=hidden_id,
        asked_by=staff_id,
        asked_at=now,
        reason_sealed=vault.seal(child, "concern_shown.reason", row_id, reason),
    )
    session.add(row)
    session.flush()
    return row


def request_for(session: Session, hidden_id: UUID) -> ConcernShown | None:
    """The request to show it that nobody has refused."""
    statement = select(ConcernShown).where(
        ConcernShown.hidden_id == hidden_id, col(ConcernShown.refused_at).is_(None)
    )
    return session.exec(statement).first()


def decide_to_show(
    session: Session, shown_id: UUID, staff_id: UUID, now: datetime, *, agreed: bool
) -> bool:
    """Agree or refuse, once; False when it is decided already or they asked themselves."""
    answer = {"agreed_by": staff_id, "agreed_at": now}
    refusal = {"refused_by": staff_id, "refused_at": now}
    statement = update(ConcernShown).where(
        col(ConcernShown.id) == shown_id,
        col(ConcernShown.agreed_at).is_(None),
        col(ConcernShown.refused_at).is_(None),
    )
    if agreed:
        statement = statement.where(col(ConcernShown.asked_by) != staff_id)
    changed = session.connection().execute(statement.values(**(answer if agreed else refusal)))
    return changed.rowcount == 1


def add_alias(
    session: Session,
    alias: str,
    now: datetime,
    by: str,
    *,
    staff_id: UUID | None = None,
    team_id: UUID | None = None,
) -> StaffAlias:
    """Enter another name of somebody or of a team; the database refuses it twice."""
    row = StaffAlias(
        id=uuid4(), staff_id=staff_id, team_id=team_id, alias=alias, created_at=now, created_by=by
    )
    session.add(row)
    session.flush()
    return row


def aliases(session: Session) -> Sequence[StaffAlias]:
    """All of them, by name."""
    return session.exec(select(StaffAlias).order_by(col(StaffAlias.alias))).all()


def remove_alias(session: Session, alias_id: UUID) -> StaffAlias | None:
    """Take a name back; None when it is not there any more."""
    row = session.get(StaffAlias, alias_id)
    if row is not None:
        session.delete(row)
        session.flush()
    return row


def named_people(session: Session) -> list[tuple[Staff, tuple[str, ...]]]:
    """Everybody who works or worked here, by every name that they go by."""
    other: dict[UUID, list[str]] = {}
    for each in aliases(session):
        if each.staff_id is not None:
            other.setdefault(each.staff_id, []).append(each.alias)
    staff = session.exec(select(Staff).order_by(col(Staff.seq))).all()
    return [
        (
            each,
            tuple(name for name in (each.name, each.chosen_name, *other.get(each.id, ())) if name),
        )
        for each in staff
    ]


def named_teams(session: Session) -> list[tuple[Team, tuple[str, ...]]]:
    """The homes and teams of which a young person may speak, by every name."""
    other: dict[UUID, list[str]] = {}
    for each in aliases(session):
        if each.team_id is not None:
            other.setdefault(each.team_id, []).append(each.alias)
    teams = session.exec(select(Team).order_by(col(Team.name), col(Team.id))).all()
    return [(each, (*_own_names(each), *other.get(each.id, ()))) for each in teams]


def _own_names(team: Team) -> tuple[str, ...]:
    """Of a home its name; that of an office is often the name of a town."""
    return (team.name,) if team.kind == "home" else ()
