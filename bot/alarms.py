"""When the line itself is broken: somebody must know before a child finds out.

An alarm is about the service, never about a young person: codes and channels, no words, no names.
It is shown to every signed-in member of staff, and texted to those who can mend it, at once and
then every hour until it is cleared (docs/reliability.md T-08).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlmodel import Session

from bot.service import Service
from storage import alarms
from storage.beats import KIND, SWEEP, beat, last_beat
from storage.staff import list_staff
from storage.tables import ServiceAlarm, Staff

log = structlog.get_logger()

AGAIN_AFTER = timedelta(hours=1)
REFUSED_WITHIN = timedelta(minutes=5)
SILENT_AFTER = timedelta(minutes=2)
"""A worker says every fifteen seconds that it is there (bot.worker)."""
SWEPT_EVERY = timedelta(seconds=15)
REFUSED_AT = 3
"""From three refused requests in five minutes on, our own check may be what is wrong."""


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """An alarm as staff read it: what is wrong, and what to do."""

    title: str
    to_do: str


ALARMS: Final[dict[str, AlarmWords]] = {
    "refused": AlarmWords(
        "Messages are being refused because their signature is wrong",
        "Somebody is trying to get in, or a setting is wrong and texts are lost. "
        "Run: return-interview channels check",
    ),
    "unreadable": AlarmWords(
        "A message came that this service could not read",
        "It is kept. Look at the provider's own log for what it says, and tell the duty worker.",
    ),
    "webhook_moved": AlarmWords(
        "The provider sends messages to another address than ours",
        "Young people's texts are not reaching us. Run: return-interview channels check",
    ),
    "cannot_ask": AlarmWords(
        "The provider cannot be asked what it has",
        "A missed text will not be found. Check the provider's status and our credentials.",
    ),
    "webhooks_missed": AlarmWords(
        "Texts came in that the provider never told us about",
        "They were fetched and answered late. Check the webhook address and our availability.",
    ),
    "not_taken": AlarmWords(
        "Something that the provider has could not be stored here",
        "It is tried again every five minutes. Look in the log for: not taken",
    ),
    "no_worker": AlarmWords(
        "No worker is running: nothing is answered, sent or passed on",
        "Start it at once: return-interview worker. Until then read the inbox yourself.",
    ),
    "screening_hangs": AlarmWords(
        "The computer's check of texts hangs: none is checked",
        "Each new text is escalated as not screened; read it there. Restart serve and worker.",
    ),
    "cannot_screen": AlarmWords(
        "The computer's check of texts cannot be loaded: none is checked",
        "Each new text is escalated as not screened; read it there. "
        "Run: return-interview screen check",
    ),
    "filtered": AlarmWords(
        "A network is refusing our texts",
        "Young people are not getting our texts. Look at the provider's error log.",
    ),
    "our_fault": AlarmWords(
        "Our texts are refused because of our account or settings",
        "Nothing leaves until this is put right. Run: return-interview channels check",
    ),
    "heartbeat": AlarmWords(
        "The watch outside does not hear that all is well",
        "It will alarm although the line works. Check WATCH_URL and the way out of this machine.",
    ),
    "alert_not_through": AlarmWords(
        "Alerts to those on duty do not get through by one of the ways",
        "They were alerted another way. Look at the provider or server behind this one.",
    ),
    "alert_failed": AlarmWords(
        "An alert to somebody on duty could not be delivered",
        "Look into the inbox now. Then check the phone numbers of the staff, one by one.",
    ),
    "unusual_reading": AlarmWords(
        "Somebody is reading far more than usual, or outside their shift",
        "For the manager: the first part of their account's number stands beside this. Look at who "
        "read what, and ask them why. Nobody was stopped.",
    ),
    "drill_failed": AlarmWords(
        "A drill did not come through to its alert",
        "A real disclosure might not either. See why on the page Drills, and read the inbox.",
    ),
    "drill_missed": AlarmWords(
        "A drill that was due was not begun",
        "Look whether a worker is running: return-interview worker. See the page Drills.",
    ),
    "drill_unanswered": AlarmWords(
        "Nobody on duty answered a drill in time",
        "Find out why before a child writes: the rota, their phones, their addresses.",
    ),
    "rota_empty": AlarmWords(
        "Nobody is on duty now",
        "Enter somebody in the rota at once, and read the inbox yourself until they are there.",
    ),
    "rota_gap": AlarmWords(
        "Nobody is on duty within the next 24 hours",
        "See the gaps in the rota and enter somebody for each of them.",
    ),
}
"""By kind; what goes with it (``detail``) is a channel or a provider's code."""


def raise_alarm(service: Service, kind: str, detail: str) -> None:
    """Raise an alarm in a commit of its own, or count it once more."""
    with service.database.write() as session:
        note_alarm(service, session, kind, detail)


def note_alarm(service: Service, session: Session, kind: str, detail: str) -> None:
    """Raise an alarm in the caller's commit, or count it once more."""
    _, is_new = alarms.raise_alarm(session, kind, detail, service.clock.machine_now())
    if is_new:
        log.error("alarm", kind=kind, detail=detail)


def clear_alarm(service: Service, kind: str, detail: str) -> bool:
    """Clear what is right again; False when there was no such alarm."""
    with service.database.write() as session:
        return alarms.clear_alarm(session, kind, detail, service.clock.machine_now())


def note_refusal(service: Service, source: str, reason: str) -> None:
    """Count a refused request, and raise an alarm when they are many."""
    now = service.clock.machine_now()
    with service.database.write() as session:
        alarms.count_refusal(session, source, reason, now)
        if alarms.refusals_since(session, source, now - REFUSED_WITHIN) >= REFUSED_AT:
            note_alarm(service, session, "refused", source)


def words_of(kind: str) -> AlarmWords:
    """The words of an alarm; one without words yet is shown by its code."""
    return ALARMS.get(kind) or AlarmWords(kind.replace("_", " ").capitalize(), "Find out why.")


def open_alarms(service: Service) -> list[tuple[ServiceAlarm, AlarmWords]]:
    """What is wrong now, with the words for it."""
    with service.database.read() as session:
        return [(each, words_of(each.kind)) for each in alarms.open_alarms(session)]


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing that is wrong now, as people read it; without an id nobody can clear it by hand."""

    id: UUID | None
    kind: str
    detail: str
    words: AlarmWords
    raised_at: datetime | None = None
    last_at: datetime | None = None
    times: int = 1


def standing(service: Service) -> list[Standing]:
    """All that is wrong with the line now, the oldest first; a silent worker before all."""
    found = [] if worker_is_there(service) else [Standing(None, KIND, "", words_of(KIND))]
    return found + [
        Standing(
            alarm.id, alarm.kind, alarm.detail, words, alarm.raised_at, alarm.last_at, alarm.times
        )
        for alarm, words in open_alarms(service)
    ]


def clear_by_hand(service: Service, alarm_id: UUID, by: UUID | None) -> bool:
    """Somebody says that it is dealt with; audited. False when it is not open any more.

    What is still wrong raises it again.

    Args:
        service: the process's service.
        alarm_id: an open alarm.
        by: the member of staff; None for whoever runs the command line.
    """
    actor = f"staff:{by}" if by else "command"
    with service.database.write() as session:
        found = [each for each in alarms.open_alarms(session) if each.id == alarm_id]
        if not found:
            return False
        alarm, now = found[0], service.clock.machine_now()
        cleared = alarms.clear_alarm(session, alarm.kind, alarm.detail, now, by)
        if cleared:
            at = service.clock.service_now()
            service.audit.append(session, at, actor, "clear alarm", f"{alarm.kind}:{alarm.detail}")
    return cleared


def note_worker(service: Service) -> None:
    """Say that a worker is there, and can write to the database."""
    with service.database.write() as session:
        beat(session, service.clock.machine_now())


def swept(service: Service, sweep: Callable[[], int]) -> Callable[[], int]:
    """A sweep that says when it has come to its end, every fifteen seconds (/metrics)."""
    said_at: list[datetime] = []

    def once() -> int:
        done = sweep()
        now = service.clock.machine_now()
        if not said_at or now - said_at[-1] >= SWEPT_EVERY:
            with service.database.write() as session:
                beat(session, now, SWEEP)
            said_at[:] = [now]
        return done

    return once


def worker_is_there(service: Service) -> bool:
    """Whether a worker said so in the last two minutes; False when none ever did.

    Nobody would be texted about it, since that is a worker's task: pages and /health/ready say it.
    """
    with service.database.read() as session:
        last = last_beat(session)
    return last is not None and service.clock.machine_now() - last <= SILENT_AFTER


def tell_operators(service: Service) -> int:
    """Text whoever can mend it, at once and then every hour; returns how many alarms were told."""
    now = service.clock.machine_now()
    with service.database.read() as session:
        due = [each.id for each in alarms.open_alarms(session) if _is_due(each, now)]
    if not due:
        return 0
    with service.database.write() as session:
        told = [each for each in alarms.open_alarms(session) if _is_due(each, now)]
        for alarm in told:
            for staff in _operators(session):
                _queue(service, session, alarm, staff)
            alarm.told_at = now
            session.add(alarm)
    return len(told)


def _is_due(alarm: ServiceAlarm, now: datetime) -> bool:
    return alarm.told_at is None or now >= alarm.told_at + AGAIN_AFTER


def _operators(session: Session) -> list[Staff]:
    """Administrators and managers with a phone; where there are none, everybody who has one."""
    with_phone = [each for each in list_staff(session) if each.active and each.phone_sealed]
    chosen = [each for each in with_phone if each.role in ("administrator", "manager")]
    return chosen or with_phone


def _queue(service: Service, session: Session, alarm: ServiceAlarm, staff: Staff) -> None:
    what = f"{words_of(alarm.kind).title} ({alarm.detail})"
    body = f"{service.settings.service_name}: {what}. Please look now."
    now = service.clock.service_now()
    alarms.queue_text(session, alarm, staff.id, body, service.phone_channel, now)
