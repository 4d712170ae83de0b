"""Where a young person is in the conversation, and the data of a turn.

Everything here is frozen data without behaviour of its own, apart from `Position`, which is saved
as JSON between two turns and must load again under every later version of the script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

Contact = Literal["open", "guarded", "unverified"]
"""guarded: somebody may be looking; unverified: we do not know who holds the phone."""

Exposure = Literal["bland", "general", "private", "case"]
"""bland: for anyone's eyes; general: about us or safety; private: once they said they are alone;
case: a fact about this child, only to a phone that is known to be theirs."""

Media = Literal["picture", "voice", "pin", "other"]

Length = Literal["full", "short", "repeat"]
"""How much is asked; repeat is for a child who has had these interviews before (PR-32)."""

Way = Literal["text", "talk", "meet"]

SCRIPT_VERSION = "2"
"""Version of the English script. A change of wording or order raises it."""

OFFERED = "?"
"""They were asked which part of the interview comes next."""

STATE_ALIASES: Mapping[str, str] = {"keep_private_what": "keep_private"}
"""Old name -> name today. State names are for ever: a renamed state leaves its old name here."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a young person is; pass it back unchanged to the next turn.

    Attributes:
        state: name of a state of dialogs.interview.
        resume: the question to go back to after a check, a pause or a disclosure.
        asked_again: the standing question was already put in other words.
        wrong_words: wrong check words since the last right one.
        checked: the identity check was passed in this session.
        last_at: when they last wrote (aware, UTC).
        script: version under which the conversation began.
        said_no: they declined, and have not said yes since; a disclosure may have come after it.
        told: states whose explanation (who reads, what is passed on) was already given.
        goodbye_said: the goodbye with the next step and the numbers went out.
        after_end_told: the one line about texts after the end went out.
        last_safety: safety texts that last went out in their first wording and will next go out in
            the other, so that none goes out twice running (docs/practice.md PR-41).
        length: how much is asked in this interview.
        asked: questions that were put, in order; none is put again, except in other words.
        covered: topics (dialogs.topics) that they have told about, asked or in passing.
        section: the part of the interview that they chose; `OFFERED` while they may choose one.
        skipped: parts that they do not want to talk about.
        doubted: signs that somebody else held the phone; only the check word or a person undoes it.
        last_skip: the part in which a question was skipped in the turn before.
        doubt: they were only asked whether they are safe because screening was unsure.
        thin: short answers to open questions, so far.
        session_at: when this session was found safe; nothing from before it is read back.
    """

    state: str = "not_started"
    resume: str | None = None
    asked_again: bool = False
    wrong_words: int = 0
    checked: bool = False
    last_at: datetime | None = None
    script: str = SCRIPT_VERSION
    said_no: bool = False
    told: tuple[str, ...] = ()
    goodbye_said: bool = False
    after_end_told: bool = False
    last_safety: tuple[str, ...] = ()
    length: Length | None = None
    asked: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    section: str | None = None
    skipped: tuple[str, ...] = ()
    doubted: bool = False
    last_skip: str | None = None
    doubt: bool = False
    thin: int = 0
    session_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As a dict of JSON types; `from_json` gives the same position back."""
        return {
            "state": self.state,
            "resume": self.resume,
            "asked_again": self.asked_again,
            "wrong_words": self.wrong_words,
            "checked": self.checked,
            "last_at": self.last_at.isoformat() if self.last_at else None,
            "script": self.script,
            "said_no": self.said_no,
            "told": list(self.told),
            "goodbye_said": self.goodbye_said,
            "after_end_told": self.after_end_told,
            "last_safety": list(self.last_safety),
            "length": self.length,
            "asked": list(self.asked),
            "covered": list(self.covered),
            "section": self.section,
            "skipped": list(self.skipped),
            "doubted": self.doubted,
            "last_skip": self.last_skip,
            "doubt": self.doubt,
            "thin": self.thin,
            "session_at": self.session_at.isoformat() if self.session_at else None,
        }

    @classmethod
    def from_json(
        cls, stored: Mapping[str, Any], aliases: Mapping[str, str] = STATE_ALIASES
    ) -> Position:
        """Load a position that any released version stored.

        Args:
            stored: what `to_json` gave. Missing keys get their defaults, unknown keys are ignored.
            aliases: old state names and what they are called today.

        Raises:
            KeyError: there is no "state".
            ValueError: "last_at" or "session_at" is no ISO time.
        """
        known = {f.name: stored[f.name] for f in fields(cls) if f.name in stored}
        known["state"] = aliases.get(stored["state"], stored["state"])
        if known.get("resume") is not None:
            known["resume"] = aliases.get(known["resume"], known["resume"])
        known["told"] = tuple(aliases.get(state, state) for state in known.get("told", ()))
        known.setdefault("asked", _asked_by_version_1(stored))
        known["asked"] = tuple(aliases.get(state, state) for state in known["asked"])
        if stored.get("script") == "1" and known["asked"]:
            known.setdefault("length", "short")
        for name in ("last_safety", "covered", "skipped"):
            known[name] = tuple(known.get(name, ()))
        for name in ("last_at", "session_at"):
            if known.get(name):
                known[name] = datetime.fromisoformat(known[name])
        return cls(**known)


_VERSION_1 = ("safe_now", "going_on", "help", "anyone_hurting", "keep_private")


def _asked_by_version_1(stored: Mapping[str, Any]) -> tuple[str, ...]:
    """What the first version, which kept no list, had asked: it is not asked again."""
    state = stored["state"]
    if "safe_now" not in stored.get("told", ()):
        return ()
    if state in _VERSION_1:
        return _VERSION_1[: _VERSION_1.index(state) + 1]
    if state == "keep_private_what" or stored.get("resume") not in _VERSION_1:
        return _VERSION_1
    return _VERSION_1[: _VERSION_1.index(stored["resume"])]


@dataclass(frozen=True, slots=True)
class HeardText:
    """One text, exactly as typed.

    `may_answer` holds the states whose prompt the provider had accepted, or was sending, when it
    arrived; empty means unknown. A text that cannot answer the standing question is late.
    """

    words: str
    may_answer: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What screening found in this turn's texts (P1 or P2 only)."""

    priority: int
    categories: tuple[str, ...]
    certainty: Literal["clear", "unsure"]
    own_act: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """All unanswered texts and media of one young person: one turn (docs/practice.md PR-28)."""

    texts: tuple[HeardText, ...]
    media: tuple[Media, ...] = ()
    disclosure: Disclosure | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true around the conversation now.

    Attributes:
        contact: what may be sent to this phone.
        language: language of the texts; one that has no script is answered in English.
        check_word: the word the child chose with a person, if any.
        texting_agreed: a named person confirmed with the child that texting is ok.
        confirmed: the number was confirmed with the child, and no other child uses it.
        reachable: somebody on duty can be alerted now.
        facts: values for placeholders: service, name (the independent person), employer, next_read.
            A fact that is not known is left out, and its sentence with it (docs/practice.md PR-53).
        duress_word: a word that looks ordinary and means danger, if one was agreed.
        person_first: under the age for texting, or with a need that makes it hard: a person first.
        adult: 18 or older, when that is known.
        episode: how many times they have been offered an interview, this one counted.
        promised: something they asked for last time has no recorded outcome.
        length: a length that a person chose for them; None lets the dialogue choose.
        reviewed: the texts in this language are approved; if not, English goes beside safety texts.
        said: their own texts of this session, in order, without any that screening flagged; given
            only where `wants_words` of dialogs.turn says so.
        news: what a person wrote for them to hear when it is safe; given to a `follow_up` only.
    """

    contact: Contact
    language: str = "en"
    check_word: str | None = None
    texting_agreed: bool = False
    confirmed: bool = True
    reachable: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)
    duress_word: str | None = None
    person_first: bool = False
    adult: bool = False
    episode: int = 1
    promised: bool = False
    length: Length | None = None
    reviewed: bool = True
    said: tuple[str, ...] = ()
    news: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One text to send; `asks` names the state whose question it puts.

    `choices` are answers that a button can give, as pairs of what typing it would say and what the
    button reads. A channel without buttons leaves them out: the text names them too.
    """

    key: str
    body: str
    exposure: Exposure
    asks: str | None = None
    readback: bool = False
    safety: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Texts that answer a question: indexes into `Heard.texts`, never a copy (PR-24)."""

    question: str
    texts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passing:
    """A topic that a text told about although nothing was asked about it: never a paraphrase."""

    topic: str
    text: int


@dataclass(frozen=True, slots=True)
class Raise:
    """Something the dialogue itself noticed and a person must look at."""

    priority: int
    category: str
    rule: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn changes and sends. `contact` None leaves the contact as it is.

    `tasks` are codes for people (`TASKS`). `way` is how they chose to do the interview: any of the
    three counts as accepted. `news_told`: the text of a person went out in this turn.
    """

    position: Position
    replies: tuple[Reply, ...]
    answers: tuple[Answer, ...] = ()
    passing: tuple[Passing, ...] = ()
    contact: Contact | None = None
    raises: tuple[Raise, ...] = ()
    tasks: tuple[str, ...] = ()
    way: Way | None = None
    news_told: bool = False
    disposition: Literal["turn", "parked", "after_end"] = "turn"


TASKS = (
    "call_wanted",
    "meeting_wanted",
    "person_wanted",
    "declined",
    "check_wanted",
    "help_with_texting",
    "advocate_wanted",
    "copy_wanted",
    "other_person_wanted",
    "tell_outcome",
    "tell_news",
    "is_adult",
    "says_adult",
    "wrong_number",
)
"""What the dialogue asks of people; each is one open task of a young person at a time."""
