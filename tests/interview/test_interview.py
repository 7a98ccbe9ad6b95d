"""The diary interview and what is told by phone: marked so, judged alike, beside own words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.audit import SYSTEM
from app.diary.service import About, record_dose, record_substances
from app.models.audit import AuditEntry
from app.models.checkin import Checkin
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.flags import Flag
from app.models.outbox import Message
from app.models.people import Participant
from app.timeline.events import Use
from tests.browser import hidden
from tests.cast import NOW, staff_session
from tests.diary.rows import change_person, rows

DAY = date(2026, 11, 20)


@pytest.fixture
def base(database, cast) -> str:
    anna = next(row for row in rows(database, Participant) if row.id == cast.anna)
    return f"/participants/{anna.public_id}"


def tell(browser, base, day=DAY, **fields):
    return browser.post(f"{base}/interview/{day}", {"told": "by_phone", **fields})


def test_a_day_told_by_phone_is_stored_with_who_entered_it(petrova, base, database, cast):
    fields = {"alcohol": "some", "n:beer:500:5": "2", "others": "none", "tablet": "taken"}
    answer = tell(petrova, base, day=date(2026, 11, 22), tablet_time="08:30", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{base}/interview")
    (drinks,) = rows(database, DrinkDay)
    assert (drinks.provenance, drinks.entered_by, drinks.grams) == (
        "by_phone",
        cast.petrova,
        pytest.approx(39.45),
    )
    assert rows(database, SubstanceDay)[0].items == []
    (dose,) = rows(database, Dose)
    assert (dose.taken, dose.provenance) == (True, "by_phone")
    assert dose.at == datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
    assert "dose.add" in [row.action for row in rows(database, AuditEntry)]


def test_days_are_told_one_after_the_other_and_how_stays_chosen(petrova, base):
    answer = tell(petrova, base, alcohol="none", go="on")
    assert answer.headers["location"] == f"{base}/interview/2026-11-19?told=by_phone"
    page = petrova.get(answer.headers["location"])
    assert page.text.count(" checked") == 1 and 'value="by_phone" checked' in page.text


def test_a_form_about_a_day_begins_without_any_answer(petrova, base):
    page = petrova.get(f"{base}/interview/{DAY}")
    assert page.status_code == 200
    assert " checked" not in page.text and " selected" not in page.text


def test_staff_correct_what_staff_entered_also_when_it_is_told_another_way(petrova, base, database):
    tell(petrova, base, alcohol="none")
    tell(petrova, base, told="with_staff", alcohol="some", **{"n:beer:500:5": "1"})
    first, second = rows(database, DrinkDay)
    assert (second.replaces_id, second.provenance) == (first.id, "with_staff")
    assert first.superseded_at is not None


def test_what_the_participant_told_is_shown_and_not_taken_again(anna, petrova, base, database):
    anna.post("/day/2026-11-23", {"none": "1", "idem": "a1"})
    page = petrova.get(f"{base}/interview/2026-11-23")
    assert "No alcohol" in page.text and 'name="alcohol"' not in page.text
    answer = tell(petrova, base, day=date(2026, 11, 23), alcohol="none", others="none")
    assert answer.status_code == 422
    assert len(rows(database, DrinkDay)) == 1


def test_what_staff_entered_is_read_only_on_the_phone_and_says_how_it_was_told(
    anna, petrova, base, database
):
    day = date(2026, 11, 23)
    tell(petrova, base, day=day, alcohol="none")
    page = anna.get(f"/calendar/{day}")
    assert "Told to the study team by phone" in page.text
    assert anna.post(f"/day/{day}", {"n:beer:500:5": "9", "idem": "a1"}).status_code == 409
    assert len(rows(database, DrinkDay)) == 1


def test_a_tablet_that_staff_entered_since_is_not_told_a_second_time(anna, petrova, base, database):
    page = anna.get("/today")
    tell(petrova, base, day=date(2026, 11, 23), tablet="taken")
    body = {"answer": "taken", "day": "2026-11-23", "idem": hidden(page, "idem")}
    assert anna.post("/today/dose", body).headers["location"] == "/today"
    assert len(rows(database, Dose)) == 1
    assert "entered with the study team" in anna.get("/today").text


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"told": "", "alcohol": "none"}, "Choose how it was told."),
        ({"told": "same_day", "alcohol": "none"}, "Choose how it was told."),
        ({}, "Nothing was filled in."),
        ({"n:beer:500:5": "2"}, "Choose one of the answers shown."),
        ({"alcohol": "some"}, "Add at least one drink"),
        ({"alcohol": "none", "n:beer:500:5": "2"}, "There are drinks here."),
        ({"others": "some"}, "Mark what there was"),
        ({"others": "none", "substance": "opioid"}, "Mark what there was"),
        ({"tablet": "not_taken", "tablet_time": "08:00"}, "Say whether the tablet was taken"),
        ({"tablet": "taken", "reason": "forgot"}, "Say whether the tablet was taken"),
        ({"alcohol": "none", "surprise": "1"}, "This page has no such field."),
    ],
)
def test_what_does_not_fit_is_asked_again_and_stores_nothing(
    petrova, base, database, fields, error
):
    answer = tell(petrova, base, **fields)
    assert answer.status_code == 422 and error in answer.text
    assert rows(database, DrinkDay) + rows(database, SubstanceDay) + rows(database, Dose) == []


@pytest.mark.parametrize(
    ("day", "status"),
    [("2026-11-23", 200), ("2026-11-24", 404), ("2026-09-24", 200), ("2026-09-23", 404)],
)
def test_an_interview_reaches_sixty_days_before_the_enrolment_and_not_into_the_future(
    petrova, base, day, status
):
    assert petrova.get(f"{base}/interview/{day}").status_code == status


def test_the_table_shows_thirty_days_and_leads_to_the_ones_before(petrova, base):
    page = petrova.get(f"{base}/interview")
    assert page.text.count('<th scope="row">') == 30
    assert f"{base}/interview?until=2026-10-24" in page.text
    before = petrova.get(f"{base}/interview?until=2026-10-24")
    assert "Sat 24 Oct" in before.text and "Later days" in before.text


def test_opioid_use_told_by_phone_raises_the_flag_that_the_phone_would(petrova, base, database):
    day = date(2026, 11, 23)
    answer = tell(petrova, base, day=day, others="some", substance="opioid", note="one tablet")
    assert answer.headers["location"] == "/flags"
    (flag,) = rows(database, Flag)
    assert (flag.rule, flag.severity) == ("OPI-1", "urgent")
    assert rows(database, SubstanceDay)[0].items[0]["note"] == "one tablet"


def test_a_checkin_told_by_phone_is_marked_and_judged_like_any_other(petrova, base, database, cast):
    page = petrova.get(f"{base}/told")
    assert " checked" not in page.text
    body = {
        "told": "by_phone",
        "opioid_craving": "3",
        "tremor": "1",
        "signs": "seizure",
        "idem": hidden(page, "idem"),
    }
    answer = petrova.post(f"{base}/told", body)
    assert answer.headers["location"] == "/flags"
    urges, effects = rows(database, Checkin)
    assert {urges.instrument, effects.instrument} == {"urges", "side_effects"}
    assert {urges.entered_by, effects.entered_by} == {cast.petrova}
    assert {urges.provenance, effects.provenance} == {"by_phone"}
    assert "emergency" in {flag.severity for flag in rows(database, Flag)}


def test_the_same_told_checkin_sent_twice_is_one(petrova, base, database):
    body = {"told": "by_phone", "alcohol_craving": "3", "idem": "twice"}
    petrova.post(f"{base}/told", body)
    petrova.post(f"{base}/told", body)
    assert len(rows(database, Checkin)) == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"told": "by_phone"}, "Nothing was filled in."),
        ({"tremor": "1"}, "Choose how it was told."),
        ({"told": "by_phone", "tremor": "9"}, ""),
        ({"told": "by_phone", "tremor": "1", "surprise": "1"}, ""),
    ],
)
def test_a_told_checkin_that_cannot_be_right_is_shown_again(petrova, base, database, body, error):
    answer = petrova.post(f"{base}/told", body)
    assert answer.status_code == 422 and error in answer.text
    assert rows(database, Checkin) == []


def test_nothing_is_collected_after_consent_was_withdrawn(petrova, base, database, cast):
    change_person(database, cast.anna, status="withdrawn")
    page = petrova.get(f"{base}/interview")
    assert page.status_code == 200 and f"{base}/interview/2026" not in page.text
    told = {"told": "by_phone", "alcohol_craving": "1"}
    for refused in (
        petrova.get(f"{base}/interview/{DAY}"),
        tell(petrova, base, alcohol="none"),
        petrova.get(f"{base}/told"),
        petrova.post(f"{base}/told", told),
    ):
        assert refused.status_code == 403
        assert "took back consent. Nothing more is entered" in refused.text
    assert "took back consent" in page.text
    assert rows(database, DrinkDay) + rows(database, Checkin) == []


def test_only_the_own_counselor_and_the_coordinator_may_interview(
    browser, database, cast, clock, base
):
    seen = {}
    for name in ("petrova", "sokolov", "orlova", "ivanova", "volkova"):
        someone = browser.signed_in(staff_session(database, getattr(cast, name), clock()))
        seen[name] = someone.get(f"{base}/interview").status_code
    assert seen == {
        "petrova": 200,
        "sokolov": 404,
        "orlova": 200,
        "ivanova": 403,
        "volkova": 404,
    }


@pytest.mark.parametrize("wrong", [{"systolic_bp": "5000"}, {"told": ""}, {"surprise": "1"}])
def test_a_danger_sign_that_staff_are_told_raises_the_alert_whatever_is_wrong_beside_it(
    petrova, base, database, wrong
):
    body = {"told": "by_phone", "signs": "seizure", "temperature": "36.6", "idem": "t1"} | wrong
    answer = petrova.post(f"{base}/told", body)
    assert answer.status_code == 200 and 'href="/flags"' in answer.text
    assert 'name="temperature" value="36.6"' in answer.text
    assert [flag.family for flag in rows(database, Flag)] == ["EMG"]
    told = len(rows(database, Message))
    again = petrova.post(f"{base}/told", body | {"idem": "t2"})
    assert again.status_code == 422 and 'value="36.6"' in again.text
    right = {"told": "by_phone", "signs": "seizure", "temperature": "36.6", "idem": "t3"}
    assert petrova.post(f"{base}/told", right).status_code == 303
    assert (len(rows(database, Flag)), len(rows(database, Message))) == (1, told)


@pytest.mark.parametrize("wrong", [{"systolic_bp": "5000"}, {"told": ""}, {"surprise": "1"}])
@pytest.mark.parametrize(("agitation", "found"), [("4", 200), ("0", 422)])
def test_ratings_that_are_an_emergency_are_acted_on_as_a_sign_is_and_others_leave_nothing(
    petrova, base, database, cast, wrong, agitation, found
):
    about = About(cast.anna, "Europe/Moscow", DAY, SYSTEM, NOW)
    with database.write() as session:
        record_substances(session, about, [Use("opioid")])
        today = replace(about, day=NOW.date())
        record_dose(session, today, taken=True, at=NOW - timedelta(hours=1))
    before = len(rows(database, Checkin))
    body = {"told": "by_phone", "nausea": "3", "sweating": "3", "agitation": agitation} | wrong
    assert petrova.post(f"{base}/told", body).status_code == found
    urgent = [one for one in rows(database, Flag) if one.severity == "emergency"]
    assert [one.family for one in urgent] == (["WDL"] if found == 200 else [])
    assert (len(rows(database, Checkin)) > before) == (found == 200)
