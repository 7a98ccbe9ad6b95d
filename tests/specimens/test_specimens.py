"""Specimens by the team: what a week has, what is not valid, not there, or was entered wrongly."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app import audit
from app.audit import SYSTEM, Subject
from app.diary.service import About, record_dose
from app.models.locks import RecordLock
from app.models.people import PARTICIPANT, STAFF
from app.models.trial import SPECIMEN_MISSING, SPECIMEN_VOID, URINALYSIS, StudyEnd
from app.timeline.events import SpecimenDue, Urinalysis
from app.timeline.tables import read_timeline
from tests.browser import words
from tests.cast import NOW, staff_session
from tests.flags.record import flags

ZONE = "Europe/Moscow"
CLEAR = {"r-opioid": "negative", "r-sedative": "negative", "r-stimulant": "negative"}
CLEAR |= {"r-cannabis": "negative"}
GIVEN = {"given_on": "2026-11-22", "given_time": "10:00", "read_time": "10:05", "celsius": "34,5"}
GIVEN |= {"unusable": "", "lot": "A12", **CLEAR}


@pytest.fixture
def begun(database, cast):
    """ANNA's first tablet, three weeks ago."""
    day = NOW.date() - timedelta(days=20)
    with database.write() as session:
        record_dose(session, About(cast.anna, ZONE, day, SYSTEM, NOW), taken=True)
    return day


@pytest.fixture
def path(database, cast):
    with database.read() as session:
        wanted = select(PARTICIPANT.c.public_id).where(PARTICIPANT.c.id == cast.anna)
        return f"/participants/{session.execute(wanted).scalar_one()}/specimens"


@pytest.fixture
def petrova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.petrova, clock()))


def known(database, cast, at=NOW):
    with database.read() as session:
        return read_timeline(session, cast.anna, due=True).known_at(at)


def given(database):
    with database.read() as session:
        return session.execute(select(URINALYSIS).order_by(URINALYSIS.c.id)).all()


def test_one_is_due_in_every_week_and_known_once_the_week_is_over(database, cast, begun):
    found = [one.day for one in known(database, cast).of(SpecimenDue)]
    assert found == [begun + timedelta(days=6), begun + timedelta(days=13)]
    later = known(database, cast, NOW + timedelta(weeks=30)).of(SpecimenDue)
    assert len(later) == 24 and {one.panel for one in later} == {
        "opioid+sedative+stimulant+cannabis"
    }


def test_before_a_first_dose_none_is_due(database, cast, petrova, path):
    assert known(database, cast, NOW + timedelta(weeks=30)).of(SpecimenDue) == []
    assert "None is due yet" in petrova.get(path).text


def test_a_specimen_is_entered_read_and_judged(database, cast, petrova, path, begun):
    sent = {**GIVEN, "r-opioid": "positive"}
    assert petrova.post(path, sent).status_code == 303
    assert petrova.post(path, sent).status_code == 303, "the same once more"
    [row] = given(database)
    assert row.results["opioid"] == "positive" and row.at.isoformat() == "2026-11-22T07:00:00+00:00"
    assert flags(database), "opioids on the tablets are an alert"
    page = words(petrova.get(path))
    assert ": positive; " in page and "34.5\N{NO-BREAK SPACE}°C" in page and "Lot A12" in page


@pytest.mark.parametrize(
    ("warmth", "said"), [("31.9", "too cold"), ("38.1", "too hot"), ("32", ""), ("38", "")]
)
def test_one_of_the_wrong_warmth_says_nothing(database, cast, petrova, path, begun, warmth, said):
    assert petrova.post(path, {**GIVEN, "celsius": warmth}).status_code == 303
    [row] = given(database)
    assert (set(row.results.values()) == {"invalid"}) == bool(said)
    page = words(petrova.get(path))
    assert ("not valid (" in page) == bool(said) and said in page


def test_a_test_that_cannot_be_read_needs_no_results(database, petrova, path, begun):
    sent = {name: value for name, value in GIVEN.items() if not name.startswith("r-")}
    refused = petrova.post(path, sent)
    assert refused.status_code == 422 and refused.text.count("Choose what the test shows.") == 8
    assert 'value="A12"' in refused.text
    assert petrova.post(path, {**sent, "unusable": "unreadable"}).status_code == 303
    assert set(given(database)[0].results.values()) == {"invalid"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"given_on": "2026-11-24"}, "Choose a day from"),
        ({"given_on": "2026-11-23", "given_time": "23:00"}, "still to come"),
        ({"read_time": "09:00"}, "read after it was given"),
        ({"given_time": "25:00"}, "hours and minutes"),
        ({"celsius": "warm"}, "such as 34.5"),
        ({"celsius": "340"}, "from 0 to 60"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(database, petrova, path, begun, change, said):
    answer = petrova.post(path, {**GIVEN, **change})
    assert answer.status_code == 422 and said in answer.text and 'value="A12"' in answer.text
    assert given(database) == []


def test_a_week_without_one_says_so_and_why(database, cast, petrova, path, begun):
    page = words(petrova.get(path))
    assert page.count("Not given: nobody has said why yet") == 2, page
    sent = {"week": "1", "not_given": "declined"}
    assert petrova.post(f"{path}/missing", sent).status_code == 303
    assert petrova.post(f"{path}/missing", {"week": "9", "not_given": "other"}).status_code == 422
    assert "Not given: Declined" in words(petrova.get(path))
    reasons = [one.reason for one in known(database, cast).of(SpecimenDue)]
    assert reasons == ["declined", None]
    with database.read() as session:
        assert len(session.execute(select(SPECIMEN_MISSING)).all()) == 1


def test_a_wrong_entry_counts_no_longer_and_stays(database, cast, petrova, path, begun):
    petrova.post(path, {**GIVEN, "r-opioid": "positive"})
    number = given(database)[0].id
    empty = petrova.post(f"{path}/void", {"specimen": number, "reason": ""})
    assert empty.status_code == 422 and "Write the reason." in empty.text
    sent = {"specimen": number, "reason": "another person's cup"}
    assert petrova.post(f"{path}/void", sent).status_code == 303
    assert known(database, cast).of(Urinalysis) == []
    assert "another person’s cup" in petrova.get(path).text.replace("&#39;", "’")
    assert petrova.post(path, GIVEN).status_code == 303, "the right one of the same moment"
    assert len(known(database, cast).of(Urinalysis)) == 1
    assert petrova.post(f"{path}/void", {**sent, "specimen": 9999}).status_code == 404


def test_a_specimen_of_somebody_else_is_not_there_to_be_taken_out(
    database, cast, petrova, path, begun
):
    row = {"participant_id": cast.vera, "at": NOW, "received_at": NOW, "results": {}}
    with database.write() as session:
        number = session.execute(insert(URINALYSIS), row).inserted_primary_key[0]
        audit.record(session, SYSTEM, "test.row", Subject("urinalysis", number), now=NOW)
    sent = {"specimen": number, "reason": "wrong"}
    assert petrova.post(f"{path}/void", sent).status_code == 404
    with database.read() as session:
        assert session.execute(select(SPECIMEN_VOID)).all() == []


def test_nothing_is_due_of_whoever_left_but_the_fact_stays(database, cast, begun):
    with database.write() as session:
        session.add(
            StudyEnd(
                participant_id=cast.anna,
                kind="withdrew",
                scope="all",
                on_day=begun + timedelta(days=9),
                received_at=NOW,
            )
        )
        audit.record(session, SYSTEM, "test.end", Subject("participant", cast.anna), now=NOW)
    reasons = [one.reason for one in known(database, cast).of(SpecimenDue)]
    assert reasons == [None, "left"]


def test_under_a_lock_nothing_is_entered_or_taken_out(
    database, cast, browser, petrova, path, begun, clock
):
    petrova.post(path, GIVEN)
    number = given(database)[0].id
    with database.read() as session:
        wanted = select(STAFF.c.site_id, STAFF.c.id).where(STAFF.c.id == cast.ivanova)
        site, ivanova = session.execute(wanted).one()
    with database.write() as session:
        about = {"site_id": site, "participant_id": cast.anna, "set_by": ivanova, "set_at": NOW}
        session.add(RecordLock(**about, scope="participant", reason="closed"))
        audit.record(session, SYSTEM, "test.lock", Subject("participant", cast.anna), now=NOW)
    later = {**GIVEN, "given_time": "11:00", "read_time": "11:05"}
    assert petrova.post(path, later).status_code == 409
    sent = {"specimen": number, "reason": "wrong"}
    assert petrova.post(f"{path}/void", sent).status_code == 409
    week = {"week": "1", "not_given": "declined"}
    assert petrova.post(f"{path}/missing", week).status_code == 409
    assert len(given(database)) == 1
