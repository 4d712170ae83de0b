"""The one page that a duty worker gets on the first night, at hand where they need it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint: Final = Blueprint("first_night", __name__, url_prefix="/help")


@blueprint.get("")
def show() -> ResponseReturnValue:
    """docs/duty-worker.md as a page."""
    return render_template("first_night.html")
