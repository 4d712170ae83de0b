"""One turn while it is being made: what was heard is answered in the order of what matters.

A safe phone comes first (PR-11), then what a child tells of (PR-35), then what they wish for
(PR-05), then the script (docs/practice.md).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from dialogs.course import Course
from dialogs.disclosures import safety_lines
from dialogs.hearing import hear
from dialogs.interview import ENDED, NEXT, PHASES, accepts
from dialogs.position import Disclosure, Heard, Position, Raise, Situation, Turn

SESSION = timedelta(minutes=30)
"""After so long a silence somebody else may hold the phone: it needs a fresh yes (PR-16)."""

_GREETING = frozenset({"hello", "check_word", "just_you"})
_NO_TRY = frozenset({"greeting", "yes", "confused"})
"""Said once more instead of the check word; nobody guesses with these."""
_WAIT_LINE = {"hello": "hello_wait", "just_you": "just_you_wait", "recheck": "recheck_wait"}


class Talk:
    """One turn; `listen` or `say_hello` once, then `turn`."""

    def __init__(
        self, position: Position, heard: Heard, situation: Situation, now: datetime
    ) -> None:
        self._was, self._heard, self._situation, self._now = position, heard, situation, now
        silent = position.last_at is not None and now - position.last_at > SESSION
        self._stale = silent
        self._hearing = hear(heard, position.state, situation.check_word, situation.language)
        self._kind = self._hearing.kind(position.state)
        self._trigger = self._hearing.trigger(position.state)
        self._course = Course(position, situation, self._hearing, stale=self._stale)
        self._step, self._speaker = self._course.step, self._course.speaker
        self._say = self._speaker.say
        self._raises: list[Raise] = []

    def say_hello(self) -> None:
        """Begin, or begin again: is now a good time?"""
        self._course.hello()

    def listen(self) -> None:
        """Answer what was heard."""
        if self._step.guarded:
            self._listen_guarded()
        elif self._hearing.control == "busy":
            self._course.leave_for("busy")
            self._course.arrive("busy")
        elif (disclosure := self._disclosure()) is not None:
            self._speaker.media(self._heard.media, safety_follows=True)
            self._answer_disclosure(disclosure)
        else:
            self._speaker.media(self._heard.media)
            self._answer_infos()
            self._follow()

    def _listen_guarded(self) -> None:
        """Bland and ordinary, whatever is said, until they start again (PR-12, PR-15)."""
        control = self._hearing.control
        if control:
            if self._was.state not in ENDED:
                self._course.leave_for("finish" if control == "finish" else "busy")
            self._say("busy")
        elif self._step.state not in _GREETING:
            self._course.hello()
        elif self._step.state == "check_word":
            self._try_word()
        elif self._trigger in ("yes", "no"):
            self._course.move(self._trigger)
            self._course.arrive(self._trigger)
        elif self._kind or self._hearing.infos or self._heard.media:
            self._wait_for_yes()
        if self._course.contact == "open" and self._heard.disclosure is not None:
            self._speaker.forget()
            self._answer_disclosure(self._heard.disclosure)

    def _follow(self) -> None:
        """Their wish, or their answer, or nothing but words that were answered already."""
        state, control = self._was.state, self._hearing.control
        if control and control != "skip":
            self._obey(control)
        elif self._stale and state in NEXT:
            self._recheck()
        elif control == "skip" and self._kind is None:
            self._skip()
        elif state == "check_word":
            self._try_word()
        elif self._kind is not None:
            self._take_answer()
        elif state == "not_started" and self._heard.media:
            self._course.hello()

    # --- answering ---

    def _disclosure(self) -> Disclosure | None:
        """What screening found, or what a plain answer says where screening saw nothing."""
        if self._heard.disclosure is not None:
            return self._heard.disclosure
        if self._trigger == "danger":
            self._raises.append(Raise(1, "IMM", "said they are not safe now"))
            return Disclosure(1, ("IMM",), "clear")
        if self._trigger == "disclosed":
            self._raises.append(Raise(2, "ABU", "said someone is hurting or scaring them"))
            return Disclosure(2, ("ABU",), "clear")
        return None

    def _answer_disclosure(self, disclosure: Disclosure) -> None:
        trigger, lines = safety_lines(
            disclosure,
            said_unsafe=self._trigger == "danger",
            reachable=self._situation.reachable,
            may_say_missing=self._step.checked and not self._step.unverified,
        )
        asked_before = self._step.state == "after_disclosure" and trigger == "disclosed"
        if asked_before and self._step.asked_again:
            lines = ("keep_telling",)
        self._course.leave_for(trigger, answered=True)
        self._step.asked_again = asked_before
        for line in lines:
            self._say(line)

    def _answer_infos(self) -> None:
        """HELP, PERSON, HOW and "who is this": answered where the conversation stands."""
        known = self._step.checked and not self._step.unverified
        for info in self._hearing.infos:
            self._course.move(info)
            if info in ("help", "person"):
                self._say(f"{info}_line")
            else:
                self._say(info if known else f"{info}_before")
        if "person" in self._hearing.infos:
            self._course.tasks.append("person_wanted")

    def _take_answer(self) -> None:
        state, trigger = self._was.state, self._trigger
        if trigger == "begin":
            self._course.hello()
            return
        if trigger == "unclear" and state in _WAIT_LINE:
            self._wait_for_yes()
            return
        for way, task in (("talk", "call_wanted"), ("meet", "meeting_wanted")):
            if state == "way" and self._kind == way:
                self._course.tasks.append(task)
                self._say(f"way_{way}")
        self._course.move(trigger)
        self._course.arrive(trigger)

    def _wait_for_yes(self) -> None:
        """A check cannot be passed over: asked once more in other words, then wait for a yes."""
        state, greeted = self._was.state, self._kind == "greeting"
        if self._step.asked_again:
            self._say(_WAIT_LINE[state])
        elif state == "hello":
            self._speaker.hello(again=not greeted)
        elif state == "recheck" and greeted:
            self._say("recheck_back")
        else:
            self._say(state, again=True)
        self._step.asked_again = True

    def _try_word(self) -> None:
        """Wrong once: one more try. Twice: a bland goodbye, guarded, and a person looks (PR-14)."""
        tries = [kind for kind in self._hearing.kinds if kind not in _NO_TRY]
        for kind in tries:
            if kind == "right_word":
                self._course.move(kind)
                self._step.wrong_words = 0
                self._course.arrive(kind)
                return
            self._course.move("wrong_word")
            self._step.wrong_words += 1
            if self._step.state == "closed_unsafe":
                self._say("bland_close")
                self._course.contact = "guarded"
                self._raises.append(Raise(2, "TEC", "check word wrong twice"))
                return
        if self._kind or self._step.guarded:
            self._say("check_word", again=bool(tries))

    # --- wishes ---

    def _obey(self, control: str) -> None:
        if self._was.state in ENDED:
            return
        self._course.leave_for(control)
        self._course.arrive(control)
        if self._was.state in PHASES["safety"] and self._step.state != "finished":
            self._say("numbers")

    def _skip(self) -> None:
        if not accepts(self._was.state, "skip"):
            return
        self._course.move("skip")
        self._course.arrive("skip")

    def _recheck(self) -> None:
        """They were away: keep what they wrote, then ask for a fresh yes first (PR-16)."""
        self._course.leave_for("idle")
        self._step.checked = False
        kept = self._hearing.answering or self._hearing.late
        self._say("recheck" if kept else "recheck_back")

    # --- the turn ---

    def turn(self) -> Turn:
        """The finished turn."""
        step, course = self._step, self._course
        guarded = step.guarded and course.contact != "open"
        if guarded:
            self._speaker.bland_only()
        wrote = bool(self._heard.texts or self._heard.media)
        position = replace(
            self._speaker.update(self._was),
            state=step.state,
            resume=step.resume,
            asked_again=step.asked_again,
            wrong_words=step.wrong_words,
            checked=step.checked,
            last_at=self._now if wrote else self._was.last_at,
            said_no=step.said_no,
        )
        return Turn(
            position=position,
            replies=tuple(self._speaker.replies),
            answers=() if step.guarded else self._hearing.answers(self._was.state),
            contact=course.contact,
            raises=tuple(self._raises),
            tasks=tuple(course.tasks),
            disposition=self._disposition(guarded),
        )

    def _disposition(self, guarded: bool) -> Literal["turn", "parked", "after_end"]:
        if guarded:
            return "parked"
        ended = self._was.state in ENDED and self._step.state == self._was.state
        return "after_end" if ended else "turn"
