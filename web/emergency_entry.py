"""What an emergency call asks for: the form that advocates and managers fill in beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.emergency_entry import LONGEST, Entry, enter_facts, read_entry
from storage.emergency_facts import EmergencyFacts
from web.context import actor, service, signed_in

blueprint: Final = Blueprint("emergency_entry", __name__, url_prefix="/register")

GROUPS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "Where they are": {
        "staying_now": ("Where are they staying now?", "An address, or what is known of it."),
        "placement": ("Placement or home", "Its name and address."),
        "placement_phone": ("Its telephone number", "By night too."),
        "placement_not_to_call": ("Do not call the placement", ""),
    },
    "Carers": {
        "carer": ("Carer or parent", "Name, and what they are to the young person."),
        "carer_phone": ("Their number", ""),
        "carer_not_to_call": ("Do not call them", ""),
        "second_carer": ("Somebody else", "Name, and what they are to the young person."),
        "second_carer_phone": ("Their number", ""),
        "second_carer_not_to_call": ("Do not call them", ""),
    },
    "Who is responsible": {
        "legal_status": ("Legal status", "Such as: looked after, section 20. Or: child in need."),
        "police_force": ("Police force where they are staying", ""),
        "police_phone": ("Its direct number", ""),
        "missing_reference": ("Police reference of the missing report", ""),
    },
    "What must be known": {
        "medical": ("Medical", "Conditions, medicine, when it is due. Pregnancy."),
        "allergies": ("Allergies", ""),
        "trigger_plan": ("If they go missing", "The trigger plan: what is agreed, with whom."),
        "safe_contact": (
            "Safe contact",
            "When and how they can be reached without anybody seeing.",
        ),
        "must_not_know": ("Who must not be told", "Names, and why. It stands above all else."),
    },
}
"""By heading: the label of each field and a hint."""
LONG: Final = frozenset({"medical", "trigger_plan", "safe_contact", "must_not_know", "staying_now"})
TICKS: Final = tuple(
    each.name for each in fields(EmergencyFacts) if each.name.endswith("_not_to_call")
)
WORDS: Final = tuple(name for group in GROUPS.values() for name in group if name not in TICKS)


@blueprint.get("/<uuid:interview_id>/emergency")
def show(interview_id: UUID) -> ResponseReturnValue:
    """The form as it stands; the look is logged before."""
    return _page(interview_id, _entry(interview_id))


@blueprint.post("/<uuid:interview_id>/emergency")
def save(interview_id: UUID) -> ResponseReturnValue:
    """Keep what was entered; what was left empty is not known."""
    entry = _entry(interview_id)
    typed = {name: request.form.get(name, "").strip() for name in WORDS}
    if long := [name for name, text in typed.items() if len(text) > LONGEST]:
        return _page(interview_id, entry, typed, long)
    known = {str(each.id) for each in entry.contacts}
    ticked: dict[str, Any] = {name: request.form.get(name) == "yes" for name in TICKS}
    facts = EmergencyFacts(
        **(ticked | typed),
        phones_not_to_use=tuple(
            each for each in request.form.getlist("phones_not_to_use") if each in known
        ),
    )
    by = f"{signed_in().name}"
    responsible, host = _chosen("authority_id"), _chosen("host_authority_id")
    enter_facts(service(), entry.young_person_id, facts, responsible, host, actor(), by)
    flash("It is kept for an emergency.", "done")
    return redirect(url_for("register.index"), 303)


def _entry(interview_id: UUID) -> Entry:
    found = read_entry(service(), interview_id, signed_in())
    if found is None:
        abort(404)
    return found


def _chosen(name: str) -> UUID | None:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        return None


def _page(
    interview_id: UUID,
    entry: Entry,
    typed: Mapping[str, str] | None = None,
    long: list[str] | None = None,
) -> str:
    return render_template(
        "emergency_entry.html",
        interview_id=interview_id,
        entry=entry,
        groups=GROUPS,
        ticks=TICKS,
        long_fields=LONG,
        value=lambda name: (typed or {}).get(name) or getattr(entry.facts, name),
        errors=dict.fromkeys(long or (), f"Write at most {LONGEST} signs"),
    )
