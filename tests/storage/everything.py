"""At least one row in every table, and what a database holds."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import inspect, text
from sqlmodel import Session, SQLModel

from storage import (
    alarms,
    answers,
    approvals,
    authorities,
    bindings,
    concerns,
    drills,
    escalations,
    follow_ups,
    handover,
    holds,
    ladders,
    marks,
    messages,
    offers,
    passkeys,
    rota,
    screenings,
    second_factors,
    simulated,
    staff,
    staff_addresses,
    staff_invitations,
    staff_sessions,
)
from storage.audit import AuditChain
from storage.database import Database
from storage.encryption import Vault
from storage.installation import ensure_installation
from storage.tables import (
    APPEND_ONLY,
    Escalation,
    Message,
    ProviderReport,
    RefusalCount,
    SenderLink,
    Staff,
    UnreadableRequest,
)
from tests.storage import cast

Row = dict[str, Any]


def fill(database: Database, vault: Vault, chain: AuditChain) -> None:
    """Tell a small story that leaves a row in every table."""
    child = cast.amina(database, vault)
    dee, ade = cast.dee(database, vault), cast.ade(database, vault)
    interview = cast.interview_of(database, child)
    with database.write() as session:
        ensure_installation(session, "live", cast.NOW)
        council = authorities.add_authority(session, "Fenwick", cast.NOW, "01632 960123")
        authorities.add_team(session, "Duty", "duty", cast.NOW, council.id)
        staff_sessions.start_session(session, dee.id, "token", cast.NOW)
        add_factors(session, vault, dee)
        staff.note_failed_sign_in(session, "account", "address", cast.NOW)
        said = cast.receive(session, vault, child, interview_id=interview.id)
        screenings.finish_screening(session, vault, said, "screened", 1, {"because": []}, "1")
        messages.dispose(session, [said.id], "turn", cast.NOW)
        messages.relate(session, said.id, "edit", said.id)
        bindings.add_token(session, "token", child.id, "telegram", dee.id, cast.NOW, cast.after(60))
        session.add_all(_channel_rows(child))
        alarm, _ = alarms.raise_alarm(session, "refused", "twilio", cast.NOW)
        alarms.queue_text(session, alarm, dee.id, "Something is wrong.", "sms", cast.NOW)
        answers.add_answer(session, interview.id, "hello", [said.id], cast.NOW)
        answers.add_passing(session, interview.id, [("B4", said.id)], cast.NOW)
        offers.add_offer(session, child.id, "reminder", cast.after(60), cast.NOW, "reminders")
        follow_ups.add(session, vault, interview, "We asked your school.", ade.id, cast.NOW)
        approvals.approve(
            session, "pl", "2", "digest", "translator", "Ola Nowak", cast.NOW, "command"
        )
        found = escalations.new_escalation(session, child.id, interview.id, 1, cast.NOW)
        escalations.add_event(
            session, vault, found, "hit", cast.NOW, priority=1, message_id=said.id
        )
        escalations.add_task(
            session, "call_wanted", child.id, interview.id, cast.NOW, cast.after(60)
        )
        entry = cast.accepted(session, cast.send(session, vault, child, "hello"))
        cast.alert(session, found, dee)
        _add_concern(session, vault, found, said, dee)
        _add_hold(session, vault, child, found, dee)
        drills.plan(session, "person", cast.after(60), week=cast.NOW.date(), set_by=dee.id)
        drills.alert_sink(session, found, "DRILL", cast.NOW)
        _add_ladder(session, vault, found, dee, council.id)
        simulated.set_signal(session, "address", on=False)
        simulated.accept(session, entry.id, "address", cast.NOW)
        _add_marks(session, vault, said, dee, found)
        _add_rota(session, vault, dee, ade, council.id)
        chain.append(session, cast.NOW, f"staff:{ade.id}", "read transcript", "interview:1")
        _add_row_that_nothing_refers_to(session, vault, child)
    missing = [table for table, rows in contents(database).items() if not rows]
    assert missing == [], "a new table needs a row here"


def _add_ladder(
    session: Session, vault: Vault, found: Escalation, dee: Staff, council_id: UUID
) -> None:
    """A step that somebody set, a line that was alerted, an address with a code on its way."""
    steps = [ladders.SetStep(0, ("duty",), ("sms",))]
    ladders.replace_steps(session, council_id, "main", 1, steps, dee.id, cast.NOW)
    line = ladders.add_line(
        session,
        "staffed",
        "Night line",
        "+441632960001",
        cast.NOW,
        agreed_on=cast.NOW.date(),
        agreed_with="R Marsh",
        authority_id=council_id,
    )
    ladders.alert_line(session, found, line, "voice", "voice", "Alert.", cast.NOW)
    address = staff_addresses.add_address(
        session, vault, dee.id, "email", "dee@example.org", cast.NOW
    )
    staff_addresses.set_code(session, address, "123456", cast.after(60))
    staff_addresses.queue_code(session, vault, address, "email", "Code 123456", cast.NOW)


def _add_rota(session: Session, vault: Vault, dee: Staff, ade: Staff, council_id: UUID) -> None:
    """A shift with a note that was read, and a note that nothing refers to."""
    new = rota.NewShift("main", 1, dee.id, cast.NOW, cast.after(3600), council_id)
    shift = rota.add_shift(session, new, ade.id, cast.NOW)
    note = handover.add_note(session, vault, "main", dee.id, shift.id, "All quiet.", cast.NOW)
    handover.note_read(session, note.id, ade.id, cast.NOW)
    handover.add_note(session, vault, "main", dee.id, None, "Still quiet.", cast.after(60))


def _add_marks(
    session: Session, vault: Vault, said: Message, staff: Staff, found: Escalation
) -> None:
    """One mark with a copy that has left, and one that nothing refers to."""
    first = marks.add_mark(
        session, vault, "missed", said, staff.id, cast.NOW, {}, priority=2, escalation_id=found.id
    )
    marks.add_copy(session, vault, first, "cleaned", staff.id, cast.NOW, {"texts": ["hi"]})
    marks.note_export(session, first.id, "command", cast.NOW)
    marks.add_mark(session, vault, "not_a_disclosure", said, staff.id, cast.NOW, {})


def _add_concern(
    session: Session, vault: Vault, found: Escalation, said: Message, dee: Staff
) -> None:
    """A concern kept from two people and shown to one of them, and one kept from nobody."""
    concerns.add_alias(session, "the tall one", cast.NOW, "command", staff_id=dee.id)
    new = concerns.NewConcern(
        message_id=said.id,
        from_seq=said.seq or 0,
        since=cast.NOW,
        newcomer=False,
        why={},
        was={},
        hidden_from=[
            concerns.HiddenFrom("staff", staff_id=dee.id),
            concerns.HiddenFrom("role", role="advocate"),
        ],
    )
    concern = concerns.add_concern(session, vault, found, new, cast.NOW)
    alone = replace(new, hidden_from=[])
    concerns.add_concern(session, vault, found, alone, cast.NOW)
    (hidden, _), _ = concerns.hidden_of(session, [concern.id])
    concerns.ask_to_show(
        session, vault, found.young_person_id, hidden.id, dee.id, "a mistake", cast.NOW
    )


def _add_hold(
    session: Session, vault: Vault, child: cast.Child, found: Escalation, dee: Staff
) -> None:
    """Somebody joined, wrote and left; nobody is there now."""
    hold = holds.add(session, child.id, dee.id, found.id, cast.NOW, cast.after(60))
    wrote = cast.send(session, vault, child)
    assert wrote.message_id is not None
    holds.add_text(session, wrote.message_id, hold.id, dee.id)
    holds.end(session, hold, "handed_back", cast.NOW)


def add_factors(session: Session, vault: Vault, staff: Staff) -> None:
    """All that a member of staff can sign in with beside the password."""
    second_factors.begin_key(session, vault, staff.id, "JBSWY3DPEHPK3PXP", cast.NOW)
    second_factors.replace_recovery_codes(session, vault, staff.id, ["code"], cast.NOW)
    passkeys.add_passkey(session, staff.id, b"credential", b"key", 0, "Telephone", cast.NOW)
    passkeys.add_challenge(session, b"challenge", "second", staff.id, cast.NOW)
    staff_invitations.add_invitation(session, staff.id, "token", cast.NOW)
    staff_invitations.bind_identity(session, staff.id, "issuer", "subject", cast.NOW)


def _channel_rows(child: cast.Child) -> list[SQLModel]:
    return [
        ProviderReport(
            id=uuid4(), channel="sms", provider_id="SM1", status="delivered", at=cast.NOW
        ),
        SenderLink(provisional_id=child.id, young_person_id=child.id, at=cast.NOW),
        RefusalCount(minute=cast.NOW, source="twilio", reason="signature"),
        UnreadableRequest(
            id=uuid4(),
            source="telegram",
            reason="not JSON",
            digest="digest",
            raw_sealed=b"sealed",
            at=cast.NOW,
        ),
    ]


def _add_row_that_nothing_refers_to(session: Any, vault: Vault, child: cast.Child) -> None:
    message_id = uuid4()
    session.add(
        Message(
            id=message_id,
            young_person_id=child.id,
            contact_address_id=child.address_id,
            direction="in",
            channel="sms",
            provider_id="SM-alone",
            body_sealed=vault.seal(child.id, "message.body", message_id, "alone"),
            at=cast.NOW,
            machine_at=cast.NOW,
        )
    )


def contents(database: Database) -> dict[str, list[Row]]:
    """Every row of every table as it stands in the database, without our types."""
    tables = sorted(set(inspect(database.engine).get_table_names()) - {"alembic_version"})
    with database.engine.connect() as connection:
        return {
            table: [
                dict(row._mapping)
                for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))  # noqa: S608
            ]
            for table in tables
        }


def attackable_rows(database: Database) -> dict[str, Row]:
    """Of each append-only table the newest row, which nothing refers to."""
    rows = contents(database)
    return {table: max(rows[table], key=lambda row: int(row["seq"])) for table in APPEND_ONLY}
