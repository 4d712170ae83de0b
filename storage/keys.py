"""The key file and the key store: one key for each person, erased by destroying it.

The key file (``KEYS_FILE``) holds the key that wraps the person keys, the key of the blind index
and the key of the audit chain. The wrapped person keys live in a database of their own
(``KEYS_DATABASE_URL``), so that it can be backed up apart and briefly (docs/reliability.md T-10).
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, Uuid, select
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.tables.types import UtcDateTime

KEY_BYTES = 32
NONCE_BYTES = 12
CACHED_KEYS = 4096

key_metadata = MetaData()
person_key = Table(
    "person_key",
    key_metadata,
    Column("owner_id", Uuid, primary_key=True),
    Column("wrapping_key", String, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)


class KeysMissing(Exception):
    """The key file cannot be used; the message says what to do and holds no key."""


class KeyDestroyed(Exception):
    """A person's key is not in the key store: their words cannot be read any more."""


@dataclass(frozen=True, repr=False)
class KeyFile:
    """The secrets that never enter a database."""

    wrapping: bytes
    index: bytes
    audit: bytes

    WRAPPING_NAME = "1"

    @classmethod
    def create(cls, path: Path) -> KeyFile:
        """Write a new key file, readable by its owner only.

        Raises:
            KeysMissing: the file exists already; it is never overwritten.
        """
        keys = cls(*(secrets.token_bytes(KEY_BYTES) for _ in range(3)))
        body = {
            "format": 1,
            "wrapping": {cls.WRAPPING_NAME: _encode(keys.wrapping)},
            "index": _encode(keys.index),
            "audit": _encode(keys.audit),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise KeysMissing(f"{path} exists already; a key file is never overwritten") from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(body, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        return keys

    @classmethod
    def load(cls, path: Path) -> KeyFile:
        """Read the key file; raises KeysMissing when it is absent or broken."""
        try:
            body = json.loads(path.read_text(encoding="ascii"))
            keys = cls(
                wrapping=_decode(body["wrapping"][cls.WRAPPING_NAME]),
                index=_decode(body["index"]),
                audit=_decode(body["audit"]),
            )
        except FileNotFoundError:
            raise KeysMissing(
                f"no key file at {path}: set KEYS_FILE, or make one: return-interview keys create"
            ) from None
        except (OSError, ValueError, KeyError, TypeError):
            raise KeysMissing(
                f"the key file {path} cannot be read: restore it from its backup"
            ) from None
        return keys


class KeyStore:
    """Person keys, wrapped, in their own database."""

    def __init__(self, database: Database, keys: KeyFile) -> None:
        """Use ``database`` (already migrated) with the wrapping key of ``keys``."""
        self.database = database
        self._wrapping = AESGCM(keys.wrapping)
        self._cache: OrderedDict[UUID, AESGCM] = OrderedDict()
        self._lock = threading.Lock()

    def create(self, owner_id: UUID) -> None:
        """Make and commit a key for ``owner_id``; a key that exists is kept.

        Called before the row that needs it, so that no row can outlive a crash without its key.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._wrapping.encrypt(nonce, secrets.token_bytes(KEY_BYTES), _binding(owner_id))
        row = {
            "owner_id": owner_id,
            "wrapping_key": KeyFile.WRAPPING_NAME,
            "wrapped": nonce + sealed,
            "created_at": datetime.now(UTC),
        }
        try:
            with self.database.write() as session:
                session.connection().execute(person_key.insert(), row)
        except IntegrityError:
            return

    def cipher(self, owner_id: UUID) -> AESGCM:
        """The cipher of ``owner_id``; raises KeyDestroyed when there is no key."""
        with self._lock:
            cached = self._cache.get(owner_id)
            if cached is not None:
                self._cache.move_to_end(owner_id)
                return cached
        cipher = AESGCM(self._unwrap(owner_id))
        with self._lock:
            self._cache[owner_id] = cipher
            if len(self._cache) > CACHED_KEYS:
                self._cache.popitem(last=False)
        return cipher

    def answers(self) -> bool:
        """Whether the key store can be reached."""
        return self.database.answers()

    def _unwrap(self, owner_id: UUID) -> bytes:
        with self.database.read() as session:
            row = (
                session.connection()
                .execute(select(person_key.c.wrapped).where(person_key.c.owner_id == owner_id))
                .first()
            )
        if row is None:
            raise KeyDestroyed(f"no key for {owner_id}")
        wrapped = bytes(row.wrapped)
        return self._wrapping.decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _binding(owner_id)
        )


def _binding(owner_id: UUID) -> bytes:
    return f"person_key:{owner_id}".encode()


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _decode(value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(key) != KEY_BYTES:
        raise ValueError("a key of the wrong length")
    return key
