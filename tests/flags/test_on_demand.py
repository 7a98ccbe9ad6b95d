"""A live check-in reads on demand and finds what the whole record would tell, facts included."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app import audit
from app.alerts.alerting import read_person
from app.audit import SYSTEM, Subject
from app.clock import local_day
from app.flags import service
from app.instruments.vocabulary import SYMPTOMS
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.flags import FlagEvidence
from app.models.people import Participant
from app.protocol.loader import load_protocol
from app.rules.engine import checkin_reach, find_on_arrival, window_start
from app.timeline.days import at_local
from app.timeline.recent import read_for_checkin
from app.timeline.tables import read_timeline
from bench.crowd.bulk import fill_bulk
from tests.cast import NOW
from tests.checkin import submit_checkin

LOUD = {
    **dict.fromkeys(SYMPTOMS, 3),
    "vomiting_24h": 3,
    "diarrhea_24h": 3,
    "systolic_bp": 190,
    "diastolic_bp": 125,
}
PEOPLE = 8


def told(findings):
    return [
        (one.rule, one.severity, one.about, one.evidence, one.because, one.facts)
        for one in findings
    ]


def three(session, who, now):
    """The findings about the last check-in, by the whole record, on demand and by a window."""
    protocol, person = load_protocol(), read_person(session, who)
    whole = read_timeline(session, who)
    today = local_day(now, person.timezone)
    on_demand = read_for_checkin(
        session, who, person.header, checkin_reach(today, protocol), protocol.sitting
    )
    last = max(whole.known_at(now).checkins, key=lambda one: one.received_at)
    windowed = read_timeline(session, who, window_start(today, protocol), all_days=True)
    reads = (whole, on_demand, windowed)
    return tuple(find_on_arrival(one, [last], now, protocol) for one in reads)


@pytest.fixture
def people(database):
    fill_bulk(database, PEOPLE, 5, 3, NOW, flags=False)
    with database.read() as session:
        return session.execute(select(Participant.id)).scalars().all()


@pytest.mark.parametrize("signs", [(), ("confusion", "no_fluids_12h")])
def test_loud_check_ins_find_the_same(database, people, signs, monkeypatch):
    monkeypatch.setattr("app.checkins.service.reassess", lambda *_: service.Outcome())
    rules = set()
    for number, who in enumerate(people):
        now = NOW + timedelta(minutes=number)
        with database.write() as session:
            submit_checkin(session, who, "side_effects", LOUD, signs, SYSTEM, now)
            craving = {"opioid_craving": 90, "alcohol_craving": 50}
            submit_checkin(session, who, "urges", craving, [], SYSTEM, now)
        with database.read() as session:
            whole, on_demand, windowed = three(session, who, now)
        assert told(on_demand) == told(whole) == told(windowed)
        rules |= {finding.rule for finding in whole}
    assert {"WDL-3", "BP-2", "VOM-1" if not signs else "VOM-2"} <= rules


@dataclass(frozen=True)
class Long:
    """Six weeks in a few words, counted from the first dose; the check-in is on day 42."""

    doses: dict[int, float | None]
    untaken: tuple[int, ...] = ()
    uses: tuple[int, ...] = ()
    drinks: dict[int, time] | None = None
    worse: tuple[str, ...] = ("sweating", "nausea", "tremor", "anxiety")
    rule: str = "WDL-2"
    last_dose: int = 20

    def rows(self, who):
        entry = {"participant_id": who}
        for n, mg in self.doses.items():
            yield Dose(**entry, **on(n), taken=True, at=clock(n, time(8)), mg=mg)
        for n in self.untaken:
            yield Dose(**entry, **on(n), taken=False)
        for n in self.uses:
            yield SubstanceDay(**entry, **on(n), items=[{"substance": "opioid"}])
        for n, last in (self.drinks or {}).items():
            beer = [{"ml": 500, "abv": 5.0, "count": 2, "beverage": "beer", "grams": 39.5}]
            yield DrinkDay(**entry, **on(n), items=beer, grams=39.5, last_drink_at=clock(n, last))


LAST_DAY = 42
DAILY = dict.fromkeys(range(21))
LONG = {
    "the restart's untaken days are old": Long(
        doses=dict.fromkeys((0, 1, 31)), untaken=(2, 3, 4), last_dose=31
    ),
    "the lower first dose was raised long ago": Long(
        doses={0: 18, **dict.fromkeys(range(1, 10), 36), **dict.fromkeys(range(35, 42), 36)},
        rule="WDL-1",
        last_dose=41,
    ),
    "the use before the last dose is old": Long(
        doses=DAILY, uses=(15,), worse=("sweating", "tremor")
    ),
    "a later use hides it": Long(doses=DAILY, uses=(15, 41), worse=("sweating", "tremor")),
    "the last dose is old": Long(doses=DAILY, rule="WDL-1"),
    "the last drink is after the check-in": Long(
        doses=DAILY, drinks={3: time(20), LAST_DAY: time(8, 55)}, rule="WDL-1"
    ),
}


def on(n):
    return {"day": local_day(NOW, "Europe/Moscow") - timedelta(LAST_DAY - n), "received_at": NOW}


def clock(n, of_day) -> datetime:
    return at_local(on(n)["day"], of_day, "Europe/Moscow")


@pytest.mark.parametrize("beside_a_day", [False, True])
@pytest.mark.parametrize("name", LONG)
def test_however_long_ago_the_doses_were_every_read_finds_the_same(
    database, cast, name, beside_a_day, monkeypatch
):
    long, asked = LONG[name], clock(LAST_DAY, time(8, 50))
    if beside_a_day:
        monkeypatch.setattr("app.checkins.service.reassess", lambda *_: service.Outcome())
    with database.write() as session:
        session.get(Participant, cast.anna).first_dose_on = on(0)["day"]
        session.add_all(long.rows(cast.anna))
        audit.record(session, SYSTEM, "test.rows", Subject("test", 1), now=NOW)
    with database.write() as session:
        ratings = dict.fromkeys(long.worse, 2)
        submit_checkin(session, cast.anna, "side_effects", ratings, [], SYSTEM, asked)
    if beside_a_day:
        with database.write() as session:
            free = DrinkDay(participant_id=cast.anna, **on(LAST_DAY - 1))
            session.add(free)
            session.flush()
            events = read_timeline(session, cast.anna).events
            arrived = [one.id for one in events if one.kind == "checkin"]
            service.reassess(session, cast.anna, [*arrived, f"drinks-{free.id}"], SYSTEM, NOW)
    with database.read() as session:
        whole, on_demand, windowed = three(session, cast.anna, NOW)
        of_flags = select(FlagEvidence.rule, FlagEvidence.facts)
        (live,) = session.execute(of_flags.where(FlagEvidence.rule.startswith("WDL"))).all()
    assert told(on_demand) == told(whole) == told(windowed)
    (found,) = [one for one in whole if one.family == "WDL"]
    assert (found.rule, live.rule) == (long.rule, long.rule)
    assert live.facts["last_dose"] == found.facts["last_dose"]
    assert found.facts["last_dose"]["at"][:10] == on(long.last_dose)["day"].isoformat()


def test_a_quiet_check_in_reads_the_check_ins_alone(database, people):
    with database.read() as session:
        person = read_person(session, people[0])
        reach = checkin_reach(date(2026, 11, 23), load_protocol())
        timeline = read_for_checkin(
            session, people[0], person.header, reach, load_protocol().sitting
        )
        quiet = {"anxiety": 1, "opioid_craving": 20}
        last = timeline.events[-1:]
        assert last
        calm = tuple(_with(event, quiet) for event in timeline.events)
        findings = find_on_arrival(_calm(timeline, calm), calm[-1:], NOW, load_protocol())
        assert findings == []
        assert timeline.record.found == {}


def _with(event, ratings):
    return replace(event, ratings=ratings, signs=())


def _calm(timeline, events):
    return replace(timeline, events=events)
