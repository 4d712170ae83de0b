"""The way to nobody: an alert of a drill goes through the whole outbox, and ends here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.channels import Outbound, Sent


class Sink:
    """Takes everything and tells nobody."""

    name = "sink"
    client_timeout_s = 1.0

    def send(self, outbound: Outbound) -> Sent:
        """Take it."""
        return Sent(provider_id=f"SINK{outbound.reference.hex}")

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Nothing is kept here; taking it again repeats nothing."""
        return None
