"""The terminal as a phone: everything arrives."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.channels import Outbound, Sent


class TerminalChannel:
    """A channel whose messages are shown by whoever runs the rehearsal (bot.rehearsal)."""

    name = "terminal"
    client_timeout_s = 1.0

    def send(self, outbound: Outbound) -> Sent:
        """Accept the message; it is shown from the record, in order."""
        return Sent(provider_id=outbound.reference.hex, status="delivered")

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Nothing is ever in doubt here."""
        return None
