"""Who is overtaken by another phone, by staff or by a move hears so, and danger comes first."""

from datetime import time, timedelta

import pytest

from app.audit import SYSTEM
from app.diary.service import About, record_dose, record_substances
from app.models.diary import Dose
from app.models.flags import Flag
from app.timeline.days import at_local
from app.timeline.events import Use
from tests.cast import NOW, participant_session
from tests.diary.rows import rows

pytestmark = pytest.mark.sweep
TODAY = NOW.date()


def told(database, who, back, taken=None, uses=None, **more):
    about = About(who, "Europe/Moscow", TODAY - timedelta(days=back), SYSTEM, NOW, **more)
    with database.write() as session:
        if taken is not None:
            record_dose(session, about, taken=taken)
        if uses is not None:
            record_substances(session, about, [Use(code) for code in uses])


def emergencies(database):
    return [flag.rule for flag in rows(database, Flag) if flag.severity == "emergency"]


def test_an_answer_about_a_tablet_that_was_changed_elsewhere_is_acted_on_and_shown(
    anna, database, cast
):
    told(database, cast.anna, 1, False)
    told(database, cast.anna, 0, True, ["opioid"])
    named = rows(database, Dose)[-1].id
    later = {"answer": "taken", "details": "1", "time": "07:15", "entry": str(named), "idem": "b1"}
    anna.post(f"/day/{TODAY}/dose", later)
    stale = {"answer": "not_taken", "entry": str(named), "idem": "a1"}
    answer = anna.post(f"/day/{TODAY}/dose", stale)
    assert answer.status_code == 200 and 'href="tel:112"' in answer.text
    assert emergencies(database) == ["OPI-3"]


@pytest.mark.req("R7")
def test_one_that_is_no_danger_is_shown_beside_what_stands_and_can_take_its_place(anna, database):
    anna.post(f"/day/{TODAY}/dose", {"answer": "taken", "idem": "t0"})
    named = rows(database, Dose)[-1].id
    changed = {"answer": "taken", "details": "1", "time": "07:15", "entry": str(named)}
    anna.post(f"/day/{TODAY}/dose", changed | {"idem": "b1"})
    stale = {"answer": "not_taken", "entry": str(named), "idem": "a1"}
    answer = anna.post(f"/day/{TODAY}/dose", stale)
    assert answer.status_code == 409 and "07:15" in answer.text
    stands = rows(database, Dose)[-1].id
    assert f'name="entry" value="{stands}"' in answer.text
    again = {"answer": "not_taken", "entry": str(stands), "idem": "a2", "day": str(TODAY)}
    assert anna.post("/today/dose", again).status_code == 303
    assert not rows(database, Dose)[-1].taken


def test_what_staff_entered_meanwhile_is_no_reason_to_drop_another_answer(anna, database, cast):
    told(database, cast.anna, 1, False)
    by_staff = {"provenance": "by_phone", "entered_by": cast.petrova}
    told(database, cast.anna, 0, True, **by_staff)
    told(database, cast.anna, 0, uses=["opioid"])
    answer = anna.post("/today/dose", {"answer": "not_taken", "idem": "a1"})
    assert answer.status_code == 409 and "together with the study team" in answer.text
    assert anna.post("/today/dose", {"answer": "taken", "idem": "a2"}).status_code == 303


def test_what_was_tapped_before_a_page_is_skipped_is_acted_on_where_it_cannot_wait(
    anna, database, cast
):
    tapped = {"self_harm_thoughts": "3", "low_mood": "3", "method": "skipped", "idem": "s1"}
    answer = anna.post("/today/week", tapped)
    assert answer.status_code == 200 and 'href="tel:112"' in answer.text
    assert [flag.family for flag in rows(database, Flag)] == ["SUI"]
    quiet = {"self_harm_thoughts": "0", "low_mood": "3", "method": "skipped", "idem": "s2"}
    assert anna.post("/today/week", quiet).status_code == 303
    assert len(rows(database, Flag)) == 1


def test_a_day_that_had_begun_before_a_move_west_is_told_to_its_end(browser, database, cast, clock):
    midnight = at_local(TODAY + timedelta(days=1), time(0), "Europe/Moscow")
    clock.now = midnight + timedelta(minutes=30)
    day = TODAY + timedelta(days=1)
    told(database, cast.anna, 0, False)
    told(database, cast.anna, 1, False)
    phone = browser.signed_in(participant_session(database, cast.anna, clock()))
    assert phone.post("/me/settings", {"timezone": "Europe/London"}).status_code == 303
    answer = phone.post(f"/day/{day}/other", {"substance": "opioid", "idem": "o1"})
    assert answer.headers.get("location") == "/help/now"
    assert phone.get(f"/day/{day}").status_code == 200


@pytest.mark.parametrize("path", ["/day/0", "/day/1795305600", "/calendar/1795305600"])
def test_a_number_in_an_address_is_no_day(anna, path):
    assert anna.get(path).status_code == 404
