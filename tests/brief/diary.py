"""Weeks of a participant's diary as rows, for tests of pages and for looking at them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.models.checkin import Checkin, CheckinJudgement
from app.models.counseling import CounselingSession
from app.models.diary import Dose, DrinkDay, Note, SubstanceDay
from app.models.flags import Flag
from app.models.trial import Urinalysis


def noon(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def morning_after(day: date) -> datetime:
    """When yesterday is told, before anybody opens the brief."""
    return datetime.combine(day + timedelta(days=1), time(5), UTC)


@dataclass
class Diary:
    """Writes rows for one participant; `close` leaves the audit entry."""

    session: Session
    who: int
    number: int = field(default=0)

    def _add(self, row):
        self.session.add(row)
        self.session.flush()
        return row

    def dose(self, day, taken=True, **more):
        more.setdefault("received_at", noon(day))
        return self._add(Dose(participant_id=self.who, day=day, taken=taken, **more))

    def drinks(self, day, count, **more):
        """So many times 50 ml of vodka."""
        more.setdefault("received_at", morning_after(day))
        more.setdefault("provenance", "late")
        item = {"beverage": "vodka", "ml": 50, "abv": 40, "count": count, "grams": 15.78 * count}
        row = DrinkDay(participant_id=self.who, day=day, items=[item] if count else [], **more)
        return self._add(row)

    def substances(self, day, *codes, **more):
        more.setdefault("received_at", morning_after(day))
        items = [{"substance": code} for code in codes]
        return self._add(SubstanceDay(participant_id=self.who, day=day, items=items, **more))

    def checkin(self, at, **ratings):
        self.number += 1
        row = self._add(
            Checkin(
                participant_id=self.who,
                token=f"token-{self.who}-{self.number}",
                instrument="side_effects",
                version=1,
                language="en",
                started_at=at,
                finished_at=at,
            )
        )
        self._add(
            CheckinJudgement(
                checkin_id=row.id, n=1, at=at, complete=True, ratings=ratings, signs=[]
            )
        )
        return row

    def note(self, at, text):
        return self._add(Note(participant_id=self.who, at=at, text=text))

    def session_on(self, at, week, attended=None):
        return self._add(
            CounselingSession(
                participant_id=self.who,
                at=at,
                week=week,
                attended=attended,
                recorded_at=at if attended is not None else None,
            )
        )

    def urine(self, at, result):
        return self._add(
            Urinalysis(participant_id=self.who, at=at, received_at=at, results={"opioid": result})
        )

    def flag(self, site, family, rule, severity, status="open"):
        self.number += 1
        at = datetime(2026, 11, 22, 9, tzinfo=UTC)
        return self._add(
            Flag(
                reference=f"R{self.who}-{self.number}",
                participant_id=self.who,
                site_id=site,
                family=family,
                rule=rule,
                severity=severity,
                status=status,
                raised_at=at,
                about=at,
                protocol_version="1",
                rules_version="1",
            )
        )

    def close(self, now):
        audit.record(self.session, SYSTEM, "test.diary", Subject("participant", self.who), now=now)


def six_weeks(diary: Diary, site: int, today: date) -> None:
    """Less alcohol from week to week, most of it on Saturdays; two blank days; trouble sleeping."""
    for back in range(42, 0, -1):
        day = today - timedelta(days=back)
        if back in (4, 25):
            continue
        saturday = day.weekday() == 5
        week = (42 - back) // 7
        diary.dose(day, back not in (2, 13, 30))
        count = 7 - week if saturday else (5 - week) * (back % 3 != 0)
        late = {"provenance": "recalled"} if back in (20, 21) else {}
        diary.drinks(day, max(count, 0), **late)
        diary.substances(day, *(["opioid"] if back in (38, 31) else []))
        urge = 80 - week * 8 - (back % 4) * 5
        diary.checkin(
            noon(day),
            alcohol_craving=urge,
            opioid_craving=max(urge - 45, 0),
            insomnia=2 if back < 12 else back % 2,
            nausea=1 if back % 5 else 0,
            headache=0,
            tremor=0,
        )
    for week, back in enumerate((33, 26, 19, 5), 1):
        diary.session_on(noon(today - timedelta(days=back)), week, attended=True)
    diary.session_on(noon(today + timedelta(days=2)), 6)
    diary.urine(noon(today - timedelta(days=5)), "negative")
    diary.note(
        noon(today - timedelta(days=1)),
        "I want to talk about Saturdays. My brother comes and I cannot say no to him.",
    )
    diary.flag(site, "DOS", "DOS-1", "routine")
    diary.flag(site, "CRV", "CRV-2", "urgent", status="acknowledged")
