"""What they have told so far, and what they want to talk about: all that the planner looks at."""

from __future__ import annotations

from dataclasses import replace

from dialogs.hearing import Hearing
from dialogs.plan import CHOSEN, MINIMUM, QUESTIONS, following, plan, progress_of, told_by
from dialogs.position import OFFERED, Disclosure, Length, Position, Situation

THIN_AT = frozenset({"going_on", "help", "around", "away"})
THIN_MEANS_SHORT = 2
"""After so many short answers to these a full interview goes on as a short one."""


class Story:
    """The planner's view of one conversation, brought up to date by this turn.

    Attributes:
        progress: what the planner sees.
        first_length: the length at the beginning of the turn.
        last_skip: the part in which a question was skipped in this turn.
    """

    def __init__(self, position: Position, situation: Situation, hearing: Hearing) -> None:
        self._was, self._hearing = position, hearing
        self.progress = progress_of(position, situation)
        self.first_length = self.progress.length
        self.last_skip: str | None = None

    # --- what comes next ---

    @property
    def next_question(self) -> str:
        """The question that the plan puts next, or "finished"."""
        return following(self.progress)

    @property
    def left(self) -> int:
        """How many questions are planned."""
        return len(plan(self.progress))

    @property
    def left_in_minimum(self) -> int:
        """How many of the first questions are planned."""
        return sum(name in MINIMUM for name in plan(self.progress))

    @property
    def may_choose(self) -> bool:
        """Whether there is a part to choose: not in a short interview, nor if they just chose."""
        return self.progress.length != "short" and self.progress.section not in CHOSEN

    @property
    def begun(self) -> bool:
        """Whether any question of the interview was put."""
        return any(name in QUESTIONS for name in self.progress.asked)

    def still_open(self, question: str) -> str:
        """A question to come back to, or the next one if they have told about it since."""
        if question not in QUESTIONS:
            return question
        if question not in self.progress.asked:
            return self.next_question
        unasked = tuple(name for name in self.progress.asked if name != question)
        wanted = plan(replace(self.progress, asked=unasked))
        return question if question in wanted else self.next_question

    def put(self, question: str) -> None:
        """A question is put, now."""
        asked = (*(name for name in self.progress.asked if name != question), question)
        self.progress = replace(self.progress, asked=asked)

    def take_back(self, question: str) -> None:
        """A question that was put and not answered can be put again."""
        asked = tuple(name for name in self.progress.asked if name != question)
        self.progress = replace(self.progress, asked=asked)

    # --- what they told ---

    def learn(self) -> None:
        """Count what this turn's texts tell, so that it is not asked again (docs, coverage)."""
        state = self._was.state
        trigger, kind = self._hearing.trigger(state), self._hearing.kind(state)
        told = {passing.topic for passing in self._hearing.told}
        if state == "keep_private" and kind == "words":
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

    def tells(self, topic: str) -> None:
        """They have told about a topic without its question."""
        self.progress = replace(self.progress, covered=self.progress.covered | {topic})

    def tells_of_harm(self, disclosure: Disclosure) -> None:
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

    # --- what they want ---

    def choose_length(self, length: Length) -> None:
        """They asked for a shorter interview, or a longer one."""
        self.progress = replace(self.progress, length=length)

    def choose_section(self, section: str) -> None:
        """They want to talk about one part next, also one that they had skipped."""
        skipped = self.progress.skipped - {section}
        self.progress = replace(self.progress, section=section, skipped=skipped)

    def offer_sections(self) -> None:
        """They may choose a part with their next text."""
        self.progress = replace(self.progress, section=OFFERED)

    def skip(self, question: str) -> None:
        """One SKIP leaves the question; a second, or no to talking of harm, leaves the part."""
        section = QUESTIONS[question].section
        again = self._was.last_skip == section
        self.last_skip = section
        if section in ("minimum", "share") or not (again or question == "harm_ok"):
            return
        self.progress = replace(self.progress, skipped=self.progress.skipped | {section})
