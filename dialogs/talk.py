"""One turn while it is being made: from what was heard to where the table leads and what is said.

The order in which it looks is the order of what matters: a safe phone (PR-11), then what a child
tells of (PR-35), then what they wish for (PR-05), then the script (docs/practice.md).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from dialogs.disclosures import safety_lines
from dialogs.hearing import hear
from dialogs.interview import ENDED, FREE, NEXT, PHASES, RESUMABLE, Step, accepts, fire
from dialogs.position import Contact, Disclosure, Heard, Position, Raise, Situation, Turn
from dialogs.speaking import Speaker

SESSION = timedelta(minutes=30)
"""After so long a silence somebody else may hold the phone: it needs a fresh yes (PR-16)."""

_GREETING = frozenset({"hello", "check_word", "just_you"})
_CHECKS = frozenset({"just_you", "check_word", "recheck", "carry_on"})
_WAIT_LINE = {"hello": "hello_wait", "just_you": "just_you_wait", "recheck": "recheck_wait"}
_TRIGGER = {
    "way": dict.fromkeys(("text", "talk", "meet", "yes", "unsure"), "answered"),
    "safe_now": {"yes": "answered", "no": "danger"},
    "anyone_hurting": {
        "no": "answered",
        "nothing": "answered",
        "yes": "disclosed",
        "partly": "disclosed",
    },
    "keep_private": {"yes": "yes", "partly": "yes", "confused": "unclear"},
    "after_disclosure": {"yes": "yes", "no": "danger"},
    "declined": {"yes": "begin", "greeting": "begin"},
    **{state: {"confused": "unclear"} for state in FREE},
    **{state: {"yes": "yes", "no": "no"} for state in ("hello", "just_you", "recheck", "carry_on")},
}
"""What a plain answer means in a state; anything else is `_OTHERWISE` there, or not understood."""
_OTHERWISE = {
    **dict.fromkeys((*FREE, "keep_private"), "answered"),
    **dict.fromkeys(("after_disclosure", "after_danger", "paused", *ENDED), "wrote"),
    **dict.fromkeys(("not_started", "busy"), "begin"),
    "after_own_act": "yes",
}


class Talk:
    """One turn; `listen` or `say_hello` once, then `turn`."""

    def __init__(
        self, position: Position, heard: Heard, situation: Situation, now: datetime
    ) -> None:
        self.was, self.heard, self.situation, self.now = position, heard, situation, now
        silent = position.last_at is not None and now - position.last_at > SESSION
        self.stale = silent or situation.contact == "unverified"
        self.step = Step(
            state=position.state,
            resume=position.resume,
            said_no=position.said_no,
            guarded=situation.contact == "guarded",
            unverified=situation.contact == "unverified",
            word_agreed=bool(situation.check_word),
            checked=position.checked and not self.stale,
            begun="way" in position.told,
            asked_again=position.asked_again,
            wrong_words=position.wrong_words,
        )
        self.hearing = hear(heard, position.state, situation.check_word, situation.language)
        self.kind = self.hearing.kind(position.state)
        self.speaker = Speaker(position, situation)
        self.say = self.speaker.say
        self.raises: list[Raise] = []
        self.tasks: list[str] = []
        self.contact: Contact | None = None

    # --- listening ---

    def listen(self) -> None:
        """Answer what was heard."""
        if self.step.guarded:
            self._listen_guarded()
        elif self.hearing.control == "busy":
            self._leave_for("busy")
            self.say("busy")
            self.contact = "guarded"
        elif (disclosure := self._disclosure()) is not None:
            self.speaker.media(self.heard.media, safety_follows=True)
            self._answer_disclosure(disclosure)
        else:
            self.speaker.media(self.heard.media)
            self._answer_infos()
            self._follow()

    def say_hello(self) -> None:
        """Begin, or begin again: is now a good time?"""
        self._leave_for("begin")
        self.step.asked_again = self.step.checked = False
        self.speaker.hello()

    def _listen_guarded(self) -> None:
        """Bland and ordinary, whatever is said, until they start again (PR-12, PR-15)."""
        control = self.hearing.control
        if control:
            self._leave_for("finish" if control == "finish" else "busy")
            self.say("busy")
        elif self.step.state not in _GREETING:
            self.say_hello()
        elif self.step.state == "check_word":
            self._try_word()
        elif self.kind in ("yes", "no"):
            self._move(self.kind)
            self._arrive(self.kind)
        elif self.kind or self.hearing.infos or self.heard.media:
            self._wait_for_yes()
        if self.contact == "open" and self.heard.disclosure is not None:
            self.speaker.forget()
            self._answer_disclosure(self.heard.disclosure)

    def _follow(self) -> None:
        """Their wish, or their answer, or nothing but words that were answered already."""
        state, control = self.step.state, self.hearing.control
        if control and control != "skip":
            self._obey(control)
        elif self.stale and state in NEXT:
            self._recheck()
        elif control == "skip" and self.kind is None:
            self._skip()
        elif state == "check_word":
            self._try_word()
        elif self.kind is not None:
            self._take_answer(self.kind)
        elif state == "not_started" and self.heard.media:
            self.say_hello()

    def _disclosure(self) -> Disclosure | None:
        """What screening found, or what a plain answer says where screening saw nothing."""
        if self.heard.disclosure is not None:
            return self.heard.disclosure
        trigger = self._trigger()
        if trigger == "danger":
            self.raises.append(Raise(1, "IMM", "said they are not safe now"))
            return Disclosure(1, ("IMM",), "clear")
        if trigger == "disclosed":
            self.raises.append(Raise(2, "ABU", "said someone is hurting or scaring them"))
            return Disclosure(2, ("ABU",), "clear")
        return None

    # --- answering ---

    def _answer_disclosure(self, disclosure: Disclosure) -> None:
        trigger, lines = safety_lines(
            disclosure,
            said_unsafe=self._trigger() == "danger",
            reachable=self.situation.reachable,
            may_say_missing=self.step.checked and not self.step.unverified,
        )
        asked_before = self.step.state == "after_disclosure" and trigger == "disclosed"
        if asked_before and self.step.asked_again:
            lines = ("keep_telling",)
        self._leave_for(trigger)
        self.step.asked_again = asked_before
        for line in lines:
            self.say(line)

    def _answer_infos(self) -> None:
        """HELP, PERSON, HOW and "who is this": answered where the conversation stands."""
        known = self.step.checked and not self.step.unverified
        for info in self.hearing.infos:
            self._move(info)
            if info in ("help", "person"):
                self.say(f"{info}_line")
            else:
                self.say(info if known else f"{info}_before")
        if "person" in self.hearing.infos:
            self.tasks.append("person_wanted")

    def _take_answer(self, kind: str) -> None:
        state, trigger = self.step.state, self._trigger()
        if trigger == "begin":
            self.say_hello()
        elif trigger == "unclear" and state in _WAIT_LINE:
            self._wait_for_yes()
        else:
            for way, task in (("talk", "call_wanted"), ("meet", "meeting_wanted")):
                if state == "way" and kind == way:
                    self.tasks.append(task)
                    self.say(f"way_{way}")
            self._move(trigger)
            self._arrive(trigger)

    def _wait_for_yes(self) -> None:
        """A check cannot be passed over: asked once more in other words, then wait for a yes."""
        state = self.step.state
        if self.step.asked_again:
            self.say(_WAIT_LINE[state])
        elif state == "hello":
            self.speaker.hello(again=self.kind != "greeting")
        elif state == "recheck" and self.kind == "greeting":
            self.say("recheck_back")
        else:
            self.say(state, again=True)
        self.step.asked_again = True

    def _try_word(self) -> None:
        """Wrong once: one more try. Twice: a bland goodbye, guarded, and a person looks (PR-14)."""
        tries = [kind for kind in self.hearing.kinds if kind != "greeting"]
        for kind in tries:
            if kind == "right_word":
                self._move(kind)
                self.step.wrong_words = 0
                self._arrive(kind)
                return
            self._move("wrong_word")
            self.step.wrong_words += 1
            if self.step.state == "closed_unsafe":
                self.say("bland_close")
                self.contact = "guarded"
                self.raises.append(Raise(2, "TEC", "check word wrong twice"))
                return
        if self.kind or self.step.guarded:
            self.say("check_word", again=bool(tries))

    # --- wishes ---

    def _obey(self, control: str) -> None:
        if self.step.state in ENDED:
            return
        self._leave_for(control)
        self._arrive(control)
        if self.was.state in PHASES["safety"] and self.step.state != "finished":
            self.say("numbers")

    def _skip(self) -> None:
        if not accepts(self.step.state, "skip"):
            return
        self.kind = "unsure"
        self._move("skip")
        self._arrive("skip")

    def _recheck(self) -> None:
        """They were away: keep what they wrote, then ask for a fresh yes first (PR-16)."""
        self._leave_for("idle")
        self.step.checked = False
        kept = self.hearing.answering or self.hearing.late
        self.say("recheck" if kept else "recheck_back")

    # --- arriving ---

    def _arrive(self, trigger: str) -> None:
        """Say what belongs to the state the table led to."""
        before, state = self.was.state, self.step.state
        if before in _CHECKS and trigger in ("yes", "right_word") and state in RESUMABLE:
            self.step.checked = True
            self.contact = None if self.situation.contact == "open" else "open"
        if state == before and trigger == "unclear":
            self.step.asked_again = True
            self._ask_again(state)
        elif state in NEXT:
            self.speaker.ask(state, self.kind)
        elif state in ENDED:
            self._part(trigger)
        else:
            self._stand_by(trigger)

    def _ask_again(self, state: str) -> None:
        """Not understood: kept, and asked once more in other words (PR-25)."""
        if state == "carry_on":
            self.speaker.carry_on(again=True)
        else:
            self.say(state, again=True)

    def _part(self, trigger: str) -> None:
        before, state = self.was.state, self.step.state
        after_harm = before in PHASES["safety"] and trigger in ("yes", "skip")
        if before == state:
            self.speaker.kept_after_end("after_end" if state == "finished" else "after_declined")
        elif state == "finished":
            self.speaker.goodbye(after_harm=after_harm)
            self.step.resume = "finished"
        elif after_harm:
            self.say("thanks_safe")
        else:
            self.speaker.declined()
            self.tasks.append("declined")
            self.step.said_no = True

    def _stand_by(self, trigger: str) -> None:
        before, state = self.was.state, self.step.state
        if state == "paused" and trigger == "yes":
            self.say("cannot_check")
            self.tasks.append("check_wanted")
        elif state == "paused":
            self.say("later")
            if before == "carry_on" and trigger in ("no", "unclear"):
                self.say("numbers")
        elif state == "busy":
            self.say("busy")
            self.contact = None if self.step.guarded else "guarded"
        elif state == "carry_on":
            self.speaker.carry_on()
        elif state in PHASES["safety"]:
            fresh = state == "after_disclosure" and before != state
            self.say("safe_check" if fresh else "keep_telling")
        else:
            self.say("recheck_back" if state == "recheck" else state)

    # --- moving ---

    def _trigger(self) -> str:
        """What the texts mean to the table in this state; empty when none answers it."""
        if self.kind is None:
            return ""
        state = self.was.state
        return _TRIGGER.get(state, {}).get(self.kind) or _OTHERWISE.get(state, "unclear")

    def _move(self, trigger: str) -> None:
        before = self.step.state
        if before == "hello" and trigger == "yes":
            self.step.said_no = False
        fire(self.step, trigger)
        if self.step.state != before:
            self.step.asked_again = False

    def _leave_for(self, trigger: str) -> None:
        """Move aside, and remember the question to come back to."""
        self.step.resume = self._home()
        self._move(trigger)
        if self.step.state == "finished":
            self.step.resume = "finished"

    def _home(self) -> str:
        """The question after the one that was answered or skipped, else the standing one."""
        state = self.step.state
        if state == "finished":
            return "finished"
        if state not in NEXT:
            return self.step.resume or "way"
        if self.kind is None:
            return self._after("skip") if self.hearing.control == "skip" else state
        trigger = self._trigger()
        if trigger == "unclear" and self.heard.disclosure is None:
            return state
        return self._after("yes" if trigger == "yes" else "answered")

    def _after(self, trigger: str) -> str:
        return fire(replace(self.step), trigger)

    # --- the turn ---

    def turn(self) -> Turn:
        """The finished turn."""
        step = self.step
        guarded = step.guarded and self.contact != "open"
        if guarded:
            self.speaker.bland_only()
        wrote = bool(self.heard.texts or self.heard.media)
        position = replace(
            self.speaker.update(self.was),
            state=step.state,
            resume=step.resume,
            asked_again=step.asked_again,
            wrong_words=step.wrong_words,
            checked=step.checked,
            last_at=self.now if wrote else self.was.last_at,
            said_no=step.said_no,
        )
        return Turn(
            position=position,
            replies=tuple(self.speaker.replies),
            answers=() if step.guarded else self.hearing.answers(self.was.state),
            contact=self.contact,
            raises=tuple(self.raises),
            tasks=tuple(self.tasks),
            disposition=self._disposition(guarded),
        )

    def _disposition(self, guarded: bool) -> Literal["turn", "parked", "after_end"]:
        if guarded:
            return "parked"
        ended = self.was.state in ENDED and self.step.state == self.was.state
        return "after_end" if ended else "turn"
