"""What a check-in, Today and a brief cost in calls and statements, which no machine changes.

A figure above its line is a page that became dearer: find out why before the line is moved.
"""

from itertools import count

import pytest
from sqlalchemy import select

from app.models.people import PARTICIPANT
from bench.counts import Counts, counted
from tests.apps import app_of
from tests.browser import running
from tests.cast import NOW, participant_session, staff_session
from tests.conftest import Clock
from tests.databases import demo_copy

# Calls of Python, statements, commits. The commit of a check-in is one, whether "last seen" is
# fresh or stale.
MOST = {
    "check-in": Counts(2700, 13, 1),
    "Today": Counts(5800, 12, 0),
    "brief": Counts(34500, 31, 1),
}


@pytest.fixture
def database(tmp_path, demo_at_now):
    with demo_copy(demo_at_now, tmp_path) as copy:
        yield copy


def test_a_check_in_today_and_a_brief_stay_below_their_lines(database):
    who = select(PARTICIPANT).where(PARTICIPANT.c.code == "DB-005")
    with database.read() as session:
        person = session.execute(who).one()
    app, numbers, found = app_of(database, Clock(NOW)), count(1), {}
    with running(app) as browser, counted(app, database) as cost:
        phone = browser.signed_in(participant_session(database, person.id, NOW))
        desk = browser.signed_in(staff_session(database, person.counselor_id, NOW))

        def urges():
            body = {"alcohol_craving": "3", "opioid_craving": "2", "method": "each"}
            answer = phone.post("/today/urges", body | {"idem": f"t{next(numbers)}"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/today")

        def page(browser, path, word):
            answer = browser.get(path)
            assert answer.status_code == 200 and word in answer.text

        brief = f"/participants/{person.public_id}/brief?weeks=24"
        asked = {
            "check-in": urges,
            "Today": lambda: page(phone, "/today", 'class="week"'),
            "brief": lambda: page(desk, brief, person.code),
        }
        for name, ask in asked.items():
            cost(ask)
            cost(ask)
            found[name] = cost(ask)
    over = {
        (name, what): getattr(found[name], what)
        for name, most in MOST.items()
        for what in ("calls", "statements", "commits")
        if getattr(found[name], what) > getattr(most, what)
    }
    assert over == {}, found
    assert found["check-in"].commits == 1 and found["check-in"].statements > 8
