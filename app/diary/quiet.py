"""Whether the last days were without any side effect, so that one page may ask for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.clock import local_day
from app.instruments.vocabulary import COUNTS, SYMPTOMS
from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT
from app.protocol.in_force import protocol_in_force
from app.protocol.thresholds import Thresholds
from app.timeline.days import at_local
from app.visit.identity import ParticipantMe

# Later judgements of a check-in come last, so that its last is the one that stands.
_JUDGED = (
    select(
        CHECKIN.c.id, CHECKIN.c.started_at, CHECKIN_JUDGEMENT.c.ratings, CHECKIN_JUDGEMENT.c.signs
    )
    .join(CHECKIN_JUDGEMENT, CHECKIN_JUDGEMENT.c.checkin_id == CHECKIN.c.id)
    .where(
        CHECKIN.c.participant_id == bindparam("who"),
        CHECKIN.c.instrument == "side_effects",
        CHECKIN.c.started_at >= bindparam("since"),
    )
    .order_by(CHECKIN_JUDGEMENT.c.n)
)
_ASKED = (*SYMPTOMS, *COUNTS)


@dataclass(frozen=True, slots=True)
class Judged:
    """One check-in of side effects as it was last judged."""

    started_at: datetime
    ratings: Mapping[str, float]
    signs: list[str]

    @property
    def none_at_all(self) -> bool:
        """Every question was answered, and every answer was none: skipped is not none."""
        return not self.signs and all(self.ratings.get(code) == 0 for code in _ASKED)

    def measured_high(self, rules: Thresholds) -> bool:
        """A pressure or a temperature from which a rule looks closer: no quiet day either."""
        limits = {
            "systolic_bp": rules.bp.systolic_routine,
            "diastolic_bp": rules.bp.diastolic_routine,
            "temperature": rules.wdl.infection_temperature,
        }
        return any(self.ratings.get(code, 0) >= limit for code, limit in limits.items())


def takes_whole_list(session: Session, me: ParticipantMe, now: datetime) -> bool:
    """Whether one page may ask for all side effects, by the protocol and by the last days."""
    plan = protocol_in_force(session, me.site_id, now)
    days = plan.whole_list_after_days
    if not days or me.preferences.get("single", False):
        return False
    first = local_day(now, me.timezone) - timedelta(days=days)
    since = at_local(first, time(0), me.timezone)
    rows = session.execute(_JUDGED, {"who": me.id, "since": since})
    last = {row.id: Judged(row.started_at, row.ratings, row.signs) for row in rows}
    if any(one.measured_high(plan.rules) for one in last.values()):
        return False
    return were_quiet(last.values(), days, now, me.timezone)


def were_quiet(judged: Iterable[Judged], days: int, now: datetime, zone: str) -> bool:
    """Whether each of the ``days`` before today has a check-in, and none told of anything.

    What was told today counts against it as well.
    """
    told = list(judged)
    today = local_day(now, zone)
    with_one = {local_day(one.started_at, zone) for one in told}
    wanted = {today - timedelta(days=back) for back in range(1, days + 1)}
    return wanted <= with_one and all(one.none_at_all for one in told)
