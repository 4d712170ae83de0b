"""What an emergency call asks about a young person, sealed under their key as one thing.

Somebody who knows them enters it before it is needed. The names of the fields are for ever: what
an older release kept still opens, and a field that is not known any more is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlmodel import Session

from storage.encryption import Vault
from storage.tables import YoungPerson

PLACE = "young_person.emergency"


@dataclass(frozen=True, slots=True)
class EmergencyFacts:
    """What is known; an empty text is not known.

    ``staying_now`` is where they are staying now, ``placement`` where they should be. The number
    of somebody who must not be called is kept, with its mark: who calls back has to know it.
    ``phones_not_to_use`` are ids of their own contact addresses. ``noted_at`` (service time) and
    ``noted_by`` say how old all this is and whom to ask.
    """

    staying_now: str = ""
    placement: str = ""
    placement_phone: str = ""
    placement_not_to_call: bool = False
    carer: str = ""
    carer_phone: str = ""
    carer_not_to_call: bool = False
    second_carer: str = ""
    second_carer_phone: str = ""
    second_carer_not_to_call: bool = False
    phones_not_to_use: tuple[str, ...] = ()
    legal_status: str = ""
    police_force: str = ""
    police_phone: str = ""
    missing_reference: str = ""
    medical: str = ""
    allergies: str = ""
    trigger_plan: str = ""
    safe_contact: str = ""
    must_not_know: str = ""
    noted_at: str = ""
    noted_by: str = ""


NAMES = tuple(each.name for each in fields(EmergencyFacts))
TICKED = tuple(each for each in NAMES if each.endswith("_not_to_call"))
"""What is either so or not."""
WRITTEN = tuple(
    each for each in NAMES if each not in (*TICKED, "phones_not_to_use", "noted_at", "noted_by")
)
"""What is written in words."""


def facts_of(vault: Vault, person: YoungPerson) -> EmergencyFacts | None:
    """What is known of this young person; None when nobody has entered anything."""
    if person.emergency_sealed is None:
        return None
    opened: dict[str, Any] = vault.open_json(person.id, PLACE, person.id, person.emergency_sealed)
    known = {name: value for name, value in opened.items() if name in NAMES}
    phones = tuple(known.pop("phones_not_to_use", ()))
    return EmergencyFacts(**known, phones_not_to_use=phones)


def add_facts(
    session: Session,
    vault: Vault,
    person: YoungPerson,
    known: Mapping[str, str | bool],
    now: datetime,
    noted_by: str,
) -> None:
    """Keep what is given in place of what was known of it; all else stays as it was."""
    facts = replace(facts_of(vault, person) or EmergencyFacts(), **cast(Any, known))
    councils = (person.authority_id, person.host_authority_id)
    save_facts(session, vault, person, facts, *councils, now, noted_by)


def save_facts(
    session: Session,
    vault: Vault,
    person: YoungPerson,
    facts: EmergencyFacts,
    authority_id: UUID | None,
    host_authority_id: UUID | None,
    now: datetime,
    noted_by: str,
) -> None:
    """Keep them in place of what was known before, and who is responsible for the young person."""
    written = asdict(facts) | {"noted_at": now.isoformat(), "noted_by": noted_by}
    person.emergency_sealed = vault.seal_json(person.id, PLACE, person.id, written)
    person.authority_id, person.host_authority_id = authority_id, host_authority_id
    session.add(person)
    session.flush()
