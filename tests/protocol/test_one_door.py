"""What the investigator put in force holds for every page, on the phone as for the rules."""

from datetime import timedelta

import pytest

from app.audit import SYSTEM
from app.diary.service import About, record_substances
from app.timeline.events import Use
from tests.cast import NOW, staff_session
from tests.checkins.test_pressure import PROMPT, told
from tests.house.source import imports, modules
from tests.thresholds.test_page import PASSWORD, post_compared

# Who may read the file of this process: the door itself, the demo, and what runs without a site.
READERS = ("app.protocol.", "app.demo.", "app.start", "app.__main__")
FILE = {"load_protocol", "protocol_text", "use_protocol"}


@pytest.fixture
def ivanova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.ivanova, clock()))


def put(ivanova, **numbers):
    form = {"version": "2", "reason": "R", "present": PASSWORD, **numbers}
    assert post_compared(ivanova, form).status_code == 303


def test_a_lower_line_of_pressure_asks_for_the_second_measurement(anna, ivanova, database):
    put(ivanova, **{"bp.systolic_routine": "150"})
    path = told(anna, database, systolic_bp="155", diastolic_bp="90")
    assert PROMPT in anna.get(path).text


def test_the_call_before_the_next_tablet_follows_the_days_in_force(
    anna, ivanova, database, cast, clock
):
    about = About(cast.anna, "Europe/Moscow", NOW.date() - timedelta(days=20), SYSTEM, NOW)
    with database.write() as session:
        record_substances(session, about, [Use("opioid")])
    assert "call us before your next tablet" not in anna.get("/today").text
    put(ivanova, **{"opi.call_days": "30"})
    assert "call us before your next tablet" in anna.get("/today").text


def test_nobody_but_the_door_the_demo_and_commands_reads_the_file():
    read = {
        f"{name}: {one.name}"
        for name, module in modules().items()
        if not name.startswith(READERS) and not name.endswith(".commands")
        for one in imports(module.tree)
        if one.name in FILE
    }
    assert read == set()
