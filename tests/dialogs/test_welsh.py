import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from dialogs.check import check_script
from dialogs.lint import LABELS
from dialogs.reading import COMMANDS, SIGNS, WISHES, choice_of, read, way_of
from dialogs.texts import load
from dialogs.topics import IN_PASSING, mentions_who, section_of, topics_in

TOPICS = tomllib.loads((files("dialogs") / "texts" / "topics_cy.toml").read_text(encoding="utf-8"))
HERE = Path(__file__)
SAID = tomllib.loads(HERE.with_name("readings_cy.toml").read_text(encoding="utf-8"))
SAID_IN_ENGLISH = tomllib.loads(HERE.with_name("readings.toml").read_text(encoding="utf-8"))
TOLD = [(set(rule["topics"]), words) for rule in TOPICS["rule"] for words in rule["told"]]
NOT_TOLD = [(set(rule["topics"]), words) for rule in TOPICS["rule"] for words in rule["not_told"]]

CASE_NOUNS = re.compile(
    r"\b(ar goll|coll|heddlu|plismon|[cg]h?yngor|[cg]h?ymdeithasol|n?g?h?ofal\w*|"
    r"[cg]h?yfweliad\w*|ysgol\w*|adroddiad\w*|maeth\w*|th?rosedd|drosedd|"
    r"achos|[cg]h?artref|adref|adre|adra)\b",
    re.I,
)
"""What gives a child away before the identity check (PR-10), also with its first letter changed."""
PROMISES = re.compile(
    r"\b(cyfrinachol|gyfrinachol|dw i'n addo|bydda i'n addo|wna i ddim dweud|fydda i ddim yn dweud|"
    r"byddi di'n iawn|pam wnest ti|pam est ti|dy fai di(?! yw hyn))\b",
    re.I,
)
"""What is never promised, and what sounds like blame (PR-22, PR-39)."""
WELSH_LABELS = re.compile(
    r"\b(ffoi|ffoadur|dd?ianc\w*|drwg|ddrwg|anufudd|celwydd\w*|twyll\w*)\b", re.I
)
CLAIMED = {
    "person_reads_all": r"yn darllen (popeth|y cyfan|beth rwyt)",
    "not_police_or_carer": r"yn yr heddlu nac yn ofalwr",
    "social_worker_gets_report": r"weithiwr cymdeithasol, bydd yn ei gael",
    "carer_gets_part": r"dim ond rhan fydd yn ei chael",
    "kept_long": r"am amser hir",
    "can_ask_to_see": r"ofyn (i \{name\} )?am (ei weld|weld beth)",
    "cannot_delete": r"ddim dileu",
    "must_pass_on_risk": r"rhaid i ni ddweud",
    "crime_may_be_passed_on": r"drosedd",
    "no_trouble_from_us": r"drwbl|trwbl",
    "checks_each_text": r"edrych ar bob tecst",
    "duty_day_and_night": r"ddydd neu nos",
    "tells_what_happens_next": r"dweud beth sy'n digwydd nesaf",
}
"""The sentence about us that each claim stands for, in Welsh (PR-53)."""
TAUGHT = {
    "IE": "yes", "NA": "no", "WEDYN": "later", "NEIDIO": "skip", "PRYSUR": "busy",
    "PERSON": "person", "GORFFEN": "finish", "SUT": "how", "TECST": "text", "SIARAD": "talk",
    "CWRDD": "meet", "HELO": "greeting", "IAWN": "yes",
}  # fmt: skip
"""The words that the texts teach, and how each is read."""
SHOUT = "SHOUT"
"""Texted to another number, not to us."""


def templates(key: str) -> list[str]:
    line = load("cy").lines[key]
    return [variant.template for variant in (*line.texts, *line.again)]


def test_the_welsh_script_is_fit_to_be_sent() -> None:
    report = check_script(load("cy"))

    assert report.findings == ()
    assert report.untranslated == ()
    assert load("cy").language == "cy"


def test_welsh_has_as_many_wordings_as_english_and_few_need_two_segments() -> None:
    welsh, english = load("cy").lines, load().lines
    for key, line in english.items():
        assert len(welsh[key].texts) == len(line.texts), key
        assert len(welsh[key].again) == len(line.again), key
        for here, there in zip(
            (*welsh[key].texts, *welsh[key].again), (*line.texts, *line.again), strict=True
        ):
            assert here.needs == there.needs, key
    two = {key for key, count in check_script(load("cy")).segments.items() if count > 1}
    assert two <= {key for key, count in check_script().segments.items() if count > 1} | {"how"}


@pytest.mark.parametrize("key", sorted(load().lines))
def test_a_welsh_line_gives_nothing_away_promises_nothing_and_blames_nobody(key: str) -> None:
    line = load("cy").lines[key]
    for template in templates(key):
        if line.exposure in ("bland", "general"):
            assert not CASE_NOUNS.search(template)
        for pattern in (PROMISES, WELSH_LABELS, LABELS):
            assert not pattern.search(template)
        assert not re.search(r"\b(chi|eich|chwi)\b", template), "it is ti"


@pytest.mark.parametrize("key", sorted(load().lines))
def test_a_welsh_sentence_about_us_names_its_claim(key: str) -> None:
    said = {
        claim
        for claim, pattern in CLAIMED.items()
        if any(re.search(pattern, template) for template in templates(key))
    }
    assert said <= set(load("cy").lines[key].claims)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (CASE_NOUNS, "Roeddet ti ar goll."), (CASE_NOUNS, "Yr heddlu sydd yma."),
        (CASE_NOUNS, "Dy ofalwr di."), (CASE_NOUNS, "Mae cyfweliad."), (CASE_NOUNS, "Dy ysgol."),
        (CASE_NOUNS, "Teulu maeth."), (PROMISES, "Pam wnest ti fynd?"),
        (PROMISES, "Wna i ddim dweud."), (WELSH_LABELS, "Wnest ti ddianc?"),
    ],
)  # fmt: skip
def test_the_guards_over_welsh_find_what_they_are_for(pattern: re.Pattern[str], words: str) -> None:
    assert pattern.search(words)


def test_every_word_that_the_texts_teach_is_understood() -> None:
    bodies = " ".join(template for key in load("cy").lines for template in templates(key))
    taught = set(re.findall(r"\b[A-Z]{2,}\b", re.sub(r"\{\w+\}", " ", bodies)))

    assert taught == {*TAUGHT, SHOUT}
    for word, kind in TAUGHT.items():
        if kind == "text":
            assert way_of(word, "cy") == kind
            continue
        for around in ("{}", " {} ", "{}.", "{}!!", "ok {}", "{} x", "{} plis", "{}\n"):
            for typed in (word, word.lower(), word.title()):
                assert read(around.format(typed), "cy") == kind, (around, typed)


@pytest.mark.parametrize(
    ("kind", "words"), [(kind, words) for kind, said in SAID.items() for words in said.splitlines()]
)
def test_a_welsh_text_is_understood_as(kind: str, words: str) -> None:
    assert read(words, "cy") == kind


def test_each_kind_of_command_wish_and_sign_has_welsh_examples() -> None:
    assert set(SAID) >= COMMANDS | set(WISHES) | set(SIGNS)


def test_english_is_understood_beside_welsh() -> None:
    for kind, said in SAID_IN_ENGLISH.items():
        for words in said.splitlines():
            assert read(words, "cy") == kind, words


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("TECST", "text"), ("tecstio plis", "text"), ("SIARAD", "talk"), ("galwad", "talk"),
        ("siarad ar y ffôn", "talk"), ("CWRDD", "meet"), ("wyneb yn wyneb", "meet"),
        ("gweld hi", "meet"), ("dwi ddim isio siarad, tecst", "text"), ("tecst neu siarad", None),
        ("dim ots", None), ("text", "text"),
    ],
)  # fmt: skip
def test_a_way_is_chosen_in_welsh(words: str, way: str | None) -> None:
    assert way_of(words, "cy") == way


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("un", 1), ("rhif 2", 2), ("yr ail", 2), ("y cyntaf", 1), ("3 plis", 3), ("pedwar", 4),
        ("ie 3", 3), ("number two", 2), ("dau ohonyn nhw", None), ("ma gen i 2 frawd", None),
        ("un ohonyn nhw nath", None),
    ],
)  # fmt: skip
def test_a_number_is_chosen_in_welsh(words: str, number: int | None) -> None:
    assert choice_of(words, "cy") == number


def test_a_long_welsh_story_is_read_and_stays_words() -> None:
    assert read("a wedyn nath o ddeud. " * 300, "cy") == "words"
    assert read("plis " * 600 + "neidio", "cy") == "words"


@pytest.mark.parametrize(("topics", "words"), TOLD)
def test_what_was_told_in_welsh_is_not_asked_again(topics: set[str], words: str) -> None:
    assert topics <= topics_in(words, "cy")


@pytest.mark.parametrize(("topics", "words"), NOT_TOLD)
def test_a_welsh_word_in_passing_is_not_telling(topics: set[str], words: str) -> None:
    assert not topics & topics_in(words, "cy")


@pytest.mark.parametrize(
    "words",
    [
        "", "?", "ie", "na", "ysgol", "mam", "adra", "dwn i'm", "es i i'r ysgol",
        "ges i row efo mam?", "nath o fwrw fi", "dwi ofn dad", "mae o'n brifo fi",
        "dwi ddim yn saff",
        "dwi ddim isio deud lle nes i gysgu", "ga i siarad am ysgol", "pwy oedd efo ti?",
    ],
)  # fmt: skip
def test_welsh_questions_refusals_and_harm_cover_nothing(words: str) -> None:
    assert topics_in(words, "cy") == frozenset()


def test_every_welsh_rule_is_of_known_topics_and_has_examples() -> None:
    for rule in TOPICS["rule"]:
        assert set(rule["topics"]) <= IN_PASSING
        assert len(rule["told"]) >= 2
        assert len(rule["not_told"]) >= 2


def test_parts_and_people_are_named_in_welsh() -> None:
    assert section_of("ga i siarad am ysgol", "cy") == "before"
    assert section_of("dod yn ôl", "cy") == "back"
    assert section_of("dau", "cy") == "away"
    assert section_of("nes i gysgu", "cy") is None
    assert mentions_who("fy ngofalwr a'r ysgol", "cy") == {"carer", "school"}
    assert mentions_who("neb", "cy") == {"anyone"}
