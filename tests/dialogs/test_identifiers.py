"""What could tell who wrote a text: found in disguise too, and innocent texts are left alone."""

import time

import pytest

from dialogs.identifiers import Sign, signs

NAMES = {"the young person's name": ["Amina Yusuf", "Zoë"], "staff": ["Jo Will"]}


def kinds(*texts: str) -> set[str]:
    return {each.kind for each in signs(texts)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ring me 07700 900101", "phone number"),
        ("0-7-7-0-0-9-0-0-1-0-1", "phone number"),
        ("+44 (0)7700 900 101", "phone number"),
        ("０７７００９００１０１", "phone number"),
        ("07700\u200b900\u200b101", "phone number"),
        ("\u0660\u0667\u0667\u0660\u0660\u0669\u0660\u0660\u0661\u0660\u0661", "phone number"),
        ("case 58231", "long number"),
        ("oh seven seven double oh nine", "number in words"),
        ("mail me a.b@example.org", "e-mail address"),
        ("a.b (at) example dot org", "e-mail address"),
        ("amina at gmail dot com", "e-mail address"),
        ("https://example.org/x?y=1", "web address"),
        ("its on insta.com/amina", "web address"),
        ("im at NE1 4ST", "postcode"),
        ("ne14st", "postcode"),
        ("add me: @amina_xx", "user name"),
        ("born 12/03/2011", "date"),
    ],
)
def test_it_is_found(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "he hits me when hes drunk",
        "im 14 n hes 31",
        "at 2.30 in the morning, 3 times",
        "it was 20 quid then 1500",
        "idk... maybe. dunno",
        "me an my mate @ the park",
        "😭😭😭😭😭😭",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert signs([text], NAMES) == []


@pytest.mark.parametrize(
    "text",
    [
        "im amina",
        "aminas mum",
        "AMINA'S",
        "aminaaaa",
        "xxaminaxx",
        "ａｍｉｎａ",
        "am\u200bina",
        "zoe",
        "Zoés",
    ],
)
def test_a_name_is_found_in_disguise(text: str) -> None:
    assert [each.kind for each in signs([text], NAMES)] == ["the young person's name"]


def test_the_find_is_shown_as_it_stands_in_the_text() -> None:
    assert signs(["hi", "im ＡＭＩＮＡ ok"], NAMES) == [
        Sign("the young person's name", "ＡＭＩＮＡ")
    ]


def test_a_short_name_is_no_part_of_another_word() -> None:
    assert signs(["my job is ok"], NAMES) == []
    assert signs(["will he come"], NAMES) == [Sign("staff", "will")]


def test_a_number_split_over_two_texts_is_found() -> None:
    assert kinds("its 07700", "900101") >= {"phone number"}


def test_nothing_takes_long() -> None:
    worst = ["a" * 10_000, "a." * 5_000, "a-" * 5_000, "1 " * 5_000, "one " * 2_500, "a@" * 5_000]
    began = time.process_time()

    for each in worst:
        signs([each], NAMES)

    assert time.process_time() - began < 3
