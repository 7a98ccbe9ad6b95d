"""A participant moves to another time zone: what was told before keeps its days, everywhere."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.clock import DatedZone, local, local_day
from app.models.audit import AuditEntry
from app.models.people import Participant
from app.protocol.loader import load_protocol
from app.safety.replay import replay
from app.timeline.days import at_local, day_range, end_of_day
from app.timeline.json_form import parse
from app.timeline.json_out import dump
from app.timeline.moments import day_of
from app.timeline.tables import read_timeline
from tests.cast import NOW, participant_session
from tests.diary.rows import rows

EAST, WEST = "Asia/Vladivostok", "America/New_York"
LATE = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)  # 23:30 on Sunday in Moscow


def dated(*moves: tuple[str, datetime]) -> DatedZone:
    found = DatedZone("Europe/Moscow")
    for name, at in moves:
        found = found.moved(name, at)
    return found


@pytest.mark.parametrize("to", [EAST, WEST, "Europe/Berlin"])
def test_a_move_changes_no_day_before_it(to):
    zone = dated((to, NOW))
    moments = [NOW - timedelta(hours=hours) for hours in range(1, 24 * 14)]
    assert all(local_day(at, zone) == local_day(at, "Europe/Moscow") for at in moments)
    later = [NOW + timedelta(hours=hours) for hours in range(24 * 14)]
    assert all(local_day(at, zone) == local_day(at, to) for at in later)
    assert DatedZone.load(zone.dump()).dump() == zone.dump() and zone == to


def test_days_follow_one_another_without_a_hole_through_every_move():
    zone = dated((WEST, LATE), ("Europe/Berlin", NOW), (EAST, NOW + timedelta(days=3, hours=14)))
    days = day_range(date(2026, 11, 10), date(2026, 12, 5))
    begins = [at_local(day, time(0), zone) for day in days]
    assert begins == sorted(set(begins))
    for day, begin in zip(days, begins, strict=True):
        assert end_of_day(day, zone) == at_local(day + timedelta(days=1), time(0), zone)
        if local(begin, zone).time() == time(0):
            assert local_day(begin, zone) == day


def days_of(timeline):
    return [day_of(event, timeline.participant.timezone) for event in timeline.events]


@pytest.mark.parametrize("by", ["participant", "staff"])
def test_what_was_told_before_a_move_stays_where_it_was(browser, orlova, database, cast, clock, by):
    clock.now = LATE
    anna = browser.signed_in(participant_session(database, cast.anna, clock()))
    anna.post("/today/urges", {"alcohol_craving": "6", "method": "each", "idem": "a1"})
    anna.post("/today/dose", {"answer": "taken", "idem": "a2"})
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
        before = read_timeline(session, cast.anna)
    assert "23:30" in anna.get("/today").text
    clock.now = NOW
    if by == "participant":
        anna = browser.signed_in(participant_session(database, cast.anna, clock()))
        assert anna.post("/me/settings", {"timezone": EAST}).status_code == 303
    else:
        body = {"timezone": EAST, "reason": "Moved for work.", "idem": "z"}
        path = f"/participants/{public}/time-zone"
        assert orlova.post(path, body).headers["location"] == f"/participants/{public}"
        assert EAST in orlova.get(f"/participants/{public}").text
    anna = browser.signed_in(participant_session(database, cast.anna, clock()))
    with database.read() as session:
        after = read_timeline(session, cast.anna)
        entry = session.execute(
            select(AuditEntry).where(AuditEntry.action == "participant.move")
        ).scalar_one()
    assert after.participant.timezone == EAST
    assert entry.changes["timezone"] == ["Europe/Moscow", EAST]
    assert by == "participant" or entry.reason == "Moved for work."
    assert days_of(after) == days_of(before) == [date(2026, 11, 22)] * 2
    # 16:00 on Monday in Vladivostok: a new day, on a clock of its own.
    assert "Monday, 23 November" in anna.get("/today").text
    anna.post("/today/urges", {"alcohol_craving": "1", "method": "each", "idem": "a3"})
    assert "Done at 16:00" in anna.get("/today").text


def test_the_exported_timeline_carries_the_move_and_replays_alike(anna, database, cast, clock):
    anna.post("/today/urges", {"alcohol_craving": "6", "method": "each", "idem": "a1"})
    clock.forward(minutes=1)
    anna.post("/me/settings", {"timezone": EAST})
    with database.read() as session:
        found = read_timeline(session, cast.anna)
    data = dump(found)
    assert data["participant"]["timezone"] == EAST
    assert data["participant"]["former_zones"] == [
        {"timezone": "Europe/Moscow", "until": "2026-11-23T09:01:00+03:00"}
    ]
    again = parse(data)
    assert again.participant.timezone.former == found.participant.timezone.former
    assert dump(again) == data
    until = NOW + timedelta(days=9)
    assert [one.finding for one in replay(again, load_protocol(), until)] == [
        one.finding for one in replay(found, load_protocol(), until)
    ]


@pytest.mark.parametrize("typed", ["", "Nowhere/Town", "Europe/Moscow>x", "../etc"])
def test_a_zone_that_does_not_exist_is_an_error_at_its_field(anna, orlova, database, cast, typed):
    refused = anna.post("/me/settings", {"timezone": typed})
    assert refused.status_code == 422 and 'href="#f-timezone"' in refused.text
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    body = {"timezone": typed, "reason": "Moved.", "idem": "z"}
    refused = orlova.post(f"/participants/{public}/time-zone", body)
    assert refused.status_code == 422 and 'href="#f-timezone"' in refused.text
    assert rows(database, Participant)[0].zones is None
