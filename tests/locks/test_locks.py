"""What is locked stays as it is, for every page and for SQL; what a participant tells comes in."""

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from app import audit
from app.audit import SYSTEM, Subject
from app.models.diary import DrinkDay
from app.models.locks import RECORD_LOCK, RecordLock
from app.models.people import Staff
from tests.browser import words
from tests.cast import NOW, PASSWORD, password_hash, staff_session
from tests.flags.record import check_in, flags, rows, take_dose
from tests.treatment.conftest import TODAY, add_session

ANNA = {"scope": "participant", "person": "DB-001", "reason": "All queries are closed."}
VISIT = {**ANNA, "scope": "visit", "first_day": str(TODAY), "last_day": str(TODAY)}
STUDY = {"scope": "study", "reason": "The database is closed."}


@pytest.fixture
def manager(browser, database, cast, clock):
    """The data manager of the cast's site."""
    with database.write() as session:
        one = Staff(
            site_id=cast.site,
            email="dm@clinic.test",
            name="Some Manager",
            role="data_manager",
            password_hash=password_hash(),
            created_at=NOW,
        )
        session.add(one)
        session.flush()
        audit.record(session, SYSTEM, "test.staff", Subject("staff", one.id), now=NOW)
        number = one.id
    return browser.signed_in(staff_session(database, number, clock()))


def held(database):
    return [one for one in rows(database, RecordLock) if one.lifted_at is None]


@pytest.mark.req("R11")
@pytest.mark.parametrize("lock", [ANNA, VISIT, STUDY])
def test_staff_change_nothing_that_is_locked_and_keep_what_they_typed(desk, manager, lock):
    desk.send("save")
    before, texts = desk.rows, desk.texts
    assert manager.post("/locks", lock).status_code == 303
    for answer in (
        desk.send("save", text="quetzal: later"),
        desk.send("close", text="quetzal: later"),
        desk.office.step("attendance", came="yes"),
    ):
        assert answer.status_code == 409, answer.text
        assert "this part of the record is locked" in answer.text
    assert "quetzal: later" in desk.send("close", text="quetzal: later").text
    assert PASSWORD not in desk.send("close").text
    assert (desk.rows, desk.texts, desk.signatures) == (before, texts, [])
    (one,) = held(desk.office.database)
    lift = manager.post(f"/locks/{one.public_id}/lift", {"reason": "A note is missing."})
    assert lift.status_code == 303
    assert desk.send("close", text="quetzal: later").status_code == 303
    told = desk.office.audited("lock.%")
    assert [(e.action, e.reason) for e in told] == [
        ("lock.set", lock["reason"]),
        ("lock.lift", "A note is missing."),
    ]


def test_a_lock_of_days_leaves_the_other_days_and_other_people_alone(desk, manager, database, cast):
    day = {"first_day": str(TODAY.replace(day=1)), "last_day": str(TODAY.replace(day=22))}
    assert manager.post("/locks", {**VISIT, **day}).status_code == 303
    assert manager.post("/locks", {**ANNA, "person": "DB-002"}).status_code == 303
    assert desk.send("close").status_code == 303


@pytest.mark.req("R11")
def test_what_a_participant_tells_is_never_refused_raises_alerts_and_is_listed(
    anna, manager, database, cast, clock
):
    anna.post("/day/2026-11-20", {"n:beer:500:5": "3", "idem": "a1"})
    clock.forward(minutes=1)
    assert manager.post("/locks", STUDY).status_code == 303
    clock.forward(minutes=1)
    assert anna.post("/day/2026-11-21", {"none": "1", "idem": "a2"}).status_code == 303
    corrected = {"n:beer:500:5": "4", "idem": "a3"}
    assert anna.post("/day/2026-11-20", corrected).status_code == 303
    check_in(database, cast.anna, clock(), {}, ("confusion",))
    assert len(rows(database, DrinkDay)) == 3 and len(flags(database)) == 1
    (lock,) = held(database)
    page = words(manager.get(f"/locks/{lock.public_id}"))
    assert page.count("alcohol of a day") == 2 and page.count("check-in") == 1
    assert "DB-001" in page and "beer" not in page and "confusion" not in page


STATEMENTS = [
    "UPDATE dose SET taken = NOT taken",
    "DELETE FROM dose",
    "UPDATE dose SET superseded_at = received_at, taken = NOT taken",
    "DELETE FROM checkin",
    "DELETE FROM checkin_judgement",
    "UPDATE checkin_judgement SET complete = NOT complete",
    "UPDATE counseling_session SET minutes = 10",
    "DELETE FROM counseling_session",
    "INSERT INTO counseling_session (public_id, participant_id, at, minutes, place, week, version)"
    " SELECT 'x', participant_id, at, minutes, place, week, version FROM counseling_session",
    "UPDATE participant SET first_dose_on = '2026-01-01' WHERE code = 'DB-001'",
]


@pytest.mark.req("R11")
@pytest.mark.parametrize("lock", [ANNA, VISIT, STUDY])
def test_no_statement_past_the_program_changes_what_is_locked(database, cast, manager, clock, lock):
    take_dose(database, cast.anna, TODAY, clock(), at=clock())
    check_in(database, cast.anna, clock(), {"nausea": 1})
    add_session(database, cast.anna, NOW)
    assert manager.post("/locks", lock).status_code == 303
    for statement in STATEMENTS:
        if lock is VISIT and "first_dose_on" in statement:
            continue  # it is of the person, not of a day
        with pytest.raises(DBAPIError, match="locked"), database.writing.begin() as connection:
            connection.execute(text(statement))
    (one,) = held(database)
    for statement in (
        "DELETE FROM record_lock",
        "UPDATE record_lock SET reason = 'x'",
        "UPDATE record_lock SET lifted_at = set_at, lifted_by = set_by, reason = 'y'",
    ):
        with pytest.raises(DBAPIError, match="never changed"), database.writing.begin() as sql:
            sql.execute(text(statement))
    assert manager.post(f"/locks/{one.public_id}/lift", {"reason": "Why."}).status_code == 303
    with database.writing.begin() as connection:
        connection.execute(text(STATEMENTS[0]))
    with pytest.raises(DBAPIError, match="never changed"), database.writing.begin() as connection:
        connection.execute(text("UPDATE record_lock SET lifted_at = NULL, lifted_by = NULL"))


def test_a_lock_that_says_two_things_is_refused_at_its_field_and_kept(manager, database):
    wrong = [
        ({**ANNA, "person": "DB-999"}, "person"),
        ({**STUDY, "person": "DB-001"}, "person"),
        ({**ANNA, "first_day": str(TODAY)}, "first_day"),
        ({**VISIT, "last_day": ""}, "last_day"),
        ({**VISIT, "last_day": "2026-11-01"}, "last_day"),
        ({**ANNA, "reason": ""}, "reason"),
        ({"reason": "x"}, "scope"),
    ]
    for form, field in wrong:
        answer = manager.post("/locks", form)
        assert answer.status_code == 422 and f'id="e-{field}"' in answer.text, form
        assert form["reason"] in answer.text
    assert rows(database, RecordLock) == []
    assert manager.post("/locks", ANNA).status_code == 303
    manager.post("/locks", ANNA)
    assert len(rows(database, RecordLock)) == 1, "sent twice"
    (one,) = held(database)
    assert manager.post(f"/locks/{one.public_id}/lift", {"reason": ""}).status_code == 422
    assert len(held(database)) == 1


def test_a_lock_of_another_site_does_not_exist(manager, database, cast, backend):
    manager.post("/locks", ANNA)
    of = " ON record_lock" if backend == "postgresql" else ""
    with database.writing.begin() as connection:
        connection.execute(text(f"DROP TRIGGER record_lock_locked_update{of}"))
        connection.execute(update(RECORD_LOCK).values(site_id=cast.other_site))
    (one,) = held(database)
    assert manager.get(f"/locks/{one.public_id}").status_code == 404
    assert manager.post(f"/locks/{one.public_id}/lift", {"reason": "x"}).status_code == 404
    assert "DB-001" not in words(manager.get("/locks")).split("The code, such as")[0]
