"""What Telegram posts: one update of every kind that python-telegram-bot knows. All made up."""

from copy import deepcopy
from typing import Any

TOKEN = "700100200:AAfake-token-of-the-tests-0123456789abc"
ACCOUNT = "700100200"
SECRET = "a-secret-of-the-tests-that-telegram-sends-back"
CHAT = 5_551_001
GROUP = -1_001_234_567
DATE = 1_795_190_400
"""20 November 2026, 16:00 UTC."""
BOT = {
    "id": 700100200,
    "is_bot": True,
    "first_name": "The Listen Line",
    "username": "listen_line_bot",
    "can_join_groups": False,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
PERSON = {"id": CHAT, "is_bot": False, "first_name": "A", "language_code": "en"}
_GROUP_CHAT = {"id": GROUP, "type": "supergroup", "title": "Friends"}
_FILE = {"file_id": "AgACAgQ", "file_unique_id": "AQAD"}


def private_chat(chat: int = CHAT) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "A"}


def message(message_id: int, text: str | None, chat: int = CHAT, **more: Any) -> dict[str, Any]:
    """One message of somebody; ``text`` None for what has no words."""
    found: dict[str, Any] = {
        "message_id": message_id,
        "from": {**PERSON, "id": chat},
        "chat": private_chat(chat),
        "date": DATE,
        **more,
    }
    return found if text is None else {**found, "text": text}


def message_update(
    update_id: int, message_id: int, text: str | None, chat: int = CHAT, **more: Any
) -> dict[str, Any]:
    return {"update_id": update_id, "message": message(message_id, text, chat, **more)}


def edit_update(update_id: int, message_id: int, text: str, chat: int = CHAT) -> dict[str, Any]:
    edited = message(message_id, text, chat, edit_date=DATE + 60)
    return {"update_id": update_id, "edited_message": edited}


def callback_update(update_id: int, data: str, callback_id: str = "4382") -> dict[str, Any]:
    query = {
        "id": callback_id,
        "from": PERSON,
        "message": {**message(3, "Is now a good time?"), "from": BOT},
        "chat_instance": "-77",
        "data": data,
    }
    return {"update_id": update_id, "callback_query": query}


def member_update(
    update_id: int, status: str, chat: dict[str, Any] | None = None
) -> dict[str, Any]:
    def of(state: str) -> dict[str, Any]:
        return {"user": BOT, "status": state, **({"until_date": 0} if state == "kicked" else {})}

    change = {
        "chat": chat or private_chat(),
        "from": PERSON,
        "date": DATE,
        "old_chat_member": of("kicked" if status == "member" else "member"),
        "new_chat_member": of(status),
    }
    return {"update_id": update_id, "my_chat_member": change}


CONTENTS: dict[str, dict[str, Any]] = {
    "photo": {"photo": [{**_FILE, "width": 90, "height": 90}], "caption": "look"},
    "voice": {"voice": {**_FILE, "duration": 3}},
    "audio": {"audio": {**_FILE, "duration": 3}},
    "video": {"video": {**_FILE, "width": 9, "height": 9, "duration": 3}},
    "video_note": {"video_note": {**_FILE, "length": 9, "duration": 3}},
    "document": {"document": {**_FILE, "file_name": "a.pdf", "mime_type": "application/pdf"}},
    "photo as file": {"document": {**_FILE, "file_name": "a.png", "mime_type": "image/png"}},
    "contact": {"contact": {"phone_number": "+447700900123", "first_name": "B"}},
    "sticker": {
        "sticker": {
            **_FILE,
            "type": "regular",
            "width": 9,
            "height": 9,
            "is_animated": False,
            "is_video": False,
        }
    },
    "animation": {
        "animation": {**_FILE, "width": 9, "height": 9, "duration": 1},
        "document": {**_FILE, "mime_type": "video/mp4"},
    },
    "dice": {"dice": {"emoji": "\U0001f3b2", "value": 3}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "which?",
            "options": [],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
    "story": {"story": {"chat": private_chat(), "id": 4}},
    "location": {"location": {"latitude": 53.480800, "longitude": -2.242600}},
    "venue": {
        "location": {"latitude": 53.4808, "longitude": -2.2426},
        "venue": {
            "location": {"latitude": 53.4808, "longitude": -2.2426},
            "title": "Shelter Hut",
            "address": "1 Example Road",
        },
    },
}
"""What a message can hold instead of text."""


def every_type() -> dict[str, dict[str, Any]]:
    """One update of each kind of `telegram.Update`, by its name; each may be changed freely."""
    business = {**message(21, "to a shop"), "business_connection_id": "b1"}
    rights = {"can_reply": True}
    reaction = {"type": "emoji", "emoji": "\U0001f44d"}
    poll = {**CONTENTS["poll"]["poll"]}
    inline = {"id": "8", "from": PERSON, "query": "q", "offset": ""}
    boost = {"boost_id": "1", "add_date": DATE, "expiration_date": DATE + 9}
    source = {"source": "premium", "user": PERSON}
    contents: dict[str, Any] = {
        "message": message(20, "hello"),
        "edited_message": message(20, "hello!", edit_date=DATE + 5),
        "channel_post": {"message_id": 1, "date": DATE, "chat": {**_GROUP_CHAT, "type": "channel"}},
        "edited_channel_post": {
            "message_id": 1,
            "date": DATE,
            "chat": {**_GROUP_CHAT, "type": "channel"},
            "edit_date": DATE,
        },
        "inline_query": inline,
        "chosen_inline_result": {"result_id": "1", "from": PERSON, "query": "q"},
        "callback_query": callback_update(1, "YES")["callback_query"],
        "shipping_query": {
            "id": "1",
            "from": PERSON,
            "invoice_payload": "p",
            "shipping_address": {
                "country_code": "GB",
                "state": "",
                "city": "C",
                "street_line1": "1",
                "street_line2": "",
                "post_code": "X1",
            },
        },
        "pre_checkout_query": {
            "id": "1",
            "from": PERSON,
            "currency": "GBP",
            "total_amount": 1,
            "invoice_payload": "p",
        },
        "poll": poll,
        "poll_answer": {
            "poll_id": "1",
            "user": PERSON,
            "option_ids": [0],
            "option_persistent_ids": ["a"],
        },
        "my_chat_member": member_update(1, "member")["my_chat_member"],
        "chat_member": {**member_update(1, "member")["my_chat_member"], "chat": _GROUP_CHAT},
        "chat_join_request": {
            "chat": _GROUP_CHAT,
            "from": PERSON,
            "user_chat_id": CHAT,
            "date": DATE,
        },
        "chat_boost": {"chat": _GROUP_CHAT, "boost": {**boost, "source": source}},
        "removed_chat_boost": {
            "chat": _GROUP_CHAT,
            "boost_id": "1",
            "remove_date": DATE,
            "source": source,
        },
        "message_reaction": {
            "chat": private_chat(),
            "message_id": 20,
            "user": PERSON,
            "date": DATE,
            "old_reaction": [],
            "new_reaction": [reaction],
        },
        "message_reaction_count": {
            "chat": _GROUP_CHAT,
            "message_id": 20,
            "date": DATE,
            "reactions": [{"type": reaction, "total_count": 1}],
        },
        "business_connection": {
            "id": "b1",
            "user": PERSON,
            "user_chat_id": CHAT,
            "date": DATE,
            "is_enabled": True,
            "rights": rights,
        },
        "business_message": business,
        "edited_business_message": {**business, "edit_date": DATE},
        "deleted_business_messages": {
            "business_connection_id": "b1",
            "chat": private_chat(),
            "message_ids": [21],
        },
        "purchased_paid_media": {"from": PERSON, "paid_media_payload": "p"},
        "managed_bot": {"user": PERSON, "bot": {**BOT, "id": 9}},
        "guest_message": {**message(22, "as a guest"), "chat": _GROUP_CHAT},
    }
    return {
        name: {"update_id": 9_000 + number, name: deepcopy(content)}
        for number, (name, content) in enumerate(contents.items())
    }
