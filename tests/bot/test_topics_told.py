"""What counts as told, what as asked, and what never came up."""

import pytest

from bot.topics_told import Evidence, topic_lines
from dialogs.coverage import coverage
from dialogs.position import Position


def status(
    topic: str,
    position: Position | None = None,
    *,
    asked: tuple[str, ...] = (),
    answered: tuple[str, ...] = (),
    passing: tuple[str, ...] = (),
) -> str | None:
    evidence = Evidence(
        frozenset({*asked, *answered}), frozenset(answered), frozenset(passing)
    )  # fmt: skip
    lines = {each.topic: each.status for each in topic_lines(position or Position(), evidence)}
    return lines.get(topic)


def test_before_anything_is_said_every_question_is_still_to_come() -> None:
    for topic in ("B1", "B4", "C1", "D1", "E2", "F2", "F7", "G2", "A3"):
        assert status(topic) == "not_yet", topic


@pytest.mark.parametrize("topic", ["C2", "C4", "C5", "C6", "C7", "C8", "C9"])
def test_what_is_not_asked_by_text_is_left_to_a_person(topic: str) -> None:
    assert status(topic) == "for_a_person"
    assert status(topic, passing=(topic,)) == "told"


def test_what_only_staff_answer_and_their_own_offending_are_not_listed() -> None:
    listed = {each.topic for each in topic_lines(Position(), Evidence(*[frozenset[str]()] * 3))}

    assert not [topic for topic in listed if topic.startswith("H")]
    assert "D8" not in listed
    assert listed <= {each.topic for each in coverage()}


def test_an_answer_tells_of_what_its_question_is_about() -> None:
    assert status("B1", answered=("going_on",)) == "told"
    assert status("D2", answered=("anyone_hurting",)) == "told"
    assert status("D3", answered=("anyone_hurting",)) == "told"
    assert status("D1", answered=("upset",)) == "told"


def test_an_open_question_about_several_things_tells_only_of_what_was_recognised() -> None:
    """ "How are things at home, with family, at school, with friends?" may be answered by one."""
    about_school = Position(covered=("B6",))

    found = [status(each, about_school, answered=("around",)) for each in ("B4", "B5", "B6", "B7")]

    assert found == ["asked", "asked", "told", "asked"]
    assert status("C10", answered=("away",)) == "asked"


def test_saying_yes_to_being_asked_is_not_telling() -> None:
    assert status("D1", answered=("harm_ok",)) == "not_yet"


def test_a_question_without_an_answer_was_asked() -> None:
    assert status("B1", asked=("going_on",)) == "asked"


def test_what_the_plan_leaves_out_after_a_disclosure_is_not_called_told() -> None:
    after = Position(covered=("D1", "D2", "D9"))

    assert status("D9", after) == "left_out"
    assert status("D9", after, answered=("anyone_else",)) == "told"


def test_a_part_that_they_do_not_want_is_said_so_unless_they_told() -> None:
    skipped = Position(skipped=("harm",))

    assert status("D1", skipped, asked=("harm_ok",)) == "skipped"
    assert status("D1", skipped, answered=("upset",)) == "told"
    assert status("B1", skipped) == "not_yet"


def test_what_we_told_them_is_no_answer_of_theirs() -> None:
    assert status("A1", answered=("way",)) == "said"
    assert status("A3") == "not_yet"
    assert status("F5", asked=("keep_private",)) == "said"
    assert status("G4", Position(goodbye_said=True)) == "said"


def test_what_was_promised_last_time_is_listed_when_it_was_asked_about() -> None:
    assert status("F8") is None
    assert status("F8", asked=("promised",)) == "asked"


def test_what_only_arranges_the_talk_is_listed_when_it_was_answered() -> None:
    assert status("A4", asked=("hello",)) is None
    assert status("A6", asked=("easier",)) is None
    assert status("A6", answered=("easier",)) == "told"
    assert status("G7", answered=("chat_was",)) == "told"
