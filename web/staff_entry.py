"""Entering staff and inviting them: by a link that is good once, for two days.

The link carries its token behind a #, which browsers send to nobody: it is in no log on the way.
Whoever opens it chooses a password, then a second factor. An administrator chooses neither for
them (ASVS 6.4.6), and a second factor that is there is asked for all the same (6.4.3).
"""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from bot.channels.phone_numbers import normalise
from bot.leavers import forget_factors
from bot.new_episode import NotEntered
from bot.service import Service
from storage.staff import add_staff, staff_by_id
from storage.staff_invitations import add_invitation
from storage.staff_sessions import end_sessions
from web.passwords import hash_password, new_password

_TOKEN_BYTES: Final = 32


def enter_staff(
    service: Service,
    name: str,
    email: str,
    role: str,
    phone: str | None,
    password: str | None = None,
    by: str = "command",
) -> UUID:
    """Enter a member of staff and give their id; without a password, they are to be invited.

    Raises:
        NotEntered: the number is none, or the e-mail address is known.
    """
    if "@" not in email:
        raise NotEntered("that is not an e-mail address", "email")
    try:
        number = normalise(phone) if phone else None
    except ValueError as error:
        raise NotEntered(str(error), "phone") from None
    staff_id = uuid4()
    service.vault.new_owner(staff_id)
    now = service.clock.service_now()
    # One that nobody has seen, until they choose their own.
    hashed = hash_password(password or new_password())
    try:
        with service.database.write() as session:
            add_staff(session, service.vault, staff_id, name, email, role, number, hashed, now)
            service.audit.append(session, now, by, "enter staff", f"staff:{staff_id}")
    except IntegrityError:
        raise NotEntered("somebody with that e-mail address is entered already", "email") from None
    return staff_id


def invite(service: Service, staff_id: UUID, by: str, *, anew: bool = False) -> str | None:
    """A new link for a member of staff; links from before are void. None for who left.

    Args:
        service: the process's service.
        staff_id: whom it invites.
        by: who does, as the access log names them.
        anew: they lost what they sign in with: second factors and sessions end with this.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    now = service.clock.machine_now()
    with service.database.write() as session:
        staff = staff_by_id(session, staff_id)
        if staff is None or not staff.active:
            return None
        add_invitation(session, staff_id, token, now)
        if anew:
            forget_factors(session, staff_id)
            end_sessions(session, staff_id, now)
        action = "invite staff anew" if anew else "invite staff"
        service.audit.append(session, service.clock.service_now(), by, action, f"staff:{staff_id}")
    return f"{service.settings.site}/invitation#{token}"
