"""Links that bind a chat: good once, for a day, and not to be guessed."""

import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from bot.binding import NotLinked, new_link
from bot.channels.telegram import Telegram
from bot.clock import SetClock
from bot.service import Service
from bot.telegram_receive import take_update
from storage.contacts import contact_state, open_address
from storage.people import conversation_of
from storage.tables import AuditEntry, BindingToken, ContactAddress, Message, RefusalCount
from tests.fakes.telegram_handler import Fault
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_texts import CHAT, SECRET, TOKEN, message_update
from tests.web.cast import Cast, gather
from tests.web.conftest import MakeService, both_kinds
from tests.web.telegram_line import told

LINK = re.compile(r"https://t\.me/listen_line_bot\?start=([A-Za-z0-9_-]{22,64})")


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as running:
        yield running


@pytest.fixture
def service(make_service: MakeService, server: TelegramServer) -> Service:
    made = make_service(telegram_bot_token=TOKEN, telegram_webhook_secret=SECRET)
    telegram = Telegram(TOKEN, site=made.settings.site, name_chat=str, api_url=server.url)
    return replace(made, channels={**made.channels, telegram.name: telegram})


def token_of(link: str) -> str:
    found = LINK.fullmatch(link)
    assert found, link
    return found[1]


def new_token(service: Service, cast: Cast) -> str:
    return token_of(new_link(service, cast.amina.young_person_id, cast.ade))


def start(service: Service, token: str, number: int = 1, chat: int = CHAT) -> None:
    take_update(service, told(message_update(number, number, f"/start {token}", chat)))


def bound(service: Service) -> dict[str, UUID]:
    """Whose chat each is."""
    with service.database.read() as session:
        rows = session.exec(select(ContactAddress).where(ContactAddress.channel == "telegram"))
        return {open_address(service.vault, each): each.young_person_id for each in rows}


@both_kinds
def test_a_link_binds_the_chat_that_opens_it(service: Service, cast: Cast) -> None:
    start(service, new_token(service, cast))

    amina = cast.amina.young_person_id
    assert bound(service) == {str(CHAT): amina}
    with service.database.read() as session:
        contact = session.exec(
            select(ContactAddress).where(ContactAddress.channel == "telegram")
        ).one()
        assert contact_state(contact) == "open"
        assert conversation_of(session, amina).contact_address_id == contact.id


def test_only_a_hash_of_the_token_is_kept(service: Service, cast: Cast) -> None:
    token = new_token(service, cast)
    with service.database.read() as session:
        (row,) = session.exec(select(BindingToken)).all()
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "make link")).all()
    assert token not in repr(row)
    assert row.created_by == cast.ade.id
    assert [each.actor for each in entries] == [f"staff:{cast.ade.id}"]


def test_a_token_has_a_hundred_and_ninety_two_bits(service: Service, cast: Cast) -> None:
    tokens = {new_token(service, cast) for _ in range(3)}

    assert len(tokens) == 3
    assert {len(each) for each in tokens} == {32}


@both_kinds
def test_a_token_is_good_once_whoever_tries_it_again(service: Service, cast: Cast) -> None:
    """A hundred others with the same token: none of them is bound (docs/reliability.md T-02)."""
    token = new_token(service, cast)
    start(service, token)
    for number in range(2, 102):
        start(service, token, number, CHAT + number)

    amina = cast.amina.young_person_id
    assert [chat for chat, person in bound(service).items() if person == amina] == [str(CHAT)]


@both_kinds
def test_of_many_at_once_one_is_bound(service: Service, cast: Cast) -> None:
    token = new_token(service, cast)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: start(service, token, number, CHAT + number), range(1, 9)))

    amina = cast.amina.young_person_id
    assert list(bound(service).values()).count(amina) == 1


def test_the_same_update_again_is_no_wrong_guess(service: Service, cast: Cast) -> None:
    token = new_token(service, cast)
    for _ in range(10):
        start(service, token)

    assert bound(service) == {str(CHAT): cast.amina.young_person_id}
    with service.database.read() as session:
        assert session.exec(select(RefusalCount)).all() == []


def test_a_token_is_good_for_a_day(service: Service, cast: Cast, clock: SetClock) -> None:
    early, late = new_token(service, cast), new_token(service, cast)
    clock.move(timedelta(hours=23, minutes=59))
    start(service, early)
    clock.move(timedelta(minutes=2))
    start(service, late, 2, CHAT + 1)

    assert bound(service)[str(CHAT)] == cast.amina.young_person_id
    assert bound(service)[str(CHAT + 1)] != cast.amina.young_person_id


def test_after_five_wrong_tokens_none_is_looked_up(
    service: Service, cast: Cast, clock: SetClock
) -> None:
    for number in range(1, 6):
        start(service, secrets.token_urlsafe(24), number)

    assert is_locked(service, cast, 6)
    clock.move(timedelta(days=1, minutes=1))
    assert not is_locked(service, cast, 7)


def test_guessing_from_one_chat_locks_no_other(service: Service, cast: Cast) -> None:
    for number in range(1, 20):
        start(service, secrets.token_urlsafe(24), number, CHAT + 1)

    assert not is_locked(service, cast)


def is_locked(service: Service, cast: Cast, number: int = 99) -> bool:
    """Whether a good token of this chat is passed over."""
    start(service, new_token(service, cast), number)
    with service.database.read() as session:
        newest = session.exec(select(Message).order_by(col(Message.seq).desc())).first()
    assert newest is not None
    return newest.young_person_id != cast.amina.young_person_id


def test_a_wrong_token_is_a_message_of_somebody_unknown(service: Service, cast: Cast) -> None:
    start(service, "wrong")

    with service.database.read() as session:
        (message,) = session.exec(select(Message)).all()
    assert message.young_person_id != cast.amina.young_person_id


def test_no_link_without_telegram_or_for_nobody(
    make_service: MakeService, service: Service, server: TelegramServer
) -> None:
    cast = gather(service)
    without = make_service()

    with pytest.raises(NotLinked, match="TELEGRAM_BOT_TOKEN"):
        new_link(without, uuid4(), gather(without).ade)
    with pytest.raises(NotLinked, match="nobody has this id"):
        new_link(service, uuid4(), cast.ade)
    server.fail("getMe", Fault(500))
    with pytest.raises(NotLinked, match="http_500"):
        new_link(service, cast.amina.young_person_id, cast.ade)


def test_the_answer_to_a_stranger_is_the_same_whatever_the_token(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    used = new_token(service, cast)
    start(service, used)
    answers = {
        client.post(
            "/webhooks/telegram",
            data=told(message_update(number, number, f"/start {token}", CHAT + number)),
            headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
        ).data
        for number, token in ((2, used), (3, "wrong"), (4, ""))
    }
    assert answers == {b"{}\n"}
