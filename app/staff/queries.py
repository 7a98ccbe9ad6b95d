"""What the frame of a staff page reads: open flags in scope, and whether mail gets through."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.models.flags import FLAG
from app.models.people import PARTICIPANT
from app.outbox.queries import MailState, state_columns, state_values
from app.visit.identity import StaffMe
from app.visit.roles import SEES_OWN_CASELOAD
from app.visit.scope import in_scope


@dataclass(frozen=True, slots=True)
class Frame:
    """What every staff page shows around its own content."""

    open_flags: int
    faults: tuple[str, ...]
    """what keeps alerts from reaching somebody, as ``outbox.queries`` words it"""


_STATE = state_columns(bindparam("site"))


def staff_frame(session: Session, me: StaffMe, now: datetime) -> Frame:
    """Open flags in the scope of ``me``, and the faults of mail at their site; one query."""
    theirs = [FLAG.c.status == "open", in_scope(me)]
    if not me.may(SEES_OWN_CASELOAD):
        # A caseload's are looked up person by person: the site's may be a thousand times more.
        theirs.append(FLAG.c.site_id == me.site_id)
    open_flags = (
        select(func.count())
        .select_from(FLAG.join(PARTICIPANT, PARTICIPANT.c.id == FLAG.c.participant_id))
        .where(*theirs)
        .scalar_subquery()
    )
    at = {"site": me.site_id, **state_values(now)}
    row = session.execute(select(open_flags, *_STATE), at).one()
    return Frame(row[0], MailState(*row[1:]).faults(now))
