"""Nobody tries less because a child was missing before (PR-06)."""

from datetime import timedelta

from bot.tasks import finish_task, open_tasks
from storage.tables import HumanTask, MissingEpisode
from tests.bot.cast import ade
from tests.bot.entering import another, decline, enter
from tests.bot.prompting import offers
from tests.bot.world import START, Child, World


def effort(world: World, child: Child, week: int) -> list[tuple[str, timedelta]]:
    """What happens after an episode to which nobody replies, and how long after it."""
    start = START + timedelta(weeks=week)
    world.clock.now = start
    another(world, child)
    for _ in range(8 * 4):
        world.wait(hours=3)
    found = world.rows(HumanTask, HumanTask.created_at >= start)
    made = [(each.kind, each.created_at) for each in found]
    return [(kind, at_ - start) for kind, at_ in [*offers(world), *made] if at_ >= start]


def test_the_thirtieth_episode_gets_what_the_first_one_got(sqlite_world: World) -> None:
    world = sqlite_world
    person = ade(world)
    child = enter(world)
    first = effort(world, child, week=0)
    invited = world.keys_sent(child)
    decline(world, child)
    for week in range(1, 29):
        world.clock.now = START + timedelta(weeks=week)
        another(world, child)
        decline(world, child)
    for task in open_tasks(world.service):
        finish_task(world.service, task.id, person.id)
    thirtieth = effort(world, child, week=30)

    assert [kind for kind, _ in first] == ["invitation", "reminder", "reminder", "no_reply"]
    assert thirtieth == first
    assert world.keys_sent(child)[-len(invited) :] == invited, "the same words and choices"
    assert len(world.rows(MissingEpisode)) == 31


def test_a_task_of_last_time_that_nobody_has_done_stays_the_one(sqlite_world: World) -> None:
    world = sqlite_world
    ade(world)
    child = enter(world)
    effort(world, child, week=0)
    decline(world, child)
    effort(world, child, week=2)

    assert world.tasks(child).count("no_reply") == 1
