"""Calls that Twilio was asked to make, as it keeps them."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

CALLS = re.compile(r"/2010-04-01/Accounts/(\w+)/Calls\.json")


def accepted_call(form: Mapping[str, str], account_sid: str) -> dict[str, Any]:
    """What Twilio answers when it has taken a call."""
    sid = "CA" + secrets.token_hex(16)
    return {
        "sid": sid,
        "account_sid": account_sid,
        "to": form["To"],
        "from": form["From"],
        "status": "queued",
        "direction": "outbound-api",
        "uri": f"/2010-04-01/Accounts/{account_sid}/Calls/{sid}.json",
    }
