import pytest

from dialogs.disclosures import safety_lines
from dialogs.position import Disclosure
from dialogs.texts import load

ABUSE = ("ABU",)


def lines(
    disclosure: Disclosure,
    *,
    said_unsafe: bool = False,
    reachable: bool = True,
    checked: bool = True,
) -> tuple[str, tuple[str, ...]]:
    return safety_lines(
        disclosure, said_unsafe=said_unsafe, reachable=reachable, may_say_missing=checked
    )


@pytest.mark.parametrize(
    ("disclosure", "trigger", "keys"),
    [
        (Disclosure(2, ABUSE, "clear"), "disclosed", ["disclose_harm"]),
        (Disclosure(2, ("SUI",), "clear"), "disclosed", ["disclose"]),
        (Disclosure(2, ("RUN",), "clear"), "disclosed", ["disclose"]),
        (Disclosure(2, ("OTH", "SEX"), "clear"), "disclosed", ["disclose"]),
        (Disclosure(2, ABUSE, "unsure"), "disclosed", ["doubt"]),
        (Disclosure(1, ABUSE, "clear"), "danger", ["told_harm", "danger"]),
        (Disclosure(1, ABUSE, "unsure"), "danger", ["danger"]),
        (Disclosure(1, ("SUI",), "clear"), "danger", ["danger"]),
        (Disclosure(2, ("IMM",), "clear"), "danger", ["danger"]),
        (Disclosure(2, ("IMM",), "unsure"), "disclosed", ["doubt"]),
        (Disclosure(2, ("MIS",), "clear"), "disclosed", ["missing", "missing_safe"]),
        (Disclosure(1, ("MIS",), "clear"), "disclosed", ["missing", "missing_safe"]),
        (
            Disclosure(1, ("MIS", "CSE"), "clear"),
            "disclosed",
            ["told_harm", "missing", "missing_safe"],
        ),
        (Disclosure(1, ("IMM", "MIS"), "clear"), "danger", ["missing", "danger"]),
        (Disclosure(2, ("CCE",), "clear", own_act=True), "own_act", ["own_act"]),
        (Disclosure(1, ("OTH",), "clear", own_act=True), "own_act", ["own_act"]),
        (Disclosure(1, ("IMM", "OTH"), "clear", own_act=True), "danger", ["own_act", "danger"]),
    ],
)  # fmt: skip
def test_what_is_said(disclosure: Disclosure, trigger: str, keys: list[str]) -> None:
    assert lines(disclosure) == (trigger, tuple(keys))


def test_before_the_check_the_word_missing_is_not_said() -> None:
    assert lines(Disclosure(2, ("MIS",), "clear"), checked=False)[1] == ("disclose",)
    assert lines(Disclosure(1, ("MIS",), "clear"), checked=False)[1] == ("danger",)


def test_a_child_who_said_that_they_are_not_safe_is_not_asked() -> None:
    for disclosure in (Disclosure(2, ABUSE, "clear"), Disclosure(2, ("MIS",), "unsure")):
        trigger, keys = lines(disclosure, said_unsafe=True)

        assert trigger == "danger"
        assert not any("?" in load().lines[key].texts[0].template for key in keys)


@pytest.mark.parametrize("categories", [ABUSE, ("SUI",), ("MIS",), ("IMM",)])
@pytest.mark.parametrize("priority", [1, 2])
@pytest.mark.parametrize("certainty", ["clear", "unsure"])
def test_an_empty_desk_is_owned_up_to(
    categories: tuple[str, ...], priority: int, certainty: str
) -> None:
    disclosure = Disclosure(priority, categories, certainty)  # type: ignore[arg-type]
    _, keys = lines(disclosure, reachable=False)

    assert "no_one_there" in keys
    for key in set(keys) - {"no_one_there"}:
        assert "trying to get" not in load().lines[key].texts[0].template


@pytest.mark.parametrize("own_act", [False, True])
@pytest.mark.parametrize("categories", [ABUSE, ("SUI",), ("MIS",), ("IMM", "MIS", "SEX"), ()])
@pytest.mark.parametrize("priority", [1, 2])
@pytest.mark.parametrize("certainty", ["clear", "unsure"])
@pytest.mark.parametrize("reachable", [False, True])
def test_one_closed_question_at_most(
    own_act: bool, categories: tuple[str, ...], priority: int, certainty: str, reachable: bool
) -> None:
    disclosure = Disclosure(priority, categories, certainty, own_act)  # type: ignore[arg-type]
    trigger, keys = lines(disclosure, reachable=reachable)
    asked = [key for key in keys if load().lines[key].asks]

    assert len(asked) == (1 if trigger == "disclosed" else 0)
    assert all(load().lines[key].asks == "after_disclosure" for key in asked)
    assert all(load().lines[key].safety for key in keys)
