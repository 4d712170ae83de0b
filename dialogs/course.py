"""Where one turn leads: moves along the table, the question to come back to, what is said there."""

from __future__ import annotations

from dataclasses import replace

from dialogs.hearing import Hearing
from dialogs.interview import ASKED, PHASES, RESUMABLE, Step, fire
from dialogs.plan import (
    CHOSEN,
    MINIMUM,
    QUESTIONS,
    following,
    plan,
    progress_of,
    told_by,
)
from dialogs.position import OFFERED, Contact, Disclosure, Length, Position, Raise, Situation, Way
from dialogs.speaking import Speaker

_CHECKS = frozenset({"just_you", "check_word", "recheck", "carry_on"})
THIN_AT = frozenset({"going_on", "help", "around", "away"})
THIN_MEANS_SHORT = 2
"""After so many short answers a full interview goes on as a short one."""


class Course:
    """The step of one turn along the table.

    Attributes:
        step: what the guards see; its state is where the turn stands.
        speaker: what is said on the way.
        progress: what the planner sees.
        first_length: the length at the beginning of the turn.
        last_skip: the part in which a question was skipped in this turn.
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
            asked_any=bool(set(position.asked) & set(QUESTIONS)),
            asked_again=position.asked_again,
            wrong_words=position.wrong_words,
        )
        self.speaker = Speaker(position, situation)
        self.progress = progress_of(position, situation)
        self.first_length = self.progress.length
        self.last_skip: str | None = None
        self.tasks: list[str] = []
        self.raises: list[Raise] = []
        self.news_told = False
        self.contact: Contact | None = None
        self.way: Way | None = None

    # --- what they have told, and what they want to talk about ---

    def learn(self) -> None:
        """Count what this turn's texts tell, so that it is not asked again (docs, coverage)."""
        state, trigger = self._was.state, self._hearing.trigger(self._was.state)
        told = {passing.topic for passing in self._hearing.told}
        if state == "keep_private" and self._kind == "words":
            told |= {"G2", "who"} if self._hearing.names_who else {"G2"}
        if state in ("after_disclosure", "safe_now") and trigger:
            told.add("F2")
        thin = self.progress.thin
        if state in THIN_AT and trigger == "answered":
            thin += self._hearing.little
        section = None if self.progress.section == OFFERED else self.progress.section
        covered = self.progress.covered | told
        self.progress = replace(self.progress, covered=covered, thin=thin, section=section)
        if self._was.thin < THIN_MEANS_SHORT <= thin and self.progress.length == "full":
            self.choose_length("short")

    def told_of_harm(self, disclosure: Disclosure) -> None:
        """Nothing explores what a disclosure told (docs/practice.md PR-35).

        Nor is more asked about the part of the story that it was in. A mere doubt whether they are
        safe now told nothing yet.
        """
        told, skipped = told_by(disclosure), self.progress.skipped
        question = QUESTIONS.get(self._was.state)
        if told and question is not None and question.section in CHOSEN:
            skipped |= {question.section}
        covered = self.progress.covered | told
        self.progress = replace(self.progress, covered=covered, skipped=skipped)

    def told(self, topic: str) -> None:
        """They have told about a topic without its question."""
        self.progress = replace(self.progress, covered=self.progress.covered | {topic})

    def choose_length(self, length: Length) -> None:
        """They asked for a shorter interview, or a longer one."""
        self.progress = replace(self.progress, length=length)

    def choose_section(self, section: str) -> None:
        """They want to talk about one part next; what stood is put later, if at all."""
        asked = tuple(name for name in self.progress.asked if name != self._was.state)
        skipped = self.progress.skipped - {section}
        self.progress = replace(self.progress, section=section, asked=asked, skipped=skipped)
        if self.step.state == "carry_on":
            self.step.resume = following(self.progress)

    def stay_in(self, section: str) -> None:
        """The part that they chose is the one that stands: its question, in other words."""
        self.progress = replace(self.progress, section=section)
        self.speaker.say(self.step.state, again=True)

    def offer_sections(self) -> None:
        """Let them choose which part comes next."""
        self.speaker.choices(self.left)
        self.progress = replace(self.progress, section=OFFERED)

    def skip(self, question: str) -> None:
        """One SKIP leaves the question; a second, or no to talking of harm, leaves the part."""
        section = QUESTIONS[question].section
        again = self._was.last_skip == section
        self.last_skip = section
        if section in ("minimum", "share") or not (again or question == "harm_ok"):
            return
        skipped = self.progress.skipped | {section}
        self.progress = replace(self.progress, skipped=skipped)

    @property
    def left(self) -> int:
        """How many questions are planned."""
        return len(plan(self.progress))

    # --- moving ---

    def move(self, trigger: str) -> None:
        """Fire a trigger."""
        before = self.step.state
        if before == "hello" and trigger == "yes":
            self.step.said_no = False
        self.step.planned = following(self.progress)
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
            asked = tuple(name for name in self.progress.asked if name != self.step.state)
            self.progress = replace(self.progress, asked=asked)
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
        self.step.resume = following(self.progress)

    def _home(self, answered: bool) -> str:
        """The question after the one that was answered or skipped, else the standing one."""
        state, resume = self.step.state, self.step.resume
        if state == "finished" or state in PHASES["later"]:
            return "finished"
        if state not in ASKED or state == "way_time":
            return self._still_open(resume or "way")
        if state != self._was.state:
            return state
        trigger = self._hearing.trigger(state)
        if not trigger:
            return following(self.progress) if self._hearing.control == "skip" else state
        if trigger == "unclear" and not answered:
            return state
        return following(self.progress)

    def _still_open(self, resume: str) -> str:
        """The question to come back to, or the next one if they have told about it since."""
        if resume not in QUESTIONS or resume not in self.progress.asked:
            return following(self.progress) if resume in QUESTIONS else resume
        unasked = tuple(name for name in self.progress.asked if name != resume)
        wanted = plan(replace(self.progress, asked=unasked))
        return resume if resume in wanted else following(self.progress)

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
        self.speaker.ask(state, kind, self.progress.length, left=self.left, first=first)

    def _prepare(self, state: str) -> int:
        """What is said and decided before a question is put; the count for the very first one."""
        first = not set(self.progress.asked) & set(QUESTIONS)
        asked = (*(name for name in self.progress.asked if name != state), state)
        self.progress = replace(self.progress, asked=asked)
        if first and self.speaker.terms():
            return 1 + sum(name in MINIMUM for name in plan(self.progress))
        if state in MINIMUM:
            return 0
        if self.speaker.halfway(self.left + 1, self.progress.length):
            self.progress = replace(self.progress, section=OFFERED)
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
            asked = set(self.progress.asked) & set(QUESTIONS)
            self.speaker.goodbye(after_harm=after_harm, choices=bool(asked) and self.step.checked)
            self.step.resume = "finished"
        elif after_harm:
            self.speaker.say("thanks_safe")
        else:
            self.speaker.declined(kept=bool(set(self.progress.asked) & set(QUESTIONS)))
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
