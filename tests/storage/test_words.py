"""Words and request bodies come back exactly as they came (docs/reliability.md F-20)."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage import contacts, escalations, messages, people
from storage.database import Database
from storage.encryption import Vault
from tests.storage import cast, nasty

anything = st.text(st.characters(exclude_categories=()), max_size=300)
"""Surrogates too, which Hypothesis leaves out unless it is asked."""

quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_texts_come_back_exactly(database: Database, vault: Vault) -> None:
    child = cast.amina(database, vault)
    with database.write() as session:
        for name, body in nasty.STRINGS.items():
            cast.receive(session, vault, child, cast.words(body, provider_id=name))

    with database.read() as session:
        kept = messages.conversation_messages(session, child.id)
        came_back = {message.provider_id: messages.body_of(vault, message) for message in kept}

    assert came_back == nasty.STRINGS


def test_request_bodies_come_back_byte_for_byte(database: Database, vault: Vault) -> None:
    child = cast.amina(database, vault)
    with database.write() as session:
        for name, raw in nasty.BYTES.items():
            cast.receive(session, vault, child, cast.words(provider_id=name, raw=raw))

    with database.read() as session:
        kept = messages.conversation_messages(session, child.id)
        came_back = {message.provider_id: messages.raw_of(vault, message) for message in kept}

    assert came_back == nasty.BYTES


def test_what_screening_quotes_comes_back_exactly(database: Database, vault: Vault) -> None:
    child = cast.amina(database, vault)
    detail = {"because": list(nasty.STRINGS.values())}
    with database.write() as session:
        found = escalations.new_escalation(session, child.id, None, 1, cast.NOW)
        escalations.add_event(session, vault, found, "hit", cast.NOW, detail=detail)

    with database.read() as session:
        event = escalations.events_of(session, found.id)[0]
        assert escalations.detail_of(vault, found, event) == detail


@pytest.mark.parametrize("name", nasty.STRINGS.values(), ids=nasty.STRINGS)
def test_a_name_and_a_check_word_come_back_exactly(vault: Vault, name: str) -> None:
    owner = uuid4()
    vault.new_owner(owner)

    for place in ("young_person.name", "young_person.check_word"):
        assert vault.open(owner, place, owner, vault.seal(owner, place, owner, name)) == name


def test_name_check_word_and_number_come_back(database: Database, vault: Vault) -> None:
    child = cast.amina(database, vault, name="Ami\u0301na\0", check_word="\U0001f33c")

    with database.read() as session:
        person = people.young_person(session, child.id)
        contact = contacts.contact_of(session, people.conversation_of(session, child.id))

    assert people.name_of(vault, person) == "Ami\u0301na\0"
    assert people.check_word_of(vault, person) == "\U0001f33c"
    assert contacts.open_address(vault, contact) == cast.AMINA_NUMBER


def test_a_date_of_birth_and_a_duress_word_come_back(database: Database, vault: Vault) -> None:
    born_on = date(2012, 2, 29)
    child = cast.amina(database, vault, born_on=born_on, duress_word="\U0001f33b\0")

    with database.read() as session:
        person = people.young_person(session, child.id)

    assert people.born_on_of(vault, person) == born_on
    assert people.duress_word_of(vault, person) == "\U0001f33b\0"


def test_what_was_never_said_is_none(database: Database, vault: Vault) -> None:
    child = cast.max_outsider(database, vault)

    with database.read() as session:
        person = people.young_person(session, child.id)

    assert people.check_word_of(vault, person) is None
    assert people.duress_word_of(vault, person) is None
    assert people.born_on_of(vault, person) is None


def test_an_outbound_text_has_no_request_body(database: Database, vault: Vault) -> None:
    child = cast.amina(database, vault)
    with database.write() as session:
        cast.send(session, vault, child, body="Hello \U0001f600")

    with database.read() as session:
        [message] = messages.conversation_messages(session, child.id)

    assert messages.body_of(vault, message) == "Hello \U0001f600"
    assert messages.raw_of(vault, message) == b""


@pytest.fixture
def owner(vault: Vault) -> UUID:
    owner_id = uuid4()
    vault.new_owner(owner_id)
    return owner_id


@pytest.fixture
def through(vault: Vault, owner: UUID) -> Callable[[str | bytes], bytes]:
    row = uuid4()
    return lambda value: vault.open_bytes(
        owner, "message.body", row, vault.seal(owner, "message.body", row, value)
    )


@quick
@given(text=anything)
@example(text="\ud83d\ude00")
def test_any_text_comes_back(through: Callable[[str | bytes], bytes], text: str) -> None:
    assert through(text).decode("utf-8", "surrogatepass") == text


@quick
@given(data=st.binary(max_size=300))
def test_any_bytes_come_back(through: Callable[[str | bytes], bytes], data: bytes) -> None:
    assert through(data) == data


@quick
@given(value=anything | st.lists(anything) | st.dictionaries(anything, st.lists(anything)))
@example(value="\ud83d\ude00")
def test_any_json_comes_back(vault: Vault, owner: UUID, value: object) -> None:
    sealed = vault.seal_json(owner, "screening_result.result", owner, value)

    assert vault.open_json(owner, "screening_result.result", owner, sealed) == value
