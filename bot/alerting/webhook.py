"""Alerts to an address on the web that a team runs: signed JSON with a reference and a link."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import UTC, datetime

from bot.alerting.posting import TIMEOUTS_S, post
from bot.channels import Outbound, Sent


def signature(secret: str, moment: str, body: bytes) -> str:
    """What stands in X-Alert-Signature: a keyed hash over the moment, a dot and the body."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


class Webhook:
    """The `Channel` of addresses on the web; each repeat carries the same X-Alert-Id."""

    name = "webhook"

    def __init__(self, secret: str, timeouts_s: tuple[float, float] = TIMEOUTS_S) -> None:
        """Sign with ``secret``, which the receiver knows."""
        self.client_timeout_s = sum(timeouts_s)
        self._secret, self._timeouts_s = secret, timeouts_s

    def send(self, outbound: Outbound) -> Sent:
        """Post the alert once. See `Channel.send`."""
        body, moment = outbound.body.encode(), str(int(datetime.now(UTC).timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Alert-Id": str(outbound.reference),
            "X-Alert-Time": moment,
            "X-Alert-Signature": signature(self._secret, moment, body),
        }
        post(outbound.address, body, headers, self._timeouts_s)
        return Sent(provider_id=f"hook-{outbound.reference.hex}")

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Nothing: nobody can be asked; whoever gets it twice knows it by X-Alert-Id."""
        return None
