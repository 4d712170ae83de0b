"""Signing in: who is let in, for how long, and who has guessed too often."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from storage import staff, staff_sessions
from storage.database import Database
from storage.encryption import Vault
from storage.tables import Staff, StaffSession
from tests.storage import cast, everything
from tests.storage.cast import after

TOKEN = "a-token-that-only-the-browser-knows"
IDLE = staff_sessions.IDLE.total_seconds()
ABSOLUTE = staff_sessions.ABSOLUTE.total_seconds()


@pytest.fixture
def dee(database: Database, vault: Vault) -> Staff:
    return cast.dee(database, vault)


@pytest.fixture
def signed_in(database: Database, dee: Staff) -> Staff:
    with database.write() as session:
        staff_sessions.start_session(session, dee.id, TOKEN, cast.NOW)
    return dee


def who(database: Database, at: float, token: str = TOKEN) -> str | None:
    with database.read() as session:
        found = staff_sessions.find_session(session, token, after(at))
    return found[1].name if found else None


def touch(database: Database, at: float) -> None:
    with database.write() as session:
        staff_sessions.touch_session(session, TOKEN, after(at))


def deactivate(database: Database, who: Staff) -> None:
    with database.write() as session:
        row = session.exec(select(Staff).where(Staff.id == who.id)).one()
        row.active = False
        session.add(row)


def test_a_session_idles_out(database: Database, signed_in: Staff) -> None:
    assert who(database, IDLE) == signed_in.name
    assert who(database, IDLE + 1) is None

    touch(database, IDLE)
    assert who(database, 2 * IDLE) == signed_in.name
    assert who(database, 2 * IDLE + 1) is None


def test_a_session_ends_after_twelve_hours_however_busy(
    database: Database, signed_in: Staff
) -> None:
    touch(database, ABSOLUTE)

    assert who(database, ABSOLUTE) == signed_in.name
    assert who(database, ABSOLUTE + 1) is None


def test_a_session_that_was_ended_never_works_again(database: Database, signed_in: Staff) -> None:
    with database.write() as session:
        staff_sessions.end_session(session, TOKEN, after(1))
    touch(database, 2)

    assert who(database, 3) is None
    with database.read() as session:
        assert session.exec(select(StaffSession.ended_at)).one() == after(1)
        assert session.exec(select(StaffSession.seen_at)).one() == cast.NOW


def test_ending_one_session_leaves_another(database: Database, signed_in: Staff) -> None:
    with database.write() as session:
        staff_sessions.start_session(session, signed_in.id, "another", cast.NOW)
        staff_sessions.end_session(session, TOKEN, cast.NOW)

    assert who(database, 1, "another") == signed_in.name


@pytest.mark.parametrize(
    "token", ["", TOKEN.upper(), TOKEN[:-1], hashlib.sha256(TOKEN.encode()).hexdigest()]
)
def test_another_token_is_nobodys(database: Database, signed_in: Staff, token: str) -> None:
    assert who(database, 1, token) is None


def test_who_left_is_signed_out(database: Database, signed_in: Staff) -> None:
    deactivate(database, signed_in)

    assert who(database, 1) is None
    with database.read() as session:
        assert staff.staff_by_email(session, signed_in.email) is None
        assert staff.staff_by_id(session, signed_in.id) is not None
        assert list(staff.duty_workers(session)) == []


def test_a_token_is_kept_only_as_a_hash(database: Database, signed_in: Staff) -> None:
    rows = everything.contents(database)["staff_session"]

    assert [row["token_hash"] for row in rows] == [hashlib.sha256(TOKEN.encode()).hexdigest()]
    assert TOKEN not in str(everything.contents(database))


def test_an_address_is_known_however_it_is_typed(database: Database, dee: Staff) -> None:
    with database.read() as session:
        found = staff.staff_by_email(session, "  DEE@Example.ORG ")

    assert found is not None
    assert found.id == dee.id


def test_an_address_is_used_once_and_a_role_is_known(
    database: Database, vault: Vault, dee: Staff
) -> None:
    with pytest.raises(IntegrityError):
        cast.dee(database, vault)
    with pytest.raises(IntegrityError):
        cast.staff(database, vault, "Max Outsider", "visitor", None)


def test_only_duty_workers_with_a_number_are_alerted(
    database: Database, vault: Vault, dee: Staff
) -> None:
    ade = cast.ade(database, vault)
    cast.staff(database, vault, "Eve Quiet", "duty_worker", None)

    with database.read() as session:
        assert [each.id for each in staff.duty_workers(session)] == [dee.id]
        assert len(staff.list_staff(session)) == 3
        first = staff.first_advocate(session)
    assert first is not None
    assert first.id == ade.id
    assert staff.phone_of(vault, dee) == cast.DEE_NUMBER
    assert staff.phone_of(vault, ade) is None


def guess(database: Database, account: str, address: str, times: int, at: float = 0) -> None:
    with database.write() as session:
        for _ in range(times):
            staff.note_failed_sign_in(session, account, address, after(at))


def throttled(database: Database, account: str, address: str, at: float = 1) -> bool:
    with database.read() as session:
        return staff.is_throttled(session, account, address, after(at))


def test_too_many_guesses_of_one_account_from_one_address_are_stopped(database: Database) -> None:
    guess(database, "dee", "burglar", staff.ATTEMPTS_FOR_ACCOUNT - 1)
    assert not throttled(database, "dee", "burglar")

    guess(database, "dee", "burglar", 1)
    assert throttled(database, "dee", "burglar")


def test_guesses_from_elsewhere_do_not_lock_a_duty_worker_out(database: Database) -> None:
    guess(database, "dee", "burglar", 500)

    assert not throttled(database, "dee", "office")


def test_guesses_of_another_account_stop_only_an_address_that_guesses_widely(
    database: Database,
) -> None:
    for number in range(staff.ATTEMPTS_FOR_ADDRESS - 1):
        guess(database, f"account {number}", "burglar", 1)
    assert not throttled(database, "dee", "burglar")

    guess(database, "one more", "burglar", 1)
    assert throttled(database, "dee", "burglar")
    assert not throttled(database, "dee", "office")


def test_the_throttle_lets_go_after_its_window(database: Database) -> None:
    guess(database, "dee", "burglar", 50)
    window = staff.THROTTLE_WINDOW / timedelta(seconds=1)

    assert throttled(database, "dee", "burglar", window - 1)
    assert not throttled(database, "dee", "burglar", window)


def test_a_sign_in_that_succeeded_was_no_guess(database: Database) -> None:
    guess(database, "dee", "office", staff.ATTEMPTS_FOR_ACCOUNT - 1)
    with database.write() as session:
        attempt = staff.note_failed_sign_in(session, "dee", "office", cast.NOW)
    assert throttled(database, "dee", "office")

    with database.write() as session:
        staff.forget_failed_sign_in(session, attempt)

    assert not throttled(database, "dee", "office")
