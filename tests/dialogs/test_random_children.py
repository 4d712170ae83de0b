"""Children who write anything at any time: what must hold in every conversation there can be.

Four hundred conversations, two thousand with the profile "wide"; each ends by showing that three
texts are enough to finish, wherever it stands.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from dialogs.interview import ENDED, STATES
from dialogs.plan import BUDGET, QUESTIONS, told_by
from dialogs.position import TASKS
from dialogs.texts import load
from dialogs.turn import (
    Disclosure,
    HeardText,
    Media,
    Situation,
    Turn,
    ask_chat_was,
    open_follow_up,
    wants_words,
)
from tests.dialogs.young_person import FACTS, YoungPerson

PLAIN = (
    "yes", "no", "ok", "nah", "idk", "skip", "later", "busy", "person", "help", "how",
    "who is this", "stop", "text", "talk", "meet", "hi", "what?", "thats all", "banana",
    "apple", "kinda", "1", "2", "3", "4", "show", "something else", "make it quick",
    "ask me more", "can you call me instead", "promise you wont tell", "delete it", "shut up bot",
    "this is his mum", "wrong number", "im 18 now", "mango", "we had a row",
    "had a massive row with my mum so i stayed at my mates all night",
    "no one", "he made me", "im at school", "👍", "🤷", "",
)  # fmt: skip
CATEGORIES = ("IMM", "MIS", "SEX", "ABU", "SUI", "CCE", "OTH", "RUN", "MED")
SILENCES = [timedelta(seconds=5)] * 6 + [timedelta(minutes=31), timedelta(days=2)]
MARK = "zebra"
"""In every story, and in no text of ours: whatever holds it quotes them."""

texts = st.builds(
    HeardText,
    words=st.sampled_from(PLAIN)
    | st.sampled_from(PLAIN)
    | st.text(max_size=40).map(lambda text: f"{MARK} {text}"),
    may_answer=st.frozensets(st.sampled_from(STATES), max_size=2) | st.just(frozenset()),
)
disclosures = st.builds(
    Disclosure,
    priority=st.sampled_from([1, 2]),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=3, unique=True).map(tuple),
    certainty=st.sampled_from(["clear", "unsure"]),
    own_act=st.booleans(),
)
media: st.SearchStrategy[Media] = st.sampled_from(["picture", "voice", "pin", "other"])
situations = st.builds(
    Situation,
    contact=st.sampled_from(["open", "open", "guarded", "unverified"]),
    check_word=st.sampled_from([None, "banana"]),
    duress_word=st.sampled_from([None, "mango"]),
    texting_agreed=st.booleans(),
    person_first=st.sampled_from([False, False, True]),
    adult=st.sampled_from([False, False, False, True]),
    episode=st.sampled_from([1, 2, 30]),
    promised=st.booleans(),
    language=st.sampled_from(["en", "en", "cy"]),
    reviewed=st.booleans(),
    facts=st.sampled_from(
        [{}, FACTS, {**FACTS, "returned_on": "Friday"}, {"service": "the Listen Line"}]
    ),
)


CONVERSATIONS = 2000 if settings.get_current_profile_name() == "wide" else 400


class RandomChild(RuleBasedStateMachine):
    """One conversation; every rule is something that a child, or time, or a person does."""

    @initialize(situation=situations)
    def begins(self, situation: Situation) -> None:
        self.child = YoungPerson(situation)
        self.last_safety: tuple[str, ...] = ()
        self.told: set[str] = set()

    @rule(said=st.lists(texts, min_size=1, max_size=3), after=st.sampled_from(SILENCES))
    def writes(self, said: list[HeardText], after: timedelta) -> None:
        self._hold(said, after=after)

    @rule(text=st.sampled_from(["yes", "text", "1", "ok", f"{MARK} and so on", "banana"]))
    def goes_on(self, text: str) -> None:
        self._hold([HeardText(text)])

    @rule(text=texts, disclosure=disclosures, reachable=st.booleans())
    def tells(self, text: HeardText, disclosure: Disclosure, reachable: bool) -> None:
        self.child.becomes(reachable=reachable)
        before = self.child.situation.contact
        turn = self._hold([text], disclosure=disclosure)
        was_heard = before != "guarded" and turn.contact != "guarded"
        if was_heard and turn.position.state != "closed_unsafe":
            self.told |= told_by(disclosure)

    @rule(kinds=st.lists(media, min_size=1, max_size=2))
    def sends_something(self, kinds: list[Media]) -> None:
        self._hold([], kinds=tuple(kinds))

    @rule()
    def is_invited(self) -> None:
        self._look(self.child.is_invited(), self.child.situation.contact, 0)

    @precondition(lambda self: self.child.state in ENDED)
    @rule(opening=st.sampled_from([open_follow_up, ask_chat_was]))
    def hears_on_a_later_day(self, opening) -> None:  # type: ignore[no-untyped-def]
        child, before = self.child, self.child.situation.contact
        turn = child.remember(opening(child.position, child.situation, child.now))
        self._look(turn, before, 0)

    def teardown(self) -> None:
        if not hasattr(self, "child"):
            return
        for _ in range(3):
            if self.child.state not in ENDED:
                self.child.writes("finish")
        assert self.child.state in ENDED

    def _hold(
        self,
        said: list[HeardText],
        kinds: tuple[Media, ...] = (),
        disclosure: Disclosure | None = None,
        after: timedelta = timedelta(seconds=5),
    ) -> Turn:
        child, before = self.child, self.child.situation.contact
        own = ("what i said",) if wants_words(child.position) else ()
        child.becomes(said=own, news="the news")
        was = child.state
        turn = child.writes(*said, media=kinds, disclosure=disclosure, after=after)
        assert was != "closed_unsafe" or turn.position.state == was
        self._look(turn, before, len(said))
        return turn

    def _look(self, turn: Turn, before: str, count: int) -> None:
        self._is_fit_to_send(turn, before)
        self._asks_rightly(turn)
        self._keeps_answers(turn, count)
        safety = tuple(reply.body for reply in turn.replies if reply.safety)
        assert not set(safety) & set(self.last_safety), "the same safety text twice running"
        self.last_safety = safety or self.last_safety
        assert set(turn.tasks) <= set(TASKS)

    def _is_fit_to_send(self, turn: Turn, before: str) -> None:
        lines, situation = load(self.child.situation.language).lines, self.child.situation
        own = {"own_words", "own_news"}
        assert turn.position.state in STATES
        assert all(reply.key in lines or reply.key in own for reply in turn.replies)
        assert not any(MARK in reply.body for reply in turn.replies), "nothing is quoted"
        if before == "guarded" and turn.contact != "open":
            assert {reply.exposure for reply in turn.replies} <= {"bland"}
        if turn.contact == "guarded":
            assert {reply.exposure for reply in turn.replies} <= {"bland"}
        if situation.contact != "open":
            assert all(reply.exposure != "case" for reply in turn.replies)
        if turn.position.state in ("hello", "check_word", "just_you", "recheck", "busy"):
            assert all(reply.exposure in ("bland", "general") for reply in turn.replies)
        if turn.position.state == "closed_unsafe":
            assert situation.contact == "guarded" or before == "open"

    def _asks_rightly(self, turn: Turn) -> None:
        language, reviewed = self.child.situation.language, self.child.situation.reviewed
        questions = sum(reply.body.count("?") for reply in turn.replies)
        assert questions <= (1 if language == "en" or reviewed else 2), "with the English beside"
        asked = [reply.asks for reply in turn.replies if reply.asks]
        assert asked in ([], [turn.position.state])
        put = [name for name in turn.position.asked if name in QUESTIONS]
        assert len(put) == len(set(put))
        assert len(put) <= BUDGET["full"] + 1
        for name in asked:
            if name in QUESTIONS:
                assert not self.told & set(QUESTIONS[name].told_by), "explores a disclosure"

    def _keeps_answers(self, turn: Turn, count: int) -> None:
        kept = [index for answer in turn.answers for index in answer.texts]
        assert len(kept) == len(set(kept)), "a text answers one question"
        assert all(0 <= index < count for index in kept)
        assert all(0 <= passing.text < count for passing in turn.passing)


RandomChild.TestCase.settings = settings(
    max_examples=CONVERSATIONS,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestRandomChild = pytest.mark.slow(RandomChild.TestCase)
