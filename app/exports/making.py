"""The worker makes what was asked for: read and sealed piece by piece, and deleted after a day."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from sqlmodel import Session

from app.clock import utc_now
from app.db import Database
from app.exports import kept, service
from app.exports.about import About, Refused, Written
from app.exports.kinds import KINDS
from app.exports.queries import site_of
from app.exports.record import Record
from app.i18n import translator
from app.outbox.errands import Errand
from app.protocol.in_force import protocol_in_force

log = logging.getLogger("daybook.worker")
NAME, EVERY_SECONDS, TOLD_EVERY = "exports", 2.0, 1.0
# What went wrong is ours, and its words may repeat what somebody wrote.
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an export: a file of ``size``, or a ``fault``."""

    row: int
    site: int
    size: int
    told: dict[str, Any]
    fault: str = ""


@dataclass(slots=True)
class _Progress:
    """Tells how far it is, once a second at most."""

    database: Database
    row: int
    done: int = 0
    told_at: float = 0.0

    def seen(self, people: int) -> None:
        self.done += people
        if monotonic() - self.told_at >= TOLD_EVERY:
            self.told_at = monotonic()
            with self.database.write() as session:
                service.go_on(session, self.row, self.done, utc_now())


def look(database: Database, now: datetime) -> Made | None:
    """Delete what is over, and make the next that waits."""
    with database.read() as session:
        any_over, asked = service.any_over(session, now), service.waiting(session, now)
    if any_over:
        with database.write() as session:
            gone = service.over(session, now)
        for public_id in gone:
            kept.drop(database, public_id)
    if asked is None:
        return None
    progress = _Progress(database, asked.id)
    record = Record(database, asked.site_id, asked.asked_at, progress.seen)
    kind = KINDS[asked.form]
    with database.write() as session:
        if not service.claim(session, asked.id, record.count() * kind.passes, now):
            return None
    try:
        return _make(database, record, asked, kind.write)
    except Refused as error:
        return Made(asked.id, asked.site_id, 0, {}, str(error))
    except Exception as error:
        # Without its words: a database error may repeat what somebody wrote.
        log.error("an export failed: %s", type(error).__name__)
        return Made(asked.id, asked.site_id, 0, {}, BROKEN)


def _make(database: Database, record: Record, asked: Any, write: Callable[..., Any]) -> Made:
    about, written = about_of(record, asked.language), Written()
    size, digest = kept.keep(database, asked.public_id, write(record, about, written))
    told = {
        "form": asked.form,
        "people": written.people,
        "rows": sum(written.rows.values()),
        "sha256": digest,
    }
    return Made(asked.id, asked.site_id, size, told)


def about_of(record: Record, language: str) -> About:
    with record.database.read() as session:
        site = site_of(session, record.site)
        version = protocol_in_force(session, record.site, record.by).version
    return About(site, version, record.by, translator(language))


def note(session: Session, made: Made, now: datetime) -> None:
    if made.fault:
        service.failed(session, made.row, made.site, made.fault, now)
    else:
        service.made(session, made.row, made.site, made.told, made.size, now)


MAKING: Errand[Made] = Errand(NAME, look, note, EVERY_SECONDS)
