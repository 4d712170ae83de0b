"""Sealing words, names, numbers and notes, and finding a number without being able to read it.

AES-256-GCM under the key of the person whom the field belongs to, bound to table, column and row:
a sealed value moved to another row or another person does not open (docs/reliability.md T-09).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from storage.keys import NONCE_BYTES, KeyFile, KeyStore

FORMAT = b"\x01"
_SIZES = (64, 256, 1024, 4096, 16384)


class Vault:
    """What may see words: seals and opens fields, and makes blind indexes."""

    def __init__(self, keys: KeyFile, store: KeyStore) -> None:
        """Seal under the person keys of ``store`` and index under the key of ``keys``."""
        self.store = store
        self._index_key = keys.index

    def new_owner(self, owner_id: UUID) -> None:
        """Commit a key for a new person, before any row of theirs is written."""
        self.store.create(owner_id)

    def seal(self, owner_id: UUID, place: str, row_id: UUID, value: str | bytes) -> bytes:
        """Seal ``value`` for ``place`` ("table.column") of row ``row_id``.

        Text keeps NUL and lone surrogates; the length is hidden in steps.
        """
        data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = self.store.cipher(owner_id)
        return FORMAT + nonce + cipher.encrypt(nonce, _pad(data), _binding(owner_id, place, row_id))

    def open_bytes(self, owner_id: UUID, place: str, row_id: UUID, sealed: bytes) -> bytes:
        """What was sealed; raises InvalidTag when it was sealed for another place or person.

        So it does when the value was changed or cut.
        """
        start = len(FORMAT) + NONCE_BYTES
        if not sealed.startswith(FORMAT) or len(sealed) < start:
            raise InvalidTag
        nonce = sealed[len(FORMAT) : start]
        cipher = self.store.cipher(owner_id)
        return _unpad(cipher.decrypt(nonce, sealed[start:], _binding(owner_id, place, row_id)))

    def open(self, owner_id: UUID, place: str, row_id: UUID, sealed: bytes) -> str:
        """The text that was sealed."""
        return self.open_bytes(owner_id, place, row_id, sealed).decode("utf-8", "surrogatepass")

    def seal_json(self, owner_id: UUID, place: str, row_id: UUID, value: Any) -> bytes:
        """Seal a JSON value."""
        # Escapes would join two lone surrogates that happen to meet into one character.
        return self.seal(owner_id, place, row_id, json.dumps(value, ensure_ascii=False))

    def open_json(self, owner_id: UUID, place: str, row_id: UUID, sealed: bytes) -> Any:
        """The JSON value that was sealed."""
        return json.loads(self.open(owner_id, place, row_id, sealed))

    def blind_index(self, kind: str, value: str) -> str:
        """A keyed fingerprint that finds an equal ``value`` of this ``kind`` and tells no more.

        Plain hashing of a telephone number is undone in minutes; the key lies outside the database.
        """
        message = f"{kind}|1|{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def _binding(owner_id: UUID, place: str, row_id: UUID) -> bytes:
    return f"1|{place}|{row_id}|{owner_id}".encode()


def _pad(data: bytes) -> bytes:
    """Length, data and zeros up to the next step, so that a size does not tell a short word."""
    framed = len(data).to_bytes(4, "big") + data
    size = next((step for step in _SIZES if len(framed) <= step), None)
    if size is None:
        size = -(-len(framed) // _SIZES[-1]) * _SIZES[-1]
    return framed.ljust(size, b"\0")


def _unpad(framed: bytes) -> bytes:
    length = int.from_bytes(framed[:4], "big")
    return framed[4 : 4 + length]
