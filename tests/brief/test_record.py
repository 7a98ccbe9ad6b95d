"""From entries to days: what counts as filled in later, and about which days anything was asked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.brief.brief import brief_of
from app.brief.chart import Marks, day_chart
from app.brief.record import record_of
from app.brief.sentences import holding, in_short
from app.brief.table import rows
from app.i18n import translator
from app.protocol.loader import load_protocol
from app.timeline import events as ev
from tests.brief.records import ago, at
from tests.brief.test_brief import NOW, checkin, drinks, known

DAY = date(2026, 11, 18)
# 21:00 UTC is midnight in Moscow: the 20th begins.
TWO_DAYS_LATER = datetime(2026, 11, 19, 21, tzinfo=UTC)
ENROLLED = ago(42)


def recorded(*events, days=42, **more):
    return record_of(known(*events), NOW, load_protocol(), days, ENROLLED, **more)


def of_the_day(*events):
    return next(day for day in recorded(*events).days if day.day == DAY)


@pytest.mark.parametrize(
    ("provenance", "late"),
    [("same_day", False), ("late", False), ("recalled", True), (None, False)],
)
def test_alcohol_told_from_memory_is_filled_in_later(provenance, late):
    told = drinks(DAY, 0, 1, provenance=provenance, received_at=TWO_DAYS_LATER)
    assert of_the_day(told).from_memory is late


@pytest.mark.parametrize("provenance", ["with_staff", "by_phone"])
def test_told_to_staff_it_is_later_from_the_second_day_on(provenance):
    before = TWO_DAYS_LATER - timedelta(seconds=1)
    next_day = drinks(DAY, 100, 1, provenance=provenance, received_at=before)
    assert of_the_day(next_day).from_memory is False
    later = drinks(DAY, 100, 1, provenance=provenance, received_at=TWO_DAYS_LATER)
    assert of_the_day(later).from_memory is True


def test_a_tablet_or_another_substance_filled_in_later_does_not_mark_the_alcohol():
    found = of_the_day(
        drinks(DAY, 100, 1, provenance="same_day"),
        ev.Dose(id="dose-1", received_at=NOW, day=DAY, taken=True, provenance="recalled"),
        ev.Substances(id="substances-1", received_at=NOW, day=DAY, provenance="recalled"),
    )
    assert found.tablet == "taken" and found.opioids is False
    assert found.from_memory is False


@pytest.mark.parametrize("order", [1, -1])
def test_opioid_use_stands_whatever_else_is_told_of_the_day(order):
    entries = [
        ev.Substances(id="substances-1", received_at=NOW, day=DAY, items=(ev.Use("opioid"),)),
        ev.Substances(id="substances-2", received_at=NOW, day=DAY, items=(ev.Use("cannabis"),)),
    ]
    assert of_the_day(*entries[::order]).opioids is True


def test_check_ins_of_the_run_in_before_the_record_are_left_out():
    run_in = checkin(at(43), 1, nausea=4)
    first = checkin(at(42), 2, nausea=1)
    assert [one.day for one in recorded(run_in, first).answered] == [ago(42)]


def withdrawn(days):
    return ev.ConsentWithdrawn(id="consent-1", received_at=at(days), at=at(days), scope="all")


def test_nothing_is_asked_from_the_day_of_withdrawal_on():
    found = recorded(withdrawn(5))
    assert found.asked_until == ago(6)
    assert len(found.asked()) == 42 - 5
    assert [found.asks(ago(n)) for n in (42, 6, 5, 1)] == [True, True, False, False]


def test_nothing_is_asked_before_the_diary():
    found = recorded()
    assert [found.asks(ago(n)) for n in (54, 53)] == [False, True], "the planned first dose"
    assert found.asks(found.today) and not found.asks(ago(-1))


def test_without_a_date_nothing_is_asked_after_the_last_day_that_was_told():
    told = drinks(ago(9), 100, 1)
    assert recorded(told, left=True).asked_until == ago(9)
    assert len(recorded(left=True).asked()) == 0
    assert recorded(told).asked_until is None
    assert len(recorded(told).asked()) == 42


def test_days_after_withdrawal_are_not_blank():
    assert in_short(holding(recorded(withdrawn(5)))) == ()
    (blank,) = in_short(holding(recorded(withdrawn(4))))
    assert blank.days == (ago(7), ago(6), ago(5))


def test_days_after_withdrawal_are_in_no_table_and_not_grey_in_the_chart():
    tr = translator("en")

    def drawn(record):
        paths = str(day_chart(record, Marks({}, frozenset()), "", "", tr)).split("<path")
        grey = [next(path for path in paths if f'"{cls}"' in path) for cls in ("c-blank", "c-gap")]
        return len(rows(record, 42, {}, tr)), *(path.count("M") for path in grey)

    assert drawn(recorded()) == (42, 42, 42)
    assert drawn(recorded(withdrawn(5))) == (37, 37, 37)


def test_what_was_told_on_the_day_of_withdrawal_stays():
    told = [
        drinks(ago(5), 100, 1),
        ev.Dose(id="dose-1", received_at=at(5), day=ago(5), taken=True),
    ]
    found = recorded(*told, withdrawn(5))
    brief = brief_of(found)
    assert (brief.told, brief.asked) == (1, 38)
    assert [row.day for row in rows(found, 7, {}, translator("en"))] == [ago(5), ago(6), ago(7)]
    chart = str(day_chart(found, Marks({}, frozenset()), "", "", translator("en")))
    assert 'class="c-dose"' in chart
