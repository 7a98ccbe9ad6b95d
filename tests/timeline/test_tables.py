"""Rows become events once and in one place; a windowed read loses nothing that a rule needs."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.models.checkin import Checkin, CheckinJudgement
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.timeline import events as ev
from app.timeline.tables import UnknownParticipant, read_timeline

FIRST = date(2026, 6, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def written(database, *rows):
    with database.write() as session:
        for row in rows:
            session.add(row)
            session.flush()
        audit.record(session, SYSTEM, "test.rows", Subject("test", 1), now=noon(FIRST))


def read(database, participant, since=None, **more):
    with database.read() as session:
        return read_timeline(session, participant, since, **more)


def dose(who, day, **more):
    return Dose(participant_id=who, day=day, taken=True, received_at=noon(day), **more)


def test_a_correction_replaces_and_the_former_entry_stays_in_the_timeline(database, cast):
    first = dose(cast.anna, FIRST)
    written(database, first)
    second = dose(cast.anna, FIRST, replaces_id=first.id)
    second.received_at += timedelta(hours=1)
    written(database, second)
    timeline = read(database, cast.anna)
    assert [event.id for event in timeline.events] == [f"dose-{first.id}", f"dose-{second.id}"]
    known = timeline.known_at(noon(FIRST) + timedelta(hours=2))
    assert [event.id for event in known.of(ev.Dose)] == [f"dose-{second.id}"]


def test_each_judgement_is_a_version_of_one_check_in(database, cast):
    check = Checkin(
        participant_id=cast.anna,
        token="t",
        instrument="side_effects",
        version=1,
        language="en",
        started_at=noon(FIRST),
    )
    written(database, check)
    for n, ratings in ((1, {"nausea": 2}), (2, {"nausea": 2, "tremor": 3})):
        written(
            database,
            CheckinJudgement(
                checkin_id=check.id,
                n=n,
                at=noon(FIRST) + timedelta(minutes=n),
                complete=n == 2,
                ratings=ratings,
                signs=["seizure"],
            ),
        )
    timeline = read(database, cast.anna)
    known = timeline.known_at(noon(FIRST) + timedelta(hours=1))
    (event,) = known.of(ev.Checkin)
    assert event.ratings == {"nausea": 2, "tremor": 3}
    assert event.signs == ("seizure",)
    assert known.root(event) == f"checkin-{check.id}.1"


def test_items_come_back_as_they_went_in(database, cast):
    used_at = datetime(2026, 6, 1, 18, 30, tzinfo=UTC)
    written(
        database,
        DrinkDay(
            participant_id=cast.anna,
            day=FIRST,
            received_at=noon(FIRST),
            items=[{"ml": 500, "abv": 5.0, "count": 2, "beverage": "beer", "grams": 39.5}],
        ),
        SubstanceDay(
            participant_id=cast.anna,
            day=FIRST,
            received_at=noon(FIRST),
            items=[{"substance": "opioid", "at": used_at.isoformat(), "route": "injected"}],
        ),
    )
    drinks, substances = read(database, cast.anna).events
    assert drinks.items == (ev.Drink(500, 5.0, 2, "beer"),)
    assert substances.items == (ev.Use("opioid", used_at, "injected", None),)


def test_a_windowed_read_keeps_the_first_dose_and_the_run_in(database, cast):
    run_in = Checkin(
        participant_id=cast.anna,
        token="r",
        instrument="urges",
        version=1,
        language="en",
        started_at=noon(FIRST - timedelta(days=3)),
    )
    written(database, run_in)
    written(
        database,
        CheckinJudgement(
            checkin_id=run_in.id, n=1, at=run_in.started_at, complete=True, ratings={"anxiety": 1}
        ),
        dose(cast.anna, FIRST),
        dose(cast.anna, FIRST + timedelta(days=30)),
        dose(cast.anna, FIRST + timedelta(days=90)),
        DrinkDay(participant_id=cast.anna, day=FIRST, received_at=noon(FIRST)),
    )
    since = FIRST + timedelta(days=80)
    days = [event.day for event in read(database, cast.anna, since).events if event.kind == "dose"]
    assert days == [FIRST, FIRST + timedelta(days=90)]
    kinds = [event.kind for event in read(database, cast.anna, since).events]
    assert kinds == ["checkin", "dose", "dose"]
    kept = read(database, cast.anna, since, all_days=True).events
    assert [e.kind for e in kept] == ["checkin", "dose", "drinks", "dose", "dose"]


def test_nobody_has_an_unknown_number(database, cast):
    with pytest.raises(UnknownParticipant):
        read(database, 999)


def test_a_tablet_that_was_taken_back_is_not_the_first_one(database, cast):
    early, later = FIRST - timedelta(days=60), FIRST + timedelta(days=60)
    mistaken = dose(cast.anna, early)
    written(database, mistaken)
    mistaken.superseded_at = noon(early)
    back = dose(cast.anna, early, void=True, replaces_id=mistaken.id)
    written(database, mistaken, back, dose(cast.anna, FIRST), dose(cast.anna, later))
    whole = read(database, cast.anna).known_at(noon(later))
    windowed = read(database, cast.anna, since=later).known_at(noon(later))
    assert windowed.first_dose == whole.first_dose
    assert whole.first_dose is not None and whole.first_dose[1] == FIRST
