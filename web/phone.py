"""The simulated phone of the demo: text as a young person, watch what reaches whom, move the clock.

Elsewhere than in the demo these routes do not exist.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from bot import handset
from bot.channels import Pin
from bot.handset import Sending
from dialogs.sms import BASIC, EXTENSION
from web import live as live_parts
from web.context import service

blueprint: Final = Blueprint("phone", __name__, url_prefix="/phone")

PIN: Final = Pin("54.9783", "-1.6178", label="Dropped pin")
"""A place in the middle of a city, where nobody of the demo lives."""

STEPS: Final = {"10": "10 minutes", "60": "1 hour", "1440": "1 day"}
"""How far the demo's clock can be moved at a time, in minutes."""


@blueprint.record_once
def _own_csrf_check(state: BlueprintSetupState) -> None:
    # Looking for the token in the form would use up the bytes, which are kept as they came;
    # _read_body checks it after reading them.
    csrf = state.app.extensions["csrf"]
    for view in (text, picture, pin):
        csrf.exempt(view)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Whose phone is it to be?"""
    return render_template("phone_owners.html", owners=handset.owners(service()))


@blueprint.get("/workers")
def workers() -> ResponseReturnValue:
    """The phones of those on duty, with the alerts that reached them."""
    tag = live_parts.tag_of(handset.workers_version(service()))
    return render_template("phone_workers.html", tag=tag, **_workers(), **_around())


@blueprint.get("/workers/live")
def workers_live() -> Response:
    """The alerts by themselves, when there are new ones."""
    version = handset.workers_version(service())
    return live_parts.answer(
        version, lambda: render_template("phone_workers_live.html", **_workers())
    )


@blueprint.get("/<uuid:owner_id>")
def show(owner_id: UUID) -> ResponseReturnValue:
    """One phone."""
    version = handset.version(service(), owner_id)
    phone = handset.handset(service(), owner_id)
    if version is None or phone is None:
        abort(404)
    return render_template(
        "phone.html",
        phone=phone,
        tag=live_parts.tag_of(version),
        # Made anew for each page: pressing Send twice is one message.
        sending_id=uuid4(),
        basic=BASIC,
        extension=EXTENSION,
        **_around(),
    )


@blueprint.get("/<uuid:owner_id>/live")
def live(owner_id: UUID) -> Response:
    """The screen by itself, when it changed."""
    version = handset.version(service(), owner_id)
    if version is None:
        abort(404)
    return live_parts.answer(
        version,
        lambda: render_template("phone_live.html", phone=handset.handset(service(), owner_id)),
    )


@blueprint.post("/<uuid:owner_id>/text")
def text(owner_id: UUID) -> ResponseReturnValue:
    """Send what was typed; an empty text is not sent."""
    raw = _read_body()
    words, is_exact = _typed(raw)
    if not words:
        return _back(owner_id)
    return _send(owner_id, raw, text=words, exact=is_exact)


@blueprint.post("/<uuid:owner_id>/picture")
def picture(owner_id: UUID) -> ResponseReturnValue:
    """Send a picture: there is none, only the news that one was sent."""
    return _send(owner_id, _read_body(), media=("picture",))


@blueprint.post("/<uuid:owner_id>/pin")
def pin(owner_id: UUID) -> ResponseReturnValue:
    """Send a place on a map."""
    return _send(owner_id, _read_body(), pin=PIN)


@blueprint.post("/<uuid:owner_id>/signal")
def signal(owner_id: UUID) -> ResponseReturnValue:
    """Switch the signal on or off: deliveries fail without."""
    if handset.version(service(), owner_id) is None:
        abort(404)
    handset.set_signal(service(), owner_id, on=request.form.get("signal") == "on")
    return _back(owner_id)


@blueprint.post("/clock")
def clock() -> ResponseReturnValue:
    """Move the demo's service clock forward."""
    minutes = request.form.get("minutes", "")
    if minutes not in STEPS:
        abort(400)
    handset.move_clock(service(), timedelta(minutes=int(minutes)))
    owner = request.form.get("owner", "")
    known = next((each.id for each in handset.owners(service()) if str(each.id) == owner), None)
    return _back(known) if known else redirect(url_for("phone.workers"), 303)


def _read_body() -> bytes:
    """The bytes of the request, and only then its form."""
    raw = request.get_data()
    current_app.extensions["csrf"].protect()
    return raw


def _send(owner_id: UUID, raw: bytes, **message: Any) -> ResponseReturnValue:
    sending = Sending(
        provider_id=request.form.get("sending_id") or uuid4().hex,
        raw=raw,
        content_type=request.content_type or "",
        **message,
    )
    if handset.send(service(), owner_id, sending) is None:
        abort(404)
    return _back(owner_id)


def _typed(raw: bytes) -> tuple[str, bool]:
    """The words in a form's bytes, and whether every byte stands for text."""
    try:
        fields, is_exact = _fields(raw, "strict"), True
    except UnicodeDecodeError:
        fields, is_exact = _fields(raw, "replace"), False
    # Forms send a line break as two signs; a phone sends one.
    return fields.get("text", "").replace("\r\n", "\n"), is_exact


def _fields(raw: bytes, errors: str) -> dict[str, str]:
    return dict(parse_qsl(raw.decode("ascii", errors), keep_blank_values=True, errors=errors))


def _back(owner_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("phone.show", owner_id=owner_id), 303)


def _workers() -> dict[str, Any]:
    return {"phones": handset.worker_phones(service())}


def _around() -> dict[str, Any]:
    """What is beside every phone: the owners to choose from, and the clock."""
    return {"owners": handset.owners(service()), "steps": STEPS, "now": _now()}


def _now() -> datetime:
    return service().clock.service_now()
