"""Signing in through the directory of a council (OpenID Connect; Entra ID as councils have it).

Authorization code with PKCE, state and nonce, by Authlib. The directory says who somebody is;
whether they work here we know ourselves: nobody is entered by it. The first time, a verified e-mail
address finds them; from then on the directory's own number for them does, whatever their address
becomes. Whether a second factor was given there counts only where the directory says so; otherwise
ours is asked for. Its tokens live as long as one request: none is kept or logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from storage.staff import staff_by_email
from storage.staff_invitations import bind_identity, staff_by_identity
from storage.tables import Staff
from web.context import service
from web.logs import place_of
from web.sign_in import go_on, safe_next

blueprint: Final = Blueprint("oidc", __name__, url_prefix="/sign-in/council")
log = structlog.get_logger()

NAME: Final = "directory"
ANSWERS_WITHIN_S: Final = 5
SIGNED_WITH: Final = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256"})
"""With a key that only the directory has; never "none", never a secret that we hold as well."""
ENTRA: Final = frozenset({"login.microsoftonline.com", "login.microsoftonline.us"})

_WRONG: Final = (
    AuthlibBaseError,
    JoseError,
    RequestException,
    # What Authlib runs into where an answer lacks a part.
    KeyError,
    RuntimeError,
    TypeError,
    ValueError,
)


class NotLetIn(Exception):
    """The directory's answer is not one that lets somebody in."""


def attach(app: Flask) -> None:
    """Let ``app`` know the directory, where there is one; nothing is asked of it yet."""
    settings = cast(Any, app.extensions["return-interview"]).settings
    if settings.oidc_issuer is None:
        return
    registry = OAuth(app)
    registry.register(
        NAME,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": ANSWERS_WITHIN_S,
        },
    )


@blueprint.get("")
def start() -> ResponseReturnValue:
    """Send the browser to the directory; nothing changes here but its cookie."""
    target = safe_next(request.args.get("next", ""))
    # Only the last attempt counts, and a cookie has little room.
    for name in [each for each in session if each.startswith(f"_state_{NAME}_")]:
        session.pop(name)
    try:
        away = cast(
            Response,
            _directory().authorize_redirect(f"{service().settings.site}/sign-in/council/back"),
        )
    except (NotLetIn, *_WRONG) as error:
        return _refused(error, 503)
    session["next"] = target
    return redirect(away.location, 303)


@blueprint.get("/back")
def back() -> ResponseReturnValue:
    """Take the directory's answer."""
    target = safe_next(str(session.get("next", "")))
    try:
        claims = _claims()
        staff = _find(claims)
    except (NotLetIn, *_WRONG) as error:
        return _refused(error, 403)
    return go_on(staff, "directory" if has_second_factor(claims) else None, target)


def has_second_factor(claims: Mapping[str, Any]) -> bool:
    """Whether the directory says that more than a password was given there."""
    methods, context = claims.get("amr"), claims.get("acr")
    said = list(methods) if isinstance(methods, list) else []
    if isinstance(context, str):
        said += re.split(r"[^a-z0-9]+", context.lower())
    return "mfa" in said


def verified_email(claims: Mapping[str, Any]) -> str | None:
    """The address that the directory vouches for; None when it does for none.

    Entra vouches for no "email" (its owner may write anything there), but for the name that people
    sign in with, in their own tenant: a guest's comes from elsewhere and is not taken.
    """
    issuer = urlsplit(str(claims["iss"]))
    if issuer.hostname not in ENTRA:
        email = claims.get("email")
        return email if isinstance(email, str) and claims.get("email_verified") is True else None
    tenant, name = claims.get("tid"), claims.get("preferred_username")
    own = isinstance(tenant, str) and tenant in issuer.path.split("/")
    is_guest = claims.get("idp") not in (None, claims["iss"])
    return name if own and not is_guest and isinstance(name, str) else None


def _directory() -> Any:
    registry = current_app.extensions.get("authlib.integrations.flask_client")
    if registry is None:
        abort(404)
    directory = registry.create_client(NAME)
    metadata = directory.load_server_metadata()
    if metadata.get("issuer") != service().settings.oidc_issuer:
        raise NotLetIn("the directory calls itself otherwise")
    listed = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    taken = [each for each in listed if each in SIGNED_WITH]
    if not taken:
        # With none at all, Authlib would choose for itself.
        raise NotLetIn("signs with nothing that we take")
    metadata["id_token_signing_alg_values_supported"] = taken
    return directory


def _claims() -> Mapping[str, Any]:
    """What the directory says of whoever came back, checked: its key, for us, now, this attempt."""
    settings = service().settings
    token = _directory().authorize_access_token(
        claims_options={
            "iss": {"essential": True, "value": settings.oidc_issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
            "nonce": {"essential": True},
        }
    )
    claims = token.get("userinfo")
    if not isinstance(claims, Mapping) or not isinstance(claims.get("sub"), str):
        raise NotLetIn("the answer says nobody")
    return claims


def _find(claims: Mapping[str, Any]) -> Staff:
    at = service()
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    with at.database.read() as reading:
        known = staff_by_identity(reading, issuer, subject)
        email = verified_email(claims)
        found = known or (staff_by_email(reading, email) if email else None)
    if found is None:
        raise NotLetIn("nobody here")
    if known is None:
        _bind(found, issuer, subject)
    return found


def _bind(staff: Staff, issuer: str, subject: str) -> None:
    at = service()
    try:
        with at.database.write() as writing:
            bind_identity(writing, staff.id, issuer, subject, at.clock.machine_now())
            who = f"staff:{staff.id}"
            at.audit.append(writing, at.clock.service_now(), who, "known to directory", who)
    except IntegrityError:
        # They are somebody else there already: the address has changed hands.
        raise NotLetIn("bound to another") from None


def _refused(error: Exception, status: int) -> ResponseReturnValue:
    """The same page for every reason; which one it was is in the log, without what was said."""
    reason = str(error) if isinstance(error, NotLetIn) else type(error).__name__
    log.warning("directory refused", reason=reason, place=place_of(error))
    return render_template("council_refused.html"), status
