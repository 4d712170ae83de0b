"""Who may reach what: the whole list, and what happens to everybody else."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.clock import SetClock
from bot.service import Service
from storage.tables import Staff
from tests.web.cast import Cast, sign_in
from tests.web.conftest import MakeService
from web.access import ACCESS, KEEPS_AWAKE, LIVE
from web.app import create_app

EVERYONE = ["duty_worker", "advocate", "manager", "administrator"]
ROUTES = """
GET  /                                                  sign_in.home            everyone
GET  /account                                           account.show            everyone
GET  /account/codes                                     account.codes           everyone
POST /account/codes                                     account.make_codes      everyone
POST /account/app/remove                                account.remove_app      everyone
POST /account/passkeys/<uuid:passkey_id>/remove         account.remove_passkey  everyone
POST /account/password                                  account.new_password    everyone
POST /account/sessions/<uuid:session_id>/end            account.end_session     everyone
POST /account/sessions/end                              account.end_others      everyone
GET  /account/prove                                     reauthentication.show   everyone
POST /account/prove/code                                reauthentication.code   everyone
POST /account/prove/passkey                             reauthentication.passkey everyone
POST /account/prove/passkey/options                     reauthentication.ask_passkey everyone
POST /account/prove/password                            reauthentication.password everyone
GET  /alarms                                            alarms.index            everyone
POST /alarms/<uuid:alarm_id>/clear                     alarms.clear            manager administrator
GET  /drills                                            drills.index            manager administrator
POST /drills/week                                       drills.announce_week    manager
POST /drills/week/off                                   drills.call_off_week    manager
GET  /escalations/<uuid:escalation_id>                  escalations.show        duty_worker
POST /escalations/<uuid:escalation_id>/acknowledge      escalations.acknowledge duty_worker
POST /escalations/<uuid:escalation_id>/address          escalations.address     duty_worker
POST /escalations/<uuid:escalation_id>/close            escalations.close       duty_worker
POST /escalations/<uuid:escalation_id>/check            escalation_acts.check   duty_worker
GET  /escalations/<uuid:escalation_id>/conversation     joining.show            duty_worker
POST /escalations/<uuid:escalation_id>/conversation/hand-back joining.hand_back duty_worker
POST /escalations/<uuid:escalation_id>/conversation/join joining.join           duty_worker
POST /escalations/<uuid:escalation_id>/conversation/safe joining.safe           duty_worker
POST /escalations/<uuid:escalation_id>/conversation/stay joining.stay           duty_worker
POST /escalations/<uuid:escalation_id>/conversation/write joining.write         duty_worker
POST /escalations/<uuid:escalation_id>/copied           escalation_acts.copied  duty_worker
POST /escalations/<uuid:escalation_id>/hand-over        escalation_acts.hand_over duty_worker
POST /escalations/<uuid:escalation_id>/link             escalation_acts.link    duty_worker
POST /escalations/<uuid:escalation_id>/made-safe        escalation_acts.made_safe duty_worker
POST /escalations/<uuid:escalation_id>/pass-on          escalation_acts.pass_on duty_worker
POST /escalations/<uuid:escalation_id>/priority         escalation_acts.priority duty_worker
POST /escalations/<uuid:escalation_id>/record           escalation_acts.record  duty_worker
POST /escalations/<uuid:escalation_id>/reveal           escalation_acts.reveal  duty_worker
POST /escalations/<uuid:escalation_id>/reveal-reason    escalation_acts.reveal_reason duty_worker
POST /escalations/<uuid:escalation_id>/take-over        escalation_acts.take_over duty_worker
GET  /help                                              first_night.show        duty_worker manager
GET  /look-back                                         look_backs.index        duty_worker manager
GET  /look-back/<uuid:escalation_id>                    look_backs.show         duty_worker manager
POST /look-back/<uuid:escalation_id>                    look_backs.save         duty_worker manager
GET  /register/<uuid:interview_id>/emergency            emergency_entry.show    advocate manager
POST /register/<uuid:interview_id>/emergency            emergency_entry.save    advocate manager
GET  /escalations/<uuid:escalation_id>/live             escalations.live        duty_worker
GET  /escalations/<uuid:escalation_id>/messages/<uuid:message_id>/missed marking.missed_in_escalation duty_worker
POST /escalations/<uuid:escalation_id>/messages/<uuid:message_id>/missed marking.raise_in_escalation duty_worker
GET  /escalations/<uuid:escalation_id>/messages/<uuid:message_id>/not-a-disclosure marking.not_a_disclosure duty_worker
POST /escalations/<uuid:escalation_id>/messages/<uuid:message_id>/not-a-disclosure marking.keep_not_a_disclosure duty_worker
POST /escalations/<uuid:escalation_id>/outcome          escalations.outcome     duty_worker
GET  /handover                                          handover.index          duty_worker
POST /handover                                          handover.write          duty_worker
GET  /handover/<uuid:note_id>                           handover.show           duty_worker
POST /handover/<uuid:note_id>/read                      handover.read           duty_worker
GET  /escalations/<uuid:escalation_id>/kept             concerns.show           duty_worker manager
POST /escalations/<uuid:escalation_id>/kept/<uuid:hidden_id>/ask concerns.ask   duty_worker manager
POST /escalations/<uuid:escalation_id>/kept/<uuid:hidden_id>/decide concerns.decide duty_worker manager
GET  /escalations/<uuid:escalation_id>/readings         concerns.of_escalation  duty_worker manager
POST /escalations/<uuid:escalation_id>/safe-instruction concerns.instruct       duty_worker
GET  /interviews/<uuid:interview_id>/readings           concerns.of_interview   advocate manager
GET  /staff-names                                       concerns.names          manager
POST /staff-names                                       concerns.add_name       manager
POST /staff-names/<uuid:alias_id>/remove                concerns.remove_name    manager
GET  /health/live                                       health.live             public
GET  /health/ready                                      health.ready            public
GET  /inbox                                             inbox.index             duty_worker manager
GET  /inbox/live                                        inbox.live              duty_worker manager
GET  /invitation                                        staff_invitation.show   public
POST /invitation                                        staff_invitation.accept public
GET  /interviews                                        interviews.index        advocate manager
GET  /interviews/<uuid:interview_id>                    interviews.transcript   advocate
GET  /interviews/<uuid:interview_id>/messages/<uuid:message_id>/missed marking.missed_in_interview advocate
POST /interviews/<uuid:interview_id>/messages/<uuid:message_id>/missed marking.raise_in_interview advocate
POST /interviews/<uuid:interview_id>/safe-again         interviews.safe_again   advocate manager
GET  /metrics                                           metrics.show            public
GET  /phone                                             phone.index             demo
GET  /phone/<uuid:owner_id>                             phone.show              demo
GET  /phone/<uuid:owner_id>/live                        phone.live              demo
POST /phone/<uuid:owner_id>/picture                     phone.picture           demo
POST /phone/<uuid:owner_id>/pin                         phone.pin               demo
POST /phone/<uuid:owner_id>/signal                      phone.signal            demo
POST /phone/<uuid:owner_id>/text                        phone.text              demo
POST /phone/clock                                       phone.clock             demo
GET  /phone/workers                                     phone.workers           demo
GET  /phone/workers/live                                phone.workers_live      demo
GET  /register                                          register.index          advocate manager
GET  /register/<uuid:interview_id>/offer                register.offer          advocate manager
POST /register/<uuid:interview_id>/offer                register.offer_it       advocate manager
GET  /register/add                                      register.add            advocate manager
POST /register/add                                      register.enter          advocate manager
GET  /ladders                                            ladders.index           manager administrator
POST /ladders/lines                                      ladders.line            manager administrator
POST /ladders/lines/<uuid:line_id>/end                   ladders.stop_line       manager administrator
GET  /ladders/<ladder>/<int:priority>                    ladders.edit            manager administrator
POST /ladders/<ladder>/<int:priority>                    ladders.save            manager administrator
GET  /my-alerts                                          my_alerts.show          everyone
POST /my-alerts                                          my_alerts.add           everyone
POST /my-alerts/<uuid:address_id>/verify                 my_alerts.verify        everyone
POST /my-alerts/<uuid:address_id>/end                    my_alerts.end           everyone
GET  /push-worker.js                                     my_alerts.worker        public
GET  /rota                                              rota.index              duty_worker manager administrator
GET  /rota/<uuid:shift_id>                              rota.show               manager administrator
POST /rota/<uuid:shift_id>/give                         rota.give               manager administrator
POST /rota/<uuid:shift_id>/remove                       rota.remove             manager administrator
POST /rota/<uuid:shift_id>/swap                         rota.swap               manager administrator
GET  /rota/add                                          rota.add                manager administrator
POST /rota/add                                          rota.enter              manager administrator
GET  /rota/gaps                                         rota.gaps               duty_worker manager administrator
GET  /screening/marks                                   screening_marks.index   manager
GET  /screening/marks/<uuid:mark_id>                    screening_marks.show    manager
POST /screening/marks/<uuid:mark_id>                    screening_marks.save    manager
POST /screening/marks/<uuid:mark_id>/leave-out          screening_marks.leave_out manager
GET  /senders                                           senders.index           advocate manager
GET  /senders/<uuid:sender_id>                          senders.show            advocate manager
POST /senders/<uuid:sender_id>/address                  senders.address         advocate manager
POST /senders/<uuid:sender_id>/aside                    senders.aside           advocate manager
POST /senders/<uuid:sender_id>/find                     senders.find            advocate manager
POST /senders/<uuid:sender_id>/link                     senders.link            advocate manager
POST /senders/<uuid:sender_id>/unlink                   senders.unlink          manager
GET  /set-up                                            set_up.show             set-up
GET  /set-up/app                                        set_up.show_app         set-up
POST /set-up/app                                        set_up.begin_app        set-up
POST /set-up/app/code                                   set_up.confirm_app      set-up
POST /set-up/passkey                                    set_up.keep_passkey     set-up
POST /set-up/passkey/options                            set_up.ask_passkey      set-up
GET  /sign-in                                           sign_in.show            public
POST /sign-in                                           sign_in.enter           public
GET  /sign-in/council                                   oidc.start              public
GET  /sign-in/council/back                              oidc.back               public
POST /sign-in/passkey                                   sign_in.passkey         public
POST /sign-in/passkey/options                           sign_in.ask_passkey     public
GET  /sign-in/second                                    second_step.show        second
POST /sign-in/second/code                               second_step.code        second
POST /sign-in/second/passkey                            second_step.passkey     second
POST /sign-in/second/passkey/options                    second_step.ask_passkey second
POST /sign-out                                          sign_in.leave           everyone
GET  /staff                                             staff_pages.index       administrator
GET  /staff/<uuid:staff_id>                             staff_pages.show        administrator
POST /staff/<uuid:staff_id>/invite                      staff_pages.invite_again administrator
POST /staff/<uuid:staff_id>/leave                       staff_pages.leave       administrator
GET  /staff/add                                         staff_pages.add         administrator
POST /staff/add                                         staff_pages.enter       administrator
GET  /static/<path:filename>                            static                  public
GET  /tasks                                             tasks.index             duty_worker advocate
POST /tasks/<uuid:task_id>/done                         tasks.finish            duty_worker advocate
POST /webhooks/telegram                                 telegram.update         public
POST /webhooks/twilio/message                           webhooks.message        public
POST /webhooks/twilio/status                            webhooks.status         public
POST /webhooks/twilio/status/<uuid:reference>           webhooks.status         public
POST /webhooks/twilio/call-status/<uuid:reference>       call_status.ended       public
POST /webhooks/twilio/voice                             voice.answer            public
POST /webhooks/twilio/voice/key                         voice.key               public
"""  # noqa: E501
"""Every route with who may use it. A new one must be added here, by hand, on purpose."""

IDS = (
    "address_id",
    "alarm_id",
    "alias_id",
    "escalation_id",
    "hidden_id",
    "interview_id",
    "line_id",
    "mark_id",
    "message_id",
    "note_id",
    "passkey_id",
    "sender_id",
    "session_id",
    "shift_id",
    "staff_id",
    "task_id",
)

LISTED = [
    (method, path, endpoint, EVERYONE if roles == ["everyone"] else roles)
    for method, path, endpoint, *roles in map(str.split, ROUTES.strip().splitlines())
]
FOR_ROLES = [
    (method, path, roles)
    for method, path, _endpoint, roles in LISTED
    if roles not in (["public"], ["demo"], ["second"], ["set-up"])
]


def routes_of(app: Flask) -> set[tuple[str, str, str]]:
    return {
        (method, rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def ask(client: FlaskClient, method: str, path: str) -> TestResponse:
    """Ask for a page by address, with an id that nothing has; the form's token is not looked at."""
    concrete = path.replace("<ladder>", "main").replace("<int:priority>", "1")
    for name in IDS:
        concrete = concrete.replace(f"<uuid:{name}>", str(uuid4()))
    return client.open(concrete, method=method)


@pytest.fixture
def app(service: Service) -> Flask:
    app = create_app(service)
    # So that what refuses is the access table and nothing else.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    return app


def test_every_route_is_listed_with_its_roles(make_service: MakeService) -> None:
    routes = routes_of(create_app(make_service(demo=True)))

    assert routes == {(method, path, endpoint) for method, path, endpoint, _ in LISTED}
    assert {endpoint for _, _, endpoint in routes} == set(ACCESS)
    for _, _, endpoint, roles in LISTED:
        access = ACCESS[endpoint]
        assert ({access} if isinstance(access, str) else access) == set(roles)
    assert KEEPS_AWAKE < LIVE < set(ACCESS)


def test_outside_the_demo_there_is_no_phone(app: Flask) -> None:
    assert not [path for _, path, _ in routes_of(app) if path.startswith("/phone")]
    assert app.test_client().get("/phone").status_code == 404


@pytest.mark.parametrize("role", EVERYONE)
def test_wrong_roles_are_refused_and_the_right_ones_are_not(
    app: Flask, cast: Cast, role: str
) -> None:
    client = app.test_client()
    sign_in(client, cast.in_role(role))

    for method, path, roles in sorted(FOR_ROLES, key=lambda each: each[1] == "/sign-out"):
        status = ask(client, method, path).status_code

        assert status < 500, path
        assert (status == 403) == (role not in roles), path


def test_somebody_who_is_not_signed_in_gets_no_further(app: Flask) -> None:
    for method, path, _ in FOR_ROLES:
        answer = ask(app.test_client(), method, path)

        if path.endswith("/live"):
            assert (answer.status_code, answer.data) == (401, b""), path
            continue
        assert answer.status_code == 303, path
        assert answer.location.startswith("/sign-in"), path
        assert ("next=" in answer.location) == (method == "GET"), path


def test_a_route_without_an_entry_is_closed(app: Flask, cast: Cast) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    client = app.test_client()

    assert client.get("/forgotten").status_code == 404
    sign_in(client, cast.ada)
    assert client.get("/forgotten").status_code == 404


def test_a_role_that_is_taken_away_is_gone_at_once(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    sign_in(client, cast.mo)
    assert client.get("/interviews").status_code == 200

    _change(service, cast.mo, role="administrator")

    assert client.get("/interviews").status_code == 403


def test_somebody_who_left_is_signed_out_at_once(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    sign_in(client, cast.mo)

    _change(service, cast.mo, active=False)

    assert client.get("/interviews").status_code == 303


def test_fifteen_idle_minutes_end_a_session(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    sign_in(client, cast.dee)
    clock.move(timedelta(minutes=14))
    assert client.get("/inbox").status_code == 200
    clock.move(timedelta(minutes=14))
    assert client.get("/inbox").status_code == 200

    clock.move(timedelta(minutes=15, seconds=1))

    assert client.get("/inbox").status_code == 303


def test_twelve_hours_end_a_session_however_busy(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    sign_in(client, cast.dee)
    for _ in range(72):
        clock.move(timedelta(minutes=10))
        assert client.get("/inbox").status_code == 200

    clock.move(timedelta(seconds=1))

    assert client.get("/inbox").status_code == 303


def test_an_inbox_that_is_watched_stays_signed_in(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    sign_in(client, cast.dee)

    for _ in _minutes(clock, 60):
        assert client.get("/inbox/live").status_code == 200

    assert client.get("/inbox").status_code == 200


def test_a_page_with_words_on_it_that_is_left_open_is_signed_out(
    client: FlaskClient, clock: SetClock, cast: Cast
) -> None:
    sign_in(client, cast.dee)
    address = f"/escalations/{uuid4()}/live"

    statuses = [client.get(address).status_code for _ in _minutes(clock, 20)]

    assert statuses == [404] * 15 + [401] * 5


def _minutes(clock: SetClock, count: int) -> Iterator[None]:
    for _ in range(count):
        clock.move(timedelta(minutes=1))
        yield


def _change(service: Service, person: Staff, **values: object) -> None:
    with service.database.write() as session:
        row = session.get_one(Staff, person.seq)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
