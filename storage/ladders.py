"""The steps that somebody set in place of the defaults, the lines outside, and alerts to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, func, or_, update
from sqlmodel import Session, col, select

from storage.outbox import LIVE, queue_entry
from storage.tables import DeliveryEvent, Escalation, Line, LineAlert, OutboxEntry
from storage.tables.alerting import LadderStep

ALERT_RANK = 0


@dataclass(frozen=True, slots=True)
class SetStep:
    """One step as somebody set it: seconds after the ladder was begun, to whom, by which ways."""

    after_s: int
    to: tuple[str, ...]
    by: tuple[str, ...]


def set_steps(
    session: Session, authority_id: UUID | None, ladder: str, priority: int
) -> list[SetStep]:
    """The steps set for this authority, or for this service (None); none: the defaults hold."""
    statement = select(LadderStep).where(
        LadderStep.authority_id == authority_id,
        LadderStep.ladder == ladder,
        LadderStep.priority == priority,
    )
    found = session.exec(statement.order_by(col(LadderStep.after_s), col(LadderStep.seq))).all()
    return [SetStep(each.after_s, tuple(each.to.split()), tuple(each.by.split())) for each in found]


def replace_steps(
    session: Session,
    authority_id: UUID | None,
    ladder: str,
    priority: int,
    steps: Iterable[SetStep],
    set_by: UUID | None,
    now: datetime,
) -> None:
    """Put these steps in place of all that were set; none brings the defaults back."""
    session.connection().execute(
        delete(LadderStep).where(
            col(LadderStep.authority_id) == authority_id,
            col(LadderStep.ladder) == ladder,
            col(LadderStep.priority) == priority,
        )
    )
    for each in steps:
        session.add(
            LadderStep(
                id=uuid4(),
                authority_id=authority_id,
                ladder=ladder,
                priority=priority,
                after_s=each.after_s,
                to=" ".join(each.to),
                by=" ".join(each.by),
                set_by=set_by,
                at=now,
            )
        )
        session.flush()


def any_set_steps(session: Session) -> bool:
    """Whether anybody set anything: without, no question is asked of each escalation."""
    return session.exec(select(LadderStep.seq).limit(1)).first() is not None


def add_line(
    session: Session,
    kind: str,
    name: str,
    phone: str,
    now: datetime,
    *,
    agreed_on: date | None = None,
    agreed_with: str | None = None,
    authority_id: UUID | None = None,
) -> Line:
    """Enter a line outside; its kind must be known to the database."""
    line = Line(
        id=uuid4(),
        authority_id=authority_id,
        kind=kind,
        name=name,
        phone=phone,
        agreed_on=agreed_on,
        agreed_with=agreed_with,
        created_at=now,
    )
    session.add(line)
    session.flush()
    return line


def lines(session: Session) -> Sequence[Line]:
    """Every line that is in use, in the order entered."""
    statement = select(Line).where(col(Line.ended_at).is_(None))
    return session.exec(statement.order_by(col(Line.seq))).all()


def lines_for(session: Session, kind: str, authority_id: UUID | None) -> list[Line]:
    """The lines of an authority of this kind; where it has none of its own, those of everybody.

    A staffed line counts only with a written agreement (docs/practice.md 6.2).
    """
    statement = select(Line).where(
        Line.kind == kind,
        col(Line.ended_at).is_(None),
        or_(col(Line.authority_id) == authority_id, col(Line.authority_id).is_(None)),
    )
    found = session.exec(statement.order_by(col(Line.seq))).all()
    usable = [each for each in found if kind != "staffed" or is_agreed(each)]
    own = [each for each in usable if each.authority_id == authority_id]
    return own or usable


def is_agreed(line: Line) -> bool:
    """Whether somebody agreed in writing to act when this line is called."""
    return line.agreed_on is not None and bool(line.agreed_with)


def end_line(session: Session, line_id: UUID, now: datetime) -> bool:
    """Stop using a line; False when it is not in use."""
    statement = (
        update(Line)
        .where(col(Line.id) == line_id, col(Line.ended_at).is_(None))
        .values(ended_at=now)
    )
    return session.connection().execute(statement).rowcount == 1


def alert_line(
    session: Session,
    found: Escalation,
    line: Line,
    channel: str,
    entry_channel: str,
    body: str,
    now: datetime,
) -> LineAlert:
    """Queue one alert to a line: ``channel`` is the way, ``entry_channel`` who carries it."""
    entry = queue_entry(session, ALERT_RANK, entry_channel, now, now)
    alert = LineAlert(
        outbox_id=entry.id,
        line_id=line.id,
        escalation_id=found.id,
        step=found.alert_step,
        channel=channel,
        body=body,
        at=now,
    )
    session.add(alert)
    session.flush()
    return alert


def line_alerts_of(session: Session, escalation_id: UUID) -> Sequence[tuple[LineAlert, Line, str]]:
    """The alerts of an escalation that went to lines outside, with the furthest known state."""
    arrived = exists().where(
        col(DeliveryEvent.outbox_id) == col(OutboxEntry.id),
        col(DeliveryEvent.status) == "delivered",
    )
    statement = (
        select(LineAlert, Line, OutboxEntry.state, arrived)
        .join(Line, col(Line.id) == col(LineAlert.line_id))
        .join(OutboxEntry, col(OutboxEntry.id) == col(LineAlert.outbox_id))
        .where(LineAlert.escalation_id == escalation_id)
        .order_by(col(LineAlert.at))
    )
    return [
        (alert, found, "delivered" if there else "queued" if state in LIVE else state)
        for alert, found, state, there in session.exec(statement)
    ]


def line_was_told(session: Session, escalation_id: UUID, line_id: UUID, since: datetime) -> bool:
    """Whether this line was alerted about this escalation from ``since`` on."""
    statement = select(func.count()).where(
        col(LineAlert.escalation_id) == escalation_id,
        col(LineAlert.line_id) == line_id,
        col(LineAlert.at) >= since,
    )
    return bool(session.exec(statement).one())


def line_alert(session: Session, outbox_id: UUID) -> LineAlert | None:
    """The alert to a line that an outbox entry carries."""
    return session.get(LineAlert, outbox_id)


def line(session: Session, line_id: UUID) -> Line | None:
    """One line."""
    return session.exec(select(Line).where(Line.id == line_id)).first()
