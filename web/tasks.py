"""Tasks for a person: what the conversation cannot do by itself."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bot import tasks
from web.access import ACCESS
from web.context import service, signed_in
from web.task_words import MINE, WHOSE, task_in_words

blueprint: Final = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What nobody has done yet, one's own first, each with what to do; no words of a child."""
    found = [(each, task_in_words(each.kind)) for each in tasks.open_tasks(service())]
    mine = MINE[signed_in().role]
    return render_template(
        "tasks.html",
        tasks=sorted(found, key=lambda pair: pair[1].whose != mine),
        now=service().clock.service_now(),
        whose=WHOSE,
        may_read=signed_in().role in ACCESS["interviews.transcript"],
        # Finding out who it is ends that task, and nothing else does.
        may_link=signed_in().role in ACCESS["senders.show"],
    )


@blueprint.post("/<uuid:task_id>/done")
def finish(task_id: UUID) -> ResponseReturnValue:
    """Mark one done."""
    if tasks.finish_task(service(), task_id, signed_in().id):
        flash("The task is done.", "done")
    else:
        flash("Somebody has already done this task.", "refused")
    return redirect(url_for("tasks.index"), 303)
