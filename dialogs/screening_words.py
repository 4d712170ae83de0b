"""The words of a lexicon: its classes spelled out, and how what is typed is read as one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dialogs.screening_languages import clipped, mutations
from dialogs.screening_patterns import Item, forms
from dialogs.screening_spelling import Spelling


def word_classes(tables: Sequence[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """Word classes with the classes they name spelled out and `word+` grown to its forms."""
    raw: dict[str, str] = {}
    for table in tables:
        for name, members in table.items():
            if name in raw:
                raise ValueError(f"word class {name!r} twice")
            raw[name] = members
    return {name: tuple(dict.fromkeys(_expanded(name, raw, ()))) for name in raw}


def _expanded(name: str, raw: Mapping[str, str], within: tuple[str, ...]) -> list[str]:
    if name in within:
        raise ValueError(f"word class {name!r} names itself")
    if name not in raw or not raw[name].split():
        raise ValueError(f"word class {name!r} is missing or empty")
    found: list[str] = []
    for member in raw[name].split():
        if member.startswith("<"):
            found.extend(_expanded(member[1:-1], raw, (*within, name)))
        else:
            found.extend(forms(member))
    return found


def spelling_of(
    merged: Mapping[str, list[Any]],
    classes: Mapping[str, Sequence[str]],
    parsed: Sequence[tuple[Item, ...]],
) -> Spelling:
    """How words are read that a lexicon lists, in its classes, patterns and common words."""
    listed = {
        part for members in classes.values() for member in members for part in member.split("_")
    }
    for item in {id(item): item for items in parsed for item in items}.values():
        listed.update(word for word in item.words if word.isalpha())
        listed.update(word for phrase in item.phrases for word in phrase)
    variants = {
        spelling: tuple(reading.strip() for reading in readings.split("/"))
        for table in merged["variants"]
        for spelling, readings in table.items()
    }
    common = {word for table in merged["common"] for word in table["words"].split()}
    emoji = {sign: word for table in merged.get("emoji", ()) for sign, word in table.items()}
    if "mutates" in merged:
        spelt = listed | common
        for form, radicals in mutations(spelt).items():
            typed = (form,) if form in spelt else ()
            variants.setdefault(form, (*typed, *radicals))
        for clip, word in clipped(spelt | variants.keys()).items():
            if clip not in spelt:
                variants.setdefault(clip, variants.get(word, (word,)))
    written = {
        part for readings in variants.values() for reading in readings for part in reading.split()
    }
    known = frozenset(listed | common | written) - variants.keys()
    return Spelling(known, frozenset(listed - variants.keys()), variants, emoji)


def mixed(spelling: Spelling, beside: Spelling) -> Spelling:
    """`spelling` with the words of the language it is mixed with known, so never corrected."""
    known = spelling.known | (beside.known - spelling.variants.keys())
    return Spelling(known, spelling.targets, spelling.variants, beside.emoji)
