"""What to say first to a young person who tells of harm, of danger, or of something they did.

Thank them, say what happens next, ask at most whether they are safe now, then stop asking: who,
what and when is for people (docs/practice.md PR-35 to PR-39). Nothing here says that a person knows
(PR-40).
"""

from __future__ import annotations

from dialogs.position import Disclosure

HARM_TO_THEM = frozenset({"ABU", "BUL", "CCE", "CSE", "DA", "HBA", "LAD", "ONL", "SEX", "TRA"})
"""Categories of harm done to the child; with OTH the harm may be another child's, or theirs."""


def safety_lines(
    disclosure: Disclosure, *, said_unsafe: bool, reachable: bool, may_say_missing: bool
) -> tuple[str, tuple[str, ...]]:
    """The trigger for the table, and the keys of the lines to say, in order.

    Args:
        disclosure: what screening found.
        said_unsafe: they have just answered that they are not safe; they are not asked again.
        reachable: somebody on duty can be alerted now; if not, they are told so (PR-42).
        may_say_missing: the identity check was passed, so that the word may be said.
    """
    empty_desk = () if reachable else ("no_one_there",)
    danger = ("danger" if reachable else "danger_alone", *empty_desk)
    harmed = _harm_is_clear(disclosure)
    sure = disclosure.priority == 1 or disclosure.certainty == "clear"
    urgent = said_unsafe or ("IMM" in disclosure.categories and sure)
    if disclosure.own_act:
        return ("danger", ("own_act", *danger)) if urgent else ("own_act", ("own_act",))
    thanks = ("told_harm",) if harmed else ()
    if "MIS" in disclosure.categories and may_say_missing:
        if urgent:
            return "danger", (*thanks, "missing", *danger)
        return "disclosed", (*thanks, "missing", *empty_desk, "missing_safe")
    if urgent or disclosure.priority == 1:
        return "danger", (*thanks, *danger)
    if disclosure.certainty == "unsure":
        return "disclosed", ("doubt", *empty_desk)
    told = "disclose_harm" if harmed else "disclose"
    return "disclosed", (told if reachable else f"{told}_alone", *empty_desk)


def _harm_is_clear(disclosure: Disclosure) -> bool:
    categories = set(disclosure.categories)
    to_them = bool(categories & HARM_TO_THEM) and "OTH" not in categories
    return disclosure.certainty == "clear" and to_them
