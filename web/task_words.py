"""What staff pages say of each task: what it is, what to do, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Whose = Literal["advocate", "duty"]

WHOSE: Final = {"advocate": "For the advocate", "duty": "For the duty worker"}

MINE: Final[Mapping[str, Whose]] = {"advocate": "advocate", "duty_worker": "duty"}
"""By role: whose tasks somebody sees first."""


@dataclass(frozen=True, slots=True)
class TaskWords:
    """A task as staff read it: a plain title, the next step, and who takes it."""

    title: str
    to_do: str
    whose: Whose


TASKS: Final[Mapping[str, TaskWords]] = {
    "call_wanted": TaskWords(
        "Wants to talk on the phone: call them",
        "Call at the time they gave, if they gave one. A call counts as accepting the offer.",
        "advocate",
    ),
    "meeting_wanted": TaskWords(
        "Wants to meet: arrange it",
        "Agree a place and a time that are safe and good for them. A meeting counts as accepting.",
        "advocate",
    ),
    "person_wanted": TaskWords(
        "Wants a person: get in touch",
        "Contact them yourself, by text or by phone, and ask what they would like.",
        "advocate",
    ),
    "check_wanted": TaskWords(
        "Agree a way to check who is texting",
        "Call or meet them and agree a check word. Until then no fact about them is texted.",
        "advocate",
    ),
    "declined": TaskWords(
        "Did not want to talk now: a person may offer again",
        "Their no holds for the texts. Think with those who know them how else to offer it.",
        "advocate",
    ),
    "help_with_texting": TaskWords(
        "Texting is hard for them: find a way that suits them",
        "Read what they said would help. Offer a call, a meeting, or somebody beside them.",
        "advocate",
    ),
    "advocate_wanted": TaskWords(
        "Wants an advocate: arrange it",
        "Put them in touch with somebody who speaks up for them, and tell them who and when.",
        "advocate",
    ),
    "copy_wanted": TaskWords(
        "Wants a copy of what they said: arrange a safe way",
        "Ask them how they want it. Do not post or e-mail it where somebody else may see it.",
        "advocate",
    ),
    "other_person_wanted": TaskWords(
        "Wants to see another person next time",
        "Find somebody else for the next interview, and tell them whether that can be done.",
        "advocate",
    ),
    "tell_outcome": TaskWords(
        "Asked for something last time: tell them what came of it",
        "Find out what happened with it and record the news for them, also if nothing did.",
        "advocate",
    ),
    "tell_news": TaskWords(
        "There is news for them: tell them in person or by phone",
        "It could not be told by text. First make sure that they can speak safely.",
        "advocate",
    ),
    "is_adult": TaskWords(
        "They are 18 or older: offer what there is for adults",
        "No interview goes on by text. Offer a talk, and name the services for adults.",
        "advocate",
    ),
    "says_adult": TaskWords(
        "Says they are 18 or older: check it with them",
        "Check the date of birth. If they are 18, offer what there is for adults.",
        "advocate",
    ),
    "person_first": TaskWords(
        "Meet them or call first: texting may not suit them",
        "They are young, or something makes texts hard. Invite them by text only if they want it.",
        "advocate",
    ),
    "too_many_prompts": TaskWords(
        "They had three texts in a week: call them instead",
        "No further text goes out now. Call or visit; the offer stands.",
        "advocate",
    ),
    "no_reply": TaskWords(
        "No answer to our texts: try another way",
        "Silence is not a no. Call, visit, or ask somebody they trust how to reach them.",
        "advocate",
    ),
    "texting_not_agreed": TaskWords(
        "Ask whether texting is fine, then make contact",
        "No text has gone out. Ask them in person, then invite them; or hold it in person.",
        "advocate",
    ),
    "look_back": TaskWords(
        "Look back at a P1 that was closed: a second person",
        "Open it under Look back. Whoever did not act on it reads it and writes what they see.",
        "duty",
    ),
    "call_back": TaskWords(
        "Somebody rang our number: call them back",
        "Nobody could take the call. Check first that it is safe to call that phone.",
        "duty",
    ),
    "late_text": TaskWords(
        "A text came hours late: read it and get in touch",
        "The computer did not answer it. Things may have changed: check first that it is safe.",
        "advocate",
    ),
    "wrong_number": TaskWords(
        "Says this is not their number: check it, do not write there",
        "Nothing more is texted there. Find out how the young person can be reached.",
        "duty",
    ),
    "link_sender": TaskWords(
        "A number that nobody knows has written: find out who it is",
        "They got the safety numbers and nothing else. An advocate reads it and links them.",
        "advocate",
    ),
    "not_theirs": TaskWords(
        "Somebody else wrote in their interview: see where it stands",
        "What is marked as not theirs may have ended it or told us a no. Offer it again if so.",
        "advocate",
    ),
    "opted_out": TaskWords(
        "The phone refuses our messages: find another way",
        "The network or the phone blocks us. That is not a no from the young person.",
        "duty",
    ),
    "wrong_address": TaskWords(
        "The number does not work: check it",
        "Ask those who know them for the right number, and enter it.",
        "duty",
    ),
    "unreachable": TaskWords(
        "The phone cannot be reached: find another way",
        "Check that they are well, through somebody who sees them.",
        "duty",
    ),
    "undelivered": TaskWords(
        "A message did not arrive: check with them",
        "Read in the conversation what they did not get, and tell them another way if it is safe.",
        "advocate",
    ),
    "outside_window": TaskWords(
        "WhatsApp takes no text of ours now: reach them another way",
        "They have not written there for a day. Call them, or text when they have written again.",
        "duty",
    ),
    "many_texts": TaskWords(
        "Very many texts came at once: read them",
        "They are answered together, once a minute. See how they are, and whether it is them.",
        "advocate",
    ),
    "maybe_a_machine": TaskWords(
        "An answering machine may be texting us: look",
        "The same text came again and again. We say nothing more until another one comes.",
        "advocate",
    ),
}
"""By the kind of the task: those of dialogs.position.TASKS, and those that the bot itself makes."""


def task_in_words(kind: str) -> TaskWords:
    """The words of a task; one without words yet is shown by its code, for the duty worker."""
    title = kind.replace("_", " ").capitalize()
    return TASKS.get(kind) or TaskWords(title, "Find out what is needed.", "duty")
