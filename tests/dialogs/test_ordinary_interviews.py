"""Per conversation: complete ordinary interviews must wake almost nobody.

One false alarm in an interview calls somebody out of bed as surely as five, and twelve answers are
twelve chances of one. So whole interviews are counted. More than a third of them are held back: a
failure says how many they are and not what they said (tests/dialogs/ordinary_interviews.py).
"""

from collections import Counter

import pytest

from dialogs.interview import STATES
from tests.dialogs.ordinary_interviews import FILES, FOLDER, Interview, alarms, interviews, woken
from tests.dialogs.young_person import YoungPerson

FEWEST = 160
MOST_PAGE = 0.20
MOST_NOW = 0.05
MOST_TEXTS = 40
LONGEST_COMMON_ANSWER = 5
"""Words; up to here two children may well answer the same."""


def test_there_are_enough_of_them_and_no_file_is_forgotten() -> None:
    assert len(interviews()) >= FEWEST
    assert {file.stem for file in FOLDER.glob("*.toml")} == set(FILES)
    assert {answer.state for each in interviews() for answer in each.answers} <= set(STATES)


def test_each_is_somebody_else_in_other_words() -> None:
    assert len({each.who for each in interviews()}) == len(interviews())
    stories = Counter(
        text.casefold()
        for each in interviews()
        for answer in each.answers
        for text in answer.texts
        if len(text.split()) > LONGEST_COMMON_ANSWER
    )
    assert [text for text, times in stories.items() if times > 1] == []


@pytest.mark.parametrize("interview", interviews(), ids=lambda each: str(each.number))
def test_each_answers_everything_that_it_is_asked(interview: Interview) -> None:
    young_person = YoungPerson().becomes(language=interview.language)
    young_person.is_invited()
    left = list(interview.answers)
    for _ in range(MOST_TEXTS):
        if young_person.state == "finished":
            break
        told = next((each for each in left if each.state == young_person.state), None)
        assert told is not None, f"{interview.number} does not answer {young_person.state}"
        left.remove(told)
        young_person.writes(*told.texts)

    assert young_person.state == "finished"


def test_ordinary_interviews_page_almost_nobody() -> None:
    share = len(woken(1, 2)) / len(interviews())
    assert share <= MOST_PAGE, offenders(1, 2)


def test_ordinary_interviews_page_at_once_hardly_ever() -> None:
    share = len(woken(1)) / len(interviews())
    assert share <= MOST_NOW, offenders(1)


def offenders(*priorities: int) -> str:
    """What is to be looked at: how many interviews, and each answer with its rules."""
    lines = [
        f"of {len(interviews())} ordinary interviews {len(woken(1, 2))} page anyone, "
        f"{len(woken(1))} at once; {len(woken(1, 2, 3))} have an answer in somebody's list"
    ]
    found = [each for each in alarms() if each.priority in priorities]
    lines += [str(each) for each in found if not each.interview.held_back]
    held_back = {each.interview.number for each in found if each.interview.held_back}
    lines.append(f"and {len(held_back)} that are held back")
    return "\n".join(lines)
