"""The judgement of a check-in: its answers as they stand, kept as one version for the rules."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Actor, Subject
from app.checkins.flow import Stored, answered_at_all, merged
from app.checkins.queries import get_checkin, last_judged
from app.db import apart, write
from app.flags.service import Outcome, reassess
from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT
from app.models.people import PARTICIPANT

_ADD_JUDGEMENT = insert(CHECKIN_JUDGEMENT)
MOVE = (
    update(CHECKIN)
    .where(CHECKIN.c.id == bindparam("row"))
    .values(due_at=bindparam("due"), finished_at=bindparam("finished"))
)
_IS_OVERDUE = (CHECKIN.c.due_at <= bindparam("now"), CHECKIN.c.finished_at.is_(None))
_WHOSE = (
    select(CHECKIN.c.participant_id, PARTICIPANT.c.site_id)
    .join(PARTICIPANT, PARTICIPANT.c.id == CHECKIN.c.participant_id)
    .where(*_IS_OVERDUE)
    .distinct()
    .order_by(CHECKIN.c.participant_id)
)
_OVERDUE = (
    select(CHECKIN.c.id)
    .where(CHECKIN.c.participant_id == bindparam("who"), *_IS_OVERDUE)
    .order_by(CHECKIN.c.id)
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The check-in after the write, and what the rules made of it."""

    checkin: Stored
    outcome: Outcome


def judge(
    session: Session, checkin: Stored, actor: Actor, now: datetime, complete: bool
) -> Submitted:
    """One more version of the check-in for the rules, unless nothing was ever said in it."""
    answers = [page.answers for page in checkin.pages.values()]
    if not checkin.judgements and not answered_at_all(answers):
        return Submitted(checkin, Outcome())
    ratings, signs = merged(answers)
    number = checkin.judgements + 1
    write(
        session,
        _ADD_JUDGEMENT,
        {
            "checkin_id": checkin.id,
            "n": number,
            "at": now,
            "complete": complete,
            "ratings": ratings,
            "signs": signs,
        },
    )
    event = f"checkin-{checkin.id}.{number}"
    outcome = reassess(session, checkin.participant_id, [event], actor, now)
    return Submitted(replace(checkin, judgements=number), outcome)


def judge_overdue(session: Session, now: datetime) -> int:
    """Judge the check-ins that were left unfinished, as they stand; they stay open to go on.

    Returns how many the rules saw. Called by the worker, in a transaction of its own. Whoever is
    sending something now is left for the next run; what is overdue is read again in the person's
    turn, so that the two never number the same judgement.
    """
    judged = 0
    for who, site in session.execute(_WHOSE, {"now": now}).all():
        if not turns.of_person_if_free(session, who):
            continue
        worker = Actor("system:worker", site_id=site)
        for row_id in session.execute(_OVERDUE, {"who": who, "now": now}).scalars().all():
            with apart(session):
                judged += _judge_as_it_stands(session, worker, who, row_id, now)
    return judged


def _judge_as_it_stands(
    session: Session, worker: Actor, who: int, row_id: int, now: datetime
) -> int:
    checkin = get_checkin(session, who, row_id)
    write(session, MOVE, {"row": row_id, "due": None, "finished": None})
    audit.record(session, worker, "checkin.overdue", Subject("checkin", row_id), now=now)
    if last_judged(session, row_id) == merged(p.answers for p in checkin.pages.values()):
        return 0  # an emergency was judged at once, and nothing was said since
    after = judge(session, checkin, worker, now, False).checkin
    return after.judgements - checkin.judgements
