"""Young people, their addresses, episodes and interviews: the reads and writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.contacts import add_contact, contact_state
from storage.encryption import Vault
from storage.tables import (
    ContactAddress,
    Conversation,
    InterviewEpisode,
    MissingEpisode,
    ReturnInterview,
    YoungPerson,
)


@dataclass(frozen=True, slots=True)
class NewYoungPerson:
    """What is needed to enter a young person and the address that they are reached at.

    ``id`` must have its key already (``Vault.new_owner``). ``prompts_from`` and ``prompts_until``
    are local times of day, "HH:MM".
    """

    id: UUID
    channel: str
    address: str
    name: str | None = None
    language: str = "en"
    check_word: str | None = None
    confirmed: bool = False
    shared: bool = False
    provisional: bool = False
    born_on: date | None = None
    needs_support: bool = False
    duress_word: str | None = None
    prompts_from: str | None = None
    prompts_until: str | None = None
    school_time_ok: bool = False


def add_young_person(
    session: Session, vault: Vault, new: NewYoungPerson, now: datetime
) -> ContactAddress:
    """Enter a young person, their address and their conversation; give the address row."""
    born_on = new.born_on.isoformat() if new.born_on else None
    person = YoungPerson(
        id=new.id,
        name_sealed=_seal(vault, new.id, "name", new.name),
        check_word_sealed=_seal(vault, new.id, "check_word", new.check_word),
        duress_word_sealed=_seal(vault, new.id, "duress_word", new.duress_word),
        born_on_sealed=_seal(vault, new.id, "born_on", born_on),
        language=new.language,
        provisional=new.provisional,
        needs_support=new.needs_support,
        prompts_from=new.prompts_from,
        prompts_until=new.prompts_until,
        school_time_ok=new.school_time_ok,
        created_at=now,
    )
    session.add(person)
    session.flush()
    contact = add_contact(
        session,
        vault,
        new.id,
        new.channel,
        new.address,
        now,
        confirmed=new.confirmed,
        shared=new.shared,
    )
    session.add(
        Conversation(
            young_person_id=new.id,
            contact=contact_state(contact),
            contact_address_id=contact.id,
        )
    )
    session.flush()
    return contact


def _seal(vault: Vault, owner_id: UUID, column: str, value: str | None) -> bytes | None:
    if value is None:
        return None
    return vault.seal(owner_id, f"young_person.{column}", owner_id, value)


def young_person(session: Session, young_person_id: UUID) -> YoungPerson:
    """The young person; raises NoResultFound when there is none."""
    return session.exec(select(YoungPerson).where(YoungPerson.id == young_person_id)).one()


def exists(session: Session, young_person_id: UUID) -> bool:
    """Whether there is such a young person."""
    statement = select(YoungPerson.id).where(YoungPerson.id == young_person_id)
    return session.exec(statement).first() is not None


def known_people(session: Session, channel: str) -> Sequence[YoungPerson]:
    """Young people who are reached on this channel, without unknown senders, the first first."""
    statement = (
        select(YoungPerson)
        .join(ContactAddress, col(ContactAddress.young_person_id) == col(YoungPerson.id))
        .where(
            ContactAddress.channel == channel,
            col(YoungPerson.provisional).is_(False),
            col(YoungPerson.is_drill).is_(False),
        )
        .order_by(col(YoungPerson.seq))
    )
    return session.exec(statement).unique().all()


def name_of(vault: Vault, person: YoungPerson) -> str:
    """Their name, or a plain phrase for a sender whom nobody has linked yet."""
    name = _open(vault, person, "name", person.name_sealed)
    return "Not known yet" if name is None else name


def check_word_of(vault: Vault, person: YoungPerson) -> str | None:
    """The word agreed with them, if one was."""
    return _open(vault, person, "check_word", person.check_word_sealed)


def duress_word_of(vault: Vault, person: YoungPerson) -> str | None:
    """The word agreed with them that looks ordinary and means danger, if one was."""
    return _open(vault, person, "duress_word", person.duress_word_sealed)


def born_on_of(vault: Vault, person: YoungPerson) -> date | None:
    """Their date of birth, if it is known."""
    born_on = _open(vault, person, "born_on", person.born_on_sealed)
    return None if born_on is None else date.fromisoformat(born_on)


def _open(vault: Vault, person: YoungPerson, column: str, sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    return vault.open(person.id, f"young_person.{column}", person.id, sealed)


def conversation_of(session: Session, young_person_id: UUID) -> Conversation:
    """Their one conversation."""
    return session.get_one(Conversation, young_person_id)


def add_episode(
    session: Session, young_person_id: UUID, returned_at: datetime, now: datetime, created_by: str
) -> MissingEpisode:
    """Enter one time missing."""
    episode = MissingEpisode(
        id=uuid4(),
        young_person_id=young_person_id,
        returned_at=returned_at,
        created_at=now,
        created_by=created_by,
    )
    session.add(episode)
    session.flush()
    return episode


def interview_for(
    session: Session, episode: MissingEpisode, position: dict[str, Any], now: datetime
) -> ReturnInterview:
    """The interview of ``episode``: the open one, or a new one that begins at ``position``."""
    interview = open_interview(session, episode.young_person_id)
    if interview is None:
        interview = ReturnInterview(
            id=uuid4(),
            young_person_id=episode.young_person_id,
            position=position,
            opened_at=now,
        )
        session.add(interview)
        session.flush()
    session.add(InterviewEpisode(interview_id=interview.id, episode_id=episode.id))
    session.flush()
    return interview


def open_interview(session: Session, young_person_id: UUID) -> ReturnInterview | None:
    """The interview that has not ended; the database allows one."""
    statement = select(ReturnInterview).where(
        ReturnInterview.young_person_id == young_person_id, col(ReturnInterview.ended_at).is_(None)
    )
    return session.exec(statement).first()


def current_interview(session: Session, young_person_id: UUID) -> ReturnInterview | None:
    """The open interview, or the one that ended last; None for an unknown sender."""
    interview = open_interview(session, young_person_id)
    if interview is not None:
        return interview
    statement = (
        select(ReturnInterview)
        .where(ReturnInterview.young_person_id == young_person_id)
        .order_by(col(ReturnInterview.opened_at).desc())
    )
    return session.exec(statement).first()


def save_position(
    session: Session,
    interview: ReturnInterview,
    position: dict[str, Any],
    **values: datetime | str | None,
) -> bool:
    """Move the interview on, unless somebody else did since it was loaded.

    Args:
        session: a write transaction.
        interview: as loaded; its ``version`` is what the update is conditional on.
        position: the new position.
        values: further columns (``started_at``, ``ended_at``, ``invited_at``, ``way``).

    Returns:
        False when the interview had moved on already: nothing was changed.
    """
    statement = (
        update(ReturnInterview)
        .where(
            col(ReturnInterview.id) == interview.id,
            col(ReturnInterview.version) == interview.version,
        )
        .values(position=position, version=interview.version + 1, **values)
    )
    return session.connection().execute(statement).rowcount == 1


def episodes_of(session: Session, interview_id: UUID) -> Sequence[MissingEpisode]:
    """The episodes that an interview covers, the earliest return first."""
    statement = (
        select(MissingEpisode)
        .join(InterviewEpisode, col(InterviewEpisode.episode_id) == col(MissingEpisode.id))
        .where(InterviewEpisode.interview_id == interview_id)
        .order_by(col(MissingEpisode.returned_at))
    )
    return session.exec(statement).all()


def list_interviews(session: Session) -> Sequence[ReturnInterview]:
    """All interviews, the newest first."""
    return session.exec(
        select(ReturnInterview).order_by(col(ReturnInterview.opened_at).desc())
    ).all()


def list_episodes(session: Session) -> Sequence[tuple[MissingEpisode, UUID]]:
    """All episodes with the id of their interview, the newest return first."""
    statement = (
        select(MissingEpisode, InterviewEpisode.interview_id)
        .join(InterviewEpisode, col(InterviewEpisode.episode_id) == col(MissingEpisode.id))
        .order_by(col(MissingEpisode.returned_at).desc())
    )
    return session.exec(statement).all()
