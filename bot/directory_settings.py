"""What must be so of a council's directory before staff may sign in through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol
from urllib.parse import urlsplit

ANYBODYS: Final = frozenset({"common", "organizations", "consumers"})
"""Entra's issuers that stand for the directory of anybody at all, not of one council."""


class DirectorySettings(Protocol):
    """The three settings of the directory."""

    @property
    def oidc_issuer(self) -> str | None:
        """How the directory names itself."""

    @property
    def oidc_client_id(self) -> str | None:
        """How it knows us."""

    @property
    def oidc_client_secret(self) -> str | None:
        """How we prove it."""


def unsafe_directory(settings: DirectorySettings) -> Iterator[str]:
    """Each reason why the service must not start like this."""
    named = {
        "OIDC_ISSUER": settings.oidc_issuer,
        "OIDC_CLIENT_ID": settings.oidc_client_id,
        "OIDC_CLIENT_SECRET": settings.oidc_client_secret,
    }
    missing = [name for name, value in named.items() if not value]
    if missing and len(missing) < len(named):
        yield f"{missing[0]} must be set too: signing in through a directory needs all three"
    if ANYBODYS & set(urlsplit(settings.oidc_issuer or "").path.split("/")):
        yield "OIDC_ISSUER must name your own tenant: with this one anybody's directory would do"
