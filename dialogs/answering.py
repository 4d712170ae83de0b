"""Taking an answer to the standing question: what it moves, and what a person must see of it."""

from __future__ import annotations

from typing import cast

from dialogs.course import Course
from dialogs.hearing import Hearing
from dialogs.later import answer_later, is_later
from dialogs.plan import QUESTIONS
from dialogs.position import Disclosure, Heard, Position, Raise, Situation, Way
from dialogs.safe_contact import WAITED_FOR, SafeContact

_OWN_LINES = {
    "health": ("health_yes", Raise(2, "MED", "asked for a nurse or doctor")),
    "anyone_else": ("anyone_else_yes", Raise(2, "OTH", "said another child is not safe")),
}
"""Needs that are met with a line of their own when a plain yes says so; a person is told."""


class Answering:
    """The part of a turn that takes what answers the question that stands."""

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
        self._contact = SafeContact(position, heard, situation, course, hearing)
        self._kind, self._trigger = hearing.kind(position.state), hearing.trigger(position.state)
        self._step, self._say = course.step, course.speaker.say

    def is_plain_need(self, disclosure: Disclosure) -> bool:
        """A plain yes to a nurse, or to another child who is not safe, met with its own line."""
        plain = self._was.state in _OWN_LINES and self._kind in ("yes", "partly")
        return plain and disclosure.priority > 1

    def leads_to_check(self) -> bool:
        """Whether taking it begins again with who is there and whether now is good."""
        comes_back = self._was.state == "paused" and self._kind not in (None, "thanks")
        return comes_back or self._trigger == "begin" or self._wants_more()

    def take(self) -> None:
        """Take the answer, or whatever else was written while a question stood."""
        state, trigger = self._was.state, self._trigger
        if trigger == "begin":
            self._course.hello()
        elif self._wants_more():
            self._course.reopen()
        elif state == "paused" and self._kind == "thanks":
            self._say("busy")
        elif trigger == "unclear" and state in WAITED_FOR:
            self._contact.wait_for_yes()
        elif state == "way" and trigger == "answered":
            self._take_way()
        else:
            self._move_on(self._meant(state, trigger))

    def _meant(self, state: str, trigger: str) -> str:
        """What the answer means to the table, where that depends on more than its kind."""
        if state == "harm_ok" and self._kind == "words" and not self._hearing.little:
            self._course.story.tells("D1")
            return "answered"
        still_unclear = trigger == "unclear" and self._was.asked_again
        if state == "harm_ok" and (self._kind in ("no", "nothing") or still_unclear):
            self._course.story.skip(state)
            return "skip"
        if trigger == "yes" and self._was.doubt and self._can_go_straight_on():
            return "reassured"
        return trigger

    def _move_on(self, trigger: str) -> None:
        self._notice(self._was.state)
        self._course.move(trigger)
        if is_later(self._was.state):
            answer_later(self._course, self._was.state, trigger)
        else:
            self._course.arrive(trigger)

    def _wants_more(self) -> bool:
        """HI after an early FINISH: there is more to ask, and they may want to tell it."""
        begun = self._was.state == "finished" and "way" in self._was.told
        return begun and self._course.story.left > 0 and self._kind == "greeting"

    def _can_go_straight_on(self) -> bool:
        """It was only a doubt, and they are safe: the next question, not one about going on."""
        step = self._step
        return step.checked and not step.said_no and step.resume in QUESTIONS

    def _take_way(self) -> None:
        """Text, a call or a meeting: any of them accepts the offer (PR-21)."""
        if self._kind in ("talk", "meet"):
            self._course.arrange(cast("Way", self._kind))
            return
        self._course.way = "text"
        self._course.move("easier" if self._situation.person_first else "answered")
        self._course.arrive("answered")

    def _notice(self, state: str) -> None:
        """Answers that a person must see, or that are met with a line of their own."""
        if state in _OWN_LINES and self._kind in ("yes", "partly"):
            line, raised = _OWN_LINES[state]
            self._say(line)
            if self._heard.disclosure is None:
                self._course.raises.append(raised)
        elif state == "easier" and self._kind == "words":
            self._course.tasks.append("help_with_texting")
        elif state == "keep_private" and self._kind == "words":
            self._say("share_limit")
        elif state == "read_back" and self._kind == "words":
            self._say("corrected")
        elif state == "promised":
            self._course.tasks.append("tell_outcome")
