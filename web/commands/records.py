"""Interviews, escalations and the audit trail. Reading words is logged like any other reading."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any
from uuid import UUID

import click

from bot.escalations import NotPossible
from bot.inbox import Detail, read_escalation, summaries
from bot.shown import ShownMessage
from bot.transcripts import InterviewLine, Transcript, interview_lines, read_transcript
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows

COMMAND = "command"


@click.group()
def interviews() -> None:
    """Return interviews."""


@interviews.command("list")
@as_json
def interviews_list(json_wanted: bool) -> None:
    """List interviews, the most pressing first; no words and no names."""
    with opened() as service:
        rows = [_interview_row(line) for line in interview_lines(service)]
    if json_wanted:
        print_json(rows)
    else:
        print_rows(rows, ("id", "state", "returned_at", "due_at", "answered"))


@interviews.command("show")
@click.argument("interview_id", type=click.UUID, metavar="ID")
@as_json
def interviews_show(interview_id: UUID, json_wanted: bool) -> None:
    """Show one interview in full."""
    with opened() as service:
        transcript = read_transcript(service, interview_id, COMMAND)
    if transcript is None:
        raise NotPossible("there is no interview with that id: see interviews list")
    if json_wanted:
        print_json(_transcript(transcript))
        return
    for message in transcript.messages:
        click.echo(line_of(message, "young person"))


@click.group()
def escalations() -> None:
    """Escalations."""


@escalations.command("list")
@as_json
def escalations_list(json_wanted: bool) -> None:
    """List escalations, the most urgent first. With --json, with the words that caused them."""
    with opened() as service:
        found = summaries(service)
        if not json_wanted:
            rows = [{**asdict(each), "priority": f"P{each.priority}"} for each in found]
            print_rows(
                rows,
                ("id", "reference", "priority", "categories", "state", "raised_at", "hits"),
            )
            return
        details = [read_escalation(service, each.id, COMMAND) for each in found]
    print_json([_escalation(each) for each in details if each is not None])


@escalations.command("show")
@click.argument("escalation_id", type=click.UUID, metavar="ID")
@as_json
def escalations_show(escalation_id: UUID, json_wanted: bool) -> None:
    """Show one escalation: why it was flagged and what was done."""
    with opened() as service:
        detail = read_escalation(service, escalation_id, COMMAND)
    if detail is None:
        raise NotPossible("there is no escalation with that id: see escalations list")
    if json_wanted:
        print_json(_escalation(detail))
        return
    summary = detail.summary
    codes = " ".join(summary.categories)
    click.echo(f"{summary.reference}  P{summary.priority} {codes}  {summary.state}")
    for reason in detail.because:
        click.echo(f"  {reason.category} ({reason.rule}): {shown_in_a_terminal(reason.message)}")
    for event in detail.events:
        click.echo(f"  {event.at:%d %b %H:%M}  {event.kind}  {event.who or ''}".rstrip())


@click.group()
def audit() -> None:
    """The record of who did and read what."""


@audit.command("verify")
@as_json
def audit_verify(json_wanted: bool) -> None:
    """Walk the audit chain; exit 1 when an entry was changed, removed or put between."""
    with opened() as service, service.database.read() as session:
        count, broken = service.audit.verify(session)
    if json_wanted:
        print_json({"entries": count, "broken_at": broken})
    elif broken is None:
        click.echo(f"{count} entries, all sound.")
    else:
        click.echo(f"The chain is broken after {count} entries, at {broken}.", err=True)
    if broken is not None:
        sys.exit(1)


def line_of(message: ShownMessage, them: str) -> str:
    """One message on one line: when, who, by which channel, what became of it, and the words.

    Args:
        message: which.
        them: what whoever writes to us is called here.
    """
    who = "bot" if message.direction == "out" else them
    fate = f"{message.delivery}: {message.why.rstrip('.')}" if message.why else message.delivery
    kinds = [kind for kind in message.media.split(",") if kind]
    kinds += ["map pin"] if message.kind == "pin" else []
    kinds += ["later version"] if message.edit_of else []
    words = [f"[{', '.join(kinds)}]"] if kinds else []
    words += [shown_in_a_terminal(message.text)] if message.text else []
    said = " ".join(words)
    return f"{message.at:%d %b %H:%M}  {who}, {message.channel} ({fate}): {said}".rstrip()


def shown_in_a_terminal(text: str) -> str:
    """Words for a terminal: control characters as escapes, so that none is obeyed."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _interview_row(line: InterviewLine) -> dict[str, Any]:
    row = asdict(line)
    del row["name"]
    return row


def _transcript(transcript: Transcript) -> dict[str, Any]:
    return {
        **_interview_row(transcript.line),
        "contact": transcript.contact,
        "messages": [
            {
                "id": each.id,
                "direction": each.direction,
                "text": each.text,
                "question": each.question,
                "at": each.at,
                "delivery": each.delivery,
                "kind": each.kind,
                "exact": each.exact,
                "written": each.written,
            }
            for each in transcript.messages
        ],
        "answers": [
            {"question": each.question, "text": each.text, "message_ids": each.message_ids}
            for each in transcript.answers
        ],
    }


def _escalation(detail: Detail) -> dict[str, Any]:
    summary = detail.summary
    return {
        "id": summary.id,
        "reference": summary.reference,
        "interview_id": summary.interview_id,
        "priority": f"P{summary.priority}",
        "categories": summary.categories,
        "state": summary.state,
        "linked": summary.linked,
        "raised_at": summary.raised_at,
        "acknowledged_by": summary.acknowledged_by,
        "acknowledged_at": summary.acknowledged_at,
        "closed_at": summary.closed_at,
        "contact_is_safe": summary.contact_is_safe,
        "nobody_reachable": summary.nobody_reachable,
        "events": [
            {
                "kind": each.kind,
                "at": each.at,
                "priority": None if each.priority is None else f"P{each.priority}",
                "message_id": each.message_id,
                "categories": each.detail.get("categories", []),
            }
            for each in detail.hits
        ],
        "because": [asdict(each) for each in detail.because],
        "outcome": detail.outcome,
    }


COMMANDS = (interviews, escalations, audit)
