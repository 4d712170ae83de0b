"""An escalation's life: born whole, joined, acknowledged by a name, closed with an outcome."""

from dataclasses import fields, replace
from threading import Thread

import pytest

from bot.escalations import (
    NotPossible,
    Outcome,
    acknowledge,
    close,
    raise_escalation,
    record_outcome,
)
from storage.escalations import Hit
from storage.tables import Alert, AuditEntry, OutboxEntry
from tests.bot.cast import DEE_NUMBER, amina, dee, make_guarded
from tests.bot.detector import COMPLAINT, DANGER, HARM, OWN_ACT
from tests.bot.together import at_once
from tests.bot.world import World

OUTCOME = Outcome(
    "Called police", "Knife seen", "Police, 101", "CAD 17", "That we called", "Dee", "Monday, Dee"
)
CANARY = "the otter sings at midnight in Halifax"


def test_it_is_born_with_its_alerts_and_its_first_timer(world: World) -> None:
    child = amina(world)
    dee(world)
    world.text(child, DANGER)

    found = world.escalation(child)
    assert found.priority == 1
    assert found.next_alert_at is not None
    assert len(world.rows(Alert)) == len(world.rows(OutboxEntry)) == 1
    world.run()
    assert len(world.heard(DEE_NUMBER)) == 1


def test_a_hit_joins_and_can_raise_and_never_lower(world: World) -> None:
    child = amina(world)
    dee(world)
    priorities = []
    for said in (COMPLAINT, HARM, DANGER, COMPLAINT):
        world.text(child, said)
        world.wait(minutes=2)
        priorities.append(world.escalation(child).priority)

    assert priorities == [3, 2, 1, 1]
    assert [each.priority for each in world.events(world.escalation(child))] == [3, 2, 1, 3]


def test_after_an_acknowledgement_a_new_hit_makes_a_new_escalation(world: World) -> None:
    child = amina(world)
    worker = dee(world)
    world.text(child, HARM)
    world.run()
    acknowledge(world.service, world.escalation(child).id, worker)
    world.wait(minutes=2)
    world.text(child, DANGER)

    first, second = world.escalations(child)
    assert (first.state, second.state) == ("acknowledged", "raised")
    assert first.next_alert_at is None
    assert second.next_alert_at is not None


def test_many_hits_at_once_are_one_escalation_with_all_that_was_found(world: World) -> None:
    child = amina(world)
    dee(world)
    said = (DANGER, HARM, COMPLAINT, OWN_ACT)
    at_once(8, lambda number: world.text(child, f"{said[number % 4]} {number}"))

    found = world.escalation(child)
    assert (found.priority, world.codes(found)) == (1, {"IMM", "ABU", "CPL", "CCE"})
    assert len(world.rows(Alert)) <= 2, "once as what it was, once as what it became"


def test_of_two_who_acknowledge_at_once_one_wins_and_the_child_hears_it_once(
    world: World,
) -> None:
    child = amina(world)
    workers = [dee(world), dee(world, "Jo Hart", "+447700900203")]
    world.text(child, HARM)
    world.run()
    found = world.escalation(child)

    def try_it(number: int) -> bool:
        try:
            acknowledge(world.service, found.id, workers[number])
        except NotPossible:
            return False
        return True

    assert sorted(at_once(2, try_it)) == [False, True]
    world.run()
    assert world.keys_sent(child).count("person_read") == 1
    winner = world.escalation(child).acknowledged_by
    name = next(each.name for each in workers if each.id == winner)
    assert f"It's {name}, a duty worker, at 4pm on Friday." in world.heard(child)[-1]
    assert world.kinds(found).count("acknowledged") == 1
    assert world.kinds(found).count("child_told") == 1


def test_nothing_says_that_a_person_knows_before_the_name_is_committed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import escalations

    child = amina(world)
    worker = dee(world)
    world.text(child, HARM)
    world.run()

    def die(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(escalations, "_tell_read", die)
    with pytest.raises(ZeroDivisionError):
        acknowledge(world.service, world.escalation(child).id, worker)
    world.run()

    assert world.escalation(child).state == "raised"
    assert "person_read" not in world.keys_sent(child)
    assert world.rows(AuditEntry) == []


@pytest.mark.parametrize("said", [HARM, COMPLAINT])
def test_a_guarded_child_and_one_who_told_of_no_harm_are_not_told(
    sqlite_world: World, said: str
) -> None:
    world = sqlite_world
    child = amina(world)
    worker = dee(world)
    world.text(child, said)
    world.wait(seconds=20)
    if said == HARM:
        make_guarded(world, child)
    acknowledge(world.service, world.escalation(child).id, worker)
    world.run()

    assert "person_read" not in world.keys_sent(child)
    assert "child_told" not in world.kinds(world.escalation(child))


def test_a_hit_that_is_being_written_is_seen_by_whoever_acknowledges(world: World) -> None:
    child = amina(world)
    worker = dee(world)
    world.text(child, HARM)
    found = world.escalation(child)
    acknowledging = Thread(target=acknowledge, args=(world.service, found.id, worker))
    with world.service.database.write() as session:
        raise_escalation(world.service, session, child.id, None, Hit("hit", 2))
        acknowledging.start()
        acknowledging.join(0.3)
        assert acknowledging.is_alive(), "it waits until the hit is there or is not"
    acknowledging.join(30)

    assert world.kinds(found)[-2:] == ["acknowledged", "child_told"]
    assert world.escalation(child).state == "acknowledged"
    assert world.escalation(child).next_alert_at is None


def test_it_is_closed_only_with_an_outcome_after_an_acknowledgement(world: World) -> None:
    child = amina(world)
    worker = dee(world)
    world.text(child, HARM)
    found = world.escalation(child)
    with pytest.raises(NotPossible):
        record_outcome(world.service, found.id, worker, OUTCOME)
    with pytest.raises(NotPossible):
        close(world.service, found.id, worker)
    acknowledge(world.service, found.id, worker)
    with pytest.raises(NotPossible):
        close(world.service, found.id, worker)
    record_outcome(world.service, found.id, worker, OUTCOME)
    close(world.service, found.id, worker)
    with pytest.raises(NotPossible):
        close(world.service, found.id, worker)
    with pytest.raises(NotPossible):
        record_outcome(world.service, found.id, worker, OUTCOME)

    assert world.escalation(child).state == "closed"
    assert world.detail(found, "outcome")["reference"] == "CAD 17"
    assert world.audit_is_sound()
    actions = [each.action for each in world.rows(AuditEntry)]
    assert actions == ["acknowledge", "record outcome", "close"]


@pytest.mark.parametrize("field", [each.name for each in fields(Outcome)])
def test_every_part_of_an_outcome_is_needed(sqlite_world: World, field: str) -> None:
    child = amina(sqlite_world)
    worker = dee(sqlite_world)
    sqlite_world.text(child, HARM)
    found = sqlite_world.escalation(child)
    acknowledge(sqlite_world.service, found.id, worker)

    with pytest.raises(NotPossible):
        record_outcome(sqlite_world.service, found.id, worker, replace(OUTCOME, **{field: " "}))


def test_finishing_the_interview_does_nothing_to_an_escalation(sqlite_world: World) -> None:
    child = amina(sqlite_world)
    dee(sqlite_world)
    sqlite_world.text(child, HARM)
    sqlite_world.run()
    sqlite_world.text(child, "finish")
    sqlite_world.run()

    assert sqlite_world.interview(child).state == "finished"
    assert sqlite_world.escalation(child).state == "raised"


def test_an_alert_has_no_word_name_or_number_of_the_child(world: World) -> None:
    child = amina(world)
    dee(world)
    world.text(child, f"{CANARY} {DANGER}")
    for _ in range(2):
        world.wait(minutes=5)

    alerts = world.heard(DEE_NUMBER)
    assert len(alerts) == 3
    assert len(set(alerts)) == 1
    assert world.escalation(child).reference in alerts[0]
    secrets = {"Amina", "Yusuf", child.address, str(child.id), *CANARY.split(), "knife", "IMM"}
    assert not secrets & set(alerts[0].split()) - {"the"}


def test_references_are_random_and_never_spell_a_word(sqlite_world: World) -> None:
    children = [amina(sqlite_world, number=f"+4477009006{index:02}") for index in range(20)]
    for child in children:
        sqlite_world.text(child, HARM)

    references = {each.reference for each in sqlite_world.escalations()}
    assert len(references) == 20
    assert not set("".join(references)) & set("AEIOUL01")
