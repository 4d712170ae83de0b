"""The structure layer: its reviewed words, who does what to whom, and how a thing is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.screening_features import plain_words
from dialogs.screening_lexicon import ScreeningFailed, lexicon
from dialogs.screening_structure import Structure, structure, tokens, words_for_worker
from dialogs.screening_structure_words import Group, build, vocabulary

GROUPS = vocabulary().groups
ENTRIES = [
    entry
    for entries in (*vocabulary().alone.values(), *vocabulary().phrases.values())
    for entry in entries
]
GROUP = """
[[group]]
kind = "act"
name = "hurt"
words = "hit"
for = ["he hit me"]
against = ["he rang me"]
"""


def plain(text: str) -> list[str]:
    return plain_words([text], lexicon().spelling)


def read(text: str) -> Structure:
    return structure(plain(text))


def told(text: str) -> set[tuple[str, str, str]]:
    """Who does which act to whom, without what is denied."""
    return {(deed.who, deed.act, deed.to) for deed in read(text).deeds if not deed.denied}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group.kind}:{group.name}")
def test_every_group_has_its_examples_and_not_the_ones_against(group: Group) -> None:
    name = f"{group.kind}:{group.name}"
    for text in group.examples:
        assert name in tokens(plain(text)), text
    for text in group.counterexamples:
        assert name not in tokens(plain(text)), text


def test_every_phrase_is_spelt_as_plain_words_spells_it() -> None:
    """Another spelling would never be found: the plain copy has put it right before."""
    spelling = lexicon().spelling
    dead = []
    for entry in ENTRIES:
        text = " ".join(entry.phrase)
        if " ".join(plain_words([text], spelling)) != text:
            dead.append((entry.group.name, text))
    # a bent form ("weighs" is read as "weigh") has the entry that it is bent from
    assert [name for name in dead if not name[1].split()[0].endswith(("s", "ed", "ing"))] == []


def test_a_figure_of_speech_and_the_same_words_with_a_knife_part_ways() -> None:
    figure = read("my mum is gonna kill me")
    reported = read("my mum says she's gonna kill me and she's got a knife")
    assert figure.figure
    assert not figure.reported
    assert reported.reported
    assert not reported.figure
    assert figure.tense == reported.tense == "coming"
    assert "thing:weapon" in reported.flow
    assert not read("my mum is gonna kill me shes got a knife").figure


@pytest.mark.parametrize(
    ("text", "who", "act", "to"),
    [
        ("my stepdad came in and he hit me", "family", "hurt", "self"),
        ("my ma skelped us", "family", "hurt", "self"),
        ("i hit him", "self", "hurt", "he"),
        ("i got slapped by my foster carer", "carer", "hurt", "self"),
        ("i was dragged by staff", "carer", "rough", "self"),
        ("my boyfriend threatened me", "partner", "threaten", "self"),
        ("my foster dad kicked my little brother", "carer", "hurt", "child"),
        ("my mate got hit by her dad", "family", "hurt", "friend"),
        ("my uncle is here with my mum. he touched me", "family", "touch", "self"),
        ("went to my nans and my boyfriend hit me", "partner", "hurt", "self"),
        ("the police grabbed my arm", "worker", "rough", "self"),
        ("my key worker keeps me locked in", "carer", "lock", "self"),
        ("mams fella leathers our baby", "family", "hurt", "child"),
        ("me and my mate got jumped by older lads", "older", "hurt", "self"),
        ("i got hit", "someone", "hurt", "self"),
    ],
)
def test_the_doer_stands_before_the_act_and_by_turns_it_round(
    text: str, who: str, act: str, to: str
) -> None:
    assert (who, act, to) in told(text)


def test_a_pronoun_is_the_last_one_named_whom_it_fits() -> None:
    assert ("family", "hurt", "self") in told("my boyfriend was out. mum came in n she hit me")
    assert ("partner", "hurt", "self") in told("my mum was out. my boyfriend came in n he hit me")
    assert ("partner", "hurt", "self") in told("my boyfriend was there with mum and he hit me")


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("he hit me", "no"),
        ("he never hit me", "plain"),
        ("nobody hurt me", "plain"),
        ("im NOT saying he hurt me", "hint"),
        ("its not rape or anything", "hint"),
        ("he didnt hit me he dragged me", "hint"),
        ("he hit me but it was my fault", "hint"),
        ("not now. he hit me", "no"),
        ("i never said he touched me", "hint"),
    ],
)
def test_a_denial_is_not_a_counter_hint(text: str, negated: str) -> None:
    assert read(text).negated == negated


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("he hit me", "self"),
        ("my little sister is hiding", "other_child"),
        ("asking for a friend is it normal", "other_child"),
        ("mum is hit by him", "adult"),
        ("he hit me and my sister", "self"),
        ("im the one who hit her", "other_child"),
        ("i hit my foster brother", "other_child"),
        ("me and my mate got jumped by older lads", "self"),
        ("hiding under the bed", "self"),
        ("we played cards", "none"),
    ],
)
def test_who_is_harmed(text: str, about: str) -> None:
    assert read(text).about == about


@pytest.mark.parametrize(
    ("text", "tense", "when"),
    [
        ("leaving tonight", "coming", ("tonight",)),
        ("its at 8pm", "coming", ("at 8pm",)),
        ("we fly in 2 days", "coming", ("in 2 days",)),
        ("hes gonna hit me", "coming", ()),
        ("he is here right now", "now", ("right now",)),
        ("he does it every night", "habitual", ("every night",)),
        ("it was last night", "past", ("last night",)),
        ("he was nice", "past", ()),
        ("nice shoes", "unsaid", ()),
    ],
)
def test_when(text: str, tense: str, when: tuple[str, ...]) -> None:
    found = read(text)
    assert found.tense == tense
    assert set(when) <= set(found.when)


def test_where_and_how_it_is_told() -> None:
    assert read("im in a van outside the hotel").where == ("vehicle", "outside", "theirs")
    assert read("is it normal if he watches me").question
    assert read("if i tell he will go mad").conditional
    assert not read("my mum was nice").conditional
    assert not read("the bus came").question


def test_somebody_of_age_is_an_older_person() -> None:
    assert "older" in read("hes 31").actors
    assert "older" not in read("hes 15").actors
    assert "older" not in read("he is 31 minutes late").actors


def test_actors_come_in_the_order_they_are_named() -> None:
    assert read("my uncle and some lads and my teacher").actors == ("family", "peer", "worker")


def test_what_a_duty_worker_reads() -> None:
    assert words_for_worker(read("is it normal that my uncle hits my mate tonight")) == (
        *("a family member", "a friend", "about another child", "coming: tonight"),
        "said as a question",
    )
    assert words_for_worker(read("he never hit me")) == ("denied",)
    assert words_for_worker(read("")) == ()


def test_tokens_join_the_doer_the_act_and_the_one_it_is_done_to() -> None:
    found = tokens(plain("night staff hit me tonight"))
    assert {"who:carer", "when:tonight", "about:self", "tense:coming"} <= set(found)
    assert "who:carer+act:hurt+to:self" in found
    assert "not:hurt+to:self" in tokens(plain("he never hit me"))
    assert len(found) == len(set(found))


class Counted(str):
    """A word that counts how often it is compared or looked up."""

    __slots__ = ()
    steps = 0

    def __eq__(self, other: object) -> bool:
        Counted.steps += 1
        return str.__eq__(self, str(other))

    def __hash__(self) -> int:
        Counted.steps += 1
        return str.__hash__(self)


def steps(text: str) -> int:
    words = [Counted(word) for word in plain(text)]
    Counted.steps = 0
    structure(words)
    return Counted.steps


@pytest.mark.parametrize(
    "part", ["my mum hit me and he ", "not ", "i am going to ", "in in 2 ", "a "]
)
def test_work_grows_in_step_with_the_text(part: str) -> None:
    once = steps(part * (1000 // len(part)))
    ten_times = steps(part * (10_000 // len(part)))
    assert ten_times < 11 * max(once, 100)
    assert ten_times < 10_000 * 60


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_text_has_a_structure(texts: list[str]) -> None:
    words = plain_words(texts, lexicon().spelling)
    assert words_for_worker(structure(words)) is not None
    assert tokens(words) == tokens(words)


@given(st.lists(st.sampled_from([*vocabulary().alone, ".", "31", "8pm"]), max_size=30))
def test_any_words_of_the_lists_have_a_structure(words: list[str]) -> None:
    found = structure(words)
    assert len(set(found.actors)) == len(found.actors)
    assert all(0 <= deed.place < len(words) for deed in found.deeds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[group",
        "[[groups]]",
        GROUP + GROUP,
        GROUP.replace('"act"', '"acts"'),
        GROUP.replace('words = "hit"', 'word = "hit"'),
        GROUP.replace('words = "hit"', 'words = ""'),
        GROUP.replace('["he rang me"]', "[]"),
        GROUP + 'role = "both"\n',
    ],
)
def test_broken_words_are_refused(text: str) -> None:
    build([GROUP])
    with pytest.raises(ScreeningFailed):
        build([text])
