"""Every task that a part of the service makes says on the staff pages what is to be done."""

import re
from pathlib import Path

import pytest

from dialogs.position import TASKS as ASKED_BY_THE_DIALOGUE
from web.task_words import TASKS, task_in_words

ROOT = Path(__file__).parents[2]
BY_ITS_NAME = re.compile(
    r"""(?:add_task\(service, session, |Refusal\(\s*"[a-z_]+",\s*)"([a-z_]+)\""""
)


def test_every_task_has_words_of_its_own() -> None:
    by_name = {
        kind
        for file in (ROOT / "bot").glob("*.py")
        for kind in BY_ITS_NAME.findall(file.read_text(encoding="utf-8"))
    }
    assert {"undelivered", "is_adult", "person_first", "too_many_prompts"} <= by_name
    assert (by_name | set(ASKED_BY_THE_DIALOGUE)) <= set(TASKS)


@pytest.mark.parametrize("kind", sorted(TASKS))
def test_a_label_is_short_and_blames_nobody(kind: str) -> None:
    title, to_do = TASKS[kind].title, TASKS[kind].to_do
    assert len(title) <= 60
    assert 20 <= len(to_do) <= 100
    assert to_do.endswith(".")
    assert not re.search("refus(?!es our)|fail|absent|ignored", f"{title} {to_do}".lower())


def test_a_task_without_words_yet_is_still_shown() -> None:
    assert task_in_words("new_kind").title == "New kind"
