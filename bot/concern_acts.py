"""What people do where something is kept from somebody: ask to show it, agree, help meanwhile.

Showing it again needs two people, each by name (docs/conflicts.md). Until then whoever holds the
escalation can give the home an instruction that keeps the young person safe and gives no reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.escalation_changes import NotPossible, changing
from bot.service import Service
from storage import concerns as records
from storage import escalations
from storage.authorities import team
from storage.staff import staff_by_id
from storage.tables import ConcernHidden, ConcernShown, Staff, StaffAlias

FEWEST_WORDS: Final = 3
ALREADY: Final = "Somebody has already asked for this."
NOT_NOW: Final = "This cannot be decided: it is decided already, or you asked for it yourself."


@dataclass(frozen=True, slots=True)
class KeptFrom:
    """From whom something is kept, in names, and whether somebody asked to show it."""

    id: UUID
    kind: str
    name: str
    asked_by: str | None = None
    asked_at: datetime | None = None
    agreed_by: str | None = None


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One escalation that is kept from somebody."""

    escalation_id: UUID
    reference: str
    may_instruct: bool
    kept_from: tuple[KeptFrom, ...]


def kept_page(service: Service, escalation_id: UUID, staff: Staff) -> KeptPage | None:
    """From whom an escalation is kept; None when there is none that the reader may see."""
    with service.database.read() as session:
        found = escalations.escalation(session, escalation_id)
        if found is None:
            return None
        ids = [each.id for each in records.concerns_of(session, escalation_id)]
        rows = records.hidden_of(session, ids)
        return KeptPage(
            escalation_id,
            found.reference,
            found.state == "acknowledged" and staff.role == "duty_worker",
            tuple(_kept(session, hidden, shown) for hidden, shown in rows),
        )


def ask_to_show(
    service: Service, escalation_id: UUID, hidden_id: UUID, staff: Staff, reason: str
) -> None:
    """Ask that something be shown to somebody after all; a second person decides.

    Raises:
        NotPossible: no reason is given, it is asked for already, or it is not kept here.
    """
    if len(reason.split()) < FEWEST_WORDS:
        raise NotPossible("Say in a few words why they are not meant.")
    try:
        with service.database.write() as session:
            child = _child_of(session, escalation_id, hidden_id)
            now = service.clock.service_now()
            records.ask_to_show(session, service.vault, child, hidden_id, staff.id, reason, now)
            _audit(service, session, staff, "ask to show", hidden_id)
    except IntegrityError:
        raise NotPossible(ALREADY) from None


def decide_to_show(
    service: Service, escalation_id: UUID, hidden_id: UUID, staff: Staff, *, agreed: bool
) -> None:
    """Agree or refuse, as a second person.

    Raises:
        NotPossible: it is decided already, nobody asked, or they asked themselves.
    """
    with service.database.write() as session:
        _child_of(session, escalation_id, hidden_id)
        request = records.request_for(session, hidden_id)
        now = service.clock.service_now()
        decided = request is not None and records.decide_to_show(
            session, request.id, staff.id, now, agreed=agreed
        )
        if not decided:
            raise NotPossible(NOT_NOW)
        _audit(service, session, staff, "agree to show" if agreed else "refuse to show", hidden_id)


def give_safe_instruction(
    service: Service, escalation_id: UUID, staff: Staff, to: str, instruction: str
) -> None:
    """Record what the home was told to do, without the reason, and who was told.

    Raises:
        NotPossible: a part is missing, or nobody has acknowledged it, or it is closed.
    """
    if not to.strip() or not instruction.strip():
        raise NotPossible("Write down who was told, and what they were told to do.")
    with changing(service, escalation_id, staff, "give safe instruction", "acknowledged") as act:
        act.note("safe_instruction", to_whom=to.strip(), instruction=instruction.strip())
        act.found.first_action_at = act.found.first_action_at or act.now
        act.save()


def add_alias(
    service: Service,
    alias: str,
    by: str,
    *,
    staff_id: UUID | None = None,
    team_id: UUID | None = None,
) -> StaffAlias:
    """Enter another name that young people have for somebody or for a home; audited.

    Raises:
        NotPossible: it is empty, or entered already.
    """
    plain = " ".join(alias.split())
    if not plain or (staff_id is None) == (team_id is None):
        raise NotPossible("Choose a person or a home, and write down a name.")
    try:
        with service.database.write() as session:
            now = service.clock.service_now()
            row = records.add_alias(session, plain, now, by, staff_id=staff_id, team_id=team_id)
            service.audit.append(session, now, by, "add alias", f"staff_alias:{row.id}")
            return row
    except IntegrityError:
        raise NotPossible("That name is entered already.") from None


def remove_alias(service: Service, alias_id: UUID, by: str) -> None:
    """Take a name back; audited.

    Raises:
        NotPossible: it is not there any more.
    """
    with service.database.write() as session:
        if records.remove_alias(session, alias_id) is None:
            raise NotPossible("That name is not there any more.")
        now = service.clock.service_now()
        service.audit.append(session, now, by, "remove alias", f"staff_alias:{alias_id}")


def _kept(session: Session, hidden: ConcernHidden, shown: ConcernShown | None) -> KeptFrom:
    return KeptFrom(
        hidden.id,
        hidden.kind,
        _whom(session, hidden),
        _name(session, shown.asked_by) if shown else None,
        shown.asked_at if shown else None,
        _name(session, shown.agreed_by) if shown and shown.agreed_by else None,
    )


def _whom(session: Session, hidden: ConcernHidden) -> str:
    if hidden.staff_id is not None:
        return _name(session, hidden.staff_id)
    if hidden.team_id is not None:
        found = team(session, hidden.team_id)
        return found.name if found else ""
    return hidden.role or ""


def _name(session: Session, staff_id: UUID) -> str:
    found = staff_by_id(session, staff_id)
    return found.name if found else ""


def _child_of(session: Session, escalation_id: UUID, hidden_id: UUID) -> UUID:
    for concern in records.concerns_of(session, escalation_id):
        if any(hidden.id == hidden_id for hidden, _ in records.hidden_of(session, [concern.id])):
            return concern.young_person_id
    raise NotPossible("That is not kept from anybody here.")


def _audit(service: Service, session: Session, staff: Staff, action: str, hidden_id: UUID) -> None:
    now = service.clock.service_now()
    service.audit.append(session, now, f"staff:{staff.id}", action, f"concern_hidden:{hidden_id}")
