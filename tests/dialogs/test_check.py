from collections.abc import Mapping
from dataclasses import replace

import pytest

from dialogs import check
from dialogs.check import check_script
from dialogs.interview import PHASES, STATES, rows
from dialogs.readability import reading_age, sentences, words
from dialogs.texts import Line, Script, Variant, load


def with_line(key: str, body: str, **changes: object) -> Script:
    """The English script with one line changed."""
    script = load()
    line = replace(script.lines[key], texts=(Variant(body, frozenset()),), again=(), **changes)  # type: ignore[arg-type]
    lines: Mapping[str, Line] = {**script.lines, key: line}
    return replace(script, lines=lines)


def messages(script: Script, key: str) -> list[str]:
    return [finding.message for finding in check_script(script).findings if finding.key == key]


def test_the_script_is_fit_to_be_sent() -> None:
    report = check_script()

    assert report.findings == ()
    assert (report.unreachable, report.dead_ends, report.missing_commands) == ((), (), ())
    assert report.untranslated == ()
    assert report.states >= 50
    assert max(report.segments.values()) <= 2


def test_few_lines_need_two_segments() -> None:
    two = [key for key, count in check_script().segments.items() if count > 1]

    assert set(two) <= {"m1", "m3", "m3b", "m3c", "how", "secret", "halfway"}


def test_every_phase_reads_as_for_a_nine_year_old() -> None:
    ages = check_script().reading_age

    assert set(ages) == {*PHASES, "asides"} - {"standby"}
    assert all(max(age.ari, age.coleman_liau) <= 4 for age in ages.values())


@pytest.mark.parametrize(
    ("key", "body", "why"),
    [
        ("later", "Ok. Text me when it’s a good time.", "alphabet"),
        ("later", "Ok. " * 90, "segments"),
        (
            "later",
            "You can tell me what you want to and I can read all of it right now.",
            "sentence of",
        ),
        ("later", "Is it ok? Is it you?", "more than one question"),
        ("later", "Reply STOP.", "invites STOP"),
        ("later", "Text end when you want.", "invites end"),
        ("later", "Reply HELP.", "invites HELP"),
        ("hello", "Hi. You were missing.", "says missing"),
        ("recheck", "The police ask.", "says police"),
        ("goodbye", "Ask your social worker.", "says social"),
        ("going_on", "Tell me why you abscond.", "says abscond"),
        ("going_on", "Why did you go?", "says Why did you"),
        ("m2", "This is confidential.", "says confidential"),
        ("danger", "A person has read this.", "a person knows"),
        ("later", "Ok, extraordinarily no problem.", "not on the list"),
        ("later", "You can call 0300 123 4567.", "writes 0300 out"),
        ("rude", "A person called Ade reads it all.", "claims person_reads_all"),
        ("rude", "I can't delete that.", "claims cannot_delete"),
        ("m3b", "You're not in trouble with us.", "claims no_trouble_from_us"),
    ],
)
def test_a_line_that_breaks_a_rule_is_found(key: str, body: str, why: str) -> None:
    assert any(why in message for message in messages(with_line(key, body), key))


def test_a_text_that_is_too_hard_to_read_is_found() -> None:
    hard = "Comprehensive organisational considerations necessitate lengthy deliberation. " * 9

    assert any("too hard" in message for message in messages(with_line("after_end", hard), "ends"))


def test_a_question_without_a_line_and_a_line_of_no_state_are_found() -> None:
    script = load()
    without = replace(script, lines={k: v for k, v in script.lines.items() if k != "help"})

    assert "no line puts this question" in messages(without, "help")
    assert check_script(replace(without, language="cy")).untranslated == ("help",)
    assert messages(with_line("help", "What?", asks="no_state"), "help")
    assert messages(with_line("help", "What?", phase="nowhere"), "help")


def test_a_setting_that_makes_a_sentence_false_is_found() -> None:
    report = check_script(false_claims={"kept_long": "set KEPT_YEARS=10 or more"})

    assert [(found.key, found.message) for found in report.findings] == [
        ("m3", "set KEPT_YEARS=10 or more")
    ]


def test_another_language_differs_in_its_words_only() -> None:
    script = load()
    key, line = "later", script.lines["later"]
    changed = {
        "exposure": replace(line, exposure="case"),
        "second wording": replace(line, again=line.texts),
        "names employer": replace(
            line, texts=(Variant("Ok {employer}", frozenset({"employer"})), *line.texts)
        ),
    }
    for why, other in changed.items():
        translated = replace(script, language="xx", lines={**script.lines, key: other})
        assert any(why in found for found in messages(translated, key)), why
    more = replace(script, language="xx", lines={**script.lines, "more": line})
    assert "is no line of the English script" in messages(more, "more")


def test_a_release_that_strands_anyone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = [state for state in STATES if state != "police"]
    monkeypatch.setattr(check, "STATES", tuple(gone))

    found = [each for each in check_script().findings if each.file == "released.toml"]

    assert [(each.key, each.message) for each in found] == [
        ("police", "of version 2 has no place in this version")
    ]


def test_a_new_state_is_written_down_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "STATES", (*STATES, "a_new_one"))

    assert ("a_new_one", "is not written down as a state of version 2") in set(check.stranded())


def test_a_table_with_a_gap_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    table = [row for row in rows() if row[2] != "police"]
    monkeypatch.setattr(check, "rows", lambda: table)
    assert check.walk()[0] == ("police",)

    monkeypatch.setattr(check, "rows", lambda: [("go", "hello", "busy", None)])
    assert "busy" in check.walk()[1]

    monkeypatch.setattr(
        check, "accepts", lambda state, trigger: (state, trigger) != ("help", "skip")
    )
    assert check.walk()[2] == (("help", "skip"),)


def test_the_indices_agree_with_their_formulas() -> None:
    text = "The cat sat on the mat. It was ok."

    assert len(words(text)) == 9
    assert sentences(text) == ["The cat sat on the mat", "It was ok"]
    assert reading_age(text).ari == pytest.approx(4.71 * 24 / 9 + 0.5 * 9 / 2 - 21.43)
    assert reading_age(text).coleman_liau == pytest.approx(
        0.0588 * 2400 / 9 - 0.296 * 200 / 9 - 15.8
    )
    assert reading_age("").ari == 0
