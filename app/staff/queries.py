"""What the frame of a staff page reads: open flags in scope, and whether mail gets through."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.models.flags import Flag
from app.models.people import Participant
from app.outbox.queries import MailState, state_columns, state_values
from app.visit.identity import StaffMe
from app.visit.scope import in_scope

_F: Any = Flag.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Frame:
    """What every staff page shows around its own content."""

    open_flags: int
    faults: tuple[str, ...]
    """what keeps alerts from reaching somebody, as ``outbox.queries`` words it"""


_STATE = state_columns(bindparam("site"))


def staff_frame(session: Session, me: StaffMe, now: datetime) -> Frame:
    """Open flags in the scope of ``me``, and the faults of mail at their site; one query."""
    theirs = [_F.c.status == "open", in_scope(me)]
    if me.role != "counselor":
        # A counselor's are looked up person by person: the site's may be a thousand times more.
        theirs.append(_F.c.site_id == me.site_id)
    open_flags = (
        select(func.count())
        .select_from(_F.join(_P, _P.c.id == _F.c.participant_id))
        .where(*theirs)
        .scalar_subquery()
    )
    at = {"site": me.site_id, **state_values(now)}
    row = session.execute(select(open_flags, *_STATE), at).one()
    return Frame(row[0], MailState(*row[1:]).faults(now))
