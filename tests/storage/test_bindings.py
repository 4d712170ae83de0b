"""A link is good once, on its own channel, and until its time is over."""

from datetime import timedelta

from storage.bindings import add_token, use_token
from storage.database import Database
from storage.encryption import Vault
from tests.storage.cast import NOW, amina

LATER = NOW + timedelta(days=1)


def test_a_token_is_used_once_in_time_and_on_its_channel(database: Database, vault: Vault) -> None:
    child = amina(database, vault)
    with database.write() as session:
        for token in ("one", "two"):
            add_token(session, token, child.id, "telegram", None, NOW, LATER)

        assert use_token(session, "one", "telegram", LATER) is None
        assert use_token(session, "one", "sms", NOW) is None
        assert use_token(session, "three", "telegram", NOW) is None
        used = use_token(session, "one", "telegram", NOW)
        assert used is not None
        assert (used.young_person_id, used.used_at) == (child.id, NOW)
        assert use_token(session, "one", "telegram", NOW) is None
        assert use_token(session, "two", "telegram", LATER - timedelta(seconds=1)) is not None
