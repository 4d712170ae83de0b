"""Staff pages use the names, deadlines and teams of the nation that is set."""

import pytest

from tests.web.cast import gather, sign_in, text
from tests.web.conftest import MakeService
from tests.web.duty import DANGER, VIOLENCE, address_of, words_of
from web.app import create_app


@pytest.mark.parametrize(
    ("nation", "heading", "rule"),
    [
        ("england", "Return home interviews", "offered and held within 72 hours of the return."),
        (
            "scotland",
            "Return discussions",
            "offered within 72 hours of the return and held within 7 days.",
        ),
        ("northern_ireland", "Return interviews", "offered within 72 hours of the return."),
        ("wales", "Return home interviews", "In Wales it is expected after 3 times missing."),
    ],
)
def test_the_interview_is_called_what_the_nation_calls_it(
    make_service: MakeService, nation: str, heading: str, rule: str
) -> None:
    service = make_service(nation=nation)
    cast = gather(service)
    client = create_app(service).test_client()
    sign_in(client, cast.ade)

    page = client.get("/interviews").text

    assert f'<h1 class="govuk-heading-l">{heading}</h1>' in page
    assert rule in " ".join(page.split())
    assert ("To be held by" in page) is (nation == "scotland")


@pytest.mark.parametrize(
    ("nation", "body", "team"),
    [
        ("england", DANGER, "call the police or the emergency duty team now"),
        ("scotland", DANGER, "call the police or the out-of-hours social work team now"),
        ("england", VIOLENCE, "Turn to MASH, or at other times to the emergency duty team."),
        (
            "northern_ireland",
            VIOLENCE,
            "Turn to the Gateway team, or at other times to the Regional Emergency Social Work",
        ),
    ],
)
def test_duty_workers_are_pointed_to_the_teams_of_the_nation(
    make_service: MakeService, nation: str, body: str, team: str
) -> None:
    service = make_service(nation=nation)
    cast = gather(service)
    app = create_app(service)
    text(app.test_client(), service, body)
    duty = app.test_client()
    sign_in(duty, cast.dee)

    assert team in words_of(duty.get(address_of(service)).text)
