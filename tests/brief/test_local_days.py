"""Pages about a person go by that person's days and tell what is new since the last session."""

from datetime import timedelta

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.models.people import Participant
from tests.cast import NOW
from tests.treatment.conftest import DAY, TODAY, add_session, plain


@pytest.fixture
def public(database, cast):
    with database.read() as session:
        return session.get(Participant, cast.anna).public_id


def test_a_day_opens_once_it_has_begun_where_the_participant_is(petrova, database, cast, public):
    """Nine in the morning in Moscow is yesterday evening in Honolulu."""
    address = f"/participants/{public}/day"
    assert petrova.get(f"{address}/{TODAY}").status_code == 200
    with database.write() as session:
        session.get(Participant, cast.anna).timezone = "Pacific/Honolulu"
        audit.record(session, SYSTEM, "test.zone", Subject("participant", cast.anna), now=NOW)
    assert petrova.get(f"{address}/{TODAY}").status_code == 404
    assert petrova.get(f"{address}/{TODAY - timedelta(days=1)}").status_code == 200


def test_what_did_not_take_place_before_the_last_session_is_no_news(
    petrova, database, cast, public
):
    add_session(database, cast.anna, NOW - 20 * DAY, False)
    add_session(database, cast.anna, NOW - 10 * DAY, True)
    brief = f"/participants/{public}/brief"
    assert "did not take place" not in plain(petrova.get(brief))
    add_session(database, cast.anna, NOW - 5 * DAY, False)
    assert "did not take place: 1" in plain(petrova.get(brief))
