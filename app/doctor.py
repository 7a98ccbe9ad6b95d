"""What is missing or unsafe, in plain sentences, each with its cure: ``daybook doctor``.

It changes nothing and sends nothing. What it cannot look at, because something before it is
wrong, it does not guess.
"""

import shutil
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime

from sqlalchemy import Connection, exists, func, select, true
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.clock import CLOCKS_DIFFER, age
from app.db import Database, UnsafeDatabase
from app.grants import alterable
from app.keys import KeyFileError
from app.migrate import is_newest
from app.models.outbox import HEARTBEAT
from app.models.people import SITE, STAFF
from app.outbox.queries import (
    BACKUP_LATE,
    JOB_FAILED,
    MAIL_LATE,
    MAIL_REFUSED,
    NOBODY_TO_TELL,
    TRAIL_ALTERED,
    WORKER_SILENT,
    mail_state,
)
from app.outbox.smtp import on_loopback, server_of
from app.protocol.in_force import protocol_in_force
from app.recovery.backup import finished
from app.settings import Settings
from app.start import mail_faults, production_faults
from app.visit.roles import CAN_ENROL, HANDLES_ALERTS, KEEPS_ACCOUNTS, Permission, holders

SMTP_SECONDS = 10.0
LEAST_FREE = 0.1
CURES = {
    WORKER_SILENT: "no worker sends mail: start 'daybook worker', and keep it running",
    MAIL_LATE: "mail waits for over five minutes: see that the mail server takes it",
    MAIL_REFUSED: "the mail server refused an alert: mend the address, then 'daybook outbox retry'",
    NOBODY_TO_TELL: "for some participants nobody can be told: fill the list on the page Site",
    TRAIL_ALTERED: "the audit trail is broken: keep a copy, and see 'daybook audit verify'",
    BACKUP_LATE: "the last backup is older than two hours: see the log of 'daybook worker'",
    JOB_FAILED: "a regular check fails: the log of 'daybook worker' says which and why",
}
NEEDED = {
    KEEPS_ACCOUNTS: "has no administrator: 'daybook staff new EMAIL --name NAME --role admin'",
    CAN_ENROL: "has nobody who may enrol: invite a coordinator on the page Colleagues",
    HANDLES_ALERTS: "has nobody who may take an alert: invite them on the page Colleagues",
}


def examine(settings: Settings, clock: Callable[[], datetime]) -> Iterator[str]:
    """A sentence for everything that is wrong; nothing where all is well."""
    yield from _of_settings(settings)
    yield from _of_backups(settings)
    yield from _of_archives(settings)
    yield from _of_disk(settings)
    yield from _of_mail_server(settings)
    if not settings.key_path.exists():
        return
    # To open a file is to make it, and whoever asks here may not be whom the service runs as.
    if not settings.database_url.startswith("postgresql") and not settings.sqlite_path.exists():
        yield f"there is no database at {settings.sqlite_path} yet: 'daybook migrate' makes one"
        return
    try:
        with closing(Database(settings)) as database:
            yield from _of_database(database, clock)
    except (DBAPIError, OSError) as error:
        yield f"the database does not answer ({type(error).__name__}): see its address and its log"
    except (UnsafeDatabase, KeyFileError) as error:
        yield str(error)


def _of_settings(settings: Settings) -> Iterator[str]:
    yield from production_faults(settings)
    if settings.mail_from.rpartition("@")[2].strip("<> ") in ("", "localhost"):
        yield "mail comes from an address that nobody can answer: set DAYBOOK_MAIL_FROM"


def _of_backups(settings: Settings) -> Iterator[str]:
    """Where they go; how old the last one is, the database knows."""
    folder = settings.backup_dir
    if folder is None:
        yield "no backups are made: set DAYBOOK_BACKUP_DIR to a folder on another disk"
    elif folder.resolve().is_relative_to(settings.data_dir.resolve()):
        yield "backups lie beside the data, and go with it: put DAYBOOK_BACKUP_DIR elsewhere"
    elif settings.key_path.resolve().is_relative_to(folder.resolve()):
        yield "the key lies among the backups that it opens: put DAYBOOK_BACKUP_DIR elsewhere"
    elif not finished(folder):
        yield f"there is no backup in {folder} yet: start 'daybook worker', or 'daybook backup'"


def _of_archives(settings: Settings) -> Iterator[str]:
    """Whether whoever leads a site has the record without whoever runs the server."""
    if settings.archive_dir is None:
        yield "sites have no copy of their own: set DAYBOOK_ARCHIVE_DIR, which they keep as paper"


def _of_disk(settings: Settings) -> Iterator[str]:
    place = next(one for one in (settings.data_dir, *settings.data_dir.parents) if one.exists())
    usage = shutil.disk_usage(place)
    if usage.free < LEAST_FREE * usage.total:
        yield f"only {usage.free / usage.total:.0%} of the disk of the data is free: make room"


def _of_mail_server(settings: Settings) -> Iterator[str]:
    """Greets the server and, where there is a password, signs in; no mail is sent."""
    server = server_of(settings.smtp_url, settings.mail_dir, settings.mail_from)
    if not server.host:
        return
    safe = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(server.host, server.port, timeout=SMTP_SECONDS, context=safe)
            if server.tls
            else smtplib.SMTP(server.host, server.port, timeout=SMTP_SECONDS)
        ) as line:
            line.ehlo()
            if not server.tls and line.has_extn("starttls"):
                line.starttls(context=safe)
                line.ehlo()
            elif not server.tls and not on_loopback(server.host):
                yield "the mail server offers no encryption: use smtps://, or one with STARTTLS"
                return
            if server.username:
                line.login(server.username, server.password or "")
    except smtplib.SMTPAuthenticationError:
        yield "the mail server refuses the name or the password of DAYBOOK_SMTP_URL"
    except UnicodeError:
        yield "the name or the password of DAYBOOK_SMTP_URL has letters beyond ASCII"
    except (OSError, smtplib.SMTPException) as error:
        yield f"no mail can leave: the mail server does not answer ({type(error).__name__})"


def _of_database(database: Database, clock: Callable[[], datetime]) -> Iterator[str]:
    with database.engine.connect() as connection:
        if not is_newest(connection):
            yield "the schema is not the newest: 'daybook migrate', or start 'daybook serve'"
            return
        yield from _of_clock(connection, database, clock)
        if tables := alterable(connection):
            yield (
                f"the database role may alter {', '.join(tables)}: sign in as a second role, and "
                "run 'daybook migrate --for ROLE' as the one that owns the tables"
            )
    now = clock()
    with database.read() as session:
        yield from _of_sites(session, now)
        state = mail_state(session, now)
        yield from (CURES[fault] for fault in state.faults(now))
    yield from mail_faults(database, now)


def _of_clock(
    connection: Connection, database: Database, clock: Callable[[], datetime]
) -> Iterator[str]:
    """Against the database's own clock where it has one; against what was stored where not."""
    if database.uses_sqlite:
        latest = connection.execute(select(func.max(HEARTBEAT.c.at))).scalar()
        off = latest is not None and age(latest, clock()) is None
    else:
        theirs = connection.execute(select(func.clock_timestamp())).scalar_one()
        off = abs(theirs - clock()) > CLOCKS_DIFFER
    if off:
        yield "the clock of this machine is wrong, or was: let it be set by the network (NTP)"


def _of_sites(session: Session, now: datetime) -> Iterator[str]:
    sites = session.execute(select(SITE.c.id, SITE.c.name).order_by(SITE.c.id)).all()
    if not sites:
        yield "there is no site yet: 'daybook site new NAME --zone ZONE --emergency NUMBER'"
    for site in sites:
        for permission, cure in NEEDED.items():
            if not _somebody_may(session, site.id, permission):
                yield f"{site.name} {cure}"
        if not protocol_in_force(session, site.id, now).approved:
            yield f"{site.name}: no physician has approved the thresholds (page Thresholds)"


def _somebody_may(session: Session, site: int, permission: Permission) -> bool:
    wanted = exists().where(
        STAFF.c.site_id == site,
        STAFF.c.active == true(),
        STAFF.c.role.in_(holders(permission)),
    )
    return bool(session.execute(select(wanted)).scalar())
