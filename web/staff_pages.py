"""Who works here: for the administrator, without a number or a password."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from storage.staff import list_staff
from web.context import service
from web.layout import ROLE_NAMES

blueprint: Final = Blueprint("staff_pages", __name__, url_prefix="/staff")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Everybody, in the order entered."""
    with service().database.read() as session:
        found = list_staff(session)
    return render_template("staff.html", people=found, role_names=ROLE_NAMES)
