"""Who works here, for the administrator: entered, invited, removed; no number, no password.

What somebody held when they leave is handed over without saying what it was or how much: an
administrator may be somebody from whom an escalation is kept (docs/reliability.md T-03).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.leavers import NotOnStaff, remove_staff
from bot.new_episode import NotEntered
from storage.staff import list_staff, staff_by_id
from storage.staff_invitations import open_invitation
from storage.tables import Staff
from web.context import actor, service
from web.layout import ROLE_NAMES
from web.register_form import Form
from web.staff_entry import enter_staff, invite

blueprint: Final = Blueprint("staff_pages", __name__, url_prefix="/staff")

LONGEST_TYPED: Final = 254
HEIRS: Final = ("duty_worker", "advocate")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Everybody, in the order entered."""
    at = service()
    now = at.clock.machine_now()
    with at.database.read() as session:
        found = list_staff(session)
        invited = {each.id for each in found if open_invitation(session, each.id, now)}
    return render_template("staff.html", people=found, invited=invited, role_names=ROLE_NAMES)


@blueprint.get("/add")
def add() -> ResponseReturnValue:
    """The empty form."""
    return _form(Form())


@blueprint.post("/add")
def enter() -> ResponseReturnValue:
    """Enter somebody and show the link that invites them."""
    form = Form({name: request.form.get(name, "")[:LONGEST_TYPED] for name in request.form})
    for name, says in (("name", "Enter a name"), ("email", "Enter an e-mail address")):
        if not form.value(name) or not form.value(name).isprintable():
            form.wrong(name, says)
    if form.value("role") not in ROLE_NAMES:
        form.wrong("role", "Choose what they do")
    if form.errors:
        return _form(form)
    name, email, role, phone = (form.value(each) for each in ("name", "email", "role", "phone"))
    try:
        staff_id = enter_staff(service(), name, email, role, phone or None, by=actor())
    except NotEntered as problem:
        form.wrong(problem.field or "email", problem.plain)
        return _form(form)
    return _invited(staff_id, anew=False)


@blueprint.post("/<uuid:staff_id>/invite")
def invite_again(staff_id: UUID) -> ResponseReturnValue:
    """Show a new link; for who lost their phone, what they signed in with ends with it."""
    return _invited(staff_id, anew=request.form.get("anew") == "yes")


@blueprint.get("/<uuid:staff_id>")
def show(staff_id: UUID) -> ResponseReturnValue:
    """What an administrator can do for one person: invite again, remove."""
    at = service()
    with at.database.read() as session:
        person = staff_by_id(session, staff_id)
        heirs = [each for each in list_staff(session) if _is_heir(each, staff_id)]
    if person is None:
        abort(404)
    return render_template("staff_one.html", person=person, heirs=heirs, role_names=ROLE_NAMES)


@blueprint.post("/<uuid:staff_id>/leave")
def leave(staff_id: UUID) -> ResponseReturnValue:
    """Remove somebody at once."""
    if request.form.get("sure") != "yes":
        flash("Tick that they no longer work here.", "refused")
        return redirect(url_for("staff_pages.show", staff_id=staff_id), 303)
    chosen = request.form.get("to", "")
    try:
        remove_staff(service(), staff_id, actor(), UUID(chosen) if chosen else None)
    except ValueError:
        abort(400)
    except NotOnStaff as problem:
        flash(str(problem), "refused")
        return redirect(url_for("staff_pages.index"), 303)
    flash("They are signed out and cannot sign in. What they had was handed over.", "done")
    return redirect(url_for("staff_pages.index"), 303)


def _is_heir(each: Staff, leaver_id: UUID) -> bool:
    return each.active and each.role in HEIRS and each.id != leaver_id


def _invited(staff_id: UUID, *, anew: bool) -> ResponseReturnValue:
    link = invite(service(), staff_id, actor(), anew=anew)
    if link is None:
        abort(404)
    with service().database.read() as session:
        person = staff_by_id(session, staff_id)
    return render_template("staff_invited.html", person=person, link=link)


def _form(form: Form) -> str:
    return render_template("staff_add.html", form=form, errors=form.errors, role_names=ROLE_NAMES)
