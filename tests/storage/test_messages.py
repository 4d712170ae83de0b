"""An inbound message is kept once, with its question, and answered for once."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from storage import answers, messages, outbox, screenings
from storage.asked import Prompts, prompts_for
from storage.database import Database
from storage.encryption import Vault
from storage.tables import AnswerMessage, Message, OutboxEntry, ScreeningResult
from tests.storage import cast
from tests.storage.cast import Child, after
from tests.storage.together import together


@pytest.fixture
def child(database: Database, vault: Vault) -> Child:
    return cast.amina(database, vault)


def received(database: Database, vault: Vault, child: Child, **details: float) -> Message:
    with database.write() as session:
        return cast.receive(session, vault, child, at=after(details.get("at", 0)))


def bodies(database: Database, vault: Vault, child: Child) -> list[str]:
    with database.read() as session:
        kept = messages.conversation_messages(session, child.id)
    return [messages.body_of(vault, message) for message in kept]


def test_a_provider_id_is_unique_for_ever(database: Database, vault: Vault, child: Child) -> None:
    with database.write() as session:
        first = cast.receive(session, vault, child, cast.words("once", "SM1"))

    with pytest.raises(IntegrityError), database.write() as session:
        cast.receive(session, vault, child, cast.words("twice", "SM1"))

    assert bodies(database, vault, child) == ["once"]
    with database.read() as session:
        found = messages.find_inbound(session, "sms", "AC-test", "SM1")
        assert found is not None
        assert found.id == first.id
        assert messages.find_inbound(session, "sms", "AC-other", "SM1") is None
        assert messages.find_inbound(session, "whatsapp", "AC-test", "SM1") is None


def test_of_eight_deliveries_at_once_one_is_kept(
    database: Database, vault: Vault, child: Child, opened: Callable[[str], Database]
) -> None:
    processes = [database, opened(database.url.render_as_string(hide_password=False))]

    def deliver(number: int) -> bool:
        try:
            with processes[number % 2].write() as session:
                cast.receive(session, vault, child, cast.words("once", "SM1"))
        except IntegrityError:
            return False
        return True

    assert together(8, deliver).count(True) == 1
    assert bodies(database, vault, child) == ["once"]


def test_texts_of_many_children_at_once_are_all_kept_in_order(
    database: Database, vault: Vault, child: Child
) -> None:
    outsider = cast.max_outsider(database, vault)

    def text_five_times(number: int) -> None:
        for each in range(5):
            with database.write() as session:
                who = (child, outsider)[number % 2]
                cast.receive(session, vault, who, cast.words(f"{number}:{each}"))

    together(8, text_five_times)

    for half, who in enumerate((child, outsider)):
        said = bodies(database, vault, who)
        assert len(said) == 20
        for number in range(half, 8, 2):
            own = [body for body in said if body.startswith(f"{number}:")]
            assert own == [f"{number}:{each}" for each in range(5)]


@pytest.mark.parametrize(
    "wrong", [{"direction": "sideways"}, {"kind": "voice"}, {"young_person_id": uuid4()}]
)
def test_what_is_not_a_message_is_refused(
    database: Database, vault: Vault, child: Child, wrong: dict[str, object]
) -> None:
    message: dict[str, Any] = {
        "id": uuid4(),
        "young_person_id": child.id,
        "contact_address_id": child.address_id,
        "direction": "in",
        "channel": "sms",
        "body_sealed": b"",
        "at": cast.NOW,
        "machine_at": cast.NOW,
    }
    with database.write() as session:
        session.add(Message(**message))

    with pytest.raises(IntegrityError), database.write() as session:
        session.add(Message(**(message | {"id": uuid4()} | wrong)))


def prompts(database: Database, child: Child) -> Prompts:
    with database.read() as session:
        return prompts_for(session, child.id)


def asked(database: Database, vault: Vault, child: Child, question: str | None) -> OutboxEntry:
    with database.write() as session:
        return cast.send(session, vault, child, question)


def test_a_text_answers_the_last_prompt_that_was_accepted(
    database: Database, vault: Vault, child: Child
) -> None:
    assert prompts(database, child) == Prompts(None, None)

    hello = asked(database, vault, child, "hello")
    assert prompts(database, child) == Prompts(None, None), "it waits: nobody has read it"
    with database.write() as session:
        cast.accepted(session, hello)
    assert prompts(database, child) == Prompts("hello", None)

    safe = asked(database, vault, child, "safe_now")
    with database.write() as session:
        taken = cast.claimed(session, safe)
    assert prompts(database, child) == Prompts("hello", "safe_now")
    assert prompts(database, child).states == {"hello", "safe_now"}

    with database.write() as session:
        outbox.settle(session, taken, "in_doubt", cast.NOW, cast.NOW)
    assert prompts(database, child) == Prompts("hello", "safe_now")
    with database.write() as session:
        cast.accepted(session, safe)
    assert prompts(database, child) == Prompts("safe_now", None)


def test_a_prompt_that_failed_and_a_text_that_asks_nothing_are_not_answered(
    database: Database, vault: Vault, child: Child
) -> None:
    with database.write() as session:
        cast.accepted(session, cast.send(session, vault, child, "hello"))
        cast.accepted(session, cast.send(session, vault, child, None))
        failed = cast.claimed(session, cast.send(session, vault, child, "safe_now"))
        outbox.settle(session, failed, "failed", cast.NOW, cast.NOW)

    assert prompts(database, child) == Prompts("hello", None)


def test_somebody_elses_prompt_is_not_answered(
    database: Database, vault: Vault, child: Child
) -> None:
    outsider = cast.max_outsider(database, vault)
    with database.write() as session:
        cast.accepted(session, cast.send(session, vault, child, "hello"))

    assert prompts(database, outsider) == Prompts(None, None)


def test_an_inbound_message_keeps_the_questions_of_its_moment(
    database: Database, vault: Vault, child: Child
) -> None:
    with database.write() as session:
        cast.accepted(session, cast.send(session, vault, child, "hello"))
        cast.claimed(session, cast.send(session, vault, child, "safe_now"))
    before = received(database, vault, child)
    with database.write() as session:
        cast.accepted(session, cast.send(session, vault, child, "help"), at=after(60))

    with database.read() as session:
        kept = messages.messages_by_id(session, [before.id])[before.id]
    assert (kept.question, kept.question_in_flight) == ("hello", "safe_now")


def test_screening_is_recorded_once(database: Database, vault: Vault, child: Child) -> None:
    message = received(database, vault, child)

    def finish(number: int) -> bool:
        with database.write() as session:
            return screenings.finish_screening(
                session, vault, message, "screened", 1, {"by": number}, "1"
            )

    done = together(4, finish)

    assert done.count(True) == 1
    with database.read() as session:
        result = session.exec(select(ScreeningResult)).one()
    assert result.result_sealed is not None
    opened = vault.open_json(child.id, "screening_result.result", message.id, result.result_sealed)
    assert opened == {"by": done.index(True)}


def test_a_screening_is_overdue_after_its_deadline(
    database: Database, vault: Vault, child: Child
) -> None:
    late, screened = (received(database, vault, child) for _ in range(2))
    with database.write() as session:
        screenings.finish_screening(session, vault, screened, "screened", None, {}, "1")

    with database.read() as session:
        assert list(screenings.overdue_screenings(session, after(10))) == []
        overdue = screenings.overdue_screenings(session, after(10.001))
    assert [message.id for message in overdue] == [late.id]


def test_what_has_no_disposition_is_unanswered(
    database: Database, vault: Vault, child: Child
) -> None:
    first, second, third = (received(database, vault, child, at=at) for at in range(3))
    received(database, vault, cast.max_outsider(database, vault))
    asked(database, vault, child, "hello")
    with database.write() as session:
        messages.dispose(session, [second.id], "turn", cast.NOW)

    with database.read() as session:
        waiting = messages.unanswered(session, child.id)
        unread = messages.unread_since(session, after(2))

    assert [message.id for message, _ in waiting] == [first.id, third.id]
    assert [screening.message_id for _, screening in waiting] == [first.id, third.id]
    assert [message.id for message in unread if message.young_person_id == child.id] == [first.id]


def test_a_message_has_one_disposition(database: Database, vault: Vault, child: Child) -> None:
    first, second = (received(database, vault, child) for _ in range(2))
    with database.write() as session:
        messages.dispose(session, [first.id], "turn", cast.NOW)

    with pytest.raises(IntegrityError), database.write() as session:
        messages.dispose(session, [second.id, first.id], "parked", cast.NOW)
    with pytest.raises(IntegrityError), database.write() as session:
        messages.dispose(session, [second.id], "forgotten", cast.NOW)

    with database.read() as session:
        waiting = messages.unanswered(session, child.id)
    assert [message.id for message, _ in waiting] == [second.id], "both failures changed nothing"


def test_further_messages_join_an_answer(database: Database, vault: Vault, child: Child) -> None:
    interview = cast.interview_of(database, child)
    first, second, third = (received(database, vault, child) for _ in range(3))
    with database.write() as session:
        answers.add_answer(session, interview.id, "going_on", [second.id], cast.NOW)
        answers.add_answer(session, interview.id, "help", [third.id], cast.NOW)
    with database.write() as session:
        again = [first.id, second.id, first.id]
        answers.add_answer(session, interview.id, "going_on", again, after(60))

    with database.read() as session:
        joined = [
            (answer.question, [message.id for message in said])
            for answer, said in answers.answers_of(session, interview.id)
        ]
        assert len(session.exec(select(AnswerMessage)).all()) == 3

    assert joined == [("going_on", [first.id, second.id]), ("help", [third.id])]


def test_a_conversation_can_be_cut_at_a_moment(
    database: Database, vault: Vault, child: Child
) -> None:
    interview = cast.interview_of(database, child)
    early, at, _late = (received(database, vault, child, at=at) for at in (0, 60, 60.001))
    with database.write() as session:
        own = cast.receive(session, vault, child, interview_id=interview.id, at=after(90))

    with database.read() as session:
        cut = messages.conversation_messages(session, child.id, until=after(60))
        of_interview = messages.interview_messages(session, interview.id)

    assert [message.id for message in cut] == [early.id, at.id]
    assert [message.id for message in of_interview] == [own.id]
