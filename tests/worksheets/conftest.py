"""Where the team finds ANNA's sheets, and who else may read them."""

import pytest

from app.models.people import Participant
from tests.cast import staff_session


@pytest.fixture
def at(database, cast):
    with database.read() as session:
        return f"/participants/{session.get(Participant, cast.anna).public_id}/worksheets"


@pytest.fixture
def ivanova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.ivanova, clock()))
