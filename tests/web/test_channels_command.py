"""`channels check` against the running service, a proxy and the providers, each broken in turn."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select
from werkzeug.serving import make_server

from bot.alarms import open_alarms
from bot.channel_checks import Answer, check_line
from bot.channels import Finding
from bot.channels.configured import configured
from bot.service import Service, open_service
from bot.settings import load_settings
from storage.tables import Message, ProviderReport, Staff, YoungPerson
from tests.fakes.proxy import Proxy
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_texts import SECRET, TOKEN
from tests.fakes.twilio_numbers import MessagingService, Template, WhatsAppSender
from tests.fakes.twilio_server import TwilioServer
from tests.fakes.twilio_texts import (
    AUTH_TOKEN,
    OUR_NUMBER,
    SERVICE_SID,
    TEMPLATE_SID,
    WHATSAPP_NUMBER,
)
from tests.web.cast import gather
from tests.web.conftest import MakeService
from web.app import create_app
from web.command_line import cli

HELLO = "Hi, it's the Listen Line. Is now a good time to text here? Reply YES, LATER or NO."


@dataclass
class Line:
    """The service behind a proxy, with both providers, as an operator has set it up."""

    service: Service
    proxy: Proxy
    twilio: TwilioServer
    telegram: TelegramServer
    settings: dict[str, object] = field(default_factory=dict)

    def check(self, **otherwise: object) -> dict[str, Finding]:
        """What a command that has these other settings finds, by channel and what it looked at."""
        settings = load_settings(**self.settings | otherwise)
        service = open_service(
            settings, channels=lambda database, vault: configured(settings, database, vault)
        )
        try:
            return {f"{each.channel} {each.code}": each for each in check_line(service)}
        finally:
            service.close()


@pytest.fixture
def line(make_service: MakeService) -> Iterator[Line]:
    with Proxy() as proxy, TwilioServer() as twilio, TelegramServer() as telegram:
        settings: dict[str, object] = {
            "public_url": proxy.url,
            "second_factor": "required",
            "twilio_api_url": twilio.url,
            "twilio_messaging_service_sid": SERVICE_SID,
            "twilio_advanced_opt_out": True,
            "twilio_whatsapp_from": WHATSAPP_NUMBER,
            "twilio_whatsapp_template_sid": TEMPLATE_SID,
            "telegram_bot_token": TOKEN,
            "telegram_webhook_secret": SECRET,
            "telegram_api_url": telegram.url,
        }
        service = make_service(demo=False, **settings)
        gather(service)
        twilio.account.services.append(MessagingService())
        twilio.account.templates.append(Template(HELLO))
        twilio.account.whatsapp.append(WhatsAppSender())
        twilio.account.point_at(proxy.url)
        server = make_server("127.0.0.1", 0, create_app(service), threaded=True)
        proxy.port = server.server_port
        running = threading.Thread(target=server.serve_forever, args=(0.02,))
        running.start()
        whole = service.settings.model_dump()
        made = Line(service, proxy, twilio, telegram, whole)
        made_settings = load_settings(**whole)
        channel = configured(made_settings, service.database, service.vault)["telegram"]
        channel.set_webhook(proxy.url, SECRET)  # type: ignore[attr-defined]
        try:
            yield made
        finally:
            server.shutdown()
            running.join()
            server.server_close()


def test_of_a_line_that_is_set_up_only_https_is_missing(line: Line) -> None:
    found = line.check()

    wrong = {name for name, each in found.items() if each.state == "wrong"}
    assert wrong == {"sms site", "whatsapp site"}, "there is no certificate in a test"
    right = {name for name, each in found.items() if each.state == "ok"}
    assert right >= {
        "service settings",
        "service duty_worker",
        "sms credentials",
        "sms sender",
        "sms webhook",
        "whatsapp template",
        "telegram webhook",
        "twilio round_trip",
        "twilio forgery",
        "telegram round_trip",
        "telegram forgery",
    }


def test_it_leaves_no_trace_in_anybodys_record(line: Line) -> None:
    before = counts(line.service)

    line.check()
    line.check()

    assert counts(line.service) == before
    with line.service.database.read() as session:
        (kept,) = session.exec(select(ProviderReport)).all()
    assert (kept.provider_id, kept.applied) == ("SM" + "0" * 32, False)
    assert [alarm.kind for alarm, _ in open_alarms(line.service)] == []


def counts(service: Service) -> list[int]:
    with service.database.read() as session:
        return [len(session.exec(select(table)).all()) for table in (Message, YoungPerson)]


def hide_webhooks(line: Line) -> None:
    line.proxy.hides = ("/webhooks",)


def change_bodies(line: Line) -> None:
    line.proxy.changes = lambda body: body.replace(b"queued", b"sent")


def accept_all(line: Line) -> None:
    line.proxy.accepts_all = True


def answer(status: int) -> Callable[[Line], None]:
    def break_it(line: Line) -> None:
        line.proxy.status = status

    return break_it


def move_webhook(line: Line) -> None:
    line.twilio.account.point_at("https://elsewhere.example")


def lose_template(line: Line) -> None:
    line.twilio.account.templates[0].status = "rejected"


def dismiss_duty_workers(line: Line) -> None:
    with line.service.database.write() as session:
        for each in session.exec(select(Staff)).all():
            each.active = False
            session.add(each)


BROKEN: list[tuple[str, Callable[[Line], None], dict[str, object], str, str]] = [
    ("wrong token", lambda _: None, {"twilio_auth_token": "old"}, "sms credentials",
     "Copy both again"),
    ("serve has another token", lambda _: None, {"twilio_auth_token": "old"}, "twilio round_trip",
     "403: the running service has another value of PUBLIC_URL, TWILIO_ACCOUNT_SID or "
     "TWILIO_AUTH_TOKEN than this command"),
    ("serve has another secret", lambda _: None, {"telegram_webhook_secret": "x" * 40},
     "telegram round_trip", "another value of TELEGRAM_WEBHOOK_SECRET"),
    ("webhook elsewhere", move_webhook, {}, "sms webhook", "It must be http"),
    ("plain http", lambda _: None, {"public_url": "http://listen.example"}, "service settings",
     "PUBLIC_URL must be an https address"),
    ("no name", lambda _: None, {"public_url": "https://listen.invalid"}, "service address",
     "nothing answers there"),
    ("no secret key", lambda _: None, {"secret_key": None}, "service settings", "SECRET_KEY"),
    ("proxy alone", answer(502), {}, "service address", "the proxy is there and `serve` behind"),
    ("other site", answer(404), {}, "service address", "another site is behind that name"),
    ("redirect", answer(301), {}, "service address", "where no provider follows it"),
    ("other page", answer(200), {}, "service address", "which this service never does there"),
    ("path hidden", hide_webhooks, {}, "twilio round_trip", "does not pass /webhooks on"),
    ("body changed", change_bodies, {}, "twilio round_trip", "leave the path, the headers and the"),
    ("anything taken", accept_all, {}, "twilio forgery", "anybody could write as any child"),
    ("template refused", lose_template, {}, "whatsapp template", "has not approved the template"),
    ("no template", lambda _: None, {"twilio_whatsapp_template_sid": None}, "whatsapp template",
     "TWILIO_WHATSAPP_TEMPLATE_SID is not set"),
    ("nobody on duty", dismiss_duty_workers, {}, "service duty_worker", "return-interview staff"),
    ("own replies", lambda _: None, {"twilio_advanced_opt_out": False}, "sms opt_out",
     "TWILIO_ADVANCED_OPT_OUT=true"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("break_it", "otherwise", "name", "says"),
    [each[1:] for each in BROKEN],
    ids=[each[0] for each in BROKEN],
)
def test_what_is_wrong_is_said_in_plain_words(
    line: Line,
    break_it: Callable[[Line], None],
    otherwise: dict[str, object],
    name: str,
    says: str,
) -> None:
    break_it(line)

    found = line.check(**otherwise)[name]

    assert (found.state, says in found.says) == ("wrong", True), found


def test_by_polling_no_round_trip_is_made(line: Line) -> None:
    assert "telegram round_trip" not in line.check(telegram_receive="polling")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(0, trouble="it did not answer in time"), "does not arrive: it did not answer"),
        (Answer(503), "Look in its log"),
        (Answer(415), "a proxy changes the body or its Content-Type"),
        (Answer(418), "which this service never does there"),
    ],
)
def test_rarer_answers_are_explained(line: Line, answer: Answer, says: str) -> None:
    def fetch(method: str, *_rest: object) -> Answer:
        return Answer(200, b"ok") if method == "GET" else answer

    found = {each.code: each for each in check_line(line.service, fetch)}

    assert says in found["round_trip"].says
    assert found["forgery"].state == "unknown"


@pytest.fixture
def run(line: Line, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name, value in line.settings.items():
        if value is not None and name not in ("demo_folder",):
            monkeypatch.setenv(name.upper(), str(value))

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, ["channels", *words])

    return invoke


def test_the_command_prints_a_line_for_each_and_a_verdict(run: Callable[..., Result]) -> None:
    result = run("check")

    *lines, verdict = result.output.strip().splitlines()
    assert result.exit_code == 1
    assert verdict == "The line does NOT work yet: 2 to put right, marked WRONG above."
    taken = "ok        Twilio, round_trip: A request signed as Twilio signs arrives as it left,"
    assert any(each.startswith(taken) for each in lines)
    assert sum(each.startswith("WRONG ") for each in lines) == 2
    for secret in (AUTH_TOKEN, TOKEN, SECRET, OUR_NUMBER, WHATSAPP_NUMBER, "447700"):
        assert secret not in result.output


def test_the_command_prints_json(run: Callable[..., Result]) -> None:
    printed = run("check", "--json").output
    # The service that answers runs in this process, and logs before the command prints.
    found = json.loads(printed[printed.index("{\n") :])

    assert found["works"] is False
    assert {"channel", "code", "state", "says"} == set(found["findings"][0])


@pytest.mark.parametrize(
    ("states", "code", "verdict"),
    [
        (["ok"], 0, "The line works."),
        (["ok", "unknown"], 0, "The line works, as far as can be seen from here: 1 not known"),
        (["ok", "wrong"], 1, "The line does NOT work yet: 1 to put right"),
    ],
)
def test_the_verdict_and_the_exit_code(
    run: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    states: list[str],
    code: int,
    verdict: str,
) -> None:
    found = [Finding("sms", "webhook", each, "Said.") for each in states]  # type: ignore[arg-type]
    monkeypatch.setattr("web.commands.channels.check_line", lambda _: found)

    result = run("check")

    assert result.exit_code == code
    assert result.output.splitlines()[-1].startswith(verdict)


def test_the_words_to_paste_are_lines_of_the_script(run: Callable[..., Result]) -> None:
    shown = run("texts").output

    assert HELLO in shown
    found = {each["line"]: each["text"] for each in json.loads(run("texts", "--json").output)}
    assert set(found) == {"whatsapp_hello", "help_line", "bland_close", "busy"}
    assert "STOP" not in " ".join(found.values())
    assert all(text in shown for text in found.values())
