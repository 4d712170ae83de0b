"""What every view may ask for: the service behind the app, and who is signed in."""

from __future__ import annotations

from typing import Final, cast

from flask import Flask, current_app, g

from bot.service import Service
from storage.tables import Staff

_EXTENSION: Final = "return-interview"


def attach(app: Flask, service: Service) -> None:
    """Make ``service`` the one that the views of ``app`` find."""
    app.extensions[_EXTENSION] = service


def service() -> Service:
    """The service of the current app."""
    return cast(Service, current_app.extensions[_EXTENSION])


def enter(staff: Staff) -> None:
    """Note, for this request, who is signed in (web/access.py decides)."""
    g.staff = staff


def enter_on_the_way(staff: Staff) -> None:
    """Note, for this request, who has given a password and is asked for more."""
    g.on_the_way = staff


def person() -> Staff:
    """Who is signed in or on the way in.

    Raises:
        RuntimeError: nobody is; the access table keeps such requests from views that ask.
    """
    found = cast("Staff | None", g.get("on_the_way"))
    return found if found is not None else signed_in()


def signed_in() -> Staff:
    """Who is signed in.

    Raises:
        RuntimeError: nobody is; the access table keeps such requests from views that ask.
    """
    staff = visitor()
    if staff is None:
        raise RuntimeError("a view that needs somebody signed in is open to everybody")
    return staff


def visitor() -> Staff | None:
    """Who is signed in, or None on a page that is open to everybody."""
    return cast("Staff | None", g.get("staff"))


def actor() -> str:
    """Who is signed in, as the audit trail names them."""
    return f"staff:{signed_in().id}"
