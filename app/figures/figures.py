"""The site's figures about its alerts: how many, how soon they were taken, what came of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import Session

from app.alerts.escalation import EMERGENCY_AGAIN
from app.clock import lately
from app.flags.weeks import WEEK, week_of
from app.models.flags import (
    FLAG,
    FLAG_ACTION,
    FLAG_EVIDENCE,
    NOTICE,
)
from app.models.outbox import MESSAGE
from app.models.people import PARTICIPANT, dated_zone
from app.models.trial import CONSENT_WITHDRAWAL
from app.protocol.model import Protocol
from app.rules.compare import WEEK_SECONDS, WORDS
from app.rules.due import due_after
from app.rules.finding import SEVERITY, Severity
from app.timeline.days import at_local

V = TypeVar("V", timedelta, float)
# As many weeks as fit side by side with their numbers.
WEEKS_DRAWN = 12
# What others publish about answering is counted within a day.
A_DAY = timedelta(days=1)
_PEOPLE = (
    select(
        PARTICIPANT.c.id,
        PARTICIPANT.c.enrolled_at,
        PARTICIPANT.c.first_dose_on,
        dated_zone(PARTICIPANT),
        func.min(CONSENT_WITHDRAWAL.c.at).label("withdrawn_at"),
    )
    .outerjoin(CONSENT_WITHDRAWAL, CONSENT_WITHDRAWAL.c.participant_id == PARTICIPANT.c.id)
    .where(PARTICIPANT.c.site_id == bindparam("site"))
    .group_by(PARTICIPANT.c.id)
)
# The first time somebody took the flag, and when it was raised to what they then took.
_FLAGS = (
    select(
        FLAG.c.id,
        FLAG.c.participant_id,
        FLAG.c.rule,
        FLAG.c.severity,
        FLAG.c.status,
        FLAG.c.outcome,
        FLAG.c.raised_at,
        func.min(FLAG_ACTION.c.at).label("taken_at"),
    )
    .outerjoin(
        FLAG_ACTION, and_(FLAG_ACTION.c.flag_id == FLAG.c.id, FLAG_ACTION.c.action == "acknowledge")
    )
    .where(FLAG.c.site_id == bindparam("site"))
    .group_by(FLAG.c.id)
)
_ALERTS = (
    select(FLAG_EVIDENCE.c.flag_id, FLAG_EVIDENCE.c.at, FLAG_EVIDENCE.c.severity)
    .join(FLAG, FLAG.c.id == FLAG_EVIDENCE.c.flag_id)
    .where(FLAG.c.site_id == bindparam("site"), FLAG_EVIDENCE.c.change != "added")
    .order_by(FLAG_EVIDENCE.c.id)
)
_MAIL = (
    select(MESSAGE.c.id, MESSAGE.c.created_at, MESSAGE.c.sent_at)
    .distinct()
    .join(NOTICE, NOTICE.c.message_id == MESSAGE.c.id)
    .join(FLAG, FLAG.c.id == NOTICE.c.flag_id)
    .where(
        FLAG.c.site_id == bindparam("site"),
        MESSAGE.c.kind == "alert",
        MESSAGE.c.sent_at.is_not(None),
    )
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One alert that somebody should take by ``due``: None is before the next session."""

    severity: str
    """how soon, when the alert went out"""
    at: datetime
    due: datetime | None
    taken_at: datetime | None

    @property
    def wait(self) -> timedelta | None:
        return None if self.taken_at is None else self.taken_at - self.at

    def in_time(self, now: datetime) -> bool | None:
        """Whether it was taken by its time; None while that is open, or where it has none."""
        if self.due is None or (self.taken_at is None and now <= self.due):
            return None
        return self.taken_at is not None and self.taken_at <= self.due

    @property
    def share(self) -> float | None:
        """How much of its time it took; None where it has none, or nobody took it."""
        if self.due is None or self.wait is None:
            return None
        return self.wait / (self.due - self.at)


@dataclass(frozen=True, slots=True)
class Taken:
    """How soon alerts of one severity were acknowledged; ``of`` those whose time is over."""

    median: timedelta | None
    longest: timedelta | None
    within: int
    of: int
    share: float | None
    """the median of how much of their time was used; None where nothing has a time"""

    @property
    def late(self) -> int:
        return self.of - self.within


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of the site from ``first``, a Monday; both by severity when it was raised."""

    first: date
    flags: Mapping[str, int]
    """flags raised in it"""
    taken: Mapping[str, Taken]

    @property
    def all(self) -> int:
        return sum(self.flags.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """All of a site's figures; ``flags``, ``taken`` by severity when an alert was raised.

    One severity for all: the time to act is that of the alert that went out, so the count beside
    it has to be of the same alerts. Those that became graver later are in ``graver`` besides.
    """

    weeks: float
    flags: dict[str, int]
    graver: int
    taken: dict[str, Taken]
    resolved: int
    acted_on: int
    false_alarms: int
    mails: int
    mail_median: timedelta | None
    mail_worst: timedelta | None
    by_week: tuple[Week, ...]
    """the last weeks, the oldest first, and the one that is not over yet"""
    alerted_weeks: int
    begun_weeks: int
    """participants' own weeks, and those of them with an alert"""
    within_a_day: int
    a_day_over: int
    """urgent and emergency alerts acknowledged within a day, of those that are so old or taken"""

    def per_week(self, severity: str) -> float | None:
        return self.flags.get(severity, 0) / self.weeks if self.weeks else None


def figures(
    session: Session, site_id: int, zone: str, protocol: Protocol, now: datetime
) -> Figures:
    """What happened at a site up to ``now``; four queries."""
    site = {"site": site_id}
    people = {row.id: row for row in session.execute(_PEOPLE, site)}
    weeks = {each: _weeks(row, protocol, now) for each, row in people.items()}
    flags = session.execute(_FLAGS, site).all()
    alerts: dict[int, Any] = {}
    for row in session.execute(_ALERTS, site):
        alerts.setdefault(row.flag_id, row)
    first = {f.id: alerts[f.id].severity if f.id in alerts else f.severity for f in flags}
    answered = [_answered(f, alerts[f.id], protocol, zone) for f in flags if f.id in alerts]
    resolved = [f for f in flags if f.status == "resolved"]
    waits = sorted(row.sent_at - row.created_at for row in session.execute(_MAIL, site))
    pressing = [one for one in answered if one.due is not None]
    day_over = [one for one in pressing if one.taken_at or not lately(one.at, A_DAY, now)]
    return Figures(
        weeks=sum(weeks.values()),
        flags=dict(Counter(first.values())),
        graver=sum(first[f.id] != f.severity for f in flags),
        taken=_taken(answered, now),
        resolved=len(resolved),
        acted_on=sum(f.outcome not in (None, "no_action", "false_alarm") for f in resolved),
        false_alarms=sum(f.outcome == "false_alarm" for f in resolved),
        mails=len(waits),
        mail_median=quantile(waits, 0.5),
        mail_worst=quantile(waits, 0.99),
        by_week=_by_week([(f.raised_at, first[f.id]) for f in flags], answered, zone, now),
        alerted_weeks=_alerted_weeks(flags, people, weeks),
        begun_weeks=sum(ceil(each) for each in weeks.values()),
        within_a_day=sum(one.wait is not None and one.wait <= A_DAY for one in day_over),
        a_day_over=len(day_over),
    )


def _weeks(row: Any, protocol: Protocol, now: datetime) -> float:
    """A participant's time under watch: from enrolment to the study's end, withdrawal or now."""
    ends = [now]
    if row.withdrawn_at is not None:
        ends.append(row.withdrawn_at)
    if row.first_dose_on is not None:
        last = row.first_dose_on + timedelta(weeks=protocol.weeks)
        ends.append(at_local(last, time(0), row.timezone))
    watched: timedelta = min(ends) - row.enrolled_at
    return max(watched.total_seconds(), 0.0) / WEEK_SECONDS


def _alerted_weeks(
    flags: Iterable[Any], people: Mapping[int, Any], weeks: Mapping[int, float]
) -> int:
    """Participants' own weeks under watch in which an alert was raised."""
    found = set()
    for flag in flags:
        who = flag.participant_id
        week = (flag.raised_at - people[who].enrolled_at) // WEEK
        if 0 <= week < ceil(weeks[who]):
            found.add((who, week))
    return len(found)


def _by_week(
    raised: Sequence[tuple[datetime, str]], answered: Sequence[Answered], zone: str, now: datetime
) -> tuple[Week, ...]:
    last = week_of(now, zone)
    firsts = [last - n * WEEK for n in reversed(range(WEEKS_DRAWN))]
    counts: dict[date, Counter[str]] = {first: Counter() for first in firsts}
    asked: dict[date, list[Answered]] = {first: [] for first in firsts}
    for at, severity in raised:
        if (first := week_of(at, zone)) in counts:
            counts[first][severity] += 1
    for one in answered:
        if (first := week_of(one.at, zone)) in asked:
            asked[first].append(one)
    return tuple(
        Week(first, {word: counts[first][word] for word in WORDS}, _taken(asked[first], now))
        for first in firsts
    )


def _answered(flag: Any, alert: Any, protocol: Protocol, zone: str) -> Answered:
    """The first alert of a flag, as severe as it was then, and when somebody took it."""
    due = target(flag.rule, SEVERITY[alert.severity], alert.at, protocol, zone)
    return Answered(alert.severity, alert.at, due, flag.taken_at)


def _taken(answered: Iterable[Answered], now: datetime) -> dict[str, Taken]:
    """By severity at the time; an alert that nobody took counts once its time is over."""
    found = {}
    known = list(answered)
    for word in WORDS:
        ours = [one for one in known if one.severity == word]
        waits = sorted(one.wait for one in ours if one.wait is not None)
        shares = sorted(one.share for one in ours if one.share is not None)
        over = [told for one in ours if (told := one.in_time(now)) is not None]
        found[word] = Taken(
            median=quantile(waits, 0.5),
            longest=waits[-1] if waits else None,
            within=sum(over),
            of=len(over),
            share=quantile(shares, 0.5),
        )
    return found


def target(
    rule: str, severity: Severity, start: datetime, protocol: Protocol, zone: str
) -> datetime | None:
    """By when an alert should be taken: before it is mailed to anybody again."""
    if severity is Severity.EMERGENCY:
        return start + EMERGENCY_AGAIN
    return due_after(rule, severity, start, protocol, zone)


def quantile(ordered: Sequence[V], share: float) -> V | None:
    """The value below which ``share`` of ``ordered`` lie (nearest rank); None of nothing."""
    return ordered[max(ceil(len(ordered) * share) - 1, 0)] if ordered else None
