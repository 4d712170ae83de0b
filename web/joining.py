"""Writing to a young person: join the conversation, write in it, stay, hand it back.

A page of its own, made for a phone held in one hand: the words so far, who is there, and one box.
What is typed is looked at once before it goes out; it can always be sent (dialogs/worker_texts.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot import joining
from bot.contact import record_contact_safe
from bot.escalation_changes import REFUSED, NotPossible
from bot.inbox import escalation_version
from bot.joined_shown import Place, place_of
from bot.outbox import facts_for_anybody
from dialogs.worker_texts import Warned, quick_texts, warnings_of
from web import live as live_parts
from web.context import service, signed_in
from web.escalation_page import read, render

blueprint: Final = Blueprint(
    "joining", __name__, url_prefix="/escalations/<uuid:escalation_id>/conversation"
)

LEFT: Final = {
    "handed_back": "You have left this conversation. The computer has it again.",
    "taken_over": "A colleague has taken over this conversation.",
    "fell_silent": "You did not answer for 10 minutes. The young person was told that others are "
    "being asked.",
    "lapsed": "The computer has this conversation again: there was no sign of you for a while.",
    "guarded": "Contact is not safe any more. Nothing more was sent.",
}
LEFT_BY_ITSELF: Final = LEFT["lapsed"]


@blueprint.app_template_global("place_in_conversation")
def place_in_conversation(escalation_id: UUID) -> Place | None:
    """Who is in the conversation, for the parts of a page that say so."""
    return place_of(service(), escalation_id, signed_in())


@blueprint.app_template_filter("how_left")
def how_left(how: str) -> str:
    """What is said to somebody who is in the conversation no more."""
    return LEFT.get(how, LEFT_BY_ITSELF)


@blueprint.get("")
def show(escalation_id: UUID) -> ResponseReturnValue:
    """The words, who is there, and the box; the reading is logged before a word is opened."""
    return _page(escalation_id)


@blueprint.post("/join")
def join(escalation_id: UUID) -> ResponseReturnValue:
    """Join, or take over from the colleague who is named; the young person is told."""
    instead_of = _id("instead_of")
    return _act(
        escalation_id,
        lambda: joining.join(service(), escalation_id, signed_in(), instead_of),
        part="write",
    )


@blueprint.post("/write")
def write(escalation_id: UUID) -> ResponseReturnValue:
    """Send what was typed; where there is something to think about, it is shown once before."""
    words = request.form.get("words", "").replace("\r\n", "\n")
    # What is too long to be sent at all is refused at once, and not first offered to be sent.
    warned = warnings_of(words) if len(words) <= joining.MOST_SIGNS else ()
    if warned and request.form.get("seen") != _digest(words):
        return _page(escalation_id, words, warned)
    hold_id = _id("hold") or UUID(int=0)
    try:
        joining.write(service(), escalation_id, signed_in(), hold_id, words)
    except NotPossible as refused:
        says = str(refused)
        if says in REFUSED.values():
            says = f"{says} Nothing was sent."
        return _page(escalation_id, words, refused=says)
    return redirect(url_for("joining.show", escalation_id=escalation_id, _anchor="write"), 303)


@blueprint.post("/stay")
def stay(escalation_id: UUID) -> ResponseReturnValue:
    """Say "I am still here"."""
    return _act(
        escalation_id,
        lambda: joining.renew(service(), escalation_id, signed_in(), _id("hold") or UUID(int=0)),
        "You are still in the conversation.",
        part="write",
    )


@blueprint.post("/hand-back")
def hand_back(escalation_id: UUID) -> ResponseReturnValue:
    """Leave it to the computer; the young person is told."""
    return _act(
        escalation_id,
        lambda: joining.hand_back(
            service(), escalation_id, signed_in(), _id("hold") or UUID(int=0)
        ),
        "You have left the conversation. The young person is told that you have gone.",
        "escalations.show",
    )


@blueprint.post("/safe")
def safe(escalation_id: UUID) -> ResponseReturnValue:
    """Record why contact is safe again; nothing is sent."""
    return _act(
        escalation_id,
        lambda: record_contact_safe(
            service(),
            escalation_id,
            signed_in(),
            confirmed_with_child=request.form.get("confirmed") == "yes",
            reason=request.form.get("reason", ""),
        ),
        "The phone is marked as safe. Nothing was sent.",
        "escalations.show",
    )


def _act(
    escalation_id: UUID,
    do: Callable[[], object],
    done: str = "",
    then: str = "joining.show",
    part: str | None = None,
) -> ResponseReturnValue:
    """Do it and say so; without words for that, go where the page says so itself."""
    _known(escalation_id)
    try:
        do()
    except NotPossible as refused:
        flash(str(refused), "refused")
        then = "escalations.show" if request.endpoint != "joining.stay" else then
        part = None
    else:
        if done:
            flash(done, "done")
    return redirect(url_for(then, escalation_id=escalation_id, _anchor=part), 303)


def _page(
    escalation_id: UUID,
    words: str = "",
    warned: tuple[Warned, ...] = (),
    refused: str = "",
) -> ResponseReturnValue:
    version = _known(escalation_id)
    found = read(escalation_id)
    place = place_in_conversation(escalation_id)
    language = place.language if place else "en"
    return render(
        "conversation.html",
        found,
        tag=live_parts.tag_of(version),
        place=place,
        groups=quick_texts(language, facts_for_anybody(service(), language)),
        words=words,
        warned=warned,
        says=tuple(dict.fromkeys(each.say for each in warned)),
        pointed_out=[(each.start, each.end) for each in warned if each.end > each.start],
        digest=_digest(words) if warned else "",
        refused=refused,
    )


def _known(escalation_id: UUID) -> tuple[int | str, ...]:
    version = escalation_version(service(), escalation_id)
    if version is None:
        abort(404)
    return version


def _digest(words: str) -> str:
    """Names words without holding them: what was warned of is what is sent anyway."""
    return hashlib.sha256(words.encode()).hexdigest()


def _id(name: str) -> UUID | None:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        return None
