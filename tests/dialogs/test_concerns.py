"""Whom a thought may be about: names, slips, roles, places; any doubt is a hit."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.concerns import UNNAMED, Directory, Person, Place, may_concern, mentions
from dialogs.concerns_words import Role, is_slip, roles, roles_in, tokens_of

SPACE = UUID("8f4f0cb4-53c1-4d0c-9f5b-4f9f7d0c2a11")
DAVE, WILL, DEE = (uuid5(SPACE, name) for name in ("dave", "will", "dee"))
FENWICK = uuid5(SPACE, "fenwick")
DIRECTORY = Directory(
    (
        Person(DAVE, ("David Okafor", "Big D"), FENWICK),
        Person(WILL, ("Will Marsh",)),
        Person(DEE, ("Dee Hart",)),
    ),
    (Place(FENWICK, ("Fenwick House", "the Fen")),),
)


def whom(*texts: str, categories: tuple[str, ...] = ("SEX",)) -> set[object]:
    found = may_concern(texts, categories, DIRECTORY)
    return set() if found is None else {*found.people, *found.teams, *found.roles}


AS_TYPED = (
    "david",
    "dave",
    "d4ve",
    "D A V E",
    "dvae",
    "daaaave",
    "da ve",
    "daves mate",
    "mr o",
    "okafour",
    "\uff24\uff21\uff36\uff25",
)


@pytest.mark.parametrize("name", AS_TYPED)
def test_a_name_is_found_however_it_is_typed(name: str) -> None:
    assert DAVE in whom(f"{name} hit me")


def test_the_name_of_the_home_is_found() -> None:
    assert whom("everyone at fenwik does it") == {FENWICK}


def test_a_name_that_is_a_word_needs_more_than_the_word() -> None:
    assert whom("i will tell my mum") == set()
    assert whom("it was Will") == {WILL}
    assert whom("mr will hit me") == {WILL}
    assert WILL in whom("he will hit me", categories=("LAD",))


def test_an_allegation_concerns_somebody_even_when_nobody_is_named() -> None:
    assert whom("he restrained me", categories=("LAD",)) == {UNNAMED}
    assert whom("my stepdad hits me", categories=("ABU",)) == set()


def test_who_may_be_meant() -> None:
    said = {"my key worker": {"home"}, "my social worker": {"duty"}, "my teacher": set()}
    for text, could_be in said.items():
        found = may_concern([text], ["ABU"], DIRECTORY)
        assert found is not None
        assert found.could_be == could_be


def test_a_mention_says_where_it_stands() -> None:
    texts = ["so", "my Key-worker dave did it"]

    found = mentions(texts, DIRECTORY)

    assert {texts[each.text_index][each.start : each.end] for each in found} == {
        "Key-worker",
        "dave",
    }


@pytest.mark.parametrize("role", roles(), ids=lambda role: role.name)
def test_every_role_keeps_its_examples(role: Role) -> None:
    for text in role.examples:
        assert role.name in {name for _, _, name in roles_in(tokens_of(text))}, text
    for text in role.counterexamples:
        assert role.name not in {name for _, _, name in roles_in(tokens_of(text))}, text


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["okafor", "david", "fenwick"]), st.data())
def test_one_slip_of_the_thumb_hides_nobody(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(name) - 1))
    how = data.draw(st.sampled_from(["drop", "double", "swap"]))
    typed = {
        "drop": name[:at] + name[at + 1 :],
        "double": name[:at] + name[at] + name[at:],
        "swap": name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
    }[how]

    assert is_slip(typed, name, 1)
    if all(token.odd for token in tokens_of(typed)):
        assert whom(f"{typed} hit me") & {DAVE, FENWICK}
