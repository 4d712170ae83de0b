"""What a named person does about an escalation: each act a line, and what follows from it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from bot import escalation_acts as acts
from bot.escalation_acts import MadeSafe, Record
from bot.escalation_checks import remind_of_checks
from bot.escalations import NotPossible, acknowledge, close, record_outcome
from bot.inbox import summaries
from storage.tables import Alert, AuditEntry, Escalation, EscalationEvent, Staff
from tests.bot.cast import ade, amina, dee
from tests.bot.detector import DANGER, HARM
from tests.bot.test_escalations import OUTCOME
from tests.bot.together import at_once
from tests.bot.world import Child, World

SAM_NUMBER = "+447700900203"
CALLED = Record("police_999", "They are sending a car", "Operator 7", "CAD 17")


def sam(world: World) -> Staff:
    return dee(world, "Sam Whitlock", SAM_NUMBER)


def raised(world: World, words: str = DANGER) -> tuple[Child, Escalation]:
    child = amina(world)
    world.text(child, words)
    return child, world.escalation(child)


def taken(world: World, staff: Staff, words: str = DANGER) -> tuple[Child, Escalation]:
    child, found = raised(world, words)
    acknowledge(world.service, found.id, staff)
    return child, world.escalation(child)


def alerted(world: World) -> list[UUID]:
    """Whom alerts went to, the first first."""
    return [each.staff_id for each in sorted(world.rows(Alert), key=lambda each: each.at)]


def test_passing_on_leaves_it_unacknowledged_and_tells_the_child_nothing(world: World) -> None:
    worker = dee(world)
    child, found = raised(world)

    acknowledge(world.service, found.id, worker, "passed_on")

    found = world.escalation(child)
    assert (found.state, found.holder_id, found.first_action_at) == ("raised", None, None)
    assert found.next_alert_at == world.clock.service_now(), "the next people are asked at once"
    assert world.kinds(found)[-1] == "passed_on"
    assert "person_read" not in world.keys_sent(child)


def test_passing_on_to_a_named_person_alerts_them_and_it_climbs_on(world: World) -> None:
    worker, other = dee(world), sam(world)
    child, found = raised(world)
    timer = found.next_alert_at
    before = len(alerted(world))

    acts.pass_on(world.service, found.id, worker, other.id, "on a call with the police")

    assert alerted(world)[before:] == [other.id]
    assert world.escalation(child).next_alert_at == timer
    assert world.detail(found, "passed_on")["to"] == str(other.id)
    body = world.rows(Alert)[-1].body
    assert found.reference in body
    assert "police" not in body


@pytest.mark.parametrize("who", ["themselves", "an advocate"])
def test_it_is_passed_only_to_somebody_on_duty(sqlite_world: World, who: str) -> None:
    worker = dee(sqlite_world)
    to = worker if who == "themselves" else ade(sqlite_world)
    _, found = raised(sqlite_world)

    with pytest.raises(NotPossible, match="on duty"):
        acts.pass_on(sqlite_world.service, found.id, worker, to.id)


def test_a_hand_over_is_an_offer_until_the_other_can_act(world: World) -> None:
    worker, other = dee(world), sam(world)
    child, found = taken(world, worker)
    now = world.clock.service_now()

    acts.hand_over(world.service, found.id, worker, other.id, "Call her aunt back at six")
    offered = world.escalation(child)
    acts.take_over(world.service, found.id, other)

    assert (offered.holder_id, offered.first_action_at) == (other.id, now)
    assert offered.next_check_at == now + timedelta(minutes=15)
    held = world.escalation(child)
    assert (held.holder_id, held.next_check_at, held.acknowledged_by) == (other.id, None, worker.id)
    assert world.kinds(found)[-2:] == ["handed_over", "can_act_now"]
    with pytest.raises(NotPossible, match="already"):
        acts.take_over(world.service, found.id, other)


def test_a_hand_over_that_nobody_takes_is_a_check_that_everybody_hears_of(world: World) -> None:
    worker, other = dee(world), sam(world)
    _, found = taken(world, worker)
    acts.hand_over(world.service, found.id, worker, other.id, "Yours now")
    before = len(alerted(world))

    world.clock.move(timedelta(minutes=14))
    assert remind_of_checks(world.service) == 0
    world.clock.move(timedelta(minutes=1))
    assert remind_of_checks(world.service) == 1
    assert remind_of_checks(world.service) == 0
    world.clock.move(timedelta(minutes=15))
    assert remind_of_checks(world.service) == 1

    assert sorted(alerted(world)[before:]) == sorted([worker.id, other.id] * 2)


def test_a_call_is_a_first_action_with_who_when_reference_and_what_was_said(world: World) -> None:
    worker = dee(world)
    child, found = taken(world, worker)
    world.clock.move(timedelta(minutes=3))
    at = world.clock.service_now()

    acts.record(world.service, found.id, worker, CALLED)
    world.clock.move(timedelta(minutes=3))
    acts.record(world.service, found.id, worker, Record("mash", "Taken, decision by noon"))

    assert world.escalation(child).first_action_at == at
    assert world.detail(found, "call") == {
        "who": "police_999",
        "person": "Operator 7",
        "reference": "CAD 17",
        "said": "They are sending a car",
        "at": at.isoformat(),
    }
    assert world.detail(found, "referral")["who"] == "mash"


def test_priority_goes_up_freely_and_down_only_with_a_reason(world: World) -> None:
    worker = dee(world)
    child, found = raised(world, HARM)
    before = len(alerted(world))

    acts.set_priority(world.service, found.id, worker, 1, "")
    assert len(alerted(world)) > before, "it is alerted as what it is now"
    with pytest.raises(NotPossible, match="Acknowledge"):
        acts.set_priority(world.service, found.id, worker, 2, "she is home")
    acknowledge(world.service, found.id, worker)
    with pytest.raises(NotPossible, match="why"):
        acts.set_priority(world.service, found.id, worker, 2, " ")
    acts.set_priority(world.service, found.id, worker, 2, "she is home with her aunt")

    assert world.escalation(child).priority == 2
    assert world.detail(found, "priority_set")["before"] == 1


def test_a_link_stands_on_both_and_never_reaches_another_ladder(world: World) -> None:
    worker = dee(world)
    first, second = amina(world), amina(world, number="+447700900103")
    for child in (first, second):
        world.text(child, HARM)
    one, two = world.escalation(first), world.escalation(second)

    acts.link(world.service, one.id, worker, f" {two.reference.lower()} ", "same man")

    assert world.detail(one, "linked") == {"reference": two.reference, "why": "same man"}
    assert world.detail(two, "linked")["reference"] == one.reference
    with world.service.database.write() as session:
        row = session.get_one(Escalation, two.seq)
        row.ladder = "independent"
        session.add(row)
    for reference in (two.reference, one.reference, "QQQQQQ"):
        with pytest.raises(NotPossible, match="no other escalation"):
            acts.link(world.service, one.id, worker, reference, "same man")


def test_words_after_the_closing_begin_a_new_one_that_says_which_came_before(world: World) -> None:
    worker = dee(world)
    child, found = taken(world, worker)
    record_outcome(world.service, found.id, worker, OUTCOME)
    close(world.service, found.id, worker)
    world.clock.move(timedelta(minutes=2))

    world.text(child, DANGER)

    before, after = world.escalations(child)
    assert (before.state, after.state) == ("closed", "raised")
    assert world.detail(after, "linked") == {"reference": before.reference, "why": "wrote_again"}


def test_made_safe_stays_open_and_its_check_is_not_forgotten(world: World) -> None:
    worker = dee(world)
    child, found = taken(world, worker)
    morning = world.clock.service_now() + timedelta(hours=5)

    acts.make_safe(world.service, found.id, worker, MadeSafe("Police with her", "Jo", morning))
    held = world.escalation(child)
    world.clock.move(timedelta(hours=5))
    reminded = remind_of_checks(world.service)
    acts.record_check(world.service, found.id, worker, "She slept, and is at school", None)

    assert (held.state, held.next_check_at, reminded) == ("acknowledged", morning, 1)
    assert held.handed_to_day_at is not None
    assert held.first_action_at is not None
    assert remind_of_checks(world.service) == 0
    assert world.kinds(found)[-2:] == ["made_safe", "day_check"]


def test_what_the_night_hands_over_heads_what_people_have_and_a_new_one_comes_first(
    sqlite_world: World,
) -> None:
    world, worker = sqlite_world, dee(sqlite_world)
    children = [amina(world, number=f"+4477009006{index:02}") for index in range(3)]
    for child in children:
        world.text(child, DANGER)
        world.clock.move(timedelta(minutes=1))
    new, held, handed = (world.escalation(child) for child in children)
    for each in (held, handed):
        acknowledge(world.service, each.id, worker)
    until = world.clock.service_now() + timedelta(hours=9)
    acts.make_safe(world.service, handed.id, worker, MadeSafe("Police with her", "Jo", until))

    assert [each.id for each in summaries(world.service)] == [new.id, handed.id, held.id]


def test_a_second_person_looks_back_at_a_p1(world: World) -> None:
    worker, other = dee(world), sam(world)
    child, found = taken(world, worker)
    acts.record(world.service, found.id, worker, CALLED)
    record_outcome(world.service, found.id, worker, OUTCOME)
    close(world.service, found.id, worker)
    assert world.tasks(child) == ["look_back"]

    with pytest.raises(NotPossible, match="did not act"):
        acts.look_back(world.service, found.id, worker, "All was done")
    acts.look_back(world.service, found.id, other, "All was done")

    assert world.escalation(child).looked_back_by == other.id
    with pytest.raises(NotPossible):
        acts.look_back(world.service, found.id, ade(world), "I too")
    assert world.audit_is_sound()
    actions = [each.action for each in world.rows(AuditEntry)]
    assert actions[-3:] == ["record outcome", "close", "look back"]


def test_of_two_who_close_it_at_once_one_does(world: World) -> None:
    workers = (dee(world), sam(world))
    _, found = taken(world, workers[0])
    record_outcome(world.service, found.id, workers[0], OUTCOME)

    def shut(number: int) -> bool:
        try:
            close(world.service, found.id, workers[number])
        except NotPossible:
            return False
        return True

    assert sorted(at_once(2, shut)) == [False, True]
    assert world.kinds(found).count("closed") == 1


Act = Callable[[World, UUID, Staff], None]
LATER = timedelta(hours=1)
NEEDS_AN_OPEN_ONE: list[Act] = [
    lambda world, id, who: acts.record(world.service, id, who, CALLED),
    lambda world, id, who: acts.hand_over(world.service, id, who, who.id, "note"),
    lambda world, id, who: acts.take_over(world.service, id, who),
    lambda world, id, who: acts.make_safe(
        world.service, id, who, MadeSafe("a", "b", world.clock.now + LATER)
    ),
    lambda world, id, who: acts.record_check(world.service, id, who, "seen", None),
]


@pytest.mark.parametrize("act", NEEDS_AN_OPEN_ONE)
def test_nothing_is_done_before_the_acknowledgement_or_after_the_closing(
    sqlite_world: World, act: Act
) -> None:
    world, worker = sqlite_world, dee(sqlite_world)
    _, found = raised(world)
    with pytest.raises(NotPossible, match="Nobody has acknowledged"):
        act(world, found.id, worker)
    acknowledge(world.service, found.id, worker)
    record_outcome(world.service, found.id, worker, OUTCOME)
    close(world.service, found.id, worker)
    lines = len(world.rows(EscalationEvent))

    with pytest.raises(NotPossible, match="closed"):
        act(world, found.id, worker)

    assert len(world.rows(EscalationEvent)) == lines


@pytest.mark.parametrize(
    "act",
    [
        lambda world, id, who: acts.record(world.service, id, who, Record("mash", " ")),
        lambda world, id, who: acts.record(world.service, id, who, Record("friend", "hi")),
        lambda world, id, who: acts.record(
            world.service, id, who, Record("mash", "hi", at=world.clock.now + LATER)
        ),
        lambda world, id, who: acts.hand_over(world.service, id, who, who.id, " "),
        lambda world, id, who: acts.make_safe(
            world.service, id, who, MadeSafe("a", " ", world.clock.now + LATER)
        ),
        lambda world, id, who: acts.make_safe(
            world.service, id, who, MadeSafe("a", "b", world.clock.now)
        ),
        lambda world, id, who: acts.record_check(world.service, id, who, "", None),
        lambda world, id, who: acts.set_priority(world.service, id, who, 1, "same"),
        lambda world, id, who: acts.set_priority(world.service, id, who, 0, "none"),
        lambda world, id, who: acts.look_back(world.service, id, who, " "),
    ],
)
def test_what_is_missing_is_refused_and_leaves_no_line(sqlite_world: World, act: Act) -> None:
    worker = dee(sqlite_world)
    _, found = taken(sqlite_world, worker)
    lines = sqlite_world.kinds(found)

    with pytest.raises(NotPossible):
        act(sqlite_world, found.id, worker)

    assert sqlite_world.kinds(found) == lines


def test_of_two_who_take_it_back_from_each_other_the_last_one_has_it(world: World) -> None:
    worker, other = dee(world), sam(world)
    child, found = taken(world, worker)
    acts.hand_over(world.service, found.id, worker, other.id, "Yours")

    def take(number: int) -> bool:
        try:
            acts.take_over(world.service, found.id, (worker, other)[number % 2])
        except NotPossible:
            return False
        return True

    taken_over = at_once(2, take)

    lines = [each for each in world.events(found) if each.kind == "can_act_now"]
    assert len(lines) == sum(taken_over)
    assert world.escalation(child).holder_id == lines[-1].staff_id
