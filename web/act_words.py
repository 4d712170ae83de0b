"""Plain words for what people do about an escalation: whom they turned to, and what they noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from bot.inbox import Detail, Event
from dialogs.nations import Nation
from web.presenting import DELIVERIES, PRIORITIES, TOLD, clock_time, day_and_time, in_words

OUTCOME_LABELS: Final = {
    "decision": "Decided",
    "reason": "Why",
    "who_was_told": "Who was told",
    "reference": "Reference",
    "child_was_told": "The young person was told",
    "child_told_by": "By",
    "next_review": "Next review",
}

REVEAL_REASONS: Final = {
    "calling_999": "Calling 999",
    "calling_police": "Calling the police on another number",
    "calling_out_of_hours": "Calling the out-of-hours team",
    "calling_carers": "Calling the placement or the carers",
    "making_contact": "Finding out how to reach them safely",
    "other": "Something else",
}

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "outcome": OUTCOME_LABELS,
    "passed_on": {"note": "Note"},
    "handed_over": {"note": "Note"},
    "call": {"person": "Spoke to", "reference": "Reference", "said": "What was said"},
    "referral": {"person": "Spoke to", "reference": "Reference", "said": "What was said"},
    "priority_set": {"reason": "Why"},
    "linked": {"why": "Why"},
    "made_safe": {"did": "What was done", "holds": "Who holds it now"},
    "day_check": {"seen": "What was found"},
    "looked_back": {"seen": "What was seen"},
    "contact_made_safe": {"reason": "How that is known"},
}
"""What the line of an act shows, in order."""

LINKED: Final = {"wrote_again": "They wrote again after that one was closed"}


LEFT_HOW: Final = {
    "handed_back": "handed back to the computer",
    "taken_over": "a colleague took over",
    "fell_silent": "did not answer for 10 minutes",
    "lapsed": "no sign of them for a while",
    "guarded": "contact is not safe any more",
}
"""How somebody came to leave the conversation."""


def contacts(nation: Nation) -> Mapping[str, str]:
    """Whom somebody can turn to, by code, as they are called in this nation."""
    return {
        "police_999": "999",
        "police_101": "Police, 101 or direct",
        "edt": _capital(nation.out_of_hours),
        "mash": _capital(nation.front_door),
        "lado": "LADO" if nation.name in ("england", "wales") else "The allegations lead",
        "nrm": "NRM",
        "camhs": "CAMHS crisis team",
        "carers": "Carers or placement, only if safe",
        "social_worker": "Social worker or their team",
        "young_person": "The young person, by phone or in person",
        "other": "Somebody else",
    }


def title(event: Event, nation: Nation, words: str) -> str:
    """One act in a line; ``words`` are those of its kind."""
    detail = event.detail
    if event.kind in ("call", "referral"):
        when = f", {day_and_time(datetime.fromisoformat(detail['at']))}" if "at" in detail else ""
        return f"{words}: {in_words(detail.get('who'), contacts(nation))}{when}"
    if event.kind in ("passed_on", "handed_over"):
        return f"{words} {f'to {event.whom}' if event.whom else 'to the next people'}"
    if event.kind == "priority_set":
        return f"{words}: {PRIORITIES.get(event.priority or 0, '')}"
    if event.kind == "linked":
        return f"{words}: {detail.get('reference', '')}"
    if event.kind == "revealed" and detail.get("reason"):
        return f"Why they looked: {in_words(detail['reason'], REVEAL_REASONS)}"
    return _of_conversation(event) or words


def _of_conversation(event: Event) -> str | None:
    """Who came into the conversation, or left it and how; None of anything else."""
    how = event.detail.get("how")
    if event.kind == "joined":
        return "Took over the conversation" if how == "taken_over" else None
    if event.kind == "left":
        return f"Left the conversation: {in_words(how, LEFT_HOW)}"
    if event.kind == "reopened" and event.detail.get("why") == "worker_silent":
        return "Opened again: whoever joined the conversation went silent"
    return None


def facts(event: Event) -> Iterator[tuple[str, str]]:
    """What an act says, part by part; what was left empty is left out."""
    for name, label in LABELS.get(event.kind, {}).items():
        written = event.detail.get(name)
        if written:
            yield label, LINKED.get(written, written) if name == "why" else str(written)
    if event.detail.get("next_check_at"):
        yield "Next check", day_and_time(datetime.fromisoformat(event.detail["next_check_at"]))


def so_far(found: Detail, nation: Nation) -> dict[str, str]:
    """What the outcome can say of what is on record already, for a person to correct."""
    made = [each for each in found.events if each.kind in ("call", "referral")]
    told = [each for each in found.events if each.kind == "child_told"]
    names = {each.who for each in found.events if each.kind == "acknowledged" and each.who}
    return {
        "who_was_told": "\n".join(_made(each.detail, nation) for each in made),
        "reference": ", ".join(
            each.detail["reference"] for each in made if each.detail.get("reference")
        ),
        "child_was_told": "\n".join(_told(each) for each in told),
        "child_told_by": f"By text, in the name of {', '.join(sorted(names))}" if told else "",
    }


def _made(detail: Mapping[str, Any], nation: Nation) -> str:
    who = in_words(detail.get("who"), contacts(nation))
    parts = [who, detail.get("person", ""), clock_time(datetime.fromisoformat(detail["at"]))]
    return ", ".join(part for part in parts if part)


def _told(event: Event) -> str:
    return f"{clock_time(event.at)}: {in_words(event.detail.get('text'), TOLD)}"


def delivery(code: str) -> str:
    """What became of an alert, within a sentence."""
    return in_words(code, DELIVERIES).lower()


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
