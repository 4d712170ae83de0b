"""The texts are a draft until named people agreed to exactly these (PR-08)."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from shutil import copyfile

import pytest

from bot import approvals
from bot.approvals import (
    NotApproved,
    Register,
    approve,
    digest_of,
    drafts_here,
    is_reviewed,
    languages_here,
    may_invite,
    register,
)
from bot.invitations import NotInvited
from bot.service import Service
from dialogs.position import SCRIPT_VERSION
from storage.tables import AuditEntry, Message, ScriptApproval, YoungPerson
from tests.bot.cast import ade
from tests.bot.entering import AT_ONCE, enter
from tests.bot.world import START, World

LEAD, GROUP, TRANSLATOR = "safeguarding_lead", "young_peoples_group", "translator"
ENGLISH = Path(str(files("dialogs"))) / "texts" / "en.toml"


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Texts of our own, in English and Welsh; gives a function that adds a line to a file."""
    folder = tmp_path / "package" / "texts"
    folder.mkdir(parents=True)
    for language in ("en", "cy"):
        copyfile(ENGLISH, folder / f"{language}.toml")
    monkeypatch.setattr(approvals, "files", lambda _package: folder.parent)
    monkeypatch.setattr(approvals, "_digest", approvals._digest.__wrapped__)

    def edit(language: str, line: str) -> None:
        with (folder / f"{language}.toml").open("a", encoding="utf-8") as file:
            file.write(line)

    return edit


def found(world: World, language: str = "en") -> Register:
    with world.reading() as session:
        return register(session, language)


def reviewed(world: World, language: str) -> bool:
    with world.reading() as session:
        return is_reviewed(session, language)


def invited(service: Service, language: str = "en") -> bool:
    with service.database.read() as session:
        return may_invite(service, session, language)


def with_settings(world: World, **changed: object) -> Service:
    settings = world.settings.model_copy(update={"allow_draft_script": False, **changed})
    return replace(world.service, settings=settings)


def agree(world: World, *roles: str, language: str = "en") -> None:
    for role in roles:
        approve(world.service, language, role, f"Somebody, {role}", "command")


def test_the_digest_is_that_of_the_file() -> None:
    assert digest_of("en") == hashlib.sha256(ENGLISH.read_bytes()).hexdigest()


@pytest.mark.parametrize("language", ["xx", "", "../texts/en", "words_en", "reading_en", "еn"])
def test_a_language_without_texts_has_no_digest_and_no_register(
    sqlite_world: World, language: str
) -> None:
    with pytest.raises(NotApproved, match="no texts"):
        digest_of(language)
    with pytest.raises(NotApproved, match="no texts"):
        agree(sqlite_world, LEAD, language=language)
    assert sqlite_world.rows(ScriptApproval) == []


def test_english_is_a_draft_until_a_lead_and_young_people_agreed(world: World) -> None:
    assert found(world).missing == (LEAD, GROUP)

    approve(world.service, "en", LEAD, "  Rosa  Lind ", "command")
    assert (found(world).missing, found(world).complete) == ((GROUP,), False)
    assert not reviewed(world, "en")

    world.wait(hours=1)
    approve(world.service, "en", GROUP, "Listen Up group", "command")
    register_now = found(world)
    assert register_now.complete
    assert reviewed(world, "en")
    assert (register_now.version, register_now.digest) == (SCRIPT_VERSION, digest_of("en"))
    assert [(each.role, each.name) for each in register_now.entries] == [
        (LEAD, "Rosa Lind"),
        (GROUP, "Listen Up group"),
    ]
    assert register_now.entries[0].at == START


def test_another_language_needs_its_translator_too(
    world: World, texts: Callable[[str, str], None]
) -> None:
    agree(world, LEAD, GROUP, language="cy")
    assert found(world, "cy").missing == (TRANSLATOR,)

    agree(world, TRANSLATOR, language="cy")
    assert reviewed(world, "cy")
    assert not reviewed(world, "en")


def test_an_edited_text_is_a_draft_again_and_an_undone_edit_is_not(
    world: World, texts: Callable[[str, str], None]
) -> None:
    agree(world, LEAD, GROUP)
    assert reviewed(world, "en")

    texts("en", "# one more word\n")
    assert found(world).entries == ()
    assert not reviewed(world, "en")

    agree(world, LEAD, GROUP)
    assert reviewed(world, "en")


def test_an_approval_is_of_one_version_of_the_script(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(sqlite_world, LEAD, GROUP)
    monkeypatch.setattr(approvals, "SCRIPT_VERSION", f"{SCRIPT_VERSION}-next")

    assert not reviewed(sqlite_world, "en")


def test_every_approval_is_in_the_access_log(world: World) -> None:
    approve(world.service, "en", LEAD, "Rosa Lind", "command")

    (entered,) = world.rows(ScriptApproval)
    (entry,) = world.rows(AuditEntry, AuditEntry.action == "approve texts")
    assert (entry.actor, entry.subject) == ("command", f"script_approval:{entered.id}")
    assert entry.detail == {
        "language": "en", "version": SCRIPT_VERSION, "digest": digest_of("en"), "role": LEAD,
    }  # fmt: skip
    assert entered.entered_by == "command"
    assert world.audit_is_sound()


@pytest.mark.parametrize(
    ("role", "name", "said"),
    [
        (LEAD, "", "a name"),
        (LEAD, " \t\n", "a name"),
        (TRANSLATOR, "Rosa Lind", "does not approve"),
        ("cook", "Rosa Lind", "does not approve"),
    ],
)
def test_an_approval_without_a_name_or_a_role_is_refused(
    sqlite_world: World, role: str, name: str, said: str
) -> None:
    with pytest.raises(NotApproved, match=said):
        approve(sqlite_world.service, "en", role, name, "command")

    assert sqlite_world.rows(ScriptApproval) == sqlite_world.rows(AuditEntry) == []


def test_the_same_texts_are_approved_once_in_each_role(world: World) -> None:
    agree(world, LEAD)
    with pytest.raises(NotApproved, match="in this role"):
        agree(world, LEAD)

    assert len(world.rows(ScriptApproval)) == len(world.rows(AuditEntry)) == 1
    assert world.audit_is_sound()


def test_no_invitation_leaves_while_the_texts_are_a_draft(world: World) -> None:
    service = with_settings(world)
    assert not invited(service)

    agree(world, LEAD)
    assert not invited(service)

    agree(world, GROUP)
    assert invited(service)


def test_a_draft_may_leave_where_that_is_allowed_or_in_the_demo(sqlite_world: World) -> None:
    assert invited(with_settings(sqlite_world, allow_draft_script=True))
    assert invited(with_settings(sqlite_world, demo_folder=Path("demo")))


def test_the_first_text_leaves_once_the_texts_are_approved(world: World) -> None:
    ade(world)
    world.service = with_settings(world)
    with pytest.raises(NotInvited, match="draft"):
        enter(world, AT_ONCE)
    assert world.rows(Message) == []

    agree(world, LEAD, GROUP)
    (person,) = world.rows(YoungPerson)
    child = enter(world, AT_ONCE, young_person_id=person.id)
    assert world.keys_sent(child) == ["hello"]


def test_the_first_text_is_held_to_the_language_that_they_get(
    world: World, texts: Callable[[str, str], None]
) -> None:
    ade(world)
    world.service = with_settings(world)
    agree(world, LEAD, GROUP)

    with pytest.raises(NotInvited, match="draft"):
        enter(world, AT_ONCE, language="cy")


def test_a_language_without_texts_is_answered_in_english_so_english_counts(
    sqlite_world: World,
) -> None:
    service = with_settings(sqlite_world)
    assert not invited(service, "xx")

    agree(sqlite_world, LEAD, GROUP)
    assert invited(service, "xx")
    assert reviewed(sqlite_world, "../texts/en")


def test_the_drafts_that_staff_are_told_of_are_those_offered_here(
    sqlite_world: World, texts: Callable[[str, str], None]
) -> None:
    england, wales = (with_settings(sqlite_world, nation=each) for each in ("england", "wales"))
    assert languages_here(england) == ("en",)
    assert languages_here(wales) == ("en", "cy")

    agree(sqlite_world, LEAD, GROUP)
    with sqlite_world.reading() as session:
        assert drafts_here(england, session) == ()
        assert [each.language for each in drafts_here(wales, session)] == ["cy"]
