"""How I am alerted: one's own addresses, proved with a code, and this browser."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from bot.alerting.configured import webpush_keys
from bot.alerting.ways import carrier_of, ways_to
from bot.alerting.web_push import public_key
from bot.ladder_edit import NotSet, add_address, end_address, verify_address
from storage.staff_addresses import addresses_of, value_of
from storage.tables import StaffAddress
from web.context import service, signed_in
from web.ladders import KIND_NAMES

blueprint: Final = Blueprint("my_alerts", __name__)

TYPED_KINDS: Final = ("sms", "second_sms", "voice", "email")
"""What somebody may enter for themselves; a webhook is a team's, and entered by an operator."""
WORKER_PATH: Final = "/push-worker.js"


@blueprint.get("/my-alerts")
def show() -> ResponseReturnValue:
    """Every way to this member of staff, and whether it is used."""
    return _page()


@blueprint.post("/my-alerts")
def add() -> ResponseReturnValue:
    """Enter an address; a code goes to it. Or keep the subscription of this browser."""
    kind = request.form.get("kind", "")
    try:
        if kind not in (*TYPED_KINDS, "webpush"):
            raise NotSet("Choose how this address is reached.")
        value = request.form.get("value", "")
        add_address(service(), signed_in(), kind, value, f"staff:{signed_in().id}")
    except NotSet as refused:
        return _page(str(refused))
    if kind == "webpush":
        return _back("This browser will show alerts, also while no page of ours is open.")
    return _back("A code is on its way to this address. Enter it below within 30 minutes.")


@blueprint.post("/my-alerts/<uuid:address_id>/verify")
def verify(address_id: UUID) -> ResponseReturnValue:
    """Give the code back."""
    code = request.form.get("code", "")
    if not verify_address(service(), signed_in().id, address_id, code):
        return _page("That is not the code, or it is too old. Enter the address again for another.")
    return _back("The address is verified. Alerts go to it from now on.")


@blueprint.post("/my-alerts/<uuid:address_id>/end")
def end(address_id: UUID) -> ResponseReturnValue:
    """Stop using an address."""
    end_address(service(), signed_in().id, address_id, f"staff:{signed_in().id}")
    return _back("Alerts do not go to this address any more.")


@blueprint.get(WORKER_PATH)
def worker() -> Response:
    """The script that shows an alert while no page is open; it must lie at the root of the site."""
    return current_app.send_static_file("push-worker.js")


def _back(says: str) -> ResponseReturnValue:
    flash(says, "done")
    return redirect(url_for("my_alerts.show"), 303)


def _page(error: str = "") -> str:
    at, staff = service(), signed_in()
    with at.database.read() as session:
        own = [(each, _shown(each)) for each in addresses_of(session, staff.id)]
        kinds = {way.kind for way in ways_to(at, session, staff)}
    usable = [kind for kind in TYPED_KINDS if carrier_of(at, kind)]
    key = public_key(webpush_keys(at.settings)) if carrier_of(at, "webpush") else None
    return render_template(
        "my_alerts.html",
        error=error,
        own=own,
        reached_by=[KIND_NAMES[kind] for kind in KIND_NAMES if kind in kinds],
        kinds=[{"value": kind, "text": KIND_NAMES[kind]} for kind in usable],
        kind_names=KIND_NAMES,
        push_key=key,
        worker_path=WORKER_PATH,
        typed=request.form,
    )


def _shown(address: StaffAddress) -> str:
    """Enough of an address to know it again."""
    if address.kind == "webpush":
        return "A browser that you subscribed"
    value = value_of(service().vault, address)
    if address.kind in ("email", "webhook"):
        return value
    return f"ends in {value[-4:]}"
