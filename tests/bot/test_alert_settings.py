"""What is unsafe about the ways by which staff are alerted is said before anything starts."""

import pytest

from bot.alert_settings import AlertSettings, unsafe_alerts

MAIL = {"smtp_host": "mail.example", "smtp_from": "alerts@listen.example"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (MAIL | {"smtp_tls": "none"}, "SMTP_TLS=none is for this machine only"),
        ({"smtp_host": "mail.example"}, "SMTP_FROM must be set"),
        ({"watch_smtp_host": "mail.example"}, "WATCH_SMTP_FROM must be set"),
        ({"watch_url": "http://far.example/ping"}, "WATCH_URL must be an https address"),
        (
            {"watch_webhook_url": "https://team.example/hook"},
            "WATCH_WEBHOOK_SECRET must be set",
        ),
    ],
)
def test_what_is_unsafe_is_said(changed: dict[str, str], says: str) -> None:
    (found,) = unsafe_alerts(AlertSettings.model_validate(changed))

    assert found.startswith(says)


def test_what_is_safe_passes() -> None:
    here = {"smtp_host": "127.0.0.1", "smtp_tls": "none", "watch_url": "http://127.0.0.1:9/ping"}
    for each in ({}, MAIL, MAIL | here):
        assert list(unsafe_alerts(AlertSettings.model_validate(each))) == []
