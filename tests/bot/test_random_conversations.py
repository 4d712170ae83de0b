"""Random children through the real stages: every text is kept to the byte, answered or filed.

The dialogue alone is driven through thousands of conversations in tests/dialogs; here the real
screening, storage, turns and outbox stand around it.
"""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from bot.clock import SetClock
from bot.rehearsal import START, Rehearsal, rehearse
from bot.rehearsed import YoungPersonHere
from storage import messages as words
from storage.people import conversation_of
from storage.tables import Disposition, Message, OutboxEntry, ScreeningResult

SAID = (
    "yes", "no", "text", "idk", "skip", "later", "busy", "person", "help", "stop", "talk", "2",
    "show", "my dad hits me", "hes outside with a knife", "wanna die tbh", "im not going back",
    "this is his mum", "mango", "banana", "we had a row and i stayed at my mates", "🤷", "👍",
    "promise you wont tell", "fuck off", "\u202ereversed", "a\u0000b", "ok nice day", "finish",
)  # fmt: skip
WAITS = [timedelta(seconds=1), timedelta(seconds=25), timedelta(minutes=31), timedelta(days=1)]

lines = st.tuples(
    st.lists(st.sampled_from(SAID) | st.text(max_size=60), min_size=1, max_size=3),
    st.sampled_from(WAITS),
)
children = st.builds(
    YoungPersonHere,
    check_word=st.sampled_from([None, "banana"]),
    duress_word=st.sampled_from([None, "mango"]),
    language=st.sampled_from(["en", "cy"]),
    shared_phone=st.booleans(),
    episode_number=st.sampled_from([1, 2]),
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(child=children, story=st.lists(lines, min_size=1, max_size=12))
def test_every_text_is_kept_screened_and_given_a_place(
    child: YoungPersonHere, story: list[tuple[list[str], timedelta]]
) -> None:
    clock = SetClock(START)
    sent: list[str] = []
    with rehearse(child, clock) as rehearsal:
        rehearsal.run_due()
        for texts, wait in story:
            for text in texts:
                rehearsal.hear(text)
                sent.append(text)
            rehearsal.run_due()
            guarded_before = _contact(rehearsal) == "guarded"
            for _ in rehearsal.wait(clock, wait):
                continue
            if guarded_before and _contact(rehearsal) == "guarded":
                assert _left_since(rehearsal, clock.now - wait) <= {"bland"}
        rehearsal.settle(clock)
        with rehearsal.service.database.read() as session:
            _assert_kept(rehearsal, session, sent)


def _assert_kept(rehearsal: Rehearsal, session: Session, sent: list[str]) -> None:
    inbound = session.exec(
        select(Message).where(Message.direction == "in").order_by(col(Message.seq))
    ).all()
    vault = rehearsal.service.vault
    own = [each for each in inbound if each.provider_id is not None]
    kept = [words.body_of(vault, each) for each in own][-len(sent) :]
    assert [text.encode("utf-8", "surrogatepass") for text in kept] == [
        text.encode("utf-8", "surrogatepass") for text in sent
    ]
    for each in own[-len(sent) :]:
        screening = session.get_one(ScreeningResult, each.id)
        assert screening.state == "screened"
        assert session.get(Disposition, each.id) is not None


def _contact(rehearsal: Rehearsal) -> str:
    return rehearsal.contact()


def _left_since(rehearsal: Rehearsal, since: datetime) -> set[str]:
    with rehearsal.service.database.read() as session:
        assert conversation_of(session, rehearsal.young_person_id).contact == "guarded"
        rows = session.exec(
            select(Message.exposure, OutboxEntry.accepted_at)
            .join(OutboxEntry, col(OutboxEntry.message_id) == col(Message.id))
            .where(Message.direction == "out", OutboxEntry.state == "sent")
        ).all()
    return {str(exposure) for exposure, at in rows if at is not None and at > since}
