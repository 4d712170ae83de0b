"""A sealed value opens only where it was sealed, for whom it was sealed (reliability.md T-09)."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text

from storage import contacts, messages, people
from storage.database import Database
from storage.encryption import Vault
from storage.keys import KeyFile
from storage.tables import Message
from tests.storage import cast
from tests.storage.test_append_only import drop_every_guard

PLACE = "message.body"


@pytest.fixture
def owner(vault: Vault) -> UUID:
    owner_id = uuid4()
    vault.new_owner(owner_id)
    return owner_id


def test_a_value_moved_to_another_row_does_not_open(vault: Vault, owner: UUID) -> None:
    sealed = vault.seal(owner, PLACE, uuid4(), "at my nan's")

    with pytest.raises(InvalidTag):
        vault.open(owner, PLACE, uuid4(), sealed)


@pytest.mark.parametrize("place", ["message.raw", "messages.body", "escalation_event.detail", ""])
def test_a_value_moved_to_another_column_does_not_open(
    vault: Vault, owner: UUID, place: str
) -> None:
    row = uuid4()
    sealed = vault.seal(owner, PLACE, row, "at my nan's")

    with pytest.raises(InvalidTag):
        vault.open(owner, place, row, sealed)


def test_a_value_moved_to_another_person_does_not_open(vault: Vault, owner: UUID) -> None:
    other, row = uuid4(), uuid4()
    vault.new_owner(other)
    sealed = vault.seal(owner, PLACE, row, "at my nan's")

    with pytest.raises(InvalidTag):
        vault.open(other, PLACE, row, sealed)


def test_one_persons_key_under_two_names_still_does_not_open(vault: Vault, owner: UUID) -> None:
    """The person is part of what is bound, not only the owner of the key."""
    other, row = uuid4(), uuid4()
    sealed = vault.seal(owner, PLACE, row, "at my nan's")
    vault.store._cache[other] = vault.store.cipher(owner)

    with pytest.raises(InvalidTag):
        vault.open(other, PLACE, row, sealed)


def test_a_flipped_bit_is_noticed_wherever_it_is(vault: Vault, owner: UUID) -> None:
    row = uuid4()
    sealed = vault.seal(owner, PLACE, row, "at my nan's")

    for at in range(1, len(sealed)):
        flipped = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(InvalidTag):
            vault.open(owner, PLACE, row, flipped)


def test_a_format_that_we_do_not_know_is_not_opened(vault: Vault, owner: UUID) -> None:
    row = uuid4()
    sealed = vault.seal(owner, PLACE, row, "at my nan's")

    with pytest.raises(InvalidTag):
        vault.open(owner, PLACE, row, b"\x02" + sealed[1:])


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28, 29])
def test_a_value_cut_short_does_not_open(vault: Vault, owner: UUID, length: int) -> None:
    row = uuid4()
    sealed = vault.seal(owner, PLACE, row, "at my nan's")

    with pytest.raises(InvalidTag):
        vault.open(owner, PLACE, row, sealed[:length])


def test_equal_texts_are_sealed_differently(vault: Vault, owner: UUID) -> None:
    row = uuid4()

    assert len({vault.seal(owner, PLACE, row, "no") for _ in range(100)}) == 100


def test_a_length_tells_only_a_step(vault: Vault, owner: UUID) -> None:
    row = uuid4()
    lengths = [0, 60, 61, 252, 253, 1_020, 1_021, 4_092, 4_093, 16_380, 16_381, 40_000]

    sealed = [len(vault.seal(owner, PLACE, row, "x" * length)) - 29 for length in lengths]

    steps = [64, 64, 256, 256, 1_024, 1_024, 4_096, 4_096, 16_384, 16_384, 32_768, 49_152]
    assert sealed == steps


def test_yes_and_a_short_sentence_are_equally_long(vault: Vault, owner: UUID) -> None:
    texts = ["", "no", "yes", "i was at my mates, dont tell her mum"]

    assert len({len(vault.seal(owner, PLACE, owner, each)) for each in texts}) == 1


def swap(database: Database, column: str, one: Message, other: Message) -> None:
    """What somebody with the database's password could do, had they taken the triggers away."""
    drop_every_guard(database)
    statement = text(f"UPDATE message SET {column} = :value WHERE seq = :seq")  # noqa: S608
    with database.engine.begin() as connection:
        for row, source in ((one, other), (other, one)):
            value = getattr(source, column)
            connection.execute(statement, {"value": value, "seq": row.seq})


def test_words_swapped_between_two_children_do_not_open(database: Database, vault: Vault) -> None:
    amina, outsider = cast.amina(database, vault), cast.max_outsider(database, vault)
    with database.write() as session:
        hers = cast.receive(session, vault, amina, cast.words("hers"))
        his = cast.receive(session, vault, outsider, cast.words("his"))

    swap(database, "body_sealed", hers, his)

    with database.read() as session:
        for child in (amina, outsider):
            [message] = messages.conversation_messages(session, child.id)
            with pytest.raises(InvalidTag):
                messages.body_of(vault, message)
            assert messages.raw_of(vault, message) == b"Body=hi"


def test_words_swapped_within_one_conversation_do_not_open(
    database: Database, vault: Vault
) -> None:
    child = cast.amina(database, vault)
    with database.write() as session:
        one = cast.receive(session, vault, child, cast.words("yes"))
        other = cast.receive(session, vault, child, cast.words("no"))

    swap(database, "body_sealed", one, other)

    with database.read() as session:
        for message in messages.conversation_messages(session, child.id):
            with pytest.raises(InvalidTag):
                messages.body_of(vault, message)


def test_a_name_put_in_the_place_of_the_check_word_does_not_open(
    database: Database, vault: Vault
) -> None:
    child = cast.amina(database, vault)
    with database.write() as session:
        person = people.young_person(session, child.id)
        person.check_word_sealed = person.name_sealed
        session.add(person)

    with database.read() as session, pytest.raises(InvalidTag):
        people.check_word_of(vault, people.young_person(session, child.id))


def test_an_equal_value_has_an_equal_index(vault: Vault) -> None:
    first = vault.blind_index("address", cast.AMINA_NUMBER)

    assert vault.blind_index("address", cast.AMINA_NUMBER) == first
    assert len(first) == 64


def test_another_value_kind_or_key_has_another_index(vault: Vault, keys: KeyFile) -> None:
    other_key = Vault(replace(keys, index=bytes(32)), vault.store)

    indexes = {
        vault.blind_index("address", cast.AMINA_NUMBER),
        vault.blind_index("address", cast.MAX_NUMBER),
        vault.blind_index("account", cast.AMINA_NUMBER),
        other_key.blind_index("address", cast.AMINA_NUMBER),
    }

    assert len(indexes) == 4


def test_an_index_takes_any_text(vault: Vault) -> None:
    assert vault.blind_index("account", "\ud83d\0") != vault.blind_index("account", "\ud83d")


def test_a_number_is_found_without_being_readable(database: Database, vault: Vault) -> None:
    child = cast.amina(database, vault)
    index = contacts.address_index(vault, cast.AMINA_NUMBER)

    with database.read() as session:
        found = contacts.contacts_at(session, "sms", index)
        elsewhere = contacts.contacts_at(session, "whatsapp", index)

    assert [contact.young_person_id for contact in found] == [child.id]
    assert cast.AMINA_NUMBER not in index
    assert list(elsewhere) == []
