"""What the demo's young people would need in an emergency, and two councils; all made up.

The numbers are from the ranges that are kept for fiction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session

from bot.episode_register import known_names
from bot.service import Service
from storage import authorities, people
from storage.emergency_facts import EmergencyFacts, save_facts
from storage.person_details import details_of, save_details

BY: Final = "Jo Hart"
AGES: Final[Mapping[str, int]] = {
    "Amina Yusuf": 15,
    "Kai Brennan": 16,
    "Leo Marsh": 14,
    "Mia Castellan": 15,
    "Tom Avery": 13,
}
POLICE, POLICE_PHONE = "Northmoor Police", "01632 960410"
FACTS: Final[Mapping[str, EmergencyFacts]] = {
    "Amina Yusuf": EmergencyFacts(
        staying_now="Larch House, 4 Mill Lane, Northmoor",
        placement="Larch House, children's home",
        placement_phone="01632 960420",
        carer="Samira Yusuf, mother",
        carer_phone="01632 960421",
        carer_not_to_call=True,
        second_carer="Nadia Yusuf, aunt",
        second_carer_phone="01632 960422",
        legal_status="Looked after, section 20",
        missing_reference="NM-2611",
        medical="Asthma: blue inhaler, always with her",
        allergies="Penicillin",
        trigger_plan="Call her aunt Nadia first. Then the home. Police after one hour.",
        safe_contact="By text after school. Not when her cousin is there.",
        must_not_know="Her mother's partner must not learn where she lives.",
        police_force=POLICE,
        police_phone=POLICE_PHONE,
    ),
    "Kai Brennan": EmergencyFacts(
        staying_now="With foster carers, 19 Weir Road, Northmoor",
        placement="Foster carers Ruth and Pat Doyle",
        placement_phone="01632 960430",
        legal_status="Looked after, care order (section 31)",
        medical="Nothing known",
        trigger_plan="He goes to the skate park by the station: look there first.",
        police_force=POLICE,
        police_phone=POLICE_PHONE,
    ),
    "Leo Marsh": EmergencyFacts(
        staying_now="At home, 7 Quay Street, Fenwick",
        carer="Dan Marsh, father",
        carer_phone="01632 960440",
        legal_status="Child in need",
        allergies="Nuts: has an adrenaline pen",
        police_force="Fenwick Police",
        police_phone="01632 960510",
    ),
    "Mia Castellan": EmergencyFacts(
        staying_now="Between her mother's and a friend's; ask her",
        carer="Ana Castellan, mother",
        carer_phone="01632 960450",
        legal_status="Child protection plan",
        safe_contact="She shares her phone with her brother.",
        police_force=POLICE,
        police_phone=POLICE_PHONE,
    ),
}
"""Of Tom nothing is entered, as it may be of anybody."""


def give_facts(service: Service) -> None:
    """Enter two councils and what is known of each of the demo's young people."""
    now = service.clock.service_now()
    with service.database.write() as session:
        names = ("Northmoor", "01632 960400"), ("Fenwick", "01632 960500")
        councils = {name: _council(session, name, phone, now) for name, phone in names}
    for young_person_id, name in known_names(service):
        with service.database.write() as session:
            person = people.young_person(session, young_person_id)
            known = details_of(service.vault, person)
            born_on = _born_on(now.date(), AGES[name]) if name in AGES else known.born_on
            save_details(session, service.vault, person, replace(known, born_on=born_on))
            if name not in FACTS:
                continue
            host = "Fenwick" if FACTS[name].police_force.startswith("Fenwick") else "Northmoor"
            whose = councils["Northmoor"], councils[host]
            save_facts(session, service.vault, person, FACTS[name], *whose, now, BY)


def _council(session: Session, name: str, phone: str, now: datetime) -> UUID:
    known = {each.name: each.id for each in authorities.authorities(session)}
    return known.get(name) or authorities.add_authority(session, name, now, phone).id


def _born_on(today: date, age: int) -> date:
    return date(today.year - age, today.month, 1) - timedelta(days=60)
