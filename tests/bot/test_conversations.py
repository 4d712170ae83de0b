"""Whole conversations, one file each in tests/conversations/, held through the real stages."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.channels.terminal import TerminalChannel
from bot.clock import SetClock
from bot.rehearsal import START, Rehearsal, begin
from bot.rehearsal_news import News
from bot.service import Service, open_service
from bot.settings import Settings
from dialogs.plan import QUESTIONS
from storage import people
from tests.bot.conversations import (
    AT_LEAST,
    FILES,
    SITUATIONS,
    Script,
    as_list,
    enter_next_shift,
    expected,
    hold,
    is_over,
    load,
    seen,
)
from web.commands.conversation import chat

pytestmark = pytest.mark.slow

HELLO_TEXTS = 3
"""Good time, just you, text: before the first question of a willing child."""

Empty = Callable[[SetClock], Service]


@pytest.fixture
def empty(settings_for: Callable[[str], Settings]) -> Iterator[Empty]:
    """An empty service whose one channel is the terminal."""
    with ExitStack() as stack:

        def make(clock: SetClock) -> Service:
            channel = TerminalChannel()
            service = open_service(
                settings_for("sqlite"), clock, lambda _database, _vault: {channel.name: channel}
            )
            stack.callback(service.close)
            return service

        yield make


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_conversation(file: Path, empty: Empty) -> None:
    held(load(file), empty)


def held(script: Script, empty: Empty) -> None:
    """Hold it, line by line; what is not in the database is forgotten after each."""
    clock = SetClock(START)
    service = empty(clock)
    rehearsal = begin(service, script.young_person, on_duty=script.on_duty)
    if script.next_shift is not None:
        enter_next_shift(service, script.next_shift)
    stand_at(rehearsal, script)

    texts = answers = 0
    for number, line in enumerate(script.lines, start=1):
        before = rehearsal.state()
        news = hold(rehearsal, clock, line)
        where = f"{script.name}, line {number}: {line}"
        assert seen(line, news, rehearsal) == expected(line), where
        check_words(line, news, where)
        if "they" in line and not is_over(before, news, rehearsal.state()):
            texts += 1
            answers += before in QUESTIONS
        service.close()

    if script.replies_at_most is not None:
        assert rehearsal.state() == "finished"
        assert answers <= script.replies_at_most
        assert texts <= script.replies_at_most + HELLO_TEXTS


def check_words(line: Mapping[str, Any], news: News, where: str) -> None:
    """What the replies hold and do not hold; and no turn puts two questions."""
    replies = [each.text for each in news.said]
    for words in as_list(line.get("says", [])):
        assert any(words in each for each in replies), f"{where}\n{replies}"
    for words in as_list(line.get("never", [])):
        assert not any(words.casefold() in each.casefold() for each in replies), where
    if "after" not in line:
        assert sum(each.asks is not None for each in news.said) <= 1, where


def stand_at(rehearsal: Rehearsal, script: Script) -> None:
    if script.position is None:
        return
    with rehearsal.service.database.write() as session:
        interview = people.current_interview(session, rehearsal.young_person_id)
        assert interview is not None
        people.save_position(session, interview, dict(script.position))


def test_every_situation_is_held_somewhere() -> None:
    scripts = [load(file) for file in FILES]

    assert len(scripts) >= AT_LEAST
    assert all(script.covers for script in scripts)
    assert {each for script in scripts for each in script.covers} >= SITUATIONS


def test_each_length_has_a_willing_child_whose_replies_are_counted() -> None:
    counted = {
        covered: script.replies_at_most
        for script in map(load, FILES)
        if script.replies_at_most is not None
        for covered in script.covers
    }

    assert counted["willing child"] == 12
    assert counted["short interview"] == 7
    assert counted["minimum of three"] == 3


TYPED = """\
yes
who is this
yeah just me
marmalade
text
yes
so my mum
she took my dog away
/wait 1m
my dad hits me
/wait 2h
yes
1
show me what i said
yes
ok
/photo
busy
/wait 3h
hi
no
"""


@pytest.mark.parametrize(
    "words",
    [(), ("--check-word", "marmalade", "--episode-number", "3"), ("--born", "2015-03-02")],
    ids=["new", "again", "young"],
)
def test_a_recorded_chat_can_be_held_again(
    tmp_path: Path, empty: Empty, words: tuple[str, ...]
) -> None:
    file = tmp_path / "recorded.toml"
    typed = CliRunner().invoke(chat, ["--plain", "--record", str(file), *words], input=TYPED)
    assert typed.exit_code == 0, typed.output

    script = load(file)

    assert len(script.lines) > TYPED.count("\n") / 2
    held(script, empty)


ONE_LINE = [{"bot": ["hello"], "state": "hello"}]
TWO_LINES = [*ONE_LINE, {"they": "my dad hits me", "bot": ["disclose_harm"]}]


@pytest.mark.parametrize(
    "wrong",
    [
        [{"bot": ["hello_plain"]}],
        [{"bot": ["hello"], "state": "way"}],
        [{"bot": ["hello"], "contact": "guarded"}],
        [{"bot": ["hello"], "says": "Hi there"}],
        [{"bot": ["hello"], "never": "listen line"}],
        TWO_LINES,
        [*ONE_LINE, {"they": "no", "bot": ["declined"]}],
        [*ONE_LINE, {"they": "yes", "bot": ["just_you"], "answers": ["hello"]}],
    ],
    ids=["bot", "state", "contact", "says", "never", "escalation", "tasks", "answers"],
)
def test_what_a_line_says_wrongly_is_found(empty: Empty, wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(AssertionError):
        held(Script("wrong", "It is not so.", wrong), empty)


def test_a_key_that_means_nothing_is_found(tmp_path: Path) -> None:
    file = tmp_path / "typo.toml"
    file.write_text('about = "A typo."\nlines = [{ bot = ["hello"], sate = "hello" }]')

    with pytest.raises(AssertionError, match="sate"):
        load(file)
