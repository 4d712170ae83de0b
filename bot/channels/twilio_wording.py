"""Looking at words that leave under our name though no line of the script holds them.

The carrier answers HELP, INFO and STOP by itself, in words that invite a child to end the line
(docs/reliability.md 0.5), and a WhatsApp template is kept at Twilio, where anybody can change it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from bot.channels import Finding
from bot.channels.twilio_checks import Checks, Found

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account.message import MessageInstance

RECENT: Final = 400
"""How many messages are looked through for replies that we did not write."""

CANNED: Final = (
    "reply stop to unsubscribe",
    "successfully been unsubscribed",
    "successfully been re-subscribed",
    "reply help for help",
)
"""In lower case, what only the carrier's own replies say."""

HELP_WORDS: Final = frozenset({"help", "info"})

_HOW: Final = (
    "In Twilio's console, put the number in a Messaging Service, open Opt-Out Management there, "
    "replace the replies to HELP and STOP by those that `return-interview channels texts` prints, "
    "and take out the other words."
)


def of_replies(checks: Checks, advanced_opt_out: bool) -> list[Finding]:
    """Look at whether the carrier's own replies were replaced by ours.

    Args:
        checks: Where to look.
        advanced_opt_out: Whether the operator says that it was done: the API does not tell.
    """
    return checks.findings("opt_out", lambda each: _replies(each, advanced_opt_out))


def of_template(checks: Checks, sid: str | None, text: str | None) -> list[Finding]:
    """Look at whether the WhatsApp template is approved and says what it has to.

    Args:
        checks: Where to look.
        sid: The template's; None when there is none.
        text: What it has to say; None when nobody knows.
    """
    return checks.findings(
        "template", lambda each: _template(each, sid, text), "TWILIO_WHATSAPP_TEMPLATE_SID"
    )


def _replies(checks: Checks, advanced_opt_out: bool) -> Found:
    if checks.line.service is None:
        yield (
            "opt_out",
            "wrong",
            "Without a Messaging Service the carrier answers HELP and STOP in its own words, and "
            f"invites young people to end the line. {_HOW} "
            "Then set TWILIO_MESSAGING_SERVICE_SID and TWILIO_ADVANCED_OPT_OUT=true.",
        )
        return
    if not advanced_opt_out:
        yield (
            "opt_out",
            "wrong",
            "TWILIO_ADVANCED_OPT_OUT is not set: the carrier may answer HELP and STOP in its own "
            f"words. {_HOW} Then set TWILIO_ADVANCED_OPT_OUT=true.",
        )
        return
    sent = list(_automatic(checks))
    if any(_is_canned(each.body) for each in sent):
        yield (
            "opt_out",
            "wrong",
            "Twilio has sent a reply of the carrier's own lately, such as the one to HELP, though "
            f"TWILIO_ADVANCED_OPT_OUT is set. {_HOW}",
        )
    elif _help_was_answered(checks, sent):
        yield "opt_out", "ok", "HELP was answered lately, and not in the carrier's words."
    else:
        yield (
            "opt_out",
            "unknown",
            "Twilio does not tell whether its own replies were replaced. Text HELP to the number: "
            "our own words must come back, and nothing about STOP.",
        )


def _automatic(checks: Checks) -> "Iterable[MessageInstance]":
    """Outgoing messages that nobody asked for: we answer no webhook with a message, ever."""
    listed = checks.client.messages.stream(limit=RECENT, page_size=RECENT)
    for message in listed:
        canned = _is_canned(message.body)
        if checks.line.sent(message) and (str(message.direction) == "outbound-reply" or canned):
            yield message


def _is_canned(body: str | None) -> bool:
    said = (body or "").lower()
    return any(each in said for each in CANNED)


def _help_was_answered(checks: Checks, sent: "list[MessageInstance]") -> bool:
    asked_by = {
        message.from_
        for message in checks.client.messages.stream(limit=RECENT, page_size=RECENT)
        if checks.line.received(message) and (message.body or "").strip().lower() in HELP_WORDS
    }
    return any(message.to in asked_by for message in sent)


def _template(checks: Checks, sid: str | None, text: str | None) -> Found:
    if sid is None:
        yield (
            "template",
            "wrong",
            "TWILIO_WHATSAPP_TEMPLATE_SID is not set: WhatsApp takes free words only for a day "
            "after somebody last wrote, so nobody can be written to first.",
        )
        return
    content = checks.client.content.v1.contents(sid)
    bodies = _bodies(content.fetch().types)
    status = _approval(content.approval_fetch().fetch().whatsapp)
    if status != "approved":
        yield (
            "template",
            "wrong",
            f"WhatsApp has not approved the template: it stands at {status or 'not submitted'}. "
            "Nobody can be written to first until it has.",
        )
    elif text is None:
        yield "template", "unknown", "The template is approved; nobody knows what it has to say."
    elif [each.strip() for each in bodies] != [text.strip()]:
        yield (
            "template",
            "wrong",
            f'The approved template has other words than this service. It must say: "{text}"',
        )
    else:
        yield "template", "ok", "WhatsApp has approved the template, and its words are ours."


def _bodies(types: object) -> list[str]:
    """The body of each kind that the template has; one that carries no body counts as empty."""
    kinds = types.values() if isinstance(types, dict) else ()
    return [str(each.get("body", "")) if isinstance(each, dict) else "" for each in kinds]


def _approval(whatsapp: object) -> str:
    return str(whatsapp.get("status", "")) if isinstance(whatsapp, dict) else ""
