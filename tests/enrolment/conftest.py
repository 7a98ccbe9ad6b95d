"""Public ids of the cast, and the investigator's browser."""

from collections.abc import Callable

import pytest

from app.models.people import Participant
from tests.cast import staff_session


@pytest.fixture
def public(database) -> Callable[[int], str]:
    """From a participant's number to the id that addresses carry."""

    def find(participant_id: int) -> str:
        with database.read() as session:
            return session.get(Participant, participant_id).public_id

    return find


@pytest.fixture
def ivanova(browser, database, cast, clock):
    """Investigator Dr Ivanova, signed in."""
    return browser.signed_in(staff_session(database, cast.ivanova, clock()))
