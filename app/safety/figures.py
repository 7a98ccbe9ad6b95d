"""The site's figures about its alerts: how many, how soon they were taken, what came of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import Session

from app.models.outbox import Message
from app.models.people import Participant
from app.models.safety import Flag, FlagAction, FlagEvidence, Notice
from app.models.trial import ConsentWithdrawal
from app.protocol.model import Protocol
from app.safety.compare import WEEK_SECONDS, WORDS
from app.safety.due import due_after
from app.safety.escalation import EMERGENCY_AGAIN
from app.safety.finding import Severity
from app.timeline.days import at_local

_F: Any = Flag.__table__  # type: ignore[attr-defined]
_A: Any = FlagAction.__table__  # type: ignore[attr-defined]
_E: Any = FlagEvidence.__table__  # type: ignore[attr-defined]
_M: Any = Message.__table__  # type: ignore[attr-defined]
_N: Any = Notice.__table__  # type: ignore[attr-defined]
_P: Any = Participant.__table__  # type: ignore[attr-defined]
_C: Any = ConsentWithdrawal.__table__  # type: ignore[attr-defined]
_PEOPLE = (
    select(
        _P.c.enrolled_at,
        _P.c.first_dose_on,
        _P.c.timezone,
        func.min(_C.c.at).label("withdrawn_at"),
    )
    .outerjoin(_C, _C.c.participant_id == _P.c.id)
    .where(_P.c.site_id == bindparam("site"))
    .group_by(_P.c.id)
)
# The first time somebody took the flag, and when it was raised to what they then took.
_FLAGS = (
    select(
        _F.c.id,
        _F.c.rule,
        _F.c.severity,
        _F.c.status,
        _F.c.outcome,
        _F.c.raised_at,
        func.min(_A.c.at).label("taken_at"),
    )
    .outerjoin(_A, and_(_A.c.flag_id == _F.c.id, _A.c.action == "acknowledge"))
    .where(_F.c.site_id == bindparam("site"))
    .group_by(_F.c.id)
)
_ALERTS = (
    select(_E.c.flag_id, _E.c.at, _E.c.severity)
    .join(_F, _F.c.id == _E.c.flag_id)
    .where(_F.c.site_id == bindparam("site"), _E.c.change != "added")
    .order_by(_E.c.id)
)
_MAIL = (
    select(_M.c.id, _M.c.created_at, _M.c.sent_at)
    .distinct()
    .join(_N, _N.c.message_id == _M.c.id)
    .join(_F, _F.c.id == _N.c.flag_id)
    .where(_F.c.site_id == bindparam("site"), _M.c.kind == "alert", _M.c.sent_at.is_not(None))
)


@dataclass(frozen=True, slots=True)
class Taken:
    """How soon alerts of one severity were acknowledged; ``of`` those whose time is over."""

    median: timedelta | None
    within: int
    of: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of a site's figures; ``flags``, ``taken`` by severity."""

    weeks: float
    flags: dict[str, int]
    taken: dict[str, Taken]
    resolved: int
    acted_on: int
    false_alarms: int
    mails: int
    mail_median: timedelta | None
    mail_worst: timedelta | None

    def per_week(self, severity: str) -> float | None:
        return self.flags.get(severity, 0) / self.weeks if self.weeks else None


def figures(
    session: Session, site_id: int, zone: str, protocol: Protocol, now: datetime
) -> Figures:
    """What happened at a site up to ``now``; four queries."""
    site = {"site": site_id}
    weeks = sum(_weeks(row, protocol, now) for row in session.execute(_PEOPLE, site))
    flags = session.execute(_FLAGS, site).all()
    alerts: dict[int, list[Any]] = {}
    for row in session.execute(_ALERTS, site):
        alerts.setdefault(row.flag_id, []).append(row)
    resolved = [f for f in flags if f.status == "resolved"]
    waits = sorted(row.sent_at - row.created_at for row in session.execute(_MAIL, site))
    return Figures(
        weeks=weeks,
        flags=dict(Counter(f.severity for f in flags)),
        taken=_taken(flags, alerts, protocol, zone, now),
        resolved=len(resolved),
        acted_on=sum(f.outcome not in (None, "no_action", "false_alarm") for f in resolved),
        false_alarms=sum(f.outcome == "false_alarm" for f in resolved),
        mails=len(waits),
        mail_median=quantile(waits, 0.5),
        mail_worst=quantile(waits, 0.99),
    )


def _weeks(row: Any, protocol: Protocol, now: datetime) -> float:
    """A participant's time under watch: from enrolment to the study's end, withdrawal or now."""
    ends = [now]
    if row.withdrawn_at is not None:
        ends.append(row.withdrawn_at)
    if row.first_dose_on is not None:
        last = row.first_dose_on + timedelta(weeks=protocol.weeks)
        ends.append(at_local(last, time(0), row.timezone))
    return max((min(ends) - row.enrolled_at).total_seconds(), 0.0) / WEEK_SECONDS


def _taken(
    flags: Iterable[Any],
    alerts: dict[int, list[Any]],
    protocol: Protocol,
    zone: str,
    now: datetime,
) -> dict[str, Taken]:
    """By severity at the time; an alert that nobody took counts once its time is over."""
    waits: dict[str, list[timedelta]] = {word: [] for word in WORDS}
    within, over = Counter[str](), Counter[str]()
    for flag in flags:
        for alert in alerts.get(flag.id, [])[:1]:
            due = target(flag.rule, Severity.of(alert.severity), alert.at, protocol, zone)
            if flag.taken_at is not None:
                waits[alert.severity].append(flag.taken_at - alert.at)
            if due is None or (flag.taken_at is None and now <= due):
                continue
            over[alert.severity] += 1
            within[alert.severity] += flag.taken_at is not None and flag.taken_at <= due
    return {
        word: Taken(quantile(sorted(waits[word]), 0.5), within[word], over[word]) for word in WORDS
    }


def target(
    rule: str, severity: Severity, start: datetime, protocol: Protocol, zone: str
) -> datetime | None:
    """By when an alert should be taken: before it is mailed to anybody again."""
    if severity is Severity.EMERGENCY:
        return start + EMERGENCY_AGAIN
    return due_after(rule, severity, start, protocol, zone)


def quantile(ordered: Sequence[timedelta], share: float) -> timedelta | None:
    """The value below which ``share`` of ``ordered`` lie (nearest rank); None of nothing."""
    return ordered[max(ceil(len(ordered) * share) - 1, 0)] if ordered else None
