"""What a provider says later of a message of ours: it arrived, or it did not after all.

Reports come late, twice, out of order and for messages whose id is not written down yet. Each is
kept once; it changes something only where it takes its own message further, and never a newer
attempt (docs/reliability.md 2.4).
"""

from __future__ import annotations

from sqlmodel import Session

from bot.channels import Report
from bot.service import Service
from bot.undelivered import next_step, note_refusal, refusal_by_code
from storage import attempts, reports
from storage.database import lock_row
from storage.outbox import add_event, entry_of
from storage.tables import OutboxEntry, ProviderReport


def take_report(service: Service, report: Report) -> bool:
    """Keep one report, and apply it to the message that it is about.

    Returns:
        True when it was new. A report of a message that is not ours, or whose id we do not know
        yet, is kept and changes nothing until the id is written down.
    """
    now = service.clock.service_now()
    with service.database.write() as session:
        kept = reports.keep(
            session,
            report.channel,
            report.provider_id,
            report.status,
            report.code,
            report.reference,
            now,
        )
        if kept is None:
            return False
        entry = _entry_about(session, report)
        if entry is not None:
            _apply(service, session, entry, kept)
    return True


def apply_kept(service: Service, session: Session, channel: str, provider_id: str) -> None:
    """Apply what was said of a message before its id was written down, in the caller's commit."""
    for kept in reports.unapplied(session, channel, provider_id):
        entry = attempts.entry_with(session, channel, provider_id)
        if entry is not None:
            _apply(service, session, entry, kept)


def _entry_about(session: Session, report: Report) -> OutboxEntry | None:
    found = attempts.entry_with(session, report.channel, report.provider_id)
    if found is not None or report.reference is None:
        return found
    named = entry_of(session, report.reference)
    return named if named is not None and named.channel == report.channel else None


def _apply(service: Service, session: Session, entry: OutboxEntry, report: ProviderReport) -> None:
    if entry.young_person_id is not None:
        lock_row(session, "conversation", "young_person_id", entry.young_person_id)
    lock_row(session, "outbox_entry", "id", entry.id)
    session.refresh(entry)
    _write_down(service, session, entry, report)
    if entry.provider_id != report.provider_id or entry.state != "sent":
        return
    if not reports.goes_on(session, report):
        return
    report.applied = True
    session.add(report)
    session.flush()
    now = service.clock.service_now()
    if report.status in ("delivered", "read"):
        add_event(session, entry.id, "delivered", now)
    elif report.status == "failed":
        _failed(service, session, entry, report)


def _write_down(
    service: Service, session: Session, entry: OutboxEntry, report: ProviderReport
) -> None:
    """The provider has a message of which we did not know: it is sent, and this is its name."""
    if attempts.entry_with(session, report.channel, report.provider_id) is not None:
        return
    machine_now = service.clock.machine_now()
    attempts.name_attempt(session, entry.id, report.provider_id, machine_now)
    reports.accept(session, entry, report.provider_id, service.clock.service_now())


def _failed(service: Service, session: Session, entry: OutboxEntry, report: ProviderReport) -> None:
    now, machine_now = service.clock.service_now(), service.clock.machine_now()
    refusal = refusal_by_code(report.code, report.channel)
    after = next_step(service, session, entry, refusal)
    attempts.note_failure(session, entry.id, report.provider_id, report.code, machine_now)
    if reports.take_back(
        session, entry, report.provider_id, after.state, after.retry_at, now, report.code
    ):
        note_refusal(service, session, entry, refusal, after)
