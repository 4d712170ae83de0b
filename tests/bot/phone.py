"""A provider that remembers what it accepted, and fails in every way a provider can."""

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Literal
from uuid import UUID

from bot.channels import Outbound, Retry, SendFailed, SendInDoubt, Sent, Trouble


class Killed(BaseException):
    """The process died here: nothing that follows in it happens, and no handler sees it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call; `accepted` says whether the provider has the message."""

    kind: Literal["refuse", "doubt", "die", "break"]
    accepted: bool = False
    retry: Retry = "never"
    trouble: Trouble = "none"
    retry_after: float | None = None
    code: str = "fault"


RETRY = Fault("refuse", retry="backoff", code="30001")
DOUBT_BEFORE = Fault("doubt", code="timeout")
DOUBT_AFTER = Fault("doubt", accepted=True, code="timeout")
DEATH_BEFORE = Fault("die")
DEATH_AFTER = Fault("die", accepted=True)
BROKEN = Fault("break")
OPTED_OUT = Fault("refuse", trouble="opted_out", code="21610")
WRONG_NUMBER = Fault("refuse", trouble="wrong_address", code="21211")
OUR_FAULT = Fault("refuse", trouble="our_fault", code="20003")


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message that the provider has."""

    address: str
    body: str
    reference: UUID
    provider_id: str
    outbound: Outbound


class FakePhone:
    """A channel whose faults are switched on beforehand.

    `next` holds the faults of the coming calls, `always` the one of every call after those. A
    provider that does not `lists` answers every question with "I do not have it". `meanwhile` is
    called in the middle of the next call to `send`, once.
    """

    def __init__(self, name: str = "sms", *, lists: bool = True) -> None:
        self.name = name
        self.client_timeout_s = 10.0
        self.lists = lists
        self.next: deque[Fault] = deque()
        self.always: Fault | None = None
        self.cannot_be_asked = False
        self.accepted: list[Accepted] = []
        self.tried: list[str] = []
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] | None = None
        self._lock = Lock()

    def send(self, outbound: Outbound) -> Sent:
        with self._lock:
            self.tried.append(outbound.body)
            fault = self.next.popleft() if self.next else self.always
            meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        if fault is None:
            return self._accept(outbound)
        if fault.accepted:
            self._accept(outbound)
        raise _raised(fault)

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        self.asked.append(outbound.body)
        if self.cannot_be_asked:
            raise SendInDoubt("no list")
        wanted = (outbound.address, outbound.body)
        held = [each for each in self.accepted if (each.address, each.body) == wanted]
        free = [each for each in held if each.provider_id not in known]
        return Sent(free[0].provider_id) if self.lists and free else None

    def bodies(self, address: str) -> list[str]:
        """What stands on the handset at this address, in order."""
        return [each.body for each in self.accepted if each.address == address]

    def _accept(self, outbound: Outbound) -> Sent:
        with self._lock:
            provider_id = f"SM{len(self.accepted):032x}"
            self.accepted.append(
                Accepted(outbound.address, outbound.body, outbound.reference, provider_id, outbound)
            )
        return Sent(provider_id)


def _raised(fault: Fault) -> BaseException:
    if fault.kind == "refuse":
        return SendFailed(
            fault.code,
            retry=fault.retry,
            trouble=fault.trouble,
            retry_after=fault.retry_after,
        )
    if fault.kind == "doubt":
        return SendInDoubt(fault.code)
    return Killed() if fault.kind == "die" else ValueError("a bug in the channel")
