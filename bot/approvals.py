"""The approval register: who has read the texts of a language, exactly as they are, and agreed.

Until a safeguarding lead, a young people's group and, for another language than English, a
translator have agreed, the texts are a draft: staff pages say so, and no invitation leaves
outside the demo (docs/practice.md PR-08). An approval holds for one file, byte for byte.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.service import Service
from dialogs.nations import nation
from dialogs.position import SCRIPT_VERSION
from storage import approvals
from storage.tables.system import APPROVING_ROLES

ENGLISH = "en"
TRANSLATOR = "translator"


class NotApproved(Exception):
    """Nothing was approved; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One agreement: in which role, who, and when."""

    role: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Register:
    """The agreements to the texts of one language as they are now.

    Attributes:
        language: whose texts.
        version: of the script.
        digest: of the file of texts.
        entries: who agreed, the first first.
        missing: the roles in which nobody has.
    """

    language: str
    version: str
    digest: str
    entries: tuple[Entry, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether these texts are no draft any more."""
        return not self.missing


def required_roles(language: str) -> tuple[str, ...]:
    """The roles that must agree: English was not translated."""
    return tuple(role for role in APPROVING_ROLES if role != TRANSLATOR or language != ENGLISH)


def digest_of(language: str) -> str:
    """The SHA-256 of the file of a language's texts, in hexadecimal digits.

    Raises:
        NotApproved: there are no texts in this language.
    """
    digest = _digest(language)
    if digest is None:
        raise NotApproved(f"there are no texts in the language {language!r}")
    return digest


def approve(service: Service, language: str, role: str, name: str, actor: str) -> None:
    """Enter that a person agrees to the texts of a language as they are now.

    Args:
        service: the process's service.
        language: whose texts.
        role: one of `required_roles`.
        name: of the person, or of the group.
        actor: who enters it, as the access log names them.

    Raises:
        NotApproved: nothing was stored: no such language or role, no name, or agreed before.
    """
    digest, named = digest_of(language), " ".join(name.split())
    if role not in required_roles(language):
        known = ", ".join(required_roles(language))
        raise NotApproved(f"{role!r} does not approve these texts: give one of {known}")
    if not named:
        raise NotApproved("say who approves the texts: a name")
    now = service.clock.service_now()
    try:
        with service.database.write() as session:
            entered = approvals.approve(
                session, language, SCRIPT_VERSION, digest, role, named, now, actor
            )
            service.audit.append(
                session,
                now,
                actor,
                "approve texts",
                f"script_approval:{entered.id}",
                language=language,
                version=SCRIPT_VERSION,
                digest=digest,
                role=role,
            )
    except IntegrityError:
        raise NotApproved("somebody has approved exactly these texts in this role") from None


def register(session: Session, language: str) -> Register:
    """Who agreed to the texts of a language as they are now, and who is missing.

    Raises:
        NotApproved: there are no texts in this language.
    """
    digest = digest_of(language)
    found = approvals.approvals_of(session, language, SCRIPT_VERSION, digest)
    entries = tuple(Entry(each.role, each.name, each.at) for each in found)
    agreed = {each.role for each in entries}
    missing = tuple(role for role in required_roles(language) if role not in agreed)
    return Register(language, SCRIPT_VERSION, digest, entries, missing)


def is_reviewed(session: Session, language: str) -> bool:
    """Whether the texts that a speaker of this language gets are no draft.

    A language without texts of its own is answered in English, so English is what counts.
    """
    known = language if _digest(language) is not None else ENGLISH
    return register(session, known).complete


def may_invite(service: Service, session: Session, language: str) -> bool:
    """Whether a first text in this language may leave: approved, allowed as a draft, or a demo."""
    settings = service.settings
    return settings.allow_draft_script or settings.is_demo or is_reviewed(session, language)


def languages_here(service: Service) -> tuple[str, ...]:
    """The languages that are offered in this nation and have texts, the usual one first."""
    offered = nation(service.settings.nation).languages
    return tuple(language for language in offered if _digest(language) is not None)


def drafts_here(service: Service, session: Session) -> tuple[Register, ...]:
    """The registers that are not complete, of the languages that are offered in this nation."""
    registers = (register(session, language) for language in languages_here(service))
    return tuple(found for found in registers if not found.complete)


@cache
def _digest(language: str) -> str | None:
    """Read once in a process, as the texts are: what is approved must be what is sent."""
    # A code that is no code could name any file.
    if not (language.isascii() and language.isalnum()):
        return None
    file = files("dialogs") / "texts" / f"{language}.toml"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
