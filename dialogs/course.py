"""Where one turn leads: moves along the table, the question to come back to, what is said there."""

from __future__ import annotations

from dialogs.hearing import Hearing
from dialogs.interview import ASKED, PHASES, RESUMABLE, Step, fire
from dialogs.plan import MINIMUM, QUESTIONS
from dialogs.position import Contact, Position, Raise, Situation, Way
from dialogs.speaking import Speaker
from dialogs.story import Story

_CHECKS = frozenset({"just_you", "check_word", "recheck", "carry_on"})


class Course:
    """The step of one turn along the table.

    Attributes:
        step: what the guards see; its state is where the turn stands.
        speaker: what is said on the way.
        story: what they have told, and what they want to talk about.
        tasks: what people must do.
        raises: what the dialogue itself noticed and a person must look at.
        news_told: what a person wrote for them was said.
        contact: the new contact, or None for no change.
        way: how they chose to do the interview, if they chose in this turn.
    """

    def __init__(
        self, position: Position, situation: Situation, hearing: Hearing, *, stale: bool
    ) -> None:
        self._was, self._situation, self._hearing = position, situation, hearing
        self._kind = hearing.kind(position.state)
        self.story = Story(position, situation, hearing)
        self.step = Step(
            state=position.state,
            resume=position.resume,
            said_no=position.said_no,
            guarded=situation.contact == "guarded",
            unverified=situation.contact == "unverified",
            doubted=position.doubted and situation.contact == "guarded",
            word_agreed=bool(situation.check_word),
            checked=position.checked and not stale,
            begun="way" in position.told,
            asked_any=self.story.begun,
            asked_again=position.asked_again,
            wrong_words=position.wrong_words,
        )
        self.speaker = Speaker(position, situation)
        self.tasks: list[str] = []
        self.raises: list[Raise] = []
        self.news_told = False
        self.contact: Contact | None = None
        self.way: Way | None = None

    # --- moving ---

    def move(self, trigger: str) -> None:
        """Fire a trigger."""
        before = self.step.state
        if before == "hello" and trigger == "yes":
            self.step.said_no = False
        self.step.planned = self.story.next_question
        fire(self.step, trigger)
        if self.step.state != before:
            self.step.asked_again = False

    def leave_for(self, trigger: str, *, answered: bool = False) -> None:
        """Fire a trigger that leads aside, and remember the question to come back to.

        `answered`: their words count as the answer, whatever they were: a question is not put again
        to a child who has just told of harm.
        """
        self.step.resume = self._home(answered)
        if trigger == "finish" and not self._hearing.kinds:
            # Not answered: if they come back, it can be put again.
            self.story.take_back(self.step.state)
        self.move(trigger)
        if self.step.state == "finished":
            self.step.resume = "finished"

    def hello(self) -> None:
        """Begin, or begin again: is now a good time?"""
        self.leave_for("begin")
        self.step.asked_again = self.step.checked = False
        self.speaker.hello()

    def reopen(self) -> None:
        """Begin again after an early end, at what is left to ask."""
        self.hello()
        self.step.resume = self.story.next_question

    def _home(self, answered: bool) -> str:
        """The question after the one that was answered or skipped, else the standing one."""
        state, resume = self.step.state, self.step.resume
        if state == "finished" or state in PHASES["later"]:
            return "finished"
        if state not in ASKED or state == "way_time":
            return self.story.still_open(resume or "way")
        if state != self._was.state:
            return state
        trigger = self._hearing.trigger(state)
        if not trigger:
            skips = self._hearing.control == "skip"
            return self.story.next_question if skips else self.story.still_open(state)
        if trigger == "unclear" and not answered:
            return state
        return self.story.next_question

    def arrange(self, way: Way) -> None:
        """A call or a meeting instead: a person is asked, and when would be good (PR-21)."""
        self.way = way
        self.tasks.append("call_wanted" if way == "talk" else "meeting_wanted")
        self.leave_for("arrange")
        self.speaker.say(f"way_{way}")
        self.speaker.say("way_time")

    # --- arriving ---

    def arrive(self, trigger: str) -> None:
        """Say what belongs to the state that the trigger led to."""
        before, state = self._was.state, self.step.state
        if before in _CHECKS and trigger in ("yes", "right_word") and state in RESUMABLE:
            self.step.checked = True
            self._found_safe(proved=trigger == "right_word")
        if state == before and trigger == "unclear":
            self._ask_again(state)
        elif state in ASKED:
            self.ask("unsure" if trigger in ("skip", "unclear") else self._kind)
        elif state in PHASES["ends"]:
            self._part(trigger)
        else:
            self._stand_by(trigger)

    def ask(self, kind: str | None) -> None:
        """Put the question of the state that the turn stands in."""
        state = self.step.state
        if state == "way" and self._situation.adult:
            self.move("grown_up")
            self.speaker.say("adult")
            self.speaker.say("numbers")
            self.tasks.append("is_adult")
            self.step.resume = "finished"
            return
        first = self._prepare(state) if state in QUESTIONS else 0
        length = self.story.progress.length
        self.speaker.ask(state, kind, length, left=self.story.left, first=first)

    def _prepare(self, state: str) -> int:
        """What is said and decided before a question is put; the count for the very first one."""
        story, first = self.story, not self.story.begun
        story.put(state)
        if first and self.speaker.terms():
            return 1 + story.left_in_minimum
        if state in MINIMUM:
            return 0
        if self.speaker.halfway(story.left + 1, may_choose=story.may_choose):
            story.offer_sections()
        return 0

    def _found_safe(self, *, proved: bool) -> None:
        """They are there, alone; only the check word makes an unconfirmed number theirs (PR-13)."""
        sure = self._situation.confirmed and not self.step.unverified
        is_known = proved or sure
        contact: Contact = "open" if is_known else "unverified"
        if not is_known and self._was.state == "just_you":
            self.tasks.append("check_wanted")
        if contact != self._situation.contact:
            self.contact = contact
        if proved:
            self.step.doubted = False

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
            choices = self.story.begun and self.step.checked
            self.speaker.goodbye(after_harm=after_harm, choices=choices)
            self.step.resume = "finished"
        elif after_harm:
            self.speaker.say("thanks_safe")
        else:
            self.speaker.declined(kept=self.story.begun)
            self.tasks.append("declined")
            self.step.said_no = True

    def _stand_by(self, trigger: str) -> None:
        before, state, say = self._was.state, self.step.state, self.speaker.say
        if state == "paused":
            self._pause(trigger)
        elif state == "busy":
            say("busy")
            self.contact = None if self.step.guarded else "guarded"
        elif state == "carry_on":
            self.speaker.carry_on()
        elif state == "read_back":
            self._read_back()
        elif state in PHASES["safety"]:
            fresh = state == "after_disclosure" and before != state
            say("safe_check" if fresh else "keep_telling")
        else:
            say("recheck_back" if state == "recheck" else state)

    def _pause(self, trigger: str) -> None:
        before, say = self._was.state, self.speaker.say
        if before == "way_time" and trigger in ("answered", "unclear", "skip"):
            say("arranged")
            return
        say("later")
        if before == "carry_on" and trigger in ("no", "unclear"):
            say("numbers")

    def _read_back(self) -> None:
        if self._situation.said:
            self.speaker.read_back()
            return
        self.speaker.say("read_back_none")
        self.move("skip")
        self.arrive("skip")
