"""The script of the interview: checking it, what it covers, its picture and who approved it."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from bot.approvals import languages_here, register
from bot.clock import SystemClock, in_london
from bot.release import check_language, stranded_conversations
from bot.settings import Settings, load_settings
from dialogs.check import Finding, Report
from dialogs.coverage import coverage
from dialogs.nations import nation
from dialogs.texts import has_texts
from web.commands import approval, diagram
from web.commands.opening import opened
from web.commands.printing import as_json, print_json, print_rows


@click.group()
def dialog() -> None:
    """The script of the interview."""


@dialog.command("check")
@click.option("--language", help="Only this one; by default every language offered here.")
@click.option("--live", is_flag=True, help="Also the conversations and approvals of this database.")
@as_json
def dialog_check(language: str | None, live: bool, json_wanted: bool) -> None:
    """Check the table, the texts and what they claim; exit 1 when anything is wrong."""
    settings = load_settings()
    approved, stranded = _of_this_database(settings) if live else (frozenset[str](), [])
    today = in_london(SystemClock().machine_now()).date()
    checked = [
        check_language(each, settings, today, approved=each in approved)
        for each in _languages(settings, language)
    ]
    reports = [report for report, _ in checked]
    more = [*(found for _, stale in checked for found in stale), *stranded]
    if json_wanted:
        print_json(
            {"languages": [asdict(each) for each in reports], "more": list(map(asdict, more))}
        )
    else:
        for report in reports:
            _print_report(report)
        _print_findings(more)
    if more or any(report.findings for report in reports):
        sys.exit(1)


@dialog.command("coverage")
@as_json
def dialog_coverage(json_wanted: bool) -> None:
    """Show which state asks about which topic of the published forms, why, and who answers."""
    rows = [asdict(each) for each in coverage()]
    if json_wanted:
        print_json(rows)
        return
    print_rows(rows, ("topic", "label", "how", "states", "answered_by", "purpose"))


def _languages(settings: Settings, language: str | None) -> tuple[str, ...]:
    if language is None:
        return tuple(each for each in nation(settings.nation).languages if has_texts(each))
    if not has_texts(language):
        raise click.ClickException(
            f"there are no texts in {language}: add dialogs/texts/{language}.toml"
        )
    return (language,)


def _of_this_database(settings: Settings) -> tuple[frozenset[str], list[Finding]]:
    """The languages that are approved here, and the conversations that could not go on."""
    with opened() as service, service.database.read() as session:
        approved = {each for each in languages_here(service) if register(session, each).complete}
        stranded = [
            Finding("database", str(interview), f"stands at {state}, which is no state")
            for interview, state in stranded_conversations(session)
        ]
    return frozenset(approved), stranded


def _print_report(report: Report) -> None:
    click.echo(f"{report.language}.toml, script version {report.version}")
    click.echo(f"  {report.states} states, {report.transitions} transitions")
    for name, found in (
        ("unreachable", report.unreachable),
        ("dead ends", report.dead_ends),
        ("missing commands", [f"{state}/{trigger}" for state, trigger in report.missing_commands]),
        ("untranslated", report.untranslated),
    ):
        click.echo(f"  {name}: {' '.join(found) or 'none'}")
    if report.language == "en":
        for phase, age in report.reading_age.items():
            click.echo(
                f"  reading age, {phase}: ARI {age.ari:.1f}, Coleman-Liau {age.coleman_liau:.1f}"
            )
    two = [key for key, count in report.segments.items() if count > 1]
    click.echo(f"  {len(report.segments)} lines; of two segments: {' '.join(two) or 'none'}")
    _print_findings(report.findings)


def _print_findings(findings: tuple[Finding, ...] | list[Finding]) -> None:
    for finding in findings:
        click.echo(f"{finding.file}: {finding.key}: {finding.message}")
    click.echo(f"{len(findings)} findings")


for command in (*approval.COMMANDS, *diagram.COMMANDS):
    dialog.add_command(command)

COMMANDS = (dialog,)
