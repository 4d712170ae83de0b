"""The key file is never overwritten or shown, and a key that is destroyed is gone."""

import json
import stat
import traceback
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlmodel import select

from storage import people
from storage.database import Database
from storage.encryption import Vault
from storage.keys import KeyDestroyed, KeyFile, KeysMissing, KeyStore, person_key
from storage.tables import ContactAddress, YoungPerson
from tests.storage import cast, everything
from tests.storage.together import together

Opened = Callable[[str], Database]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "of" / "its" / "own" / "keys.json"


@pytest.fixture
def store(key_database: Database, keys: KeyFile) -> KeyStore:
    return KeyStore(key_database, keys)


def seen_by_a_new_process(store: KeyStore, keys: KeyFile, opened: Opened) -> KeyStore:
    return KeyStore(opened(store.database.url.render_as_string(hide_password=False)), keys)


def destroy(key_database: Database, owner: UUID) -> None:
    with key_database.write() as session:
        session.connection().execute(person_key.delete().where(person_key.c.owner_id == owner))


def secrets_of(path: Path) -> list[str]:
    body = json.loads(path.read_text())
    return [body["wrapping"]["1"], body["index"], body["audit"]]


def test_what_was_created_is_loaded(path: Path) -> None:
    created = KeyFile.create(path)

    assert KeyFile.load(path) == created
    assert len({created.wrapping, created.index, created.audit}) == 3


def test_only_its_owner_can_read_it(path: Path) -> None:
    KeyFile.create(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"precious", None])
def test_it_is_never_overwritten(path: Path, content: bytes | None) -> None:
    if content is None:
        KeyFile.create(path)
    else:
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    before = path.read_bytes()

    with pytest.raises(KeysMissing, match="never overwritten"):
        KeyFile.create(path)

    assert path.read_bytes() == before


def test_of_many_at_once_one_creates_it(path: Path) -> None:
    def create(_number: int) -> KeyFile | None:
        try:
            return KeyFile.create(path)
        except KeysMissing:
            return None

    created = [keys for keys in together(8, create) if keys]

    assert created == [KeyFile.load(path)]


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "keys.json"
    link.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(KeysMissing):
        KeyFile.create(link)

    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_file_is_said_with_what_to_do(path: Path) -> None:
    with pytest.raises(KeysMissing, match="return-interview keys create") as error:
        KeyFile.load(path)

    assert str(path) in str(error.value)


def broken(path: Path, how: str) -> bytes | str:
    body = json.loads(path.read_text())
    changes: dict[str, object] = {
        "a short key": body | {"index": b64encode(b"x" * 31).decode()},
        "a long key": body | {"index": b64encode(b"x" * 33).decode()},
        "an empty key": body | {"audit": ""},
        "no key": {name: body[name] for name in ("format", "wrapping", "index")},
        "no wrapping key": body | {"wrapping": {}},
        "a list": [body],
        "a number": 7,
        "null": None,
        "a key that is no text": body | {"index": 7},
        "not base64": body | {"index": body["index"].replace("=", "!")},
        "letters beyond ASCII": body | {"index": "\u00e9" * 44},
    }
    if how in changes:
        return json.dumps(changes[how], ensure_ascii=False)
    cuts = {
        "cut": path.read_bytes()[:-20],
        "empty": b"",
        "not text": b"\xff\x00\xfe",
        "zeros": bytes(path.stat().st_size),
    }
    return cuts[how]


@pytest.mark.parametrize(
    "how",
    ["a short key", "a long key", "an empty key", "no key", "no wrapping key", "a list", "a number",
     "null", "a key that is no text", "not base64", "letters beyond ASCII", "cut", "empty",
     "not text", "zeros"],
)  # fmt: skip
def test_a_broken_file_is_said_without_its_content(path: Path, how: str) -> None:
    KeyFile.create(path)
    secrets = secrets_of(path)
    content = broken(path, how)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(KeysMissing, match="restore it from its backup") as error:
        KeyFile.load(path)

    shown = "".join(traceback.format_exception(error.value))
    assert str(path) in str(error.value)
    assert [secret for secret in secrets if secret in shown] == []


def test_a_folder_is_not_a_key_file(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing):
        KeyFile.load(tmp_path)


def test_a_key_file_in_a_log_shows_no_key(path: Path) -> None:
    keys = KeyFile.create(path)

    shown = f"{keys} {keys!r} {[keys]} {keys!s:>200}"

    for key in (keys.wrapping, keys.index, keys.audit):
        for spelling in (repr(key), key.hex(), b64encode(key).decode()):
            assert spelling not in shown


def test_a_key_opens_in_another_process(store: KeyStore, keys: KeyFile, opened: Opened) -> None:
    owner, nonce = uuid4(), bytes(12)
    store.create(owner)
    sealed = store.cipher(owner).encrypt(nonce, b"words", None)

    other = seen_by_a_new_process(store, keys, opened)

    assert other.cipher(owner).decrypt(nonce, sealed, None) == b"words"


def test_a_key_that_exists_is_kept(store: KeyStore, key_database: Database) -> None:
    owner = uuid4()
    store.create(owner)
    before = everything.contents(key_database)

    store.create(owner)

    assert everything.contents(key_database) == before


def test_many_at_once_make_one_key(store: KeyStore, keys: KeyFile, opened: Opened) -> None:
    owner, nonce = uuid4(), bytes(12)
    stores = [store, seen_by_a_new_process(store, keys, opened)]

    def create_and_seal(number: int) -> bytes:
        own = stores[number % 2]
        own.create(owner)
        return own.cipher(owner).encrypt(nonce, b"words", None)

    assert len(set(together(8, create_and_seal))) == 1


def test_each_person_has_another_key(store: KeyStore) -> None:
    owners = [uuid4() for _ in range(20)]
    for owner in owners:
        store.create(owner)

    sealed = {store.cipher(owner).encrypt(bytes(12), b"words", None) for owner in owners}

    assert len(sealed) == 20


def test_the_key_is_there_before_the_row_and_without_it(
    database: Database, store: KeyStore, keys: KeyFile, opened: Opened
) -> None:
    vault, owner = Vault(keys, store), uuid4()
    new = people.NewYoungPerson(owner, "sms", cast.AMINA_NUMBER, name="Amina Yusuf")

    vault.new_owner(owner)
    seen_by_a_new_process(store, keys, opened).cipher(owner)
    with suppress(ZeroDivisionError), database.write() as session:
        people.add_young_person(session, vault, new, cast.NOW)
        raise ZeroDivisionError

    seen_by_a_new_process(store, keys, opened).cipher(owner)
    with database.read() as session:
        assert session.exec(select(YoungPerson)).all() == []


def test_without_a_key_no_row_is_written(database: Database, vault: Vault) -> None:
    new = people.NewYoungPerson(uuid4(), "sms", cast.AMINA_NUMBER)

    with pytest.raises(KeyDestroyed), database.write() as session:
        people.add_young_person(session, vault, new, cast.NOW)

    with database.read() as session:
        assert session.exec(select(YoungPerson)).all() == []
        assert session.exec(select(ContactAddress)).all() == []


def test_a_destroyed_key_opens_nothing_in_a_new_process(
    database: Database, key_database: Database, store: KeyStore, keys: KeyFile, opened: Opened
) -> None:
    vault = Vault(keys, store)
    child, staff = cast.amina(database, vault), cast.dee(database, vault)
    destroy(key_database, child.id)

    later = Vault(keys, seen_by_a_new_process(store, keys, opened))

    with database.read() as session:
        person = people.young_person(session, child.id)
    with pytest.raises(KeyDestroyed, match=str(child.id)):
        people.name_of(later, person)
    with pytest.raises(KeyDestroyed):
        later.seal(child.id, "young_person.name", child.id, "Amina Yusuf")
    later.store.cipher(staff.id)


def test_a_new_key_does_not_open_what_the_destroyed_one_sealed(
    key_database: Database, store: KeyStore, keys: KeyFile, opened: Opened
) -> None:
    owner, nonce = uuid4(), bytes(12)
    store.create(owner)
    sealed = store.cipher(owner).encrypt(nonce, b"words", None)
    destroy(key_database, owner)

    later = seen_by_a_new_process(store, keys, opened)
    later.create(owner)

    with pytest.raises(InvalidTag):
        later.cipher(owner).decrypt(nonce, sealed, None)


def test_another_wrapping_key_or_another_persons_row_unwraps_nothing(
    key_database: Database, store: KeyStore, keys: KeyFile
) -> None:
    owner, other = uuid4(), uuid4()
    store.create(owner)
    store.create(other)

    with pytest.raises(InvalidTag):
        KeyStore(key_database, replace(keys, wrapping=bytes(32))).cipher(owner)

    row = everything.contents(key_database)["person_key"]
    with key_database.write() as session:
        session.connection().execute(person_key.update().values(wrapped=row[0]["wrapped"]))
    fresh = KeyStore(key_database, keys)
    refused = 0
    for each in (owner, other):
        try:
            fresh.cipher(each)
        except InvalidTag:
            refused += 1
    assert refused == 1


def test_it_says_whether_it_can_be_reached(store: KeyStore, tmp_path: Path) -> None:
    assert store.answers()

    gone = Database(f"sqlite:///{tmp_path / 'gone' / 'keys.sqlite'}")
    for path in sorted((tmp_path / "gone").iterdir()):
        path.unlink()
    (tmp_path / "gone").rmdir()
    assert not gone.answers()
