"""Tasks for a person: what the conversation cannot do by itself."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bot import tasks
from web.access import ACCESS
from web.context import service, signed_in
from web.task_words import WHOSE, task_in_words

blueprint: Final = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What nobody has done yet, each with what to do; no words of a young person."""
    open_tasks = tasks.open_tasks(service())
    return render_template(
        "tasks.html",
        tasks=[(each, task_in_words(each.kind)) for each in open_tasks],
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
