"""Children who write anything at any time: what must hold in every conversation there can be."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.interview import ENDED, STATES
from dialogs.texts import load
from dialogs.turn import Disclosure, HeardText, Media, Situation, Turn
from tests.dialogs.young_person import FACTS, YoungPerson

PLAIN = (
    "yes", "no", "ok", "nah", "idk", "skip", "later", "busy", "person", "help", "how",
    "who is this", "stop", "text", "talk", "meet", "hi", "what?", "thats all", "banana",
    "apple", "kinda",
    "no one", "we had a row", "he made me", "im at school", "👍", "🤷", "",
)  # fmt: skip
CATEGORIES = ("IMM", "MIS", "SEX", "ABU", "SUI", "CCE", "OTH")

texts = st.builds(
    HeardText,
    words=st.sampled_from(PLAIN) | st.text(max_size=40),
    may_answer=st.frozensets(st.sampled_from(STATES), max_size=2),
)
disclosures = st.builds(
    Disclosure,
    priority=st.sampled_from([1, 2]),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=3, unique=True).map(tuple),
    certainty=st.sampled_from(["clear", "unsure"]),
    own_act=st.booleans(),
)
media: st.SearchStrategy[Media] = st.sampled_from(["picture", "voice", "pin", "other"])
events = st.fixed_dictionaries(
    {
        "texts": st.lists(texts, max_size=3),
        "media": st.lists(media, max_size=2).map(tuple),
        "disclosure": st.none() | st.none() | st.none() | disclosures,
        "after": st.sampled_from([timedelta(seconds=5), timedelta(minutes=31), timedelta(days=2)]),
        "reachable": st.booleans(),
        "invited": st.integers(0, 19).map(lambda n: n == 0),
    }
)
situations = st.builds(
    Situation,
    contact=st.sampled_from(["open", "open", "guarded", "unverified"]),
    check_word=st.sampled_from([None, "banana"]),
    texting_agreed=st.booleans(),
    facts=st.sampled_from([{}, FACTS, {"service": "the Listen Line", "name": "Ade"}]),
)


@pytest.mark.slow
@settings(max_examples=200)
@given(situation=situations, story=st.lists(events, max_size=25))
def test_any_child(situation: Situation, story: list[dict]) -> None:  # type: ignore[type-arg]
    young_person = YoungPerson(situation)
    last_safety: tuple[str, ...] = ()
    for event in story:
        before, was = young_person.situation.contact, young_person.state
        young_person.becomes(reachable=event["reachable"])
        if event["invited"]:
            turn = young_person.is_invited()
        else:
            turn = young_person.writes(
                *event["texts"],
                media=event["media"],
                disclosure=event["disclosure"],
                after=event["after"],
            )
        assert_fit_to_send(turn, before, young_person.situation)
        assert_answers_are_kept(turn, len(event["texts"]))
        assert was != "closed_unsafe" or event["invited"] or turn.position.state == was
        safety = tuple(reply.body for reply in turn.replies if reply.safety)
        assert not set(safety) & set(last_safety)
        last_safety = safety or last_safety
    assert_can_finish(young_person)


def assert_fit_to_send(turn: Turn, before: str, situation: Situation) -> None:
    lines = load().lines
    assert turn.position.state in STATES
    assert all(reply.key in lines for reply in turn.replies)
    assert sum(reply.body.count("?") for reply in turn.replies) <= 1
    asked = [reply.asks for reply in turn.replies if reply.asks]
    assert asked in ([], [turn.position.state])
    if before == "guarded" and turn.contact != "open":
        assert {reply.exposure for reply in turn.replies} <= {"bland"}
    if situation.contact != "open":
        assert all(reply.exposure != "case" for reply in turn.replies)
    if turn.position.state in ("hello", "check_word", "just_you", "recheck", "busy"):
        assert all(reply.exposure in ("bland", "general") for reply in turn.replies)
    if turn.position.state == "closed_unsafe":
        assert situation.contact == "guarded" or before == "open"


def assert_answers_are_kept(turn: Turn, count: int) -> None:
    kept = [index for answer in turn.answers for index in answer.texts]
    assert len(kept) == len(set(kept)), "a text answers one question"
    assert all(0 <= index < count for index in kept)


def assert_can_finish(young_person: YoungPerson) -> None:
    for _ in range(3):
        if young_person.state not in ENDED:
            young_person.writes("finish")
    assert young_person.state in ENDED
