"""Other thresholds: compared on the record, put in force, and named by the flags they raise."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.models.audit import AuditEntry
from app.models.trial import ProtocolVersion
from app.protocol.in_force import all_versions, protocol_in_force
from app.protocol.loader import BUNDLED, load_protocol, parse_protocol, parse_stored
from app.protocol.model import ProtocolError
from app.rules.compare import compare
from app.rules.replay import replay
from app.thresholds.versions import rewritten
from app.timeline.events import ProtocolChange
from app.timeline.tables import read_timeline
from tests.cast import PASSWORD, staff_session
from tests.diary.rows import change_person
from tests.flags.record import CLUSTER, check_in, flags, rows, take_dose
from tests.thresholds.test_page import post_compared

# Four groups no longer do in the start window; nor do three with a sum.
STRICTER = {
    "wdl.start_groups": "5",
    "wdl.start_sum": "90",
    "wdl.strong_sum": "90",
    "wdl.score_urgent": "90",
}


@pytest.fixture
def ivanova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.ivanova, clock()))


def put(ivanova, **more):
    form = {"version": "2", "reason": "Too many calls.", "present": PASSWORD, **STRICTER, **more}
    return post_compared(ivanova, form)


def first_dose(database, cast, clock):
    at = clock.forward(hours=-20)
    take_dose(database, cast.anna, at.date(), at, at=at)
    clock.forward(hours=20)


def test_every_threshold_can_be_written_into_the_text_and_read_back():
    text, old = BUNDLED.read_text(encoding="utf-8"), load_protocol()
    changes = {name: one.value + 1 for name, one in old.thresholds.items()}
    new = parse_protocol(rewritten(text, changes, "9", "Dr X"))
    assert {name: one.value for name, one in new.thresholds.items()} == changes
    assert (new.version, new.approved_by) == ("9", "Dr X")
    assert new.presets == old.presets and new.due == old.due


def in_one_language(text):
    """A version as it was stored while units and sources stood in English alone."""
    text = re.sub(r"(?ms)^# Units, in the forms.*?(?=^\[rules)", "", text)
    row = r'unit = "\w+", source = "\w+", name = \{.*\} \}'
    return re.sub(row, 'unit = "a unit", source = "proposal" }', text)


def test_a_version_from_before_names_and_two_languages_still_judges_and_is_still_read():
    text, bundled = BUNDLED.read_text(encoding="utf-8"), load_protocol()
    old = rewritten(in_one_language(text), {"terms.exposed_hours": 48.0}, "0.9", "")
    with pytest.raises(ProtocolError, match="'units' is missing"):
        parse_protocol(old)
    stored = parse_stored(old)
    assert stored.rules.terms.exposed_hours == 48
    name = "terms.exposed_hours"
    assert stored.thresholds[name] == replace(bundled.thresholds[name], value=48)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Time for which a dose counts as acting", "proposal, no source", "times in 24 h")),
        ("ru", ("Сколько времени доза считается действующей", "источника нет", "мм рт. ст.")),
    ],
)
def test_the_page_says_names_units_and_sources_in_the_readers_language(ivanova, lang, words):
    ivanova.post("/language", {"lang": lang})
    changed = {"terms.exposed_hours": "48", "vom.routine_episodes": "4", "bp.pair_hours": "48"}
    text = ivanova.get("/thresholds", params=changed | {"bp.systolic_rise": "20"}).text
    assert [one for one in words if one not in text] == []
    assert ">terms." not in text and ("proposal" in text) == (lang == "en")


def test_a_threshold_that_the_text_lacks_is_an_error():
    with pytest.raises(ProtocolError, match=r"wdl\.none"):
        rewritten(BUNDLED.read_text(encoding="utf-8"), {"wdl.none": 1}, "9", "")


@pytest.mark.req("R15")
def test_a_new_version_holds_from_now_on_and_old_flags_keep_theirs(database, cast, clock, ivanova):
    first_dose(database, cast, clock)
    check_in(database, cast.anna, clock(), {"vomiting_24h": 3})
    assert put(ivanova).status_code == 303
    check_in(database, cast.anna, clock.forward(hours=1), CLUSTER)
    assert [(f.rule, f.protocol_version) for f in flags(database)] == [
        ("VOM-1", "2.0"),
        ("WDL-1", "2"),
    ]
    [stored] = rows(database, ProtocolVersion)
    assert (stored.version, stored.reason, stored.set_by) == (
        "2",
        "Too many calls.",
        cast.ivanova,
    )
    entry = next(row for row in rows(database, AuditEntry) if row.action == "protocol.change")
    assert entry.changes["wdl.start_groups"] == [4, 5.0]


def test_the_page_lists_every_version_with_its_reason(ivanova):
    put(ivanova)
    assert "Too many calls." in ivanova.get("/thresholds").text


def test_the_timeline_names_the_change_and_replay_meets_it(database, cast, clock, ivanova):
    first_dose(database, cast, clock)
    put(ivanova)
    check_in(database, cast.anna, clock.forward(hours=1), CLUSTER)
    with database.read() as session:
        timeline = read_timeline(session, cast.anna)
        versions = all_versions(session, cast.site)
    assert [e.version for e in timeline.events if isinstance(e, ProtocolChange)] == ["2"]
    lines = replay(timeline, load_protocol(), clock(), versions)
    assert [(line.finding.rule, line.rules_version) for line in lines] == [("WDL-1", "2")]


def test_a_version_from_before_the_first_entry_begins_with_it(database, cast, clock, ivanova):
    put(ivanova)
    first = clock.forward(days=3)
    take_dose(database, cast.anna, first.date(), first, at=first)
    with database.read() as session:
        timeline = read_timeline(session, cast.anna)
    [change] = [e for e in timeline.events if isinstance(e, ProtocolChange)]
    assert change.at == first


def test_another_site_keeps_its_own_version(database, cast, clock, ivanova):
    put(ivanova)
    with database.read() as session:
        assert protocol_in_force(session, cast.site, clock()).version == "2"
        assert protocol_in_force(session, cast.other_site, clock()).version == "2.0"


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": "1"},
        {"version": "2.0"},
        {"version": ""},
        {"version": 'a"b'},
        {"reason": " "},
        {"wdl.start_groups": "many"},
        {"wdl.start_groups": "4.5"},
        {"wdl.start_groups": "-1"},
        {"approved_by": 'Dr "X'},
        {"unknown.threshold": "1"},
        dict.fromkeys(("wdl.start_sum", "wdl.score_urgent"), "10")
        | {"wdl.start_groups": "4", "wdl.strong_sum": "12"},
    ],
)
def test_what_cannot_be_put_in_force_is_refused_and_kept(database, ivanova, wrong):
    assert put(ivanova, **wrong).status_code == 422
    assert rows(database, ProtocolVersion) == []


def test_a_version_has_its_name_once(ivanova):
    assert put(ivanova).status_code == 303
    again = put(ivanova, **{"wdl.start_groups": "3"})
    assert "There is a version of this name already." in again.text


def test_only_the_investigator_changes_thresholds(orlova, petrova):
    for staff in (orlova, petrova):
        assert staff.get("/thresholds").status_code == 403
        assert put(staff).status_code == 403


def test_the_page_says_what_would_appear_and_what_would_vanish(database, cast, clock, ivanova):
    first_dose(database, cast, clock)
    check_in(database, cast.anna, clock(), CLUSTER)
    page = ivanova.get("/thresholds", params=STRICTER).text
    assert "1 alert would appear" in page and "1 alert would vanish" in page
    assert "DB-001" in page
    assert rows(database, ProtocolVersion) == []


def test_what_appears_is_named_by_the_day_on_the_participants_wall(browser, database, cast, clock):
    """23:30 on Sunday in New York is Monday in UTC."""
    change_person(database, cast.anna, timezone="America/New_York")
    clock.now = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    first_dose(database, cast, clock)
    check_in(database, cast.anna, clock(), CLUSTER)
    ivanova = browser.signed_in(staff_session(database, cast.ivanova, clock()))
    page = ivanova.get("/thresholds", params=STRICTER).text
    assert "22 Nov 2026" in page and "23 Nov 2026" not in page


def test_the_same_thresholds_differ_in_nothing(database, cast, clock):
    first_dose(database, cast, clock)
    check_in(database, cast.anna, clock(), CLUSTER)
    with database.read() as session:
        timeline = read_timeline(session, cast.anna)
    found = compare([(timeline, {})], load_protocol(), load_protocol())
    assert (found.appear, found.vanish) == ((), ())
    assert found.now == found.other
    assert found.now.flags == {"urgent": 1}
