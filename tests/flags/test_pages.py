"""The triage page: what staff read, tap and write, and who may."""

import re

import pytest
from sqlalchemy import event

from app.models.audit import AuditEntry
from app.models.flags import FlagAction
from app.models.people import Staff
from tests.browser import hidden
from tests.cast import staff_session
from tests.flags.record import (
    CLUSTER,
    check_in,
    flags,
    rows,
    second_day_cluster,
    take_dose,
)


@pytest.fixture
def flag(database, cast, clock):
    """ANNA's urgent flag, and its address."""
    second_day_cluster(database, cast.anna, clock())
    [found] = flags(database)
    return found


def address(flag, action=""):
    return f"/flags/{flag.public_id}{action}"


def acknowledge(browser, flag, **fields):
    version = fields.pop("version", None) or hidden(browser.get(address(flag)), "version")
    return browser.post(address(flag, "/acknowledge"), {"version": version, **fields})


def resolve(browser, flag, **fields):
    version = fields.pop("version", None) or hidden(browser.get(address(flag)), "version")
    form = {"version": version, "outcome": "called", "note": "Spoke with her."} | fields
    return browser.post(address(flag, "/resolve"), form)


def test_the_list_names_how_soon_what_and_who(flag, petrova):
    page = petrova.get("/flags").text
    assert "Possible withdrawal-like reaction, strong" in page
    assert "DB-001" in page
    assert "not yet acknowledged" in page
    assert "due 13:00" in page
    assert '<span class="tag urgent">' in page
    assert "Open · 1" in page
    assert '<span class="badge">1' in page


def test_a_flag_says_why_beside_what_is_usual(flag, petrova):
    page = petrova.get(address(flag)).text
    for words in (
        flag.reference,
        "4 of 5 symptom groups",
        "Sweating",
        "none on record",
        "Last study dose",
        "Received",
        "Rule WDL-2, protocol version 2.0",
        "need the study physician’s approval",
        "A physician phones before the next tablet is due",
        "Mail to Maria Orlova: not delivered yet",
        "Raised by rule WDL-2",
    ):
        assert words in page, words


def test_the_same_flag_in_russian(flag, petrova):
    petrova.post("/language", {"lang": "ru"})
    page = petrova.get(address(flag)).text
    for words in (
        "Возможная реакция, похожая на синдром отмены: выраженная",
        "Врач звонит до времени следующей таблетки",
        "их должен одобрить врач исследования",
        "Беру в работу",
        "консультант",
    ):
        assert words in page, words
    assert "What to do" not in page


def test_titles_and_addresses_say_nothing(flag, petrova):
    page = petrova.get(address(flag)).text
    assert re.search("<title>Daybook</title>", page)


def test_one_tap_acknowledges_and_the_resolve_form_appears(flag, petrova, database, cast):
    answer = acknowledge(petrova, flag)
    assert answer.headers["location"] == address(flag)
    page = petrova.get(address(flag)).text
    assert "Acknowledged by Anna Petrova" in page
    assert "What was done" in page
    [now] = flags(database)
    assert (now.status, now.acknowledged_by) == ("acknowledged", cast.petrova)


def test_a_second_tap_is_no_second_action(flag, petrova, database):
    version = hidden(petrova.get(address(flag)), "version")
    acknowledge(petrova, flag, version=version)
    assert acknowledge(petrova, flag, version=version).status_code == 303
    assert len(rows(database, FlagAction)) == 1


def test_resolving_needs_an_outcome_and_a_note_and_keeps_what_was_typed(flag, petrova, database):
    acknowledge(petrova, flag)
    answer = resolve(petrova, flag, outcome="", note="Spoke with her.")
    assert answer.status_code == 422
    assert "Spoke with her." in answer.text
    answer = resolve(petrova, flag, outcome="visit", note=" ")
    assert answer.status_code == 422
    assert re.search('value="visit" selected', answer.text)
    assert flags(database)[0].status == "acknowledged"


def test_a_resolved_flag_is_in_the_record_with_all_that_was_done(flag, petrova, database, cast):
    acknowledge(petrova, flag, note="On my way.")
    assert resolve(petrova, flag).status_code == 303
    page = petrova.get(address(flag)).text
    assert "Acknowledged by Anna Petrova. On my way." in page
    assert "Resolved by Anna Petrova: Called. Spoke with her." in page
    assert "Resolved this week · 1" in page
    actions = [row.action for row in rows(database, AuditEntry) if row.subject_kind == "flag"]
    assert actions.count("flag.acknowledge") == actions.count("flag.resolve") == 1


def test_a_resend_of_what_was_resolved_succeeds_and_another_word_does_not(
    flag, petrova, orlova, database
):
    acknowledge(petrova, flag)
    stale = hidden(petrova.get(address(flag)), "version")
    assert resolve(petrova, flag, version=stale).status_code == 303
    assert resolve(petrova, flag, version=stale).status_code == 303
    assert len(rows(database, FlagAction)) == 2
    assert resolve(petrova, flag, version=stale, note="Something else.").status_code == 409
    assert resolve(petrova, flag, version=stale, outcome="visit").status_code == 409
    assert resolve(orlova, flag, version=stale).status_code == 409


def test_a_flag_must_be_acknowledged_before_it_is_resolved(flag, petrova, database):
    assert resolve(petrova, flag).status_code == 409
    assert flags(database)[0].status == "open"


@pytest.mark.req("R8")
def test_a_form_from_before_somebody_else_acted_is_not_stored(flag, petrova, orlova, database):
    version = hidden(petrova.get(address(flag)), "version")
    acknowledge(orlova, flag)
    answer = acknowledge(petrova, flag, version=version, note="Mine.")
    assert answer.status_code == 409
    assert "This alert changed after you opened it" in answer.text
    assert "Mine." in answer.text
    assert len(rows(database, FlagAction)) == 1


def test_new_evidence_makes_an_old_resolve_form_stale(flag, petrova, database, cast, clock):
    acknowledge(petrova, flag)
    version = hidden(petrova.get(address(flag)), "version")
    check_in(database, cast.anna, clock.forward(minutes=5), CLUSTER)
    answer = resolve(petrova, flag, version=version)
    assert answer.status_code == 409
    assert "Spoke with her." in answer.text
    assert resolve(petrova, flag).status_code == 303


def test_worse_evidence_opens_an_acknowledged_flag_again(flag, petrova, database, cast, clock):
    acknowledge(petrova, flag)
    check_in(database, cast.anna, clock.forward(minutes=5), CLUSTER | {"agitation": 4})
    [now] = flags(database)
    assert (now.status, now.severity, now.acknowledged_by) == ("open", "emergency", None)


def test_new_evidence_after_resolution_opens_a_new_flag(flag, petrova, database, cast, clock):
    acknowledge(petrova, flag)
    resolve(petrova, flag)
    check_in(database, cast.anna, clock.forward(minutes=5), CLUSTER)
    assert [row.status for row in flags(database)] == ["resolved", "open"]


@pytest.mark.parametrize("form", [{}, {"version": "x"}, {"version": "0"}, {"version": "9" * 30}])
def test_a_broken_form_is_refused(flag, petrova, form):
    assert petrova.post(address(flag, "/acknowledge"), form).status_code == 422


# --- who may see whom -----------------------------------------------------------------------

SEEN_BY = {
    "petrova": 200,
    "orlova": 200,
    "ivanova": 200,
    "sokolov": 404,
    "volkova": 404,
    "admin": 403,
}


@pytest.mark.parametrize(("who", "status"), list(SEEN_BY.items()))
def test_a_flag_is_there_for_its_own_people_alone(
    flag, browser, database, cast, clock, who, status
):
    staff = browser.signed_in(staff_session(database, getattr(cast, who), clock()))
    page = staff.get(address(flag))
    assert page.status_code == status
    listed = staff.get("/flags")
    if status != 200:
        assert flag.reference not in page.text
        assert "Possible" not in listed.text
        for action in ("/acknowledge", "/resolve"):
            form = {"version": 1, "outcome": "called", "note": "x"}
            assert staff.post(address(flag, action), form).status_code == status
        assert flags(database)[0].status == "open"


def test_participants_and_strangers_see_no_flag(flag, anna, browser):
    assert anna.get(address(flag)).status_code == 303
    stranger = browser.another().get(address(flag))
    assert stranger.headers["location"] == f"/sign-in?next={address(flag)}"


def test_a_missing_flag_is_not_found(orlova):
    assert orlova.get("/flags/aaaaaaaaaaaaaaaa").status_code == 404


def test_reading_a_flag_is_on_record_and_the_list_is_not(flag, petrova, database, cast):
    petrova.get("/flags")
    petrova.get(address(flag))
    read = [row for row in rows(database, AuditEntry) if row.action == "flag.read"]
    assert [(row.actor, row.subject_id) for row in read] == [(f"staff:{cast.petrova}", flag.id)]


# --- the list that asks again ----------------------------------------------------------------


def test_the_fragment_is_the_list_alone(flag, petrova):
    fragment = petrova.get(
        f"/flags?show=open&current={flag.public_id}", headers={"HX-Request": "true"}
    ).text
    assert fragment.lstrip().startswith('<div class="queue stack" id="queue"')
    assert "<form" not in fragment
    assert 'aria-current="true"' in fragment
    assert 'hx-trigger="every 30s"' in petrova.get("/flags").text


def test_a_resolved_flag_leaves_the_list_after_a_week(
    flag, petrova, clock, browser, database, cast
):
    acknowledge(petrova, flag)
    resolve(petrova, flag)
    clock.forward(days=7)
    later = browser.signed_in(staff_session(database, cast.petrova, clock()))
    assert "Resolved this week · 1" in later.get("/flags?show=resolved").text
    clock.forward(seconds=1)
    assert "Resolved this week · 0" in later.get("/flags?show=resolved").text


def test_the_most_pressing_comes_first(database, cast, clock, orlova):
    second_day_cluster(database, cast.anna, clock())
    second_day_cluster(database, cast.boris, clock.forward(minutes=1), agitation=4)
    take_dose(database, cast.anna, clock().date(), clock(), mg=40)
    page = orlova.get("/flags").text
    places = [page.index(f'class="tag {word}"') for word in ("emergency", "urgent", "routine")]
    assert places == sorted(places)


def test_the_list_takes_the_same_few_queries_for_one_flag_and_for_many(
    database, cast, clock, orlova
):
    def queries():
        seen = []
        count = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(database.engine, "before_cursor_execute", count)
        try:
            orlova.get("/flags")
        finally:
            event.remove(database.engine, "before_cursor_execute", count)
        return [one for one in seen if one.startswith("SELECT")]

    second_day_cluster(database, cast.anna, clock())
    few = queries()
    second_day_cluster(database, cast.boris, clock.forward(minutes=1))
    check_in(database, cast.boris, clock.forward(minutes=1), {}, signs=("seizure",))
    assert len(queries()) == len(few) <= 4


def test_staff_without_a_caseload_get_an_empty_list(browser, database, cast, clock):
    assert rows(database, Staff)
    sokolov = browser.signed_in(staff_session(database, cast.sokolov, clock()))
    assert "No open alerts" in sokolov.get("/flags").text
