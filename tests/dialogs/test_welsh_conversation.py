import pytest

from dialogs.position import Disclosure, Situation, Turn
from dialogs.texts import load, reply
from tests.dialogs.young_person import FACTS, HURT, YoungPerson, keys

WHOLE = (
    ("ie", ["just_you"]),
    ("ie jyst fi", ["m1", "m2", "way"]),
    ("TECST", ["m3", "m3b", "m3c", "safe_now"]),
    ("ydw dwi yn nhŷ nain", ["going_on"]),
    ("ges i row fawr efo mam", ["help"]),
    ("tase hi'n gwrando arna i", ["halfway", "away"]),
    ("mae'r ysgol yn iawn", ["slept"]),
    ("nes i jyst cerdded o gwmpas", ["harm_ok"]),
    ("ie iawn", ["upset"]),
    ("na ddim rili", ["anyone_hurting"]),
    ("nac oes", ["health"]),
    ("nag oes", ["back"]),
    ("roedd mam yn crio", ["again"]),
    ("dwn i'm", ["stay_safe", "keep_private"]),
    ("na", ["goodbye", "options", "numbers"]),
)


def a_welsh_child(*, reviewed: bool) -> YoungPerson:
    situation = Situation(
        contact="open", texting_agreed=True, facts=FACTS, language="cy", reviewed=reviewed
    )
    return YoungPerson(situation)


def test_a_whole_conversation_in_welsh() -> None:
    child = a_welsh_child(reviewed=True)
    turns = [child.is_invited(), *(child.writes(words) for words, _ in WHOLE)]

    assert [keys(turn) for turn in turns[1:]] == [bot for _, bot in WHOLE]
    assert child.state == "finished"
    english = {reply(key, FACTS).body for key in load().lines}
    assert not english & {each.body for turn in turns for each in turn.replies}
    assert {passing.topic for turn in turns for passing in turn.passing} >= {"B5", "B6", "C1"}


def with_languages(turn: Turn) -> list[tuple[str, str]]:
    """The safety texts of a turn, each with the language it is in."""
    welsh = {text for key in load("cy").lines for text in bodies(key, "cy")}
    return [
        (each.key, "cy" if each.body in welsh else "en") for each in turn.replies if each.safety
    ]


def bodies(key: str, language: str) -> set[str]:
    return {reply(key, FACTS, language, again=again).body for again in (False, True)}


@pytest.mark.parametrize(
    "disclosure",
    [HURT, Disclosure(1, ("IMM",), "clear"), Disclosure(3, ("SUI",), "unsure"),
     Disclosure(2, ("OTH",), "clear", own_act=True)],
)  # fmt: skip
def test_until_welsh_is_reviewed_english_goes_beside_each_safety_text(
    disclosure: Disclosure,
) -> None:
    for reviewed in (False, True):
        child = a_welsh_child(reviewed=reviewed).gets_to("going_on")
        for _ in range(2):
            said = with_languages(child.writes("mae o'n bwrw fi", disclosure=disclosure))
            assert said
            lines = [key for key, language in said if language == "cy"]
            expected = [(key, each) for key in lines for each in ("cy", "en")]
            assert said == ([(key, "cy") for key in lines] if reviewed else expected)


def test_a_welsh_yes_to_being_hurt_is_a_disclosure_and_busy_is_as_easy_as_in_english() -> None:
    child = a_welsh_child(reviewed=True).gets_to("anyone_hurting")
    turn = child.writes("oes")

    assert [(each.priority, each.category) for each in turn.raises] == [(2, "ABU")]
    assert keys(turn)[0] == "disclose_harm"
    assert keys(child.writes("PRYSUR")) == ["busy"]
    assert child.state == "busy"


def test_a_welsh_no_to_being_safe_is_danger() -> None:
    for words in ("na", "nac ydw", "dwi'm yn saff", "sai'n saff", "dw i ddim yn teimlo'n saff"):
        turn = a_welsh_child(reviewed=True).gets_to("safe_now").writes(words)
        assert [(each.priority, each.category) for each in turn.raises] == [(1, "IMM")], words
