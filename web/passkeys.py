"""Passkeys: what a browser is asked to sign, and whether what it signed is right.

The name that passkeys are bound to is the host of PUBLIC_URL; browsers make none for an address
that is a number, nor without https (save for "localhost").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from flask import abort, request
from sqlalchemy.exc import IntegrityError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.settings import Settings
from storage.passkeys import (
    add_challenge,
    add_passkey,
    passkey_by_credential,
    passkeys_of,
    use_challenge,
    use_passkey,
)
from storage.staff import staff_by_id
from storage.tables import Passkey, Staff
from web.context import service

WITHOUT_PASSWORD: Final = UserVerificationRequirement.REQUIRED
"""Alone it must be two factors at once: the thing, and its owner's finger, face or number."""

LONGEST_ANSWER: Final = 32 * 1024
LONGEST_NAME: Final = 40


_WRONG: Final = (
    WebAuthnException,
    InvalidSignature,
    # What the library runs into where a browser could not have sent this.
    AttributeError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)


class NotRight(Exception):
    """What the browser sent proves nothing."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who we are to a passkey."""

    id: str
    origin: str


def party(settings: Settings) -> Party | None:
    """The name that passkeys are bound to, or None where browsers make none."""
    parts = urlsplit(settings.site)
    host = parts.hostname or ""
    if _is_number(host) or not (settings.is_https or host == "localhost"):
        return None
    return Party(host, f"{parts.scheme}://{parts.netloc}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def ask_for_new(staff: Staff) -> str:
    """What the browser needs in order to make a passkey for this member of staff."""
    at = service()
    us = _us()
    with at.database.read() as reading:
        known = passkeys_of(reading, staff.id)
    options = generate_registration_options(
        rp_id=us.id,
        rp_name=at.settings.service_name,
        user_name=staff.email,
        user_id=staff.id.bytes,
        user_display_name=staff.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    _remember(options.challenge, "add", staff.id)
    return options_to_json(options)


def keep_new(staff: Staff, answer: str, name: str) -> Passkey:
    """Keep the passkey that the browser made.

    Raises:
        NotRight: it was not made for this, or it is known already.
    """
    at = service()
    us = _us()
    try:
        made = parse_registration_credential_json(answer)
        challenge = parse_client_data_json(made.response.client_data_json).challenge
        _take(challenge, "add", staff.id)
        verified = verify_registration_response(
            credential=made,
            expected_challenge=challenge,
            expected_rp_id=us.id,
            expected_origin=us.origin,
        )
    except _WRONG as error:
        raise NotRight from error
    now = at.clock.machine_now()
    try:
        with at.database.write() as writing:
            return add_passkey(
                writing,
                staff.id,
                verified.credential_id,
                verified.credential_public_key,
                verified.sign_count,
                name,
                now,
            )
    except IntegrityError:
        raise NotRight from None


def ask_for(staff: Staff | None) -> str:
    """What the browser needs in order to sign with a passkey; of anybody when it is None."""
    us = _us()
    known: Sequence[Passkey] = ()
    if staff is not None:
        with service().database.read() as reading:
            known = passkeys_of(reading, staff.id)
    options = generate_authentication_options(
        rp_id=us.id,
        allow_credentials=_descriptors(known) or None,
        user_verification=(
            WITHOUT_PASSWORD if staff is None else UserVerificationRequirement.PREFERRED
        ),
    )
    _remember(options.challenge, *_purpose(staff))
    return options_to_json(options)


def check(staff: Staff | None, answer: str) -> Staff:
    """Whose passkey signed what was asked.

    Args:
        staff: who must have signed; None where the passkey says who it is.
        answer: what the browser sent.

    Raises:
        NotRight: nobody's did, or somebody else's.
    """
    at = service()
    us = _us()
    try:
        signed = parse_authentication_credential_json(answer)
        challenge = parse_client_data_json(signed.response.client_data_json).challenge
        _take(challenge, *_purpose(staff))
        with at.database.read() as reading:
            passkey = passkey_by_credential(reading, signed.raw_id)
            owner = staff_by_id(reading, passkey.staff_id) if passkey else None
        if passkey is None or owner is None or not owner.active:
            raise NotRight
        if staff is not None and owner.id != staff.id:
            raise NotRight
        verified = verify_authentication_response(
            credential=signed,
            expected_challenge=challenge,
            expected_rp_id=us.id,
            expected_origin=us.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=staff is None,
        )
    except _WRONG as error:
        raise NotRight from error
    with at.database.write() as writing:
        if not use_passkey(writing, passkey, verified.new_sign_count, at.clock.machine_now()):
            raise NotRight
    return owner


def read_answer() -> str:
    """What the browser made or signed, from the form; 400 for what our page cannot have sent."""
    answer = request.form.get("credential", "")
    if len(answer) > LONGEST_ANSWER:
        abort(400)
    try:
        json.loads(answer)
    except (ValueError, RecursionError):
        abort(400)
    return answer


def read_name() -> str:
    """The name that a passkey gets; a plain one where none was typed."""
    name = " ".join(request.form.get("name", "").split())
    if len(name) > LONGEST_NAME or not name.isprintable():
        abort(400)
    return name or "Passkey"


def _us() -> Party:
    found = party(service().settings)
    if found is None:
        abort(404)
    return found


def _purpose(staff: Staff | None) -> tuple[Literal["sign_in", "second"], UUID | None]:
    return ("sign_in", None) if staff is None else ("second", staff.id)


def _remember(challenge: bytes, purpose: str, staff_id: UUID | None) -> None:
    at = service()
    with at.database.write() as writing:
        add_challenge(writing, challenge, purpose, staff_id, at.clock.machine_now())


def _take(challenge: bytes, purpose: str, staff_id: UUID | None) -> None:
    at = service()
    with at.database.write() as writing:
        if not use_challenge(writing, challenge, purpose, staff_id, at.clock.machine_now()):
            raise NotRight


def _descriptors(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each.credential_id) for each in known]
