import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialogs.interview import STATES
from dialogs.position import SCRIPT_VERSION, STATE_ALIASES, Heard, HeardText, Position, Situation
from dialogs.turn import take_turn
from tests.dialogs.young_person import FACTS, TEATIME

RELEASED = json.loads(
    (Path(__file__).with_name("released_positions.json")).read_text(encoding="utf-8")
)


def test_what_is_saved_is_what_is_loaded() -> None:
    position = Position(
        state="recheck", resume="help", asked_again=True, wrong_words=1, checked=True,
        last_at=datetime(2026, 11, 20, 16, 0, 0, 123, tzinfo=UTC), script="0", said_no=True,
        told=("way", "safe_now"), goodbye_said=True, after_end_told=True, last_safety=("danger",),
    )  # fmt: skip

    assert Position.from_json(json.loads(json.dumps(position.to_json()))) == position
    assert set(position.to_json()) == set(Position.__slots__)


def test_birth() -> None:
    assert Position() == Position("not_started", script=SCRIPT_VERSION)


@pytest.mark.parametrize(
    "stored", RELEASED, ids=lambda stored: f"{stored['script']}-{stored['state']}"
)
def test_a_position_of_any_released_version_goes_on(stored: dict[str, object]) -> None:
    position = Position.from_json(stored)
    situation = Situation(contact="open", facts=FACTS)

    turn = take_turn(position, Heard((HeardText("yes"),)), situation, TEATIME)

    assert position.state in STATES
    assert turn.position.script == stored["script"], "the version it began under is kept"


def test_every_state_of_the_first_version_is_among_the_released() -> None:
    assert {stored["state"] for stored in RELEASED} >= set(STATES) - set(STATE_ALIASES.values())


def test_an_old_name_leads_to_the_new_one() -> None:
    stored = {"state": "old", "resume": "older", "told": ["old", "way"]}

    position = Position.from_json(stored, aliases={"old": "going_on", "older": "help"})

    assert (position.state, position.resume, position.told) == (
        "going_on",
        "help",
        ("going_on", "way"),
    )


def test_unknown_keys_are_ignored_and_missing_ones_have_their_defaults() -> None:
    assert Position.from_json({"state": "help", "mood": "?"}) == Position("help")


def test_no_state_is_no_position() -> None:
    with pytest.raises(KeyError):
        Position.from_json({})


def test_aliases_lead_to_states_and_hide_none() -> None:
    assert set(STATE_ALIASES.values()) <= set(STATES)
    assert set(STATE_ALIASES).isdisjoint(STATES)
