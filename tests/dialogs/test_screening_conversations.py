"""What held conversations showed: words that paged for nothing, and words that nobody heard.

Each sentence was typed in a conversation with the dialogue, or stands beside one that was. They
guard against falling back and say nothing of how other words fare (docs/screening.md).
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dialogs.plan import QUESTIONS
from dialogs.screening import screen

NEIGHBOURS: dict[str, list[list[Any]]] = tomllib.loads(
    Path(__file__).with_name("near_neighbours.toml").read_text()
)
QUIET = [
    ("mum took my phone so i went out", ""),
    ("mum took my phone so i went out", "going_on"),
    ("my mum took my phone off me so i left", "planned"),
    ("I was angry because my brother take my phone so I go out", "going_on"),
    ("can u make this shorter", ""),
    ("can u make this shorter", "going_on"),
    ("make it shorter", "harm_ok"),
    ("make it quick", ""),
    ("make it quick im bored", "going_on"),
    ("im in a rush make it quick", "hello"),
    ("like i said last time", "going_on"),
    ("it got dark so i went home", "got_back"),
    ("dont tell my mum i was with my mate", "keep_private_who"),
    ("delete my last text i spelt it wrong", "going_on"),
    ("my cousin makes me take selfies lol", "enjoy"),
    ("they were polite", "police"),
    ("my carer makes me text when i get there", "changed"),
    ("let me stay out later", "help"),
    ("if they let me stay out till 9", "help"),
    ("my mate let me crash on the sofa", "slept"),
    ("my nan let me stay over", "slept"),
    ("same stuff as last time", "going_on"),
    ("same as last time got bored", "going_on"),
    ("like last time", "planned"),
    ("last time i got bored", "going_on"),
    *((words, state) for words in ("fine", "im fine", "all good", "yeah im fine", "yeah all good")
      for state in ("anyone_hurting", "health", "anyone_else")),
    ("it was my coat not my phone", "read_back"),
    ("i didnt have my phone", "reached"),
    ("i havent got my phone", "reached"),
    ("i didnt take my phone", "planned"),
    ("can you delete that", "going_on"),
    ("delete it", "going_on"),
    ("delete that pls", "slept"),
    ("dont tell my mum about my mate", "keep_private"),
    ("dont tell my mum about my mate", "keep_private_who"),
    ("my aunty is a nurse", "going_on"),
    ("i dont need a nurse", "health"),
    ("i want to be a doctor", "enjoy"),
    ("i need to go to the hospital to see my nan", "again"),
    ("i left again after lunch for school", "going_on"),
    ("we robbed them of a goal", "good_bits"),
    ("my mates are nice", "anyone_hurting"),
]  # fmt: skip

FOR_THE_LIST_AT_MOST = [
    ("i was scared a bit when it got dark", ""),
    ("i was scared a bit when it got dark", "away"),
    ("i was scared a bit when it got dark", "slept"),
    ("promise you wont tell", ""),
    ("promise you wont tell", "going_on"),
    ("promise you wont tell", "keep_private"),
    ("do u promise not to tell anyone", "hello"),
    ("delete it", ""),
    ("can you delete that", ""),
    ("dont tell my mum about my mate", ""),
    ("dont tell my mum about my mate", "going_on"),
]

TOLD = [
    ("im pregnant", "", 2, "MED"),
    ("i think im pregnant", "health", 2, "MED"),
    ("im 12 and pregnant", "", 1, "SEX"),
    ("my stepdad got me pregnant", "", 1, "SEX"),
    ("im pregnant and its my uncles", "", 1, "SEX"),
    ("he raped me and now im pregnant", "", 1, "SEX"),
    ("i had to sleep on a bench it was cold", "away", 2, "HOM"),
    ("i had to sleep on a bench it was cold", "slept", 2, "HOM"),
    ("i slept on a bench", "away", 2, "HOM"),
    ("im sleeping on a bench", "slept", 1, "MIS"),
    ("i have to sleep on a bench tonight", "away", 1, "MIS"),
    ("im hiding in my room", "", 2, "IMM"),
    ("im hiding in my room", "going_on", 2, "IMM"),
    ("im hiding in my room hes kicking off", "going_on", 1, "IMM"),
    ("not really", "anyone_hurting", 2, "ABU"),
    ("my friend makes me send pics", "", 2, "ONL"),
    ("i need a nurse", "", 2, "MED"),
    ("i need a doctor now", "", 2, "MED"),
    ("i need a doctor i cant stop bleeding", "", 1, "MED"),
    ("i need to go hospital right now", "", 1, "MED"),
    ("i think i need to go hospital", "", 2, "MED"),
    ("i havent gone home yet", "", 2, "MIS"),
    ("i havent gone home yet", "back", 2, "MIS"),
    ("i left again this morning", "", 2, "MIS"),
    ("i left again this morning", "again", 2, "MIS"),
    ("theres a man who keeps messaging me", "", 2, "ONL"),
    ("me and my mate robbed a shop", "", 2, "CCE"),
    ("i robbed someone", "", 2, "OTH"),
    ("i beat up a boy", "", 2, "OTH"),
    ("i want to kill myself", "", 1, "SUI"),
    ("my key worker", "anyone_hurting", 2, "LAD"),
    ("my teacher", "anyone_hurting", 2, "LAD"),
    ("not sure if he hits her", "", 2, "DA"),
    ("not sure if he hits her", "anyone_else", 2, "DA"),
    ("idk if he hits my mum", "going_on", 2, "DA"),
    ("my dad took my phone so i cant leave", "", 1, "CCE"),
    ("he let me stay at his if i do stuff", "", 2, "CSE"),
    ("my uncle let me sleep in his bed", "slept", 2, "CSE"),
    ("my mate let me stay at his if i kiss him", "slept", 2, "CSE"),
    ("this is the last time ill text", "", 1, "SUI"),
    ("this is not my phone", "", 2, "TEC"),
    ("it was my mums phone not my phone", "", 2, "TEC"),
    ("quick hes coming", "", 1, "IMM"),
    ("come quick", "", 1, "IMM"),
    ("make it quick hes coming", "going_on", 1, "IMM"),
    ("quick pls", "going_on", 1, "IMM"),
    ("im hiding in my bedroom from my stepdad", "safe_now", 1, "IMM"),
    ("can i see a nurse", "in_yourself", 2, "MED"),
    ("not been home yet", "back", 2, "MIS"),
    ("promise you wont tell him", "hello", 2, "SIL"),
    ("yeah im fine but my dad hits me", "anyone_hurting", 2, "ABU"),
]


@pytest.mark.parametrize(("words", "asked"), QUIET)
def test_it_pages_nobody(words: str, asked: str) -> None:
    assert screen([words], [asked]).priority not in (1, 2)


@pytest.mark.parametrize(("words", "asked"), FOR_THE_LIST_AT_MOST)
def test_it_is_for_the_list_at_most(words: str, asked: str) -> None:
    assert screen([words], [asked]).priority in (3, None)


@pytest.mark.parametrize(("words", "asked", "priority", "code"), TOLD)
def test_it_is_heard(words: str, asked: str, priority: int, code: str) -> None:
    found = screen([words], [asked])
    assert found.priority == priority
    assert code in found.categories


@pytest.mark.parametrize(
    "words",
    ["promise you wont tell", "can you delete that", "dont tell my mum about my mate"],
)
def test_falling_silent_after_a_risk_is_looked_at_the_same_day(words: str) -> None:
    assert screen([words], after_risk=True).priority == 2
    assert screen([words], ["after_disclosure"]).priority == 2


def test_hiding_in_their_room_after_a_risk_is_danger() -> None:
    assert screen(["im hiding in my room"], after_risk=True).priority == 1


@pytest.mark.parametrize("state", QUESTIONS)
def test_a_wish_for_a_call_instead_is_left_to_the_dialogue(state: str) -> None:
    assert screen(["can you call me instead"], [state]).priority is None


@pytest.mark.parametrize(
    "words",
    ["me and my mate robbed a shop", "i robbed someone", "i beat up a boy", "we mugged a lad"],
)
def test_what_they_did_is_marked_as_their_own_act(words: str) -> None:
    assert screen([words]).own_act


@pytest.mark.parametrize("words", ["i got robbed by some lads", "my mate robbed a shop"])
def test_what_others_did_is_not(words: str) -> None:
    assert not screen([words]).own_act


def test_not_knowing_whether_is_doubt() -> None:
    assert screen(["not sure if he hits her"]).certainty == "unsure"
    assert screen(["he hits her"]).certainty == "clear"


def test_ordinary_near_neighbours_rarely_page() -> None:
    alarms = [
        row for row in NEIGHBOURS["ordinary"] if screen([row[0]], [row[1]]).priority in (1, 2)
    ]
    assert len(alarms) <= 4, alarms


@pytest.mark.parametrize(("priority", "words", "asked"), NEIGHBOURS["told"])
def test_what_is_told_in_other_words_is_heard(priority: int, words: str, asked: str) -> None:
    found = screen([words], [asked]).priority
    assert found is not None
    assert found <= priority
