"""What replay prints of a live participant's export is what stands on record for them.

Five days of entries of every kind, late ones and corrections among them, written through the
services with the daily tick between; a flag is resolved here and there.
"""

import json
import random
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.diary.service import About, record_dose, record_drinks, record_substances
from app.flags import service
from app.flags.ticks import run_ticks
from app.instruments.vocabulary import SIGNS, SYMPTOMS
from app.models.flags import Flag, FlagEvidence
from app.models.trial import Urinalysis
from app.protocol.loader import load_protocol
from app.rules.replay import replay
from app.timeline.days import at_local
from app.timeline.events import Drink, Use
from app.timeline.json_form import parse
from app.timeline.json_out import dump
from app.timeline.tables import read_timeline
from app.visit.identity import StaffMe
from tests.checkin import submit_checkin

ZONE = "Europe/Moscow"
FIRST_DOSE = date(2026, 11, 22)
DAYS = 6


def at(day: date, clock: time) -> datetime:
    return at_local(day, clock, ZONE)


class Life:
    """One participant's random days, written as they happen."""

    def __init__(self, database, cast, seed):
        self.database, self.who, self.dice = database, cast.anna, random.Random(seed)
        self.orlova = StaffMe(
            cast.orlova, cast.site, "Site", ZONE, "Orlova", "coordinator", "en", 1, "test"
        )

    def live(self) -> datetime:
        for back in range(4, 0, -1):
            self._check_in(at(FIRST_DOSE - timedelta(days=back), time(19)), 1, 20)
        for number in range(DAYS):
            day = FIRST_DOSE + timedelta(days=number)
            hours = sorted(self.dice.sample(range(7, 23), self.dice.randint(2, 6)))
            for hour in hours:
                self._tell(day, at(day, time(hour, self.dice.randint(0, 59))))
            with self.database.write() as session:
                self._resolve_one(session, at(day, time(23, 5)))
            with self.database.write() as session:
                run_ticks(session, at(day, time(23, 45)))
        return at(FIRST_DOSE + timedelta(days=DAYS - 1), time(23, 50))

    def _resolve_one(self, session, now):
        unresolved = select(Flag).where(Flag.status != "resolved").order_by(Flag.id)
        flag = session.execute(unresolved).scalars().first()
        if flag is None or self.dice.random() < 0.5:
            return
        session.expunge(flag)
        if flag.status == "open":
            service.acknowledge(session, self.orlova, flag.public_id, flag.version, "", now)
            flag.version += 1
        words = (flag.public_id, flag.version, "called", "Spoke with her.")
        service.resolve(session, self.orlova, *words, now)

    def _tell(self, day: date, now: datetime) -> None:
        about_day = day - timedelta(days=self.dice.choice([0, 0, 0, 1, 2]))
        told = self.dice.choice(
            [self._dose, self._dose, self._drink, self._use, self._urine, None, None, None]
        )
        if told is None:
            self._check_in(now, self.dice.choice([1, 2, 4]), self.dice.choice([20, 60, 90]))
        else:
            with self.database.write() as session:
                told(session, About(self.who, ZONE, about_day, SYSTEM, now))

    def _dose(self, session, about):
        taken = self.dice.random() < 0.7
        moment = about.now - timedelta(minutes=30) if taken else None
        record_dose(session, about, taken=taken, at=moment)

    def _drink(self, session, about):
        count = self.dice.choice([0, 0, 2, 9])
        record_drinks(session, about, [Drink(50, 40, count, "vodka")] if count else [])

    def _use(self, session, about):
        code = self.dice.choice([None, "opioid", "sedative"])
        record_substances(session, about, [Use(code)] if code else [])

    def _urine(self, session, about):
        result = self.dice.choice(["positive", "negative"])
        row = Urinalysis(
            participant_id=self.who,
            at=about.now,
            received_at=about.now,
            results={"opioid": result},
        )
        session.add(row)
        session.flush()
        audit.record(session, SYSTEM, "urine.add", Subject("urinalysis", row.id), now=about.now)
        service.reassess(session, self.who, [f"urinalysis-{row.id}"], SYSTEM, about.now)

    def _check_in(self, now: datetime, highest: int, craving: int) -> None:
        ratings = {item: self.dice.randint(0, highest) for item in self.dice.sample(SYMPTOMS, 9)}
        if self.dice.random() < 0.3:
            ratings |= {"systolic_bp": 120 + 20 * highest, "diastolic_bp": 80 + 11 * highest}
        signs = self.dice.sample(SIGNS, 1) if self.dice.random() < 0.1 else []
        with self.database.write() as session:
            submit_checkin(session, self.who, "side_effects", ratings, signs, SYSTEM, now)
        if self.dice.random() < 0.5:
            now += timedelta(minutes=self.dice.randint(1, 9))
            with self.database.write() as session:
                urges = {"opioid_craving": craving, "alcohol_craving": 10}
                submit_checkin(session, self.who, "urges", urges, [], SYSTEM, now)


def on_record(session, who):
    """(rule, severity, raised at) of every raise and every worsening."""
    rows = session.execute(
        select(FlagEvidence.rule, FlagEvidence.severity, FlagEvidence.at)
        .join(Flag, Flag.id == FlagEvidence.flag_id)
        .where(Flag.participant_id == who, FlagEvidence.change.in_(["raised", "worsened"]))
    )
    return sorted((row.rule, row.severity, row.at) for row in rows)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.req("R15")
def test_replaying_the_export_prints_the_flags_on_record(database, cast, seed):
    end = Life(database, cast, seed).live()
    with database.read() as session:
        exported = json.loads(json.dumps(dump(read_timeline(session, cast.anna))))
        recorded = on_record(session, cast.anna)
    lines = replay(parse(exported), load_protocol(), end)
    printed = sorted(
        (line.finding.rule, line.finding.severity.word, line.raised_at) for line in lines
    )
    assert printed == recorded
    assert recorded
