"""One request to an address on the web, and what its answer means for an alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.channels import SendFailed, SendInDoubt

TIMEOUTS_S: Final = (3.0, 5.0)
GONE: Final = "gone"
"""The code of a browser that has taken its subscription back."""


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    timeouts_s: tuple[float, float] = TIMEOUTS_S,
) -> None:
    """Post once, follow no redirect, read no answer.

    Raises:
        SendFailed: it was certainly not taken.
        SendInDoubt: nobody can tell.
    """
    import requests  # slow to load, and most processes never post

    try:
        with requests.Session() as session:
            # No proxy and no password of the environment has a say.
            session.trust_env = False
            answer = session.post(
                address,
                data=body,
                headers=dict(headers),
                timeout=timeouts_s,
                allow_redirects=False,
                stream=True,
            )
            answer.close()
    except (requests.exceptions.ReadTimeout, requests.exceptions.ChunkedEncodingError):
        raise SendInDoubt("no_answer") from None
    except requests.exceptions.RequestException:
        raise SendFailed("not_reached", retry="backoff") from None
    status = answer.status_code
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise SendFailed(GONE, retry="never", trouble="wrong_address")
    if status == 429 or status >= 500:
        raise SendFailed(f"http_{status}", retry="backoff")
    raise SendFailed(f"http_{status}", retry="never", trouble="our_fault")
