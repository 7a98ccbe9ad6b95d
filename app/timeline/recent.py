"""The narrow read behind an arriving check-in: only what the rules about check-ins ask for.

A check-in arrives several times a day for every participant, and most are quiet: no answer is
high enough for any rule to look further. So the last check-ins are read, and each other kind
when a rule asks for it: standing entries alone (a superseded one no longer counts). Doses, uses
and specimens are read however old they are: a dose is presumed without end, so that the last one
told, the use before it and the gap that makes a later one a restart can lie any time back. Days
of drinking are read as far back as `app.rules.engine.checkin_reach` says. Tests hold it to what
the whole record would tell.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import String, bindparam, cast, exists, or_, select
from sqlalchemy.orm import Session

from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT
from app.models.diary import DOSE, DRINK_DAY, SUBSTANCE_DAY
from app.models.trial import SPECIMEN_VOID, URINALYSIS
from app.timeline.days import at_local, at_receipt
from app.timeline.events import Checkin
from app.timeline.known import E, Known, Participant
from app.timeline.reach import Reach
from app.timeline.rows import checkins, dose, drink_day, substance_day, urines
from app.timeline.tables import CHECKIN_COLUMNS, RUN_IN, URINE_COLUMNS, day_columns, holds_of
from app.timeline.timeline import Timeline

_WHO: Any = bindparam("who")
_SINCE: Any = bindparam("since")


def _standing(table: Any) -> Any:
    return (
        table.c.participant_id == _WHO,
        table.c.superseded_at.is_(None),
        table.c.void.is_(False),
    )


_DOSES = select(*day_columns(DOSE)).where(*_standing(DOSE))
# The last drink before a check-in is shown with a flag, however long ago it was. A drink within
# the reach may be later than the check-in.
_DRINKING_BEFORE = (
    select(DRINK_DAY.c.day)
    .where(*_standing(DRINK_DAY), DRINK_DAY.c.grams > 0, DRINK_DAY.c.day < _SINCE)
    .order_by(DRINK_DAY.c.day.desc())
    .limit(1)
    .correlate(None)
    .scalar_subquery()
)
_DRINK_DAYS = select(*day_columns(DRINK_DAY)).where(
    *_standing(DRINK_DAY), or_(DRINK_DAY.c.day >= _SINCE, DRINK_DAY.c.day == _DRINKING_BEFORE)
)
_USES = select(*day_columns(SUBSTANCE_DAY)).where(
    *_standing(SUBSTANCE_DAY), cast(SUBSTANCE_DAY.c["items"], String) != "[]"
)
_URINES = select(URINALYSIS.c.id, *URINE_COLUMNS).where(
    URINALYSIS.c.participant_id == _WHO,
    ~exists().where(SPECIMEN_VOID.c.urinalysis_id == URINALYSIS.c.id),
)
_CHECKINS = (
    select(*CHECKIN_COLUMNS)
    .join(CHECKIN_JUDGEMENT, CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id)
    .where(CHECKIN.c.participant_id == _WHO, CHECKIN.c.started_at >= _SINCE)
)
_RUN_IN = (
    select(*CHECKIN_COLUMNS)
    .join(CHECKIN_JUDGEMENT, CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id)
    .where(
        CHECKIN.c.participant_id == _WHO,
        CHECKIN.c.started_at.between(_SINCE, bindparam("until")),
    )
)


@dataclass(slots=True)
class _Reader:
    """One participant's record, kind by kind, as it is asked for."""

    run: Callable[..., Iterable[Any]]
    who: int
    header: Participant
    reach: Reach
    sitting: timedelta
    found: dict[str, list[Any]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Any]:
        """The standing events of ``kind``; empty for a kind that no rule about check-ins reads."""
        if kind not in self.found:
            self.found[kind] = _READERS[kind](self) if kind in _READERS else []
        return self.found[kind]

    def checkins(self) -> list[Checkin]:
        since = at_local(self.reach.checkins, time(0), self.header.timezone)
        return checkins(self.run(_CHECKINS, {"who": self.who, "since": since}), self.sitting)

    def run_in(self, first: date) -> list[Checkin]:
        until = at_local(first, time(0), self.header.timezone)
        values = {"who": self.who, "since": until - RUN_IN, "until": until}
        return checkins(self.run(_RUN_IN, values), self.sitting)

    def ever(self, statement: Any) -> Iterable[Any]:
        return self.run(statement, {"who": self.who})

    def drink_days(self) -> Iterable[Any]:
        return self.run(_DRINK_DAYS, {"who": self.who, "since": self.reach.drinks})


_READERS: dict[str, Callable[[_Reader], list[Any]]] = {
    "dose": lambda one: [dose(*row) for row in one.ever(_DOSES)],
    "drinks": lambda one: [drink_day(*row) for row in one.drink_days()],
    "substances": lambda one: [substance_day(*row) for row in one.ever(_USES)],
    "urinalysis": lambda one: list(urines(one.ever(_URINES))),
}


@dataclass(frozen=True)
class _KnownOnDemand(Known):
    """What is known, where all but the check-ins is read when a rule asks for it."""

    record: _Reader | None = None
    judged: bool = False

    def of(self, kind: type[E]) -> list[E]:
        if kind is Checkin or self.record is None:
            return super().of(kind)
        found: list[E] = self.record.of(kind.kind)
        return [at_receipt(one) for one in found] if self.judged else found  # type: ignore[misc]

    def run_in(self, days: int) -> list[Checkin]:
        if self.record is None or self.first_dose is None:
            return super().run_in(days)
        run_in = Timeline(self.participant, tuple(self.record.run_in(self.first_dose[1])))
        moment = max((one.received_at for one in run_in.events), default=self.first_dose[0])
        known = run_in.known_at(moment)
        doses = tuple(self.record.of("dose"))
        return Known(self.participant, (*known.events, *doses), None, {}).run_in(days)


@dataclass(frozen=True)
class _OnDemand(Timeline):
    record: _Reader | None = None

    def known_at(self, moment: datetime, *, judged: bool = False) -> Known:
        known = super().known_at(moment, judged=judged)
        return _KnownOnDemand(
            known.participant,
            known.events,
            known.given,
            known.roots,
            read_holds=lambda: self.holds,
            record=self.record,
            judged=judged,
        )


def read_for_checkin(
    session: Session, participant_id: int, header: Participant, reach: Reach, sitting: timedelta
) -> Timeline:
    """A timeline of the last check-ins; the rules' questions read the rest while the session lasts.

    ``header`` is what the caller has read of the participant already.
    """
    record = _Reader(session.connection().execute, participant_id, header, reach, sitting)
    holds = partial(holds_of, session, participant_id)
    return _OnDemand(header, tuple(record.checkins()), read_holds=holds, record=record)
