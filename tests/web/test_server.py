"""The web server as a process of its own: what it says, how it answers, how it stops."""

import http.client
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from sqlmodel import select

from storage.beats import beat
from storage.tables import SignInAttempt
from tests.fakes.twilio_texts import message_address, post_text, sign, text_form
from tests.journeys.service import eventually
from tests.web.cast import AMINA_NUMBER, gather
from tests.web.conftest import MakeService
from tests.web.served import (
    DEADLINE_S,
    Served,
    can_connect,
    free_port,
    genuine,
    half_sent,
    is_free,
    request,
    start,
    status_from,
)
from web.server import GRACE_S

pytestmark = pytest.mark.slow

Serve = Callable[..., Served]


@pytest.fixture
def serve(make_service: MakeService) -> Iterator[Serve]:
    """Starts servers, with more in their environment, and ends them after the test."""
    with ExitStack() as after:

        def begin(host: str = "127.0.0.1", port: int = 0, **more: str) -> Served:
            port = port or free_port(host)
            service = make_service(host=host, port=port, public_url=f"http://127.0.0.1:{port}")
            gather(service)
            with service.database.write() as session:
                beat(session, datetime.now(UTC))
            process = start(service, **more)
            after.callback(process.communicate, timeout=DEADLINE_S)
            after.callback(process.kill)
            assert process.stderr is not None
            first = process.stderr.readline()
            assert json.loads(first)["event"] == "serving", first
            return Served(service, process)

        yield begin


@pytest.fixture
def served(serve: Serve) -> Served:
    return serve()


def test_it_answers_and_tells_nobody_what_it_is(served: Served) -> None:
    headers, page = served.get("/sign-in")

    assert b"Sign in" in page
    assert headers["Server"] == "web"
    assert "Secure" not in headers["Set-Cookie"]
    assert served.get("/health/ready")[1] == b"ok"
    assert post_text(served.site, text_form(From=AMINA_NUMBER)) == 200


def test_it_stops_when_told_to_and_has_logged_lines_only(served: Served) -> None:
    served.get("/tasks?search=zebra-canary")

    served.process.send_signal(signal.SIGTERM)
    said, logged = served.process.communicate(timeout=GRACE_S + DEADLINE_S)

    assert served.process.returncode == 0
    assert said == ""
    assert "zebra" not in logged
    assert [json.loads(line)["event"] for line in logged.splitlines()] == ["request"]


def test_whoever_stops_both_processes_has_stopped_it_in_order(served: Served) -> None:
    os.kill(served.answering(), signal.SIGTERM)

    assert set(served.stop()) <= {"message of another package"}
    assert served.process.returncode == 0


def test_a_text_that_is_on_its_way_is_taken_before_it_stops(served: Served) -> None:
    with half_sent(served) as (connection, rest):
        served.process.send_signal(signal.SIGTERM)
        eventually(lambda: not can_connect(served))
        connection.sendall(rest)

        assert status_from(connection) == 200

    assert served.events()[-1] == "request"
    assert served.process.returncode == 0
    assert len(served.texts()) == 1


def test_nobody_can_keep_it_from_stopping(served: Served) -> None:
    with half_sent(served):
        served.process.send_signal(signal.SIGTERM)

        assert served.process.wait(timeout=GRACE_S + DEADLINE_S) == 0

    assert served.texts() == []


def test_a_terminal_that_closes_does_not_stop_it(served: Served) -> None:
    for pid in (served.process.pid, served.answering()):
        os.kill(pid, signal.SIGHUP)

    assert served.get("/health/live")[1] == b"ok"
    assert served.stop() == []


def test_killed_it_leaves_nothing_behind(served: Served) -> None:
    assert served.answering()
    served.process.kill()

    eventually(lambda: is_free(served))
    served.process.communicate(timeout=GRACE_S + DEADLINE_S)  # ends when all who could write have


def test_after_a_crash_it_answers_again_and_after_many_it_stops(served: Served) -> None:
    first = served.answering()
    os.kill(first, signal.SIGKILL)

    again = served.answering()
    assert again != first

    os.kill(again, signal.SIGKILL)
    assert set(served.events()) == {"message of another package"}
    assert served.process.returncode == 1
    assert is_free(served)


def test_a_second_one_is_refused_in_one_clear_line(served: Served) -> None:
    second = start(served.service)

    said, line = second.communicate(timeout=DEADLINE_S)

    port = served.service.settings.port
    assert (second.returncode, said) == (1, "")
    assert line.splitlines() == [
        f"return-interview: port {port} cannot be used: is the service running already?"
    ]
    assert served.get("/health/live")[1] == b"ok"


def test_a_port_that_is_taken_is_one_clear_line(make_service: MakeService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start(make_service(port=port))

        said, line = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 1
    assert (said, line) == (
        "",
        f"return-interview: port {port} cannot be used: is the service running already?\n",
    )


def test_a_variable_of_the_process_is_no_header(serve: Serve) -> None:
    form = text_form(From=AMINA_NUMBER)
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    signature = sign(message_address(site), form)
    served = serve(port=port, HTTP_X_TWILIO_SIGNATURE=signature)
    body = urlencode(form).encode()

    assert served.say(request(body, f"Content-Length: {len(body)}")) == 403
    assert served.texts() == []
    assert post_text(served.site, text_form(From=AMINA_NUMBER)) == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_guessing_is_counted_for_who_is_really_there(serve: Serve, host: str) -> None:
    served = serve(host)
    headers, page = served.get("/sign-in")
    token = page.partition(b'name="csrf_token" value="')[2].partition(b'"')[0].decode()
    typed = urlencode({"csrf_token": token, "email": "nobody@x.example", "password": "guessed"})

    with closing(http.client.HTTPConnection(*served.address, timeout=DEADLINE_S)) as connection:
        claims = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": headers["Set-Cookie"].partition(";")[0],
            "X-Forwarded-For": "192.0.2.1",
            "Forwarded": "for=192.0.2.1",
            "Remote-Addr": "192.0.2.1",
        }
        connection.request("POST", "/sign-in", typed, claims)
        connection.getresponse().read()

    with served.service.database.read() as session:
        (attempt,) = session.exec(select(SignInAttempt))
    assert attempt.address_index == served.service.vault.blind_index("sign-in address", host)


def test_a_text_counts_only_when_it_came_to_its_end(served: Served) -> None:
    whole, headers = genuine(served)
    length, chunked = f"Content-Length: {len(whole)}", "Transfer-Encoding: chunked"
    too_long = b"20000\r\n" + b"a" * 0x20000 + b"\r\n0\r\n\r\n"
    chunk = f"{len(whole):x}\r\n".encode() + whole + b"\r\n"

    assert served.say(request(whole[:-9], length, *headers), leave=True) in (0, 400)
    assert served.say(request(whole, f"Content-Length: {len(whole) - 9}", *headers)) == 403
    assert served.say(request(chunk[:-9], chunked, *headers), leave=True) in (0, 403)
    assert served.say(request(b"no length\r\n", chunked, *headers)) == 403
    assert served.say(request(b"", "Content-Length: 999999", *headers)) == 413
    assert served.say(request(too_long, chunked, *headers)) == 403
    assert served.say(request(whole, length, "Content-Length: 1", *headers)) == 400
    assert served.texts() == []

    assert served.say(request(chunk + b"0\r\n\r\n", chunked, *headers)) == 200
    assert len(served.texts()) == 1


def test_slow_senders_and_those_who_leave_keep_nobody_waiting(served: Served) -> None:
    with ExitStack() as open_ones:
        for _ in range(20):
            half = open_ones.enter_context(served.connect())
            half.sendall(b"GET /sign-in?zebra HTTP/1.1\r\nHo")
            open_ones.enter_context(half_sent(served))
            with served.connect() as leaving:
                leaving.sendall(b"GET /sign-in?zebra HTTP/1.1\r\nHost: x\r\n\r\n")

        assert served.get("/health/live")[1] == b"ok"
        assert post_text(served.site, text_form(From=AMINA_NUMBER)) == 200
    assert set(served.stop()) == {"request", "webhook stored"}


@pytest.mark.parametrize(
    "said",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
    ],
    ids=["HTTP/2", "websocket", "TLS"],
)
def test_it_speaks_nothing_but_http_1(served: Served, said: bytes) -> None:
    assert served.say(said, leave=True) in (0, 400)
    assert served.get("/health/live")[1] == b"ok"
