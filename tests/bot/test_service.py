"""Opening the service: both databases at the newest schema, the keys, and one kind of work."""

from pathlib import Path

import pytest

from bot.service import open_service, prepare
from bot.settings import Settings, SettingsUnsafe
from storage import installation
from storage.keys import KeyFile, KeysMissing


@pytest.fixture
def settings(database_url: str, keys_database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        keys_database_url=keys_database_url,
        keys_file=tmp_path / "keys.json",
        demo_folder=None,
        twilio_account_sid=None,
    )


def test_it_opens_after_an_upgrade_and_a_second_one_changes_nothing(settings: Settings) -> None:
    KeyFile.create(settings.keys_file)
    for _ in range(2):
        prepare(settings)
    service = open_service(settings)

    assert service.channels == {}
    assert service.phone_channel == "sms"
    with service.database.read() as session:
        assert installation.mode(session) == "live"
    service.close()


def test_it_refuses_to_start_without_its_keys(settings: Settings) -> None:
    prepare(settings)
    with pytest.raises(KeysMissing, match="keys create"):
        open_service(settings)


def test_it_refuses_a_database_that_is_not_upgraded(settings: Settings) -> None:
    KeyFile.create(settings.keys_file)
    with pytest.raises(SettingsUnsafe, match="db upgrade"):
        open_service(settings)


def test_a_live_database_never_becomes_a_demos_nor_the_other_way(
    settings: Settings, tmp_path: Path
) -> None:
    KeyFile.create(settings.keys_file)
    prepare(settings)
    demo = settings.model_copy(update={"demo_folder": tmp_path})
    for refuse in (prepare, open_service):
        with pytest.raises(SettingsUnsafe, match="demo"):
            refuse(demo)
