"""Where one turn leads: moves along the table, the question to come back to, what is said there."""

from __future__ import annotations

from dataclasses import replace

from dialogs.hearing import Hearing
from dialogs.interview import ENDED, NEXT, PHASES, RESUMABLE, Step, fire
from dialogs.position import Contact, Position, Situation
from dialogs.speaking import Speaker

_CHECKS = frozenset({"just_you", "check_word", "recheck", "carry_on"})


class Course:
    """The step of one turn along the table.

    Attributes:
        step: what the guards see; its state is where the turn stands.
        speaker: what is said on the way.
        tasks: what people must do.
        contact: the new contact, or None for no change.
    """

    def __init__(
        self, position: Position, situation: Situation, hearing: Hearing, *, stale: bool
    ) -> None:
        self._was, self._situation, self._hearing = position, situation, hearing
        self._kind = hearing.kind(position.state)
        self.step = Step(
            state=position.state,
            resume=position.resume,
            said_no=position.said_no,
            guarded=situation.contact == "guarded",
            unverified=situation.contact == "unverified",
            word_agreed=bool(situation.check_word),
            checked=position.checked and not stale,
            begun="way" in position.told,
            asked_again=position.asked_again,
            wrong_words=position.wrong_words,
        )
        self.speaker = Speaker(position, situation)
        self.tasks: list[str] = []
        self.contact: Contact | None = None

    # --- moving ---

    def move(self, trigger: str) -> None:
        """Fire a trigger."""
        before = self.step.state
        if before == "hello" and trigger == "yes":
            self.step.said_no = False
        fire(self.step, trigger)
        if self.step.state != before:
            self.step.asked_again = False

    def leave_for(self, trigger: str, *, answered: bool = False) -> None:
        """Fire a trigger that leads aside, and remember the question to come back to.

        `answered`: their words count as the answer, whatever they were: a question is not put again
        to a child who has just told of harm.
        """
        self.step.resume = self._home(answered)
        self.move(trigger)
        if self.step.state == "finished":
            self.step.resume = "finished"

    def hello(self) -> None:
        """Begin, or begin again: is now a good time?"""
        self.leave_for("begin")
        self.step.asked_again = self.step.checked = False
        self.speaker.hello()

    def _home(self, answered: bool) -> str:
        """The question after the one that was answered or skipped, else the standing one."""
        state = self.step.state
        if state == "finished":
            return "finished"
        if state not in NEXT:
            return self.step.resume or "way"
        if state != self._was.state:
            return state
        trigger = self._hearing.trigger(state)
        if not trigger:
            return self._after("skip") if self._hearing.control == "skip" else state
        if trigger == "unclear" and not answered:
            return state
        return self._after("yes" if trigger == "yes" else "answered")

    def _after(self, trigger: str) -> str:
        return fire(replace(self.step), trigger)

    # --- arriving ---

    def arrive(self, trigger: str) -> None:
        """Say what belongs to the state that the trigger led to."""
        before, state = self._was.state, self.step.state
        if before in _CHECKS and trigger in ("yes", "right_word") and state in RESUMABLE:
            self.step.checked = True
            self._found_safe(proved=trigger == "right_word")
        if state == before and trigger == "unclear":
            self._ask_again(state)
        elif state in NEXT:
            self.speaker.ask(state, "unsure" if trigger == "skip" else self._kind)
        elif state in ENDED:
            self._part(trigger)
        else:
            self._stand_by(trigger)

    def _found_safe(self, *, proved: bool) -> None:
        """They are there, alone; only the check word makes an unconfirmed number theirs (PR-13)."""
        sure = self._situation.confirmed and not self.step.unverified
        known = proved or sure
        contact: Contact = "open" if known else "unverified"
        if not known and self._was.state == "just_you":
            self.tasks.append("check_wanted")
        if contact != self._situation.contact:
            self.contact = contact

    def _ask_again(self, state: str) -> None:
        """Not understood: kept, and asked once more in other words (PR-25)."""
        self.step.asked_again = True
        if state == "carry_on":
            self.speaker.carry_on(again=True)
        else:
            self.speaker.say(state, again=True)

    def _part(self, trigger: str) -> None:
        before, state = self._was.state, self.step.state
        after_harm = before in PHASES["safety"] and trigger in ("yes", "skip")
        if before == state:
            self.speaker.kept_after_end("after_end" if state == "finished" else "after_declined")
        elif state == "finished":
            self.speaker.goodbye(after_harm=after_harm)
            self.step.resume = "finished"
        elif after_harm:
            self.speaker.say("thanks_safe")
        else:
            self.speaker.declined()
            self.tasks.append("declined")
            self.step.said_no = True

    def _stand_by(self, trigger: str) -> None:
        before, state, say = self._was.state, self.step.state, self.speaker.say
        if state == "paused":
            say("later")
            if before == "carry_on" and trigger in ("no", "unclear"):
                say("numbers")
        elif state == "busy":
            say("busy")
            self.contact = None if self.step.guarded else "guarded"
        elif state == "carry_on":
            self.speaker.carry_on()
        elif state in PHASES["safety"]:
            fresh = state == "after_disclosure" and before != state
            say("safe_check" if fresh else "keep_telling")
        else:
            say("recheck_back" if state == "recheck" else state)
