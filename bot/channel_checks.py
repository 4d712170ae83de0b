"""Whether the line works: what the providers say of it, and what happens to a request of ours.

Everything is said in plain words, with what to do next; no secret and nobody's number is in it.
Nothing becomes a message: see `bot.channels.round_trip`. The probes with a wrong signature count as
refused requests, so three checks within five minutes raise that alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from bot.bank_holidays import known_until
from bot.channels import Finding, Provider
from bot.channels.round_trip import Probe, telegram_probes, twilio_probes
from bot.service import Service
from bot.settings import Settings, SettingsUnsafe, require_safe
from storage.staff import duty_workers, phone_of

TIMEOUT_S: Final = (5.0, 10.0)
BANK_HOLIDAYS_AHEAD: Final = timedelta(days=60)
HERE: Final = "service"
"""The channel of a finding about this service itself."""

_NAMES: Final = {"twilio": "Twilio", "telegram": "Telegram"}
_SETTINGS: Final = {
    "twilio": "PUBLIC_URL, TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN",
    "telegram": "TELEGRAM_WEBHOOK_SECRET",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request to our own public address went: a status, or why there was none."""

    status: int
    body: bytes = b""
    trouble: str = ""


Fetch = Callable[[str, str, bytes, dict[str, str]], Answer]
"""Method, address, body and headers of one request; never raises."""


def over_the_network(method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Make one request and follow no redirect, as the providers do."""
    import requests  # no other command needs it

    try:
        with requests.request(
            method, url, data=body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False
        ) as given:
            return Answer(given.status_code, given.content[:100])
    except requests.exceptions.SSLError:
        return Answer(0, trouble="its certificate is not valid for that name, or has run out")
    except requests.exceptions.Timeout:
        return Answer(0, trouble="it did not answer in time")
    except requests.exceptions.ConnectionError:
        return Answer(0, trouble="nothing answers there: the name is wrong, or nothing listens")
    except requests.exceptions.RequestException:
        return Answer(0, trouble="it is no address that can be asked")


def check_line(service: Service, fetch: Fetch = over_the_network) -> list[Finding]:
    """Look at everything that must be right for texts to come and go.

    Args:
        service: with the settings that the running service has.
        fetch: how our own public address is reached.
    """
    settings = service.settings
    found = [_settings(settings)]
    for channel in service.channels.values():
        if isinstance(channel, Provider):
            found += _asked(channel)
    found += [_duty_worker(service), _bank_holidays(service)]
    reached = _reached(settings, fetch)
    found.append(reached)
    if reached.state != "wrong":
        found += _round_trips(settings, fetch)
    return found


def works(found: list[Finding]) -> bool:
    """Whether nothing is wrong, as far as can be seen from here."""
    return all(each.state != "wrong" for each in found)


def _settings(settings: Settings) -> Finding:
    try:
        require_safe(settings)
    except SettingsUnsafe as unsafe:
        return Finding(HERE, "settings", "wrong", f"The service does not start like this: {unsafe}")
    return Finding(HERE, "settings", "ok", "All settings that the service needs are there.")


def _asked(channel: Provider) -> list[Finding]:
    try:
        return channel.check()
    except Exception as error:  # noqa: BLE001 - it promises not to; the other lines are still shown
        says = f"The check of this channel broke off ({type(error).__name__}): report it."
        return [Finding(channel.name, "check", "unknown", says)]


def _duty_worker(service: Service) -> Finding:
    with service.database.read() as session:
        able = [each for each in duty_workers(session) if phone_of(service.vault, each)]
    if not able:
        says = (
            "No duty worker has a number, so nobody can be alerted. "
            "Enter one: return-interview staff add --role duty_worker --phone NUMBER"
        )
        return Finding(HERE, "duty_worker", "wrong", says)
    return Finding(HERE, "duty_worker", "ok", f"{len(able)} on duty can be alerted by text.")


def _bank_holidays(service: Service) -> Finding:
    """Whether the list of bank holidays reaches far enough for what is planned by it."""
    today, nation = service.clock.service_now().date(), service.settings.nation
    end = known_until(nation)
    if end - today < BANK_HOLIDAYS_AHEAD:
        says = f"The list of bank holidays ends on {end:%d %B %Y}: install a newer release."
        return Finding(HERE, "bank_holidays", "wrong", says)
    says = f"Bank holidays are known until {end:%d %B %Y}."
    return Finding(HERE, "bank_holidays", "ok", says)


def _reached(settings: Settings, fetch: Fetch) -> Finding:
    answer = fetch("GET", f"{settings.site}/health/live", b"", {})
    if answer.trouble:
        says = f"PUBLIC_URL cannot be reached from here: {answer.trouble}."
        return Finding(HERE, "address", "wrong", says)
    if (answer.status, answer.body) != (200, b"ok"):
        says = f"PUBLIC_URL is not this service: {_explained(answer.status)}"
        return Finding(HERE, "address", "wrong", says)
    if not settings.is_https and _is_here(settings.site):
        says = "PUBLIC_URL is this machine: only what runs here can post to it."
        return Finding(HERE, "address", "unknown", says)
    return Finding(HERE, "address", "ok", "PUBLIC_URL is answered by this service.")


def _is_here(site: str) -> bool:
    host = urlsplit(site).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _round_trips(settings: Settings, fetch: Fetch) -> Iterator[Finding]:
    if settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_sms_from:
        probes = twilio_probes(
            settings.site,
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            settings.twilio_sms_from,
        )
        yield from _tried(probes, fetch)
    posted = settings.has_telegram and settings.telegram_receive == "webhook"
    if posted and settings.telegram_webhook_secret:
        yield from _tried(telegram_probes(settings.site, settings.telegram_webhook_secret), fetch)


def _tried(probes: tuple[Probe, Probe], fetch: Fetch) -> Iterator[Finding]:
    """First as the provider would, then as somebody else would who knows no secret."""
    genuine, forged = probes
    answer = fetch("POST", genuine.url, genuine.body, genuine.headers)
    yield _genuine(genuine, answer)
    answer = fetch("POST", forged.url, forged.body, forged.headers)
    yield _forged(forged, answer)


def _genuine(probe: Probe, answer: Answer) -> Finding:
    name = _NAMES[probe.provider]
    if answer.status == probe.expected:
        says = f"A request signed as {name} signs arrives as it left, and is taken."
        return Finding(probe.provider, "round_trip", "ok", says)
    if answer.trouble:
        says = f"A request as {name} makes it does not arrive: {answer.trouble}."
    else:
        says = f"A request as {name} makes it is not taken: {_explained(answer.status, probe)}"
    return Finding(probe.provider, "round_trip", "wrong", says)


def _forged(probe: Probe, answer: Answer) -> Finding:
    name = _NAMES[probe.provider]
    if answer.status == probe.expected:
        says = f"A request that is not signed as {name} signs is refused."
        return Finding(probe.provider, "forgery", "ok", says)
    if 200 <= answer.status < 300:
        says = (
            f"A request that {name} did not sign was taken: anybody could write as any child. "
            "Stop the service, and look at what answers under PUBLIC_URL."
        )
        return Finding(probe.provider, "forgery", "wrong", says)
    says = "Whether a forged request is refused cannot be seen until the line above is right."
    return Finding(probe.provider, "forgery", "unknown", says)


def _explained(status: int, probe: Probe | None = None) -> str:
    """What a status means that we did not expect, and what to do."""
    if 300 <= status < 400:
        return (
            f"it answers {status} and sends the request elsewhere, where no provider follows it. "
            "Put the address that it leads to in PUBLIC_URL, or take the redirect out of the proxy."
        )
    if status == 403 and probe is not None:
        return (
            "it answers 403: the running service has another value of "
            f"{_SETTINGS[probe.provider]} than this command, or a proxy changes the request. "
            "Start `serve` again with the same settings; if it stays, have the proxy leave the "
            "path, the headers and the body alone."
        )
    if status == 404:
        return (
            "it answers 404: another site is behind that name or path, or the proxy does not pass "
            "/webhooks on, or `serve` runs without the settings of this channel."
        )
    if status in (502, 504):
        return (
            f"it answers {status}: the proxy is there and `serve` behind it is not. "
            "Start `return-interview serve`, and check the port that the proxy uses."
        )
    if status == 503:
        return "it answers 503: the service there could not store it. Look in its log."
    if status in (413, 415):
        return f"it answers {status}: a proxy changes the body or its Content-Type, and must not."
    return f"it answers {status}, which this service never does there: look at the proxy."
