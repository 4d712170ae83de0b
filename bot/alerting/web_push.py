"""Alerts in the browser of somebody who asked for them: encrypted for it, shown when it is closed.

The keys by which browsers know us are made once by `return-interview alerts web-push-keys`.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.alert_settings import is_safe_address
from bot.alerting.posting import TIMEOUTS_S, post
from bot.channels import Outbound, SendFailed, Sent

GOOD_FOR_S: Final = 1800


class KeysThere(Exception):
    """The file of the keys exists already: other keys would end every subscription."""


def make_keys(file: Path) -> str:
    """Write new keys, for the owner of the file alone; gives the public one as browsers want it.

    Raises:
        KeysThere: nothing was written.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()
    ).decode()
    public = (
        private.public_key()
        .public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    point = private.public_key().public_bytes(
        form.Encoding.X962, form.PublicFormat.UncompressedPoint
    )
    shown = urlsafe_b64encode(point).rstrip(b"=").decode()
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise KeysThere(f"{file} is there already; it is never overwritten") from None
    file.write_text(json.dumps({"private": pem, "public": public, "shown": shown}))
    return shown


def public_key(file: Path | None) -> str | None:
    """The public key as browsers want it; None when there is none."""
    if file is None or not file.exists():
        return None
    return str(json.loads(file.read_text())["shown"])


def subscription(raw: str) -> dict[str, Any]:
    """A subscription as a browser gives it, looked at.

    Raises:
        ValueError: it is none that could be sent to.
    """
    found = json.loads(raw)
    keys = found["keys"]
    address = str(found["endpoint"])
    if not address.startswith("https://") and not is_safe_address(address):
        raise ValueError("a browser is reached by https")
    return {
        "endpoint": address,
        "keys": {"p256dh": str(keys["p256dh"]), "auth": str(keys["auth"])},
    }


class WebPushAlerts:
    """The `Channel` of subscribed browsers; an address is the subscription as JSON."""

    name = "webpush"

    def __init__(
        self, keys: Path, contact: str, timeouts_s: tuple[float, float] = TIMEOUTS_S
    ) -> None:
        """Read the keys; the makers of browsers are told ``contact``."""
        self.client_timeout_s = sum(timeouts_s)
        self._timeouts_s = timeouts_s
        self._keys = json.loads(keys.read_text())
        self._contact = contact

    def send(self, outbound: Outbound) -> Sent:
        """Encrypt the alert for one browser and post it to its maker. See `Channel.send`."""
        from webpush import WebPush
        from webpush.types import WebPushSubscription

        try:
            to = subscription(outbound.address)
            push = WebPush(
                private_key=self._keys["private"].encode(),
                public_key=self._keys["public"].encode(),
                subscriber=self._contact,
                ttl=GOOD_FOR_S,
            )
            message = push.get(outbound.body, WebPushSubscription(**to))
        except (ValueError, KeyError, TypeError):
            raise SendFailed("subscription", retry="never", trouble="wrong_address") from None
        headers = {str(name): str(value) for name, value in message.headers.items()}
        more = {"urgency": "high"}
        post(to["endpoint"], message.encrypted, headers | more, self._timeouts_s)
        return Sent(provider_id=f"push-{outbound.reference.hex}")

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Nothing: nobody can be asked; a repeat replaces the first on the screen."""
        return None
