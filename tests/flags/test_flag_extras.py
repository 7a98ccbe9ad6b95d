"""The contact card, the paper report, corrected notes, what is mine, and the site's figures."""

import re
from datetime import timedelta

import pytest

from app.figures.figures import figures, quantile
from app.flags.shown import LETTERS, SHORT, short_title
from app.i18n import translator
from app.models.audit import AuditEntry
from app.models.flags import FlagAction
from app.protocol.loader import load_protocol
from app.rules.wording import wording
from tests.browser import hidden
from tests.cast import staff_session
from tests.flags.record import CLUSTER, check_in, flags, judge_again, rows, second_day_cluster


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


def look_of(page):
    return hidden(page, "look")


def test_a_shown_number_stays_while_one_acknowledges_and_writes_and_was_looked_at_once(
    petrova, path, database
):
    shown = petrova.post(f"{path}/contact", {"note": "On my way.", "version": "1"})
    assert ">\nOn my way.</textarea>" in shown.text
    form = {"version": hidden(shown, "version"), "look": look_of(shown)}
    too_long = petrova.post(f"{path}/acknowledge", {**form, "note": "x" * 2001})
    assert too_long.status_code == 422 and "tel:+79000000000" in too_long.text
    taken = petrova.post(f"{path}/acknowledge", {**form, "note": "On my way."})
    assert taken.status_code == 200 and "Acknowledged. The alert is yours." in taken.text
    assert "tel:+79000000000" in taken.text and "What was done" in taken.text
    form = {"version": hidden(taken, "version"), "look": look_of(taken)}
    wanting = petrova.post(f"{path}/resolve", {**form, "outcome": "called", "note": ""})
    assert wanting.status_code == 422 and "tel:+79000000000" in wanting.text
    assert petrova.post(f"{path}/resolve", {**form, "outcome": "called", "note": "x"}).is_redirect
    assert "tel:" not in petrova.get(path).text
    actions = [row.action for row in rows(database, AuditEntry)]
    assert actions.count("contact.reveal") == actions.count("flag.acknowledge") == 1


def test_a_look_is_good_for_its_own_reader_and_participant_and_for_half_an_hour(
    petrova, orlova, path, database, cast, clock, browser
):
    look = look_of(petrova.post(f"{path}/contact"))
    second_day_cluster(database, cast.boris, clock())
    another = f"/flags/{flags(database)[1].public_id}"

    def acknowledge(who, where, look):
        return who.post(f"{where}/acknowledge", {"version": "1", "look": look})

    for who, where, shown in (
        (orlova, path, look),
        (orlova, another, look_of(orlova.post(f"{path}/contact"))),
        (petrova, path, look[:-1]),
        (petrova, path, "~"),
        (petrova, path, "не было"),
    ):
        assert acknowledge(who, where, shown).status_code in (303, 409)
        assert "tel:" not in acknowledge(who, where, shown).text
    assert "tel:" in acknowledge(petrova, path, look).text
    clock.forward(minutes=30, seconds=1)
    later = browser.signed_in(staff_session(database, cast.petrova, clock()))
    assert "tel:" not in acknowledge(later, path, look).text


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_rule_has_a_title_for_one_line(lang):
    titles = {rule: short_title(rule, translator(lang)) for rule in wording().rules}
    assert {rule: title for rule, title in titles.items() if len(title) > LETTERS} == {}
    assert len(set(titles.values())) == len(titles) >= 24
    assert set(SHORT) <= set(titles)


def test_one_line_says_why_signs_first_then_what_rose_most(petrova, path, database, cast, clock):
    reason = re.compile(r'<p class="reason">([^<]*)</p>')
    said = reason.search(petrova.get(path).text).group(1)
    assert said == "Sum S 10: sweating 3, nausea 3, muscle pain 3 and 1 more."
    signs = ("confusion",)
    check_in(database, cast.anna, clock.forward(minutes=5), CLUSTER | {"tremor": 4}, signs)
    worst = next(one for one in flags(database) if one.rule == "WDL-3")
    said = reason.search(petrova.get(f"/flags/{worst.public_id}").text).group(1)
    assert said == "Reported signs: confusion."


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


@pytest.mark.req("R5")
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
