"""What the texts claim about us, held against the settings that make it so.

A sentence that a young person reads about who reads, when, what happens, how long it is kept or
what it costs names its claim; when a setting makes the claim false, the check of the script fails
until the setting or the sentence is changed (docs/practice.md PR-53).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.settings import Settings
from dialogs.numbers import Unverified, all_numbers, unverified

LONG_YEARS = 10
"""From how many years on "a long time" is true to a child."""
SHORTEST_SCREENING_SECONDS = 1
SHORTEST_BUDGET_SECONDS = 0.5
"""With less, hardly a text is checked by the computer: they are escalated unchecked instead."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that texts say about us.

    Attributes:
        says: what a young person is told, in plain words.
        settings: the names of the settings that it hangs on.
        needs: what these settings must be, for whoever has to change them.
        holds: whether it is so.
    """

    says: str
    settings: tuple[str, ...]
    needs: str
    holds: Callable[[Settings], bool]


CLAIMS: Mapping[str, Claim] = {
    "person_reads_all": Claim(
        "a person reads all that they write",
        ("person_reads",),
        "PERSON_READS=all",
        lambda settings: settings.person_reads == "all",
    ),
    "not_police_or_carer": Claim(
        "the person who reads is not police and not their carer",
        ("employer_kind",),
        "EMPLOYER_KIND=independent or council",
        lambda settings: settings.employer_kind not in ("police", "carer"),
    ),
    "social_worker_gets_report": Claim(
        "their social worker gets the report",
        ("report_to_social_worker",),
        "REPORT_TO_SOCIAL_WORKER=1",
        lambda settings: settings.report_to_social_worker,
    ),
    "carer_gets_part": Claim(
        "their carer gets a part of the report, and only a part",
        ("carer_sees",),
        "CARER_SEES=part",
        lambda settings: settings.carer_sees == "part",
    ),
    "must_pass_on_risk": Claim(
        "we pass it on when a child is hurt or at risk",
        ("risk_is_passed_on",),
        "RISK_IS_PASSED_ON=1",
        lambda settings: settings.risk_is_passed_on,
    ),
    "checks_each_text": Claim(
        "a computer checks each text for signs that they are not safe",
        ("screening_deadline_seconds", "screening_budget_seconds"),
        f"SCREENING_DEADLINE_SECONDS={SHORTEST_SCREENING_SECONDS} or more, "
        f"SCREENING_BUDGET_SECONDS={SHORTEST_BUDGET_SECONDS} or more",
        lambda settings: (
            settings.screening_deadline_seconds >= SHORTEST_SCREENING_SECONDS
            and settings.screening_budget_seconds >= SHORTEST_BUDGET_SECONDS
        ),
    ),
    "duty_day_and_night": Claim(
        "a duty worker is alerted day and night",
        ("duty_hours",),
        "DUTY_HOURS=always",
        lambda settings: settings.duty_hours == "always",
    ),
    "kept_long": Claim(
        "we keep what they write for a long time",
        ("kept_years",),
        f"KEPT_YEARS={LONG_YEARS} or more",
        lambda settings: settings.kept_years >= LONG_YEARS,
    ),
    "cannot_delete": Claim(
        "what they wrote is not deleted when they ask",
        ("deletion_on_request",),
        "DELETION_ON_REQUEST=0",
        lambda settings: not settings.deletion_on_request,
    ),
    "can_ask_to_see": Claim(
        "they can ask to see what we keep",
        ("access_on_request",),
        "ACCESS_ON_REQUEST=1",
        lambda settings: settings.access_on_request,
    ),
    "crime_may_be_passed_on": Claim(
        "others may have to know of a crime that they tell about",
        ("crimes_passed_on",),
        "CRIMES_PASSED_ON=sometimes",
        lambda settings: settings.crimes_passed_on == "sometimes",
    ),
    "no_trouble_from_us": Claim(
        "we are not here to get them in trouble",
        ("crimes_passed_on", "employer_kind"),
        "CRIMES_PASSED_ON=sometimes or never, EMPLOYER_KIND other than police",
        lambda settings: (
            settings.crimes_passed_on != "always" and settings.employer_kind != "police"
        ),
    ),
    "tells_what_happens_next": Claim(
        "a person tells them what happens next",
        ("tells_what_happens_next",),
        "TELLS_WHAT_HAPPENS_NEXT=1",
        lambda settings: settings.tells_what_happens_next,
    ),
    "replies_free": Claim(
        "their replies cost nothing",
        ("replies_are_free",),
        "REPLIES_ARE_FREE=1",
        lambda settings: settings.replies_are_free,
    ),
}


def false_claims(settings: Settings) -> dict[str, str]:
    """The claims that these settings make false, each with what to change, in words for staff."""
    return {
        name: f"the texts say that {claim.says}: set {claim.needs}, or take the sentence away"
        for name, claim in CLAIMS.items()
        if not claim.holds(settings)
    }


def numbers_findings(
    settings: Settings,
    today: date,
    named: Iterable[str] | None = None,
    *,
    approved: bool = False,
) -> list[Unverified]:
    """The numbers that stop a release: nobody checked them, or not for 180 days.

    A rehearsal may name them, and so may a draft that cannot reach a real phone.

    Args:
        settings: of this installation; only numbers of its nation are looked at.
        today: the day to count from.
        named: the placeholders that the texts use; None takes every number.
        approved: the approval register of the texts is complete.
    """
    if settings.is_demo or not (approved or settings.reaches_children):
        return []
    keys = {number.key for number in all_numbers()} if named is None else named
    return unverified(keys, today, nation=settings.nation)
