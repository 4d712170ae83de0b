"""Every task that a part of the service makes says on the staff pages what is to be done."""

import re
from pathlib import Path

import pytest

from dialogs.position import TASKS as ASKED_BY_THE_DIALOGUE
from web.presenting import TASKS

ROOT = Path(__file__).parents[2]
BY_ITS_NAME = re.compile(r"""(?:add_task\(service, session, |_Refusal\(\s*)"([a-z_]+)\"""")


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
    assert len(TASKS[kind]) <= 60
    assert not re.search("refus(?!es our)|fail|absent|ignored", TASKS[kind].lower())
