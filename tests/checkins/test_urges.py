"""Urges: two numbers, stored times ten, judged at once, changed as the same check-in."""

import re

import pytest

from app.models.checkin import Checkin, CheckinJudgement, CheckinPage
from tests.browser import hidden
from tests.cast import NOW, participant_session
from tests.diary.rows import rows

BOTH = {"alcohol_craving": "6", "opioid_craving": "0", "method": "each"}


def test_urges_are_complete_with_one_page(anna, database):
    page = anna.get("/today/urges")
    assert "Urge to use opioids" in page.text and "checked" not in page.text
    assert anna.post("/today/urges", BOTH | {"idem": "a1"}).headers["location"] == "/today"
    (checkin,) = rows(database, Checkin)
    assert (checkin.instrument, checkin.finished_at, checkin.due_at) == ("urges", NOW, None)
    (judged,) = rows(database, CheckinJudgement)
    assert judged.complete and judged.ratings == {"alcohol_craving": 60, "opioid_craving": 0}
    assert "Done at 09:00" in anna.get("/today").text


def test_skipping_is_stored_and_is_no_answer(anna, database):
    anna.post("/today/urges", {"method": "skipped", "idem": "a1"})
    assert rows(database, CheckinPage)[0].method == "skipped"
    assert rows(database, CheckinJudgement) == []
    assert "Skipped at 09:00" in anna.get("/today").text


def test_a_change_is_a_new_revision_and_a_new_judgement(anna, database, clock):
    anna.post("/today/urges", BOTH | {"idem": "a1"})
    (checkin,) = rows(database, Checkin)
    path = f"/today/urges/{checkin.public_id}"
    page = anna.get(path)
    assert 'name="alcohol_craving" value="6" checked' in page.text
    clock.forward(minutes=1)
    anna.post(path, BOTH | {"alcohol_craving": "2", "idem": "a2"})
    assert [page.revision for page in rows(database, CheckinPage)] == [1, 2]
    assert [judged.n for judged in rows(database, CheckinJudgement)] == [1, 2]
    assert rows(database, CheckinJudgement)[1].ratings["alcohol_craving"] == 20


@pytest.mark.parametrize(("minutes", "checkins"), [(9, 1), (10, 2)])
def test_a_second_answer_within_the_closing_time_corrects_the_first(
    browser, anna, database, clock, minutes, checkins
):
    anna.post("/today/urges", BOTH | {"idem": "a1"})
    for _ in range(minutes):
        clock.forward(minutes=1)
        anna.get("/today")
    anna.post("/today/urges", BOTH | {"opioid_craving": "8", "idem": "a2"})
    assert len(rows(database, Checkin)) == checkins


@pytest.mark.parametrize(
    "body",
    [
        {"method": "each"},
        {"alcohol_craving": "11", "method": "each"},
        {"alcohol_craving": "5"},
        {"alcohol_craving": ["5", "6"], "method": "each"},
        {"alcohol_craving": "5", "nausea": "1", "method": "each"},
        {"alcohol_craving": "5", "method": "page_none"},
    ],
)
def test_a_page_that_cannot_be_stored_keeps_what_was_chosen(anna, database, body):
    page = anna.post("/today/urges", body | {"idem": "a1"})
    assert page.status_code == 422
    if body.get("alcohol_craving") == "5":
        assert 'name="alcohol_craving" value="5" checked' in page.text
    assert rows(database, Checkin) == []


def test_a_resend_is_one_check_in_and_another_body_a_question(anna, database):
    anna.post("/today/urges", BOTH | {"idem": "same"})
    assert anna.post("/today/urges", BOTH | {"idem": "same"}).status_code == 303
    assert len(rows(database, Checkin)) == len(rows(database, CheckinPage)) == 1
    other = anna.post("/today/urges", BOTH | {"alcohol_craving": "1", "idem": "same"})
    assert other.status_code == 409
    assert "Urge to drink alcohol: 6" in other.text and "Urge to drink alcohol: 1" in other.text
    (checkin,) = rows(database, Checkin)
    assert f'action="/today/urges/{checkin.public_id}"' in other.text
    anna.post(
        f"/today/urges/{checkin.public_id}",
        BOTH | {"alcohol_craving": "1", "idem": hidden(other, "idem")},
    )
    assert len(rows(database, Checkin)) == 1 and len(rows(database, CheckinPage)) == 2


def test_somebody_elses_check_in_does_not_exist(anna, browser, database, cast, clock):
    anna.post("/today/urges", BOTH | {"idem": "a1"})
    (checkin,) = rows(database, Checkin)
    boris = browser.signed_in(participant_session(database, cast.boris, clock()))
    path = f"/today/urges/{checkin.public_id}"
    assert boris.get(path).status_code == 404
    assert boris.post(path, BOTH | {"idem": "b1"}).status_code == 404
    assert boris.get(f"/today/check/{checkin.public_id}").status_code == 404


@pytest.mark.parametrize(
    ("answer", "offered"),
    [
        (BOTH, True),
        (BOTH | {"alcohol_craving": "0"}, False),
        (BOTH | {"alcohol_craving": "1"}, True),
        ({"method": "skipped"}, False),
    ],
)
def test_a_page_on_riding_out_an_urge_is_offered_once_after_an_urge_was_saved(
    anna, answer, offered
):
    sheet = 'href="/worksheets/about/urge_surfing"'
    assert sheet not in anna.get("/today/urges").text
    anna.post("/today/urges", answer | {"idem": "a1"})
    today = anna.get("/today").text
    assert (sheet in today) is offered
    said = "Your answer is saved. If you like" if offered else "Saved."
    assert re.findall(r'role="status">.*?<span>(.*?)</span>', today)[0].startswith(said)
    assert sheet not in anna.get("/today").text
