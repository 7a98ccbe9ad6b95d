"""By when an event is reported: since when it was known, on the wall of the site."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.adverse.clocks import clocks
from app.protocol.model import AdverseEvents

PLAN, BERLIN = AdverseEvents(), "Europe/Berlin"
# Monday before the night in which the clocks of Berlin go back, 23:30 there.
AWARE = datetime(2026, 10, 19, 21, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Known:
    verdict: str = "event"
    serious: tuple[str, ...] = ()
    causality: str | None = "possible"
    expected: str | None = "unexpected"
    aware_at: datetime | None = AWARE


def due(*versions, reports=()):
    return {one.key: one.due_at for one in clocks(versions, reports, PLAN, BERLIN)}


def test_what_is_not_serious_has_no_clock():
    assert due(Known()) == {} == due()
    assert due(Known(serious=("death",), verdict="no_event")) == {}


def test_days_are_those_of_the_site_through_the_change_of_the_clock():
    found = due(Known(serious=("hospital",)))
    assert found["sponsor"] == AWARE + timedelta(hours=24)
    # The last minute of 3 November in Berlin, which is in winter time by then.
    assert found["serious"] == datetime(2026, 11, 3, 22, 59, tzinfo=UTC)
    assert set(found) == {"sponsor", "serious"}


def test_danger_to_life_is_told_in_seven_days_and_whole_eight_days_later():
    found = due(Known(serious=("hospital", "life_threatening")))
    assert found["fatal"] == datetime(2026, 10, 26, 22, 59, tzinfo=UTC)
    assert found["fatal_follow_up"] == datetime(2026, 11, 3, 22, 59, tzinfo=UTC)
    assert "serious" not in found


@pytest.mark.parametrize(
    ("said", "authority"),
    [
        ({"causality": "unlikely"}, False),
        ({"expected": "expected"}, False),
        ({"expected": "unknown"}, True),
        ({"causality": "unassessable"}, True),
    ],
)
def test_the_authority_hears_of_what_is_related_and_not_expected(said, authority):
    found = due(Known(serious=("important",), **said))
    assert "sponsor" in found and ("serious" in found) == authority


def test_a_clock_begins_with_the_version_that_makes_it_run():
    """Known as mild for a week, and then taken into hospital: the week is nobody's delay."""
    later = AWARE + timedelta(days=7)
    grave = Known(serious=("hospital",), aware_at=later)
    newer = Known(serious=("hospital",), aware_at=later + timedelta(days=2))
    found = clocks([Known(), grave, newer], [("sponsor", later)], PLAN, BERLIN)
    assert {one.key: one.since for one in found} == {"sponsor": later, "serious": later}
    assert {one.key: one.reported_at for one in found} == {"sponsor": later, "serious": None}
    assert due(Known(), grave, Known()) == {}, "a version by which it is not serious stops it"


def test_a_report_from_before_does_not_count():
    early = [("sponsor", AWARE - timedelta(hours=1))]
    found = clocks([Known(serious=("hospital",))], early, PLAN, BERLIN)
    assert found[0].reported_at is None and found[0].late(AWARE + timedelta(hours=25))
