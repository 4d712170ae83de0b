"""What a provider said of a message only goes forwards; "failed" is the end (2.4)."""

from uuid import uuid4

import pytest

from storage.database import Database
from storage.reports import LATTICE, goes_on, keep
from tests.storage.cast import NOW


@pytest.mark.parametrize("status", LATTICE)
def test_nothing_is_said_of_a_message_that_has_failed(database: Database, status: str) -> None:
    with database.write() as session:
        failed = keep(session, "sms", "SM1", "failed", "30006", uuid4(), NOW)
        assert failed is not None
        assert goes_on(session, failed)
        failed.applied = True
        session.flush()
        late = keep(session, "sms", "SM1", status, "", None, NOW)

        assert late is not None
        assert not goes_on(session, late)
