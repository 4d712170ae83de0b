"""Twilio's published OpenAPI document, and a judge of requests and answers by it."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from openapi_core.testing import MockResponse
from requests import Request

HOST = "api.twilio.com"
_BESIDE = Path(__file__).parents[3] / "shared/contracts/twilio_api_v2010.extract.json"


@dataclass(frozen=True)
class Call:
    """One call that Twilio's client made, and what came back."""

    method: str
    url: str
    params: Mapping[str, Any]
    data: Mapping[str, Any]
    headers: Mapping[str, str]
    auth: tuple[str, str] | None
    status: int
    answer: str

    def with_data(self, **changes: Any) -> Self:
        """The same call with other parameters; None leaves one out."""
        data = {name: value for name, value in (self.data | changes).items() if value is not None}  # type: ignore[operator]
        return type(self)(**(vars(self) | {"data": data}))

    @property
    def is_in_extract(self) -> bool:
        return urlsplit(self.url).hostname == HOST

    def prepared(self) -> Request:
        return Request(
            self.method,
            self.url,
            headers=dict(self.headers),
            params=dict(self.params),
            data=dict(self.data),
            auth=self.auth,
        )


class Document:
    """Says of a call whether the document allows it."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        formats: dict[str, Callable[[Any], bool]] = {
            "uri": _is_address,
            "date-time-rfc-2822": _is_rfc_2822,
        }
        config = Config(extra_format_validators=formats)
        self._api = OpenAPI.from_dict(dict(content), config=config)

    def check_request(self, call: Call) -> None:
        """Raises what the validator does, or AssertionError for a parameter that is not listed."""
        request = RequestsOpenAPIRequest(call.prepared())
        self._api.validate_request(request)
        asked = {name for name, _ in parse_qsl(urlsplit(str(request.request.url)).query)}
        query, form = self._names(call)
        assert asked <= query, "Twilio does not know such a filter, and ignores it"
        assert call.data.keys() <= form, "Twilio does not know such a parameter, and ignores it"

    def check_answer(self, call: Call) -> None:
        """Raises what the validator does."""
        answer = MockResponse(call.answer.encode(), call.status)
        self._api.validate_response(RequestsOpenAPIRequest(call.prepared()), answer)

    def _names(self, call: Call) -> tuple[set[str], set[str]]:
        """The names that the document has for the query and for the form."""
        parts = urlsplit(call.url).path.split("/")
        for template, operations in self._content["paths"].items():
            if _fits(template.split("/"), parts):
                operation = operations[call.method.lower()]
                listed = operation.get("parameters", [])
                forms = operation.get("requestBody", {}).get("content", {}).values()
                return (
                    {each["name"] for each in listed if each["in"] == "query"},
                    {name for form in forms for name in form["schema"]["properties"]},
                )
        raise AssertionError("no such path in the document")


def the_document() -> Document:
    """The document, or a skipped test where there is none; a path that is given must be right."""
    given = os.environ.get("TWILIO_SPEC")  # noqa: TID251
    path = Path(given) if given else _BESIDE
    if not given and not path.is_file():
        pytest.skip("Twilio's OpenAPI document is not here: make contract SPEC=path/to/it.json")
    return Document(json.loads(path.read_text(encoding="utf-8")))


def _fits(template: list[str], parts: list[str]) -> bool:
    """Compare piece by piece: a piece in braces, with what may follow it, fits any other."""
    return len(template) == len(parts) and all(
        part.endswith(wanted.partition("}")[2]) if wanted.startswith("{") else wanted == part
        for wanted, part in zip(template, parts, strict=True)
    )


def _is_address(value: object) -> bool:
    """A path on the same host, as in lists, or an address as Twilio asks for in words."""
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    if value.startswith("/") and not parts.netloc:
        return " " not in value
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and bool(host) and not set(host) & set("_ ")


def _is_rfc_2822(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parsedate_to_datetime(value)
    except ValueError:
        return False
    return True
