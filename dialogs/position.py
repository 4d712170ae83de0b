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

SCRIPT_VERSION = "1"
"""Version of the English script. A change of wording or order raises it."""

STATE_ALIASES: Mapping[str, str] = {}
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
            ValueError: "last_at" is no ISO time.
        """
        known = {f.name: stored[f.name] for f in fields(cls) if f.name in stored}
        known["state"] = aliases.get(stored["state"], stored["state"])
        if known.get("resume") is not None:
            known["resume"] = aliases.get(known["resume"], known["resume"])
        known["told"] = tuple(aliases.get(state, state) for state in known.get("told", ()))
        known["last_safety"] = tuple(known.get("last_safety", ()))
        if known.get("last_at"):
            known["last_at"] = datetime.fromisoformat(known["last_at"])
        return cls(**known)


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
    """

    contact: Contact
    language: str = "en"
    check_word: str | None = None
    texting_agreed: bool = False
    confirmed: bool = True
    reachable: bool = True
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """One text to send; `asks` names the state whose question it puts."""

    key: str
    body: str
    exposure: Exposure
    asks: str | None = None
    readback: bool = False
    safety: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Texts that answer a question: indexes into `Heard.texts`, never a copy (PR-24)."""

    question: str
    texts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Raise:
    """Something the dialogue itself noticed and a person must look at."""

    priority: int
    category: str
    rule: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn changes and sends. `contact` None leaves the contact as it is.

    `tasks` are for people: call_wanted, meeting_wanted, person_wanted, declined, check_wanted.
    """

    position: Position
    replies: tuple[Reply, ...]
    answers: tuple[Answer, ...] = ()
    contact: Contact | None = None
    raises: tuple[Raise, ...] = ()
    tasks: tuple[str, ...] = ()
    disposition: Literal["turn", "parked", "after_end"] = "turn"
