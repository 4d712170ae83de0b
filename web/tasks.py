"""Tasks for a person: what the conversation cannot do by itself."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bot import tasks
from web.context import service, signed_in

blueprint: Final = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What nobody has done yet."""
    return render_template("tasks.html", tasks=tasks.open_tasks(service()))


@blueprint.post("/<uuid:task_id>/done")
def finish(task_id: UUID) -> ResponseReturnValue:
    """Mark one done."""
    if tasks.finish_task(service(), task_id, signed_in().id):
        flash("The task is done.", "done")
    else:
        flash("Somebody has already done this task.", "refused")
    return redirect(url_for("tasks.index"), 303)
