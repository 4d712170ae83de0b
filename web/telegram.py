"""Telegram's webhook: the door by which a child's words come in from there."""

from __future__ import annotations

from typing import Any, Final

import structlog
from flask import Blueprint, Response, abort, jsonify, request

from bot.alarms import note_refusal
from bot.channels.telegram_webhook import SECRET_HEADER, WEBHOOK_PATH, has_secret
from bot.service import Service
from bot.telegram_receive import CHANNEL, Taken, take_update
from web.context import service

blueprint: Final = Blueprint("telegram", __name__)
log = structlog.get_logger()

LARGEST_BODY: Final = 1024 * 1024
"""A message and the one that it answers, 4,096 characters each, each escaped to twelve bytes."""


@blueprint.post(WEBHOOK_PATH)
def update() -> Response:
    """Take one update from Telegram.

    Answers 200 when it is stored, now or before, and whatever it is; 403 when it lacks the secret;
    503 when nothing could be stored, so that Telegram keeps it and tries again
    (docs/reliability.md 0.4, F-02). A button is answered in the same breath: the body of the answer
    may be one call of the Bot API.
    """
    settings = service().settings
    if not settings.has_telegram or not settings.telegram_webhook_secret:
        abort(404)
    if not has_secret(request.headers.get(SECRET_HEADER), settings.telegram_webhook_secret):
        _count_refusal(service())
        abort(403)
    request.max_content_length = LARGEST_BODY
    body = request.get_data(cache=False)
    try:
        taken = take_update(service(), body)
    except Exception as error:  # noqa: BLE001 - whatever it was, Telegram must try again
        log.error("webhook not stored", error=type(error).__name__)
        abort(503)
    return jsonify(_call(taken))


def _count_refusal(here: Service) -> None:
    log.warning("webhook refused", reason="secret")
    try:
        note_refusal(here, CHANNEL, "secret")
    except Exception as error:  # noqa: BLE001 - it is refused whether it can be counted or not
        log.error("refusal not counted", error=type(error).__name__)


def _call(taken: Taken) -> dict[str, Any]:
    """What the answer asks Telegram to do."""
    if taken.answer is not None:
        return {"method": "answerCallbackQuery", "callback_query_id": taken.answer}
    if taken.leave is not None:
        return {"method": "leaveChat", "chat_id": taken.leave}
    return {}
