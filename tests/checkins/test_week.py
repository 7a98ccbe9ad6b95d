"""The weekly page: stored whole, judged for thoughts of self-harm, own words kept as a note."""

import pytest

from app.models.checkin import Screen
from app.models.diary import Note
from app.models.flags import Flag
from app.timeline.events import Screen as Screened
from app.timeline.tables import read_timeline
from tests.diary.rows import rows

CALM = {
    "low_mood": "1",
    "loss_of_interest": "0",
    "hopelessness": "0",
    "self_harm_thoughts": "0",
    "own_words": "",
    "method": "each",
}


def test_an_unanswered_page_has_no_answer_in_it_and_says_who_reads_it(anna):
    page = anna.get("/today/week").text
    assert "checked" not in page
    assert "They are not watched day and night" in page
    assert "Once a week" in anna.get("/today").text


@pytest.mark.parametrize(
    ("lang", "told", "promised", "week"),
    [
        (
            "en",
            "They may not read it at once",
            ["will want to talk", "Nobody watches"],
            "this week",
        ),
        ("ru", "прочитают не сразу", ["захочет с вами поговорить"], "за неделю"),
    ],
)
def test_the_page_promises_no_more_than_happens_and_asks_about_one_span(
    anna, lang, told, promised, week
):
    anna.post("/language", {"lang": lang})
    page = anna.get("/today/week").text
    assert told in page
    assert not [words for words in promised if words in page]
    assert week not in page.lower()


def test_answers_are_stored_whole_and_the_timeline_has_the_one_that_rules_read(
    anna, database, cast, clock
):
    words = "Тихий вечер 🌙"
    sent = CALM | {"own_words": words, "idem": "w1"}
    assert anna.post("/today/week", sent).headers["location"] == "/today"
    (screen,) = rows(database, Screen)
    assert screen.ratings == {
        "low_mood": 1,
        "loss_of_interest": 0,
        "hopelessness": 0,
        "self_harm_thoughts": 0,
    }
    assert [note.text for note in rows(database, Note)] == [words]
    assert rows(database, Flag) == []
    with database.read() as session:
        found = [e for e in read_timeline(session, cast.anna).events if isinstance(e, Screened)]
    assert [e.ratings for e in found] == [{"self_harm_thoughts": 0}]
    assert "Done on Mon 23 Nov" in anna.get("/today").text


@pytest.mark.parametrize(("answer", "family", "leads_to"), [
    ("0", [], "/today"), ("1", ["SUI"], "/help/talk"), ("3", ["SUI"], "/help/talk"),
])  # fmt: skip
def test_any_thought_of_self_harm_leads_to_somebody_to_talk_to(
    anna, database, answer, family, leads_to
):
    sent = anna.post("/today/week", CALM | {"self_harm_thoughts": answer, "idem": "w1"})
    assert sent.headers["location"] == leads_to
    assert [flag.family for flag in rows(database, Flag)] == family


def test_help_comes_first_while_words_wait_for_a_correction(anna, database):
    body = CALM | {"self_harm_thoughts": "2", "own_words": "a" * 2001}
    first = anna.post("/today/week", body | {"idem": "w1"})
    assert (first.status_code, "8 800 000-00-01" in first.text) == (200, True)
    assert [flag.family for flag in rows(database, Flag)] == ["SUI"]
    again = anna.post("/today/week", body | {"idem": "w2"})
    assert again.status_code == 422 and "a" * 2001 in again.text
    assert len(rows(database, Screen)) == 1


def test_words_that_wait_for_a_correction_are_there_after_the_help_page(anna, database):
    body = CALM | {"self_harm_thoughts": "2", "own_words": "a" * 2001}
    anna.post("/today/week", body | {"idem": "w1"})
    again = anna.get("/today/week").text
    assert "a" * 2001 in again and "What you typed is still here" in again
    anna.post("/today/week", body | {"own_words": "a" * 2000, "idem": "w2"})
    assert "a" * 50 not in anna.get("/today/week").text


def test_a_resend_is_stored_once_and_another_answer_is_asked_about(anna, database):
    anna.post("/today/week", CALM | {"idem": "w1"})
    assert anna.post("/today/week", CALM | {"idem": "w1"}).status_code == 303
    other = anna.post("/today/week", CALM | {"low_mood": "3", "idem": "w1"})
    assert other.status_code == 409 and "Nearly every day" in other.text
    assert len(rows(database, Screen)) == 1


def test_skipping_is_no_answer(anna, database):
    anna.post("/today/week", {"method": "skipped", "idem": "w1"})
    assert [screen.ratings for screen in rows(database, Screen)] == [{}]
    assert rows(database, Flag) == []


@pytest.mark.parametrize(("days", "due"), [(6, False), (7, True)])
def test_the_page_is_due_again_after_seven_days(anna, database, cast, clock, browser, days, due):
    from tests.cast import participant_session

    anna.post("/today/week", CALM | {"idem": "w1"})
    clock.forward(days=days)
    later = browser.signed_in(participant_session(database, cast.anna, clock()))
    today = later.get("/today").text
    assert ("Once a week" in today) is due
    assert ("5 short things" in today) is due and ("4 short things" in today) is not due


@pytest.mark.parametrize(
    "body",
    [
        {"method": "each"},
        CALM | {"low_mood": "4"},
        CALM | {"more": "1"},
        [("method", "each"), ("low_mood", "1"), ("low_mood", "2")],
    ],
)
def test_what_the_page_does_not_ask_is_refused(anna, database, body):
    from urllib.parse import urlencode

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = anna.post("/today/week", None, content=urlencode(body), headers=form)
    assert sent.status_code == 422
    assert rows(database, Screen) == []
