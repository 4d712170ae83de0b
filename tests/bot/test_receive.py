"""Stage one: words are kept before anything thinks about them (F-01, F-08, F-33, G-03, G-27)."""

from datetime import timedelta
from threading import Event
from typing import NoReturn

import pytest

from bot.receive import receive
from bot.sweep import sweep_unscreened
from dialogs.screening import ScreeningFailed
from storage import messages as words
from storage.tables import Escalation, Message
from tests.bot.cast import AMINA_NUMBER, amina, dee
from tests.bot.detector import DANGER, HARM
from tests.bot.phone import Killed
from tests.bot.together import at_once
from tests.bot.world import Child, World, inbound

NASTY = b"Body=%FF%00&From=%2B447700900101&Body2=\xc3\x28\x00\xff"


def _raise_screening_failed() -> NoReturn:
    raise ScreeningFailed("the lexicon is empty")


def _raise_bug() -> NoReturn:
    raise ZeroDivisionError


def _die() -> NoReturn:
    raise Killed


def assert_unscreened_but_seen(world: World, child: Child, said: str) -> None:
    """The words are there, and a person is being called because nobody has looked at them."""
    (message,) = world.messages(child)
    assert words.body_of(world.service.vault, message) == said
    found = world.escalation(child)
    assert found.priority == 1
    assert world.kinds(found)[0] == "not_screened"
    assert world.codes(found) == {"TEC"}
    assert found.next_alert_at is not None


def test_the_words_are_durable_before_anybody_screens_them(world: World) -> None:
    child, seen = amina(world), list[str]()

    def look() -> None:
        (message,) = world.messages(child)
        seen.append(words.body_of(world.service.vault, message))

    world.detector.fault = look
    world.text(child, HARM)

    assert seen == [HARM]


@pytest.mark.parametrize("fault", [_raise_screening_failed, _raise_bug])
def test_a_detector_that_fails_is_an_escalation_and_no_silence(world: World, fault: object) -> None:
    child = amina(world)
    dee(world)
    world.detector.fault = fault  # type: ignore[assignment]

    receipt = world.text(child, "blah blah")

    assert_unscreened_but_seen(world, child, "blah blah")
    assert world.screening(receipt).state == "not_screened"
    world.run()
    assert world.keys_sent(child), "the young person is answered all the same"


def test_the_real_detector_without_its_lexicon_escalates(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dialogs import screening

    child = amina(world)
    monkeypatch.setattr(screening, "lexicon", _raise_screening_failed)
    world.detector.fault = lambda: (screening.screen(["hi"]), None)[1]

    world.text(child, "hi")

    assert_unscreened_but_seen(world, child, "hi")


def test_a_process_that_dies_while_screening_is_swept_after_ten_seconds(world: World) -> None:
    child = amina(world)
    dee(world)
    world.detector.fault = _die
    with pytest.raises(Killed):
        world.text(child, "the last text")

    world.wait(seconds=10)
    assert world.escalations() == [], "ten seconds is the deadline, not before it"

    world.wait(seconds=1)
    assert_unscreened_but_seen(world, child, "the last text")
    assert world.dispositions(child) == ["turn"]
    world.wait(seconds=60)
    assert world.kinds(world.escalation()).count("not_screened") == 1


def test_the_deadline_is_the_one_of_the_settings(world: World) -> None:
    child = amina(world)
    receipt = world.text(child)

    deadline = world.screening(receipt).deadline_at

    assert deadline == world.clock.machine_now() + timedelta(seconds=10)


def test_a_detector_that_answers_after_the_deadline_still_escalates_what_it_found(
    world: World,
) -> None:
    child = amina(world)

    def hang() -> None:
        world.clock.move(timedelta(seconds=11))
        assert sweep_unscreened(world.service) == 1

    world.detector.fault = hang
    receipt = world.text(child, DANGER)

    found = world.escalation()
    assert [kind for kind in world.kinds(found) if kind != "nobody_reachable"] == [
        "not_screened",
        "hit",
    ]
    assert world.codes(found) == {"TEC", "IMM"}
    assert world.screening(receipt).state == "not_screened", "recorded once, never rewritten"


def test_a_repeat_from_sixteen_threads_is_one_message_and_one_escalation(world: World) -> None:
    child = amina(world)
    dee(world)
    same = inbound(AMINA_NUMBER, DANGER, provider_id="SM" + "1" * 32)

    receipts = [
        receipt
        for receipts in at_once(16, lambda _: [receive(world.service, same) for _ in range(20)])
        for receipt in receipts
    ]

    assert len({receipt.message_id for receipt in receipts}) == 1
    assert sum(not receipt.duplicate for receipt in receipts) == 1
    assert len(world.rows(Message, Message.direction == "in")) == 1
    assert world.kinds(world.escalation(child)) == ["hit"]
    world.run()
    assert world.dispositions(child) == ["turn"]


def test_a_repeat_much_later_changes_nothing(world: World) -> None:
    child = amina(world)
    same = inbound(AMINA_NUMBER, HARM, provider_id="SM" + "2" * 32)
    first = receive(world.service, same)
    world.run()
    sent = world.keys_sent(child)

    world.wait(days=400)
    known = world.kinds(world.escalation())
    again = receive(world.service, same)
    world.run()

    assert (again.duplicate, again.message_id) == (True, first.message_id)
    assert world.keys_sent(child) == sent
    assert world.kinds(world.escalation()) == known


def test_the_same_words_under_a_new_id_are_both_kept(world: World) -> None:
    child = amina(world)
    world.text(child, "i went to the park")
    world.text(child, "i went to the park")

    assert len(world.messages(child)) == 2


def test_one_id_on_two_accounts_is_two_messages(world: World) -> None:
    from dataclasses import replace

    child = amina(world)
    first = inbound(AMINA_NUMBER, provider_id="SM" + "3" * 32)
    receive(world.service, first)
    receive(world.service, replace(first, account="AC-other"))

    assert len(world.messages(child)) == 2


def test_the_request_is_kept_byte_for_byte_and_the_words_are_marked_inexact(world: World) -> None:
    child = amina(world)
    world.text(child, "\ufffd\x00", raw=NASTY, exact=False)

    (message,) = world.messages(child)
    assert words.raw_of(world.service.vault, message) == NASTY
    assert words.body_of(world.service.vault, message) == "\ufffd\x00"
    assert message.exact is False


def test_nothing_is_acknowledged_when_nothing_could_be_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = amina(world)
    monkeypatch.setattr("storage.messages.keep_inbound", lambda *_: _raise_bug())

    with pytest.raises(ZeroDivisionError):
        world.text(child)

    assert world.messages(child) == []


def test_a_hit_and_its_escalation_are_one_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two, neither is there; the deadline then finds the message (I-03)."""
    child = amina(world)
    dee(world)
    monkeypatch.setattr("bot.receive.plan_turn", lambda *_, **__: _die())

    with pytest.raises(Killed):
        world.text(child, DANGER)

    (message,) = world.messages(child)
    assert world.rows(Escalation) == []
    from storage.tables import Alert, ScreeningResult

    (result,) = world.rows(ScreeningResult)
    assert (result.message_id, result.state) == (message.id, "waiting")
    assert world.rows(Alert) == []

    monkeypatch.undo()
    world.wait(seconds=11)
    assert_unscreened_but_seen(world, child, DANGER)


def test_an_opt_out_is_known_even_when_the_detector_fails(world: World) -> None:
    child = amina(world)
    world.detector.fault = _raise_bug

    world.text(child, "STOP", opt_out=True)

    assert "opted_out" in world.tasks(child)


def test_a_message_screened_elsewhere_holds_back_later_ones_without_spinning(world: World) -> None:
    """Its words come first; the later disclosure is answered the moment it is known (G-33)."""
    from threading import Thread

    child, arrived, go_on = amina(world), Event(), Event()
    dee(world)

    def slow() -> None:
        if len(world.detector.heard) == 1:
            arrived.set()
            assert go_on.wait(30)

    world.detector.fault = slow
    first = Thread(target=world.text, args=(child, "so what happened was"))
    first.start()
    assert arrived.wait(30)
    world.text(child, HARM)

    world.run()
    assert world.dispositions(child) == ["", ""]
    go_on.set()
    first.join(30)
    world.wait(seconds=1.1)
    assert world.dispositions(child) == ["turn", "turn"]
