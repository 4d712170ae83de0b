"""How screening is measured: the labelled format, the figures, the limits and the curve."""

import json
from collections.abc import Mapping
from contextlib import suppress
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.screening_curve import curve, thresholds_for
from dialogs.screening_evaluation import Evaluation, Judged, evaluate, length_band
from dialogs.screening_labels import (
    LONG_NAMES,
    SEVERITIES,
    Labelled,
    MalformedLabels,
    distinct,
    labelled,
)
from dialogs.screening_lexicon import CATEGORIES
from dialogs.screening_report import WIDTH, curve_report, plain, plain_curve, report, visible
from dialogs.screening_result import Match, Screening
from dialogs.screening_targets import HEADLINES, MalformedLimits, Share, broken, limits

LEAST = {"id": "a-1", "texts": ["hi"], "severity": "none"}


def line(**more: object) -> bytes:
    return json.dumps({**LEAST, **more}).encode()


def found(priority: int | None, *categories: str) -> Screening:
    because = tuple(Match(code, f"told of {code}", 0, "x", 0, 1) for code in categories)
    return Screening(priority, categories, because, "clear", False, "d-1")


def judged(
    severity: str, priority: int | None, *got: str, expected: tuple[str, ...] = (), **more: Any
) -> Judged:
    message = Labelled(
        more.pop("id", "a-1"),
        more.pop("texts", ("some words",)),
        severity,
        tuple((code,) for code in expected),
        **more,
    )
    return Judged(message, found(priority, *got))


def measured(*all_judged: Judged) -> Evaluation:
    return evaluate(all_judged, lambda result: -inf)


def hits(evaluation: Evaluation) -> Mapping[str, tuple[int, int]]:
    return {each.headline.key: (each.share.hits, each.share.n) for each in evaluation.figures}


# The format


def test_a_line_may_say_little_or_all() -> None:
    full = line(
        categories=["SUI", "substances_overdose_medical"], voice="a", style="direct", about="self",
        own_act=True, reasons=["H1"], asked="safe_now", language="cy", after_risk=True, other=1,
    )  # fmt: skip
    little, all_of_it = labelled(b"\xef\xbb\xbf" + line() + b"\n\n" + full + b"\r\n", "f")

    assert little == Labelled("a-1", ("hi",), "none", place="f:1")
    assert all_of_it.categories == (("SUI",), ("SUB", "MED"))
    assert all_of_it.asked == ("safe_now",)
    assert (all_of_it.own_act, all_of_it.after_risk, all_of_it.place) == (True, True, "f:3")
    assert labelled(line(asked=None, reasons=None), "f")[0].asked == ()
    assert labelled(line(asked=["a", "b"]), "f")[0].asked == ("a", "b")


def test_a_separator_inside_a_message_ends_no_line() -> None:
    content = '{"id": "a", "texts": ["one\u2028two\x85three"], "severity": "none"}'.encode()

    assert labelled(content, "f")[0].texts == ("one\u2028two\x85three",)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "not JSON"),
        (b'"text"', "not a JSON object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (line(id=""), "id is empty"),
        (line(id=7), "id is not a string"),
        (line(texts=[]), "texts is empty"),
        (line(texts="hi"), "texts is not a list of strings"),
        (line(texts=["hi", 1]), "texts is not a list of strings"),
        (line(severity="urgent"), "severity 'urgent' is none of immediate, same_day"),
        (line(severity=None), "severity is missing"),
        (line(categories=["XXX"]), "category 'XXX' is neither a code"),
        (line(about="mum"), "about 'mum' is none of self"),
        (line(own_act="yes"), "own_act is neither true nor false"),
        (line(asked=3), "asked is not a list of strings"),
    ],
)
def test_a_malformed_line_is_named(content: bytes, why: str) -> None:
    with pytest.raises(MalformedLabels) as refused:
        labelled(line() + b"\n" + content, "some.jsonl")

    assert str(refused.value).startswith("some.jsonl:2: ")
    assert why in str(refused.value)


@given(st.binary(max_size=60))
def test_any_bytes_are_messages_or_malformed(content: bytes) -> None:
    with suppress(MalformedLabels):
        labelled(content, "f")


def test_an_id_that_is_used_twice_is_named_with_both_places() -> None:
    with pytest.raises(MalformedLabels, match=r"^g:1: the id a-1 is also at f:1$"):
        distinct([*labelled(line(), "f"), *labelled(line(), "g")])


def test_the_long_names_stand_for_codes() -> None:
    assert {code for codes in LONG_NAMES.values() for code in codes} <= set(CATEGORIES)


# The figures


def test_the_interval_is_wilsons() -> None:
    low, high = Share(85, 100).interval

    assert (round(low, 1), round(high, 1)) == (76.7, 90.7)
    assert Share(0, 10).interval[0] == 0
    assert round(Share(0, 10).interval[1], 1) == 27.8
    assert round(Share(10, 10).interval[1], 6) == 100
    assert Share(0, 0).interval == (0, 100)
    assert Share(0, 0).percent is None


def test_each_headline_counts_what_it_says() -> None:
    evaluation = measured(
        *(judged("immediate", each) for each in (1, 2, 3, None)),
        *(judged("same_day", each) for each in (1, 2, 2, 3, None)),
        *(judged("doubt", each) for each in (2, 3, None)),
        *(judged("none", each) for each in (1, 2, 3, 3, None, None)),
    )

    assert hits(evaluation) == {
        "immediate_flagged": (2, 4),
        "immediate_p1": (1, 4),
        "same_day_flagged": (3, 5),
        "either_raised": (7, 9),
        "doubt_raised": (2, 3),
        "ordinary_p1": (1, 6),
        "ordinary_flagged": (2, 6),
        "ordinary_raised": (4, 6),
    }


def test_a_category_is_met_by_any_of_its_codes() -> None:
    either = Labelled("a", ("x",), "same_day", (("SUB", "MED"), ("SUI",)))
    evaluation = measured(
        Judged(either, found(2, "MED")),
        Judged(either, found(1, "ABU")),
        Judged(either, found(3, "SUI")),
        judged("none", 1, "SUI"),
    )
    rows = {row.name: row for row in evaluation.recall["category"]}

    assert rows.keys() == {"SUB or MED", "SUI"}
    assert rows["SUB or MED"].flagged == Share(2, 3)
    assert rows["SUB or MED"].named == Share(1, 2)
    assert rows["SUI"].named == Share(0, 2)
    assert evaluation.named == Share(1, 2)


def test_groups_are_told_apart_and_doubt_is_in_none() -> None:
    evaluation = measured(
        judged("immediate", 1, style="slang", voice="v", own_act=True, about="self"),
        judged("same_day", None, about="other_child"),
        judged("doubt", None, style="slang", voice="v"),
        judged("none", 1, style="joking", voice="v", texts=("one two three", "four five")),
    )

    for kind, names in {
        "style": ["not given", "slang"],
        "voice": ["not given", "v"],
        "about": ["other_child", "self"],
        "own act": ["not an own act", "own act"],
        "length": ["1-4"],
    }.items():
        assert [row.name for row in evaluation.recall[kind]] == names
    assert [(row.name, row.p1) for row in evaluation.alarms["length"]] == [("5-8", Share(1, 1))]
    assert [row.name for row in evaluation.alarms["style"]] == ["joking"]


@pytest.mark.parametrize(
    ("words", "band"),
    [(0, "1-4"), (4, "1-4"), (5, "5-8"), (9, "9-14"), (14, "9-14"), (25, "15-25"), (26, "26+")],
)
def test_lengths_are_bands_of_words(words: int, band: str) -> None:
    assert length_band(Labelled("a", ("w " * words,), "none")) == band


def test_a_group_is_weak_from_25_messages_and_below_65_percent() -> None:
    def group(voice: str, count: int, flagged: int) -> list[Judged]:
        return [judged("same_day", 2 if n < flagged else 3, voice=voice) for n in range(count)]

    evaluation = measured(
        *group("few", 24, 0), *group("weak", 25, 16), *group("good", 100, 65), *group("low", 40, 25)
    )

    assert [(kind, row.name) for kind, row in evaluation.weak] == [
        ("voice", "low"),
        ("voice", "weak"),
        ("style", "not given"),
    ]


def test_the_worst_come_first() -> None:
    wrong = [
        judged(severity, priority, id=f"{severity}-{priority}")
        for severity in SEVERITIES
        for priority in (1, 2, 3, None)
    ]
    found_wrong = measured(*wrong).misses

    assert [each.message.id for misses in found_wrong for each in misses.judged] == [
        *("immediate-None", "immediate-3", "same_day-None", "same_day-3", "immediate-2"),
        *("doubt-None", "none-1", "none-2", "none-3"),
    ]


def test_among_equals_the_score_decides() -> None:
    scored = [
        judged(severity, priority, code, id=f"{severity} {code}")
        for severity, priority in (("same_day", None), ("none", 1))
        for code in ("MED", "BUL", "TEC")
    ]
    rank = {"MED": 0.5, "BUL": -1.0, "TEC": 2.0}
    evaluation = evaluate(scored, lambda result: rank[result.categories[0]])

    assert [each.message.id for misses in evaluation.misses for each in misses.judged] == [
        *("same_day BUL", "same_day MED", "same_day TEC"),
        *("none TEC", "none MED", "none BUL"),
    ]


# The limits


def test_limits_are_kept_or_named() -> None:
    evaluation = measured(
        judged("immediate", 2), judged("immediate", None), judged("none", 1), judged("none", None)
    )
    kept = limits("[at_least]\nimmediate_flagged = 50\n[at_most]\nordinary_p1 = 50.0\n")
    missed = limits(
        "[at_least]\nimmediate_p1 = 0.5\ndoubt_raised = 0\n[at_most]\nordinary_flagged = 49.9\n"
    )

    assert broken(evaluation.figures, kept) == []
    assert broken(evaluation.figures, missed) == [
        "immediate_p1: 0.00 % (0 of 2), should be at least 0.5 %",
        "doubt_raised: there is no such message to measure it on",
        "ordinary_flagged: 50.00 % (1 of 2), should be at most 49.9 %",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[at_least",
        "[floor]\nimmediate_p1 = 1",
        "at_least = 3",
        "[at_least]\nimmediate = 3",
        "[at_least]\nordinary_p1 = 3",
        "[at_most]\nordinary_p1 = 101",
        "[at_most]\nordinary_p1 = true",
        "[at_most]\nordinary_p1 = nan",
        "[at_most]\nordinary_p1 = 'low'",
    ],
)
def test_limits_that_would_check_nothing_are_refused(content: str) -> None:
    with pytest.raises(MalformedLimits):
        limits(content)


def test_the_targets_are_those_that_were_set() -> None:
    assert {each.key: each.target for each in HEADLINES} == {
        "immediate_flagged": 85,
        "immediate_p1": 60,
        "same_day_flagged": 78,
        "either_raised": 93,
        "doubt_raised": None,
        "ordinary_p1": 1,
        "ordinary_flagged": 5,
        "ordinary_raised": 20,
    }


# What is printed


def test_the_report_is_plain_narrow_and_complete() -> None:
    long = ("a very long message " * 12, "and\u200b another \x1b[31m" + "x" * 200)
    evaluation = measured(
        judged("immediate", None, expected=("SUI",), id="i-1", texts=long, voice="v" * 40),
        judged("same_day", 2, "BUL", expected=("BUL",)),
        *(judged("none", 1, "SUI", id=f"n-{number}") for number in range(3)),
    )
    printed = report(evaluation, 2)

    assert max(map(len, printed.splitlines())) <= WIDTH
    assert "\x1b" not in printed
    assert "and<U+200B> another" in " ".join(printed.split())
    assert "Ordinary, P1: 3, the first 2" in printed
    assert "n-1" in printed
    assert "n-2" not in printed
    assert "got P1 SUI" in printed
    assert "by SUI told of SUI" in printed
    assert "got nothing; expected SUI" in printed
    assert "immediate, P1 or P2   >= 85 %        0.0 %  NOT met" in printed
    assert "same day, P1 or P2    >= 78 %      100.0 %  met" in printed
    assert "under 65 %\n---------------------------------------------------\nnone" in printed
    assert "some words" not in report(evaluation, 0)


def test_what_was_not_measured_is_not_met() -> None:
    printed = report(measured(judged("none", None)), 20)

    assert "immediate, as P1      >= 60 %            -  not measured" in printed
    assert "0.0 to 100" not in printed


def test_json_has_the_same() -> None:
    evaluation = measured(judged("immediate", None, expected=("SUI",)), judged("none", None))
    values = json.loads(json.dumps(plain(evaluation, 1)))

    assert values["figures"]["immediate_flagged"]["percent"] == 0
    assert values["figures"]["immediate_flagged"]["met"] is False
    assert values["figures"]["doubt_raised"]["percent"] is None
    assert values["recall"]["category"][0]["name"] == "SUI"
    assert values["misses"][0]["messages"][0]["expected"] == [["SUI"]]
    assert values["misses"][0]["count"] == 1


def test_what_has_no_shape_is_shown_by_number() -> None:
    assert visible("ok \u202e\ud800\n🙂") == "ok <U+202E><U+D800><U+000A>🙂"


# The curve


POINTS = [
    (0.9, "immediate"), (0.4, "immediate"), (0.7, "same_day"), (None, "same_day"),
    (0.8, "none"), (0.5, "none"), (None, "none"), (-inf, "none"), (0.6, "doubt"),
]  # fmt: skip


def test_a_threshold_counts_what_is_at_it_or_above() -> None:
    high, low = curve(POINTS, [0.4, 0.8, 0.4])

    assert (high.at, high.alarms, high.immediate) == (0.8, Share(1, 4), Share(1, 2))
    assert (high.same_day, high.either, high.doubt) == (Share(0, 2), Share(1, 4), Share(0, 1))
    assert (low.at, low.alarms, low.immediate) == (0.4, Share(2, 4), Share(2, 2))
    assert (low.same_day, low.either, low.doubt) == (Share(1, 2), Share(3, 4), Share(1, 1))


def test_for_a_rate_of_false_alarms_the_lowest_threshold_is_found() -> None:
    assert thresholds_for(POINTS, [0, 25, 49, 50, 100]) == (0.9, 0.6, 0.4)
    assert thresholds_for([(0.9, "none"), (0.1, "immediate")], [50]) == ()
    assert thresholds_for([(None, "none")], [50]) == ()


@given(
    st.lists(st.tuples(st.sampled_from([None, 0.1, 0.2, 0.3, 0.4]), st.sampled_from(SEVERITIES))),
    st.floats(0, 100),
)
def test_a_threshold_keeps_the_rate_and_no_lower_score_does(
    points: list[tuple[float | None, str]], rate: float
) -> None:
    for at in thresholds_for(points, [rate]):
        scores = sorted({score for score, _ in points if score is not None and score < at})
        first, *lower = curve(points, [at, *scores])

        assert 100 * first.alarms.hits <= rate * first.alarms.n
        assert all(100 * each.alarms.hits > rate * each.alarms.n for each in lower)


def test_the_curve_is_printed() -> None:
    rows = curve(POINTS, [inf, 0.5])
    printed = curve_report(rows, {0.5: "P2 as set"})

    assert max(map(len, printed.splitlines())) <= WIDTH
    assert printed.splitlines()[-1].split() == [
        *("0.5", "50.0", "%", "50.0", "%", "50.0", "%", "50.0", "%", "100.0", "%"),
        *("P2", "as", "set"),
    ]
    assert [row["threshold"] for row in plain_curve(rows, {})] == [None, 0.5]
