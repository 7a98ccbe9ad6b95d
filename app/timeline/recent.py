"""The narrow read behind an arriving check-in: only what the rules about check-ins look at.

A check-in arrives several times a day for every participant, so it costs five small statements:
standing entries alone (a superseded one no longer counts), no day without alcohol, no day
without other substances, and no kind that no such rule reads. `app.safety.engine.checkin_reach`
says how far back each kind is needed; a test holds that nothing is found or missed by it.
"""

from datetime import time
from typing import Any

from sqlalchemy import String, bindparam, cast, or_, select
from sqlalchemy.orm import Session

from app.models.checkin import Checkin, CheckinJudgement
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.trial import Urinalysis
from app.timeline.days import at_local
from app.timeline.events import Event
from app.timeline.known import Participant
from app.timeline.reach import Reach
from app.timeline.rows import checkins, dose, drink_day, substance_day, urine
from app.timeline.tables import CHECKIN_COLUMNS, RUN_IN, day_columns
from app.timeline.timeline import Timeline, in_order

_DOSE: Any = Dose.__table__  # type: ignore[attr-defined]
_DRINKS: Any = DrinkDay.__table__  # type: ignore[attr-defined]
_SUBSTANCES: Any = SubstanceDay.__table__  # type: ignore[attr-defined]
_CHECKIN: Any = Checkin.__table__  # type: ignore[attr-defined]
_JUDGED: Any = CheckinJudgement.__table__  # type: ignore[attr-defined]
_URINE: Any = Urinalysis.__table__  # type: ignore[attr-defined]
_WHO: Any = bindparam("who")
_SINCE: Any = bindparam("since")


def _standing(table: Any) -> Any:
    return (
        table.c.participant_id == _WHO,
        table.c.superseded_at.is_(None),
        table.c.void.is_(False),
    )


def _edge(table: Any, order: Any, *conditions: Any) -> Any:
    """The first or last day that ``conditions`` hold for, as a scalar."""
    return (
        select(table.c.day)
        .where(*_standing(table), *conditions)
        .order_by(order)
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )


_DOSES = select(*day_columns(_DOSE)).where(
    *_standing(_DOSE),
    or_(_DOSE.c.day >= _SINCE, _DOSE.c.day == _edge(_DOSE, _DOSE.c.day, _DOSE.c.taken)),
)
# The last day of drinking is shown with a flag, however long ago it was.
_LAST_DRINKING = _edge(_DRINKS, _DRINKS.c.day.desc(), _DRINKS.c.grams > 0)
_DRINK_DAYS = select(*day_columns(_DRINKS)).where(
    *_standing(_DRINKS),
    _DRINKS.c.grams > 0,
    or_(_DRINKS.c.day >= _SINCE, _DRINKS.c.day == _LAST_DRINKING),
)
_USES = select(*day_columns(_SUBSTANCES)).where(
    *_standing(_SUBSTANCES),
    _SUBSTANCES.c.day >= _SINCE,
    cast(_SUBSTANCES.c["items"], String) != "[]",
)
_CHECKINS = (
    select(*CHECKIN_COLUMNS)
    .join(_JUDGED, _JUDGED.c.checkin_id == _CHECKIN.c.id)
    .where(
        _CHECKIN.c.participant_id == _WHO,
        or_(
            _CHECKIN.c.started_at >= _SINCE,
            _CHECKIN.c.started_at.between(bindparam("run_in_from"), bindparam("run_in_until")),
        ),
    )
)
_URINES = select(_URINE.c.id, _URINE.c.at, _URINE.c.received_at, _URINE.c.results).where(
    _URINE.c.participant_id == _WHO, _URINE.c.at >= _SINCE
)


def read_for_checkin(
    session: Session, participant_id: int, header: Participant, reach: Reach
) -> Timeline:
    """What the rules about check-ins need; ``header`` as the caller has read it already."""
    run, zone = session.connection().execute, header.timezone
    who = {"who": participant_id}
    events: list[Event] = [dose(row) for row in run(_DOSES, {**who, "since": reach.doses})]
    taken = [one.day for one in events if one.taken]  # type: ignore[attr-defined]
    start = at_local(min(taken, default=header.first_dose_on or reach.checkins), time(0), zone)
    moments = {
        **who,
        "since": at_local(reach.checkins, time(0), zone),
        "run_in_from": start - RUN_IN,
        "run_in_until": start,
    }
    events += checkins(run(_CHECKINS, moments))
    events += [drink_day(row) for row in run(_DRINK_DAYS, {**who, "since": reach.drinks})]
    events += [substance_day(row) for row in run(_USES, {**who, "since": reach.uses})]
    uses_from = at_local(reach.uses, time(0), zone)
    events += [urine(row) for row in run(_URINES, {**who, "since": uses_from})]
    return Timeline(header, in_order(events, zone))
