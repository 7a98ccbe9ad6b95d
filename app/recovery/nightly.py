"""Every night each site's own copy, by the worker; what stands in its manifest is on record.

The trail of the nights that follow tells the SHA-256 of each manifest, and the daily mail a root
over the trail: whoever writes a copy anew would have to write those mails anew.
"""

from collections.abc import Iterable
from datetime import datetime, time

from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.db import Database
from app.languages import ENGLISH
from app.outbox.daily import keepers
from app.outbox.errands import Errand
from app.outbox.heartbeat import is_due, once_a_day
from app.recovery.archive import Archive, prune, sites, write

NAME, TWO, ZONE = "archive", time(2), "UTC"


def look(database: Database, now: datetime) -> list[Archive] | None:
    """Write the copies if they are due and wanted."""
    folder = database.settings.archive_dir
    if folder is None:
        return None
    with database.read() as session:
        if not is_due(session, NAME, TWO, ZONE, now):
            return None
    found = [
        write(database, site, folder, now, language_of(database, site.id))
        for site in sites(database)
    ]
    prune(folder, now)
    return found


def note(session: Session, written: Iterable[Archive], now: datetime) -> None:
    once_a_day(session, NAME, TWO, ZONE, now)
    record(session, written, now)


def record(session: Session, written: Iterable[Archive], now: datetime) -> None:
    """That there are copies, and by what each is known."""
    for one in written:
        changes = {"manifest": [None, one.sha256]}
        subject = Subject("archive", one.site)
        audit.record(
            session, audit.system(one.site), "archive.make", subject, now=now, changes=changes
        )


def language_of(database: Database, site: int) -> str:
    """Of whoever keeps the site's daily mails."""
    with database.read() as session:
        return next((row.language for row in keepers(session, site)), ENGLISH)


NIGHTLY: Errand[list[Archive]] = Errand(NAME, look, note)
