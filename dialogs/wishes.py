"""What they ask of the interview itself: another way, shorter, another part, their own words."""

from __future__ import annotations

from typing import cast

from dialogs.course import Course
from dialogs.interview import PHASES, accepts
from dialogs.position import Length, Way

_LENGTHS: dict[str, tuple[Length, str]] = {
    "shorter": ("short", "short_ok"),
    "longer": ("full", "long_ok"),
}
_OPTIONS = {
    "advocate": ("advocate_wanted", "advocate_asked"),
    "copy": ("copy_wanted", "copy_asked"),
    "other_person": ("other_person_wanted", "other_person_asked"),
}
_ASIDES = frozenset({"secret", "delete", "rude", "cost"})
_ALWAYS_SAID = frozenset({"cost"})
"""Questions and outbursts that get an answer of their own where the conversation stands."""


def answer_infos(
    course: Course, infos: tuple[str, ...], sign: str | None, *, checks_next: bool
) -> None:
    """HELP, PERSON, HOW, "who is this", "promise?": answered where the conversation stands.

    `checks_next`: this turn goes on to ask who is there, so nothing is said yet for their eyes
    alone (docs/practice.md PR-16).
    """
    checking = checks_next or course.step.state in (*PHASES["hello"], "busy")
    is_known = course.step.checked and not course.step.unverified and not checking
    for info in infos:
        if info in ("help", "person"):
            course.speaker.say(f"{info}_line")
        else:
            counts = _counts(course) if info == "how" else None
            before = not is_known and info not in _ALWAYS_SAID
            course.speaker.say(f"{info}_before" if before else info, counts=counts)
        if info not in _ASIDES:
            course.move(info)
    if "person" in infos:
        course.tasks.append("person_wanted")
    if sign == "adult":
        course.speaker.say("adult_said" if is_known else "how_before")
        course.tasks.append("says_adult")


def grant(course: Course, wish: str) -> None:
    """Do what they wish; what stands stays standing unless the wish moves it.

    Args:
        course: where the turn stands.
        wish: one of dialogs.reading.WISHES, heard in a state that allows it.
    """
    if wish in _LENGTHS:
        length, line = _LENGTHS[wish]
        course.story.choose_length(length)
        course.speaker.say(line, counts=_counts(course))
        if length == "short":
            course.speaker.mark("halfway")
    elif wish == "topics":
        course.speaker.choices(course.story.left)
        course.story.offer_sections()
    elif wish == "show":
        show(course, stale=False)
    else:
        course.arrange(cast("Way", wish))


def take_option(course: Course, option: str, *, stale: bool) -> None:
    """One of the choices after the goodbye: an advocate, a copy, their words, another person."""
    if option == "show":
        show(course, stale=stale)
        return
    task, line = _OPTIONS[option]
    course.tasks.append(task)
    course.speaker.say(line)


def show(course: Course, *, stale: bool) -> None:
    """Read back in this session, after a fresh check, to a phone that is theirs; else a copy."""
    step = course.step
    if stale or step.unverified or not step.checked or not accepts(step.state, "show"):
        take_option(course, "copy", stale=stale)
        return
    course.leave_for("show")
    course.speaker.say("read_back_safe")


def _counts(course: Course) -> dict[str, str] | None:
    """How many questions are left, where saying so helps."""
    return {"left": str(course.story.left)} if course.story.left > 1 else None
