"""What stands in place of each table for a reader from whom something is kept."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import TextClause, text
from sqlmodel import SQLModel

from storage.audit import AuditChain
from storage.concerns import HiddenFrom, NewConcern, add_concern
from storage.database import Database
from storage.encryption import Vault
from storage.escalations import new_escalation
from storage.shadows import MOMENTS, OVERLAID
from storage.visibility import Viewer, look_as, seeing_everything
from tests.storage import cast, everything


def test_every_table_can_be_read_by_somebody_from_whom_something_is_kept(
    database: Database, vault: Vault, chain: AuditChain
) -> None:
    everything.fill(database, vault, chain)
    everybody = {table: len(rows) for table, rows in everything.contents(database).items()}
    someone = Viewer(uuid4(), "advocate", uuid4(), uuid4())
    keep_everything_from(database, vault, someone)
    try:
        look_as(someone)
        with database.read() as session:
            left = {
                table: session.connection().execute(_count(table)).scalar()
                for table in SQLModel.metadata.tables
            }
            with seeing_everything():
                still = session.connection().execute(_count("message")).scalar()
    finally:
        look_as(None)

    for table in ("message", "escalation_event", "human_task", "answer_message", "screening_mark"):
        assert (left[table], everybody[table] > 0) == (0, True), table
    assert still == everybody["message"]


def test_the_columns_that_are_named_here_are_there() -> None:
    for table, column in {**MOMENTS, **OVERLAID}.items():
        assert column in SQLModel.metadata.tables[table].columns, table


def keep_everything_from(database: Database, vault: Vault, someone: Viewer) -> None:
    with database.write() as session:
        (child,) = session.connection().execute(text("SELECT id FROM young_person")).scalars()
        child_id = _id(child)
        row = (
            session.connection().execute(text("SELECT id, position FROM return_interview")).first()
        )
        assert row is not None
        interview = _id(row[0])
        found = new_escalation(session, child_id, None, 1, cast.after(1), "independent")
        was = {
            "return_interview": {
                str(interview): {"position": {"state": "100% 'quoted'"}, "ended_at": None},
                "new": {"position": {"state": "not_started"}, "started_at": None},
            },
            "conversation": {str(child_id): {"contact": "open"}},
            "contact_address": {},
        }
        new = NewConcern(
            None, 0, cast.NOW - timedelta(days=1), True, {}, was, [HiddenFrom("everybody")]
        )
        add_concern(session, vault, found, new, cast.NOW)


def _id(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _count(table: str) -> TextClause:
    return text(f"SELECT count(*) FROM (SELECT * FROM {table}) AS counted")  # noqa: S608
