"""What stands first in the inbox."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.inbox_list import Deadline, Summary, in_order
from tests.bot.world import START


def listed(name: str, priority: int, state: str, due_in_min: int = 60, **more: Any) -> Summary:
    due: datetime = START + timedelta(minutes=due_in_min)
    return Summary(
        id=uuid4(),
        reference=name,
        interview_id=None,
        priority=priority,
        categories=(),
        state=state,
        raised_at=START,
        hits=1,
        acknowledged_by=None,
        acknowledged_at=None,
        has_outcome=False,
        closed_at=None,
        contact_is_safe=True,
        nobody_reachable=False,
        deadline=Deadline("acknowledge", due),
        **more,
    )


def test_what_must_be_acknowledged_by_night_then_what_somebody_has_then_what_waits_for_noon() -> (
    None
):
    right = [
        listed("P1 nobody has", 1, "raised", 4),
        listed("P1 nobody has, later", 1, "raised", 5),
        listed("P2 nobody has", 2, "raised"),
        listed("handed to the day", 2, "acknowledged", handed_to_day=True),
        listed("P1 somebody has", 1, "acknowledged", 15),
        listed("P2 somebody has", 2, "acknowledged", 10),
        listed("P3 nobody has", 3, "raised", 600),
        listed("P3 somebody has", 3, "acknowledged", 700),
        listed("closed", 1, "closed"),
    ]

    for order in (list(reversed(right)), right[4:] + right[:4]):
        assert [each.reference for each in in_order(order)] == [each.reference for each in right]
