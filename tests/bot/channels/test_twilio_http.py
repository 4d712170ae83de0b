"""Which host each of Twilio's products is asked at."""

import pytest

from bot.channels.twilio_http import TwilioHttp

MESSAGES = "https://api.twilio.com/2010-04-01/Accounts.json?Page=1"
SERVICES = "https://messaging.twilio.com/v1/Services"


@pytest.mark.parametrize(
    ("api_url", "asked", "called"),
    [
        ("https://api.twilio.com", MESSAGES, MESSAGES),
        ("https://api.twilio.com/", SERVICES, SERVICES),
        (
            "https://api.twilio.com",
            "https://content.twilio.com/v1/Content/HX1",
            "https://content.twilio.com/v1/Content/HX1",
        ),
        # The client takes an edge and a region from the environment; the settings count.
        (
            "https://api.twilio.com",
            "https://messaging.sydney.au1.twilio.com/v1/Services",
            SERVICES,
        ),
        (
            "https://api.dublin.ie1.twilio.com",
            SERVICES,
            "https://messaging.dublin.ie1.twilio.com/v1/Services",
        ),
        ("http://127.0.0.1:4010", SERVICES, "http://127.0.0.1:4010/v1/Services"),
        ("http://127.0.0.1:4010/twilio/", SERVICES, "http://127.0.0.1:4010/twilio/v1/Services"),
        ("https://proxy.twilio.com", SERVICES, "https://proxy.twilio.com/v1/Services"),
        (
            "https://api.nottwilio.com",
            SERVICES,
            "https://api.nottwilio.com/v1/Services",
        ),
    ],
)
def test_each_product_is_asked_at_its_own_host_or_all_at_the_fake(
    api_url: str, asked: str, called: str
) -> None:
    assert TwilioHttp(api_url, (1.0, 1.0))._at_base(asked) == called
