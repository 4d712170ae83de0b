"""`return-interview episodes` as a worker types it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from sqlmodel import select

from bot.escalations import NotPossible
from bot.invitations import NotEntered, NotInvited
from bot.service import Service
from storage import follow_ups, people
from storage.person_details import Details, details_of
from storage.tables import FollowUp, HumanTask, Offer, ReturnInterview, YoungPerson
from tests.web.cast import Cast
from web.commands.people import episodes

LEO = ("--name", "Leo Marsh", "--phone", "07700 900133", "--returned-at", "2026-11-20T09:00")
INVITED = ("--invite", "--texting-agreed-by", "ade@example.org")


@pytest.fixture
def typed(service: Service, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Types a command at this service; an error that the command line words is raised."""
    settings = service.settings
    for name in ("database_url", "keys_database_url", "keys_file", "secret_key", "public_url"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    monkeypatch.setenv("ALLOW_DRAFT_SCRIPT", "1")

    def run(*words: str, lines: str = "") -> Any:
        result = CliRunner().invoke(
            episodes, [*words, "--json"], input=lines, catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return run


def leo(service: Service) -> YoungPerson:
    with service.database.read() as session:
        newest = select(YoungPerson).order_by(YoungPerson.seq.desc())  # type: ignore[union-attr]
        return session.exec(newest).first() or pytest.fail("nobody is entered")


def test_all_that_was_agreed_is_entered(service: Service, typed: Any) -> None:
    ids = typed(
        "add", *LEO, "--born", "2011-05-30", "--needs-support", "--check-word", "marmalade",
        "--duress-word", "lantern", "--prompts-from", "7:05", "--prompts-until", "08:15",
        "--school-time-ok", "--length", "short",
    )  # fmt: skip
    agreed = Details(
        date(2011, 5, 30), True, "marmalade", "lantern", "07:05", "08:15", school_time_ok=True
    )

    assert str(leo(service).id) == ids["young_person_id"]
    assert details_of(service.vault, leo(service)) == agreed
    with service.database.read() as session:
        (interview,) = people.list_interviews(session)
    assert interview.length == "short"

    typed(
        "add", "--young-person", ids["young_person_id"], "--returned-at", "2026-11-20T10:00",
        "--no-needs-support", "--no-school-time-ok",
    )  # fmt: skip
    assert not details_of(service.vault, leo(service)).needs_support
    assert details_of(service.vault, leo(service)).check_word == "marmalade"


def test_name_and_number_can_be_read_from_lines(service: Service, typed: Any) -> None:
    typed("add", "--name", "-", *LEO[4:], lines="Leo Marsh\n07700 900133\n")

    assert people.name_of(service.vault, leo(service)) == "Leo Marsh"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--born", "30.5.2011"), "--born"),
        (("--born", "2031-01-01"), "in the future"),
        (("--duress-word", "yes"), "ordinary reply"),
        (("--prompts-from", "4pm", "--prompts-until", "18:00"), "HH:MM"),
    ],
)
def test_what_cannot_be_used_is_said(typed: Any, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(NotEntered, match=said):
        typed("add", *LEO, *words)


def test_a_child_whom_a_person_meets_first_is_texted_only_when_they_want_it(
    service: Service, cast: Cast, typed: Any
) -> None:
    young = ("--born", f"{datetime.now(UTC).year - 9}-01-01")
    with pytest.raises(NotInvited, match="--text-wanted"):
        typed("add", *LEO, *young, *INVITED)
    with service.database.read() as session:
        assert [each.kind for each in session.exec(select(HumanTask))] == ["person_first"]

    again = ("--young-person", str(leo(service).id), "--returned-at", "2026-11-20T10:00")
    ids = typed("add", *again, *INVITED, "--text-wanted", "--now")
    with service.database.read() as session:
        offers = session.exec(select(Offer)).all()
        interview = session.get_one(ReturnInterview, offers[0].interview_id)
    assert [each.outcome for each in offers] == ["person_first", None]
    assert str(interview.id) == ids["interview_id"]


def test_whatsapp_is_refused_where_it_is_not_set_up(service: Service, typed: Any) -> None:
    with pytest.raises(NotEntered, match="not set up"):
        typed("add", *LEO, "--channel", "whatsapp")
    typed("add", *LEO, "--channel", "sms")


def test_news_is_kept_for_them_by_a_person_with_a_name(
    service: Service, cast: Cast, typed: Any
) -> None:
    to = ("news", "--interview", str(cast.amina.interview_id))
    typed(*to, "--words", "-", "--by", "ade@example.org", lines="Your bus pass is here.\n")
    with service.database.read() as session:
        (row,) = session.exec(select(FollowUp)).all()
    assert follow_ups.words_of(service.vault, row) == "Your bus pass is here."
    assert row.written_by == cast.ade.id

    with pytest.raises(NotPossible, match="nobody on the staff"):
        typed(*to, "--words", "Here.", "--by", "max@example.org")
    with pytest.raises(NotPossible, match="is empty"):
        typed(*to, "--words", " ", "--by", "ade@example.org")
