"""A live check-in reads on demand and finds what the whole record would tell, facts included."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.alerts.alerting import read_person
from app.audit import SYSTEM
from app.clock import local_day
from app.flags import service
from app.instruments.vocabulary import SYMPTOMS
from app.models.people import Participant
from app.protocol.loader import load_protocol
from app.rules.engine import checkin_reach, find_on_arrival
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


def both(session, who, now):
    """The findings about the last check-in, by the whole record and on demand."""
    protocol, person = load_protocol(), read_person(session, who)
    whole = read_timeline(session, who)
    today = local_day(now, person.timezone)
    on_demand = read_for_checkin(
        session, who, person.header, checkin_reach(today, protocol), protocol.sitting
    )
    last = max(whole.known_at(now).checkins, key=lambda one: one.received_at)
    return tuple(find_on_arrival(one, [last], now, protocol) for one in (whole, on_demand))


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
            whole, on_demand = both(session, who, now)
        assert told(on_demand) == told(whole)
        rules |= {finding.rule for finding in whole}
    assert {"WDL-3", "BP-2", "VOM-1" if not signs else "VOM-2"} <= rules


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
