"""Words from a timeline: what counts as missing, as due, and what was told against urine."""

from datetime import date, datetime, timedelta

import pytest

from app.measures import weeks as w
from app.measures.weeks import Weeks
from app.timeline.json_form import parse

BEGIN = date(2026, 3, 2)
END = datetime.fromisoformat("2027-01-01T00:00:00+00:00")


def on(day):
    return (BEGIN + timedelta(days=day - 1)).isoformat()


def known(*events):
    person = {"code": "DB-1", "sex": "male", "timezone": "Europe/Moscow", "first_dose_on": on(1)}
    data = {"format": "daybook-timeline/1", "participant": person, "events": list(events)}
    return parse(data).known_at(END)


def urine(day, result, hour="12"):
    at = f"{on(day)}T{hour}:00:00+03:00"
    return {"kind": "urinalysis", "at": at, "results": {"opioid": result}}


def due(day):
    return {"kind": "specimen_due", "day": on(day), "panel": "weekly"}


def use(day, *codes):
    return {"kind": "substances", "day": on(day), "items": [{"substance": c} for c in codes]}


SPAN = Weeks.from_day(BEGIN, 4)


def test_a_week_is_positive_negative_both_missing_or_nothing_was_due():
    found = known(
        urine(1, "positive"),
        urine(3, "positive"),
        urine(8, "negative"),
        urine(9, "positive"),
        urine(15, "invalid"),
        due(15),
    )
    assert w.urine_word(w.specimens(found), SPAN) == "+*o_"


def test_a_specimen_belongs_to_the_participants_own_day():
    # 23:30 in Moscow on the last day of week 1.
    late = {**urine(1, "negative"), "at": f"{on(7)}T23:30:00+03:00"}
    assert w.urine_word(w.specimens(known(late)), SPAN) == "-___"


def test_days_outside_the_span_count_nowhere_and_the_weeks_before_make_a_word_of_their_own():
    span = Weeks(BEGIN, BEGIN - timedelta(days=10), BEGIN + timedelta(days=9))
    found = w.specimens(
        known(urine(-9, "positive"), urine(-8, "negative"), due(0), urine(11, "positive"))
    )
    assert w.urine_word(found, span.before_week_1()) == "*o"
    assert w.urine_word(found, span.from_week_1()) == "__"


def test_self_report_reads_one_day_two_days_none_and_silence():
    found = known(use(1, "opioid"), use(2, "opioid", "sedative"), use(8, "opioid"), use(15))
    assert w.told_word(w.told(found), SPAN) == "+*-o"


@pytest.mark.parametrize(
    ("urine", "told", "both"),
    [
        ("-", "-", "-"),
        ("-", "o", "o"),
        ("-", "*", "+"),
        ("-", "+", "+"),
        ("o", "-", "o"),
        ("o", "*", "+"),
        ("*", "-", "+"),
        ("+", "o", "+"),
        ("_", "-", "_"),
        ("_", "*", "+"),
    ],
)
def test_use_that_was_told_beats_a_negative_specimen_and_silence_is_missing(urine, told, both):
    assert w.composite(urine, told) == both


def test_papers_read_silence_as_no_use():
    assert w.composite("-o+", "ooo", untold="-") == "-o+"


def test_seven_days_told_in_a_row_and_a_day_not_told_breaks_them():
    days = [use(day, "opioid") for day in range(3, 10)]
    assert w.seven_days_told(w.told(known(*days)), SPAN) == BEGIN + timedelta(days=2)
    assert w.seven_days_told(w.told(known(*days[:3], *days[4:])), SPAN) is None


def test_ten_days_of_28_from_what_was_told_and_from_specimens():
    two_tests = [urine(10, "positive"), urine(24, "positive")]
    found = known(*two_tests)
    first = w.ten_of_28(w.told(found), w.specimens(found), SPAN)
    assert first == BEGIN + timedelta(days=5)
    one_missing = known(urine(10, "positive"), due(10), due(24))
    assert w.ten_of_28(w.told(one_missing), w.specimens(one_missing), SPAN) is not None
    # The day of the specimen was told as well: it is one day.
    overlap = known(urine(10, "positive"), *(use(day, "opioid") for day in range(6, 15)))
    assert w.ten_of_28(w.told(overlap), w.specimens(overlap), SPAN) is None
