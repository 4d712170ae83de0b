"""Every topic of the published forms is asked, told, or left to a person on purpose."""

import pytest

from dialogs import coverage as module
from dialogs.coverage import coverage, unmapped
from dialogs.interview import STATES
from dialogs.plan import QUESTIONS

TOPICS = {
    "A": 7, "B": 10, "C": 11, "D": 9, "E": 4, "F": 8, "G": 7, "H": 8,
}  # fmt: skip


def test_every_topic_of_the_checklist_is_mapped() -> None:
    expected = [f"{part}{n}" for part, most in TOPICS.items() for n in range(1, most + 1)]

    assert [each.topic for each in coverage()] == expected
    assert unmapped() == ()


def test_what_is_asked_names_the_states_that_ask_it() -> None:
    for each in coverage():
        assert set(each.states) <= set(STATES)
        if each.how.startswith("asked") or each.how == "said":
            assert each.states, each.topic
        assert each.label
        assert each.purpose


def test_a_person_asks_about_where_and_with_whom_and_nobody_about_their_own_offending() -> None:
    how = {each.topic: each.how for each in coverage()}

    assert {topic for topic, way in how.items() if way == "a person asks"} == {
        "C2", "C4", "C5", "C6", "C7", "C8", "C9",
    }  # fmt: skip
    assert how["D8"] == "never asked"
    assert {how[topic] for topic in ("F2", "D1", "D2", "D3", "F3", "B1", "G2")} == {"asked"}
    assert {how[topic] for topic in how if topic.startswith("H")} == {"staff"}


def test_every_question_is_on_the_checklist() -> None:
    mapped = {each.topic for each in coverage()}

    assert {topic for question in QUESTIONS.values() for topic in question.topics} <= mapped


def test_a_topic_that_nothing_asks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {name: each for name, each in QUESTIONS.items() if name != "changed"}
    monkeypatch.setattr(module, "QUESTIONS", fewer)

    assert unmapped() == ("E4",)
