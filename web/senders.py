"""Unknown senders: who wrote, what they wrote, and finding out who they are.

For those who may read an interview and those who answer for it. Opening a page links nobody; each
act is a button of its own. What is looked for is never in an address: a name would stay in the
browser's history.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot import links, unknown_senders
from bot.escalations import NotPossible
from web import presenting
from web.access import ACCESS
from web.context import actor, service, signed_in

blueprint: Final = Blueprint("senders", __name__, url_prefix="/senders")

LINKED: Final = "Linked. What they write from there goes into the interview now."
UNLINKED: Final = (
    "The link is taken back. A task asks who this is, and another to look at the interview "
    "if anything was written from there."
)
ASIDE: Final = "Nobody is asked again, unless they write something that must be looked at."


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Every sender whom nobody knows; no words."""
    return render_template(
        "senders.html",
        lines=unknown_senders.sender_lines(service()),
        channels=presenting.CHANNELS,
    )


@blueprint.get("/<uuid:sender_id>")
def show(sender_id: UUID) -> ResponseReturnValue:
    """One sender with every word; the reading is logged before one is opened."""
    return _page(sender_id)


@blueprint.post("/<uuid:sender_id>/find")
def find(sender_id: UUID) -> ResponseReturnValue:
    """The same page with the young people of a name to choose from."""
    return _page(sender_id, name=request.form.get("name", "").strip())


@blueprint.post("/<uuid:sender_id>/address")
def address(sender_id: UUID) -> ResponseReturnValue:
    """The same page with the whole address; the look is logged before."""
    return _page(
        sender_id, addresses=unknown_senders.reveal_addresses(service(), sender_id, actor())
    )


@blueprint.post("/<uuid:sender_id>/link")
def link(sender_id: UUID) -> ResponseReturnValue:
    """A named person says who it is."""
    return _act(
        sender_id,
        lambda: links.link_sender(
            service(),
            sender_id,
            _chosen(),
            signed_in(),
            confirmed=request.form.get("confirmed") == "yes",
            reason=request.form.get("reason", ""),
        ),
        LINKED,
    )


@blueprint.post("/<uuid:sender_id>/unlink")
def unlink(sender_id: UUID) -> ResponseReturnValue:
    """A manager takes a wrong link back."""
    reason = request.form.get("reason", "")
    return _act(
        sender_id,
        lambda: links.unlink_sender(service(), sender_id, signed_in(), reason=reason),
        UNLINKED,
    )


@blueprint.post("/<uuid:sender_id>/aside")
def aside(sender_id: UUID) -> ResponseReturnValue:
    """A named person says that no young person writes there."""
    reason = request.form.get("reason", "")
    return _act(
        sender_id,
        lambda: links.set_sender_aside(service(), sender_id, signed_in(), reason=reason),
        ASIDE,
    )


def _chosen() -> UUID:
    try:
        return UUID(request.form.get("young_person", ""))
    except ValueError:
        raise NotPossible("Choose a young person.") from None


def _act(sender_id: UUID, act: Callable[[], None], done: str) -> ResponseReturnValue:
    if not unknown_senders.is_sender(service(), sender_id):
        abort(404)
    try:
        act()
    except NotPossible as refused:
        flash(str(refused), "refused")
    else:
        flash(done, "done")
    return redirect(url_for("senders.show", sender_id=sender_id), 303)


def _page(sender_id: UUID, name: str = "", **more: Any) -> str:
    sender = unknown_senders.read_sender(service(), sender_id, actor())
    if sender is None:
        abort(404)
    choices, found = unknown_senders.choices(service(), sender_id, name)
    return render_template(
        "sender.html",
        sender=sender,
        line=sender.line,
        choices=choices,
        found=found,
        name=name,
        channels=presenting.CHANNELS,
        may_unlink=signed_in().role in ACCESS["senders.unlink"],
        may_read=signed_in().role in ACCESS["interviews.transcript"],
        **more,
    )
