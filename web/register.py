"""The register: every episode with its clock, its offers and the next step; adding and offering."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.episode_register import known_names, register_line, register_lines
from bot.first_text import Invitation, NotInvited, offer_again
from bot.invitations import NotEntered, enter_episode
from dialogs.nations import nation
from web import interview_words, offer_words
from web.access import ACCESS
from web.context import actor, service, signed_in
from web.register_form import NOT_ASKED, Form, as_wrong, read_form
from web.task_words import task_in_words

blueprint: Final = Blueprint("register", __name__, url_prefix="/register")

STEPS: Final = {
    "offer": "Nobody has invited them yet: offer the interview",
    "leaves": "The text waits for its time",
    "wait": "Wait for an answer; a reminder goes out by itself",
    "talking": "The conversation is under way",
    "not_safe": "Contact is not safe: do not call or text this phone, find another way",
    "said_no": "They did not want to talk by text: a person may offer it another way",
    "read": "The conversation is over: a person reads it and carries on from there",
}


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every time missing, the most pressing first; no words."""
    return render_template(
        "register.html",
        lines=register_lines(service()),
        now=service().clock.service_now(),
        may_read=signed_in().role in ACCESS["interviews.transcript"],
        offered=offer_words,
        say=interview_words,
        steps=STEPS,
        task_in_words=task_in_words,
    )


@blueprint.get("/add")
def add() -> ResponseReturnValue:
    """The empty form."""
    return _form_page(Form())


@blueprint.post("/add")
def enter() -> ResponseReturnValue:
    """Enter an episode, and queue the first text if that is wanted and allowed."""
    form, new = read_form(service(), request.form)
    if form.errors:
        return _form_page(form)
    try:
        enter_episode(service(), new, actor(), _invitation(form) if form.wants_text else None)
    except NotInvited as refused:
        flash(_entered_without(refused), "done")
    except NotEntered as problem:
        as_wrong(form, problem)
        return _form_page(form)
    else:
        said = "The first text is on its way, or waits for its time." if form.wants_text else ""
        flash(f"The episode was entered. {said}".strip(), "done")
    return redirect(url_for("register.index"), 303)


@blueprint.get("/<uuid:interview_id>/offer")
def offer(interview_id: UUID) -> ResponseReturnValue:
    """What must be so before an interview that nobody was invited to is offered."""
    return _offer_page(interview_id, Form())


@blueprint.post("/<uuid:interview_id>/offer")
def offer_it(interview_id: UUID) -> ResponseReturnValue:
    """Offer it, by the rules of a new episode."""
    form = Form(request.form)
    if not form.ticked("texting_agreed"):
        form.wrong("texting_agreed", NOT_ASKED.split(". Or")[0])
        return _offer_page(interview_id, form)
    wanted = form.ticked("text_wanted")
    try:
        offer_again(service(), interview_id, _invitation(form), actor(), text_wanted=wanted)
    except NotInvited as refused:
        flash(_reason(refused), "refused")
    except NotEntered as problem:
        flash(f"{problem.plain[:1].upper()}{problem.plain[1:]}.", "refused")
    else:
        flash("The first text is on its way, or waits for its time.", "done")
    return redirect(url_for("register.index"), 303)


def _invitation(form: Form) -> Invitation:
    """Who is signed in says that they have asked the young person."""
    return Invitation(signed_in().email, ignore_quiet_hours=form.value("when") == "now")


def _entered_without(refused: NotInvited) -> str:
    return f"The episode was entered. {_reason(refused)}"


def _reason(refused: NotInvited) -> str:
    why = offer_words.NOT_WRITTEN.get(refused.refusal.code, refused.refusal.reason)
    return f"No text goes out: {why}. A task was made for a person."


def _form_page(form: Form) -> str:
    return _render(
        "register_add.html",
        form,
        people=known_names(service()),
        languages=nation(service().settings.nation).languages,
        language_names=interview_words.LANGUAGES,
        lengths=interview_words.LENGTHS,
        has_whatsapp="whatsapp" in service().channels,
    )


def _offer_page(interview_id: UUID, form: Form) -> str:
    line = register_line(service(), interview_id)
    if line is None or line.step != "offer":
        abort(404)
    return _render("register_offer.html", form, line=line)


def _render(template: str, form: Form, **more: Any) -> str:
    return render_template(
        template, form=form, errors=form.errors, now=service().clock.service_now(), **more
    )
