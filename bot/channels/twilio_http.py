"""The one place where Twilio's client meets the network.

Imported only when something is sent: Twilio's client is slow to load.
"""

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from requests import Session
from requests.exceptions import ConnectTimeout, RequestException
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.exceptions import NewConnectionError

from bot.channels import SendFailed, SendInDoubt

TWILIO: Final = "twilio.com"

_logger = logging.getLogger(__name__)
# At DEBUG it writes the address of each request, and a question to Twilio holds a number in it.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class TwilioHttp(HttpClient):
    """Carries requests of Twilio's client to Twilio, or to a fake, once each; logs nothing.

    Twilio has a host for each product (api, messaging, content). Where `api_url` is one of its own
    hosts for `api`, of any region, each request goes to its product's host of that region; where it
    is anything else, all go there. No environment variable has a say.

    What the transport alone can tell is raised from here (docs/reliability.md F-13, F-14):
    SendFailed when no connection was made or the answer was 429, SendInDoubt on a time-out, a reset
    or a 5xx. Every other answer goes back to Twilio's client. Redirects are not followed: they
    would carry the token.
    """

    def __init__(self, api_url: str, timeouts: tuple[float, float]) -> None:
        super().__init__(_logger, is_async=False)
        self._base = urlsplit(api_url)
        self._timeouts = timeouts  # seconds to connect, and to wait for each part of the answer

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request, on a connection of its own."""
        try:
            with Session() as session:
                answer = session.request(
                    method,
                    self._at_base(uri),
                    params=params,
                    data=data,
                    headers=headers,
                    auth=auth,
                    timeout=self._timeouts,
                    allow_redirects=False,
                )
        # `from None`: what these exceptions say holds the address, and so a number.
        except RequestException as error:
            if _never_connected(error):
                raise SendFailed("not_reached", retry="backoff") from None
            raise SendInDoubt("no_answer") from None
        if answer.status_code == 429:
            wait = _seconds(answer.headers.get("Retry-After"))
            raise SendFailed("20429", retry="backoff", retry_after=wait)
        if answer.status_code >= 500 or answer.status_code == 408:
            raise SendInDoubt(f"http_{answer.status_code}")
        return Response(answer.status_code, answer.text, answer.headers)

    def _at_base(self, uri: str) -> str:
        wanted = urlsplit(uri)
        path = self._base.path.rstrip("/") + wanted.path
        return urlunsplit((self._base.scheme, self._host(wanted.netloc), path, wanted.query, ""))

    def _host(self, wanted: str) -> str:
        product, _, _ = wanted.partition(".")
        ours, _, region = self._base.netloc.partition(".")
        is_twilio = ours == "api" and (region == TWILIO or region.endswith(f".{TWILIO}"))
        return f"{product}.{region}" if is_twilio else self._base.netloc


def _never_connected(error: RequestException) -> bool:
    """Say whether nothing can have been sent: there was no connection to send it on."""
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _seconds(retry_after: str | None) -> float | None:
    """Read a Retry-After header: seconds, or a date; None when it is neither."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
