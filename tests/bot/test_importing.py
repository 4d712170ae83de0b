"""A file of episodes: every error with its line, and all of it entered or nothing."""

from datetime import UTC, datetime
from random import Random

import pytest

from bot.import_file import MOST_ROWS, Unreadable, read_rows
from bot.importing import enter_file, look_through
from bot.invitations import NotEntered
from storage import people
from storage.emergency_facts import facts_of
from storage.person_details import details_of
from storage.tables import MissingEpisode, Offer, OutboxEntry, ReturnInterview, YoungPerson
from tests.bot.cast import AMINA_NUMBER, MAX_NUMBER, ade
from tests.bot.entering import enter
from tests.bot.world import Child, World

HEADER = "returned_at,name,phone,invite,texting_agreed_by"
AMINA = "2026-11-20T09:00,Amina,07700 900101,yes,ade@example.org"
SAMI = "2026-11-19 21:30,Sami,07700 900102,no,"


def file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows)).encode()


def row(**cells: str) -> bytes:
    known = {"returned_at": "2026-11-20T09:00", "name": "Amina", "phone": "07700 900101"}
    return file(
        ",".join(f'"{each}"' for each in (known | cells).values()), header=",".join(known | cells)
    )


def problems(world: World, data: bytes) -> list[tuple[int, str, str]]:
    found = look_through(world.service, data).problems
    return [(each.line, each.column, each.says) for each in found]


def results(world: World, data: bytes) -> list[tuple[int, str, str | None]]:
    looked = look_through(world.service, data)
    assert looked.problems == ()
    return [(each.line, each.result, each.reason) for each in looked.lines]


def enter_all(world: World, data: bytes) -> list[tuple[int, str, str | None]]:
    done = enter_file(world.service, look_through(world.service, data), "command")
    return [(each.line, each.result, each.reason) for each in done]


def nothing_stored(world: World) -> bool:
    return not any(
        world.rows(each) for each in (YoungPerson, MissingEpisode, ReturnInterview, Offer)
    )


def test_what_an_emergency_asks_for_comes_with_the_row_and_what_is_not_said_stays(
    world: World,
) -> None:
    enter_all(world, row(medical="Asthma", carer="Sam, mother", carer_not_to_call="yes"))
    (child,) = world.rows(YoungPerson)
    again = f"2026-11-20T10:00,{child.id},Penicillin"
    enter_all(world, file(again, header="returned_at,young_person,allergies"))

    (child,) = world.rows(YoungPerson)
    kept = facts_of(world.service.vault, child)
    assert kept is not None
    assert (kept.medical, kept.allergies, kept.carer_not_to_call) == ("Asthma", "Penicillin", True)
    assert problems(world, row(carer_not_to_call="perhaps")) == [
        (2, "carer_not_to_call", "give yes or no")
    ]


# --- looking, then entering ---


def test_looking_stores_nothing_and_entering_does_what_was_said(world: World) -> None:
    ade(world)
    data = file(AMINA, SAMI)
    planned = [(2, "invited", None), (3, "entered", None)]
    assert results(world, data) == planned
    assert nothing_stored(world)

    assert enter_all(world, data) == planned
    world.run()
    assert [bool(world.heard(each)) for each in (AMINA_NUMBER, MAX_NUMBER)] == [True, False]
    assert [each.returned_at for each in world.rows(MissingEpisode)] == [
        datetime(2026, 11, 20, 9, tzinfo=UTC),
        datetime(2026, 11, 19, 21, 30, tzinfo=UTC),
    ]
    assert world.audit_is_sound()


def test_the_same_file_again_does_nothing_twice(world: World) -> None:
    ade(world)
    data = file(AMINA, SAMI)
    enter_all(world, data)
    assert enter_all(world, data) == [(2, "known", None), (3, "known", None)]
    more = file(AMINA.replace("Amina", " amina"), "2026-11-20T08:00,Leo,07700900103,,")
    assert enter_all(world, more) == [(2, "known", None), (3, "entered", None)]

    assert len(world.rows(MissingEpisode)) == 3
    assert len(world.rows(Offer)) == 1


def test_a_known_young_person_is_named_by_their_id(sqlite_world: World) -> None:
    child = enter(sqlite_world)
    data = file(f"2026-11-19T09:00,{child.id}", header="returned_at,young_person")
    enter_all(sqlite_world, data)

    assert enter_all(sqlite_world, data) == [(2, "known", None)]
    assert len(sqlite_world.rows(MissingEpisode)) == 2


def test_all_that_was_agreed_is_entered(sqlite_world: World) -> None:
    agreed = {
        "born": "2012-05-30",
        "check_word": "marmalade",
        "duress_word": "lantern",
        "needs_support": "yes",
        "prompts_from": "16:00",
        "prompts_until": "19:00",
        "school_time_ok": "no",
        "length": "Short",
        "channel": "sms",
        "language": "en",
    }
    enter_all(sqlite_world, row(**agreed))
    (person,) = sqlite_world.rows(YoungPerson)
    details = details_of(sqlite_world.service.vault, person)

    assert (details.check_word, details.duress_word) == ("marmalade", "lantern")
    assert (str(details.born_on), details.needs_support) == ("2012-05-30", True)
    assert (details.prompts_from, details.prompts_until) == ("16:00", "19:00")
    (interview,) = sqlite_world.rows(ReturnInterview)
    assert interview.length == "short"


def test_who_is_not_texted_is_entered_all_the_same_and_it_is_said(sqlite_world: World) -> None:
    ade(sqlite_world)
    data = row(needs_support="yes", invite="yes", texting_agreed_by="ade@example.org")
    expected = [(2, "not_invited", "person_first")]
    assert results(sqlite_world, data) == expected
    assert enter_all(sqlite_world, data) == expected

    (person,) = sqlite_world.rows(YoungPerson)
    assert sqlite_world.tasks(Child(person.id, AMINA_NUMBER)) == ["person_first"]
    assert sqlite_world.rows(OutboxEntry) == []


# --- everything wrong is said, with its line ---


def test_all_errors_of_all_rows_are_said_and_nothing_is_stored(world: World) -> None:
    ade(world)
    data = file(
        AMINA,
        "20/11/2026 21:30,Sami,07700 900102,maybe,",
        '2026-11-20T09:00,"Leo\nMarsh",0800 FLOWERS,,',
        ",,,,",
        "2026-11-20T09:00,,07700 900104,yes,who@example.org",
        "2026-11-20T09:00,Max",
    )
    assert [(line, column) for line, column, _ in problems(world, data)] == [
        (3, "invite"),
        (3, "returned_at"),
        (4, "phone"),
        (7, "name"),
        (7, "texting_agreed_by"),
        (8, ""),
    ]
    with pytest.raises(NotEntered):
        enter_file(world.service, look_through(world.service, data), "command")
    assert nothing_stored(world)


def test_no_error_says_what_stands_in_the_row(sqlite_world: World) -> None:
    ade(sqlite_world)
    secrets = {
        "name": "Zebedee",
        "phone": "0800 FLOWERS",
        "born": "ZZ/13/2011",
        "check_word": "yes",
        "length": "QQLENGTH",
        "channel": "pigeon",
        "language": "qq",
        "returned_at": "46346.89",
    }
    said = " ".join(each for _, _, each in problems(sqlite_world, row(**secrets)))

    assert not [each for each in secrets.values() if each in said and each != "yes"]


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"returned_at": ""}, "returned_at", "say when they returned"),
        ({"returned_at": "20/11/2026 09:00"}, "returned_at", "2026-11-20T21:30"),
        ({"returned_at": "46346.5"}, "returned_at", "2026-11-20T21:30"),
        ({"returned_at": "2026-11-20"}, "returned_at", "a day and a time"),
        ({"returned_at": "2026-11-31T09:00"}, "returned_at", "no such day"),
        ({"returned_at": "2026-10-25T01:30"}, "returned_at", "clocks"),
        ({"returned_at": "2026-11-20T16:01"}, "returned_at", "future"),
        ({"born": "30/05/2011"}, "born", "2011-05-30"),
        ({"born": "20110530"}, "born", "2011-05-30"),
        ({"born": "2027-01-01"}, "born", "future"),
        ({"young_person": "11"}, "young_person", "id of a young person"),
        ({"young_person": "11111111-1111-4111-8111-111111111111"}, "young_person", "not both"),
        ({"channel": "telegram"}, "channel", "sms, whatsapp"),
        ({"channel": "whatsapp"}, "channel", "not set up"),
        ({"language": "cy"}, "language", "give one of en"),
        ({"length": "long"}, "length", "full, short"),
        ({"needs_support": "1"}, "needs_support", "yes or no"),
        ({"prompts_from": "16:00"}, "prompts_until", "both times"),
        ({"prompts_from": "12:00", "prompts_until": "13:00"}, "prompts_from", "add school_time_ok"),
        ({"check_word": "yes"}, "check_word", "ordinary reply"),
        ({"check_word": "lantern", "duress_word": "Lantern"}, "duress_word", "different"),
        ({"name": ""}, "name", "name and phone"),
        ({"phone": ""}, "phone", "name and phone"),
    ],
)
def test_what_cannot_be_used_is_said_by_its_column(
    sqlite_world: World, cells: dict[str, str], column: str, said: str
) -> None:
    found = problems(sqlite_world, row(**cells))

    assert [each[:2] for each in found] == [(2, column)]
    assert said in found[0][2]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (AMINA, "the same episode as line 2"),
        (AMINA.replace("Amina", " AMINA"), "the same episode as line 2"),
        (AMINA.replace("20T", "19T"), "the same name and number as line 2"),
        (AMINA.replace("Amina", "Sami"), "the same number as line 2"),
        (AMINA.replace("07700 900101", "+447700900101"), "the same episode as line 2"),
    ],
)
def test_rows_about_the_same(sqlite_world: World, second: str, said: str) -> None:
    ade(sqlite_world)
    ((line, _, found),) = problems(sqlite_world, file(AMINA, second))

    assert line == 3
    assert said in found


def test_children_who_share_a_phone(sqlite_world: World) -> None:
    header = "returned_at,name,phone,shared_phone"
    data = file(
        "2026-11-20T09:00,Amina,07700900101,no",
        "2026-11-20T09:00,Sami,07700900101,yes",
        header=header,
    )
    enter_all(sqlite_world, data)

    assert len(sqlite_world.rows(YoungPerson)) == 2
    assert [each[1] for each in enter_all(sqlite_world, data)] == ["known", "known"]


def test_a_number_that_is_known_names_whose_it_is(sqlite_world: World) -> None:
    child = enter(sqlite_world)
    ((_, column, said),) = problems(sqlite_world, file(AMINA.replace("yes,ade@example.org", ",")))

    assert column == "phone"
    assert str(child.id) in said
    assert "--" not in said


def test_a_reference_stands_once(sqlite_world: World) -> None:
    data = file(
        "2026-11-20T09:00,Amina,07700900101,M/1",
        "2026-11-20T09:00,Sami,07700900102,M/1",
        header="returned_at,name,phone,reference",
    )
    assert problems(sqlite_world, data) == [(3, "reference", "the same reference as line 2")]


def test_what_changed_in_between_keeps_all_out(world: World) -> None:
    """Somebody entered the same number after the file was looked through."""
    ade(world)
    looked = look_through(world.service, file(SAMI, AMINA))
    enter(world)
    with pytest.raises(NotEntered, match="number is known"):
        enter_file(world.service, looked, "command")

    assert len(world.rows(YoungPerson)) == len(world.rows(MissingEpisode)) == 1


# --- how a file may be written ---


@pytest.mark.parametrize(
    "data",
    [
        file(AMINA),
        b"\xef\xbb\xbf" + file(AMINA),
        file(AMINA).replace(b"\n", b"\r\n") + b"\r\n",
        file(AMINA).replace(b",", b";"),
        file(AMINA, "", ",,,,").replace(b"Amina", b'"Amina"'),
        file(AMINA).replace(b"returned_at,name", b" Returned_At ,NAME"),
    ],
    ids=["plain", "mark", "windows", "semicolons", "empty rows", "capitals"],
)
def test_a_file_as_spreadsheets_write_it(data: bytes) -> None:
    rows, found = read_rows(data)

    assert found == []
    assert [(each.line, each.cells["name"], each.cells["invite"]) for each in rows] == [
        (2, "Amina", "yes")
    ]


def test_lines_are_those_of_the_file_after_a_quoted_new_line() -> None:
    rows, _ = read_rows(file('2026-11-20T09:00,"A\r\n\r\nB",1,,', "", SAMI))

    assert [each.line for each in rows] == [2, 6]
    assert rows[0].cells["name"] == "A\r\n\r\nB"


def test_words_are_kept_as_they_are(sqlite_world: World) -> None:
    enter_all(sqlite_world, row(name="=O’Néill; Łucja 🙂"))
    (person,) = sqlite_world.rows(YoungPerson)

    assert people.name_of(sqlite_world.service.vault, person) == "=O’Néill; Łucja 🙂"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "must name the columns"),
        (b"\n" + file(AMINA), "must name the columns"),
        (file(AMINA, header="returned_at,name,phone,invite,agreed"), "unknown columns: 'agreed'"),
        (file(AMINA, header="returned_at,name,phone,name,invite"), "twice"),
        (file("Amina", header="name"), "returned_at is missing"),
        (file("2026-11-20T09:00,Amina", header="returned_at,name"), "name and phone"),
        (file(AMINA, SAMI.replace("Sami", "Zoë")).decode().encode("cp1252"), "line 3 is not UTF-8"),
        (file(AMINA).decode().encode("utf-16"), "not UTF-8"),
        (file(AMINA).replace(b"Amina", b'"Amina'), "line 2: the quotes"),
        (file(AMINA).replace(b"Amina", b"A\0mina"), "not UTF-8 text"),
        (file(*["2026-11-20T09:00,A,1,,"] * (MOST_ROWS + 1)), "more than 5000 rows"),
        (file("x" * 5_000_001), "larger than 5 MB"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_rows(data)


def test_a_file_that_would_keep_texts_waiting_is_to_be_split(sqlite_world: World) -> None:
    rows = [f"2026-11-20T09:00,Amina {each},+4477009{each:05},no," for each in range(201)]

    looked = look_through(sqlite_world.service, file(*rows))

    assert [each.line for each in looked.problems] == [202]
    assert "another file" in looked.problems[0].says
    assert look_through(sqlite_world.service, file(*rows[:-1])).problems == ()


def test_no_file_at_all_breaks_it(sqlite_world: World) -> None:
    """Whatever the bytes: rows, or one line that says why not."""
    ade(sqlite_world)
    chance = Random(20261122)
    base = file(AMINA, SAMI, '2026-11-20T09:00,"a ""b""\nc",07700900103,,')
    for _ in range(300):
        mutated = bytearray(base)
        for _ in range(chance.randint(1, 6)):
            mutated[chance.randrange(len(mutated))] = chance.choice(b'",;\n\r\x00\xff0aZ')
        data = bytes(mutated)
        try:
            looked = look_through(sqlite_world.service, data)
        except Unreadable:
            continue
        lines = [each.line for each in looked.problems] + [each.line for each in looked.lines]
        assert all(1 < each <= len(data.splitlines()) for each in lines)
