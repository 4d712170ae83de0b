"""Signed requests that nobody can read are kept, a hundred a day, and somebody is told."""

from datetime import timedelta
from uuid import UUID

import pytest

from bot.alarms import open_alarms
from bot.unreadable import MOST_A_DAY, keep_unreadable
from storage import alarms
from storage.encryption import Vault
from tests.bot.world import World


def keep(world: World, raw: bytes, source: str = "twilio") -> bool:
    return keep_unreadable(world.service, source, "parameter unknown", raw, "text/plain")


def kept(world: World) -> list[bytes]:
    with world.service.database.read() as session:
        found = alarms.unreadable(session)
        return [alarms.raw_of(world.service.vault, each) for each in found]


def times(world: World) -> dict[tuple[str, str], int]:
    return {(each.kind, each.detail): each.times for each, _ in open_alarms(world.service)}


@pytest.mark.parametrize("raw", [b"", b"a=b", b"\x00\xff" * 3000])
def test_it_is_kept_byte_for_byte_and_an_operator_is_told(world: World, raw: bytes) -> None:
    assert keep(world, raw)

    assert kept(world) == [raw]
    assert times(world) == {("unreadable", "twilio"): 1}
    with world.service.database.read() as session:
        (row,) = alarms.unreadable(session)
        assert (row.reason, row.content_type) == ("parameter unknown", "text/plain")
        assert raw == b"" or raw not in row.raw_sealed


def test_the_same_again_is_counted_and_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[UUID] = []
    new_owner = Vault.new_owner

    def note(vault: Vault, owner_id: UUID) -> None:
        made.append(owner_id)
        new_owner(vault, owner_id)

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "new_owner", note)
        assert [keep(world, b"a=b") for _ in range(3)] == [True, False, False]
    assert len(made) == 1, "each new key is kept for ever"
    assert keep(world, b"a=b", "telegram")

    assert kept(world) == [b"a=b", b"a=b"]
    assert times(world) == {("unreadable", "twilio"): 3, ("unreadable", "telegram"): 1}


@pytest.mark.slow
def test_a_hundred_are_kept_a_day_and_more_are_counted(world: World) -> None:
    given = [b"a=%d" % number for number in range(MOST_A_DAY + 5)]
    taken = [keep(world, raw) for raw in given]

    assert taken == [True] * MOST_A_DAY + [False] * 5
    assert keep(world, b"another", "telegram")
    assert times(world)["unreadable", "twilio"] == MOST_A_DAY + 5

    world.clock.move(timedelta(days=1, seconds=1))
    assert keep(world, given[-1])
