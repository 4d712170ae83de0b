"""Reading updates: every kind, every odd shape, and never an exception."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.channels import Inbound, Pin
from bot.channels.telegram_source import Blocked, Ignored, Read, Unblocked, Unreadable
from bot.channels.telegram_updates import read_update
from tests.fakes.telegram_texts import (
    ACCOUNT,
    CHAT,
    CONTENTS,
    DATE,
    GROUP,
    callback_update,
    edit_update,
    every_type,
    member_update,
    message_update,
)

GROUP_CHAT = {"id": GROUP, "type": "supergroup", "title": "Friends"}


def read(update: object) -> Read:
    return read_bytes(json.dumps(update).encode())


def read_bytes(raw: bytes) -> Read:
    return read_update(raw, ACCOUNT, lambda chat: f"chat-{chat % 100}")


def inbound(update: object) -> Inbound:
    found = read(update)
    assert isinstance(found, Inbound)
    return found


def test_a_text() -> None:
    raw = json.dumps(message_update(1, 20, "my dad \U0001f62d")).encode()

    assert read_bytes(raw) == Inbound(
        channel="telegram",
        account=ACCOUNT,
        provider_id="chat-1:20",
        sender=str(CHAT),
        recipient=ACCOUNT,
        text="my dad \U0001f62d",
        exact=True,
        raw=raw,
        content_type="application/json",
        sent_at=datetime.fromtimestamp(DATE, UTC),
    )


def test_the_library_s_types_take_all_that_the_tests_post() -> None:
    kinds = every_type()

    assert set(kinds) == set(Update.ALL_TYPES)
    for name, update in kinds.items():
        assert getattr(Update.de_json(update, None), name) is not None


@pytest.mark.parametrize("name", Update.ALL_TYPES)
def test_only_what_somebody_says_to_the_bot_is_read(name: str) -> None:
    found = read(every_type()[name])

    read_kinds = {"message": Inbound, "edited_message": Inbound, "callback_query": Inbound}
    assert isinstance(found, {**read_kinds, "my_chat_member": Unblocked}.get(name, Ignored))


@pytest.mark.parametrize(
    ("content", "media", "text"),
    [
        ("photo", ("picture",), "look"),
        ("photo as file", ("picture",), ""),
        ("voice", ("voice",), ""),
        ("audio", ("voice",), ""),
        ("video", ("other",), ""),
        ("video_note", ("other",), ""),
        ("document", ("other",), ""),
        ("contact", ("other",), ""),
        ("poll", ("other",), ""),
        ("story", ("other",), ""),
        ("sticker", ("sticker",), ""),
        ("animation", ("sticker",), ""),
        ("dice", ("sticker",), ""),
    ],
)
def test_what_came_instead_of_words(content: str, media: tuple[str, ...], text: str) -> None:
    found = inbound(message_update(1, 2, None, **CONTENTS[content]))

    assert (found.media, found.text, found.pin) == (media, text, None)


def test_a_place_is_kept_as_it_was_sent() -> None:
    raw = json.dumps(message_update(1, 2, None, **CONTENTS["location"])).encode()
    found = read_bytes(raw.replace(b"53.4808", b"53.480800"))

    assert isinstance(found, Inbound)
    assert found.pin == Pin("53.480800", "-2.2426")
    assert inbound(message_update(1, 2, None, **CONTENTS["venue"])).pin == Pin(
        "53.4808", "-2.2426", "Shelter Hut", "1 Example Road"
    )


def test_something_newer_than_the_library_is_for_a_person_to_look_at() -> None:
    assert inbound(message_update(1, 2, None, hologram={"id": 1})).media == ("other",)


def test_what_telegram_writes_itself_is_no_message() -> None:
    for service in (
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 1}},
        {"write_access_allowed": {}, "connected_website": "example.org"},
        {"pinned_message": message_update(1, 2, "hello")["message"]},
    ):
        assert isinstance(read(message_update(1, 2, None, **service)), Ignored)


@pytest.mark.parametrize(
    ("said", "text", "token"),
    [
        ("/start", "/start", None),
        ("/start ", "/start ", None),
        ("/start abc-DEF_1", "/start", "abc-DEF_1"),
        ("/start@listen_line_bot abc", "/start", "abc"),
        ("/start my dad hits me", "/start my dad hits me", None),
        ("/starting over", "/starting over", None),
        ("please /start abc", "please /start abc", None),
    ],
)
def test_a_token_comes_with_the_link_and_is_no_word_of_theirs(
    said: str, text: str, token: str | None
) -> None:
    found = inbound(message_update(1, 2, said))

    assert (found.text, found.token) == (text, token)


def test_a_message_is_the_same_whatever_update_brings_it() -> None:
    first, again = inbound(message_update(1, 20, "a")), inbound(message_update(99, 20, "a"))

    assert first.provider_id == again.provider_id
    assert inbound(message_update(1, 21, "a")).provider_id != first.provider_id
    assert inbound(message_update(1, 20, "a", chat=7)).provider_id != first.provider_id


def test_each_edit_is_a_message_about_the_first() -> None:
    first = inbound(message_update(1, 20, "a"))
    edits = [inbound(edit_update(number, 20, "b")) for number in (2, 3, 3)]

    assert {each.edit_of for each in edits} == {first.provider_id}
    assert [each.provider_id for each in edits] == [
        "chat-1:20:edit:2",
        "chat-1:20:edit:3",
        "chat-1:20:edit:3",
    ]
    assert edits[0].sent_at == datetime.fromtimestamp(DATE + 60, UTC)


def test_the_moves_of_a_place_that_is_shared_live_are_words_beside_the_pin() -> None:
    moved = edit_update(5, 20, "")
    del moved["edited_message"]["text"]
    moved["edited_message"]["location"] = {
        "latitude": 53.49,
        "longitude": -2.25,
        "live_period": 3600,
    }

    found = inbound(moved)
    assert (found.text, found.pin, found.media) == ("53.49, -2.25", None, ())
    assert found.edit_of == "chat-1:20"


def test_a_button_says_what_typing_would() -> None:
    found = inbound(callback_update(1, "YES", "4382"))

    assert (found.text, found.provider_id, found.sender) == ("YES", "callback:4382", str(CHAT))
    assert (found.sent_at, found.pressed) == (None, "chat-1:3")


@pytest.mark.parametrize("callback_id", ["\x00", "\ud83d", "a b", "", "x" * 65])
def test_a_button_without_a_usable_name_is_still_one_message(callback_id: str) -> None:
    update = callback_update(1, "YES", callback_id)

    assert inbound(update).provider_id.startswith("raw:")
    assert inbound(update).provider_id == inbound(update).provider_id


def test_a_button_elsewhere_or_of_a_game_says_nothing() -> None:
    game, group = callback_update(1, "YES"), callback_update(1, "YES")
    del game["callback_query"]["data"]
    game["callback_query"]["game_short_name"] = "g"
    group["callback_query"]["message"]["chat"] = GROUP_CHAT

    assert isinstance(read(game), Ignored)
    assert isinstance(read(group), Ignored)


def test_who_blocks_and_who_comes_back() -> None:
    assert read(member_update(1, "kicked")) == Blocked(str(CHAT))
    assert read(member_update(1, "member")) == Unblocked(str(CHAT))


def test_groups_are_left_and_not_read() -> None:
    assert read(member_update(1, "member", GROUP_CHAT)) == Ignored("put into a group", GROUP)
    assert read(member_update(1, "kicked", GROUP_CHAT)) == Ignored("put into a group", None)
    for kind in ("group", "supergroup", "channel"):
        update = message_update(1, 2, "canary", chat=GROUP)
        update["message"]["chat"] = {"id": GROUP, "type": kind, "title": "t"}
        assert read(update) == Ignored("not a private chat")


@pytest.mark.parametrize(
    "text",
    [
        "\ud83d",
        "a\x00b",
        "x" * 4096,
        "\U0001f62d" * 4096,
        "\u202egnp\u202c",
        "ساعدني",
        "\ufeff",
        " \n ",
    ],
)
def test_words_are_kept_sign_by_sign(text: str) -> None:
    entities = [{"type": "text_link", "offset": 0, "length": 1, "url": "https://x.example"}]

    assert inbound(message_update(1, 2, text, entities=entities)).text == text


def test_bytes_that_are_no_utf_8_are_shown_as_such() -> None:
    raw = json.dumps(message_update(1, 2, "help me")).encode().replace(b"help", b"he\xff\xfelp")
    found = read_bytes(raw)

    assert isinstance(found, Inbound)
    assert (found.text, found.exact, found.raw) == ("he��lp me", False, raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b'"hello"',
        b"{}",
        b'{"update_id":NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"update_id":' + b"9" * 5000 + b"}",
        b'{"update_id":1}',
        b'{"update_id":1,"message":null}',
        b'{"update_id":1,"message":[]}',
        b'{"update_id":1,"message":{"chat":{"id":-5,"type":"private"},"text":"x"}}',
        b"\xff\xfe",
    ],
)
def test_what_nobody_can_read_is_said_to_be_that(raw: bytes) -> None:
    assert isinstance(read_bytes(raw), Unreadable)


@pytest.mark.parametrize(
    "change",
    [
        {"date": "yesterday"},
        {"date": None},
        {"date": 10**18},
        {"message_id": "x"},
        {"message_id": True},
        {"from": []},
        {"entities": [{"type": "bold"}]},
        {"text": None, "caption": "help me"},
        {"chat": {"id": CHAT}},
        {"chat": {"id": CHAT, "type": "secret"}},
        {"location": "here"},
        {"reply_to_message": 3},
    ],
)
def test_words_in_a_private_chat_are_saved_from_what_the_types_refuse(
    change: dict[str, Any],
) -> None:
    update = message_update(1, 2, "help me")
    update["message"].update(change)

    found = inbound(update)
    assert (found.text, found.sender) == ("help me", str(CHAT))


def test_words_under_a_name_that_is_not_known_yet_are_saved() -> None:
    update = {"update_id": 5, "whisper": message_update(1, 2, "help me")["message"]}

    assert inbound(update).text == "help me"


def test_an_edit_and_a_button_are_saved_too() -> None:
    edit, button = edit_update(8, 20, "help me"), callback_update(9, "NO")
    edit["edited_message"]["date"] = "x"
    bare = callback_update(9, "NO")
    button["callback_query"]["message"] = "x"
    bare["callback_query"]["message"]["date"] = "x"
    unnamed = edit_update(8, 20, "help me")
    unnamed["update_id"] = "x"

    assert (inbound(edit).edit_of, inbound(edit).provider_id) == ("chat-1:20", "chat-1:20:edit:8")
    assert (inbound(button).text, inbound(button).sender) == ("NO", str(CHAT))
    assert (inbound(button).pressed, inbound(bare).pressed) == (None, "chat-1:3")
    assert inbound(unnamed).edit_of == "chat-1:20"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(every_type())), st.integers(min_value=0), JSON)
def test_no_value_anywhere_makes_it_raise(name: str, place: int, value: object) -> None:
    update = every_type()[name]
    holders = list(_holders(update))
    holder, key = holders[place % len(holders)]
    holder[key] = value

    read(update)


def test_no_byte_anywhere_makes_it_raise() -> None:
    chance = random.Random(20261120)
    genuine = json.dumps(message_update(1, 2, "help me", **CONTENTS["venue"])).encode()
    for _ in range(500):
        raw = bytearray(genuine)
        for _ in range(chance.randint(1, 5)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        read_bytes(bytes(raw))


def _holders(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from _holders(inner)
