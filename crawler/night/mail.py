"""Word of a night by e-mail, through the server that luutru.toml names."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from archive.errors import NotSent
from crawler.night.report import Report

_PATIENCE = 30
PASSWORD = "LUUTRU_SMTP_PASSWORD"  # noqa: S105 - the name of a variable


def message(report: Report, page: str, sender: str, to: str) -> EmailMessage:
    """The mail: the night in a line, each portal that is not green with its reasons, and the page attached."""
    mail = EmailMessage()
    mail["Subject"] = f"luutru {report.colour}: night of {report.night}"
    mail["From"], mail["To"] = sender, to
    lines = [report.line(), ""]
    for one in report.portals:
        if one.colour != "green":
            lines += [f"{one.portal}: {one.colour}", *(f"  {reason}" for reason in one.reasons), ""]
    mail.set_content("\n".join(lines))
    mail.add_attachment(page.encode(), "text", "html", filename=f"{report.night}.html")
    return mail


def send(mail: EmailMessage, server: str) -> None:
    """Sends a mail through `smtp://[user@]host[:port]` (STARTTLS where it is offered) or `smtps://…`.

    The password comes from $LUUTRU_SMTP_PASSWORD alone.  NotSent where it cannot be sent.
    """
    where = urlsplit(server)
    host = where.hostname or ""
    try:
        if where.scheme == "smtps":
            link: smtplib.SMTP = smtplib.SMTP_SSL(host, where.port or 465, timeout=_PATIENCE, context=_context())
        else:
            link = smtplib.SMTP(host, where.port or 25, timeout=_PATIENCE)
        with link:
            link.ehlo()
            if where.scheme != "smtps" and link.has_extn("starttls"):
                link.starttls(context=_context())
                link.ehlo()
            if where.username:
                link.login(unquote(where.username), os.environ.get(PASSWORD, ""))
            link.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"no mail could be sent through {host}: {error}", "Check [notify] in luutru.toml") from error


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
