"""One turn while it is being made: what was heard is answered in the order of what matters.

A safe phone comes first (PR-11), then what a child tells of (PR-35), then what they wish for
(PR-05), then the script (docs/practice.md).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from dialogs.answering import Answering
from dialogs.course import Course
from dialogs.disclosures import safety_lines
from dialogs.hearing import hear
from dialogs.interview import ASKED, PHASES, accepts
from dialogs.later import is_later, leave_later
from dialogs.plan import QUESTIONS
from dialogs.position import Disclosure, Heard, Passing, Position, Raise, Situation, Turn
from dialogs.safe_contact import SafeContact
from dialogs.wishes import answer_infos, grant, take_option

SESSION = timedelta(minutes=30)
"""After so long a silence somebody else may hold the phone: it needs a fresh yes (PR-16)."""


class Talk:
    """One turn; `listen` or `say_hello` once, then `turn`."""

    def __init__(
        self, position: Position, heard: Heard, situation: Situation, now: datetime
    ) -> None:
        self._was, self._heard, self._situation, self._now = position, heard, situation, now
        silent = position.last_at is not None and now - position.last_at > SESSION
        self._stale = silent
        self._hearing = hear(heard, position, situation)
        self._kind = self._hearing.kind(position.state)
        self._trigger = self._hearing.trigger(position.state)
        self._course = Course(position, situation, self._hearing, stale=self._stale)
        self._step, self._speaker = self._course.step, self._course.speaker
        self._say = self._speaker.say
        self._doubt = position.doubt
        self._contact = SafeContact(position, heard, situation, self._course, self._hearing)
        self._answering = Answering(position, heard, situation, self._course, self._hearing)

    def say_hello(self) -> None:
        """Begin, or begin again: is now a good time?"""
        self._course.hello()

    def say_later(self, trigger: str, line: str) -> None:
        """Write first, on a later day: news from a person, or how the chat was."""
        self._course.leave_for(trigger)
        self._step.asked_again = self._step.checked = False
        self._say(line)

    def listen(self) -> None:
        """Answer what was heard."""
        if self._contact.alarm():
            return
        if self._step.guarded:
            self._listen_guarded()
            return
        self._course.story.learn()
        if self._hearing.control == "busy":
            self._course.leave_for("busy")
            self._course.arrive("busy")
        elif (disclosure := self._disclosure()) is not None:
            self._speaker.media(self._heard.media, safety_follows=True)
            self._answer_disclosure(disclosure)
        elif self._hearing.sign == "wrong_number":
            self._contact.wrong_number()
        else:
            self._speaker.media(self._heard.media)
            checks_next = self._answering.leads_to_check()
            infos, sign = self._hearing.infos, self._hearing.sign
            answer_infos(self._course, infos, sign, checks_next=checks_next)
            self._follow()

    def _listen_guarded(self) -> None:
        """Nothing about harm is said until they have proved, in this turn, that it is them."""
        self._contact.listen_guarded()
        if self._course.contact == "open" and self._heard.disclosure is not None:
            self._speaker.forget()
            self._answer_disclosure(self._heard.disclosure)

    # --- what they wish ---

    def _follow(self) -> None:
        """Their wish, or their answer, or nothing but words that were answered already."""
        state, hearing = self._was.state, self._hearing
        if hearing.control and hearing.control != "skip":
            self._obey(hearing.control)
        elif self._stale and (state in ASKED or state in PHASES["readback"]):
            self._recheck()
        elif hearing.option is not None:
            take_option(self._course, hearing.option, stale=self._stale)
        elif hearing.wish is not None:
            grant(self._course, hearing.wish)
        elif hearing.section is not None:
            self._choose(hearing.section)
        else:
            self._answer()

    def _answer(self) -> None:
        state = self._was.state
        if self._hearing.control == "skip" and self._kind is None:
            self._skip()
        elif state in ("check_word", "follow_up_word"):
            self._contact.try_word()
        elif self._kind is not None:
            self._answering.take()
        elif state == "not_started" and self._heard.media:
            self._course.hello()

    def _choose(self, section: str) -> None:
        """They picked a part of the interview: it comes next, in other words if it stands."""
        state, story = self._was.state, self._course.story
        story.choose_section(section)
        if state in QUESTIONS and QUESTIONS[state].section == section:
            self._say(state, again=True)
            return
        story.take_back(state)
        trigger = "answered"
        if state == "carry_on":
            trigger, self._step.resume = "yes", story.next_question
        self._course.move(trigger)
        self._course.arrive(trigger)

    # --- answering ---

    def _disclosure(self) -> Disclosure | None:
        """What screening found, or what a plain answer says where screening saw nothing."""
        if self._heard.disclosure is not None:
            met = self._answering.is_plain_need(self._heard.disclosure)
            return None if met else self._heard.disclosure
        if self._trigger == "danger":
            self._course.raises.append(Raise(1, "IMM", "said they are not safe now"))
            return Disclosure(1, ("IMM",), "clear")
        if self._trigger == "disclosed":
            self._course.raises.append(Raise(2, "ABU", "said someone is hurting or scaring them"))
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
        self._course.story.tells_of_harm(disclosure)
        self._course.leave_for(trigger, answered=True)
        self._step.asked_again = asked_before
        before = self._was.state != "after_disclosure" or self._was.doubt
        self._doubt = before and lines[:1] == ("doubt",)
        for line in lines:
            self._say(line)

    # --- wishes ---

    def _obey(self, control: str) -> None:
        if self._was.state in PHASES["ends"]:
            return
        if is_later(self._was.state):
            leave_later(self._course, control)
            return
        self._course.leave_for(control)
        self._course.arrive(control)
        if self._was.state in PHASES["safety"] and self._step.state != "finished":
            self._say("numbers")

    def _skip(self) -> None:
        state = self._was.state
        if not accepts(state, "skip"):
            return
        if is_later(state):
            leave_later(self._course, "skip")
            return
        if state in QUESTIONS:
            self._course.story.skip(state)
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
        course = self._course
        guarded = self._step.guarded and course.contact != "open"
        if guarded or course.contact == "guarded":
            self._speaker.bland_only()
        return Turn(
            position=self._position(),
            replies=tuple(self._speaker.replies),
            answers=() if self._step.guarded else self._hearing.answers(self._was.state),
            passing=() if self._step.guarded else self._passing(),
            contact=course.contact,
            raises=tuple(course.raises),
            tasks=tuple(dict.fromkeys(course.tasks)),
            way=course.way,
            news_told=course.news_told,
            disposition=self._disposition(guarded),
        )

    def _position(self) -> Position:
        step, story = self._step, self._course.story
        progress = story.progress
        wrote = bool(self._heard.texts or self._heard.media)
        began = step.checked and (not self._was.checked or self._stale)
        chosen = progress.asked or progress.length != story.first_length
        return replace(
            self._speaker.update(self._was),
            state=step.state,
            resume=step.resume,
            asked_again=step.asked_again,
            wrong_words=step.wrong_words,
            checked=step.checked,
            last_at=self._now if wrote else self._was.last_at,
            said_no=step.said_no,
            doubted=step.doubted,
            length=progress.length if chosen else self._was.length,
            asked=progress.asked,
            covered=tuple(sorted(progress.covered)),
            section=progress.section,
            skipped=tuple(sorted(progress.skipped)),
            thin=progress.thin,
            last_skip=story.last_skip,
            doubt=self._doubt and step.state == "after_disclosure",
            session_at=self._now if began else self._was.session_at,
        )

    def _passing(self) -> tuple[Passing, ...]:
        """What was told without being asked; what answers the standing question is its answer."""
        question = QUESTIONS.get(self._was.state)
        asked_for = set(question.topics) if question else set()
        return tuple(each for each in self._hearing.told if each.topic not in asked_for)

    def _disposition(self, guarded: bool) -> Literal["turn", "parked", "after_end"]:
        if guarded:
            return "parked"
        ended = self._was.state in PHASES["ends"] and self._step.state == self._was.state
        return "after_end" if ended else "turn"
