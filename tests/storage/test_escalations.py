"""One person acknowledges, an outcome comes before closing, and one escalation waits at a time."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from storage import escalations, people
from storage.database import Database
from storage.encryption import Vault
from storage.tables import Escalation, HumanTask
from tests.storage import cast
from tests.storage.cast import Child, after
from tests.storage.together import together

Change = Callable[[Session, Escalation], bool]


@pytest.fixture
def child(database: Database, vault: Vault) -> Child:
    return cast.amina(database, vault)


@pytest.fixture
def found(database: Database, child: Child) -> Escalation:
    return raised(database, child)


def raised(
    database: Database, child: Child, priority: int = 1, at: datetime = cast.NOW
) -> Escalation:
    with database.write() as session:
        return escalations.new_escalation(session, child.id, None, priority, at)


def again(database: Database, found: Escalation) -> Escalation:
    with database.read() as session:
        row = escalations.escalation(session, found.id)
    assert row is not None
    return row


def test_of_sixteen_at_once_one_acknowledges(
    database: Database, vault: Vault, found: Escalation, opened: Callable[[str], Database]
) -> None:
    url = database.url.render_as_string(hide_password=False)
    staff = cast.dee(database, vault)
    processes = [database, opened(url)]

    def acknowledge(number: int) -> bool:
        with processes[number % 2].write() as session:
            return escalations.acknowledge(session, found, staff.id, after(number))

    won = together(16, acknowledge)

    assert won.count(True) == 1
    row = again(database, found)
    assert row.acknowledged_by == staff.id
    assert row.acknowledged_at == after(won.index(True))
    assert row.state == "acknowledged"


def test_acknowledging_stops_the_timer(database: Database, vault: Vault, child: Child) -> None:
    staff, found = cast.dee(database, vault), raised(database, child)
    with database.write() as session:
        row = session.get_one(Escalation, found.seq)
        row.next_alert_at = after(300)
        session.add(row)
    with database.read() as session:
        assert escalations.next_timer(session) == after(300)
        assert list(escalations.alerts_due(session, after(299))) == []
        assert [each.id for each in escalations.alerts_due(session, after(300))] == [found.id]

    with database.write() as session:
        assert escalations.acknowledge(session, found, staff.id, cast.NOW)

    with database.read() as session:
        assert escalations.next_timer(session) is None
        assert list(escalations.alerts_due(session, after(9_999))) == []


def test_an_escalation_is_closed_only_with_an_outcome_by_somebody_who_acknowledged_it(
    database: Database, vault: Vault, found: Escalation
) -> None:
    staff = cast.dee(database, vault)

    def now(session: Session, what: str) -> bool:
        if what == "outcome":
            return escalations.set_outcome(session, found, cast.NOW)
        change = {"acknowledge": escalations.acknowledge, "close": escalations.close}[what]
        return change(session, found, staff.id, cast.NOW)

    in_order = [
        ("outcome", False),
        ("close", False),
        ("acknowledge", True),
        ("acknowledge", False),
        ("close", False),
        ("outcome", True),
        ("outcome", True),
        ("close", True),
        ("close", False),
        ("outcome", False),
        ("acknowledge", False),
    ]
    for what, possible in in_order:
        with database.write() as session:
            assert now(session, what) is possible, what
    row = again(database, found)
    assert (row.state, row.closed_by) == ("closed", staff.id)


def test_of_many_at_once_one_closes(database: Database, vault: Vault, found: Escalation) -> None:
    staff = cast.dee(database, vault)
    with database.write() as session:
        escalations.acknowledge(session, found, staff.id, cast.NOW)
        escalations.set_outcome(session, found, cast.NOW)

    def close(_number: int) -> bool:
        with database.write() as session:
            return escalations.close(session, found, staff.id, cast.NOW)

    assert together(8, close).count(True) == 1


def test_a_young_person_has_one_unacknowledged_escalation(
    database: Database, vault: Vault, child: Child, found: Escalation
) -> None:
    staff, outsider = cast.dee(database, vault), cast.max_outsider(database, vault)
    with pytest.raises(IntegrityError):
        raised(database, child, priority=3)
    raised(database, outsider)

    with database.write() as session:
        assert escalations.acknowledge(session, found, staff.id, cast.NOW)

    second = raised(database, child)
    with database.read() as session:
        waiting = escalations.unacknowledged_of(session, child.id)
    assert waiting is not None
    assert waiting.id == second.id


def test_of_many_hits_at_once_one_raises(database: Database, child: Child) -> None:
    def raise_one(_number: int) -> bool:
        try:
            raised(database, child)
        except IntegrityError:
            return False
        return True

    assert together(8, raise_one).count(True) == 1


@pytest.mark.parametrize("priority", [0, 4, -1])
def test_there_are_three_priorities(database: Database, child: Child, priority: int) -> None:
    with pytest.raises(IntegrityError):
        raised(database, child, priority)


def test_a_closed_risk_is_no_longer_open(database: Database, vault: Vault, child: Child) -> None:
    staff = cast.dee(database, vault)

    def risk() -> bool:
        with database.read() as session:
            return escalations.risk_is_open(session, child.id)

    assert not risk()
    found = raised(database, child, priority=2)
    assert risk()
    with database.write() as session:
        escalations.acknowledge(session, found, staff.id, cast.NOW)
        escalations.set_outcome(session, found, cast.NOW)
    assert risk()
    with database.write() as session:
        escalations.close(session, found, staff.id, cast.NOW)
    assert not risk()
    raised(database, child, priority=3)
    assert not risk()


def test_the_most_urgent_and_longest_waiting_come_first(database: Database, vault: Vault) -> None:
    staff = cast.dee(database, vault)
    names = ["P2", "P1 first", "P1 second", "P3", "acknowledged P1", "closed P1"]
    found = {}
    for number, name in enumerate(names):
        vault.new_owner(owner := uuid4())
        new = people.NewYoungPerson(owner, "sms", f"+4477009003{number:02}")
        with database.write() as session:
            people.add_young_person(session, vault, new, cast.NOW)
            priority = int(name.partition("P")[2][0])
            found[name] = escalations.new_escalation(session, owner, None, priority, cast.NOW)
    with database.write() as session:
        for name in ("acknowledged P1", "closed P1"):
            escalations.acknowledge(session, found[name], staff.id, cast.NOW)
        escalations.set_outcome(session, found["closed P1"], cast.NOW)
        escalations.close(session, found["closed P1"], staff.id, cast.NOW)

    called = {row.id: name for name, row in found.items()}
    with database.read() as session:
        everyone = [called[row.id] for row in escalations.list_escalations(session)]
        only_open = [
            called[row.id] for row in escalations.list_escalations(session, only_open=True)
        ]
        due = [called[row.id] for row in escalations.child_waiting(session, 1, cast.NOW)]

    assert everyone == ["P1 first", "P1 second", "P2", "P3", "acknowledged P1", "closed P1"]
    assert only_open == everyone[:-1]
    assert sorted(due) == ["P1 first", "P1 second"]


def test_the_timeline_is_in_order_and_sealed(
    database: Database, vault: Vault, found: Escalation
) -> None:
    with database.write() as session:
        for kind in ("hit", "unread", "acknowledged"):
            escalations.add_event(session, vault, found, kind, cast.NOW, detail={"was": kind})

    with database.read() as session:
        events = escalations.events_of(session, found.id)
        assert [event.kind for event in events] == ["hit", "unread", "acknowledged"]
        assert all(escalations.has_event(session, found.id, event.kind) for event in events)
        assert not escalations.has_event(session, found.id, "closed")
        assert escalations.detail_of(vault, found, events[1]) == {"was": "unread"}


def test_an_event_of_an_unknown_kind_is_refused(
    database: Database, vault: Vault, found: Escalation
) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        escalations.add_event(session, vault, found, "low risk", cast.NOW)


def test_a_message_that_caused_an_event_is_known(
    database: Database, vault: Vault, child: Child, found: Escalation
) -> None:
    with database.write() as session:
        message = cast.receive(session, vault, child)
        escalations.add_event(session, vault, found, "hit", cast.NOW, message_id=message.id)

    with database.read() as session:
        assert escalations.message_has_event(session, message.id, "hit")
        assert not escalations.message_has_event(session, message.id, "unread")


def test_a_reference_can_be_read_out_and_spells_nothing(database: Database, child: Child) -> None:
    reference = raised(database, child).reference

    assert len(reference) == 6
    assert not set(reference) & set("AEIOUL01")


def task(database: Database, child: Child, kind: str = "call_wanted") -> None:
    with database.write() as session:
        escalations.add_task(session, kind, child.id, None, cast.NOW, after(60))


def tasks(database: Database) -> list[HumanTask]:
    with database.read() as session:
        return list(escalations.open_tasks(session))


def test_one_task_of_a_kind_is_open(database: Database, vault: Vault, child: Child) -> None:
    staff = cast.dee(database, vault)
    for _ in range(3):
        task(database, child)
    task(database, child, "meeting_wanted")
    assert sorted(each.kind for each in tasks(database)) == ["call_wanted", "meeting_wanted"]

    call = next(each for each in tasks(database) if each.kind == "call_wanted")
    with database.write() as session:
        assert escalations.finish_task(session, call.id, staff.id, cast.NOW)
        assert not escalations.finish_task(session, call.id, staff.id, cast.NOW)
        assert not escalations.finish_task(session, uuid4(), staff.id, cast.NOW)
    task(database, child)

    with database.read() as session:
        assert len(session.exec(select(HumanTask)).all()) == 3


def test_the_same_task_from_many_at_once_is_one_and_disturbs_nobody(
    database: Database, child: Child
) -> None:
    together(8, lambda _number: task(database, child))

    assert len(tasks(database)) == 1
