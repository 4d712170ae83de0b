"""A conversation in a terminal: each message on one line, also what came instead of words."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from bot.shown import ShownMessage
from web.commands.records import line_of

ANY = UUID(int=1)


def message(**more: object) -> ShownMessage:
    plain: dict[str, object] = {
        "id": ANY, "direction": "in", "text": "", "question": None, "delivery": "received",
        "at": datetime(2026, 11, 22, 8, 5, tzinfo=UTC), "kind": "text", "media": "", "exact": True,
        "is_readback": False, "channel": "telegram",
    }  # fmt: skip
    return ShownMessage(**(plain | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"text": "hi"}, "amina, telegram (received): hi"),
        ({"kind": "media", "media": "voice"}, "amina, telegram (received): [voice]"),
        ({"media": "picture,picture", "text": "look"},
         "amina, telegram (received): [picture, picture] look"),
        ({"kind": "pin", "text": "53.4, -2.2"}, "amina, telegram (received): [map pin] 53.4, -2.2"),
        ({"text": "help", "edit_of": ANY}, "amina, telegram (received): [later version] help"),
        ({"direction": "out", "channel": "sms", "text": "Ok.", "delivery": "failed",
          "why": "The phone was off."}, "bot, sms (failed: The phone was off): Ok."),
    ],
)  # fmt: skip
def test_a_line_says_what_came_and_what_became_of_it(more: dict[str, object], line: str) -> None:
    assert line_of(message(**more), "amina") == f"22 Nov 08:05  {line}"
