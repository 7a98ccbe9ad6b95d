"""A high blood pressure asks for rest and a second measurement, and never twice."""

import pytest

from app.models.checkin import Checkin, CheckinPage
from tests.cast import participant_session
from tests.diary.rows import rows

LAST = {"signs": "none", "vomiting_24h_none": "1", "diarrhea_24h_none": "1", "method": "each"}
PROMPT = "Your blood pressure is high"


def told(anna, database, **pressure):
    """A check-in whose first five pages are skipped, up to its review."""
    for page in range(1, 6):
        place = rows(database, Checkin)[0].public_id if page > 1 else "new"
        anna.post(f"/today/check/{place}/{page}", {"method": "skipped", "idem": f"p{page}"})
    path = f"/today/check/{rows(database, Checkin)[0].public_id}"
    anna.post(f"{path}/6", LAST | pressure | {"idem": "p6"})
    return path


@pytest.mark.parametrize(
    ("upper", "lower", "asked"),
    [("159", "99", False), ("160", "80", True), ("120", "100", True)],
)
def test_the_prompt_appears_from_the_protocols_line_on(anna, database, upper, lower, asked):
    path = told(anna, database, systolic_bp=upper, diastolic_bp=lower)
    assert (PROMPT in anna.get(path).text) is asked


def test_the_second_measurement_ends_the_prompt(anna, database):
    path = told(anna, database, systolic_bp="165", diastolic_bp="95")
    form = anna.get(f"{path}/6").text
    assert '<details class="more" open>' in form
    first = {"systolic_bp": "165", "diastolic_bp": "95"}
    again = {"systolic_bp_repeat": "138", "diastolic_bp_repeat": "88"}
    anna.post(f"{path}/6", LAST | first | again | {"idem": "p7"})
    assert PROMPT not in anna.get(path).text


def test_a_change_after_the_day_has_closed_asks_why(browser, database, cast, clock, anna):
    path = told(anna, database)
    anna.post(f"{path}/save", {})
    clock.forward(days=2)
    later = browser.signed_in(participant_session(database, cast.anna, clock()))
    assert "Why does this change?" in later.get(f"{path}/6").text
    change = LAST | {"vomiting_24h": "1"}
    del change["vomiting_24h_none"]
    refused = later.post(f"{path}/6", change | {"idem": "p8"})
    assert refused.status_code == 422
    assert later.post(f"{path}/6", change | {"why": "slip", "idem": "p9"}).status_code == 303
    assert rows(database, CheckinPage)[-1].reason == "slip"


def test_a_change_on_the_next_day_asks_nothing(browser, database, cast, clock, anna):
    path = told(anna, database)
    anna.post(f"{path}/save", {})
    clock.forward(days=1)
    later = browser.signed_in(participant_session(database, cast.anna, clock()))
    assert "Why does this change?" not in later.get(f"{path}/6").text
    assert later.post(f"{path}/6", LAST | {"idem": "p8"}).status_code == 303
