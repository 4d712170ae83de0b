"""The table of codes: every row, and what becomes of a code that is in none."""

import pytest

from bot.alarms import ALARMS
from bot.channels.codes import UNKNOWN, Policy, is_known, policies, policy, read_policies

# By hand, from docs/reliability.md 2.4: the file may not say something else.
REQUIRED = {
    ("never", "opted_out"): ["21610", "63014", "telegram_blocked", "telegram_no_chat"],
    ("never", "wrong_address"): [
        *["21211", "21612", "21614", "30005", "30006", "63003", "63024"],
    ],
    ("never", "filtered"): ["30004", "30007", "63013"],
    ("never", "our_fault"): ["21408", "21602", "21608", "21617", "30034", "telegram_refused"],
    ("never", "outside_window"): ["no_template"],
    ("never", "none"): ["30009", "30036", "11200", "11205"],
    ("backoff", "unreachable"): ["no_signal"],
    ("few", "unreachable"): ["30003"],
    ("never", "unreachable"): [
        *["call_busy", "call_no-answer", "call_canceled", "call_failed", "call_machine"],
    ],
    ("template", "outside_window"): ["63016"],
    ("backoff", "none"): [
        *["20429", "429", "21611", "30001", "30008", "63012", "63018"],
        *["not_reached", "telegram_flood", "no_reason"],
    ],
    ("backoff", "our_fault"): [
        *["20003", "20005", "20404", "21606", "21703", "30002", "63007", "no_channel"],
        *["301", "302", "303", "307", "308", "401", "403", "404"],
        *["telegram_token", "telegram_conflict"],
    ],
}
ROWS = [(code, *key) for key, codes in REQUIRED.items() for code in codes]


@pytest.mark.parametrize(("code", "retry", "trouble"), ROWS)
@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
def test_a_code_means_what_the_table_of_failures_says(
    code: str, retry: str, trouble: str, channel: str
) -> None:
    told = policy(code, channel)

    assert (told.retry, told.trouble) == (retry, trouble)


def test_no_row_of_the_file_is_left_untested() -> None:
    assert {code for code, _ in policies()} == {code for code, _, _ in ROWS}


@pytest.mark.parametrize(("key", "told"), policies().items())
def test_a_row_is_a_sentence_for_a_duty_worker(key: tuple[str, str], told: Policy) -> None:
    assert told.meaning.endswith(".")
    assert told.meaning[0].isupper()
    assert key[0] not in told.meaning
    assert told.alarm is None or told.alarm in ALARMS


@pytest.mark.parametrize(("key", "told"), policies().items())
def test_what_operators_must_mend_raises_an_alarm(key: tuple[str, str], told: Policy) -> None:
    if told.trouble in ("our_fault", "filtered"):
        assert told.alarm == told.trouble, key


def test_a_code_in_no_row_is_our_fault_and_is_not_tried_again() -> None:
    assert policy("98765") == policy("", "whatsapp") == UNKNOWN
    assert (UNKNOWN.retry, UNKNOWN.trouble) == ("never", "our_fault")
    assert not is_known("98765")


def test_a_channel_can_have_words_of_its_own() -> None:
    assert "texted" in policy("21610", "sms").meaning
    assert "texted" not in policy("21610", "whatsapp").meaning
    assert is_known("21610")


@pytest.mark.parametrize(
    ("retry", "trouble"), [("sometimes", "none"), ("never", "bad"), ("", "none")]
)
def test_a_row_that_no_sender_understands_is_refused(retry: str, trouble: str) -> None:
    row = f'[[row]]\ncodes = ["1"]\nmeaning = "x"\nretry = "{retry}"\ntrouble = "{trouble}"\n'

    with pytest.raises(ValueError, match="no sender understands"):
        read_policies(row)


def test_a_code_that_stands_twice_is_refused() -> None:
    row = '[[row]]\ncodes = ["1"]\nmeaning = "x"\nretry = "never"\ntrouble = "none"\n'

    with pytest.raises(ValueError, match="stands twice"):
        read_policies(row + row)


def test_of_a_text_that_was_given_up_nobody_is_told_that_it_is_sent_again() -> None:
    assert "sent again" in policy("30008").meaning
    assert policy("30008").why == "The network did not say why the text was not delivered."
    assert policy("30003").why == policy("30003").meaning
    assert not any("sent again" in each.why for each in policies().values())
