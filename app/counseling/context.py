"""Gathers what one brief shows: the record, what stands beside it, and all of it in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from app.auth.identity import StaffMe
from app.auth.scope import ScopedParticipant
from app.clock import local_day
from app.counseling import brief_queries as queries
from app.counseling import phrases, table, words
from app.counseling.brief import Brief, brief_of
from app.counseling.chart import Marks, day_chart
from app.counseling.names import labels, levels
from app.counseling.questions import Question, Situation, questions
from app.counseling.record import record_of
from app.counseling.sentences import Sentence
from app.counseling.since import Beyond, happened, news
from app.counseling.urine import compared
from app.i18n import Translator
from app.instruments.loader import load_instrument
from app.protocol.model import Protocol
from app.protocol.study_time import study_time
from app.sessions.readings import Reading, readings_of
from app.timeline.days import at_local
from app.timeline.tables import read_timeline
from app.worksheets.shared import Homework, RulerPoint, homework, ruler_points
from app.worksheets.suggest import suggested

# Whoever may read what a participant wrote on a sheet and shared.
READERS = ("counselor", "investigator")


@dataclass(frozen=True)
class Gathered:
    """Everything that the page needs, read once; nothing of it in a language."""

    who: ScopedParticipant
    me: StaffMe
    weeks: int
    week: int | None
    brief: Brief
    begin: datetime
    """from when on "since the last session" counts"""
    sessions: queries.Sessions
    flags: tuple[queries.BriefFlag, ...]
    happened: tuple[Sentence, ...]
    questions: tuple[Question, Question]
    homework: Sequence[Homework]
    rulers: Sequence[RulerPoint]
    prepared: queries.Prepared | None
    readings: tuple[Reading, ...]
    day: date
    """the reader's local date"""

    @property
    def reads(self) -> bool:
        """Whether the reader may see what stands on a shared sheet."""
        return self.me.role in READERS


def gather(
    session: Session,
    me: StaffMe,
    who: ScopedParticipant,
    protocol: Protocol,
    weeks: int,
    now: datetime,
) -> Gathered:
    """Read one participant's record; the number of statements depends on nothing."""
    today = local_day(now, who.timezone)
    timeline = read_timeline(session, who.id, today - timedelta(days=weeks * 7))
    known = timeline.known_at(now)
    enrolled = local_day(who.enrolled_at, who.timezone)
    left = who.status != "active"
    brief = brief_of(record_of(known, now, protocol, weeks * 7, enrolled, left=left))
    since_midnight = at_local(local_day(now, me.timezone), time(0), me.timezone)
    sessions = queries.sessions_of(session, who.id, who.timezone, since_midnight)
    first = at_local(brief.record.days[0].day, time(0), who.timezone)
    # Without a session yet it is enrolment: the page may go back further than the record.
    begin = max(sessions.last_at or at_local(enrolled, time(0), who.timezone), first)
    flags = queries.flags_of(session, who.id, begin)
    sheets = homework(session, who.id, begin, now)
    rulers = ruler_points(session, who.id)
    shared = [one.sheet_key for one in sheets if one.status == "shared" and _new(one, begin)]
    otherwise = queries.went_otherwise(session, who.id, who.timezone, sessions, begin, now)
    beyond = Beyond(queries.holds_of(session, who.id, begin), otherwise, shared)
    begun = [
        (one.sheet_key, local_day(one.at, who.timezone))
        for one in sheets
        if one.assigned and one.status == "started" and one.at
    ]
    situation = Situation(
        record=brief.record,
        families=frozenset(flag.family for flag in flags if flag.open),
        pressing=frozenset(
            flag.family for flag in flags if flag.open and flag.severity != "routine"
        ),
        rulers=rulers[-1] if rulers and me.role in READERS else None,
        begun=begun,
    )
    return Gathered(
        who=who,
        me=me,
        weeks=weeks,
        week=study_time(who.first_dose_on, today).week,
        brief=brief,
        begin=begin,
        sessions=sessions,
        flags=flags,
        happened=happened(news(timeline, now, begin), beyond),
        questions=questions(situation),
        homework=sheets,
        rulers=rulers,
        prepared=queries.prepared_words(session, who.id, begin),
        readings=tuple(
            one for one in readings_of(session, who.id) if one.session == sessions.next_id
        ),
        day=local_day(now, me.timezone),
    )


def _new(one: Homework, since: datetime) -> bool:
    return one.at is not None and one.at >= since


def shown(found: Gathered, protocol: Protocol, tr: Translator) -> dict[str, Any]:
    """The values of the template."""
    who, brief, sessions = found.who, found.brief, found.sessions
    base, zone = f"/participants/{who.public_id}", found.me.timezone
    sheets = [
        phrases.shown_sheet(one, base, found.reads, tr, who.timezone) for one in found.homework
    ]
    texts = load_instrument("questions").texts
    prepared = found.prepared if found.reads else None
    return {
        "nav": "sessions",
        "who": who,
        "weeks": found.weeks,
        "week": found.week,
        "protocol": protocol,
        "sessions": sessions,
        "next_day": local_day(sessions.next_at, zone) if sessions.next_at else None,
        "brief": brief,
        "words": words,
        "table": table,
        "labels": labels(tr.lang),
        "levels": levels(tr.lang),
        "rows": lambda count: table.rows(brief.record, count, sessions.held, tr),
        "assigns": found.me.role == "counselor" and who.status == "active",
        "note_href": _note_href(found, base),
        "note_opens": note_opens(found.sessions.next_at, found.day, zone),
        "kpis": words.kpis(brief, tr),
        "today": phrases.today_line(brief.record, tr),
        "chart": lambda title: _chart(found, title, tr),
        "ask": [
            (texts[one.key].say(tr.lang), one.because, phrases.lead(one.key, base, tr))
            for one in found.questions
        ],
        "fitting": _fitting(found, tr),
        "alerts": [phrases.shown_alert(flag, tr, zone) for flag in found.flags],
        "happened": found.happened,
        "since_title": phrases.since_title(
            found.begin, sessions.last_at, brief.record.days[0].day, who.timezone, tr
        ),
        "urine": [(one, phrases.urine_line(one, tr)) for one in compared(brief.record)],
        "urine_window": protocol.rules.uds.told_days,
        "rulers": phrases.ruler_line(found.rulers, tr) if found.reads else "",
        "ruled_on": local_day(found.rulers[-1].at, who.timezone) if found.rulers else None,
        "own": phrases.own_words(prepared, brief.words, who.timezone),
        "sheets": sheets,
        "readings": found.readings,
    }


def _note_href(found: Gathered, base: str) -> str | None:
    """The note of the next session, for whoever holds it; it opens on the day of the session."""
    if found.me.role != "counselor" or found.sessions.next_id is None:
        return None
    return f"{base}/sessions/{found.sessions.next_id}/note"


def note_opens(next_at: datetime | None, today: date, zone: str) -> date | None:
    """The day from which the note of the next session can be written, while it is to come."""
    day = local_day(next_at, zone) if next_at else None
    return day if day and day > today else None


def _fitting(found: Gathered, tr: Translator) -> list[phrases.Fitting]:
    """Sheets that fit and are not waiting already."""
    waiting = ("not_started", "started")
    already = frozenset(one.sheet_key for one in found.homework if one.status in waiting)
    families = frozenset(flag.family for flag in found.flags if flag.open)
    fits = suggested(found.week, families, already)
    return [phrases.fitting(one, found.week, tr) for one in fits]


def _chart(found: Gathered, title: str, tr: Translator) -> Any:
    record = found.brief.record
    positive = frozenset(test.day for test in record.urines if test.opioid == "positive")
    marks = Marks(found.sessions.held, positive)
    return day_chart(record, marks, title, words.finding(found.brief, tr), tr)
