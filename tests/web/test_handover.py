"""Hand-over notes: sealed, shown to the next on duty in the inbox, each reading logged."""

from datetime import time, timedelta

from flask.testing import FlaskClient
from sqlmodel import select

from bot.clock import SetClock
from bot.rota_changes import Pattern, enter
from bot.service import Service
from storage.authorities import add_team
from storage.tables import HandoverNote, Staff
from tests.web.cast import NOW, Cast, csrf_token, sign_in
from tests.web.duty import readings, words_of
from tests.web.test_rota import sam

WORDS = "Amina's gran rings at nine. <b>Ask</b> for Kay."


def hand_over(client: FlaskClient, words: str) -> str:
    token = csrf_token(client.get("/handover"))
    answer = client.post(
        "/handover", data={"csrf_token": token, "words": words}, follow_redirects=True
    )
    return words_of(answer.text)


def only_note(service: Service) -> HandoverNote:
    with service.database.read() as session:
        return session.exec(select(HandoverNote)).one()


def with_password(service: Service, cast: Cast) -> Staff:
    """Sam, who signs in as everybody does in these tests."""
    other = sam(service)
    with service.database.write() as session:
        row = session.get_one(Staff, other.seq)
        row.password_hash = session.get_one(Staff, cast.dee.seq).password_hash
        session.add(row)
    return other


def test_a_note_is_shown_to_the_next_on_duty_until_they_have_read_it(
    client: FlaskClient, service: Service, cast: Cast, clock: SetClock
) -> None:
    other = with_password(service, cast)
    for who, start, end in ((cast.dee, 8, 20), (other, 20, 8)):
        enter(service, Pattern("main", 1, who.id, NOW.date(), time(start), time(end)), None)
    sign_in(client, cast.dee)
    assert "The note is kept" in hand_over(client, WORDS)
    assert "Handed over" not in client.get("/inbox").text, "their own note is no news to them"
    note = only_note(service)
    assert b"gran" not in note.words_sealed
    assert note.shift_id is not None

    sign_in(client, other)
    assert "gran" not in client.get("/inbox").text, "not on duty yet"
    assert readings(service) == []
    clock.move(timedelta(hours=4))
    sign_in(client, other)
    page = client.get("/inbox")
    words = words_of(page.text)
    assert "Handed over to you Dee Okafor" in words
    # A long note must push nothing that is open off the screen.
    assert words.index("1 note was handed over to you") < words.index("Nothing is waiting")
    assert words.index("Nothing is waiting") < words.index("Handed over to you")
    assert "gran rings at nine. &lt;b&gt;Ask" in page.text
    assert readings(service) == [
        (f"staff:{other.id}", "read hand-over note", f"handover_note:{note.id}")
    ]

    assert "gran" not in client.get("/inbox/live").text, "what polls shows no words"
    read = client.post(f"/handover/{note.id}/read", data={"csrf_token": csrf_token(page)})
    assert read.status_code == 303
    assert "gran" not in client.get("/inbox").text
    listed = words_of(client.get("/handover").text)
    assert "Read by Sam Whitlock" in listed
    assert "gran" not in listed
    assert "gran" in client.get(f"/handover/{note.id}").text


def test_an_empty_note_and_one_too_long_are_refused_and_stay_typed(
    client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast.dee)
    assert "Write what the next person needs to know" in hand_over(client, "  ")
    said = hand_over(client, "x" * 4001)
    assert "A note is at most 4000 characters: 4001 were written" in said
    assert "x" * 4001 in said


def test_a_note_of_independent_people_is_for_them_alone(
    client: FlaskClient, service: Service, cast: Cast
) -> None:
    other = with_password(service, cast)
    with service.database.write() as session:
        team = add_team(session, "Independent", "independent", NOW)
        row = session.get_one(Staff, other.seq)
        row.team_id = team.id
        session.add(row)
    sign_in(client, other)
    hand_over(client, WORDS)
    note = only_note(service)

    sign_in(client, cast.dee)

    assert "gran" not in client.get("/inbox").text
    assert "Sam" not in client.get("/handover").text
    assert client.get(f"/handover/{note.id}").status_code == 404
    token = csrf_token(client.get("/handover"))
    answer = client.post(f"/handover/{note.id}/read", data={"csrf_token": token})
    assert answer.status_code == 404
    assert readings(service) == []
