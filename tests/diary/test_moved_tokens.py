"""A token belongs to one form: under another it is a question, and never shows what is not theirs.

Rows of different tables share their numbers, so that a number alone may name a stranger's row.
"""

from datetime import timedelta

import pytest

from app.audit import SYSTEM
from app.models.checkin import Checkin, CheckinPage, Screen
from app.models.diary import Dose, DrinkDay, MarkerDay, Submission, SubstanceDay
from tests.browser import hidden
from tests.cast import NOW, participant_session
from tests.checkin import submit_checkin
from tests.diary.rows import change_person, rows

DAY = "/day/2026-11-22"
MOOD = {"low_mood": "0", "loss_of_interest": "0", "hopelessness": "0", "self_harm_thoughts": "0"}
FORMS = {
    "drinks": (DAY, {"n:beer:500:5": "2"}),
    "drinks of another day": ("/day/2026-11-21", {"none": "1"}),
    "substances": (f"{DAY}/other", {"substance": "cannabis"}),
    "details": ("/day/2026-11-20/other/more", {"route-opioid": "", "note-opioid": "a word"}),
    "dose": ("/today/dose", {"answer": "taken", "day": "2026-11-22"}),
    "urges": ("/today/urges", {"alcohol_craving": "1", "opioid_craving": "0", "method": "each"}),
    "side effects": ("/today/check/new/1", {"nausea": "2", "method": "each"}),
    "further page": ("/today/check/new/2", {"method": "page_none"}),
    "week": ("/today/week", MOOD | {"method": "each"}),
    "same days": ("/calendar/same", {"first": "2026-11-17", "last": "2026-11-18", "like": "none"}),
    "marker": ("/calendar/2026-11-22/marker", {"text": "a visit"}),
}
STORED = (Checkin, CheckinPage, Screen, Dose, DrinkDay, SubstanceDay, MarkerDay)
# What Boris tells, and nobody else: the words of his answers as a page would show them.
HIS = ("Very severe", ": 9", "Nearly every day")


@pytest.fixture
def strangers(anna, browser, database, cast, clock):
    """BORIS has rows of every number that ANNA's first entries have in other tables."""
    change_person(database, cast.anna, enrolled_at=NOW - timedelta(days=30))
    boris = browser.signed_in(participant_session(database, cast.boris, clock()))
    for number in range(3):
        with database.write() as session:
            urges = {"alcohol_craving": 9, "opioid_craving": 9}
            submit_checkin(session, cast.boris, "urges", urges, [], SYSTEM, NOW)
            submit_checkin(session, cast.boris, "side_effects", {"nausea": 4}, [], SYSTEM, NOW)
        told = dict.fromkeys(MOOD, "3") | {"method": "each", "idem": f"w{number}"}
        assert boris.post("/today/week", told).status_code == 303
    anna.post("/day/2026-11-20/other", {"substance": "opioid", "idem": "before"})


def everything(database) -> dict[str, int]:
    return {model.__name__: len(rows(database, model)) for model in STORED}


@pytest.mark.parametrize("first", FORMS)
def test_a_token_moved_to_another_form_is_a_question_without_a_strangers_answer(
    anna, strangers, database, first
):
    path, body = FORMS[first]
    assert anna.post(path, body | {"idem": "moved"}).status_code == 303
    before = everything(database)
    for name, (other, sent) in FORMS.items():
        if name == first:
            continue
        answer = anna.post(other, sent | {"idem": "moved"})
        assert answer.status_code == 409, (name, answer.status_code)
        assert not [words for words in HIS if words in answer.text], name
        assert 'name="idem" value="moved"' not in answer.text, "the question has a token of its own"
    assert everything(database) == before
    assert len([row for row in rows(database, Submission) if row.token == "moved"]) == 1


def test_what_was_sent_under_a_moved_token_is_saved_when_asked_for(anna, strangers, database):
    anna.post(DAY, {"none": "1", "idem": "moved"})
    path, body = FORMS["week"]
    asked = anna.post(path, body | {"idem": "moved"})
    assert (
        "This answer is not saved yet" in asked.text and "Keep the saved answer" not in asked.text
    )
    before = len(rows(database, Screen))
    again = anna.post(path, body | {"idem": hidden(asked, "idem")})
    assert again.status_code == 303 and len(rows(database, Screen)) == before + 1


def test_a_token_of_one_check_in_is_a_question_at_the_address_of_another(
    anna, browser, database, cast, clock
):
    path, body = FORMS["side effects"]
    anna.post(path, body | {"idem": "one"})
    anna = browser.signed_in(participant_session(database, cast.anna, clock.forward(minutes=11)))
    anna.post(path, body | {"idem": "two"})
    one, two = (row.public_id for row in rows(database, Checkin))
    answer = anna.post(f"/today/check/{two}/1", body | {"idem": "one"})
    assert answer.status_code == 409 and f'action="/today/check/{two}/1"' in answer.text
    resent = anna.post(path, body | {"idem": "one"})
    assert resent.headers["location"] == f"/today/check/{one}/2"


@pytest.mark.parametrize("form", ["same days", "marker"])
def test_another_body_under_the_same_token_is_not_called_saved(anna, strangers, database, form):
    path, body = FORMS[form]
    anna.post(path, body | {"idem": "k"})
    before = everything(database)
    assert anna.post(path, body | {"idem": "k"}).status_code == 303
    other = {
        "same days": {"first": "2026-11-14", "last": "2026-11-15", "like": "none"},
        "marker": {"text": "another visit"},
    }[form]
    answer = anna.post(path, other | {"idem": "k"})
    assert answer.status_code == 409 and "This answer is not saved yet" in answer.text
    assert everything(database) == before
    assert anna.post(path, other | {"idem": hidden(answer, "idem")}).status_code == 303
    assert everything(database) != before


def test_a_resend_of_details_does_not_undo_later_ones(anna, strangers, database):
    path, body = FORMS["details"]
    anna.post(path, body | {"idem": "m1"})
    anna.post(path, body | {"note-opioid": "another word", "idem": "m2"})
    assert anna.post(path, body | {"idem": "m1"}).status_code == 303
    last = rows(database, SubstanceDay)[-1]
    assert last.items[0]["note"] == "another word"
    other = anna.post(path, body | {"note-opioid": "a third", "idem": "m1"})
    assert other.status_code == 409
    assert "another word" in other.text and "a third" in other.text
    assert rows(database, SubstanceDay)[-1].id == last.id


@pytest.mark.parametrize("number", ["2147483648", "9" * 25, "0", "-1"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/today/dose", {"answer": "taken", "entry": ""}),
        (f"{DAY}/dose/back", {"entry": ""}),
        ("/calendar/2026-11-22/forget", {"marker": ""}),
    ],
)
def test_a_number_that_no_row_has_is_an_error_of_the_form(anna, strangers, path, body, number):
    sent = {name: value or number for name, value in body.items()}
    assert anna.post(path, sent | {"idem": "n"}).status_code == 422


@pytest.mark.parametrize("number", ["2147483647", "1"])
def test_a_number_that_a_row_could_have_is_looked_for(anna, strangers, number):
    answer = anna.post("/calendar/2026-11-22/forget", {"marker": number, "idem": "n"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("month", "status"),
    [
        ("0001-01", 404),
        ("1999-12", 404),
        ("2000-01", 200),
        ("2100-12", 200),
        ("2101-01", 404),
        ("9999-12", 404),
    ],
)
def test_a_month_at_the_end_of_the_calendar_does_not_exist(anna, month, status):
    assert anna.get(f"/calendar?month={month}").status_code == status
