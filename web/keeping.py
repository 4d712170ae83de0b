"""The key under which a browser keeps what somebody is typing, until it has arrived.

The words stay in the tab, sealed (web/static/keep.js). Only a page that whoever typed them has
opened, signed in, holds the key: on a shared computer nobody else can read them, and a session
that ran out does not lose them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from web.context import service, signed_in

_USE: Final = b"typed words of staff "


def keeping_key() -> str:
    """The key of whoever is signed in, in base64; another for each member of staff."""
    secret = (service().settings.secret_key or "").encode()
    made = hmac.digest(secret, _USE + signed_in().id.bytes, hashlib.sha256)
    return base64.b64encode(made).decode("ascii")
