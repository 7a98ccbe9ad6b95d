"""The plan beside the sessions: each in the study week of the participant's own day."""

from datetime import UTC, date, datetime

import pytest

from app.appointments.plan import plan_view
from app.appointments.queries import Appointment
from app.protocol.loader import load_protocol

FIRST = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("zone", "week"), [("UTC", 1), ("Europe/Moscow", 2), ("Pacific/Honolulu", 1)]
)
def test_the_last_hours_of_a_week_belong_to_the_week_of_the_local_day(zone, week):
    at = datetime(2026, 11, 28, 22, tzinfo=UTC)
    one = Appointment(1, "a", 7, at, 50, "clinic", 1, 0, None, None, None)
    view = plan_view(load_protocol(), FIRST, [one], zone, FIRST, "en")
    assert [line.week for line in view.weeks if line.sessions] == [week]
