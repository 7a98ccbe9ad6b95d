"""Check-ins as they stand: the row, and the latest revision of each page."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.checkins.flow import Stored, StoredPage
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers
from app.models.checkin import Checkin, CheckinJudgement, CheckinPage

_C: Any = Checkin.__table__  # type: ignore[attr-defined]
_G: Any = CheckinPage.__table__  # type: ignore[attr-defined]
_J: Any = CheckinJudgement.__table__  # type: ignore[attr-defined]

_judgements = (
    select(func.count())
    .where(_J.c.checkin_id == _C.c.id)
    .correlate(_C)
    .scalar_subquery()
    .label("judgements")
)
_COLUMNS = (
    _C.c.id,
    _C.c.public_id,
    _C.c.participant_id,
    _C.c.instrument,
    _C.c.version,
    _C.c.started_at,
    _C.c.finished_at,
    _C.c.due_at,
    _C.c.layout,
    _judgements,
)
_BY_PUBLIC_ID = select(*_COLUMNS).where(
    _C.c.participant_id == bindparam("who"),
    _C.c.public_id == bindparam("public_id"),
    _C.c.started_at >= bindparam("since"),
)
_ACTIVE = (
    select(*_COLUMNS)
    .where(
        _C.c.participant_id == bindparam("who"),
        _C.c.instrument == bindparam("instrument"),
        _C.c.finished_at.is_(None),
        _C.c.due_at > bindparam("now"),
    )
    .order_by(_C.c.id.desc())
    .limit(1)
)
_JUST_FINISHED = (
    select(*_COLUMNS)
    .where(
        _C.c.participant_id == bindparam("who"),
        _C.c.instrument == bindparam("instrument"),
        _C.c.started_at > bindparam("since"),
        _C.c.finished_at.is_not(None),
    )
    .order_by(_C.c.id.desc())
    .limit(1)
)
_BY_ID = select(*_COLUMNS).where(
    _C.c.participant_id == bindparam("who"), _C.c.id == bindparam("id")
)
# Revisions in their order, so that the last of a page is the one that stands.
_PAGES = (
    select(_G.c.page, _G.c.revision, _G.c.method, _G.c.ratings, _G.c.signs, _G.c.texts)
    .where(_G.c.checkin_id == bindparam("id"))
    .order_by(_G.c.revision)
)
_LAST_JUDGED = (
    select(_J.c.ratings, _J.c.signs)
    .where(_J.c.checkin_id == bindparam("id"))
    .order_by(_J.c.n.desc())
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
