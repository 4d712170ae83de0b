"""Texts on a later day: news that a person wrote for them, and how the chat was.

News begins with a question that says nothing (M-follow-up); the detail leaves only after YES and
the check word, and where no word was agreed a person tells them (docs/practice.md, the lines).
"""

from __future__ import annotations

from dialogs.course import Course
from dialogs.interview import PHASES
from dialogs.position import Situation


def answer_later(course: Course, was: str, trigger: str) -> None:
    """Answer in a state of the phase "later", after the table has moved."""
    state, say = course.step.state, course.speaker.say
    if was == "chat_was":
        say("chat_thanks")
    elif state == "follow_up_word":
        say("follow_up_word")
    elif state == was:
        course.arrive("unclear")
    elif trigger == "yes":
        say("news_person")
        course.tasks.append("tell_news")
    else:
        say("later")
    course.step.resume = "finished"


def leave_later(course: Course, control: str) -> None:
    """A command while something is asked on a later day: accepted, nothing is asked again."""
    course.move(control)
    course.speaker.say("declined" if control == "stop" else "later")


def tell_news(course: Course, situation: Situation) -> None:
    """The check word was right: say what the person wrote."""
    course.speaker.news()
    course.speaker.say("news_told")
    course.step.doubted = False
    course.contact = None if situation.contact == "open" else "open"


def is_later(state: str) -> bool:
    """Whether something of a later day is being asked."""
    return state in PHASES["later"]
