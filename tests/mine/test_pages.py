"""A participant's own pages over HTTP: theirs alone, complete, and said in plain words."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.models.audit import AuditEntry
from app.models.flags import Flag
from app.models.people import Device, Preference
from app.protocol.loader import load_protocol
from app.timeline.json_form import parse
from tests.browser import hidden
from tests.cast import PIN, participant_session
from tests.diary.rows import rows

VODKA = {"n:vodka:50:40": "3"}


def tell(anna):
    anna.post("/day/2026-11-22", VODKA | {"idem": "d1"})
    anna.post("/day/2026-11-21", {"none": "1", "idem": "d2"})
    anna.post("/today/dose", {"answer": "taken", "idem": "d3"})


def test_the_picture_counts_days_over_the_days_they_were_counted_in(anna):
    tell(anna)
    page = anna.get("/me").text
    assert "2 of 2 days told." in page and "1 day without alcohol." in page
    assert "2 days told" in page and "1 tablet taken" in page
    assert "1 of them without alcohol" in page


def test_the_record_shows_every_day_by_month_and_nobody_elses(anna, browser, database, cast, clock):
    tell(anna)
    assert "Vodka" in anna.get("/me/days/2026-11").text
    assert "Vodka" in anna.get("/me/days").text
    assert "Nothing was told" in anna.get("/me/days/2026-10").text
    boris = browser.signed_in(participant_session(database, cast.boris, clock()))
    for path in ("/me", "/me/days", "/me/copy/readable", "/me/copy/timeline", "/me/changes"):
        assert "Vodka" not in boris.get(path).text and "vodka" not in boris.get(path).text


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-11-01"])
def test_a_month_that_does_not_exist_is_no_page(anna, month):
    assert anna.get(f"/me/days/{month}").status_code == 404


@pytest.mark.req("R5")
def test_a_change_stands_beside_what_it_replaced(anna):
    tell(anna)
    assert "Nothing was changed" in anna.get("/me/changes").text
    anna.post("/day/2026-11-22", {"n:vodka:50:40": "4", "idem": "d4"})
    page = anna.get("/me/changes").text
    before, after = page.split("Since then")[:2]
    assert "× 3" in before and "× 4" in after


def test_a_check_in_page_that_was_sent_again_is_a_change(anna, clock):
    sent = {"alcohol_craving": "6", "opioid_craving": "0", "method": "each"}
    anna.post("/today/urges", sent | {"idem": "u1"})
    clock.forward(minutes=1)
    anna.post("/today/urges", sent | {"alcohol_craving": "2", "idem": "u2"})
    page = anna.get("/me/changes").text
    before, after = page.split("Since then")[:2]
    assert ": 6" in before and ": 2" in after


def test_what_went_to_the_team_says_when_and_never_what_it_may_mean(anna):
    assert "Nothing had to be brought" in anna.get("/me/sent").text
    anna.post(
        "/today/week",
        {"self_harm_thoughts": "1", "method": "each", "idem": "w1"},
    )
    page = anna.get("/me/sent").text
    assert "Heavy thoughts" in page and "Put on the team’s list 23 Nov, 09:00" in page
    assert "A message to the team is on its way" in page


@pytest.mark.parametrize("shown", [True, False])
def test_standard_drinks_are_shown_where_the_protocol_says_so(anna, monkeypatch, shown):
    plan = load_protocol()
    other = replace(plan, standard_drink=replace(plan.standard_drink, shown=shown))
    monkeypatch.setattr("app.protocol.in_force.process_protocol", lambda: other)
    tell(anna)
    anna.post("/day/2026-11-22", {"n:vodka:50:40": "4", "idem": "d4"})
    for path in ("/me/days", "/me/changes", "/me/copy/readable"):
        page = anna.get(path).text
        assert "Vodka" in page and ("standard drinks" in page) is shown, path


def links(page):
    return re.findall(r'href="(/me/\w+(?:\?page=\d+)?)">(?:<svg.*?</svg>)?(Newer|Older)', page.text)


@pytest.mark.parametrize(("changes", "shown"), [(10, [10]), (11, [10, 1]), (21, [10, 10, 1])])
def test_changes_are_shown_ten_at_a_time_the_newest_first(anna, clock, changes, shown):
    for number in range(changes + 1):
        clock.forward(seconds=1)
        anna.post("/day/2026-11-22", {"n:vodka:50:40": str(number + 1), "idem": f"d{number}"})
    pages = [anna.get("/me/changes")]
    while len(pages) < len(shown):
        (older,) = [path for path, word in links(pages[-1]) if word == "Older"]
        pages.append(anna.get(older))
    assert [page.text.count("Since then") for page in pages] == shown
    assert f"× {changes + 1}<" in pages[0].text and "× 1<" in pages[-1].text
    assert "Older" not in pages[-1].text and "Newer" not in pages[0].text
    for page in pages[1:]:
        assert "Newer" in page.text
    for number in (0, -1, len(shown) + 1, "x"):
        assert anna.get(f"/me/changes?page={number}").status_code == 404


@pytest.mark.parametrize(("flags", "older"), [(10, False), (11, True)])
def test_what_went_to_the_team_is_shown_ten_at_a_time(anna, database, cast, clock, flags, older):
    with database.write() as session:
        for number in range(flags):
            session.add(closed_flag(cast, clock(), number))
        audit.record(session, SYSTEM, "test.rows", Subject("site", cast.site), now=clock())
    first = anna.get("/me/sent")
    assert first.text.count("Put on the team’s list") == 10
    assert ("Older" in first.text) is older
    assert anna.get("/me/sent?page=2").status_code == (200 if older else 404)


def closed_flag(cast, now, number):
    return Flag(
        reference=f"F{number}",
        participant_id=cast.anna,
        site_id=cast.site,
        family="CRV",
        rule="CRV-1",
        severity="routine",
        status="resolved",
        raised_at=now,
        about=now,
        protocol_version="1",
        rules_version="1",
    )


def test_the_copy_is_a_file_that_reads_back_as_the_same_record(anna, clock):
    tell(anna)
    answer = anna.get("/me/copy/timeline")
    assert answer.headers["content-disposition"] == 'attachment; filename="daybook.json"'
    assert answer.headers["cache-control"] == "no-store"
    timeline = parse(json.loads(answer.text))
    assert timeline.participant.code == "DB-001"
    assert timeline.exported_at == clock()
    assert timeline.known_at(clock()).drinks[date(2026, 11, 22)].grams > 0
    readable = anna.get("/me/copy/readable")
    assert "attachment" in readable.headers["content-disposition"]
    assert "Vodka" in readable.text


def test_settings_hold_and_each_change_is_on_record(anna, database):
    assert "checked" not in anna.get("/me/settings").text
    assert " large" not in anna.get("/today").text.split("<body")[1].split(">")[0]
    anna.post("/me/settings", {"large": "1", "single": "1"})
    assert rows_of_preferences(database) == [{"large": True, "single": True}]
    assert " large" in anna.get("/today").text.split("<body")[1].split(">")[0]
    assert "page 1 of 19" in anna.get("/today/check/new/first").text
    anna.post("/me/settings", {"single": "1"})
    assert rows_of_preferences(database) == [{"large": False, "single": True}]
    anna.post("/me/settings", {"single": "1"})
    entries = [e.changes for e in rows(database, AuditEntry) if e.action == "preference.set"]
    assert entries == [
        {"large": [False, True], "single": [False, True]},
        {"large": [True, False]},
    ]


def rows_of_preferences(database):
    from sqlmodel import select

    with database.read() as session:
        return [row.values for row in session.exec(select(Preference))]


@pytest.mark.parametrize("body", [{"large": "2"}, {"huge": "1"}])
def test_a_setting_that_does_not_exist_is_refused(anna, database, body):
    assert anna.post("/me/settings", body).status_code == 422
    assert rows_of_preferences(database) == []


def test_a_sign_of_life_keeps_the_session_open_and_silence_does_not(anna, clock):
    for _ in range(3):
        clock.forward(minutes=2)
        assert anna.post("/alive").status_code == 204
    clock.forward(minutes=2)
    assert anna.get("/me").status_code == 200
    clock.forward(minutes=3, seconds=31)
    assert anna.post("/alive").headers["location"].startswith(("/lock", "/start"))


@pytest.fixture
def phone(browser, database, cast, clock):
    """ANNA's phone from its invitation on, with a PIN of its own."""
    from app.audit import SYSTEM
    from app.signin import phone

    with database.write() as session:
        code = phone.invite(session, cast.anna, None, SYSTEM, clock())
    mine = browser.another()
    mine.post("/start", {"code": code})
    mine.post("/start/pin", {"pin": PIN, "again": PIN})
    return mine


def test_a_new_code_needs_the_present_one(phone, database):
    new = {"pin": "739154", "again": "739154"}
    assert phone.post("/me/pin", {"old": "000000", **new}).status_code == 422
    assert phone.post("/me/pin", {"old": PIN, "pin": "739154", "again": "1"}).status_code == 422
    assert (
        phone.post("/me/pin", {"old": PIN, "pin": "111111", "again": "111111"}).status_code == 422
    )
    done = phone.post("/me/pin", {"old": PIN, **new})
    assert done.headers["location"] == "/me/settings"
    phone.get("/lock")
    assert phone.post("/lock", {"pin": PIN}).status_code == 422
    assert phone.post("/lock", {"pin": "739154"}).headers["location"] == "/today"


def test_guesses_at_the_present_code_are_counted_like_those_at_the_lock(phone, database):
    new = {"pin": "739154", "again": "739154"}
    for _ in range(5):
        assert phone.post("/me/pin", {"old": "000000", **new}).status_code == 422
    refused = phone.post("/me/pin", {"old": PIN, **new})
    assert refused.status_code == 422 and "Too many attempts" in refused.text
    assert rows(database, Device)[-1].locked_until is not None


def test_help_and_the_lock_speak_the_language_of_the_phones_owner(
    browser, database, cast, clock, phone
):
    from tests.diary.rows import change_person

    change_person(database, cast.anna, language="ru")
    del phone.cookies["__Host-lang"]
    assert "Введите" in phone.get("/lock").text
    phone.post("/lock", {"pin": PIN})
    assert 'lang="ru"' in phone.get("/help").text
    assert 'lang="en"' in browser.another().get("/help").text


def test_the_page_of_settings_is_found_from_today(anna):
    assert 'href="/me"' in anna.get("/today").text
    assert 'href="/me/settings"' in anna.get("/me").text
    assert hidden(anna.get("/today/week"), "idem")
