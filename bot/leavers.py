"""Somebody stops working here: nothing of theirs opens a door, and nothing they held is left lying.

One commit: the account, sessions, second factors, invitations and addresses end, coming shifts are
taken out, and every open escalation that they had goes to a named duty worker, else back to the
foot of its ladder. How many those were, nobody is told: whoever removes
somebody may be a person from whom an escalation is kept (docs/reliability.md T-03).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.escalation_acts import TAKEN_WITHIN
from bot.escalation_people import alert_by_name
from bot.handing_back import end
from bot.ladder_reopen import reopen
from bot.service import Service
from storage import escalations as records
from storage import holds
from storage import staff_leaving as leaving
from storage.database import lock_name, lock_row
from storage.passkeys import remove_passkeys
from storage.rota import end_shifts_of
from storage.second_factors import remove_key, remove_recovery_codes
from storage.staff import staff_by_id
from storage.staff_addresses import addresses_of, end_address
from storage.staff_invitations import remove_identities, remove_invitations
from storage.staff_sessions import end_sessions
from storage.tables import Escalation, Staff

WHY = "left"
"""Why an escalation climbs again (bot.ladder_reopen.reopen)."""


class NotOnStaff(Exception):
    """That cannot be done with this person; the message says what to do first."""


def remove_staff(service: Service, staff_id: UUID, by: str, to_id: UUID | None = None) -> None:
    """Remove a member of staff at once and hand over what they had.

    Done again for somebody who has left, it hands over what may have reached them meanwhile.

    Args:
        service: the process's service.
        staff_id: who leaves.
        by: who says so, as the access log names them ("staff:<id>", "command").
        to_id: who takes over: escalations as a duty worker, interviews as an advocate.

    Raises:
        NotOnStaff: there is no such person, they are the last administrator, or whoever was named
            cannot take over.
    """
    now = service.clock.service_now()
    with service.database.write() as session:
        # Two administrators who remove each other wait in turn: one of them stays.
        lock_name(session, "staff leaving")
        leaver = staff_by_id(session, staff_id)
        if leaver is None:
            raise NotOnStaff("There is nobody with that account.")
        if leaver.role == "administrator" and leaving.is_last_of_role(session, leaver):
            raise NotOnStaff("Enter another administrator first: somebody has to let people in.")
        heir = _heir(session, leaver, to_id)
        leaving.close_account(session, staff_id, now)
        _close_every_door(service, session, staff_id)
        end_shifts_of(session, staff_id, now, _id_of(by))
        is_advocate = heir is not None and heir.role == "advocate"
        for hold in holds.held_by(session, staff_id):
            holds.lock(session, hold.young_person_id)
            end(service, session, hold, "lapsed", says="handed_back")
        leaving.give_interviews(session, staff_id, heir.id if heir and is_advocate else None)
        _hand_over_escalations(service, session, leaver, heir, now)
        service.audit.append(session, now, by, "remove staff", f"staff:{staff_id}")


def _heir(session: Session, leaver: Staff, to_id: UUID | None) -> Staff | None:
    if to_id is None:
        return None
    heir = staff_by_id(session, to_id)
    if heir is None or not heir.active or heir.id == leaver.id:
        raise NotOnStaff("Choose somebody who works here to take over.")
    if heir.role not in ("duty_worker", "advocate"):
        raise NotOnStaff("Choose a duty worker or an advocate to take over.")
    return heir


def forget_factors(session: Session, staff_id: UUID) -> None:
    """Take everything away that somebody could give beside a password."""
    remove_passkeys(session, staff_id)
    remove_key(session, staff_id)
    remove_recovery_codes(session, staff_id)


def _close_every_door(service: Service, session: Session, staff_id: UUID) -> None:
    end_sessions(session, staff_id, service.clock.machine_now())
    forget_factors(session, staff_id)
    remove_invitations(session, staff_id)
    remove_identities(session, staff_id)
    for address in addresses_of(session, staff_id):
        end_address(session, address.id, service.clock.service_now())


def _hand_over_escalations(
    service: Service, session: Session, leaver: Staff, heir: Staff | None, now: datetime
) -> None:
    held = leaving.held_by(session, leaver.id)
    for young_person_id in dict.fromkeys(whose for _, whose in held):
        lock_row(session, "conversation", "young_person_id", young_person_id)
    for escalation_id, _ in held:
        lock_row(session, "escalation", "id", escalation_id)
        found = records.escalation(session, escalation_id)
        if found is None or found.closed_at is not None:
            continue
        if heir is not None and _can_take(heir, found):
            _give(service, session, found, leaver, heir, now)
        else:
            reopen(service, session, found, now, WHY)


def _can_take(heir: Staff, found: Escalation) -> bool:
    """Whether a named person gets it: of the main ladder, and somebody who can be alerted.

    What the independent ladder has may be kept from whomever an administrator names.
    """
    return found.ladder == "main" and heir.role == "duty_worker" and heir.phone_sealed is not None


def _give(
    service: Service,
    session: Session,
    found: Escalation,
    leaver: Staff,
    to: Staff,
    now: datetime,
) -> None:
    """As a hand-over of theirs would: alerted by name, and checked upon soon."""
    until = now + TAKEN_WITHIN[found.priority]
    found.holder_id = to.id
    found.next_check_at = min(found.next_check_at or until, until)
    session.add(found)
    session.flush()
    alert_by_name(service, session, found, to, now)
    detail = {"to": str(to.id), "note": f"{leaver.name} no longer works here."}
    records.add_event(
        session, service.vault, found, "handed_over", now, staff_id=leaver.id, detail=detail
    )


def _id_of(by: str) -> UUID | None:
    kind, _, number = by.partition(":")
    return UUID(number) if kind == "staff" else None
