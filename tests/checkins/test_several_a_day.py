"""Urges come more than once a day: each answer keeps its moment, and one more can be added."""

from datetime import timedelta

from app.models.checkin import Checkin
from tests.cast import NOW
from tests.diary.rows import rows

FIRST = {"alcohol_craving": "6", "opioid_craving": "0", "method": "each"}
SECOND = FIRST | {"alcohol_craving": "2", "another": "1"}


def test_today_offers_each_answer_by_its_time_and_one_more(anna, database, clock):
    anna.post("/today/urges", FIRST | {"idem": "a1"})
    clock.forward(minutes=2)
    more = anna.get("/today/urges?another=1")
    assert 'name="another" value="1"' in more.text and "Right now" in more.text
    anna.post("/today/urges", SECOND | {"idem": "a2"})
    first, second = rows(database, Checkin)
    page = anna.get("/today").text
    for one, time in ((first, "09:00"), (second, "09:02")):
        link = f'href="/today/urges/{one.public_id}">Change the answer of {time}</a>'
        assert link in page and f"Done at {time}" in page
    assert page.count('href="/today/urges?another=1"') == 1
    assert "Right now · two questions" not in page


def test_a_page_that_changes_an_answer_says_when_it_was(anna, database, clock):
    anna.post("/today/urges", FIRST | {"idem": "a1"})
    anna.post("/today/check/new/1", {"method": "page_none", "idem": "a2"})
    urges, effects = rows(database, Checkin)
    anna.post(f"/today/check/{effects.public_id}/save", {"idem": "a3"})
    clock.forward(minutes=2)
    for path in (f"/today/urges/{urges.public_id}", f"/today/check/{effects.public_id}/1"):
        page = anna.get(path)
        assert "Your answer of 23 Nov, 09:00" in page.text, path
        assert "Right now" not in page.text
        refused = anna.post(path, {"alcohol_craving": "11", "nausea": "11", "idem": "b"})
        assert refused.status_code == 422 and "Your answer of 23 Nov, 09:00" in refused.text


def test_an_answer_that_is_added_corrects_none_however_soon(anna, database, clock):
    anna.post("/today/urges", FIRST | {"idem": "a1"})
    clock.forward(seconds=30)
    wrong = anna.post("/today/urges", SECOND | {"alcohol_craving": "11", "idem": "a2"})
    assert wrong.status_code == 422 and 'name="another" value="1"' in wrong.text
    anna.post("/today/urges", SECOND | {"idem": "a3"})
    assert [one.started_at for one in rows(database, Checkin)] == [
        NOW,
        NOW + timedelta(seconds=30),
    ]
