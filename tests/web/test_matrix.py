"""Role by route by object: what each is answered about a row of their own authority and others.

Made from the access table and the routes themselves: a new route is in it by itself, and one whose
address names something that is in no list fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, col, select
from werkzeug.routing import Rule

from bot.invitations import NewEpisode, enter_episode
from bot.screening_marks import mark_not_a_disclosure
from bot.service import Service
from storage import authorities, escalations
from storage.people import young_person
from storage.staff import staff_by_id
from storage.tables import (
    Escalation,
    HumanTask,
    Message,
    ReturnInterview,
    ScreeningMark,
    Staff,
    YoungPerson,
)
from tests.web.cast import NOW, Cast, enter_staff, sign_in, text
from web.access import ACCESS
from web.app import create_app
from web.sight import NO_SECRET, OBJECTS

ROLES = ("duty_worker", "advocate", "manager", "administrator")
DANGER = "hes outside my window with a knife"
CONCERNED = "dave off nights touched me hes outside my window with a knife"
NUMBERS = {"own": "+447700900121", "other": "+447700900122", "concerned": "+447700900123"}
SENDERS = {"own": "+447700900131", "concerned": "+447700900133"}

OWN_IS_ELSEWHERE = frozenset(
    {
        "look_backs.show",
        "look_backs.save",
    }
)
"""Pages about a row in a state that these are not in: what is not asked for now is not there."""

Ids = dict[str, UUID]


@dataclass(frozen=True, slots=True)
class Scene:
    """People of one authority and one home, and the same rows three times."""

    app: Flask
    people: dict[str, Staff]
    rows: dict[str, Ids]


@pytest.fixture
def scene(service: Service, cast: Cast) -> Scene:
    app = create_app(service)
    # So that what refuses is the access table and nothing else.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    with service.database.write() as session:
        north = authorities.add_authority(session, "North", NOW)
        south = authorities.add_authority(session, "South", NOW)
        home = authorities.add_team(session, "Fenwick House", "home", NOW, north.id)
        apart = authorities.add_team(session, "Apart", "independent", NOW)
    _place(service, enter_staff(service, "Ines Vale", "duty_worker", "+447700900299"), apart.id)
    people = {}
    for number, role in enumerate(ROLES):
        name = f"{['Dave', 'Davey', 'Davy', 'David'][number]} Quill"
        staff = enter_staff(service, name, role, f"+4477009002{60 + number}")
        people[role] = _place(service, staff, home.id, north.id)
    whose = {"own": north.id, "other": south.id, "concerned": north.id}
    rows = {case: _rows(service, app, cast, case, authority) for case, authority in whose.items()}
    return Scene(app, people, rows)


def _place(
    service: Service, staff: Staff, team_id: UUID, authority_id: UUID | None = None
) -> Staff:
    with service.database.write() as session:
        row = session.get_one(Staff, staff.seq)
        row.team_id, row.authority_id = team_id, authority_id
        session.add(row)
    with service.database.read() as session:
        found = staff_by_id(session, staff.id)
    assert found is not None
    return found


def _rows(service: Service, app: Flask, cast: Cast, case: str, authority_id: UUID) -> Ids:
    """A young person with an escalation, an interview, a task and a mark, and a sender."""
    new = NewEpisode(
        name=f"Child {case}", phone=NUMBERS[case], returned_at=NOW - timedelta(hours=3)
    )
    entered = enter_episode(service, new, "command")
    with service.database.write() as session:
        person = young_person(session, entered.young_person_id)
        person.authority_id = authority_id
        session.add(person)
    words = CONCERNED if case == "concerned" else DANGER
    client = app.test_client()
    assert text(client, service, words, NUMBERS[case]).status_code == 200
    if case in SENDERS:
        assert text(client, service, words, SENDERS[case]).status_code == 200
    child = entered.young_person_id
    with service.database.write() as session:
        escalations.add_task(session, "call_wanted", child, entered.interview_id, NOW, NOW)
        ids = _ids(session, child, SENDERS.get(case))
    mark_not_a_disclosure(service, ids["escalation_id"], ids["message_id"], cast.dee, "a mistake")
    with service.database.read() as session:
        mark = session.exec(
            select(ScreeningMark.id).where(ScreeningMark.message_id == ids["message_id"])
        ).one()
    return ids | {"mark_id": mark, "interview_id": entered.interview_id, "young_person_id": child}


def _ids(session: Session, child: UUID, sender: str | None) -> Ids:
    found = select(Escalation.id).where(Escalation.young_person_id == child)
    message = select(Message.id).where(Message.young_person_id == child, Message.direction == "in")
    task = select(HumanTask.id).where(
        HumanTask.young_person_id == child, HumanTask.kind == "call_wanted"
    )
    newest = (
        select(YoungPerson.id)
        .where(col(YoungPerson.provisional))
        .order_by(col(YoungPerson.seq).desc())
    )
    return {
        "escalation_id": session.exec(found).one(),
        "message_id": session.exec(message).one(),
        "task_id": session.exec(task).one(),
        "sender_id": session.exec(newest).first() or uuid4() if sender else uuid4(),
    }


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        if not isinstance(ACCESS[rule.endpoint], str) and rule.endpoint != "sign_in.leave":
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, rule


def address(rule: Rule, ids: Ids) -> str:
    path = rule.rule
    for name in rule.arguments:
        value = ids.get(name, 2 if name == "priority" else uuid4())
        path = path.replace(f"<uuid:{name}>", str(value))
        path = path.replace(f"<int:{name}>", str(value)).replace(f"<{name}>", str(value))
    return path


KEPT = frozenset({"escalation_id", "mark_id", "message_id", "sender_id", "task_id"})
"""Rows that come of what is kept; the interview was there before it, and is read as it stood."""
ANSWERED = frozenset({200, 303, 400, 404, 409})
"""What a page is answered that names no row of a young person, by a role that may use it."""


def expected(role: str, method: str, rule: Rule, case: str) -> frozenset[int]:
    """The statuses that this role may be answered with about such a row."""
    named = OBJECTS.keys() & rule.arguments
    if role not in ACCESS[rule.endpoint]:
        return frozenset({403})
    if not named:
        return ANSWERED
    if case == "other" or (case == "concerned" and KEPT & rule.arguments):
        return frozenset({404})
    return frozenset({404} if rule.endpoint in OWN_IS_ELSEWHERE else {200, 303})


def test_each_part_of_an_address_is_in_a_list(scene: Scene) -> None:
    named = {name for _, rule in routes(scene.app) for name in rule.arguments}
    assert named <= OBJECTS.keys() | NO_SECRET
    assert not OBJECTS.keys() & NO_SECRET
    assert scene.rows["own"].keys() == OBJECTS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_answered_about_each_row_as_it_should_be(scene: Scene, role: str) -> None:
    client = scene.app.test_client()
    sign_in(client, scene.people[role])
    wrong = []
    # Reading first: what is written changes what there is to be read.
    for method, rule in sorted(routes(scene.app), key=lambda each: (each[0], each[1].rule)):
        cases = ("own", "other", "concerned") if OBJECTS.keys() & rule.arguments else ("own",)
        for case in reversed(cases):
            answer = client.open(address(rule, scene.rows[case]), method=method)
            if answer.status_code not in expected(role, method, rule, case):
                wrong.append((method, rule.rule, case, answer.status_code))
    assert wrong == []


def test_an_interview_of_another_advocate_is_not_there(scene: Scene, service: Service) -> None:
    client = scene.app.test_client()
    sign_in(client, scene.people["advocate"])
    page = f"/interviews/{scene.rows['own']['interview_id']}"
    assert client.get(page).status_code == 200

    with service.database.write() as session:
        row = session.get_one(ReturnInterview, scene.rows["own"]["interview_id"])
        row.advocate_id = scene.people["duty_worker"].id
        session.add(row)

    assert client.get(page).status_code == 404
    assert page not in client.get("/interviews").text
