"""What `screen` promises: priorities, context, spans, escalation of context, never an exception."""

import random
import re
import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import screening_lexicon
from dialogs.screening import Screening, ScreeningFailed, screen
from tests.dialogs.screening_sentences import Sentence, flagged, sentences


def priority(*texts: str, asked: tuple[str, ...] = (), after_risk: bool = False) -> int | None:
    return screen(texts, asked, after_risk=after_risk).priority


def test_plain_statements_are_not_missed() -> None:
    plain = sentences("plain")
    missed = [sentence.texts for sentence in plain if not flagged(sentence.texts)]
    assert len(missed) <= len(plain) // 100


def test_harm_in_many_voices_is_flagged() -> None:
    harm = sentences("harm")
    found = sum(flagged(sentence.texts) for sentence in harm)
    assert found / len(harm) >= 0.9


def test_ordinary_answers_rarely_are() -> None:
    ordinary = sentences("ordinary")
    alarms = [sentence.texts for sentence in ordinary if flagged(sentence.texts)]
    assert len(alarms) / len(ordinary) <= 0.03


@pytest.mark.parametrize("sentence", sentences("split"), ids=lambda s: " / ".join(s.texts))
def test_a_thought_split_over_texts_is_read_as_one(sentence: Sentence) -> None:
    result = screen(sentence.texts)
    assert result.priority is not None
    assert sentence.priority is not None
    assert result.priority <= sentence.priority
    assert set(sentence.categories) <= set(result.categories)


def test_a_match_over_texts_points_into_each() -> None:
    matches = screen(["my dad", "hits me"]).because
    assert {(match.text_index, match.text) for match in matches} >= {(0, "dad"), (1, "hits me")}


HOMOPHONES: dict[str, str] = {
    "there": "their",
    "their": "there",
    "theyre": "their",
    "your": "youre",
    "youre": "your",
    "to": "too",
    "too": "to",
    "no": "know",
    "know": "no",
    "hes": "his",
    "its": "it's",
    "whos": "whose",
}
DISGUISES: dict[str, Callable[[str], str]] = {
    "zero-width": "\u200b".join,
    "full-width": lambda text: "".join(
        chr(ord(letter) + 0xFEE0) if letter.isalnum() else letter for letter in text
    ),
    "homoglyphs": lambda text: text.translate(str.maketrans("aeopcxyi", "аеорсхуі")),
    "accents": lambda text: unicodedata.normalize("NFC", "".join(c + "\u0301" for c in text)),
    "capitals": str.upper,
    "leet": lambda text: text.translate(str.maketrans("aeios", "4310$")),
    "spaced": lambda text: "  ".join(" ".join(word) for word in text.split()),
    "dotted": lambda text: " ".join(".".join(word) for word in text.split()),
    "bidi marks": lambda text: "\u202e" + "\u2066".join(text) + "\u202c",
    "repeated letters": lambda text: re.sub(r"[aeiou]\b", lambda end: end[0] * 4, text),
    "no punctuation": lambda text: re.sub(r"[^\w\s]", "", text),
    "homophones": lambda text: re.sub(
        r"\b(?:there|their|theyre|your|youre|to|too|no|know|hes|its|whos)\b",
        lambda word: HOMOPHONES[word[0]],
        text,
    ),
    "mixed": lambda text: " ".join(
        "\u200b".join(word) if place % 2 else word.upper().replace("O", "0")
        for place, word in enumerate(text.split())
    ),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_disguised_disclosures_are_found_within_two_points(disguise: Callable[[str], str]) -> None:
    found = [s for s in (*sentences("plain"), *sentences("harm")) if flagged(s.texts)]
    lost = [s.texts for s in found if not flagged([disguise(text) for text in s.texts])]
    assert len(lost) / len(found) <= 0.02, lost[:20]


def test_randomly_spaced_disclosures_are_found_within_two_points() -> None:
    rng = random.Random(7)
    found = [s.texts[0] for s in (*sentences("plain"), *sentences("harm")) if flagged(s.texts)]
    copies = [spaced(rng.choice(found), rng) for _ in range(1000)]
    lost = [copy for copy in copies if not flagged([copy])]
    assert len(lost) / len(copies) <= 0.02, lost[:20]


def spaced(text: str, rng: random.Random) -> str:
    """`text` with one of its words cut apart by a sign, as someone does to slip past a filter."""
    words = text.split()
    place = rng.randrange(len(words))
    words[place] = rng.choice((" ", ".", "-", "_", "*", "\u200d")).join(words[place])
    return " ".join(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        *((words, 1) for words in ("no", "nah", "not really", "👎")),
        *((words, 2) for words in ("idk", "kind of", "maybe")),
        *((words, None) for words in ("yes", "yeah im fine")),
    ],
)
def test_answers_to_are_you_safe(words: str, expected: int | None) -> None:
    for state in ("safe_now", "after_disclosure"):
        assert priority(words, asked=(state,)) == expected


@pytest.mark.parametrize("words", ["yes", "yeah", "a bit", "sometimes", "not any more", "👍"])
def test_answers_to_is_anyone_hurting_you(words: str) -> None:
    result = screen([words], ("anyone_hurting",))
    assert (result.priority, result.categories) == (2, ("ABU",))


@pytest.mark.parametrize("words", ["no", "yes", "idk", "maybe", "sometimes", "👎"])
def test_short_answers_mean_nothing_without_their_question(words: str) -> None:
    assert priority(words) is None
    assert priority(words, asked=("keep_private",)) is None


def test_a_no_to_is_anyone_hurting_you_is_no_alarm() -> None:
    assert priority("no", asked=("anyone_hurting",)) is None


def test_of_two_questions_the_more_urgent_reading_wins() -> None:
    assert priority("no", asked=("anyone_hurting", "safe_now")) == 1


def test_bare_help_waits_unless_a_risk_is_open() -> None:
    for words in ("help", "HELP", "hellllp", "h e l p"):
        assert priority(words) == 3
        assert priority(words, after_risk=True) == 1


@pytest.mark.parametrize("words", ["person", "i want to talk to someone", "can someone call me"])
def test_a_wish_for_a_person_is_for_the_list(words: str) -> None:
    result = screen([words])
    assert (result.priority, result.categories[0]) == (3, "CPL")


@pytest.mark.parametrize(
    ("calm", "urgent"),
    [
        ("i was raped", "i was raped last night"),
        ("i want to die", "i want to die tonight"),
        ("he touched me", "he touched me im 11"),
        ("hes got pics of me", "hes got pics of me and says ive got an hour to send more"),
    ],
)
def test_what_else_is_said_makes_it_more_urgent(calm: str, urgent: str) -> None:
    assert (priority(calm), priority(urgent)) == (2, 1)


@pytest.mark.parametrize("after", ["im fine now", "lol jk", "dont worry about it its all good"])
def test_a_harmless_word_afterwards_cancels_nothing(after: str) -> None:
    assert priority("my dad hits me", after) == 2
    assert priority(f"my dad hits me. {after}") == 2


def test_a_look_alike_hides_only_its_own_words() -> None:
    assert priority("kill me now triple science") is None
    assert priority("kill me now triple science. my dad hits me") == 2


def test_own_acts_are_marked() -> None:
    assert screen(["im going to stab him"]).own_act
    assert not screen(["hes going to stab me"]).own_act


def test_doubt_is_marked() -> None:
    assert screen(["my dad hits me"]).certainty == "clear"
    assert screen(["forget i said anything"]).certainty == "unsure"


def test_what_cannot_be_read_is_for_the_list() -> None:
    for words in ("مرحبا كيف حالك", "Больно мне очень", "ຂ້ອຍຢ້ານ"):
        result = screen([words])
        assert (result.priority, result.categories) == (3, ("TEC",))


@pytest.mark.parametrize(
    "words",
    [
        "no quiero volver allí porque siempre gritan durante toda la noche",
        "nie chcę tam wracać ponieważ ktoś ciągle krzyczy przez cały wieczór",
    ],
)
def test_another_language_in_latin_letters_is_for_the_list(words: str) -> None:
    result = screen([words])
    assert (result.priority, result.categories) == (3, ("TEC",))


def test_short_foreign_words_are_not() -> None:
    assert priority("hola que tal") is None
    assert priority("wallahi bro yalla") is None


def test_a_foreign_name_in_an_english_text_can_be_read() -> None:
    assert priority("i was at my mates محمد and then home") is None


def test_the_detector_names_the_versions_of_its_lexicon_and_its_ranker() -> None:
    layers = screen(["x"]).detector.split(",")
    assert [layer.partition("+")[0] for layer in layers] == ["lexicon-2", "ranker-1"]
    assert all(len(layer.partition("+")[2]) == 8 for layer in layers)


NASTY = st.text(st.characters(), max_size=80) | st.text(
    st.sampled_from("my dad hits me i kill n0 @*.-_'  \u200b\u202e\U0001f52a\ud800éК"), max_size=120
)


@given(st.lists(NASTY, max_size=4))
def test_never_raises_and_spans_always_slice_back(texts: list[str]) -> None:
    result = screen(texts)
    for match in result.because:
        assert match.text == texts[match.text_index][match.start : match.end]
        assert match.text
    assert (result.priority is None) == (not result.because)


@given(st.sampled_from(sentences("harm")), st.text(max_size=10))
def test_spans_hold_behind_any_prefix(sentence: Sentence, prefix: str) -> None:
    text = f"{prefix} {sentence.texts[0]}"
    for match in screen([text]).because:
        assert match.text == text[match.start : match.end]


FLOODS = {
    "one disclosure": "he hit me ",
    "one letter": "i ",
    "spaced letters": "k i l l ",
    "unknown words": "xqzv ",
    "leetspeak": "k1ll m3 ",
    "starred": "k*ll ",
    "glued": "killmyself",
    "no spaces": "a",
    "negations": "not to be ",
    "breaks": ".",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_work_grows_in_step_with_the_text(flood: str) -> None:
    """Counted in function calls, so that a busy machine changes nothing."""
    small, large = calls(flood, 1_000), calls(flood, 10_000)
    assert large <= 14 * small + 2_000
    assert large <= 1_200_000


@pytest.mark.parametrize("junk", FLOODS.values(), ids=FLOODS)
def test_nothing_hides_a_disclosure(junk: str) -> None:
    """Ten thousand characters before or after it, in one text or in others."""
    padding = (junk * 10_000)[:10_000]
    for texts in (
        [f"{padding}. my dad hits me"],
        [f"my dad hits me. {padding}"],
        [padding, "my dad hits me", padding],
    ):
        assert "ABU" in screen(texts).categories


def calls(flood: str, length: int) -> int:
    text = (flood * length)[:length]
    screen([text])
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        screen([text])
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "documents",
    [{}, {"a.toml": b""}, {"a.toml": b"not toml ["}, {"a.toml": b"\xff"}, {"a.toml": b"x = 1"}],
    ids=["none", "empty", "broken", "not UTF-8", "no rules"],
)
def test_a_lexicon_that_cannot_be_trusted_fails(documents: dict[str, bytes]) -> None:
    with pytest.raises(ScreeningFailed):
        screening_lexicon.build(documents)


def test_screening_fails_when_the_lexicon_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening_lexicon, "_toml_files", lambda _folder: [])
    screening_lexicon.read_once.cache_clear()
    try:
        with pytest.raises(ScreeningFailed):
            screen(["my dad hits me"])
    finally:
        screening_lexicon.read_once.cache_clear()


def test_nothing_found_is_said_as_nothing_found() -> None:
    result = screen(["i was at my nans"])
    assert result == Screening(None, (), (), "clear", False, result.detector, result.score)
