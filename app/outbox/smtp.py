"""Hand one mail to a mail server, or to a folder, within a total deadline.

A server that answers one byte now and then defeats a timeout for each read, so the deadline
covers the connection, TLS and DATA together.
"""

import asyncio
import os
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote

import aiosmtplib

from app.addresses import BadAddress, mail_server, mailbox
from app.outbox.queue import Claimed

QUIT_SECONDS = 1.0
DETAIL_LENGTH = 160
_POLICY = CRLF.clone(cte_type="7bit")
# What the server said about this one mail; anything before it is about the server itself.
_REFUSALS = (
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPRecipientRefused,
    aiosmtplib.SMTPDataError,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one attempt.

    ``outcome`` is sent (accepted), refused (for good), later (the server asks to wait, or broke
    off) or unreachable (nobody answered, so that it is not about this mail).
    """

    outcome: str
    detail: str = ""


@dataclass(slots=True)
class _Call:
    """How far an attempt came."""

    answered: bool = False

    @property
    def failure(self) -> str:
        return "later" if self.answered else "unreachable"


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes. Without a ``host``, into files in ``folder``."""

    folder: Path
    sender: str
    host: str = ""
    port: int = 25
    tls: bool = False
    username: str | None = None
    password: str | None = None


def server_of(url: str, folder: Path, sender: str) -> Server:
    """``smtp://user:password@host:587`` or ``smtps://…``; an empty URL means files."""
    if not url:
        return Server(folder, sender)
    parts, host = mail_server(url)
    tls = parts.scheme == "smtps"
    return Server(
        folder,
        sender,
        host=host,
        port=parts.port or (465 if tls else 25),
        tls=tls,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def compose(mail: Claimed, sender: str) -> EmailMessage:
    """The mail as it travels: text and HTML, the stable Message-ID, marked as automatic."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = mailbox(mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.header_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, charset="utf-8")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", charset="utf-8")
    return message


def unsendable(recipient: str, sender: str, now: datetime) -> str | None:
    """Why no mail to ``recipient`` can leave, in a part of a sentence. Sends nothing.

    The mail is made as it would be, and read as a mail server reads it: ASCII in every line.
    """
    mail = Claimed(0, "<check@localhost>", recipient, "✓", "✓", "<p>✓</p>", now, 1, 0)
    try:
        compose(mail, sender).as_bytes().decode("ascii")
        parseaddr(sender)[1].encode("ascii")
    except BadAddress as error:
        return str(error)
    except (ValueError, LookupError) as error:
        return f"makes no mail that can be sent ({type(error).__name__})"
    return None


async def deliver(mail: Claimed, server: Server, seconds: float) -> Delivery:
    """One attempt within ``seconds`` in all; never raises for what a server can do."""
    call = _Call()
    try:
        async with asyncio.timeout(seconds):
            if not server.host:
                await asyncio.to_thread(write_file, mail, server)
                return Delivery("sent", "written to a file")
            return await _talk(mail, server, call)
    except TimeoutError:
        return Delivery(call.failure, f"no answer within {seconds:g} s")
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return _after(error, call)


async def _talk(mail: Claimed, server: Server, call: _Call) -> Delivery:
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        local_hostname=mail.header_id.rstrip(">").rpartition("@")[2],
        use_tls=server.tls,
        # Plain text stays on this machine; elsewhere a server without TLS gets no mail.
        start_tls=None if server.tls or on_loopback(server.host) else True,
        tls_context=ssl.create_default_context(),
        timeout=None,
    )
    try:
        await client.connect()
        call.answered = True
        await client.mail(parseaddr(server.sender)[1])
        await client.rcpt(mailbox(mail.recipient))
        answer = await client.data(compose(mail, server.sender).as_bytes())
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(QUIT_SECONDS):
                await client.quit()
        return Delivery("sent", _plain(f"{answer.code} {answer.message}"))
    finally:
        client.close()


def _after(error: Exception, call: _Call) -> Delivery:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        detail = _plain(f"{error.code} {error.message}")
        final = isinstance(error, _REFUSALS) and 500 <= error.code < 600
        return Delivery("refused" if final else call.failure, detail)
    return Delivery(call.failure, _plain(f"{type(error).__name__}: {error}"))


def _plain(text: str) -> str:
    """A server's words on one line, cut short; addresses stay out of it."""
    text = re.sub(r"\S+@\S+", "(address)", text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:DETAIL_LENGTH]


def on_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, so that nothing travels."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def write_file(mail: Claimed, server: Server) -> Path:
    """The mail as an ``.eml`` file, whole or not at all; a second copy takes the first's place."""
    server.folder.mkdir(parents=True, exist_ok=True)
    path = server.folder / f"{mail.id:06d}.eml"
    half = path.with_suffix(".part")
    with half.open("wb") as file:
        file.write(compose(mail, server.sender).as_bytes())
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    return path
