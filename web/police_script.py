"""Six lines to read out to the police, or to copy into a form of theirs.

They say who and where first, as a call to 999 asks for it. A young person's own words are not in
them, and neither is anything that they did: what is passed on of that is a person's decision
(docs/practice.md 6.2).
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.emergency import Card
from bot.inbox import Detail
from storage.tables import Authority
from web.presenting import PRIORITIES, categories, clock_time, day_and_time

NOT_TO_CALL = "DO NOT CALL"


def police_script(card: Card, found: Detail) -> str:
    """The six lines: who, where, how to reach them, why, who is responsible, what to know."""
    return "\n".join(
        f"{label}: {_sentence(parts)}"
        for label, parts in (
            ("1 Who", _who(card)),
            ("2 Where", _where(card)),
            ("3 Phones", _phones(card)),
            ("4 Why", _why(found)),
            ("5 Responsible", _responsible(card)),
            ("6 To know", _to_know(card)),
        )
    )


def _who(card: Card) -> Iterable[str]:
    yield card.name
    if card.born_on:
        yield f"born {card.born_on.day} {card.born_on:%B %Y}, {card.age} years old"
    if card.facts.missing_reference:
        yield f"missing reference {card.facts.missing_reference}"


def _where(card: Card) -> Iterable[str]:
    facts = card.facts
    yield f"staying now: {facts.staying_now or 'not known'}"
    if card.pin:
        yield f"map pin they sent at {clock_time(card.pin.at)}: {_one_line(card.pin.text)}"
    if facts.placement:
        yield f"placement: {facts.placement}"
    if facts.police_force:
        yield f"police force there: {facts.police_force} {facts.police_phone}".strip()


def _phones(card: Card) -> Iterable[str]:
    for phone in card.phones:
        yield _number("their own", phone.number, not_to_call=phone.not_to_use)
    facts = card.facts
    for name, number, not_to_call in (
        ("placement", facts.placement_phone, facts.placement_not_to_call),
        (facts.carer or "carer", facts.carer_phone, facts.carer_not_to_call),
        (facts.second_carer or "carer", facts.second_carer_phone, facts.second_carer_not_to_call),
    ):
        if number:
            yield _number(name, number, not_to_call=not_to_call)


def _why(found: Detail) -> Iterable[str]:
    summary = found.summary
    yield f"{PRIORITIES[summary.priority]}, reference {summary.reference}"
    text = f"a text of {day_and_time(summary.raised_at)}"
    if any(each.own_act for each in found.screened.values()):
        yield f"{text} says that somebody may be in danger"
    else:
        yield f"{text} reads as: {categories(summary.categories) or 'a child may be in danger'}"


def _responsible(card: Card) -> Iterable[str]:
    yield card.facts.legal_status or "legal status not known"
    for label, authority in (("responsible", card.responsible), ("lives in", card.host)):
        if authority:
            yield f"{label}: {authority.name}, out of hours {_phone_of(authority)}"


def _to_know(card: Card) -> Iterable[str]:
    facts = card.facts
    for label, known in (
        ("medical", facts.medical),
        ("allergies", facts.allergies),
        ("if they go missing", facts.trigger_plan),
        ("safe contact", facts.safe_contact),
        ("MUST NOT BE TOLD", facts.must_not_know),
    ):
        if known:
            yield f"{label}: {_one_line(known)}"


def _number(whose: str, number: str, *, not_to_call: bool) -> str:
    return f"{whose} {number}{f' {NOT_TO_CALL}' if not_to_call else ''}"


def _phone_of(authority: Authority) -> str:
    return authority.out_of_hours_phone or "number not known"


def _sentence(parts: Iterable[str]) -> str:
    return "; ".join(_one_line(part) for part in parts) or "not known"


def _one_line(text: str) -> str:
    return " ".join(text.split())
