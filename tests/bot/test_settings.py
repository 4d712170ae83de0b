"""What a process refuses to start with: one clear line each, without any value (T-07, T-22)."""

from pathlib import Path

import pytest

from bot.settings import (
    SAMPLE_SECRET_KEY,
    Settings,
    SettingsUnsafe,
    child_environment,
    load_settings,
    require_safe,
)

SECRET = "s3cret-" * 6
SAFE = {
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "https://listen.example",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "t0ken-value",
    "TWILIO_SMS_FROM": "+447700900999",
}
NAMES = (
    *SAFE, "DATABASE_URL", "KEYS_DATABASE_URL", "KEYS_FILE", "TWILIO_API_URL", "SETTLE_SECONDS",
    "PORT", "HOST", "DEBUG", "FLASK_DEBUG", "DEMO_FOLDER", "ALLOW_DRAFT_SCRIPT", "EMPLOYER",
    "SERVICE_NAME", "ADVOCATE_READS_AT", "SETTLE_AT_MOST_SECONDS", "SCREENING_DEADLINE_SECONDS",
    "SCREENING_BUDGET_SECONDS", "PERSON_FIRST_UNDER", "NATION", "EMPLOYER_KIND", "CARER_SEES",
    "DUTY_HOURS", "KEPT_YEARS",
)  # fmt: skip


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which the service may start."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal() -> str:
    with pytest.raises(SettingsUnsafe) as refused:
        require_safe(load_settings())
    return str(refused.value)


def assert_one_clear_line(said: str, names: str) -> None:
    assert "\n" not in said
    assert names in said
    for value in (*SAFE.values(), "hunter2"):
        assert value not in said


def test_a_complete_environment_is_safe(environment: pytest.MonkeyPatch) -> None:
    require_safe(load_settings())


@pytest.mark.parametrize(
    ("name", "value", "names"),
    [
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("SECRET_KEY", "hunter2", "SECRET_KEY"),
        ("SECRET_KEY", SAMPLE_SECRET_KEY, "SECRET_KEY"),
        ("PUBLIC_URL", "", "PUBLIC_URL"),
        ("PUBLIC_URL", "http://listen.example", "PUBLIC_URL"),
        ("PUBLIC_URL", "listen.example", "PUBLIC_URL"),
        ("PUBLIC_URL", "https://", "PUBLIC_URL"),
        ("TWILIO_ACCOUNT_SID", "", "TWILIO_ACCOUNT_SID"),
        ("TWILIO_AUTH_TOKEN", "", "TWILIO_AUTH_TOKEN"),
        ("TWILIO_SMS_FROM", "", "TWILIO_SMS_FROM"),
        ("TWILIO_API_URL", "http://api.example", "TWILIO_API_URL"),
        ("DEBUG", "1", "DEBUG"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG"),
        ("DATABASE_URL", "mysql://u:hunter2@host/name", "DATABASE_URL"),
        ("DATABASE_URL", "hunter2", "DATABASE_URL"),
        ("KEYS_DATABASE_URL", "mysql://u:hunter2@host/name", "KEYS_DATABASE_URL"),
        ("PORT", "hunter2", "PORT"),
        ("PORT", "70000", "PORT"),
        ("SETTLE_SECONDS", "-1", "SETTLE_SECONDS"),
        ("SETTLE_SECONDS", "hunter2", "SETTLE_SECONDS"),
        ("SCREENING_BUDGET_SECONDS", "0", "SCREENING_BUDGET_SECONDS"),
        ("ADVOCATE_READS_AT", "25:00", "ADVOCATE_READS_AT"),
        ("ALLOW_DRAFT_SCRIPT", "hunter2", "ALLOW_DRAFT_SCRIPT"),
        ("PERSON_FIRST_UNDER", "-1", "PERSON_FIRST_UNDER"),
        ("NATION", "hunter2", "NATION"),
        ("EMPLOYER_KIND", "hunter2", "EMPLOYER_KIND"),
        ("CARER_SEES", "hunter2", "CARER_SEES"),
        ("DUTY_HOURS", "hunter2", "DUTY_HOURS"),
        ("KEPT_YEARS", "-1", "KEPT_YEARS"),
    ],
)
def test_each_thing_wrong_is_one_line_that_names_it_and_not_its_value(
    environment: pytest.MonkeyPatch, name: str, value: str, names: str
) -> None:
    environment.setenv(name, value)

    assert_one_clear_line(refusal(), names)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:9"])
def test_plain_http_is_for_this_machine_only(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv("PUBLIC_URL", address)
    environment.setenv("TWILIO_API_URL", address)
    require_safe(load_settings())


def test_the_format_of_provider_tokens_is_not_judged(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TWILIO_ACCOUNT_SID", "anything")
    require_safe(load_settings())


def test_the_nation_and_the_age_for_a_person_first_have_defaults(
    environment: pytest.MonkeyPatch,
) -> None:
    settings = load_settings()
    assert (settings.nation, settings.person_first_under) == ("england", 13)

    environment.setenv("NATION", "northern_ireland")
    environment.setenv("PERSON_FIRST_UNDER", "0")
    settings = load_settings()
    assert (settings.nation, settings.person_first_under) == ("northern_ireland", 0)


def test_only_a_live_service_with_twilio_reaches_real_phones(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load_settings().reaches_children
    assert not load_settings().model_copy(update={"demo_folder": tmp_path}).reaches_children

    environment.delenv("TWILIO_ACCOUNT_SID")
    assert not load_settings().reaches_children


def test_no_secret_shows_in_a_repr(environment: pytest.MonkeyPatch) -> None:
    shown = repr(load_settings())
    assert SECRET not in shown
    assert SAFE["TWILIO_AUTH_TOKEN"] not in shown


def test_the_person_keys_lie_beside_the_key_file(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("KEYS_FILE", "safe/keys.json")
    assert load_settings().key_store_url == "sqlite:///safe/person-keys.db"


@pytest.fixture
def demo(environment: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment in which the demo may start."""
    for name in SAFE:
        environment.delenv(name, raising=False)
    environment.setenv("DEMO_FOLDER", str(tmp_path))
    (tmp_path / "secret-key").write_text(SECRET)
    return environment


def test_the_demo_lies_in_its_folder_and_needs_nothing(
    demo: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = load_settings()
    require_safe(settings)

    assert settings.is_demo
    assert settings.host == "127.0.0.1"
    for url in (settings.database_url, settings.key_store_url):
        assert url.startswith(f"sqlite:///{tmp_path}/")


@pytest.mark.parametrize(
    ("name", "value", "names"),
    [
        ("TWILIO_AUTH_TOKEN", "hunter2", "TWILIO_AUTH_TOKEN"),
        ("twilio_auth_token", "hunter2", "twilio_auth_token"),
        ("TWILIO_ANYTHING", "hunter2", "TWILIO_ANYTHING"),
        ("DATABASE_URL", "sqlite:///elsewhere/hunter2.db", "database"),
        ("DATABASE_URL", "postgresql://u:hunter2@host/name", "database"),
        ("KEYS_DATABASE_URL", "sqlite:///elsewhere/hunter2.db", "database"),
        ("KEYS_FILE", "elsewhere/hunter2.json", "key file"),
        ("HOST", "0.0.0.0", "HOST"),  # noqa: S104
    ],
)
def test_the_demo_has_a_fence(demo: pytest.MonkeyPatch, name: str, value: str, names: str) -> None:
    demo.setenv(name, value)

    assert_one_clear_line(refusal(), names)


def test_the_fence_is_not_climbed_by_dots(demo: pytest.MonkeyPatch, tmp_path: Path) -> None:
    demo.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/../outside.db")

    assert_one_clear_line(refusal(), "database")


def test_the_demos_own_processes_get_its_folder_and_no_other_mode(tmp_path: Path) -> None:
    given = child_environment(tmp_path, 8099)

    assert given["DEMO_FOLDER"] == str(tmp_path)
    assert (given["PORT"], given["PUBLIC_URL"]) == ("8099", "http://127.0.0.1:8099")


def test_settings_are_frozen(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1
