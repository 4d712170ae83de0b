"""A worker joins, writes and hands back: the computer is silent from that moment on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event
from uuid import UUID, uuid4

import pytest

from bot import joining
from bot.channels import Outbound, Sent
from bot.deliver import deliver_due
from bot.escalation_changes import NotPossible
from bot.escalations import Outcome, acknowledge, close, record_outcome
from bot.joining import holder_of
from bot.leavers import remove_staff
from storage import holds
from storage.tables import ConversationHold, Escalation, Staff
from tests.bot.cast import amina, dee, make_guarded, put_question, staff
from tests.bot.concerning import NAMED, gather, looking
from tests.bot.detector import DANGER, HARM
from tests.bot.phone import DOUBT_BEFORE, FakePhone
from tests.bot.together import at_once
from tests.bot.world import Child, World

OUTCOME = Outcome(*["Done"] * 7)


@pytest.fixture
def child(world: World) -> Child:
    return amina(world)


@pytest.fixture
def worker(world: World) -> Staff:
    return dee(world)


def told(world: World, child: Child, worker: Staff) -> UUID:
    """They tell of harm, all is answered, and the worker acknowledges it."""
    world.text(child, HARM)
    world.run()
    found = world.escalation(child)
    acknowledge(world.service, found.id, worker)
    world.run()
    return found.id


def hold_of(world: World, child: Child) -> ConversationHold | None:
    with world.reading() as session:
        return holds.last_hold(session, child.id)


def test_the_worker_writes_and_the_computer_is_silent(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    before = len(world.heard(child))

    hold = joining.join(world.service, found, worker)
    world.run()
    world.says(child, "are you real")
    joining.write(world.service, found, worker, hold, "Yes. I'm Dee. Are you safe?")
    world.run()
    world.says(child, "yes")

    heard = world.heard(child)[before:]
    assert len(heard) == 2
    assert "Dee Okafor, a duty worker" in heard[0]
    assert heard[1] == "Yes. I'm Dee. Are you safe?"
    assert world.dispositions(child)[-2:] == ["held", "held"]
    assert world.kinds(world.escalation(child))[-1] == "joined"
    with world.reading() as session:
        assert holder_of(session, child.id) == worker.id
        hold_now = holds.open_hold(session, child.id)
    assert hold_now is not None
    assert hold_now.waiting_since is not None
    assert world.escalation(child).first_action_at is not None
    assert world.audit_is_sound()


def test_what_waits_is_dropped_and_never_leaves_afterwards_either(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    waiting = put_question(world, child, "around")
    hold = joining.join(world.service, found, worker)
    world.run()
    joining.hand_back(world.service, found, worker, hold)
    world.run()

    states = {each.id: each.state for each in world.outbox(child)}
    assert states[waiting] == "dropped"


def test_handing_back_asks_how_to_go_on_and_repeats_nothing(
    world: World, child: Child, worker: Staff
) -> None:
    world.says(child, "so my mum and i had a row")
    found = told(world, child, worker)
    hold = joining.join(world.service, found, worker)
    joining.hand_back(world.service, found, worker, hold)
    world.run()

    assert world.keys_sent(child)[-1] == "handed_back"
    assert "Dee Okafor has left now. I'm the computer again." in world.heard(child)[-1]
    assert world.interview(child).state == "carry_on"
    before = set(world.heard(child))
    assert not before.intersection(world.says(child, "1"))


def test_two_who_join_at_once_are_one(world: World, child: Child, worker: Staff) -> None:
    found = told(world, child, worker)
    people = [worker, dee(world, "Kim Abara", "+447700900203")]

    def come(number: int) -> UUID | None:
        try:
            return joining.join(world.service, found, people[number])
        except NotPossible:
            return None

    assert sum(each is not None for each in at_once(2, come)) == 1
    assert len(world.rows(ConversationHold)) == 1


def test_a_takeover_is_explicit_and_the_first_cannot_write_any_more(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    kim = dee(world, "Kim Abara", "+447700900203")
    first = joining.join(world.service, found, worker)
    with pytest.raises(NotPossible, match="Dee Okafor is in this conversation"):
        joining.join(world.service, found, kim)
    joining.write(world.service, found, worker, first, "one moment")  # not sent yet

    second = joining.join(world.service, found, kim, first)
    world.run()

    with pytest.raises(NotPossible, match="Kim Abara has taken over"):
        joining.write(world.service, found, worker, first, "hello?")
    joining.hand_back(world.service, found, kim, second)
    with pytest.raises(NotPossible, match="have left"):
        joining.join(world.service, found, worker, second)
    assert "one moment" not in world.heard(child)
    assert "person_changed" in world.keys_sent(child)


def test_nobody_joins_what_is_guarded_and_a_hold_ends_when_it_becomes_so(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    hold = joining.join(world.service, found, worker)
    world.run()
    joining.write(world.service, found, worker, hold, "I will call the home")
    world.text(child, "busy")
    world.clock.move(timedelta(seconds=30))
    world.run()

    ended = hold_of(world, child)
    assert ended is not None
    assert ended.ended_how == "guarded"
    assert world.conversation(child).contact == "guarded"
    with pytest.raises(NotPossible):
        joining.write(world.service, found, worker, hold, "are you there")
    with pytest.raises(NotPossible, match="not safe"):
        joining.join(world.service, found, worker)


def test_a_guarded_conversation_says_nothing_of_it(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    hold = joining.join(world.service, found, worker)
    world.run()
    before = world.heard(child)
    make_guarded(world, child)
    world.wait(minutes=11)

    assert world.heard(child) == before
    ended = hold_of(world, child)
    assert ended is not None
    assert ended.id == hold
    assert ended.ended_how == "fell_silent"
    assert world.escalation(child).state == "raised"


def test_a_joined_worker_who_falls_silent_is_told_of_and_others_are_asked(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    hold = joining.join(world.service, found, worker)
    joining.write(world.service, found, worker, hold, "Hi. Are you safe?")
    world.run()
    world.wait(minutes=20)
    assert world.escalation(child).state == "acknowledged"  # they have nothing to answer

    world.text(child, "no im not")
    world.run()
    world.wait(minutes=9)
    joining.renew(world.service, found, worker, hold)  # which the young person does not hear
    world.wait(minutes=2)

    assert world.keys_sent(child)[-1] == "person_silent"
    reopened = next(each for each in world.escalations(child) if each.id == found)
    assert reopened.state == "raised"
    assert reopened.first_action_at is None
    assert world.detail(reopened, "reopened")["why"] == "worker_silent"
    with pytest.raises(NotPossible, match="not in this conversation"):
        joining.write(world.service, found, worker, hold, "sorry")


def test_closing_hands_back(world: World, child: Child, worker: Staff) -> None:
    found = told(world, child, worker)
    joining.join(world.service, found, worker)
    record_outcome(world.service, found, worker, OUTCOME)
    close(world.service, found, worker)
    world.run()

    assert world.keys_sent(child)[-1].startswith("handed_back")
    ended = hold_of(world, child)
    assert ended is not None
    assert ended.ended_how == "handed_back"


def test_a_worker_who_gave_no_sign_has_left_by_day(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    hold = joining.join(world.service, found, worker)
    joining.write(world.service, found, worker, hold, "Text me any time.")
    world.run()
    world.wait(minutes=61)

    ended = hold_of(world, child)
    assert ended is not None
    assert ended.ended_how == "lapsed"
    assert world.keys_sent(child)[-1].startswith("handed_back")


def test_what_is_in_doubt_does_not_leave_again(world: World, child: Child, worker: Staff) -> None:
    found = told(world, child, worker)
    world.phone.next.append(DOUBT_BEFORE)
    put_question(world, child, "around")
    world.run()
    joining.join(world.service, found, worker)
    world.wait(minutes=5)

    assert "around" in world.keys_sent(child)
    assert [each.state for each in world.outbox(child)].count("dropped") == 1


class SlowPhone(FakePhone):
    """A provider that takes a message only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.is_called, self.may_go_on = Event(), Event()

    def send(self, outbound: Outbound) -> Sent:
        self.is_called.set()
        assert self.may_go_on.wait(30)
        return super().send(outbound)


def test_who_joins_waits_for_a_text_that_is_being_sent(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    put_question(world, child, "around")
    slow = SlowPhone()
    service = replace(world.service, channels={slow.name: slow})
    with ThreadPoolExecutor(2) as threads:
        sending = threads.submit(deliver_due, service, "other")
        assert slow.is_called.wait(30)
        coming = threads.submit(joining.join, world.service, found, worker)
        # They have taken the conversation, and are not there yet.
        while (taken := hold_of(world, child)) is None:
            continue
        assert taken.began_at is None
        assert not coming.done()
        slow.may_go_on.set()
        assert sending.result(30)
        coming.result(30)

    assert len(slow.accepted) == 1
    began = hold_of(world, child)
    assert began is not None
    assert began.began_at is not None


class Asleep(dict[str, FakePhone]):
    """Channels of a process that stands still between taking a text and sending it."""

    def __init__(self, phone: FakePhone) -> None:
        super().__init__({phone.name: phone})
        self.sleeps, self.may_go_on = Event(), Event()
        self.looks = 0

    def get(self, name: str, default: object = None) -> FakePhone | None:  # type: ignore[override]
        if name not in self:
            return None
        self.looks += 1
        if self.looks == 2:  # the first look is for the length of the lease
            self.sleeps.set()
            assert self.may_go_on.wait(30)
        return self[name]


def test_a_sender_that_wakes_after_somebody_joined_sends_nothing(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    put_question(world, child, "around")
    channels = Asleep(FakePhone())
    service = replace(world.service, channels=channels)
    with ThreadPoolExecutor(2) as threads:
        sending = threads.submit(deliver_due, service, "other")
        assert channels.sleeps.wait(30)
        coming = threads.submit(joining.join, world.service, found, worker)
        while hold_of(world, child) is None:
            continue
        world.clock.move(timedelta(minutes=1))
        coming.result(30)
        channels.may_go_on.set()
        sending.result(30)

    assert channels["sms"].tried == []
    world.run()
    assert [each.state for each in world.outbox(child) if each.state == "claimed"] == []


def test_who_may_not_know_does_not_join(world: World, child: Child, worker: Staff) -> None:
    with pytest.raises(NotPossible, match="no such escalation"):
        joining.join(world.service, uuid4(), worker)
    world.text(child, HARM)
    world.run()
    (found,) = world.rows(Escalation)
    with pytest.raises(NotPossible, match="acknowledged"):
        joining.join(world.service, found.id, worker)


def test_what_may_be_about_the_worker_takes_them_out_and_shows_them_no_reason(
    world: World, child: Child
) -> None:
    people = gather(world)
    found = told(world, child, people.dave)
    hold = joining.join(world.service, found, people.dave)
    joining.write(world.service, found, people.dave, hold, "Text me any time.")
    world.run()
    world.wait(minutes=30)
    world.text(child, NAMED)
    world.run()

    ended = hold_of(world, child)
    assert ended is not None
    assert ended.ended_how == "withdrawn"
    first = next(each for each in world.escalations(child) if each.id == found)
    assert world.detail(first, "left") == {"how": "lapsed"}
    assert "Dave" not in str(world.heard(child)[-1])
    for act in (
        lambda: joining.write(world.service, found, people.dave, hold, "what did you say"),
        lambda: joining.join(world.service, found, people.dave),
    ):
        with pytest.raises(NotPossible) as refused:
            act()
        assert str(refused.value) in (joining.NOT_YOURS, joining.NO_WAY)

    (concerned,) = [each for each in world.escalations(child) if each.id != found]
    with pytest.raises(NotPossible, match="no such escalation"):
        joining.join(world.service, concerned.id, people.dave)
    acknowledge(world.service, concerned.id, people.ines)
    joining.join(world.service, concerned.id, people.ines)
    # To them everything stands as before they were named.
    with looking(world, people.dave), world.reading() as session:
        assert holder_of(session, child.id) == people.dave.id
    with looking(world, people.dee), world.reading() as session:
        assert holder_of(session, child.id) == people.ines.id


def test_somebody_who_stops_working_here_is_in_no_conversation(
    world: World, child: Child, worker: Staff
) -> None:
    found = told(world, child, worker)
    staff(world, "Ada Cole", "administrator")
    joining.join(world.service, found, worker)
    remove_staff(world.service, worker.id, "command")
    world.run()

    ended = hold_of(world, child)
    assert ended is not None
    assert ended.ended_at is not None
    assert world.keys_sent(child)[-1].startswith("handed_back")


def test_a_reopened_escalation_says_so_to_the_young_person(
    world: World, child: Child, worker: Staff
) -> None:
    world.text(child, DANGER)
    world.run()
    acknowledge(world.service, world.escalation(child).id, worker)
    world.run()
    for _ in range(26):
        world.wait(minutes=1)

    keys = world.keys_sent(child)
    assert "not_yet" not in keys
    assert keys.count("asking_again") == 1  # at 15 minutes it opens again, and ten later
