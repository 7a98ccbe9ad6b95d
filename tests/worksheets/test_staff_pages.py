"""The counselor's pages of sheets: assign, withdraw, read what is shared, comment."""

import pytest

from app.models.audit import AuditEntry
from app.models.counseling import CounselingSession
from app.models.flags import Flag
from app.models.people import Participant
from app.models.worksheets import Assignment, Worksheet, WorksheetComment
from tests.browser import hidden
from tests.cast import NOW, staff_session
from tests.diary.rows import rows
from tests.worksheets.sheets import HOUR, add, assign, change, copy, shared, sheet

AUDIT = AuditEntry.__table__
WORDS = "The garden at my sister’s house"


def public(database, model, row_id) -> str:
    with database.read() as session:
        return session.get(model, row_id).public_id


def send(browser, path, form, page=None):
    """Send a form with the token of its page."""
    return browser.post(path, form | {"idem": hidden(page or browser.get(path), "idem")})


def raise_flag(database, cast, family="WDL", status="open"):
    row = Flag(
        reference=f"R-{family}",
        participant_id=cast.anna,
        site_id=cast.site,
        family=family,
        rule=f"{family}-1",
        severity="urgent",
        status=status,
        raised_at=NOW,
        about=NOW,
        protocol_version="1",
        rules_version="1",
    )
    return add(database, row)


def test_a_participant_without_sheets_has_a_page_that_says_so(petrova, at):
    page = petrova.get(at)
    assert page.status_code == 200
    assert "Nothing assigned or shared yet" in page.text and "No session is planned" in page.text


def test_the_plan_week_is_suggested_with_its_focus(petrova, at):
    page = petrova.get(at).text
    assert "Suggested: week 1" in page and "Suggested: safety" not in page
    assert "Getting started: what matters, your own figures, safety" in page
    assert page.index("1. Three rulers") < page.index("All other sheets")


def test_an_open_danger_puts_safety_first_and_says_why(petrova, database, cast, at):
    for family, reason in [
        ("WDL", "a possible withdrawal-like reaction is open"),
        ("OPI", "an alert about opioids is open"),
        ("SUI", "an alert about thoughts of self-harm is open"),
    ]:
        flag = raise_flag(database, cast, family)
        page = petrova.get(at).text
        assert reason in page
        assert page.index("16. ") < page.index("Suggested: week 1") < page.index("1. Three rulers")
        change(database, Flag, flag, status="resolved")
        page = petrova.get(at).text
        assert "Suggested: safety" not in page and reason not in page


def test_several_sheets_are_assigned_at_once_for_the_next_session(petrova, database, cast, at):
    for hours, gone in ((24, {"cancelled_at": NOW}), (48, {}), (72, {})):
        when = NOW + hours * HOUR
        add(database, CounselingSession(participant_id=cast.anna, at=when, week=1, **gone))
    assert "For the session on 25 Nov, 09:00" in petrova.get(at).text
    answer = send(petrova, at, {"sheet": ["rulers", "values"]})
    assert (answer.status_code, answer.headers["location"]) == (303, at)
    made = rows(database, Assignment)
    assert [(a.sheet_key, a.session_id, a.assigned_by) for a in made] == [
        ("rulers", 2, cast.petrova),
        ("values", 2, cast.petrova),
    ]
    page = petrova.get(at).text
    assert page.count("for the session on 25 Nov, 09:00") == 2
    assert page.count("<b>Not started</b>") == 2


def test_a_sheet_that_waits_is_not_assigned_twice_and_the_others_stay_chosen(petrova, database, at):
    send(petrova, at, {"sheet": "rulers"})
    answer = send(petrova, at, {"sheet": ["values", "rulers"]})
    assert answer.status_code == 422
    assert "Assigned already and not finished yet: Three rulers." in answer.text
    assert 'value="values" checked' in answer.text
    assert len(rows(database, Assignment)) == 1


@pytest.mark.parametrize("done", ["finished", "shared"])
def test_a_finished_sheet_can_be_assigned_again(petrova, database, cast, at, done):
    task = assign(database, cast.anna, cast.petrova)
    made = sheet(database, cast.anna, assignment_id=task)
    copy(database, cast.anna, made, shared_at=NOW if done == "shared" else None)
    assert send(petrova, at, {"sheet": "rulers"}).status_code == 303
    assert len(rows(database, Assignment)) == 2


def test_a_form_that_is_sent_twice_assigns_once(petrova, database, at):
    page = petrova.get(at)
    for _ in range(2):
        assert send(petrova, at, {"sheet": "rulers"}, page).status_code == 303
    assert len(rows(database, Assignment)) == 1


def test_two_taps_at_once_assign_once(petrova, database, at):
    form = {"sheet": "rulers", "idem": hidden(petrova.get(at), "idem")}
    answers = petrova.post_at_once(at, [form, form])
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(rows(database, Assignment)) == 1


def test_what_cannot_be_assigned_is_refused_with_words(petrova, database, at):
    for form in ({}, {"sheet": "no_such_sheet"}, {"sheet": "before_session"}, {"other": "1"}):
        answer = petrova.post(at, form)
        assert answer.status_code == 422 and 'class="err"' in answer.text
    assert rows(database, Assignment) == []


def test_an_assignment_can_be_withdrawn_and_assigned_again(petrova, database, cast, at):
    task = assign(database, cast.anna, cast.petrova)
    name = public(database, Assignment, task)
    assert name in petrova.get(at).text
    form = {"assignment": name}
    for _ in range(2):
        assert petrova.post(f"{at}/withdraw", form).status_code == 303
    assert rows(database, Assignment)[0].withdrawn_at == NOW
    assert name not in petrova.get(at).text
    assert send(petrova, at, {"sheet": "rulers"}).status_code == 303


def test_nobody_elses_assignment_is_withdrawn(petrova, database, cast, at):
    task = assign(database, cast.boris, cast.sokolov)
    petrova.post(f"{at}/withdraw", {"assignment": public(database, Assignment, task)})
    assert rows(database, Assignment)[0].withdrawn_at is None


def test_who_left_the_study_is_asked_for_nothing_more(petrova, database, cast, at):
    made = shared(database, cast.anna, "values", {"meaning": WORDS})
    change(database, Participant, cast.anna, status="withdrawn")
    page = petrova.get(at)
    assert page.status_code == 200 and "Assign the chosen" not in page.text
    one = f"{at}/{public(database, Worksheet, made)}"
    assert WORDS in petrova.get(one).text and "<textarea" not in petrova.get(one).text
    assert petrova.post(at, {"sheet": "rulers"}).status_code == 404
    assert petrova.post(f"{one}/comment", {"comment": "Well"}).status_code == 404


def test_a_series_is_folded_with_its_count(petrova, database, cast, at):
    for hours in range(3):
        shared(database, cast.anna, "thought_record", at=NOW + hours * HOUR)
    copy(database, cast.anna, sheet(database, cast.anna, "thought_record"))
    page = petrova.get(at).text
    assert "<summary>3 entries</summary>" in page
    assert page.index("Shared, 23 Nov, 11:00") < page.index("Shared, 23 Nov, 09:00")


def test_the_coordinator_sees_where_a_sheet_stands_and_not_what_it_says(orlova, database, cast, at):
    made = shared(database, cast.anna, "values", {"meaning": WORDS})
    page = orlova.get(at).text
    assert "<b>Shared</b>" in page and "read by the counselor and the investigator" in page
    name = public(database, Worksheet, made)
    assert name not in page and "Assign the chosen" not in page
    assert orlova.get(f"{at}/{name}").status_code == 403
    for path in (at, f"{at}/withdraw", f"{at}/{name}/comment"):
        assert orlova.post(path, {"sheet": "rulers"}).status_code == 403


def test_what_is_not_shared_is_indistinguishable_from_what_is_not_there(
    petrova, database, cast, at
):
    unshared = sheet(database, cast.anna, "values")
    copy(database, cast.anna, unshared)
    back = sheet(database, cast.anna, "values")
    copy(database, cast.anna, back, shared_at=NOW, taken_back_at=NOW)
    away = shared(database, cast.anna, "values", removed_at=NOW)
    borises = shared(database, cast.boris, "values")
    none = petrova.get(f"{at}/aaaaaaaaaaaaaaaa").text
    page = petrova.get(at).text
    for made in (unshared, back, away, borises):
        name = public(database, Worksheet, made)
        assert name not in page
        for answer in (
            petrova.get(f"{at}/{name}"),
            petrova.post(f"{at}/{name}/comment", {"comment": "Hello"}),
        ):
            assert (answer.status_code, answer.text) == (404, none), made
    assert "Nothing assigned or shared yet" in page
    assert rows(database, WorksheetComment) == []


def test_a_foreign_counselor_meets_a_missing_page(browser, database, cast, clock, at):
    sokolov = browser.signed_in(staff_session(database, cast.sokolov, clock()))
    made = shared(database, cast.anna, "values")
    name = public(database, Worksheet, made)
    for path in (at, f"{at}/{name}"):
        assert sokolov.get(path).status_code == 404
    for path in (at, f"{at}/withdraw", f"{at}/{name}/comment"):
        assert sokolov.post(path, {"sheet": "rulers", "comment": "x"}).status_code == 404
    assert rows(database, WorksheetComment) == rows(database, Assignment) == []
