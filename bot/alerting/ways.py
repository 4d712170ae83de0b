"""The ways by which members of staff and lines outside are alerted, each different in kind.

Every way is a `bot.channels.Channel` and goes through the outbox, with claims, attempts and doubts
like any message. What is said is free of content: our name, a random reference and a link, never a
name, a number or a word of a young person (docs/reliability.md T-05).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.service import Service
from storage.staff_addresses import addresses_of
from storage.tables import Escalation, Line, Staff
from storage.tables.alerting import ADDRESS_KINDS

PHONE_KINDS: Final = frozenset({"sms", "second_sms"})
CONFIRMING: Final = frozenset({"sms", "second_sms", "voice"})
"""Kinds of which somebody tells us that they arrived; of the others nobody ever does."""

_ALERT: Final = {
    1: "Alert {reference} from {service}. Please open the duty inbox now: {site}/inbox",
    2: "Alert {reference} from {service}. Please open the duty inbox within the hour: {site}/inbox",
    3: "Note {reference} from {service}. Please open the duty inbox today: {site}/inbox",
}
_SPOKEN: Final = "This is an alert from {service}. Reference {reference}. Open the duty inbox now."
_DRILL: Final = "DRILL, no child is in danger: please answer as if it were real."
_TO_LINE: Final = {
    "staffed": "This is {service}. A child may be in danger and nobody on duty has answered. "
    "Reference {reference}. Please act now, as agreed with us.",
    "out_of_hours": "This is {service}. A case waits for the morning. Reference {reference}. "
    "Our duty workers look at it from 8 o'clock.",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to somebody: its kind, who carries it, and to which address of theirs.

    Without an address it goes to what stands on their own row: their number, their e-mail address.
    """

    kind: str
    channel: str
    address_id: UUID | None = None


def carrier_of(service: Service, kind: str) -> str | None:
    """The channel that carries a kind of alert here; None when it is not set up."""
    name = service.phone_channel if kind in PHONE_KINDS else kind
    return name if service.carrier(name) else None


def ways_to(service: Service, session: Session, staff: Staff) -> list[Way]:
    """Every way to somebody that may be used now: verified addresses, and what they signed up by.

    An address that is not verified reaches nobody for certain, or somebody else.
    """
    found = []
    known = [each for each in addresses_of(session, staff.id) if each.verified_at is not None]
    for kind in ADDRESS_KINDS:
        carrier = carrier_of(service, kind)
        if carrier is None:
            continue
        own = [Way(kind, carrier, each.id) for each in known if each.kind == kind]
        found += own or ([Way(kind, carrier)] if _stands_on_row(staff, kind) else [])
    return found


def _stands_on_row(staff: Staff, kind: str) -> bool:
    if kind in ("sms", "voice"):
        return staff.phone_sealed is not None
    return kind == "email"


def chosen_ways(
    ways: Sequence[Way], by: Sequence[str], at_least: int, then: Sequence[str]
) -> list[Way]:
    """Of somebody's ways those of these kinds; filled up in this order to ``at_least`` kinds."""
    chosen = [each for each in ways if each.kind in by]
    for kind in then:
        if len({each.kind for each in chosen}) >= max(at_least, 1):
            break
        chosen += [each for each in ways if each.kind == kind and each not in chosen]
    return chosen


def words_for(service: Service, found: Escalation, kind: str) -> str:
    """What an alert says to a member of staff; to a webhook it says it as JSON."""
    if kind == "webhook":
        site, named = service.settings.site, {"service": service.settings.service_name}
        marked = {"drill": True} if found.is_drill else {}
        said = {"reference": found.reference, "link": f"{site}/inbox"}
        return json.dumps(named | marked | said)
    template = _SPOKEN if kind == "voice" else _ALERT[found.priority]
    if found.is_drill:
        template = f"{_DRILL} {template}"
    reference = spelt(found.reference) if kind == "voice" else found.reference
    return template.format(
        service=service.settings.service_name, reference=reference, site=service.settings.site
    )


def words_for_line(service: Service, found: Escalation, line: Line, kind: str) -> str:
    """What an alert says to a line outside: people there have no account with us, so no link."""
    reference = spelt(found.reference) if kind == "voice" else found.reference
    return _TO_LINE[line.kind].format(service=service.settings.service_name, reference=reference)


def way_to_line(service: Service) -> tuple[str, str] | None:
    """The kind and the channel by which a line is called; a text where no calls are set up."""
    for kind in ("voice", "sms"):
        if (carrier := carrier_of(service, kind)) is not None:
            return kind, carrier
    return None


def spelt(reference: str) -> str:
    """A reference as it is read out: letter by letter, with pauses."""
    return ", ".join(reference)
