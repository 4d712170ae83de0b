"""The demo's fictional authority: staff of each role, and a few young people.

Every person, place and number here is made up (numbers from the range kept for fiction).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from bot.channels import Inbound
from bot.channels.phone_numbers import normalise
from bot.invitations import Invitation, NewEpisode, enter_episode
from bot.receive import receive
from bot.screening_in_time import warm_up
from bot.service import Service
from bot.worker import step
from storage.authorities import add_team
from storage.staff import staff_by_id
from web.demo_emergency import give_facts
from web.demo_rota import give_rota
from web.passwords import new_password
from web.staff_entry import enter_staff

WORKER = "seed"


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in as one of the staff."""

    role: str
    email: str
    password: str

    def as_json(self) -> dict[str, str]:
        """For the file that keeps them between two starts."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Colleague:
    """One member of staff."""

    name: str
    email: str
    role: str
    phone: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """One young person: how long ago they returned, and what they have texted so far."""

    name: str
    phone: str
    returned_hours_ago: int
    texts: tuple[str, ...] = ()
    check_word: str | None = None
    invited: bool = True


INDEPENDENT = "Independent people"
"""Those who are asked where one of our own may be concerned (docs/conflicts.md)."""

STAFF = (
    Colleague("Dee Okafor", "dee@northmoor.example", "duty_worker", "07700 900901"),
    Colleague("Sam Whitlock", "sam@northmoor.example", "duty_worker", "07700 900902"),
    Colleague("Priya Nair", "priya@northmoor.example", "duty_worker", "07700 900903"),
    Colleague("Callum Reid", "callum@northmoor.example", "duty_worker", "07700 900904"),
    Colleague("Nadia Bell", "nadia@northmoor.example", "duty_worker", "07700 900905"),
    Colleague("Owen Pryce", "owen@northmoor.example", "duty_worker", "07700 900906"),
    Colleague(
        "Ines Vale", "ines@northmoor.example", "duty_worker", "07700 900907", team=INDEPENDENT
    ),
    Colleague("Jo Hart", "jo@northmoor.example", "advocate"),
    Colleague("Mo Farrow", "mo@northmoor.example", "manager"),
    Colleague("Ada Lindqvist", "ada@northmoor.example", "administrator"),
)

CHILDREN = (
    Child("Amina Yusuf", "07700 900101", returned_hours_ago=3),
    Child("Kai Brennan", "07700 900102", returned_hours_ago=26, texts=("yes", "yes", "text")),
    Child("Leo Marsh", "07700 900103", returned_hours_ago=49, check_word="marmalade"),
    Child("Mia Castellan", "07700 900104", returned_hours_ago=68, texts=("later",)),
    Child("Tom Avery", "07700 900105", returned_hours_ago=80, invited=False),
)


def seed(service: Service) -> list[Login]:
    """Enter everybody, invite those who agreed to texts, and let some of them have answered."""
    logins = [_colleague(service, each) for each in STAFF]
    give_rota(service)
    warm_up(service)
    for child in CHILDREN:
        _child(service, child)
    give_facts(service)
    return logins


def _colleague(service: Service, colleague: Colleague) -> Login:
    password = new_password()
    staff_id = enter_staff(
        service,
        colleague.name,
        colleague.email,
        colleague.role,
        colleague.phone,
        password,
    )
    if colleague.team is not None:
        _put_in_team(service, staff_id, colleague.team)
    return Login(colleague.role, colleague.email, password)


def _put_in_team(service: Service, staff_id: UUID, name: str) -> None:
    with service.database.write() as session:
        team = add_team(session, name, "independent", service.clock.service_now())
        staff = staff_by_id(session, staff_id)
        if staff is not None:
            staff.team_id = team.id
            session.add(staff)


def _child(service: Service, child: Child) -> None:
    advocate = next(each.email for each in STAFF if each.role == "advocate")
    returned_at = service.clock.service_now() - timedelta(hours=child.returned_hours_ago)
    enter_episode(
        service,
        NewEpisode(returned_at, child.name, child.phone, check_word=child.check_word),
        "command",
        Invitation(advocate, ignore_quiet_hours=True) if child.invited else None,
    )
    _run_due(service)
    for text in child.texts:
        receive(service, _inbound(service, child, text))
        _run_due(service)


def _run_due(service: Service) -> None:
    while step(service, WORKER):
        continue


def _inbound(service: Service, child: Child, text: str) -> Inbound:
    return Inbound(
        channel=service.phone_channel,
        account="demo",
        provider_id=uuid4().hex,
        sender=normalise(child.phone),
        recipient="",
        text=text,
        exact=True,
        raw=text.encode(),
        content_type="text/plain",
    )
