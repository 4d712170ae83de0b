"""What was agreed with a young person and what is known of them: read and written as one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from storage.encryption import Vault
from storage.people import born_on_of, check_word_of, duress_word_of
from storage.tables import YoungPerson


@dataclass(frozen=True, slots=True)
class Details:
    """The fields of the same names of a young person, opened; times of day are "HH:MM", local."""

    born_on: date | None = None
    needs_support: bool = False
    check_word: str | None = None
    duress_word: str | None = None
    prompts_from: str | None = None
    prompts_until: str | None = None
    school_time_ok: bool = False


def details_of(vault: Vault, person: YoungPerson) -> Details:
    """The details as they stand."""
    return Details(
        born_on=born_on_of(vault, person),
        needs_support=person.needs_support,
        check_word=check_word_of(vault, person),
        duress_word=duress_word_of(vault, person),
        prompts_from=person.prompts_from,
        prompts_until=person.prompts_until,
        school_time_ok=person.school_time_ok,
    )


def save_details(session: Session, vault: Vault, person: YoungPerson, details: Details) -> None:
    """Write them; what is None in ``details`` becomes unknown."""
    born_on = details.born_on.isoformat() if details.born_on else None
    person.born_on_sealed = _seal(vault, person, "born_on", born_on)
    person.check_word_sealed = _seal(vault, person, "check_word", details.check_word)
    person.duress_word_sealed = _seal(vault, person, "duress_word", details.duress_word)
    person.needs_support = details.needs_support
    person.prompts_from = details.prompts_from
    person.prompts_until = details.prompts_until
    person.school_time_ok = details.school_time_ok
    session.add(person)
    session.flush()


def _seal(vault: Vault, person: YoungPerson, column: str, value: str | None) -> bytes | None:
    if value is None:
        return None
    return vault.seal(person.id, f"young_person.{column}", person.id, value)
