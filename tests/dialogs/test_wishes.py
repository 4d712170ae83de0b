"""What they ask of the interview itself: a call, shorter, another part, their own words."""

import pytest

from dialogs.plan import BUDGET, QUESTIONS
from dialogs.position import Answer, Disclosure, Length
from dialogs.turn import Position, Situation, settles
from tests.dialogs.young_person import FACTS, HURT, PLAIN, YoungPerson, keys


def answered(young_person: YoungPerson, most: int = 40) -> list[str]:
    """The questions that a willing child answers until the end, in order."""
    put = []
    for _ in range(most):
        if young_person.state not in QUESTIONS:
            break
        put.append(young_person.state)
        young_person.writes(PLAIN[young_person.state])
    return put


@pytest.mark.parametrize(("length", "replies"), [("full", 12), ("short", 7)])
def test_a_willing_child_needs_few_replies(length: Length, replies: int) -> None:
    young_person = YoungPerson().becomes(length=length).gets_to("safe_now")

    assert len(answered(young_person)) == replies == BUDGET[length]
    assert young_person.state == "finished"


def test_three_texts_are_enough_to_be_heard() -> None:
    young_person = YoungPerson().gets_to("safe_now")
    young_person.writes("yes")
    young_person.writes("rows all week long")

    assert "halfway" in keys(young_person.writes("somewhere quiet to be"))
    assert "options" in keys(young_person.writes("finish"))


def test_the_count_is_true() -> None:
    young_person = YoungPerson().gets_to("help")
    said = young_person.writes("somewhere quiet to be").replies[0].body

    assert f"about {len(answered(young_person))} more" in said


def test_a_thin_beginning_goes_on_as_a_short_interview() -> None:
    young_person = YoungPerson().gets_to("going_on")
    young_person.writes("idk")
    turn = young_person.writes("nothing")

    assert turn.position.length == "short"
    assert "halfway_short" in keys(turn)
    assert answered(young_person) == ["harm_ok", "upset", "anyone_hurting", "keep_private"]


def test_shorter_and_longer_are_their_choice() -> None:
    young_person = YoungPerson().gets_to("around")
    assert keys(young_person.writes("can we make it quick")) == ["short_ok"]
    assert young_person.state == "around"
    young_person.writes("it is fine here i guess")
    assert young_person.state == "harm_ok"

    assert keys(young_person.writes("ask me more")) == ["long_ok"]
    assert len(answered(young_person)) > 4


@pytest.mark.parametrize("words", ["2", "being away", "2."])
def test_they_pick_what_to_talk_about(words: str) -> None:
    young_person = YoungPerson().gets_to("around")
    turn = young_person.writes(words)

    assert turn.position.state == "away"
    assert turn.answers == ()
    assert answered(young_person)[:3] == ["away", "good_bits", "reached"]


def test_picking_the_part_that_stands_puts_its_question_in_other_words() -> None:
    young_person = YoungPerson().gets_to("around")
    turn = young_person.writes("1")

    assert [reply.body for reply in turn.replies] == [
        "You can pick one: where you live, family, school or friends. How is that for you?"
    ]
    assert (turn.position.section, turn.position.state) == ("before", "around")


def test_a_number_is_a_choice_only_where_choices_were_numbered() -> None:
    young_person = YoungPerson().gets_to("away")

    assert young_person.writes("2").answers == (Answer("away", (0,)),)


def test_something_else_offers_the_parts_again() -> None:
    young_person = YoungPerson().gets_to("away")
    turn = young_person.writes("can we talk about something else")

    assert keys(turn) == ["choices"]
    assert turn.position.state == "away"
    assert young_person.writes("3").position.state == "back"


def test_two_skips_running_leave_the_part() -> None:
    young_person = YoungPerson().gets_to("around")
    young_person.writes("1")
    assert young_person.state == "around"
    young_person.writes("skip")
    assert QUESTIONS[young_person.state].section == "before"
    young_person.writes("skip")

    assert young_person.state == "away"


def test_no_to_talking_of_harm_leaves_all_of_it_alone() -> None:
    for words in ("skip", "no", "nah"):
        young_person = YoungPerson().gets_to("harm_ok")
        assert young_person.writes(words).position.state == "back"


def test_what_was_told_in_passing_is_not_asked_and_is_never_lost() -> None:
    young_person = YoungPerson().gets_to("going_on")
    turn = young_person.writes("had a massive row with my mum so i stayed at my mates all night")

    told = {each.topic for each in turn.passing}
    assert "B5" in told
    assert "B1" not in told, "that is what was asked"
    young_person.writes("if she listened to me for once")
    assert young_person.state != "around"


# --- a call or a meeting ---


@pytest.mark.parametrize(
    ("words", "task", "way"), [("talk", "call_wanted", "talk"), ("3", "meeting_wanted", "meet")]
)
def test_a_call_or_a_meeting_is_a_task_with_their_own_time(words: str, task: str, way: str) -> None:
    young_person = YoungPerson().gets_to("way")
    turn = young_person.writes(words)

    assert (turn.tasks, turn.way, turn.position.state) == ((task,), way, "way_time")
    turn = young_person.writes("thursday after school")
    assert keys(turn) == ["arranged"]
    assert turn.answers == (Answer("way_time", (0,)),)
    young_person.writes("hi")
    assert "m3" in keys(young_person.writes("yes")), "they can text all the same"


def test_they_can_change_their_mind_in_the_middle() -> None:
    young_person = YoungPerson().gets_to("away")
    turn = young_person.writes("can you call me instead")

    assert (turn.tasks, turn.way) == (("call_wanted",), "talk")
    assert turn.position.resume == "away"


def test_under_the_age_for_texting_a_person_comes_first_and_text_if_they_want() -> None:
    young_person = YoungPerson().becomes(person_first=True)
    young_person.is_invited()
    young_person.writes("yes")
    assert keys(young_person.writes("yes")) == ["m1", "m2", "way_person"]
    assert keys(young_person.writes("text"))[-1] == "easier"
    turn = young_person.writes("can my sister help me")

    assert turn.tasks == ("help_with_texting",)
    assert (turn.position.state, turn.position.length) == ("safe_now", "short")


def test_at_eighteen_nothing_is_asked_and_a_person_is_offered() -> None:
    young_person = YoungPerson().becomes(adult=True)
    young_person.is_invited()
    young_person.writes("yes")
    turn = young_person.writes("yes")

    assert keys(turn)[-2:] == ["adult", "numbers"]
    assert (turn.position.state, turn.tasks) == ("finished", ("is_adult",))


def test_a_child_who_turns_eighteen_in_the_middle_may_go_on() -> None:
    young_person = YoungPerson().gets_to("going_on").becomes(adult=True)

    assert young_person.writes("it was a long long day").position.state == "help"
    turn = young_person.writes("im 18 now")
    assert keys(turn) == ["adult_said"]
    assert turn.tasks == ("says_adult",)


# --- many episodes ---


def test_a_repeat_interview_opens_with_what_was_promised() -> None:
    young_person = YoungPerson().becomes(episode=2, promised=True)
    turn = young_person.gets_to("promised").writes("no nothing has changed since then")

    assert turn.tasks == ("tell_outcome",)
    assert answered(young_person)[:3] == ["safe_now", "going_on", "help"]


def test_the_thirtieth_interview_offers_the_same_choices_as_the_first() -> None:
    first, thirtieth = YoungPerson(), YoungPerson().becomes(episode=30)
    for words in ("yes", "yes", "text"):
        assert keys(first.is_invited() if words == "" else first.writes(words)) == keys(
            thirtieth.writes(words)
        )
    assert "30" not in "".join(reply.body for reply in thirtieth.writes("yes").replies)


@pytest.mark.parametrize(
    ("number", "task"),
    [("1", "advocate_wanted"), ("2", "copy_wanted"), ("4", "other_person_wanted")],
)
def test_what_is_offered_after_the_goodbye_becomes_a_task(number: str, task: str) -> None:
    young_person = YoungPerson().gets_to("finished")

    assert young_person.writes(number).tasks == (task,)


# --- sharing ---


def test_a_wish_is_met_with_its_limit() -> None:
    young_person = YoungPerson().gets_to("keep_private")
    turn = young_person.writes("the bit about my mate, dont tell my carer")

    assert keys(turn)[0] == "share_limit"
    assert turn.answers == (Answer("keep_private", (0,)),)


def test_a_bare_yes_is_asked_what() -> None:
    young_person = YoungPerson().gets_to("keep_private")
    turn = young_person.writes("yes")

    assert turn.replies[0].body.startswith("Just tell me what")
    assert turn.position.state == "keep_private"


# --- disclosures and what is asked after them ---


def test_nothing_about_harm_is_asked_after_a_disclosure_of_harm() -> None:
    young_person = YoungPerson().gets_to("going_on")
    young_person.writes("my dad hits me", disclosure=HURT)
    for words in ("yes", "1"):
        young_person.writes(words)

    put = answered(young_person)
    assert not {"harm_ok", "upset", "anyone_hurting", "health", "safe_now"} & set(put)
    assert {"help", "keep_private"} <= set(put)


def test_after_a_disclosure_they_can_take_a_break_or_talk_of_something_else() -> None:
    young_person = YoungPerson().gets_to("around")
    young_person.writes("my dad hits me", disclosure=HURT)
    assert keys(young_person.writes("yes")) == ["carry_on"]
    assert keys(young_person.writes("3")) == ["choices"]
    assert young_person.state == "carry_on"
    assert young_person.writes("3").position.state == "back"

    other = YoungPerson().gets_to("around")
    other.writes("my dad hits me", disclosure=HURT)
    other.writes("yes")
    assert keys(other.writes("2")) == ["later", "numbers"]


def test_a_nurse_is_a_persons_business_at_once() -> None:
    turn = YoungPerson().gets_to("health").writes("yes")

    assert [(each.priority, each.category) for each in turn.raises] == [(2, "MED")]
    assert keys(turn)[0] == "health_yes"


def test_a_question_about_a_fact_of_the_case_goes_to_a_phone_that_is_theirs_only() -> None:
    facts = {**FACTS, "returned_on": "Friday"}
    young_person = YoungPerson().becomes(facts=facts).gets_to("around")
    young_person.writes("1")
    assert young_person.writes("it is ok most of the time").position.state == "right_time"

    unsure = YoungPerson(Situation(contact="unverified", facts=facts, confirmed=False))
    unsure.gets_to("around").writes("1")
    assert unsure.writes("it is ok most of the time").position.state == "somewhere"


def test_a_position_is_small() -> None:
    young_person = YoungPerson().gets_to("finished")

    assert len(young_person.stored) < 2000
    assert young_person.position != Position()


def test_after_a_mere_doubt_a_yes_leads_straight_to_the_next_question() -> None:
    doubt = Disclosure(2, ("IMM",), "unsure")
    young_person = YoungPerson().gets_to("going_on")
    assert keys(young_person.writes("it was mental", disclosure=doubt)) == ["doubt"]
    assert keys(young_person.writes("yes")) == ["help"]

    young_person.writes("again", disclosure=doubt)
    young_person.writes("he hits me", disclosure=HURT)
    assert keys(young_person.writes("yes")) == ["carry_on"], "no longer a mere doubt"


def test_a_picked_part_is_answered_at_once() -> None:
    young_person = YoungPerson().gets_to("around")

    assert not settles(young_person.position, "3")
    assert settles(young_person.position, "3 of us went")


def test_they_can_ask_to_talk_about_harm_though_it_is_never_offered_as_a_choice() -> None:
    young_person = YoungPerson().gets_to("around")
    turn = young_person.writes("can we talk about feeling safe")

    assert turn.position.section == "harm"
    assert turn.position.state == "harm_ok"
    put = answered(young_person)
    assert {"took", "anyone_else"} & set(put)


def test_without_leave_nothing_is_asked_about_harm() -> None:
    young_person = YoungPerson().gets_to("harm_ok")
    assert keys(young_person.writes("idk")) == ["harm_ok"]

    assert young_person.writes("idk").position.state == "back"


def test_who_tells_at_once_has_given_leave_and_told() -> None:
    young_person = YoungPerson().gets_to("harm_ok")

    assert young_person.writes("well there was this one thing").position.state == "anyone_hurting"


def test_after_an_early_end_hi_goes_on_with_what_is_left() -> None:
    young_person = YoungPerson().gets_to("help")
    young_person.writes("finish")
    young_person.writes("hi")
    young_person.writes("yes")

    assert keys(young_person.writes("yes")) == ["help"]


def test_finishing_before_any_question_is_a_no_that_can_be_taken_back() -> None:
    young_person = YoungPerson().gets_to("way")
    assert keys(young_person.writes("finish")) == ["declined"]
    assert keys(young_person.writes("hi")) == ["hello"]


def test_ok_after_later_is_no_wish_to_go_on() -> None:
    young_person = YoungPerson().gets_to("help")
    young_person.writes("later")

    turn = young_person.writes("ok")
    assert (keys(turn), turn.position.state, turn.contact) == (["busy"], "paused", None)
    assert keys(young_person.writes("hi")) == ["recheck_back"]


def test_a_part_in_which_harm_was_told_is_left_alone() -> None:
    young_person = YoungPerson().gets_to("around")
    young_person.writes("2")
    young_person.writes("a man hurt me", disclosure=HURT)
    for words in ("yes", "1"):
        young_person.writes(words)

    put = answered(young_person)
    assert not {"away", "slept", "good_bits", "reached"} & set(put)
