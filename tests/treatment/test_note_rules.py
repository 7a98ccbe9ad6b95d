"""What a note must say, and must not, before it is closed."""

from datetime import date

import pytest

from app.notes.forms import Days, days_of
from app.protocol.loader import load_protocol
from tests.treatment.conftest import NOBODY, OWN_WORDS, RISKS


@pytest.mark.parametrize("answer", ["", "not_asked"])
def test_a_note_of_nobody_coming_needs_no_answers_about_risk(desk, answer):
    steps = {"plan": ["physician", "sooner"], **dict.fromkeys(RISKS, answer)}
    assert desk.send("close", **{**NOBODY, **steps}).status_code == 303
    (signed,) = desk.signatures
    assert signed.words == "The participant did not come, and this is my record of it."
    assert desk.office.one.attended is False


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("topics", ["tablet"], "nothing was spoken about"),
        ("sheets", ["rulers"], "no worksheet was worked on"),
        ("plan", ["sooner", "diary"], "nothing was agreed on"),
        ("plan", ["sheet:sleep"], "nothing was agreed on"),
        *((risk, "asked", "Choose “Not asked”.") for risk in RISKS),
        ("overdose", "asked_concern", "Risk of overdose: did not come"),
    ],
)
def test_nothing_is_closed_of_somebody_who_did_not_come(desk, field, value, says):
    answer = desk.send("close", **{**NOBODY, field: value})
    assert answer.status_code == 422 and desk.rows == []
    assert says in answer.text and f'href="#f-{field}"' in answer.text
    assert f'id="f-{field}"' in answer.text, "the summary leads there"
    for typed in value if isinstance(value, list) else [value]:
        assert f'value="{typed}" checked' in answer.text
    assert OWN_WORDS in answer.text


def test_an_amendment_says_nothing_of_somebody_who_did_not_come(desk):
    desk.send("close")
    answer = desk.amend(attendance="no_show")
    assert answer.status_code == 422 and "nothing was spoken about" in answer.text
    assert "A topic was left out." in answer.text and len(desk.rows) == 1


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("1999-01-01", "Choose a day after this session, which was on 23 November 2026."),
        ("2026-11-23", "Choose a day after this session"),
        ("2026-11-24", ""),
        ("2027-05-08", ""),
        ("2027-05-09", "Choose a day up to 8 May 2027."),
    ],
)
def test_the_day_agreed_on_is_after_the_session_and_within_the_treatment(desk, day, says):
    answer = desk.send("close", next_on=day)
    assert answer.status_code == (422 if says else 303) and says in answer.text
    assert not says or f'value="{day}"' in answer.text


@pytest.mark.parametrize(
    ("first_dose_on", "session", "last"),
    [
        (date(2026, 11, 22), date(2027, 4, 10), date(2027, 5, 8)),
        (date(2026, 11, 22), date(2027, 4, 11), date(2028, 4, 11)),
        (None, date(2026, 11, 23), date(2027, 11, 24)),
    ],
)
def test_near_the_end_of_the_treatment_and_before_its_dates_there_is_a_year(
    first_dose_on, session, last
):
    assert days_of(session, first_dose_on, load_protocol().weeks) == Days(session, last)


def test_every_risk_and_the_attendance_must_be_answered_to_close(desk):
    for field in ("attendance", *RISKS):
        answer = desk.send("close", **{field: ""})
        assert answer.status_code == 422, field
        assert f'href="#f-{field}"' in answer.text and OWN_WORDS in answer.text
        assert answer.text.count(" checked") == 1 + 2 + 1 + 2 + 4 - 1
    assert desk.rows == []
