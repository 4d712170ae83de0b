"""What a leaver held is handed over in the commit that removes them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from bot.escalations import acknowledge
from bot.leavers import NotOnStaff, remove_staff
from bot.service import Service
from storage.escalations import detail_of, events_of
from storage.rota import NewShift, add_shift
from storage.staff import add_staff
from storage.tables import (
    Alert,
    Escalation,
    OneTimeKey,
    Passkey,
    RecoveryCode,
    ReturnInterview,
    Shift,
    Staff,
    StaffIdentity,
    StaffInvitation,
    StaffSession,
)
from tests.storage.everything import add_factors
from tests.web.cast import NOW, Cast, sign_in, text
from tests.web.conftest import both_kinds
from tests.web.duty import DANGER, only_escalation
from web.app import create_app


@pytest.fixture
def sam(service: Service) -> Staff:
    """Another duty worker."""
    return enter(service, "Sam Whitlock", "duty_worker", "+447700900202")


def enter(service: Service, name: str, role: str, phone: str | None = None) -> Staff:
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    email = f"{name.split()[0].lower()}@example.org"
    with service.database.write() as session:
        return add_staff(session, service.vault, staff_id, name, email, role, phone, "-", NOW)


@pytest.fixture
def held(service: Service, cast: Cast) -> UUID:
    """An escalation that Dee acknowledged."""
    text(create_app(service).test_client(), service, DANGER)
    found = only_escalation(service)
    acknowledge(service, found, cast.dee)
    return found


def now_of(service: Service, escalation_id: UUID) -> Escalation:
    with service.database.read() as session:
        return session.exec(select(Escalation).where(Escalation.id == escalation_id)).one()


def last_event(service: Service, escalation_id: UUID) -> tuple[str, dict[str, object]]:
    with service.database.read() as session:
        found = now_of(service, escalation_id)
        event = events_of(session, escalation_id)[-1]
        return event.kind, detail_of(service.vault, found, event)


@both_kinds
def test_an_escalation_goes_back_to_the_foot_of_its_ladder(
    service: Service, cast: Cast, sam: Staff, held: UUID
) -> None:
    remove_staff(service, cast.dee.id, "command")

    found = now_of(service, held)
    assert (found.state, found.holder_id, found.reopened) == ("raised", None, 1)
    assert found.next_alert_at is not None
    kind, detail = last_event(service, held)
    assert (kind, detail["why"]) == ("reopened", "left")
    acknowledge(service, held, sam)


@both_kinds
def test_an_escalation_goes_to_the_person_who_was_named(
    service: Service, cast: Cast, sam: Staff, held: UUID
) -> None:
    remove_staff(service, cast.dee.id, f"staff:{cast.ada.id}", sam.id)

    found = now_of(service, held)
    assert (found.state, found.holder_id) == ("acknowledged", sam.id)
    assert found.next_check_at == NOW + timedelta(minutes=15)
    kind, detail = last_event(service, held)
    assert (kind, detail["to"]) == ("handed_over", str(sam.id))
    with service.database.read() as session:
        told = session.exec(select(Alert).order_by(col(Alert.at))).all()
    assert sam.id in {each.staff_id for each in told if "is for you" in each.body}


def test_what_the_independent_ladder_has_is_never_given_by_name(
    service: Service, cast: Cast, sam: Staff, held: UUID
) -> None:
    with service.database.write() as session:
        found = session.exec(select(Escalation).where(Escalation.id == held)).one()
        found.ladder = "independent"
        session.add(found)

    remove_staff(service, cast.dee.id, "command", sam.id)

    assert now_of(service, held).state == "raised"


def test_what_is_not_theirs_or_not_acknowledged_stays_as_it_is(
    service: Service, cast: Cast, sam: Staff, held: UUID
) -> None:
    before = now_of(service, held)

    remove_staff(service, sam.id, "command", cast.dee.id)

    assert now_of(service, held) == before


@both_kinds
def test_every_door_is_closed_in_the_same_commit(service: Service, cast: Cast, sam: Staff) -> None:
    client = create_app(service).test_client()
    sign_in(client, cast.dee)
    with service.database.write() as session:
        add_factors(session, service.vault, cast.dee)
        for days in (-1, 1):
            starts = NOW + timedelta(days=days)
            shift = NewShift("main", 1, cast.dee.id, starts, starts + timedelta(hours=8))
            add_shift(session, shift, None, NOW)
        interview = session.exec(select(ReturnInterview)).one()
        interview.advocate_id = cast.dee.id
        session.add(interview)

    remove_staff(service, cast.dee.id, "command", cast.ade.id)

    with service.database.read() as session:
        for table in (OneTimeKey, Passkey, RecoveryCode, StaffIdentity, StaffInvitation):
            assert session.exec(select(table)).all() == [], table
        assert session.exec(select(StaffSession)).one().ended_at is not None
        gone = session.exec(select(Staff).where(Staff.id == cast.dee.id)).one()
        assert (gone.active, gone.left_at) == (False, NOW)
        past, coming = session.exec(select(Shift).order_by(col(Shift.starts_at))).all()
        assert past.removed_at is None
        assert coming.removed_at is not None
        assert session.exec(select(ReturnInterview)).one().advocate_id == cast.ade.id
    assert client.get("/inbox").status_code == 303


def test_done_again_it_hands_over_what_reached_them_meanwhile(
    service: Service, cast: Cast, sam: Staff
) -> None:
    remove_staff(service, cast.dee.id, "command")
    text(create_app(service).test_client(), service, DANGER)
    late = only_escalation(service)
    acknowledge(service, late, cast.dee)

    remove_staff(service, cast.dee.id, "command", sam.id)

    assert now_of(service, late).holder_id == sam.id
    with service.database.read() as session:
        gone = session.exec(select(Staff).where(Staff.id == cast.dee.id)).one()
    assert gone.left_at == NOW


def test_who_cannot_take_over_is_refused(service: Service, cast: Cast, sam: Staff) -> None:
    for heir in (cast.mo.id, cast.dee.id, uuid4()):
        with pytest.raises(NotOnStaff):
            remove_staff(service, cast.dee.id, "command", heir)
    remove_staff(service, sam.id, "command")
    with pytest.raises(NotOnStaff):
        remove_staff(service, cast.dee.id, "command", sam.id)
    with pytest.raises(NotOnStaff, match="nobody"):
        remove_staff(service, uuid4(), "command")
    with pytest.raises(NotOnStaff, match="administrator"):
        remove_staff(service, cast.ada.id, "command")
    with service.database.read() as session:
        assert session.exec(select(Staff).where(Staff.id == cast.dee.id)).one().active


@both_kinds
def test_of_two_administrators_who_remove_each_other_one_stays(
    service: Service, cast: Cast
) -> None:
    other = enter(service, "Zed Amis", "administrator")

    def remove(pair: tuple[Staff, Staff]) -> bool:
        try:
            remove_staff(service, pair[0].id, f"staff:{pair[1].id}")
        except NotOnStaff:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(remove, [(cast.ada, other), (other, cast.ada)]))

    assert sorted(done) == [False, True]
