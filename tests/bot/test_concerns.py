"""The conflict rule: who is named cannot see it, others are alerted; any doubt is a hit."""

import pytest
from sqlmodel import col, func, select

from bot import concerns
from bot.concerns import may_be_alerted
from bot.ladder_ready import may_hear_of_our_own
from storage.concerns import concerns_of, hidden_of
from storage.tables import (
    Alert,
    Concern,
    Conversation,
    Escalation,
    EscalationEvent,
    Message,
    ReturnInterview,
    YoungPerson,
)
from tests.bot import cast
from tests.bot.concerning import NAMED, gather, live_in, looking, sees
from tests.bot.detector import HARM, SEXUAL, UNSURE
from tests.bot.world import World

ALLEGATION = "its a bit weird with coach"
assert ALLEGATION == UNSURE


def test_the_named_person_and_their_team_cannot_see_it_and_others_can(world: World) -> None:
    people, child = gather(world), cast.amina(world)

    world.text(child, NAMED)

    found = world.escalation()
    assert found.ladder == "independent"
    assert [sees(world, each, found) for each in (people.dave, people.rosa)] == [False, False]
    assert [sees(world, each, found) for each in (people.dee, people.ines)] == [True, True]


def test_nobody_from_whom_it_is_kept_is_alerted(world: World) -> None:
    people, child = gather(world), cast.amina(world)

    world.text(child, f"{NAMED} tonight")
    world.run()
    world.wait(minutes=40)

    alerted = {each.staff_id for each in world.rows(Alert)}
    assert people.ines.id in alerted
    assert not alerted & {people.dave.id, people.rosa.id}


def test_every_message_from_the_first_concerned_one_on_is_kept_from_them(world: World) -> None:
    people, child = gather(world), cast.amina(world)
    world.says(child, "hello")
    before = len(world.rows(Message))

    world.says(child, NAMED)
    world.says(child, "can we talk about something else")

    for staff, number in ((people.dave, before), (people.dee, len(world.rows(Message)))):
        with looking(world, staff) as session:
            assert session.exec(select(func.count(col(Message.id)))).one() == number


def test_what_comes_after_it_goes_the_same_way(world: World) -> None:
    people, child = gather(world), cast.amina(world)
    world.text(child, NAMED)
    first = world.escalation()
    acknowledge(world, first)

    world.text(child, HARM)

    _, second = world.escalations()
    assert second.ladder == "independent"
    assert not sees(world, people.dave, second)


def test_what_came_before_it_stays_where_it_was(world: World) -> None:
    people, child = gather(world), cast.amina(world)
    world.text(child, HARM)
    before = world.escalation()
    world.wait(minutes=15)

    world.text(child, NAMED)

    assert {each.ladder for each in world.escalations()} == {"main", "independent"}
    assert sees(world, people.dave, before)
    with looking(world, people.dave) as session:
        kinds = session.exec(select(EscalationEvent.kind, EscalationEvent.escalation_id)).all()
    assert {escalation_id for _, escalation_id in kinds} == {before.id}
    assert [kind for kind, _ in kinds].count("hit") == 1


def test_what_was_told_minutes_before_goes_along(world: World) -> None:
    people, child = gather(world), cast.amina(world)
    world.text(child, HARM)
    world.wait(seconds=4)

    world.text(child, "i mean dave off nights. he touched me")

    found = world.escalation()
    assert found.ladder == "independent"
    assert not sees(world, people.dave, found)


def test_a_role_means_the_home_that_they_live_in(world: World) -> None:
    people, child = gather(world), cast.amina(world)
    live_in(world, child, people.home)

    world.text(child, f"{SEXUAL} my key worker")

    found = world.escalation()
    assert not sees(world, people.dave, found)
    assert sees(world, people.dee, found)


def test_with_no_home_on_record_a_role_means_anybody_who_is_not_independent(world: World) -> None:
    people, child = gather(world), cast.amina(world)

    world.text(child, f"{SEXUAL} my key worker")

    found = world.escalation()
    assert not sees(world, people.dee, found)
    assert sees(world, people.ines, found)


def test_a_doubt_hides_nothing_where_nobody_independent_is_left(world: World) -> None:
    people, child = gather(world, independent=False), cast.amina(world)

    world.text(child, f"{SEXUAL} my key worker, dave")
    world.run()

    found = world.escalation()
    assert not sees(world, people.dave, found)
    assert sees(world, people.dee, found)
    assert {each.staff_id for each in world.rows(Alert)} >= {people.dee.id}


def test_somebody_outside_is_hidden_from_nobody_and_goes_to_the_independent_people(
    world: World,
) -> None:
    people, child = gather(world), cast.amina(world)

    world.text(child, ALLEGATION)

    found = world.escalation()
    assert found.ladder == "independent"
    assert sees(world, people.dave, found)


def test_a_matcher_that_fails_keeps_it_from_everybody_but_the_independent_people(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, child = gather(world), cast.amina(world)
    monkeypatch.setattr(concerns, "directory", lambda _session: 1 / 0)

    world.text(child, HARM)

    found = world.escalation()
    assert found.ladder == "independent"
    assert [sees(world, each, found) for each in (people.dee, people.ines)] == [False, True]


def test_they_see_the_interview_as_it_stood(world: World) -> None:
    people, child = gather(world), cast.amina(world, state="not_started")
    was = world.interview(child)

    world.says(child, NAMED)
    world.says(child, "yes")
    cast.make_guarded(world, child)

    with looking(world, people.dave) as session:
        seen = session.exec(select(ReturnInterview)).one()
        contact = session.exec(select(Conversation.contact)).one()
    assert seen.model_dump(exclude={"version"}) == was.model_dump(exclude={"version"})
    assert contact == "open"
    assert world.interview(child).position != was.position


def test_an_unknown_sender_of_one_is_not_there_at_all(world: World) -> None:
    people = gather(world)

    world.text("+447700900909", NAMED)

    for staff, number in ((people.dave, 0), (people.dee, 1)):
        with looking(world, staff) as session:
            assert session.exec(select(func.count(col(YoungPerson.id)))).one() == number


def test_words_that_nobody_has_screened_yet_are_shown_to_nobody(world: World) -> None:
    people, child = gather(world), cast.amina(world)
    seen: list[int] = []

    def look() -> None:
        with looking(world, people.dee) as session:
            seen.append(session.exec(select(func.count(col(Message.id)))).one())

    world.detector.fault = look
    world.text(child, "hello")

    with looking(world, people.dee) as session:
        assert (seen, session.exec(select(func.count(col(Message.id)))).one()) == ([0], 1)


def test_it_is_on_record_whom_and_why_without_a_word(world: World) -> None:
    people, child = gather(world), cast.amina(world)

    world.text(child, NAMED)

    with world.reading() as session:
        (concern,) = concerns_of(session, world.escalation().id)
        hidden = {
            (each.kind, each.staff_id, each.team_id) for each, _ in hidden_of(session, [concern.id])
        }
    assert ("staff", people.dave.id, None) in hidden
    assert ("team", None, people.home.id) in hidden
    assert "dave" not in str(world.rows(Concern))


def test_who_may_be_alerted_is_who_may_see_it(world: World) -> None:
    people, child = gather(world), cast.amina(world)
    world.text(child, NAMED)
    found = world.escalation()

    with world.reading() as session:
        for staff in (people.dave, people.rosa, people.dee, people.ines):
            assert may_be_alerted(session, staff, found) == sees(world, staff, found)


def test_production_invites_nobody_while_nobody_independent_is_there(world: World) -> None:
    live = {"twilio_account_sid": "AC1", "allow_draft_script": False}
    settings = world.settings.model_copy(update=live)
    object.__setattr__(world.service, "settings", settings)

    with world.reading() as session:
        before = may_hear_of_our_own(world.service, session)
    gather(world)
    with world.reading() as session:
        assert (before, may_hear_of_our_own(world.service, session)) == (False, True)


def acknowledge(world: World, found: Escalation) -> None:
    with world.service.database.write() as session:
        row = session.get_one(Escalation, found.seq)
        row.acknowledged_at = world.service.clock.service_now()
        row.next_alert_at = None
        session.add(row)
