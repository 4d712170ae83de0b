"""What is kept from somebody, who read what, and the names that young people have for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import concern_acts
from bot.escalation_changes import NotPossible
from bot.readings import readings_of, whose_escalation
from bot.transcripts import young_person_of
from storage import concerns as records
from web.access import ACCESS
from web.context import actor, service, signed_in
from web.layout import ROLE_NAMES

blueprint: Final = Blueprint("concerns", __name__)

KINDS: Final = {
    "staff": "because they may be meant",
    "team": "because whoever may be meant works there",
    "role": "because somebody of this role may be meant, and nobody is named",
    "everybody": "because it is not known who may be meant",
}
"""Why something is kept from somebody, by storage.tables.concerns.HIDDEN_FROM."""
READ: Final = {
    "read escalation": "Opened the escalation",
    "read transcript": "Opened the conversation",
    "read message to mark": "Opened one message",
}


@blueprint.get("/escalations/<uuid:escalation_id>/kept")
def show(escalation_id: UUID) -> ResponseReturnValue:
    """From whom an escalation is kept, and what can be done; no words of the young person."""
    found = concern_acts.kept_page(service(), escalation_id, signed_in())
    if found is None:
        abort(404)
    return render_template("concern.html", kept=found, kinds=KINDS, role_names=ROLE_NAMES)


@blueprint.post("/escalations/<uuid:escalation_id>/kept/<uuid:hidden_id>/ask")
def ask(escalation_id: UUID, hidden_id: UUID) -> ResponseReturnValue:
    """Ask that it be shown to somebody after all."""
    reason = request.form.get("reason", "")
    return _act(
        escalation_id,
        lambda: concern_acts.ask_to_show(service(), escalation_id, hidden_id, signed_in(), reason),
        "You have asked. It stays kept from them until a second person agrees.",
    )


@blueprint.post("/escalations/<uuid:escalation_id>/kept/<uuid:hidden_id>/decide")
def decide(escalation_id: UUID, hidden_id: UUID) -> ResponseReturnValue:
    """Agree or refuse, as a second person."""
    agreed = request.form.get("answer") == "agree"
    return _act(
        escalation_id,
        lambda: concern_acts.decide_to_show(
            service(), escalation_id, hidden_id, signed_in(), agreed=agreed
        ),
        "It is shown to them from now on." if agreed else "It stays kept from them.",
    )


@blueprint.post("/escalations/<uuid:escalation_id>/safe-instruction")
def instruct(escalation_id: UUID) -> ResponseReturnValue:
    """Record what the home was told to do, without the reason."""
    given = (request.form.get("to", ""), request.form.get("instruction", ""))
    return _act(
        escalation_id,
        lambda: concern_acts.give_safe_instruction(service(), escalation_id, signed_in(), *given),
        "The instruction is on the timeline.",
    )


@blueprint.get("/escalations/<uuid:escalation_id>/readings")
def of_escalation(escalation_id: UUID) -> ResponseReturnValue:
    """Who has opened an escalation."""
    child = whose_escalation(service(), escalation_id)
    if signed_in().role in ACCESS["escalations.show"]:
        back = url_for("escalations.show", escalation_id=escalation_id), "Escalation"
    else:
        back = url_for("inbox.index"), "Inbox"
    return _readings(f"escalation:{escalation_id}", child, "escalation", back)


@blueprint.get("/interviews/<uuid:interview_id>/readings")
def of_interview(interview_id: UUID) -> ResponseReturnValue:
    """Who has opened a conversation."""
    child = young_person_of(service(), interview_id)
    if signed_in().role in ACCESS["interviews.transcript"]:
        back = url_for("interviews.transcript", interview_id=interview_id), "Transcript"
    else:
        back = url_for("interviews.index"), "Interviews"
    return _readings(f"return_interview:{interview_id}", child, "conversation", back)


@blueprint.get("/staff-names")
def names() -> ResponseReturnValue:
    """Other names of staff and homes, by which the conflict rule finds them."""
    with service().database.read() as session:
        people, teams = records.named_people(session), records.named_teams(session)
        known = records.aliases(session)
    owners = {each.id: each.name for each, _ in people} | {each.id: each.name for each, _ in teams}
    return render_template(
        "staff_names.html",
        people=[each for each, _ in people],
        teams=[each for each, _ in teams],
        aliases=[
            (each, owners.get(each.staff_id or each.team_id or each.id, "")) for each in known
        ],
    )


@blueprint.post("/staff-names")
def add_name() -> ResponseReturnValue:
    """Enter one."""
    kind, _, identity = request.form.get("whose", "").partition(":")
    alias = request.form.get("alias", "")

    def add() -> None:
        try:
            owner = UUID(identity)
        except ValueError:
            raise NotPossible("Choose a person or a home.") from None
        whose = {"staff_id": owner} if kind == "staff" else {"team_id": owner}
        concern_acts.add_alias(service(), alias, actor(), **whose)

    return _then(url_for("concerns.names"), add, "The name is entered.")


@blueprint.post("/staff-names/<uuid:alias_id>/remove")
def remove_name(alias_id: UUID) -> ResponseReturnValue:
    """Take one back."""
    return _then(
        url_for("concerns.names"),
        lambda: concern_acts.remove_alias(service(), alias_id, actor()),
        "The name is taken back.",
    )


def _readings(subject: str, young_person_id: UUID | None, name: str, back: tuple[str, str]) -> str:
    if young_person_id is None:
        abort(404)
    found = readings_of(service(), subject, young_person_id, signed_in().id)
    address, back_name = back
    return render_template(
        "readings.html",
        readings=found,
        words=READ,
        subject=name,
        back=address,
        back_name=back_name,
    )


def _act(escalation_id: UUID, act: Callable[[], None], done: str) -> ResponseReturnValue:
    return _then(url_for("concerns.show", escalation_id=escalation_id), act, done)


def _then(page: str, act: Callable[[], object], done: str) -> ResponseReturnValue:
    try:
        act()
    except NotPossible as refused:
        flash(str(refused), "refused")
    else:
        flash(done, "done")
    return redirect(page, 303)
