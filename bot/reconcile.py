"""What the webhooks missed is fetched, and that they still come to us is looked at.

Every five minutes, and whenever a worker starts, each provider is asked for what came in and what
became of what went out (docs/reliability.md F-36, G-20). A text that is not kept yet goes the way
of any other: kept, screened, escalated, answered; how, when it is hours old, bot/late.py says. Two
workers may do it at once, and the webhook may still come: the database keeps a text once.

Providers' times are compared with machine time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.alarms import clear_alarm, open_alarms, raise_alarm
from bot.channels import Finding, Inbound, Provider, Report, SendInDoubt
from bot.receive import receive
from bot.reports import take_report
from bot.service import Service
from storage import messages as words

log = structlog.get_logger()

WINDOW: Final = timedelta(hours=48)
"""A start looks back this far: longer than any night or any outage that nobody notices."""
OVERLAP: Final = timedelta(hours=2)
"""A later round looks back this far behind the last complete one.

What is to be delivered within an hour (ValidityPeriod) has its last status by then, and a provider
may list late what it took early.
"""
LEFT_TO_WEBHOOK: Final = timedelta(seconds=45)
"""A provider waits 15 s for our answer and then tries once more: a younger text is on its way."""
IN_A_ROW: Final = 2
QUIET_FOR: Final = timedelta(hours=1)

_WEBHOOK_BROKEN: Final = frozenset({"webhook_moved", "refused"})


@dataclass(slots=True)
class Memory:
    """What one worker remembers between its rounds, by channel.

    `complete` is when the last round began that asked for everything and kept all of it; `failed`
    counts the rounds since in which the provider could not be asked.
    """

    complete: dict[str, datetime] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Round:
    """What one round over one channel came to; `missed` of the `taken` should have come before."""

    taken: int = 0
    missed: int = 0
    broken: int = 0


def reconcile(service: Service, memory: Memory | None = None) -> int:
    """Ask every provider once for what we may have missed, and take it.

    Args:
        service: the process's service.
        memory: of the worker's earlier rounds; without it the round is a start, and looks back 48
            hours.

    Returns:
        How many texts were taken that no webhook had brought.
    """
    known = Memory() if memory is None else memory
    return sum(_ask(service, provider, known) for provider in providers(service))


def providers(service: Service) -> list[Provider]:
    """The channels whose provider can be asked."""
    return [each for each in service.channels.values() if isinstance(each, Provider)]


def watch_webhooks(service: Service, only: Collection[str] | None = None) -> int:
    """Raise an alarm when a provider posts to another address than ours, clear it when not.

    Args:
        service: the process's service.
        only: names of channels; all when left out.

    Returns:
        How many things were found wrong.
    """
    chosen = [each for each in providers(service) if only is None or each.name in only]
    return sum(_watch(service, each) for each in chosen)


def _ask(service: Service, provider: Provider, memory: Memory) -> int:
    name, now = provider.name, service.clock.machine_now()
    last = memory.complete.get(name)
    since = now - WINDOW if last is None else max(now - WINDOW, last - OVERLAP)
    result = _Round()
    try:
        _take_all(service, provider.recent(since), result, spare=_spare(service, name))
    except Exception as error:  # noqa: BLE001 - one provider must not stop the others
        code = error.code if isinstance(error, SendInDoubt) else type(error).__name__
        log.warning("provider cannot be asked", channel=name, code=code)
        _could_not_ask(service, name, memory)
    else:
        memory.failed[name] = 0
        if not result.broken:
            memory.complete[name] = now
        _clear(service, "cannot_ask", name)
    _note_missed(service, name, result)
    return result.taken


def _spare(service: Service, channel: str) -> timedelta:
    """How young a text is left to its webhook; where webhooks are known not to come, none is."""
    broken = any(
        alarm.kind in _WEBHOOK_BROKEN and (alarm.kind == "refused" or alarm.detail == channel)
        for alarm, _ in open_alarms(service)
    )
    return timedelta(0) if broken else LEFT_TO_WEBHOOK


def _take_all(
    service: Service, found: Iterable[Inbound | Report], result: _Round, *, spare: timedelta
) -> None:
    for each in found:
        try:
            if isinstance(each, Report):
                take_report(service, each)
            elif _age(service, each) >= spare and not _is_kept(service, each):
                taken = not receive(service, each).duplicate
                result.taken += taken
                result.missed += taken and _age(service, each) >= LEFT_TO_WEBHOOK
        except Exception as error:  # noqa: BLE001 - one bad item must not stop the rest
            result.broken += 1
            log.error("not taken", channel=each.channel, error=type(error).__name__)


def _age(service: Service, inbound: Inbound) -> timedelta:
    """How long ago it was written; where the provider does not say, long enough."""
    if inbound.sent_at is None:
        return WINDOW
    return service.clock.machine_now() - inbound.sent_at


def _is_kept(service: Service, inbound: Inbound) -> bool:
    with service.database.read() as session:
        kept = words.find_inbound(session, inbound.channel, inbound.account, inbound.provider_id)
    return kept is not None


def _could_not_ask(service: Service, name: str, memory: Memory) -> None:
    memory.failed[name] = memory.failed.get(name, 0) + 1
    if memory.failed[name] >= IN_A_ROW:
        raise_alarm(service, "cannot_ask", name)


def _note_missed(service: Service, name: str, result: _Round) -> None:
    """An hour without a missed text, and the alarm is over."""
    if result.broken:
        raise_alarm(service, "not_taken", name)
    else:
        _clear(service, "not_taken", name)
    if result.missed:
        log.error("webhooks missed", channel=name, texts=result.missed)
        raise_alarm(service, "webhooks_missed", name)
        return
    _clear(service, "webhooks_missed", name, quiet_for=QUIET_FOR)


def _watch(service: Service, provider: Provider) -> int:
    try:
        found: list[Finding] = provider.drift()
    except Exception as error:  # noqa: BLE001 - it promises not to
        log.error("drift not known", channel=provider.name, error=type(error).__name__)
        return 0
    wrong = [each for each in found if each.state == "wrong"]
    if wrong:
        log.error(
            "webhook moved", channel=provider.name, codes=",".join(each.code for each in wrong)
        )
        raise_alarm(service, "webhook_moved", provider.name)
    elif any((each.code, each.state) == ("webhook", "ok") for each in found):
        _clear(service, "webhook_moved", provider.name)
    return len(wrong)


def _clear(service: Service, kind: str, name: str, quiet_for: timedelta = timedelta(0)) -> None:
    """Clear an alarm that is open and was not raised again for so long."""
    until = service.clock.machine_now() - quiet_for
    for alarm, _ in open_alarms(service):
        if (alarm.kind, alarm.detail) == (kind, name) and alarm.last_at <= until:
            clear_alarm(service, kind, name)
