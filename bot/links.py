"""Finding out who an unknown sender is: a person links them to a young person, or sets them aside.

A link moves no words and answers no question: what was written is read with the record that it
belongs to, and the next text from that address goes into the interview. It can be taken back. The
access log keeps who decided it and that a reason was given, never its words.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from bot.escalations import NotPossible
from bot.reach import add_task
from bot.service import Service
from storage import contacts, links, people
from storage import messages as words
from storage.database import lock_name, lock_row
from storage.tables import ContactAddress, Staff

FEWEST_WORDS = 3
UNLINKERS = frozenset({"manager"})


def link_sender(
    service: Service,
    provisional_id: UUID,
    young_person_id: UUID,
    staff: Staff,
    *,
    confirmed: bool,
    reason: str,
) -> None:
    """Say who an unknown sender is: their addresses and their words are this young person's.

    An address that another young person has too becomes a shared one of both: nothing that is
    about a case goes there.

    Args:
        service: the process's service.
        provisional_id: the unknown sender.
        young_person_id: who it is.
        staff: who found that out.
        confirmed: they confirmed the address with the young person; otherwise it stays unverified.
        reason: how they know, in at least three words.

    Raises:
        NotPossible: nothing was changed; the message says why.
    """
    _require_reason(reason, "Say in a few words how you know who this is.")
    now = service.clock.service_now()
    with service.database.write() as session:
        _require_sender(session, provisional_id)
        _require_young_person(session, provisional_id, young_person_id)
        _hold(session, provisional_id, young_person_id)
        _require_free(session, provisional_id)
        join(
            service,
            session,
            provisional_id,
            young_person_id,
            staff.id,
            confirmed=confirmed,
        )
        service.audit.append(
            session,
            now,
            f"staff:{staff.id}",
            "link sender",
            f"young_person:{provisional_id}",
            young_person=str(young_person_id),
            confirmed="yes" if confirmed else "no",
            reason="given",
        )


def join(
    service: Service,
    session: Session,
    provisional_id: UUID,
    young_person_id: UUID,
    linked_by: UUID | None,
    *,
    confirmed: bool,
) -> None:
    """Make the link in the caller's transaction, which holds the address (`lock_name`).

    Args:
        service: the process's service.
        session: a write transaction.
        provisional_id: an unknown sender who is not linked.
        young_person_id: somebody who is known.
        linked_by: who says so.
        confirmed: whether they checked it with the young person.
    """
    now = service.clock.service_now()
    for each in contacts.contacts_of(session, provisional_id):
        _take_over(service, session, each, young_person_id, now, confirmed=confirmed)
    links.link(session, provisional_id, young_person_id, linked_by, now)
    links.finish_link_task(session, provisional_id, linked_by, now)
    if people.conversation_of(session, young_person_id).contact == "guarded":
        # What still waits for the unknown sender must not leave either.
        conversation = people.conversation_of(session, provisional_id)
        conversation.contact = "guarded"
        session.add(conversation)
        session.flush()


def join_whoever_wrote(
    service: Service, session: Session, index: str, young_person_id: UUID, *, confirmed: bool
) -> None:
    """Somebody was entered with a number that had written before: those words were theirs.

    Args:
        service: the process's service.
        session: the write transaction that entered them.
        index: blind index of the number.
        young_person_id: who was entered.
        confirmed: a named person checked the number with them.
    """
    for contact, provisional in list(contacts.everybody_at(session, index)):
        sender_id = contact.young_person_id
        if not provisional or people.current_interview(session, sender_id) is not None:
            continue
        if links.linked_to(session, sender_id) is None:
            _hold(session, sender_id, young_person_id)
            join(service, session, sender_id, young_person_id, None, confirmed=confirmed)


def unlink_sender(service: Service, provisional_id: UUID, staff: Staff, *, reason: str) -> None:
    """Take a wrong link back: the sender is unknown again, and a person is to find out who it is.

    The address is not the young person's any more, and what waits to be sent there is taken back.
    What came from it in between stays in their record, marked; where anything came or went, a task
    asks a person to see where their interview really stands.

    Args:
        service: the process's service.
        provisional_id: the sender who was linked.
        staff: a manager.
        reason: how they know, in at least three words.

    Raises:
        NotPossible: nothing was changed; the message says why.
    """
    if staff.role not in UNLINKERS:
        raise NotPossible("Only a manager can take a link back.")
    _require_reason(reason, "Say in a few words why the link is wrong.")
    now = service.clock.service_now()
    with service.database.write() as session:
        linked = links.linked_to(session, provisional_id)
        if linked is None:
            raise NotPossible("This sender is not linked to anybody.")
        _hold(session, provisional_id, linked)
        found = links.link_of(session, provisional_id)
        if found is None:
            raise NotPossible("Somebody has taken this link back already.")
        indexes = {each.address_index for each in contacts.contacts_of(session, provisional_id)}
        for each in contacts.contacts_of(session, linked):
            # An address that was entered for them before the link stays theirs.
            if each.address_index in indexes and each.created_at == found.at:
                if contacts.last_seq_at(session, each):
                    add_task(service, session, "not_theirs", linked)
                _give_back(session, each, now)
        links.unlink(session, provisional_id)
        add_task(service, session, "link_sender", provisional_id)
        service.audit.append(
            session,
            now,
            f"staff:{staff.id}",
            "unlink sender",
            f"young_person:{provisional_id}",
            young_person=str(linked),
            reason="given",
        )


def set_sender_aside(service: Service, provisional_id: UUID, staff: Staff, *, reason: str) -> None:
    """No young person writes here: an advert, a wrong number. Their words are kept and screened on.

    Nobody is asked again who it is until screening finds something in what they write.

    Args:
        service: the process's service.
        provisional_id: the unknown sender.
        staff: who has read what they wrote.
        reason: what it is, in at least three words.

    Raises:
        NotPossible: nothing was changed; the message says why.
    """
    _require_reason(reason, "Say in a few words what this is.")
    now = service.clock.service_now()
    with service.database.write() as session:
        _require_sender(session, provisional_id)
        lock_row(session, "conversation", "young_person_id", provisional_id)
        if links.linked_to(session, provisional_id) is not None:
            raise NotPossible("Somebody has linked this sender to a young person already.")
        links.set_aside(session, provisional_id, staff.id, now)
        links.finish_link_task(session, provisional_id, staff.id, now)
        service.audit.append(
            session,
            now,
            f"staff:{staff.id}",
            "set sender aside",
            f"young_person:{provisional_id}",
            reason="given",
        )


def _take_over(
    service: Service,
    session: Session,
    old: ContactAddress,
    young_person_id: UUID,
    now: datetime,
    *,
    confirmed: bool,
) -> None:
    """One address of the unknown sender becomes the young person's too."""
    here = [each for each, provisional in _everybody(session, old) if not provisional]
    others = [each for each in here if each.young_person_id != young_person_id]
    own = next((each for each in here if each not in others and each.channel == old.channel), None)
    if own is None:
        address = contacts.open_address(service.vault, old)
        own = contacts.add_contact(
            session,
            service.vault,
            young_person_id,
            old.channel,
            address,
            now,
            confirmed=confirmed,
            shared=bool(others),
        )
        own.last_in_at, own.unreachable_at = old.last_in_at, old.unreachable_at
        session.add(own)
        session.flush()
    elif confirmed:
        contacts.confirm(session, own)
    for each in (*others, own) if others else ():
        contacts.share(session, each)


def _everybody(session: Session, old: ContactAddress) -> list[tuple[ContactAddress, bool]]:
    """All who have this address, on whatever app: a number is one phone."""
    return list(contacts.everybody_at(session, old.address_index))


def _give_back(session: Session, contact: ContactAddress, now: datetime) -> None:
    contacts.retire(session, contact, now)
    conversation = people.conversation_of(session, contact.young_person_id)
    if conversation.contact_address_id != contact.id:
        return
    left = contacts.contacts_of(session, contact.young_person_id)
    heard = [each for each in left if each.last_in_at is not None]
    newest = max(heard, key=lambda each: each.last_in_at or now, default=None)
    back_to = newest or next(iter(left), None)
    if back_to is not None:
        contacts.use(session, back_to)


def _hold(session: Session, provisional_id: UUID, young_person_id: UUID) -> None:
    """Nothing is received from these addresses, and no turn is taken, until this is decided."""
    indexes = {each.address_index for each in contacts.contacts_of(session, provisional_id)}
    for index in sorted(indexes):
        lock_name(session, index)
    for each in (provisional_id, young_person_id):
        lock_row(session, "conversation", "young_person_id", each)
        session.refresh(people.conversation_of(session, each))


def _require_reason(reason: str, otherwise: str) -> None:
    if len(reason.split()) < FEWEST_WORDS:
        raise NotPossible(otherwise)


def _require_sender(session: Session, provisional_id: UUID) -> None:
    if not people.exists(session, provisional_id):
        raise NotPossible("There is no such sender.")
    if not people.young_person(session, provisional_id).provisional:
        raise NotPossible("That is a young person who is known, not an unknown sender.")
    if people.current_interview(session, provisional_id) is not None:
        raise NotPossible("This sender has an interview of their own: it cannot be moved.")


def _require_young_person(session: Session, provisional_id: UUID, young_person_id: UUID) -> None:
    if young_person_id == provisional_id:
        raise NotPossible("A sender cannot be linked to themselves.")
    if not people.exists(session, young_person_id):
        raise NotPossible("There is no such young person.")
    if people.young_person(session, young_person_id).provisional:
        raise NotPossible("That is an unknown sender too: choose a young person who is entered.")


def _require_free(session: Session, provisional_id: UUID) -> None:
    if links.linked_to(session, provisional_id) is not None:
        raise NotPossible("Somebody has linked this sender already.")
    if words.unanswered(session, provisional_id):
        raise NotPossible("They wrote just now, and it is still being dealt with: try again.")
