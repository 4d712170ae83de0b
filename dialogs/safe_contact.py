"""Who holds the phone: the check word, "just you?", BUSY, signs of somebody else (PR-10 to PR-17).

While guarded everything is bland and ordinary. A word that means danger, or somebody else
answering, looks like any other pause; only the check word or a person undoes it.
"""

from __future__ import annotations

from dialogs.course import Course
from dialogs.hearing import Hearing
from dialogs.interview import ENDED
from dialogs.later import tell_news
from dialogs.position import Heard, Position, Raise, Situation

_GREETING = frozenset({"hello", "check_word", "just_you"})
_NO_TRY = frozenset({"greeting", "yes", "confused"})
"""Said once more instead of the check word; nobody guesses with these."""
_WAIT_LINE = {"hello": "hello_wait", "just_you": "just_you_wait", "recheck": "recheck_wait"}
WAITED_FOR = frozenset(_WAIT_LINE)
"""Checks that cannot be passed over."""


class SafeContact:
    """The part of a turn that looks after the phone before anything else is said."""

    def __init__(
        self,
        position: Position,
        heard: Heard,
        situation: Situation,
        course: Course,
        hearing: Hearing,
    ) -> None:
        self._was, self._heard, self._situation = position, heard, situation
        self._course, self._hearing = course, hearing
        self._step, self._say = course.step, course.speaker.say

    def alarm(self) -> bool:
        """Whether there is a sign that somebody else holds the phone; then all is answered."""
        if self._hearing.sign == "duress":
            self._guard("duress word", priority=1)
            return True
        if self._hearing.sign == "someone_else":
            self._guard("somebody else may be answering", priority=2)
            return True
        return False

    def _guard(self, rule: str, *, priority: int) -> None:
        """It looks like any other pause; a person is told (PR-12)."""
        self._course.raises.append(Raise(priority, "TEC", rule))
        if self._was.state not in ENDED:
            self._course.leave_for("busy")
        self._say("busy")
        self._step.doubted = True
        self._course.contact = None if self._step.guarded else "guarded"

    def listen_guarded(self) -> None:
        """Bland and ordinary, whatever is said, until they start again (PR-12, PR-15)."""
        hearing, state, control = self._hearing, self._was.state, self._hearing.control
        kind, trigger = hearing.kind(state), hearing.trigger(state)
        if control:
            if state not in ENDED:
                self._course.leave_for("finish" if control == "finish" else "busy")
            self._say("busy")
        elif state not in _GREETING:
            self._course.hello()
        elif state == "check_word":
            self.try_word()
        elif trigger in ("yes", "no"):
            self._course.move(trigger)
            self._course.arrive(trigger)
        elif kind or hearing.infos or hearing.wish or hearing.sign or self._heard.media:
            self.wait_for_yes()

    def wrong_number(self) -> None:
        """Nobody here is known to us: no more texts, and the number is nobody's until checked."""
        if self._was.state not in ENDED:
            self._course.leave_for("stop")
        self._step.said_no = True
        self._say("wrong_number")
        self._course.tasks.append("wrong_number")
        self._course.contact = "unverified"

    def wait_for_yes(self) -> None:
        """A check cannot be passed over: asked once more in other words, then wait for a yes."""
        state = self._was.state
        greeted = self._hearing.kind(state) == "greeting"
        if self._step.asked_again:
            self._say(_WAIT_LINE.get(state, state))
        elif state == "hello":
            self._course.speaker.hello(again=not greeted)
        elif state == "recheck" and greeted:
            self._say("recheck_back")
        else:
            self._say(state, again=True)
        self._step.asked_again = True

    def try_word(self) -> None:
        """Wrong once: one more try. Twice: a bland goodbye, guarded, and a person looks (PR-14)."""
        tries = [kind for kind in self._hearing.kinds if kind not in _NO_TRY]
        for kind in tries:
            if kind == "right_word":
                self._course.move(kind)
                self._step.wrong_words = 0
                self._right_word(kind)
                return
            self._course.move("wrong_word")
            self._step.wrong_words += 1
            if self._step.state == "closed_unsafe":
                self._say("bland_close")
                self._course.contact = "guarded"
                self._course.raises.append(Raise(2, "TEC", "check word wrong twice"))
                return
        if self._hearing.kinds or self._step.guarded:
            self._say(self._was.state, again=bool(tries))

    def _right_word(self, kind: str) -> None:
        if self._was.state == "check_word":
            self._course.arrive(kind)
            return
        tell_news(self._course, self._situation)
        self._course.news_told = True
