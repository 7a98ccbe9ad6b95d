"""Today: what is asked, what is stored by one tap, and what it says afterwards."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from app import audit
from app.audit import SYSTEM, Subject
from app.models.audit import AuditEntry
from app.models.diary import Dose, DrinkDay, Submission, SubstanceDay
from app.models.people import Hold
from tests.browser import hidden
from tests.cast import NOW, participant_session
from tests.diary.rows import change_person, rows

TODAY, YESTERDAY = date(2026, 11, 23), date(2026, 11, 22)


def test_a_fresh_morning_asks_five_things_and_selects_nothing(anna):
    page = anna.get("/today")
    assert "Monday, 23 November" in page.text
    assert "5 short things, about 2 minutes." in page.text
    assert "checked" not in page.text and "selected" not in page.text
    assert 'aria-current="page"' in page.text
    assert "<title>Daybook, 23 November</title>" in page.text


def test_a_tablet_taken_is_stored_by_one_tap_and_offers_change(anna, database):
    answer = anna.post("/today/dose", {"answer": "taken", "idem": "a1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    (dose,) = rows(database, Dose)
    assert (dose.day, dose.taken, dose.at, dose.provenance) == (TODAY, True, None, "same_day")
    page = anna.get("/today")
    assert "Taken · saved at 09:00" in page.text
    assert 'href="/today/dose">Change' in page.text
    assert "4 short things" in page.text


def test_a_tablet_not_taken_is_stored_before_the_reason_is_asked(anna, database):
    answer = anna.post("/today/dose", {"answer": "not_taken", "idem": "a1"})
    assert answer.headers["location"] == "/today/dose"
    assert rows(database, Dose)[0].taken is False
    page = anna.get("/today/dose")
    assert "What was the reason?" in page.text and "checked" not in page.text
    body = {"answer": "not_taken", "details": "1", "reason": "ran_out", "idem": "a2"}
    assert anna.post("/today/dose", body).headers["location"] == "/today"
    first, second = rows(database, Dose)
    assert (second.reason, second.replaces_id) == ("ran_out", first.id)
    assert first.superseded_at == NOW and second.superseded_at is None
    assert "Not taken · No tablets left" in anna.get("/today").text


def test_the_time_of_taking_is_local_and_never_ahead(anna, database):
    body = {"answer": "taken", "details": "1", "time": "08:30"}
    assert anna.post("/today/dose", body | {"idem": "a1"}).status_code == 303
    assert rows(database, Dose)[0].at == datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
    for time, status in (("09:00", 303), ("09:01", 422), ("25:00", 422), ("soon", 422)):
        answer = anna.post("/today/dose", body | {"time": time, "idem": f"b{time}"})
        assert answer.status_code == status, time
    assert 'value="soon"' in answer.text and len(rows(database, Dose)) == 2


def test_a_second_tap_on_the_same_answer_keeps_its_details(anna, database):
    body = {"answer": "taken", "details": "1", "time": "08:30", "idem": "a1"}
    anna.post("/today/dose", body)
    anna.post("/today/dose", {"answer": "taken", "idem": "a2"})
    assert len(rows(database, Dose)) == 1


@pytest.mark.parametrize(
    ("first_dose_on", "asked"), [(TODAY, True), (TODAY + timedelta(days=1), False), (None, False)]
)
def test_the_tablet_is_asked_from_the_day_of_the_first_dose_on(
    anna, database, cast, first_dose_on, asked
):
    change_person(database, cast.anna, first_dose_on=first_dose_on)
    assert ("Did you take it?" in anna.get("/today").text) is asked


@pytest.mark.parametrize(
    ("first", "last", "lifted", "held"),
    [
        (TODAY, None, None, True),
        (TODAY, TODAY, None, True),
        (TODAY - timedelta(days=3), YESTERDAY, None, False),
        (TODAY + timedelta(days=1), None, None, False),
        (TODAY, None, NOW, False),
    ],
)
def test_a_physicians_hold_in_force_takes_the_place_of_the_question(
    anna, database, cast, first, last, lifted, held
):
    with database.write() as session:
        hold = Hold(
            participant_id=cast.anna,
            from_day=first,
            until_day=last,
            set_by=cast.ivanova,
            set_at=NOW,
            lifted_at=lifted,
        )
        session.add(hold)
        audit.record(session, SYSTEM, "test.hold", Subject("hold", 1), now=NOW)
    page = anna.get("/today")
    assert ("Your study doctor has paused the tablet." in page.text) is held
    assert ("Did you take it?" in page.text) is not held
    anna.post("/today/dose", {"answer": "not_taken", "idem": "a1"})
    assert rows(database, Dose)[0].hold is held


def test_no_alcohol_is_one_tap_and_then_asks_about_anything_else(anna, database):
    path = f"/day/{YESTERDAY}"
    answer = anna.post(path, {"none": "1", "from": "today", "idem": "a1"})
    assert answer.headers["location"] == "/today"
    (day,) = rows(database, DrinkDay)
    assert (day.day, day.items, day.grams, day.provenance) == (YESTERDAY, [], 0, "late")
    page = anna.get("/today")
    assert "Was there anything besides alcohol that day?" in page.text
    assert "No alcohol · saved at 09:00" in page.text
    anna.post(f"{path}/other", {"none": "1", "from": "today", "idem": "a2"})
    assert rows(database, SubstanceDay)[0].items == []
    assert "No alcohol · nothing else" in anna.get("/today").text


def test_an_answer_of_just_before_midnight_stays_with_its_evening(browser, database, cast, clock):
    clock.now = datetime(2026, 11, 23, 20, 58, tzinfo=UTC)  # 23:58 in Moscow
    anna = browser.signed_in(participant_session(database, cast.anna, clock()))
    page = anna.get("/today")
    assert hidden(page, "day") == "2026-11-23"
    clock.forward(minutes=2)
    anna.post("/today/dose", {"answer": "taken", "day": "2026-11-23", "idem": "a1"})
    assert rows(database, Dose)[0].day == TODAY
    assert rows(database, Dose)[0].provenance == "late"
    assert "Tuesday, 24 November" in anna.get("/today").text


@pytest.mark.parametrize(
    ("zone", "moment", "heading"),
    [
        ("Europe/Berlin", datetime(2026, 10, 24, 21, 59, tzinfo=UTC), "Saturday, 24 October"),
        ("Europe/Berlin", datetime(2026, 10, 24, 22, 0, tzinfo=UTC), "Sunday, 25 October"),
        ("Europe/Berlin", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "Sunday, 25 October"),
        ("Europe/Berlin", datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "Monday, 26 October"),
        ("Asia/Vladivostok", datetime(2026, 11, 22, 14, 0, tzinfo=UTC), "Monday, 23 November"),
    ],
)
def test_the_day_is_the_participants_own_also_when_the_clocks_change(
    browser, database, cast, clock, zone, moment, heading
):
    clock.now = moment
    change_person(database, cast.anna, timezone=zone)
    phone = browser.signed_in(participant_session(database, cast.anna, moment))
    assert heading in phone.get("/today").text


def test_the_last_seven_days_show_what_stands_and_name_the_newest_blank(anna, database, cast):
    change_person(database, cast.anna, enrolled_at=NOW - timedelta(days=30))
    anna.post("/day/2026-11-20", {"n:beer:500:5": "3", "idem": "a1"})
    anna.post("/day/2026-11-19", {"none": "1", "idem": "a2"})
    page = anna.get("/today")
    for words in ("Friday: 3 drinks", "Thursday: no alcohol", "Saturday: not filled in"):
        assert words in page.text
    assert page.text.count(": not filled in") == 4
    assert "4 of these days are blank. Blank before them: 8 days." in page.text
    assert 'href="/calendar/blank?before=2026-11-22">Fill in' in page.text


def test_a_resend_makes_one_entry_and_another_body_shows_both(anna, database):
    body = {"answer": "taken", "day": "2026-11-23", "idem": "same"}
    anna.post("/today/dose", body)
    again = anna.post("/today/dose", body)
    assert again.headers["location"] == "/today" and len(rows(database, Dose)) == 1
    other = anna.post("/today/dose", body | {"answer": "not_taken"})
    assert other.status_code == 409
    assert "Taken" in other.text and "Not taken" in other.text
    assert len(rows(database, Dose)) == 1
    fresh = hidden(other, "idem")
    replaced = anna.post("/today/dose", body | {"answer": "not_taken", "idem": fresh})
    assert replaced.status_code == 303
    first, second = rows(database, Dose)
    assert (second.taken, second.replaces_id) == (False, first.id)


def test_the_phones_clock_is_kept_beside_the_servers(anna, database):
    sent_at = "2026-11-23T08:59:00+03:00"
    anna.post("/today/dose", {"answer": "taken", "idem": "a1", "client_at": sent_at})
    (noted,) = rows(database, Submission)
    assert noted.skew_seconds == -60 and noted.received_at == NOW


@pytest.mark.parametrize(
    ("told", "enrolled", "says"),
    [
        # Days back from Monday, 23 November that are told, and the enrolment.
        ({2, 3, 4, 5, 6}, 6, ""),
        ({1, 3, 4, 5, 6}, 6, "Saturday is blank. A guess is fine."),
        ({3, 4, 5, 6}, 6, "2 of these days are blank. A guess is fine."),
        (set(), 6, "6 of these days are blank. A guess is fine."),
        ({1, 2, 3, 4, 5, 6}, 7, "Monday, 16 November is blank. A guess is fine."),
        ({1, 2, 3, 4, 5, 6}, 9, "Blank before them: 3 days. A guess is fine."),
        (
            {1, 3, 4, 5, 6},
            7,
            "1 of these days is blank. Blank before them: 1 day. A guess is fine.",
        ),
        (set(), 30, "6 of these days are blank. Blank before them: 8 days. A guess is fine."),
    ],
)
def test_what_is_said_of_blank_days_counts_the_marks_beside_it(
    anna, database, cast, told, enrolled, says
):
    change_person(database, cast.anna, enrolled_at=NOW - timedelta(days=enrolled))
    for back in told:
        day = TODAY - timedelta(days=back)
        anna.post(f"/day/{day}", {"none": "1", "idem": f"a{back}"})
    page = anna.get("/today").text
    assert page.count('<span class="m blank"') == 6 - len(told & set(range(1, 7)))
    found = re.search(r'<p class="grow sub">(.*?)</p>', page.partition("Last seven days")[2])
    assert (found.group(1) if found else "") == says


@pytest.mark.parametrize(
    "body",
    [
        {"answer": "perhaps"},
        {},
        {"answer": "taken", "extra": "1"},
        {"answer": ["taken", "not_taken"]},
        {"answer": "not_taken", "details": "1", "reason": "because\x00"},
        {"answer": "not_taken", "details": "1", "reason": "invented"},
        {"answer": "taken", "day": "2026-02-30"},
        {"answer": "taken", "day": "2026-11-24"},
        {"answer": "taken", "day": "2026-11-08"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused_and_stores_nothing(anna, database, body):
    assert 400 <= anna.post("/today/dose", body | {"idem": "a1"}).status_code < 500
    assert rows(database, Dose) == []


def test_what_staff_entered_is_shown_and_not_changed_by_the_participant(anna, database, cast):
    with database.write() as session:
        session.add(
            Dose(
                participant_id=cast.anna,
                day=TODAY,
                taken=True,
                received_at=NOW,
                provenance="by_phone",
            )
        )
        audit.record(session, SYSTEM, "test.dose", Subject("dose", 1), now=NOW)
    page = anna.get("/today")
    assert "entered with the study team" in page.text
    assert 'href="/today/dose">Change' not in page.text


def test_every_change_leaves_what_was_there_in_the_audit_trail(anna, database):
    anna.post("/today/dose", {"answer": "taken", "idem": "a1"})
    anna.post("/today/dose", {"answer": "not_taken", "idem": "a2"})
    changes = [entry for entry in rows(database, AuditEntry) if entry.subject_kind == "dose"]
    assert [entry.action for entry in changes] == ["dose.add", "dose.change"]
    assert changes[1].changes["taken"] == [True, False]


def test_today_needs_no_more_reads_for_a_longer_history(anna, database, cast):
    counted = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    anna.get("/today")
    first = len(counted)
    for day in range(10, 22):
        anna.post(f"/day/2026-11-{day}", {"n:beer:500:5": "1", "idem": f"d{day}"})
    counted.clear()
    anna.get("/today")
    assert len(counted) == first <= 12
