"""Several tablets on one day, tablets of past days, the call before the next, the last drink."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.diary.drinks import last_moment
from app.models.diary import Dose, DrinkDay
from app.models.flags import Flag
from app.models.trial import Urinalysis
from tests.browser import words
from tests.cast import NOW, participant_session
from tests.diary.rows import change_person, rows

YESTERDAY = date(2026, 11, 22)
CALL = "Please call us before your next tablet: 8 812 000-00-02."


def test_a_second_tablet_stands_beside_the_first_and_is_a_matter_for_today(anna, database):
    anna.post("/today/dose", {"answer": "taken", "idem": "a1"})
    body = {"answer": "taken", "another": "1", "idem": "a2"}
    assert anna.post("/today/dose", body).headers["location"] == "/help/soon"
    first, second = rows(database, Dose)
    assert (second.replaces_id, first.superseded_at) == (None, None)
    assert [flag.family for flag in rows(database, Flag)] == ["DOS"]
    assert "2 tablets · Taken" in anna.get("/today").text
    anna.post("/today/dose", body)
    assert len(rows(database, Dose)) == 2


def test_one_of_two_tablets_is_changed_by_its_own_number(anna, database):
    anna.post("/today/dose", {"answer": "taken", "idem": "a1"})
    anna.post("/today/dose", {"answer": "taken", "another": "1", "idem": "a2"})
    body = {"answer": "taken", "details": "1", "time": "07:15", "entry": "1", "idem": "a3"}
    anna.post("/today/dose", body)
    first, second, third = rows(database, Dose)
    assert (third.replaces_id, third.at) == (first.id, datetime(2026, 11, 23, 4, 15, tzinfo=UTC))
    assert second.superseded_at is None
    page = anna.get(f"/today/dose?entry={third.id}").text
    assert 'value="07:15"' in page
    stale = anna.post("/today/dose", body | {"entry": "1", "time": "07:20", "idem": "a4"})
    assert stale.status_code == 422 and len(rows(database, Dose)) == 3


def test_a_tablet_entered_by_mistake_is_taken_back_and_stays_on_record(anna, database):
    anna.post("/today/dose", {"answer": "taken", "idem": "a1"})
    path = "/day/2026-11-23/dose/back"
    anna.post(path, {"entry": "1"})
    assert len(rows(database, Dose)) == 1, "the only entry is changed, not taken back"
    anna.post("/today/dose", {"answer": "taken", "another": "1", "idem": "a2"})
    assert "Take this one back" in anna.get("/today/dose").text
    anna.post(path, {"entry": "2"})
    void = rows(database, Dose)[-1]
    assert (void.void, void.replaces_id) == (True, 2)
    assert "2 tablets" not in anna.get("/today").text


def test_the_tablet_of_a_past_day_leads_back_to_that_day(anna, database):
    path = f"/day/{YESTERDAY}/dose"
    assert "The tablet of that day" in anna.get(f"{path}?from=day").text
    answer = anna.post(path, {"answer": "not_taken", "from": "day", "idem": "a1"})
    assert answer.headers["location"] == f"{path}?from=day"
    body = {"answer": "not_taken", "details": "1", "reason": "forgot", "from": "day"}
    answer = anna.post(path, body | {"idem": "a2"})
    assert answer.headers["location"] == f"/calendar/{YESTERDAY}"
    assert rows(database, Dose)[-1].reason == "forgot"
    assert rows(database, Dose)[-1].provenance == "late"


@pytest.mark.parametrize("way", ["//evil.test", "elsewhere", "/flags"])
def test_a_way_that_is_not_ours_is_refused(anna, database, way):
    body = {"answer": "taken", "from": way, "idem": "a1"}
    assert anna.post(f"/day/{YESTERDAY}/dose", body).status_code == 422
    assert rows(database, Dose) == []


def test_opioid_use_puts_a_call_in_the_place_of_the_tablets_question(anna):
    anna.post(f"/day/{YESTERDAY}", {"none": "1", "idem": "a1"})
    assert CALL not in words(anna.get("/today"))
    anna.post(f"/day/{YESTERDAY}/other", {"substance": "opioid", "idem": "a2"})
    page = anna.get("/today")
    assert CALL in words(page) and "Did you take it?" not in page.text
    assert 'href="tel:88120000002"' in page.text
    assert CALL in words(anna.get("/today/dose"))
    anna.post("/today/dose", {"answer": "taken", "idem": "a3"})
    assert CALL in words(anna.get("/today")), "the next tablet is meant"


@pytest.mark.parametrize(("minutes", "called"), [(0, True), (1, False)])
def test_the_call_is_asked_for_ten_times_24_hours(browser, database, cast, clock, minutes, called):
    with database.write() as session:
        found = {"opioid": "positive"}
        session.add(Urinalysis(participant_id=cast.anna, at=NOW, received_at=NOW, results=found))
        audit.record(session, SYSTEM, "test.urine", Subject("participant", 1), now=NOW)
    clock.forward(days=10, minutes=minutes)
    anna = browser.signed_in(participant_session(database, cast.anna, clock()))
    assert (CALL in words(anna.get("/today"))) is called


@pytest.mark.parametrize("results", [{"opioid": "negative"}, {"sedative": "positive"}])
def test_no_other_specimen_asks_for_a_call(anna, database, cast, results):
    with database.write() as session:
        session.add(Urinalysis(participant_id=cast.anna, at=NOW, received_at=NOW, results=results))
        audit.record(session, SYSTEM, "test.urine", Subject("participant", 1), now=NOW)
    assert CALL not in words(anna.get("/today"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", None),
        ("22:00", datetime(2026, 11, 22, 19, 0, tzinfo=UTC)),
        ("01:30", datetime(2026, 11, 22, 22, 30, tzinfo=UTC)),
        ("04:59", datetime(2026, 11, 23, 1, 59, tzinfo=UTC)),
        ("05:00", datetime(2026, 11, 22, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_time_before_five_is_that_of_the_night_after(typed, expected):
    assert last_moment(YESTERDAY, typed, "Europe/Moscow", NOW) == expected


def test_of_a_night_that_has_not_come_the_one_before_is_meant():
    today = YESTERDAY + timedelta(days=1)
    assert last_moment(today, "02:00", "Europe/Moscow", NOW) == NOW - timedelta(hours=7)
    with pytest.raises(ValueError, match="still to come"):
        last_moment(today, "09:01", "Europe/Moscow", NOW)


def test_the_time_of_the_last_drink_is_stored_and_stays_in_a_correction(anna, database):
    path = f"/day/{YESTERDAY}"
    anna.post(path, {"n:beer:500:5": "2", "last": "01:30", "idem": "a1"})
    assert 'value="01:30"' in anna.get(path).text
    anna.post(path, {"n:beer:500:5": "3", "last": "01:30", "idem": "a2"})
    first, second = rows(database, DrinkDay)
    assert first.last_drink_at == second.last_drink_at
    assert first.last_drink_at == datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    anna.post(path, {"n:beer:500:5": "3", "last": "", "idem": "a3"})
    assert rows(database, DrinkDay)[-1].last_drink_at is None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"n:beer:500:5": "1", "last": "late"}, "Please enter a time"),
        ({"none": "1", "last": "22:00"}, "There are drinks here."),
    ],
)
def test_a_last_drink_that_cannot_be_right_is_asked_again(anna, database, body, error):
    answer = anna.post(f"/day/{YESTERDAY}", body | {"idem": "a1"})
    assert answer.status_code == 422 and error in answer.text
    assert rows(database, DrinkDay) == []


def test_alcohol_not_made_for_drinking_is_a_drink_with_its_size_and_strength(anna, database):
    body = {"other_kind": "non_beverage", "other_ml": "100", "other_abv": "75", "idem": "a1"}
    anna.post(f"/day/{YESTERDAY}", body)
    assert rows(database, DrinkDay)[0].grams == pytest.approx(59.175)
    assert (
        "Alcohol not made for drinking, 100\u00a0ml · 75%"
        in anna.get(f"/calendar/{YESTERDAY}").text
    )


def test_the_calendar_is_whole_in_russian(browser, database, cast, clock):
    change_person(database, cast.anna, language="ru", enrolled_at=NOW - timedelta(days=30))
    anna = browser.signed_in(participant_session(database, cast.anna, clock()))
    page = anna.get("/calendar").text
    assert "Ноябрь" in page and "Календарь" in page and "День народного единства" in page
    assert "Несколько одинаковых дней" in anna.get("/calendar/same").text
