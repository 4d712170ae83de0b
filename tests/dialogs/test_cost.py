"""What texting us costs a young person: said when they ask, and never made up."""

import pytest

from tests.dialogs.young_person import FACTS, YoungPerson, keys


@pytest.mark.parametrize("state", ["hello", "going_on", "finished"])
def test_what_a_text_costs_is_answered_where_it_stands(state: str) -> None:
    young_person = YoungPerson().gets_to(state)

    turn = young_person.writes("does this cost me anything")

    assert keys(turn)[0] == "cost"
    assert young_person.state == state


def test_a_cost_that_nobody_told_us_is_not_made_up() -> None:
    facts = {name: fact for name, fact in FACTS.items() if name != "cost"}
    known = YoungPerson().becomes(facts={**facts, "cost": "is free"}).writes("is this free")
    unknown = YoungPerson().becomes(facts=facts).writes("is this free")

    assert "Texting me is free." in known.replies[0].body
    assert "I don't know what texting me costs you." in unknown.replies[0].body
