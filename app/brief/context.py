"""Gathers what one brief shows: the record, what stands beside it, and all of it in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from app.appointments.readings import Reading, readings_of
from app.brief import phrases, queries, table, words
from app.brief.brief import Brief, brief_of
from app.brief.chart import Marks, day_chart
from app.brief.names import labels, levels
from app.brief.questions import Question, Situation, questions
from app.brief.record import Record, record_of
from app.brief.sentences import Sentence, in_short, unsaid
from app.brief.since import Beyond, Hold, happened, news
from app.brief.urine import compared
from app.clock import local_day
from app.i18n import Translator
from app.instruments.loader import load_instrument
from app.protocol.model import Protocol
from app.protocol.study_time import study_time
from app.timeline.days import at_local
from app.timeline.holds import HeldSpan
from app.timeline.known import Known
from app.timeline.tables import read_timeline
from app.visit.identity import StaffMe
from app.visit.roles import ASSIGNS_SHEETS, READS_SHEETS, WRITES_NOTES
from app.visit.scope import ScopedParticipant
from app.web.appointment import Walls, on_both_walls
from app.worksheets.shared import Homework, RulerPoint, homework, read_sheets, ruler_points
from app.worksheets.suggest import suggested

# Whoever may read what a participant wrote on a sheet and shared.


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
    short: tuple[Sentence, ...]
    """what is not said already as the reason of a question"""
    homework: Sequence[Homework]
    rulers: Sequence[RulerPoint]
    prepared: queries.Prepared | None
    readings: tuple[Reading, ...]
    day: date
    """the reader's local date"""

    @property
    def reads(self) -> bool:
        """Whether the reader may see what stands on a shared sheet."""
        return self.me.may(READS_SHEETS)


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
    since = today - timedelta(days=weeks * 7)
    timeline = read_timeline(session, who.id, since, person=who, told=True)
    known = timeline.known_at(now)
    holds = queries.holds_of(session, who.id)
    brief = brief_of(_record(known, who, protocol, weeks, now, holds))
    here = local_day(now, me.timezone)
    since_midnight = at_local(here, time(0), me.timezone)
    sessions = queries.sessions_of(session, who.id, who.timezone, since_midnight)
    begin = _begin(who, brief, sessions)
    flags = queries.flags_of(session, who.id, begin)
    papers = read_sheets(session, who.id)
    sheets, rulers = homework(papers, begin, now), ruler_points(papers)
    beyond = _beyond(session, who, holds, sessions, sheets, begin, now)
    asked = questions(_situation(me, who, brief, flags, sheets, rulers))
    short = in_short(brief.sentences, [one.because for one in asked])
    return Gathered(
        who=who,
        me=me,
        weeks=weeks,
        week=study_time(who.first_dose_on, today).week,
        brief=brief,
        begin=begin,
        sessions=sessions,
        flags=flags,
        happened=unsaid(happened(news(timeline, known, begin), beyond), short),
        questions=asked,
        short=short,
        homework=sheets,
        rulers=rulers,
        prepared=queries.prepared_words(papers, begin),
        readings=tuple(
            one for one in readings_of(session, who.id) if one.session == sessions.next_id
        ),
        day=here,
    )


def _record(
    known: Known,
    who: ScopedParticipant,
    protocol: Protocol,
    weeks: int,
    now: datetime,
    holds: Sequence[Hold],
) -> Record:
    enrolled = local_day(who.enrolled_at, who.timezone)
    held = [
        HeldSpan.of(one.first, one.last, one.lifted_at and local_day(one.lifted_at, who.timezone))
        for one in holds
    ]
    left = who.status != "active"
    return record_of(known, now, protocol, weeks * 7, enrolled, held, left=left)


def _begin(who: ScopedParticipant, brief: Brief, sessions: queries.Sessions) -> datetime:
    """The last session; without one yet, enrolment: the page may go back further than that."""
    zone = who.timezone
    enrolled = at_local(local_day(who.enrolled_at, zone), time(0), zone)
    return max(sessions.last_at or enrolled, at_local(brief.record.days[0].day, time(0), zone))


def _beyond(
    session: Session,
    who: ScopedParticipant,
    holds: Sequence[Hold],
    sessions: queries.Sessions,
    sheets: Sequence[Homework],
    begin: datetime,
    now: datetime,
) -> Beyond:
    """What happened besides the entries. An unread sheet is listed however old: it is no news."""
    return Beyond(
        holds=holds,
        sessions=queries.went_otherwise(session, who.id, who.timezone, sessions, begin, now),
        shared=[
            one.sheet_key for one in sheets if one.status == "shared" and one.at and one.at >= begin
        ],
    )


def _situation(
    me: StaffMe,
    who: ScopedParticipant,
    brief: Brief,
    flags: Sequence[queries.BriefFlag],
    sheets: Sequence[Homework],
    rulers: Sequence[RulerPoint],
) -> Situation:
    """What the questions go by: nothing that is settled, and no ruler for who may not read it.

    Of sheets that were begun the team knows those alone that were assigned.
    """
    unresolved = [flag for flag in flags if flag.open]
    return Situation(
        record=brief.record,
        families=frozenset(flag.family for flag in unresolved),
        pressing=frozenset(flag.family for flag in unresolved if flag.severity != "routine"),
        rulers=rulers[-1] if rulers and me.may(READS_SHEETS) else None,
        begun=[
            (one.sheet_key, local_day(one.at, who.timezone))
            for one in sheets
            if one.status == "started" and one.at
        ],
    )


def shown(found: Gathered, protocol: Protocol, tr: Translator) -> dict[str, Any]:
    """The values of the template."""
    return {
        "nav": "sessions",
        "who": found.who,
        "weeks": found.weeks,
        "week": found.week,
        "protocol": protocol,
        "sessions": found.sessions,
        "brief": found.brief,
        "words": words,
        "table": table,
        "labels": labels(tr.lang),
        "levels": levels(tr.lang),
        "happened": found.happened,
        "short": found.short,
        "readings": found.readings,
        "urine_window": protocol.rules.uds.told_days,
        **_for_the_session(found, protocol, tr),
        **_of_the_record(found, tr),
        **_between_sessions(found, tr),
    }


def _for_the_session(found: Gathered, protocol: Protocol, tr: Translator) -> dict[str, Any]:
    """When it is, what to ask and to do in it, and its note."""
    who, next_at, zone = found.who, found.sessions.next_at, found.me.timezone
    base, texts = f"/participants/{who.public_id}", load_instrument("questions").texts
    return {
        "next_when": _next_when(found, tr),
        "note_href": _note_href(found, base),
        "note_opens": note_opens(next_at, found.day, zone),
        "ask": [
            (texts[one.key].say(tr.lang), one.because, phrases.lead(one.key, base, tr))
            for one in found.questions
        ],
        "fitting": _fitting(found, protocol, tr),
        "assigns": found.me.may(ASSIGNS_SHEETS) and who.status == "active",
    }


def _next_when(found: Gathered, tr: Translator) -> str:
    """When the next session is on the clinic's wall; for a call also on the participant's."""
    at, zone = found.sessions.next_at, found.me.timezone
    if at is None:
        return ""
    said = f"{tr.day_inline(local_day(at, zone), 'EEE d MMM y')}, {tr.time(at, zone)}"
    walls = Walls(found.who.timezone, zone)
    return on_both_walls(said, at, found.sessions.next_place, walls, tr)


def _of_the_record(found: Gathered, tr: Translator) -> dict[str, Any]:
    """The days in numbers, as a chart and as a table."""
    brief, sessions = found.brief, found.sessions
    return {
        "kpis": words.kpis(brief, tr),
        "today": phrases.today_line(brief.record, tr),
        "chart": lambda title: _chart(found, title, tr),
        "rows": lambda count: table.rows(brief.record, count, sessions.held, tr),
        "urine": [(one, phrases.urine_line(one, tr)) for one in compared(brief.record)],
    }


def _between_sessions(found: Gathered, tr: Translator) -> dict[str, Any]:
    """Alerts, sheets and own words since the last session."""
    who, brief = found.who, found.brief
    base, first = f"/participants/{who.public_id}", brief.record.days[0].day
    return {
        "alerts": [phrases.shown_alert(flag, tr, found.me.timezone) for flag in found.flags],
        "since_title": phrases.since_title(
            found.begin, found.sessions.last_at, first, who.timezone, tr
        ),
        "rulers": phrases.ruler_line(found.rulers, tr) if found.reads else "",
        "ruled_on": local_day(found.rulers[-1].at, who.timezone) if found.rulers else None,
        "own": phrases.own_words(
            found.prepared if found.reads else None, brief.words, who.timezone
        ),
        "sheets": [
            phrases.shown_sheet(one, base, found.reads, tr, who.timezone) for one in found.homework
        ],
    }


def _note_href(found: Gathered, base: str) -> str | None:
    """The note of the next session, for whoever holds it; it opens on the day of the session."""
    if not found.me.may(WRITES_NOTES) or found.sessions.next_id is None:
        return None
    return f"{base}/sessions/{found.sessions.next_id}/note"


def note_opens(next_at: datetime | None, today: date, zone: str) -> date | None:
    """The day from which the note of the next session can be written, while it is to come."""
    day = local_day(next_at, zone) if next_at else None
    return day if day and day > today else None


def _fitting(found: Gathered, protocol: Protocol, tr: Translator) -> list[phrases.Fitting]:
    """Sheets that fit and are not waiting already."""
    waiting = ("not_started", "started")
    already = frozenset(one.sheet_key for one in found.homework if one.status in waiting)
    families = frozenset(flag.family for flag in found.flags if flag.open)
    fits = suggested(protocol, found.week, families, already)
    return [phrases.fitting(one, found.week, tr) for one in fits]


def _chart(found: Gathered, title: str, tr: Translator) -> Any:
    record = found.brief.record
    positive = frozenset(test.day for test in record.urines if test.opioid == "positive")
    marks = Marks(found.sessions.held, positive)
    return day_chart(record, marks, title, words.finding(found.brief, tr), tr)
