"""The investigator signs off a participant; whatever comes after it stands beside the signature."""

import pytest
from sqlalchemy import select

from app.models.people import Participant
from app.models.signing import SIGNATURE
from app.signing.queries import faults
from tests.browser import hidden, words
from tests.cast import PASSWORD, staff_session


@pytest.fixture
def page(browser, database, cast, clock):
    ivanova = browser.signed_in(staff_session(database, cast.ivanova, clock()))
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    return ivanova, f"/participants/{public}/sign-off"


def signatures(database):
    with database.read() as session:
        return list(session.execute(select(SIGNATURE).order_by(SIGNATURE.c.id)))


@pytest.mark.req("R9")
@pytest.mark.req("R10")
def test_a_participant_is_signed_off_and_what_comes_after_supersedes_it(
    page, anna, database, clock
):
    who, path = page
    anna.post("/day/2026-11-21", {"none": "1", "idem": "a1"})
    seen = hidden(who.get(path), "seen")
    wrong = who.post(path, {"seen": seen, "present": "not mine at all"})
    assert wrong.status_code == 422 and 'id="e-present"' in wrong.text
    assert signatures(database) == []
    assert who.post(path, {"seen": seen, "present": PASSWORD}).status_code == 303
    assert "Changed since" not in who.get(path).text
    assert who.post(path, {"seen": seen, "present": PASSWORD}).status_code == 303, "sent twice"
    (first,) = signatures(database)
    assert (first.kind, first.meaning, first.version) == ("participant", "reviewed", "1")
    clock.forward(minutes=1)
    anna.post("/day/2026-11-20", {"none": "1", "idem": "a2"})
    assert "Changed since: the record is not what was signed" in words(who.get(path))
    old = who.post(path, {"seen": seen, "present": PASSWORD})
    assert old.status_code == 409 and "nothing was signed" in old.text
    seen = hidden(who.get(path), "seen")
    assert who.post(path, {"seen": seen, "present": PASSWORD}).status_code == 303
    _, second = signatures(database)
    assert (second.supersedes_id, second.version) == (first.id, "2")
    assert "Changed since" not in who.get(path).text
    with database.engine.connect() as connection:
        assert faults(connection) == []


def test_nobody_else_signs_off(page, orlova, petrova):
    _, path = page
    for one in (orlova, petrova):
        assert one.get(path).status_code == 403
