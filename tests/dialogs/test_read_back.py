"""Their own words, read back: in the same session, after a fresh check, unedited, in pieces."""

from datetime import timedelta

from dialogs.position import Answer
from dialogs.turn import wants_words
from tests.dialogs.young_person import YoungPerson, keys

SAID = ("had a row with mum", "i went to the park 🌳", "x" * 500)


def test_their_words_are_read_back_after_a_fresh_check_unedited_and_in_pieces() -> None:
    young_person = YoungPerson().gets_to("finished")
    assert keys(young_person.writes("3")) == ["read_back_safe"]
    assert wants_words(young_person.position)
    young_person.becomes(said=SAID)
    turn = young_person.writes("yes")

    own = [reply.body for reply in turn.replies if reply.readback]
    assert own[:2] == list(SAID[:2])
    assert "".join(own[2:]) == SAID[2]
    assert all(reply.exposure == "case" for reply in turn.replies if reply.readback)
    assert keys(turn)[0] == "read_back_start"
    assert keys(turn)[-1] == "read_back"


def test_a_correction_is_added_and_both_are_kept() -> None:
    young_person = YoungPerson().gets_to("finished")
    for words in ("show", "yes"):
        young_person.becomes(said=SAID).writes(words)
    turn = young_person.writes("it was my nan not mum, take that bit back")

    assert turn.answers == (Answer("read_back", (0,)),)
    assert (turn.position.state, keys(turn)) == ("finished", ["corrected", "no_more"])


def test_reading_back_in_the_middle_comes_back_to_the_question() -> None:
    young_person = YoungPerson().gets_to("away")
    young_person.writes("can i see what i wrote")
    young_person.becomes(said=SAID).writes("yes")

    assert young_person.writes("ok").position.state == "away"


def test_no_to_the_fresh_check_shows_nothing() -> None:
    young_person = YoungPerson().gets_to("finished")
    young_person.writes("3")
    turn = young_person.becomes(said=SAID).writes("no")

    assert keys(turn) == ["busy"]
    assert turn.contact == "guarded", "somebody is there"


def test_nothing_is_read_back_in_a_later_session_or_at_a_number_nobody_confirmed() -> None:
    later = YoungPerson().gets_to("finished")
    turn = later.writes("3", after=timedelta(hours=2))
    assert (keys(turn), turn.tasks) == (["copy_asked"], ("copy_wanted",))

    unsure = YoungPerson().becomes(contact="unverified", confirmed=False).gets_to("finished")
    turn = unsure.writes("3")
    assert (keys(turn), turn.tasks) == (["copy_asked"], ("copy_wanted",))


def test_when_all_of_it_was_flagged_nothing_is_shown_and_a_copy_is_named() -> None:
    young_person = YoungPerson().gets_to("finished")
    young_person.writes("3")

    assert keys(young_person.writes("yes")) == ["read_back_none", "no_more"]


def test_a_very_long_story_is_shown_in_part_and_says_so() -> None:
    young_person = YoungPerson().gets_to("finished")
    young_person.writes("3")
    turn = young_person.becomes(said=("word " * 1200,)).writes("yes")

    assert sum(reply.readback for reply in turn.replies) == 10
    assert "read_back_part" in keys(turn)
