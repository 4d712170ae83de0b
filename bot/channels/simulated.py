"""The demo's provider: hands messages to the pretended phones of the page /phone.

Like a good provider it knows the reference of each message, so that a repeated send after a crash
never shows a young person the same bubble twice.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from bot.channels import Outbound, SendFailed, Sent
from storage.contacts import address_index
from storage.database import Database
from storage.encryption import Vault
from storage.simulated import accept, has_signal


class SimulatedChannel:
    """A channel whose handsets live in the demo's own database."""

    name = "simulated"
    client_timeout_s = 1.0

    def __init__(self, database: Database, vault: Vault) -> None:
        """Deliver into ``database``; addresses are found by their blind index."""
        self._database = database
        self._vault = vault

    def send(self, outbound: Outbound) -> Sent:
        """Put the message on the handset; raises SendFailed while it has no signal."""
        index = address_index(self._vault, outbound.address)
        with self._database.write() as session:
            if not has_signal(session, index):
                raise SendFailed("no_signal", retry="backoff", trouble="unreachable", retry_after=5)
            accept(session, outbound.reference, index, datetime.now(UTC))
        return Sent(provider_id=f"SIM{outbound.reference.hex}", status="delivered")

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Nothing to look up: sending again under the same reference repeats nothing."""
        return None
