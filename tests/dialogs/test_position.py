import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialogs.check import released
from dialogs.interview import STATES
from dialogs.plan import QUESTIONS
from dialogs.position import SCRIPT_VERSION, STATE_ALIASES, Heard, HeardText, Position, Situation
from dialogs.turn import take_turn
from tests.dialogs.young_person import FACTS, PLAIN, TEATIME, YoungPerson

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


def test_every_state_of_every_version_is_among_the_released() -> None:
    for version, states in released().items():
        assert {each["state"] for each in RELEASED if each["script"] == version} >= set(states)


def test_what_the_first_version_asked_is_not_asked_again() -> None:
    """That version kept no list of its questions: it follows from where the child stood."""
    position = Position.from_json(
        {"state": "help", "resume": "help", "script": "1", "checked": True,
         "told": ["way", "safe_now"], "last_at": TEATIME.isoformat()}
    )  # fmt: skip
    young_person = YoungPerson(stored=json.dumps(position.to_json()))
    asked = []
    for _ in range(20):
        if young_person.state not in QUESTIONS:
            break
        young_person.writes(PLAIN.get(young_person.state, "no"))
        asked.append(young_person.state)

    assert asked == ["harm_ok", "upset", "anyone_hurting", "keep_private", "finished"]


@pytest.mark.parametrize(
    ("state", "resume", "asked"),
    [
        ("way", "help", ()),
        ("keep_private_what", None, ("safe_now", "going_on", "help", "anyone_hurting",
                                     "keep_private")),
        ("busy", "going_on", ("safe_now",)),
        ("finished", "finished", ("safe_now", "going_on", "help", "anyone_hurting",
                                  "keep_private")),
    ],
)  # fmt: skip
def test_where_the_first_version_stood(
    state: str, resume: str | None, asked: tuple[str, ...]
) -> None:
    told = [] if state == "way" else ["way", "safe_now"]

    stored = {"state": state, "resume": resume, "script": "1", "told": told}

    assert Position.from_json(stored).asked == asked


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
