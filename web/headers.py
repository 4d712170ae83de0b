"""What every answer tells the browser about safety (ASVS 5.0: 3.4, 14.3)."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

from web.context import service

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
}

TWO_YEARS_S: Final = 63_072_000


def harden(app: Flask) -> None:
    """Set the headers on every answer of ``app``, errors included."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    response.headers.update(ALWAYS)
    if service().settings.is_https:
        response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS_S}; includeSubDomains"
    if request.endpoint != "static" or response.status_code >= 400:
        # A shared computer keeps nothing of what somebody read (docs/reliability.md T-05).
        response.headers["Cache-Control"] = "no-store"
    return response
