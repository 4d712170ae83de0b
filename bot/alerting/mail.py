"""Alerts by e-mail, over SMTP: the words of the alert and nothing else."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Collection
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from bot.alert_settings import Tls
from bot.channels import Outbound, SendFailed, SendInDoubt, Sent

TIMEOUT_S: Final = 3.0
"""For each answer of the server; a send needs up to ten of them."""
MOST_ANSWERS: Final = 10


class Mail:
    """The `Channel` of one mail server; safe to use from several threads, a connection each."""

    name = "email"

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        tls: Tls = "starttls",
        user: str | None = None,
        password: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Take the settings; nobody is asked yet."""
        self.client_timeout_s = timeout_s * MOST_ANSWERS
        self._timeout_s = timeout_s
        self._host, self._port, self._sender, self._tls = host, port, sender, tls
        self._user, self._password = user, password

    def send(self, outbound: Outbound) -> Sent:
        """Hand one message to the server. See `Channel.send`."""
        message = _written(self._sender, outbound)
        try:
            with self._connected() as server:
                _hand_over(server, self._sender, outbound.address, message)
        except smtplib.SMTPAuthenticationError as refused:
            raise _refused(refused.smtp_code, "our_fault") from None
        except smtplib.SMTPResponseException as refused:
            raise _refused(refused.smtp_code) from None
        except (smtplib.SMTPException, ssl.SSLError):
            raise SendFailed("smtp_refused", retry="backoff", trouble="our_fault") from None
        except OSError:
            raise SendFailed("not_reached", retry="backoff") from None
        return Sent(provider_id=f"mail-{outbound.reference.hex}")

    def find(self, outbound: Outbound, since: datetime, known: Collection[str]) -> Sent | None:
        """Nothing: a mail server keeps no list; to send again repeats the alert at most."""
        return None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout_s, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            if self._tls == "starttls":
                server.starttls(context=context)
            if self._user and self._password:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _hand_over(server: smtplib.SMTP, sender: str, to: str, message: EmailMessage) -> None:
    """Step by step: only from the last answer on can the server have the message."""
    server.ehlo_or_helo_if_needed()
    for code, _ in (server.mail(sender), server.rcpt(to)):
        if code >= 400:
            raise _refused(code, "wrong_address" if code >= 500 else "none")
    try:
        code, _ = server.data(message.as_bytes())
    except smtplib.SMTPDataError as refused:
        raise _refused(refused.smtp_code) from None
    except (smtplib.SMTPServerDisconnected, OSError):
        raise SendInDoubt("no_answer") from None
    if code >= 400:
        raise _refused(code)


def _refused(code: int, trouble: str = "none") -> SendFailed:
    lasting = 500 <= code < 600
    return SendFailed(
        f"smtp_{code}",
        retry="never" if lasting else "backoff",
        trouble="wrong_address"
        if trouble == "wrong_address"
        else "our_fault"
        if lasting
        else "none",
    )


def _written(sender: str, outbound: Outbound) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, outbound.address
    message["Subject"] = outbound.body.partition(". ")[0]
    message["Date"] = format_datetime(datetime.now().astimezone())
    message["Message-ID"] = f"<{outbound.reference}@{sender.rpartition('@')[2] or 'localhost'}>"
    # Nobody is away from an alert: no answering machine is to write back.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(outbound.body)
    return message
