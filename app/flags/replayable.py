"""Whole records for replay: of one participant by code, of a site, of the cohort."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from app.models.people import PARTICIPANT
from app.protocol.in_force import all_versions
from app.protocol.model import Protocol
from app.timeline.tables import read_timeline
from app.timeline.timeline import Timeline

_ALL = select(PARTICIPANT.c.id, PARTICIPANT.c.site_id).order_by(
    PARTICIPANT.c.site_id, PARTICIPANT.c.code
)


@dataclass(frozen=True, slots=True)
class Replayable:
    """One participant's timeline, and every protocol version that it may name."""

    timeline: Timeline
    versions: dict[str, Protocol]


def replayables(
    session: Session,
    now: datetime,
    *,
    code: str | None = None,
    site_id: int | None = None,
    newest: int | None = None,
) -> Iterator[Replayable]:
    """The records asked for, each read when it is its turn; all of them without a condition."""
    wanted = _ALL
    if code is not None:
        wanted = wanted.where(PARTICIPANT.c.code == code)
    if site_id is not None:
        wanted = wanted.where(PARTICIPANT.c.site_id == site_id)
    if newest is not None:
        wanted = wanted.order_by(None).order_by(PARTICIPANT.c.enrolled_at.desc()).limit(newest)
    versions: dict[int, dict[str, Protocol]] = {}
    for row in session.execute(wanted).all():
        if row.site_id not in versions:
            versions[row.site_id] = all_versions(session, row.site_id)
        timeline = replace(read_timeline(session, row.id), exported_at=now)
        yield Replayable(timeline, versions[row.site_id])
