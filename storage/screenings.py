"""What screening made of each inbound message, recorded once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.encryption import Vault
from storage.tables import Message, ScreeningResult


def finish_screening(
    session: Session,
    vault: Vault,
    message: Message,
    state: str,
    priority: int | None,
    result: dict[str, Any],
    detector: str | None,
) -> bool:
    """Record what screening made of a message; False when that was recorded before."""
    sealed = vault.seal_json(message.young_person_id, "screening_result.result", message.id, result)
    statement = (
        update(ScreeningResult)
        .where(
            col(ScreeningResult.message_id) == message.id, col(ScreeningResult.state) == "waiting"
        )
        .values(state=state, priority=priority, result_sealed=sealed, detector=detector)
    )
    return session.connection().execute(statement).rowcount == 1


@dataclass(frozen=True, slots=True)
class Found:
    """What screening found in a message when it came: nothing, if nobody could screen it.

    `certainty` is "clear" or "unsure"; `told` is how it is told, which older results do not say.
    `own_act`: they tell of something that they did.
    """

    priority: int | None = None
    categories: tuple[str, ...] = ()
    certainty: str | None = None
    told: tuple[str, ...] = ()
    detector: str | None = None
    own_act: bool = False


def found_in(vault: Vault, message: Message, screening: ScreeningResult) -> Found:
    """What screening found in a message, opened."""
    if screening.state != "screened" or screening.result_sealed is None:
        return Found()
    opened = vault.open_json(
        message.young_person_id, "screening_result.result", message.id, screening.result_sealed
    )
    return Found(
        screening.priority,
        tuple(opened["categories"]),
        opened.get("certainty"),
        tuple(opened.get("told", ())),
        screening.detector,
        bool(opened.get("own_act")),
    )


def found_in_messages(
    session: Session, vault: Vault, messages: Collection[Message]
) -> dict[UUID, Found]:
    """What screening found in each of these messages that was screened, opened."""
    by_id = {each.id: each for each in messages}
    statement = select(ScreeningResult).where(col(ScreeningResult.message_id).in_(by_id))
    return {
        each.message_id: found_in(vault, by_id[each.message_id], each)
        for each in session.exec(statement)
        if each.state == "screened"
    }


def overdue_screenings(session: Session, machine_now: datetime) -> Sequence[Message]:
    """Messages whose screening deadline has passed without a result."""
    statement = (
        select(Message)
        .join(ScreeningResult, col(ScreeningResult.message_id) == col(Message.id))
        .where(ScreeningResult.state == "waiting", col(ScreeningResult.deadline_at) < machine_now)
        .order_by(col(Message.seq))
    )
    return session.exec(statement).all()
