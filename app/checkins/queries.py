"""Check-ins as they stand: the row, and the latest revision of each page."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.checkins.flow import Stored, StoredPage
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers
from app.models.checkin import (
    CHECKIN,
    CHECKIN_JUDGEMENT,
    CHECKIN_PAGE,
)

_judgements = (
    select(func.count())
    .where(CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id)
    .correlate(CHECKIN)
    .scalar_subquery()
    .label("judgements")
)
_COLUMNS = (
    CHECKIN.c.id,
    CHECKIN.c.public_id,
    CHECKIN.c.participant_id,
    CHECKIN.c.instrument,
    CHECKIN.c.version,
    CHECKIN.c.started_at,
    CHECKIN.c.finished_at,
    CHECKIN.c.due_at,
    CHECKIN.c.layout,
    _judgements,
)
_BY_PUBLIC_ID = select(*_COLUMNS).where(
    CHECKIN.c.participant_id == bindparam("who"),
    CHECKIN.c.public_id == bindparam("public_id"),
    CHECKIN.c.started_at >= bindparam("since"),
)
_ACTIVE = (
    select(*_COLUMNS)
    .where(
        CHECKIN.c.participant_id == bindparam("who"),
        CHECKIN.c.instrument == bindparam("instrument"),
        CHECKIN.c.finished_at.is_(None),
        CHECKIN.c.due_at > bindparam("now"),
    )
    .order_by(CHECKIN.c.id.desc())
    .limit(1)
)
_JUST_FINISHED = (
    select(*_COLUMNS)
    .where(
        CHECKIN.c.participant_id == bindparam("who"),
        CHECKIN.c.instrument == bindparam("instrument"),
        CHECKIN.c.started_at > bindparam("since"),
        CHECKIN.c.finished_at.is_not(None),
    )
    .order_by(CHECKIN.c.id.desc())
    .limit(1)
)
_BY_ID = select(*_COLUMNS).where(
    CHECKIN.c.participant_id == bindparam("who"), CHECKIN.c.id == bindparam("id")
)
# Revisions in their order, so that the last of a page is the one that stands.
_PAGES = (
    select(
        CHECKIN_PAGE.c.page,
        CHECKIN_PAGE.c.revision,
        CHECKIN_PAGE.c.method,
        CHECKIN_PAGE.c.ratings,
        CHECKIN_PAGE.c.signs,
        CHECKIN_PAGE.c.texts,
    )
    .where(CHECKIN_PAGE.c.checkin_id == bindparam("id"))
    .order_by(CHECKIN_PAGE.c.revision)
)
_LAST_JUDGED = (
    select(CHECKIN_JUDGEMENT.c.ratings, CHECKIN_JUDGEMENT.c.signs)
    .where(CHECKIN_JUDGEMENT.c.checkin_id == bindparam("id"))
    .order_by(CHECKIN_JUDGEMENT.c.n.desc())
    .limit(1)
)


def last_judged(session: Session, checkin_id: int) -> tuple[dict[str, float], list[str]] | None:
    """Ratings and signs as the rules last saw them; None if they have not yet."""
    row = session.execute(_LAST_JUDGED, {"id": checkin_id}).first()
    return (row.ratings, row.signs) if row else None


def find_checkin(
    session: Session, participant_id: int, public_id: str, since: datetime
) -> Stored | None:
    """The participant's own check-in, if it began after ``since``."""
    values = {"who": participant_id, "public_id": public_id, "since": since}
    row = session.execute(_BY_PUBLIC_ID, values).first()
    return _stored(session, row) if row else None


def find_active(
    session: Session, participant_id: int, instrument: str, now: datetime
) -> Stored | None:
    """The check-in that is being answered: begun, and not yet judged as left unfinished."""
    values = {"who": participant_id, "instrument": instrument, "now": now}
    row = session.execute(_ACTIVE, values).first()
    return _stored(session, row) if row else None


def find_just_finished(
    session: Session, participant_id: int, instrument: str, since: datetime
) -> Stored | None:
    """The last finished check-in that began after ``since``."""
    values = {"who": participant_id, "instrument": instrument, "since": since}
    row = session.connection().execute(_JUST_FINISHED, values).first()
    return _stored(session, row) if row else None


def get_checkin(session: Session, participant_id: int, checkin_id: int) -> Stored:
    """A participant's check-in by its row number; raises NoResultFound, also for another's."""
    values = {"who": participant_id, "id": checkin_id}
    return _stored(session, session.execute(_BY_ID, values).one())


def _stored(session: Session, row: Any) -> Stored:
    pages = {
        one.page: StoredPage(
            one.page,
            one.revision,
            PageAnswers(one.ratings, tuple(one.signs), one.method, one.texts),
        )
        for one in session.execute(_PAGES, {"id": row.id})
    }
    return Stored(
        id=row.id,
        public_id=row.public_id,
        participant_id=row.participant_id,
        instrument=load_instrument(row.instrument, row.version),
        started_at=row.started_at,
        finished_at=row.finished_at,
        judgements=row.judgements,
        pages=pages,
        due_at=row.due_at,
        layout=row.layout,
    )
