"""Setting a ladder, a line or an address: refused where somebody would be left without a person."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.alert_settings import is_safe_address
from bot.alerting.ways import carrier_of
from bot.alerting.web_push import subscription
from bot.channels.phone_numbers import normalise
from bot.ladder_ready import problem
from bot.ladder_table import LADDERS, PRIORITIES, Step
from bot.service import Service
from storage import ladders as stored
from storage import staff_addresses as addresses
from storage.ladders import SetStep
from storage.tables import Line, Staff, StaffAddress
from storage.tables.alerting import ADDRESS_KINDS, LINE_KINDS

CODE_GOOD_FOR: Final = timedelta(minutes=30)
_CODE: Final = "{code} is the code of {service} for this address. Enter it on the page My alerts."


class NotSet(Exception):
    """Nothing was changed; the message says what is missing."""


def set_ladder(
    service: Service,
    ladder: str,
    priority: int,
    steps: Sequence[Step],
    actor: str,
    by: UUID | None = None,
    authority_id: UUID | None = None,
) -> None:
    """Put these steps in place of the defaults, or of what was set; no steps bring those back.

    Raises:
        NotSet: the priority would be left without a reachable first step, or nobody knows a part.
    """
    if ladder not in LADDERS or priority not in PRIORITIES:
        raise NotSet("There are the ladders main and independent, and the priorities 1 to 3.")
    with service.database.write() as session:
        if steps and (said := problem(service, session, ladder, priority, steps, authority_id)):
            raise NotSet(said)
        now = service.clock.service_now()
        kept = [SetStep(each.after_s, each.to, each.by) for each in steps]
        stored.replace_steps(session, authority_id, ladder, priority, kept, by, now)
        subject = f"ladder:{ladder}:{priority}" + (f":{authority_id}" if authority_id else "")
        service.audit.append(session, now, actor, "set ladder", subject)


def add_line(
    service: Service,
    kind: str,
    name: str,
    phone: str,
    actor: str,
    *,
    agreed_on: date | None = None,
    agreed_with: str | None = None,
    authority_id: UUID | None = None,
) -> Line:
    """Enter a line outside.

    Raises:
        NotSet: it is no number, or a staffed line has not agreed in writing.
    """
    if kind not in LINE_KINDS or not name.strip():
        raise NotSet("Give the line a name, and say whether it is staffed or out_of_hours.")
    if kind == "staffed" and not (agreed_on and (agreed_with or "").strip()):
        raise NotSet(
            "A staffed line needs its written agreement: the date of the letter, and who signed it."
        )
    try:
        number = normalise(phone)
    except ValueError as error:
        raise NotSet(str(error)) from None
    now = service.clock.service_now()
    if agreed_on and agreed_on > now.date():
        raise NotSet("The date of the agreement lies ahead.")
    with service.database.write() as session:
        line = stored.add_line(
            session,
            kind,
            name.strip(),
            number,
            now,
            agreed_on=agreed_on,
            agreed_with=agreed_with,
            authority_id=authority_id,
        )
        service.audit.append(session, now, actor, "add line", f"line:{line.id}")
    return line


def end_line(service: Service, line_id: UUID, actor: str) -> bool:
    """Stop using a line; False when it is not in use. Without a staffed one nobody is invited."""
    now = service.clock.service_now()
    with service.database.write() as session:
        ended = stored.end_line(session, line_id, now)
        if ended:
            service.audit.append(session, now, actor, "end line", f"line:{line_id}")
    return ended


def add_address(service: Service, staff: Staff, kind: str, value: str, actor: str) -> StaffAddress:
    """Enter an address, and send a code to it; a browser that subscribed needs none.

    Raises:
        NotSet: it is no address of this kind, or nothing here carries this kind.
    """
    checked = _checked(kind, value)
    carrier = carrier_of(service, kind)
    if carrier is None:
        raise NotSet(f"Nothing is set up here that could send by {kind}.")
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    proved = machine_now if kind == "webpush" else None
    with service.database.write() as session:
        found = addresses.add_address(
            session, service.vault, staff.id, kind, checked, machine_now, verified_at=proved
        )
        if found.verified_at is None:
            _send_code(service, session, found, carrier)
        service.audit.append(session, now, actor, "add address", f"staff_address:{found.id}")
    return found


def verify_address(service: Service, staff_id: UUID, address_id: UUID, code: str) -> bool:
    """Whether this is the code that was sent to an address of theirs; it is used from now on."""
    with service.database.write() as session:
        found = addresses.address(session, address_id)
        if found is None or found.staff_id != staff_id:
            return False
        machine_now = service.clock.machine_now()
        verified = addresses.try_code(session, address_id, code.strip(), machine_now)
        if verified:
            now = service.clock.service_now()
            actor, subject = f"staff:{staff_id}", f"staff_address:{address_id}"
            service.audit.append(session, now, actor, "verify address", subject)
    return verified


def end_address(service: Service, staff_id: UUID, address_id: UUID, actor: str) -> bool:
    """Stop using an address of somebody; False when it is not theirs, or not in use."""
    with service.database.write() as session:
        found = addresses.address(session, address_id)
        if found is None or found.staff_id != staff_id:
            return False
        ended = addresses.end_address(session, address_id, service.clock.machine_now())
        now = service.clock.service_now()
        service.audit.append(session, now, actor, "end address", f"staff_address:{address_id}")
    return ended


def _send_code(service: Service, session: Session, found: StaffAddress, carrier: str) -> None:
    code = f"{secrets.randbelow(10**6):06d}"
    until = service.clock.machine_now() + CODE_GOOD_FOR
    addresses.set_code(session, found, code, until)
    shown = ", ".join(code) if found.kind == "voice" else code
    body = _CODE.format(code=shown, service=service.settings.service_name)
    if found.kind == "webhook":
        body = json.dumps({"service": service.settings.service_name, "code": code})
    now = service.clock.service_now()
    addresses.queue_code(session, service.vault, found, carrier, body, now)


def _checked(kind: str, value: str) -> str:
    value = value.strip()
    if kind in ("sms", "second_sms", "voice"):
        try:
            return normalise(value)
        except ValueError as error:
            raise NotSet(str(error)) from None
    if kind == "email" and "@" in value and not any(each in value for each in "\r\n ,<>"):
        return value
    if kind == "webhook" and is_safe_address(value):
        return value
    if kind == "webpush":
        try:
            return json.dumps(subscription(value), sort_keys=True)
        except (ValueError, KeyError, TypeError):
            raise NotSet("This browser gave no subscription that could be used.") from None
    raise NotSet(f"That is no address of the kind {kind}; kinds: {', '.join(ADDRESS_KINDS)}.")
