"""A provider that can be asked: what it lists, and what it says of its settings, is put there."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from bot.channels import Finding, Inbound, Report, SendInDoubt
from tests.bot.phone import FakePhone
from tests.bot.world import World


class FakeProvider(FakePhone):
    """`listed` is what it has; `down` what asking comes to, and after how many items."""

    def __init__(self, name: str = "sms") -> None:
        super().__init__(name)
        self.listed: list[Inbound | Report] = []
        self.down: Exception | None = None
        self.down_after = 0
        self.asked_since: list[datetime] = []
        self.findings = [Finding(name, "webhook", "ok", "It is ours.")]
        self.typing: list[str] = []

    def recent(self, since: datetime) -> Iterable[Inbound | Report]:
        self.asked_since.append(since)
        return self._listed()

    def check(self) -> list[Finding]:
        return self.findings

    def drift(self) -> list[Finding]:
        if self.down is not None:
            raise self.down
        return self.findings

    def show_typing(self, address: str) -> None:
        self.typing.append(address)

    def say(self, state: str) -> None:
        """From now on this is what stands at the provider."""
        self.findings = [Finding(self.name, "webhook", state, "Said.")]  # type: ignore[arg-type]

    def _listed(self) -> Iterator[Inbound | Report]:
        for number, each in enumerate(list(self.listed)):
            if self.down is not None and number >= self.down_after:
                raise self.down
            yield each
        if self.down is not None:
            raise self.down


DOWN = SendInDoubt("http_503")


def provider_of(world: World, name: str = "sms") -> FakeProvider:
    """The world's text messages go through a provider that can be asked."""
    provider = FakeProvider(name)
    world.phone = provider
    world.service = replace(world.service, channels={name: provider})
    return provider
