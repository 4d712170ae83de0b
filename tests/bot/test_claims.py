"""Every claim of the texts hangs on settings, and each of them can make it false (PR-53)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bot.claims import CLAIMS, false_claims, numbers_findings
from bot.settings import Settings
from dialogs.numbers import all_numbers, facts_for
from dialogs.texts import load

TEXTS = Path(str(files("dialogs"))) / "texts"
TODAY = date(2026, 11, 20)
TWILIO = {
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_token": "t0ken-value",
    "twilio_sms_from": "+447700900999",
}

FLIPS: list[tuple[str, dict[str, Any]]] = [
    ("person_reads_all", {"person_reads": "flagged"}),
    ("not_police_or_carer", {"employer_kind": "police"}),
    ("not_police_or_carer", {"employer_kind": "carer"}),
    ("social_worker_gets_report", {"report_to_social_worker": False}),
    ("carer_gets_part", {"carer_sees": "nothing"}),
    ("carer_gets_part", {"carer_sees": "all"}),
    ("must_pass_on_risk", {"risk_is_passed_on": False}),
    ("checks_each_text", {"screening_deadline_seconds": 0.01}),
    ("checks_each_text", {"screening_budget_seconds": 0.01}),
    ("duty_day_and_night", {"duty_hours": "day"}),
    ("kept_long", {"kept_years": 9}),
    ("cannot_delete", {"deletion_on_request": True}),
    ("can_ask_to_see", {"access_on_request": False}),
    ("crime_may_be_passed_on", {"crimes_passed_on": "never"}),
    ("crime_may_be_passed_on", {"crimes_passed_on": "always"}),
    ("no_trouble_from_us", {"crimes_passed_on": "always"}),
    ("no_trouble_from_us", {"employer_kind": "police"}),
    ("tells_what_happens_next", {"tells_what_happens_next": False}),
]


def settings(**given: Any) -> Settings:
    return Settings(**given)


def test_by_default_all_is_true_but_that_replies_are_free() -> None:
    assert set(false_claims(settings())) == {"replies_free"}
    assert false_claims(settings(replies_are_free=True)) == {}


@pytest.mark.parametrize(("claim", "given"), FLIPS)
def test_each_setting_makes_its_claim_false(claim: str, given: Mapping[str, Any]) -> None:
    said = false_claims(settings(replies_are_free=True, **given))

    assert claim in said
    assert all(set(given) & set(CLAIMS[name].settings) for name in said)
    assert all(name.upper() in said[claim] for name in CLAIMS[claim].settings)


def test_every_claim_and_every_setting_of_one_is_seen_to_fail() -> None:
    flipped = {(claim, name) for claim, given in FLIPS for name in given}
    flipped.add(("replies_free", "replies_are_free"))

    assert flipped == {
        (name, setting) for name, claim in CLAIMS.items() for setting in claim.settings
    }
    assert {setting for _, setting in flipped} <= set(Settings.model_fields)


@pytest.mark.parametrize(
    "given",
    [
        {"employer_kind": "council"},
        {"kept_years": 10},
        {"screening_deadline_seconds": 1},
        {"screening_budget_seconds": 0.5},
    ],
)
def test_the_edge_of_a_claim_is_still_true(given: Mapping[str, Any]) -> None:
    assert set(false_claims(settings(**given))) == {"replies_free"}


def test_every_claim_that_a_text_names_is_one_of_these() -> None:
    files_of_texts = [
        path.name.removesuffix(".toml")
        for path in TEXTS.glob("*.toml")
        if not path.name.startswith("reading_")
    ]
    named = {
        claim
        for language in files_of_texts
        for line in load(language).lines.values()
        for claim in line.claims
    }

    assert "en" in files_of_texts
    assert named <= set(CLAIMS)


@pytest.mark.parametrize(
    ("wording", "claim"),
    [
        (r"\breads? (it |you |what |your )*(all|write)\b", "person_reads_all"),
        (r"\b(is|are)n't police", "not_police_or_carer"),
        (r"\bsocial worker, they get it", "social_worker_gets_report"),
        (r"\bcarer, they only get part", "carer_gets_part"),
        (r"\bmust (still )?pass it on", "must_pass_on_risk"),
        (r"\bcheck each text", "checks_each_text"),
        (r"\bday or night", "duty_day_and_night"),
        (r"\bfor a long time", "kept_long"),
        (r"\bcan't delete", "cannot_delete"),
        (r"\bask ({name} )?to see", "can_ask_to_see"),
        (r"\bcrime you did", "crime_may_be_passed_on"),
        (r"\bin trouble", "no_trouble_from_us"),
        (r"\bwhat happens next", "tells_what_happens_next"),
        (
            r"\b(texts?|texting|repl(y|ies|ying)) (is|are|costs?|here is) (free|nothing)",
            "replies_free",
        ),
    ],
)
def test_a_sentence_that_claims_something_names_its_claim(wording: str, claim: str) -> None:
    """English only: the lines of another language are held to the English ones."""
    assert claim in CLAIMS
    for key, line in load("en").lines.items():
        said = [variant.template for variant in (*line.texts, *line.again)]
        if any(re.search(wording, each) for each in said):
            assert claim in line.claims, key


# --- numbers that nobody checked ---


def test_an_unverified_number_stops_a_service_that_reaches_real_phones() -> None:
    found = numbers_findings(settings(**TWILIO), TODAY)

    assert {each.key for each in found} == set(facts_for("england"))
    assert {each.why for each in found} == {"was never verified"}


def test_an_approved_script_needs_verified_numbers_wherever_it_is() -> None:
    assert numbers_findings(settings(), TODAY) == []
    assert numbers_findings(settings(), TODAY, approved=True)


def test_a_rehearsal_may_name_any_number(tmp_path: Path) -> None:
    demo = settings(demo_folder=tmp_path, **TWILIO)

    assert numbers_findings(demo, TODAY, approved=True) == []


def test_only_numbers_that_the_texts_name_and_that_hold_here_are_looked_at() -> None:
    live = settings(nation="northern_ireland", **TWILIO)

    assert [each.key for each in numbers_findings(live, TODAY, ["childline"])] == ["childline"]
    assert numbers_findings(live, TODAY, ["silent_code", "name"]) == []


def test_a_number_that_was_checked_lately_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = TODAY - timedelta(days=180)
    numbers = tuple(
        replace(each, last_verified=checked, verified_by="Dee Okafor") for each in all_numbers()
    )
    monkeypatch.setattr("dialogs.numbers.all_numbers", lambda: numbers)

    assert numbers_findings(settings(**TWILIO), TODAY) == []
    assert numbers_findings(settings(**TWILIO), TODAY + timedelta(days=1))
