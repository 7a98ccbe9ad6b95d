"""The contact card, the paper report, corrected notes, what is mine, and the site's figures."""

import re
from datetime import timedelta

import pytest

from app.figures.figures import figures, quantile
from app.models.audit import AuditEntry
from app.models.flags import FlagAction
from app.protocol.loader import load_protocol
from tests.browser import hidden
from tests.cast import staff_session
from tests.flags.record import check_in, flags, judge_again, rows, second_day_cluster


@pytest.fixture
def path(database, cast, clock, browser):
    second_day_cluster(database, cast.anna, clock())
    return f"/flags/{flags(database)[0].public_id}"


def acknowledge(browser, path, note=""):
    form = {"version": hidden(browser.get(path), "version"), "note": note}
    return browser.post(f"{path}/acknowledge", form)


def resolve(browser, path, outcome="called"):
    version = hidden(browser.get(path), "version")
    return browser.post(
        f"{path}/resolve", {"version": version, "outcome": outcome, "note": "Done."}
    )


def test_the_telephone_number_shows_once_and_each_look_is_on_record(petrova, path, database):
    assert "+7 900" not in petrova.get(path).text
    answer = petrova.post(f"{path}/contact")
    assert "Name of DB-001" in answer.text and "tel:+79000000000" in answer.text
    assert "+7 900" not in petrova.get(path).text
    actions = [row.action for row in rows(database, AuditEntry)]
    assert actions.count("contact.reveal") == 1


def test_nobody_reveals_a_contact_beyond_their_scope(browser, path, database, cast, clock):
    for who in (cast.sokolov, cast.volkova):
        other = browser.signed_in(staff_session(database, who, clock()))
        for page in ("contact", "note"):
            assert (
                other.post(f"{path}/{page}", {"entry": "1", "correction": "x"}).status_code == 404
            )
        assert other.get(f"{path}/report").status_code == 404


def test_the_report_is_one_sheet_with_evidence_and_history_and_is_on_record(
    petrova, path, database
):
    acknowledge(petrova, path, "On my way.")
    page = petrova.get(f"{path}/report").text
    for part in ("Sweating", "Usually", "On my way.", "What to do", "data-print"):
        assert part in page
    assert "flag.report" in [row.action for row in rows(database, AuditEntry)]


def test_a_corrected_note_keeps_the_earlier_text(petrova, orlova, path, database):
    acknowledge(petrova, path, "Called her sister.")
    entry = rows(database, FlagAction)[0].id
    form = {"entry": entry, "correction": "Called her mother."}
    assert orlova.post(f"{path}/note", form).status_code == 404
    assert petrova.post(f"{path}/note", form).status_code == 303
    page = petrova.get(path).text
    assert "(corrected later) Called her sister." in page
    assert "Note corrected by Anna Petrova. Called her mother." in page
    first, second = rows(database, FlagAction)
    assert (first.note, second.note) == ("Called her sister.", "Called her mother.")
    assert second.replaces_id == first.id
    assert petrova.post(f"{path}/note", form).status_code == 404


@pytest.mark.parametrize("form", [{"entry": "1", "correction": " "}, {"entry": "0"}, {}])
def test_an_empty_correction_is_refused(petrova, path, database, form):
    acknowledge(petrova, path, "Called.")
    assert petrova.post(f"{path}/note", form).status_code == 422
    assert len(rows(database, FlagAction)) == 1


def mine(browser):
    found = re.search(r"Mine · (\d+)", browser.get("/flags").text)
    return int(found.group(1))


def test_mine_is_my_caseload_while_open_and_what_i_took(petrova, orlova, path):
    assert (mine(petrova), mine(orlova)) == (1, 0)
    acknowledge(orlova, path)
    assert (mine(petrova), mine(orlova)) == (0, 1)
    assert "DB-001" in orlova.get("/flags?show=mine").text


def test_figures_count_by_severity_and_measure_from_the_alert(petrova, path, database, cast, clock):
    clock.forward(minutes=20)
    acknowledge(petrova, path)
    resolve(petrova, path)
    check_in(database, cast.boris, clock(), {}, ("seizure",))
    now = clock.forward(minutes=16)
    with database.read() as session:
        found = figures(session, cast.site, "Europe/Moscow", load_protocol(), now)
    assert found.flags == {"urgent": 1, "emergency": 1}
    assert found.taken["urgent"].median == timedelta(minutes=20)
    assert (found.taken["urgent"].within, found.taken["urgent"].of) == (1, 1)
    assert (found.taken["emergency"].within, found.taken["emergency"].of) == (0, 1)
    assert (found.resolved, found.acted_on, found.false_alarms) == (1, 1, 0)
    # Two people for 36 minutes.
    assert found.weeks == pytest.approx(2 * 36 / (7 * 24 * 60))


def test_a_false_alarm_led_to_nothing(petrova, path, database, cast, clock):
    acknowledge(petrova, path)
    resolve(petrova, path, "false_alarm")
    with database.read() as session:
        found = figures(session, cast.site, "Europe/Moscow", load_protocol(), clock())
    assert (found.resolved, found.acted_on, found.false_alarms) == (1, 0, 1)


def test_the_page_shows_the_share_of_false_alarms(orlova, petrova, path):
    acknowledge(petrova, path)
    resolve(petrova, path, "false_alarm")
    assert "100% (1 of 1)" in orlova.get("/figures").text


def test_the_page_stands_beside_published_figures(orlova, petrova, path):
    page = orlova.get("/figures").text
    assert "34%" in page and "7.8%" in page
    assert petrova.get("/figures").status_code == 403


def test_a_quantile_is_one_of_the_values():
    waits = [timedelta(seconds=n) for n in range(1, 101)]
    assert quantile(waits, 0.5) == timedelta(seconds=50)
    assert quantile(waits, 0.99) == timedelta(seconds=99)
    assert quantile([], 0.5) is None


def test_a_flag_leads_to_the_brief_and_to_the_day_that_it_is_about(petrova, path, clock):
    page = petrova.get(path).text
    person = re.search(r"/participants/(\w+)/brief", page)[1]
    assert f"/participants/{person}/day/{clock().date()}" in page
    for part in ("brief", f"day/{clock().date()}"):
        assert petrova.get(f"/participants/{person}/{part}").status_code == 200


def test_reasons_give_dates_as_people_write_them(petrova, path):
    assert not re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", petrova.get(path).text)
    assert re.search(r"Last study dose: \d+ Nov 2026, \d\d:\d\d", petrova.get(path).text)


@pytest.mark.parametrize("corrected", [True, False])
def test_a_sign_that_a_correction_took_back_is_marked_on_the_flag(
    petrova, database, cast, clock, corrected
):
    check_in(database, cast.anna, clock(), {"nausea": 1}, signs=("seizure",))
    clock.forward(minutes=20)
    if corrected:
        judge_again(database, cast.anna, clock(), {"nausea": 1})
    path = f"/flags/{flags(database)[0].public_id}"
    for page in (petrova.get(path).text, petrova.get(f"{path}/report").text):
        assert "seizure" in page.lower(), "what was found stays"
        assert ("Taken back by a correction of 23 Nov, 09:20: seizure." in page) is corrected
