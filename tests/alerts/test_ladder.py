"""Who is told first, who next, and who stands in for somebody away."""

from datetime import UTC, date, datetime

import pytest

from app.alerts.ladder import Recipient, all_notified, first_notified, next_notified
from app.protocol.loader import load_protocol
from app.rules.due import due_after, in_working_hours
from app.rules.finding import Severity

MONDAY_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MOSCOW = "Europe/Moscow"


def contact(number, position=None, role="coordinator", counselor=False, **more):
    return Recipient(number, f"{number}@x", "en", role, position, counselor, **more)


ONE, TWO, THREE = (contact(n, n) for n in (1, 2, 3))
COUNSELOR = contact(9, role="counselor", counselor=True)


def ids(people):
    return [one.staff_id for one in people]


def test_the_first_of_the_list_and_the_counselor_hear_first():
    assert ids(first_notified([TWO, ONE, COUNSELOR], MONDAY_NINE)) == [1, 9]


def test_everybody_on_the_list_hears_of_what_cannot_wait():
    off = contact(3, 3, weekdays=(6,), absent_from=date(2026, 1, 1))
    assert ids(all_notified([ONE, TWO, off, COUNSELOR], MONDAY_NINE)) == [1, 2, 3, 9]


def test_whoever_leads_the_site_hears_where_there_is_no_list_and_no_counselor():
    lead = contact(4, role="investigator")
    other = contact(5, role="admin")
    assert ids(first_notified([lead, other], MONDAY_NINE)) == [4]
    assert ids(all_notified([lead, other], MONDAY_NINE)) == [4]


@pytest.mark.parametrize(
    ("hour", "minute", "first"), [(8, 59, 2), (9, 0, 1), (16, 59, 1), (17, 0, 2)]
)
def test_hours_hold_from_their_first_minute_to_before_their_last(hour, minute, first):
    day = contact(1, 1, weekdays=(1,), from_minute=9 * 60, until_minute=17 * 60)
    wall = MONDAY_NINE.replace(hour=hour, minute=minute)
    assert ids(first_notified([day, TWO], wall)) == [first]


def test_a_mail_at_a_bad_hour_is_better_than_none():
    night = contact(1, 1, weekdays=(7,))
    assert ids(first_notified([night], MONDAY_NINE)) == [1]
    assert ids([next_notified([night, COUNSELOR], {9}, MONDAY_NINE)]) == [1]


@pytest.mark.parametrize(
    ("first", "last", "away"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), True),
        (date(2026, 11, 23), None, True),
        (date(2026, 11, 24), None, False),
        (date(2026, 11, 1), date(2026, 11, 22), False),
    ],
)
def test_both_ends_of_an_absence_count(first, last, away):
    one = contact(1, 1, absent_from=first, absent_until=last)
    assert ids(first_notified([one, TWO], MONDAY_NINE)) == ([2] if away else [1])


def test_the_cover_takes_the_place_of_whoever_is_away():
    away = contact(1, 1, absent_from=date(2026, 11, 1), cover_id=5)
    cover = contact(5, role="counselor")
    assert ids(first_notified([away, TWO, cover], MONDAY_NINE)) == [5]
    assert 5 in ids(all_notified([away, TWO, cover], MONDAY_NINE))


def test_a_counselor_who_is_away_is_covered_too():
    away = contact(9, role="counselor", counselor=True, absent_from=date(2026, 11, 1), cover_id=5)
    assert ids(first_notified([ONE, away, contact(5)], MONDAY_NINE)) == [1, 5]


def test_a_list_that_is_away_as_a_whole_is_told_all_the_same():
    away = contact(1, 1, absent_from=date(2026, 11, 1))
    assert ids(first_notified([away], MONDAY_NINE)) == [1]


def test_the_next_is_whoever_was_not_told_until_the_last_was():
    people = [ONE, TWO, THREE, COUNSELOR]
    assert next_notified(people, {1, 9}, MONDAY_NINE) == TWO
    assert next_notified(people, {1, 2, 9}, MONDAY_NINE) == THREE
    assert next_notified(people, {1, 2, 3, 9}, MONDAY_NINE) is None


def at(day, hour, minute=0):
    """A moment on the wall of Moscow (UTC+3) in November 2026."""
    return datetime(2026, 11, day, hour - 3, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (at(23, 9), at(23, 13)),
        (at(23, 14), at(23, 18)),
        (at(23, 14, 1), at(24, 9, 1)),
        (at(23, 17), at(24, 12)),
        (at(23, 20), at(24, 13)),
        (at(20, 16), at(23, 11)),
        (at(21, 12), at(23, 13)),
    ],
)
def test_four_hours_of_work_pass_over_the_night_and_the_weekend(start, due):
    protocol = load_protocol()
    assert in_working_hours(start, protocol.due.urgent, protocol.working_hours, MOSCOW) == due


def test_some_urgent_rules_go_by_the_clock_and_the_others_by_working_hours():
    protocol, start = load_protocol(), at(21, 12)
    clock, work = at(21, 16), at(23, 13)
    for rule in ("WDL-2", "AWD-1", "OPI-1", "SUI-1", "BP-2", "ALC-3"):
        assert due_after(rule, Severity.URGENT, start, protocol, MOSCOW) == clock
    for rule in ("CRV-2", "DOS-1", "DOS-2", "VOM-2", "DIA-1", "CON-1"):
        assert due_after(rule, Severity.URGENT, start, protocol, MOSCOW) == work


def test_an_emergency_is_due_at_once_and_routine_by_the_next_session():
    protocol, start = load_protocol(), at(21, 12)
    assert due_after("EMG-1", Severity.EMERGENCY, start, protocol, MOSCOW) == start
    assert due_after("CRV-1", Severity.ROUTINE, start, protocol, MOSCOW) is None
