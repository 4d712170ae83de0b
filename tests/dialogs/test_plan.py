"""The planner: the minimum first, what was told is not asked, never more than the budget."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.plan import (
    BUDGET,
    CHOSEN,
    MINIMUM,
    MOST_EXTRAS,
    MUST,
    QUESTIONS,
    SECTIONS,
    TOLD_BY_DISCLOSURE,
    Progress,
    following,
    plan,
)
from dialogs.position import OFFERED, Length

TOPICS = sorted({topic for question in QUESTIONS.values() for topic in question.told_by})
HARM = ("harm_ok", "upset", "anyone_hurting")

progresses = st.builds(
    Progress,
    length=st.sampled_from(["full", "short", "repeat"]),
    asked=st.lists(st.sampled_from(sorted(QUESTIONS)), unique=True, max_size=12).map(tuple),
    covered=st.frozensets(st.sampled_from(TOPICS), max_size=8),
    section=st.sampled_from([None, OFFERED, *CHOSEN]),
    skipped=st.frozensets(st.sampled_from(CHOSEN), max_size=2),
    thin=st.integers(0, 3),
    promised=st.booleans(),
    when_known=st.booleans(),
)


def walked(progress: Progress) -> list[str]:
    """The questions that are put to a child who answers each, telling nothing in passing."""
    put: list[str] = []
    while (name := following(progress)) != "finished":
        put.append(name)
        progress = Progress(
            **{**{f: getattr(progress, f) for f in progress.__slots__}, "asked": tuple(put)}
        )
    return put


def test_a_child_of_three_texts_has_been_heard() -> None:
    assert walked(Progress())[:3] == ["safe_now", "going_on", "help"]
    assert walked(Progress(length="short"))[:3] == ["safe_now", "going_on", "help"]


def test_a_full_interview_puts_twelve_questions_and_a_short_one_seven() -> None:
    assert walked(Progress()) == [
        "safe_now", "going_on", "help", "around", "away", "harm_ok", "upset", "anyone_hurting",
        "health", "back", "again", "keep_private",
    ]  # fmt: skip
    assert walked(Progress(length="short")) == [
        "safe_now", "going_on", "help", "harm_ok", "upset", "anyone_hurting", "keep_private",
    ]  # fmt: skip


def test_a_repeat_interview_opens_with_last_time_and_never_drops_safety_or_harm() -> None:
    put = walked(Progress(length="repeat", promised=True))

    assert put[0] == "promised"
    assert {"safe_now", *HARM, "keep_private"} <= set(put)
    assert len(put) < len(walked(Progress()))
    chosen = walked(Progress(length="repeat", promised=True, section="away"))
    assert {"away"} <= set(chosen) - set(put), "they are offered a topic, and get it"


@given(progress=progresses)
def test_never_more_than_the_budget_and_nothing_twice(progress: Progress) -> None:
    must = sum(QUESTIONS[name].rank == MUST for name in plan(progress))
    room = max(BUDGET[progress.length] - len(progress.asked), must)

    assert len(plan(progress)) <= room
    assert not set(plan(progress)) & set(progress.asked)
    assert len(plan(progress)) == len(set(plan(progress)))


@given(progress=progresses)
def test_what_they_told_is_not_asked(progress: Progress) -> None:
    for name in plan(progress):
        assert not progress.covered & set(QUESTIONS[name].told_by)


@pytest.mark.parametrize("length", ["full", "short", "repeat"])
@pytest.mark.parametrize("section", [None, *CHOSEN])
def test_the_whole_walk_keeps_to_the_budget_and_never_ends_on_harm(
    length: Length, section: str | None
) -> None:
    for covered in [(), *((topic,) for topic in TOPICS), *combinations(("B4", "C1", "E2"), 2)]:
        start = Progress(length=length, section=section, covered=frozenset(covered), promised=True)
        put = walked(start)

        assert len(put) <= BUDGET[length] + (length == "short"), "the promise comes on top"
        assert put[-1] not in QUESTIONS or QUESTIONS[put[-1]].section != "harm"


def test_a_part_that_they_chose_comes_next_with_a_little_more_of_it() -> None:
    asked = ("safe_now", "going_on", "help")
    put = plan(Progress(asked=asked, section="back"))

    assert put[:3] == ("back", "got_back", "police")
    extras = [name for name in put if name not in walked(Progress())]
    assert len(extras) == MOST_EXTRAS


def test_a_thin_beginning_is_met_with_one_more_open_question() -> None:
    asked = ("safe_now", "going_on", "help")

    assert "get_away" not in plan(Progress(asked=asked))
    told_where = Progress(asked=asked, thin=1, covered=frozenset({"C1"}))
    assert plan(told_where)[0] == "get_away"


def test_no_consent_is_asked_for_when_nothing_about_harm_is_left_to_ask() -> None:
    assert "harm_ok" not in plan(Progress(covered=TOLD_BY_DISCLOSURE["ABU"]))
    assert "harm_ok" not in plan(Progress(skipped=frozenset({"harm"})))


@pytest.mark.parametrize("category", sorted(TOLD_BY_DISCLOSURE))
def test_after_a_disclosure_nothing_asks_about_it(category: str) -> None:
    left = plan(Progress(covered=TOLD_BY_DISCLOSURE[category]))

    for name in left:
        assert not TOLD_BY_DISCLOSURE[category] & set(QUESTIONS[name].told_by)


def test_a_case_fact_is_planned_only_where_it_may_be_said() -> None:
    assert "right_time" not in plan(Progress(asked=MINIMUM, section="before"))
    assert "right_time" in plan(Progress(asked=MINIMUM, section="before", when_known=True))


def test_who_should_not_see_it_is_asked_only_of_a_wish_that_does_not_say() -> None:
    asked = tuple(name for name in walked(Progress()) if name not in ("around", "away"))
    told = frozenset({"B5", "C1", "C3", "G2"})

    assert plan(Progress(asked=asked, covered=told)) == ("keep_private_who",)
    assert plan(Progress(asked=asked, covered=told | {"who"})) == ()
    assert plan(Progress(asked=asked, covered=told - {"G2"})) == ()


def test_every_question_has_a_part_and_a_topic() -> None:
    for name, question in QUESTIONS.items():
        assert question.section in SECTIONS, name
        assert question.topics, name
