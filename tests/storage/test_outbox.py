"""What is sent when, to whom first, and by one worker only (reliability.md F-01, F-10, F-13)."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from storage import attempts, escalations, outbox
from storage.database import Database
from storage.encryption import Vault
from storage.tables import DeliveryAttempt, DeliveryEvent, OutboxEntry
from tests.storage import cast
from tests.storage.cast import Child, after
from tests.storage.together import together

SAFETY, REST = 1, 2


@pytest.fixture
def child(database: Database, vault: Vault) -> Child:
    return cast.amina(database, vault)


def queued(database: Database, vault: Vault, child: Child, rank: int = REST) -> OutboxEntry:
    with database.write() as session:
        return cast.send(session, vault, child, rank=rank)


def claimable(database: Database, at: float = 0, machine_at: float = 0) -> list[UUID]:
    with database.read() as session:
        return list(outbox.claimable(session, after(at), after(machine_at)))


def claim(database: Database, entry: OutboxEntry, machine_at: float = 0) -> bool | None:
    """Whether the claimed entry is in doubt, None when it could not be claimed."""
    at = after(machine_at)
    with database.write() as session:
        taken = outbox.claim(session, entry.id, "worker", at, at, after(machine_at + 15))
    return taken[1] if taken else None


def settle(database: Database, entry: OutboxEntry, state: str, **details: object) -> bool:
    with database.write() as session:
        mine = session.exec(select(OutboxEntry).where(OutboxEntry.id == entry.id)).one()
        return outbox.settle(session, mine, state, cast.NOW, cast.NOW, **details)  # type: ignore[arg-type]


def state_of(database: Database, entry: OutboxEntry) -> str:
    with database.read() as session:
        return session.exec(select(OutboxEntry.state).where(OutboxEntry.id == entry.id)).one()


def test_of_eight_workers_one_claims(
    database: Database, vault: Vault, child: Child, opened: Callable[[str], Database]
) -> None:
    url = database.url.render_as_string(hide_password=False)
    entry, processes = queued(database, vault, child), [database, opened(url)]

    claims = together(8, lambda number: claim(processes[number % 2], entry))

    assert sorted(claims, key=str) == [False] + [None] * 7
    with database.read() as session:
        made = session.exec(select(DeliveryAttempt)).all()
    assert [(each.number, each.ended_at) for each in made] == [(1, None)]


def test_of_eight_workers_one_takes_over_a_lease_that_ran_out(
    database: Database, vault: Vault, child: Child
) -> None:
    entry = queued(database, vault, child)
    claim(database, entry)

    claims = together(8, lambda _number: claim(database, entry, machine_at=16))

    assert sorted(claims, key=str) == [None] * 7 + [True]


def test_one_message_at_a_time_in_order(database: Database, vault: Vault, child: Child) -> None:
    first, second, third = (queued(database, vault, child) for _ in range(3))
    assert claimable(database) == [first.id]

    claim(database, first)
    assert claimable(database) == []
    settle(database, first, "in_doubt", retry_at=after(30))
    assert claimable(database) == []
    assert claimable(database, machine_at=30) == [first.id]
    claim(database, first, machine_at=30)
    settle(database, first, "sent")
    assert claimable(database) == [second.id]

    claim(database, second)
    settle(database, second, "failed", code="30003")
    assert claimable(database) == [third.id]


def test_one_young_person_does_not_hold_up_another(
    database: Database, vault: Vault, child: Child
) -> None:
    outsider = cast.max_outsider(database, vault)
    first = queued(database, vault, child)
    queued(database, vault, child)
    other = queued(database, vault, outsider)

    assert claimable(database) == [first.id, other.id]


def test_a_safety_reply_overtakes_and_the_rest_waits_for_none_that_came_later(
    database: Database, vault: Vault, child: Child
) -> None:
    rest, safety = queued(database, vault, child), queued(database, vault, child, SAFETY)
    later = queued(database, vault, child)

    assert claimable(database) == [safety.id, rest.id]
    claim(database, rest)
    settle(database, rest, "sent")
    assert claimable(database) == [safety.id], "the later one waits for the safety reply"
    claim(database, safety)
    settle(database, safety, "sent")
    assert claimable(database) == [later.id]


def test_two_safety_replies_keep_their_order(
    database: Database, vault: Vault, child: Child
) -> None:
    first, _second = (queued(database, vault, child, SAFETY) for _ in range(2))

    assert claimable(database) == [first.id]


def test_alerts_go_first(database: Database, vault: Vault, child: Child) -> None:
    staff = cast.dee(database, vault)
    safety = queued(database, vault, child, SAFETY)
    with database.write() as session:
        found = escalations.new_escalation(session, child.id, None, 1, cast.NOW)
        alerts = [cast.alert(session, found, staff) for _ in range(2)]

    assert claimable(database) == [alerts[0].id, alerts[1].id, safety.id]


def test_nothing_goes_before_it_is_due(database: Database, vault: Vault, child: Child) -> None:
    with database.write() as session:
        entry = cast.send(session, vault, child, due_at=after(60))
        assert outbox.next_due(session) == after(60)

    assert claimable(database, at=59, machine_at=10_000) == []
    assert claimable(database, at=60) == [entry.id]


def test_a_retry_waits_for_its_machine_time(database: Database, vault: Vault, child: Child) -> None:
    entry = queued(database, vault, child)
    claim(database, entry)
    settle(database, entry, "waiting", code="503", retry_at=after(30))

    assert claimable(database, at=10_000, machine_at=29) == []
    assert claimable(database, machine_at=30) == [entry.id]
    assert claim(database, entry, machine_at=30) is False, "nothing was in doubt"


def test_a_lease_that_ran_out_is_in_doubt(database: Database, vault: Vault, child: Child) -> None:
    entry = queued(database, vault, child)
    claim(database, entry)

    assert claimable(database, machine_at=15) == []
    assert claim(database, entry, machine_at=15) is None
    assert claimable(database, machine_at=15.001) == [entry.id]
    assert claim(database, entry, machine_at=16) is True


def test_who_lost_the_lease_decides_nothing(database: Database, vault: Vault, child: Child) -> None:
    entry = queued(database, vault, child)
    with database.write() as session:
        slow = cast.claimed(session, entry)
    assert claim(database, entry, machine_at=16) is True

    with database.write() as session:
        assert not outbox.settle(session, slow, "failed", after(20), after(20), code="x")
    assert state_of(database, entry) == "claimed"
    assert settle(database, entry, "sent", provider_id="SM1")

    with database.read() as session:
        statement = select(DeliveryAttempt).order_by(DeliveryAttempt.number)  # type: ignore[arg-type]
        made = session.exec(statement).all()
        statuses = session.exec(select(DeliveryEvent.status)).all()
        assert attempts.first_attempt_at(session, entry) == cast.NOW
    assert [(each.number, each.result, each.code) for each in made] == [
        (1, "failed", "x"),
        (2, "sent", ""),
    ]
    assert sorted(statuses) == ["queued", "sent"]


@pytest.mark.parametrize("state", ["sent", "failed", "dropped"])
def test_what_is_settled_is_never_sent_again(
    database: Database, vault: Vault, child: Child, state: str
) -> None:
    entry = queued(database, vault, child)
    claim(database, entry)
    assert settle(database, entry, state)

    assert claimable(database, at=10_000, machine_at=10_000) == []
    assert claim(database, entry, machine_at=10_000) is None
    assert not settle(database, entry, "waiting")
    assert state_of(database, entry) == state


def test_a_message_is_queued_once(database: Database, vault: Vault, child: Child) -> None:
    entry = queued(database, vault, child)

    with pytest.raises(IntegrityError), database.write() as session:
        outbox.queue_entry(session, REST, "sms", cast.NOW, cast.NOW, message_id=entry.message_id)


def test_the_furthest_status_counts_whatever_came_first(
    database: Database, vault: Vault, child: Child
) -> None:
    entry, other = queued(database, vault, child), queued(database, vault, child)
    assert entry.message_id
    assert other.message_id
    with database.write() as session:
        for status in ("delivered", "sent", "delivered", "queued"):
            outbox.add_event(session, entry.id, status, cast.NOW)

    with database.read() as session:
        assert outbox.delivery_of(session, [entry.message_id, other.message_id]) == {
            entry.message_id: "delivered",
            other.message_id: "queued",
        }
        assert len(session.exec(select(DeliveryEvent)).all()) == 4


def test_an_unknown_status_is_refused(database: Database, vault: Vault, child: Child) -> None:
    entry = queued(database, vault, child)

    with pytest.raises(IntegrityError), database.write() as session:
        outbox.add_event(session, entry.id, "lost", cast.NOW)


def test_the_same_status_from_many_at_once_is_one_and_disturbs_nobody(
    database: Database, vault: Vault, child: Child
) -> None:
    entry = queued(database, vault, child)

    def tell(_number: int) -> None:
        with database.write() as session:
            outbox.add_event(session, entry.id, "delivered", cast.NOW)

    together(8, tell)

    with database.read() as session:
        assert len(session.exec(select(DeliveryEvent)).all()) == 2


def test_a_provider_id_belongs_to_one_entry(database: Database, vault: Vault, child: Child) -> None:
    first, second = queued(database, vault, child), queued(database, vault, child)
    claim(database, first)
    settle(database, first, "sent", provider_id="SM1")

    with database.read() as session:
        assert attempts.known_provider_ids(session, second) == {"SM1"}
        assert attempts.known_provider_ids(session, first) == frozenset()
