"""What is logged: fields on the list, types and places, and nothing that anybody said."""

import ast
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from tests.shape.repository import PACKAGES, files, name
from tests.web.cast import Cast, sign_in
from web.logs import FIELDS, LineHandler, configure_logs, place_of

CANARY = "zebra-canary-sentence"
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    configure_logs()
    yield
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, LineHandler)]
    structlog.reset_defaults()
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    said = captured.readouterr()
    assert said.out == ""
    return [json.loads(line) for line in said.err.splitlines()]


def raised() -> Exception:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        return error


def test_only_fields_on_the_list_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("request", status=200, body=CANARY, phone=CANARY, text=CANARY)

    (line,) = lines(capsys)
    assert set(line) == {"event", "level", "status", "timestamp"}
    assert (line["event"], line["level"], line["status"]) == ("request", "info", 200)


def test_an_exception_is_a_type_and_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    error = raised()

    structlog.get_logger().error("request failed", exc_info=error)
    logging.getLogger("_granian").error("Error handling %s", CANARY, exc_info=error)
    sys.excepthook(type(error), error, error.__traceback__)

    for line in lines(capsys):
        assert line["error"] == "ValueError"
        assert line["place"] == place_of(error)
        assert CANARY not in json.dumps(line)


def test_an_exception_in_a_thread_is_a_type_and_a_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = raised()
    threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))

    (line,) = lines(capsys)
    assert line["error"] == "ValueError"


@pytest.mark.parametrize("library", ["twilio.http_client", "urllib3", "httpx", "_granian"])
def test_other_packages_are_heard_without_their_values(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger(library)

    logger.warning("Retrying %s after %s", "/Messages?To=+447700900123", CANARY)
    logger.warning(f"already put together: {CANARY}")  # noqa: G004
    logger.info("POST %s", CANARY)

    first, second = lines(capsys)
    assert first["event"] == "Retrying %s after %s"
    assert second["event"] == "message of another package"
    assert CANARY not in json.dumps([first, second])


def test_a_line_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("request", path="/inbox\r\nforged: line\u2028")

    assert len(lines(capsys)) == 1


def test_our_own_log_calls_use_listed_fields_and_fixed_sentences() -> None:
    """A sentence that is put together, or a field off the list, would be lost or would leak."""
    faults = [
        f"{name(path)}:{node.lineno}"
        for path in files(".py", under=PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and is_log_call(node) and not is_sound(node)
    ]

    assert faults == []


@pytest.mark.parametrize(
    "call", ["log.info(f'got {body}')", "log.info('got', body=b)", "log.info('got', **them)"]
)
def test_an_unsound_log_call_is_found(call: str) -> None:
    node = ast.parse(call).body[0]
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)

    assert is_log_call(node.value)
    assert not is_sound(node.value)


def is_log_call(node: ast.Call) -> bool:
    function = node.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in LEVELS
        and ast.unparse(function.value) in ("log", "logger", "structlog.get_logger()")
    )


def is_sound(node: ast.Call) -> bool:
    sentence = len(node.args) == 1 and isinstance(node.args[0], ast.Constant)
    return sentence and all(keyword.arg in FIELDS for keyword in node.keywords)


def test_a_request_is_logged_by_path_and_ids(
    client: FlaskClient, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(client, cast.dee)
    capsys.readouterr()

    client.get(f"/tasks?search={CANARY}")
    client.get(f"/{CANARY}")

    known, unknown = (line for line in lines(capsys) if line["event"] == "request")
    assert (known["path"], known["status"]) == ("/tasks", 200)
    assert known["staff_id"] == str(cast.dee.id)
    assert (unknown["path"], unknown["status"]) == ("unknown", 404)


def test_a_view_that_fails_says_nothing_of_why(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> str:
        raise ValueError(CANARY)

    monkeypatch.setitem(app.view_functions, "sign_in.show", fail)

    answer = app.test_client().get("/sign-in")

    assert answer.status_code == 500
    assert CANARY not in answer.text
    failure = next(line for line in lines(capsys) if line["event"] == "request failed")
    assert failure["error"] == "ValueError"
    assert str(failure["place"]).startswith("test_logs.py:")
