"""Screening on the repository's own test voices: no figure may become worse than the floor."""

from math import inf
from pathlib import Path

import pytest

from dialogs.screening import screen
from dialogs.screening_evaluation import evaluate, judge
from dialogs.screening_report import report
from dialogs.screening_targets import HEADLINES, broken, limits
from tests.dialogs.labelled_voices import TEST, voices

FLOOR = Path(__file__).with_name("screening_floor.toml")
SHOWN = 5


def test_screening_finds_no_less_than_it_did_and_alarms_no_more() -> None:
    if not (messages := voices(TEST)):
        pytest.skip("there are no test voices here")
    judged = judge(
        messages, lambda each: screen(each.texts, each.asked, each.language, each.after_risk)
    )
    evaluation = evaluate(judged, lambda found: -inf)
    worse = broken(evaluation.figures, limits(FLOOR.read_text()))

    assert worse == [], "\n".join((report(evaluation, SHOWN), "", *worse))


def test_every_headline_has_a_floor() -> None:
    assert limits(FLOOR.read_text()).keys() == {each.key for each in HEADLINES}
