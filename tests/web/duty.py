"""What the tests of the duty pages do again and again."""

import re
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from bot.inbox import summaries
from bot.service import Service
from storage.audit import AuditChain
from storage.keys import KeyFile
from storage.people import conversation_of
from storage.tables import AuditEntry
from tests.web.cast import Cast, csrf_token

DANGER = "hes outside my window with a knife"
VIOLENCE = "my stepdad hits me"
OUTCOME = {
    "decision": "Police are on their way",
    "reason": "He is outside with a knife",
    "who_was_told": "Police, 16:10",
    "reference": "Log 123",
    "child_was_told": "That the police are coming",
    "child_told_by": "Dee, by text",
    "next_review": "Tomorrow at 10:00, the day team",
}


def only_escalation(service: Service) -> UUID:
    (found,) = summaries(service)
    return found.id


def address_of(service: Service) -> str:
    return f"/escalations/{only_escalation(service)}"


def press(client: FlaskClient, page: str, action: str, **fields: str) -> TestResponse:
    """Press a button of an escalation's page, as its form would."""
    token = csrf_token(client.get(page))
    return client.post(f"{page}/{action}", data={"csrf_token": token, **fields})


def readings(service: Service) -> list[tuple[str, str, str]]:
    """The access log's readings: who, what, of which record."""
    with service.database.read() as session:
        entries = session.exec(select(AuditEntry)).all()
    return [
        (each.actor, each.action, each.subject)
        for each in entries
        if each.action.startswith("read")
    ]


def make_contact(service: Service, cast: Cast, contact: str) -> None:
    """Make Amina's phone open, guarded or unverified."""
    with service.database.write() as session:
        conversation = conversation_of(session, cast.amina.young_person_id)
        conversation.contact = contact
        session.add(conversation)


class BrokenLog(AuditChain):
    """An access log in which no reading can be written."""

    def append(
        self,
        session: Session,
        now: datetime,
        actor: str,
        action: str,
        subject: str,
        **detail: str,
    ) -> None:
        if action.startswith("read "):
            raise OSError("the disk is full")


def with_broken_log(service: Service) -> Service:
    return replace(service, audit=BrokenLog(KeyFile.load(service.settings.keys_file)))


def words_of(page: str) -> str:
    """What a reader sees, roughly: the page without its tags, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())
