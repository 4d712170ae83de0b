"""The page for the first night: the document and the page say the same, and it is short."""

import re
from html import unescape
from pathlib import Path

from flask.testing import FlaskClient

from tests.web.cast import Cast, sign_in
from tests.web.duty import words_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "duty-worker.md"
MOST_WORDS = 900
"""Two printed pages."""


def plain(markdown: str) -> str:
    return " ".join(re.sub(r"^(#+|-|\d+\.) |\*", "", markdown, flags=re.MULTILINE).split())


def test_the_page_is_the_document_word_for_word(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast.dee)

    shown = unescape(words_of(client.get("/help").text))

    assert plain(DOCUMENT.read_text(encoding="utf-8")) in shown


def test_it_fits_two_printed_pages() -> None:
    assert len(DOCUMENT.read_text(encoding="utf-8").split()) <= MOST_WORDS
