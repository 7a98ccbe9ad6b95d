"""Who is told, when they are reached, which numbers are shown, and a test by the same way."""

import re

import pytest
from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.models.audit import AuditEntry
from app.models.outbox import Message
from app.models.people import AlertHours, SiteNumbers, Staff
from app.outbox.heartbeat import WORKER, beat
from tests.cast import participant_session, staff_session
from tests.flags.record import mails, rows, second_day_cluster

HOURS = {"opens": "09:00", "closes": "17:30"}


@pytest.fixture
def admin(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.admin, clock()))


def key_of(database, staff_id):
    [found] = [one for one in rows(database, Staff) if one.id == staff_id]
    return found.public_id


def set_on_alert_list(admin, database, staff_id, **form):
    return admin.post(f"/site/alert-list/{key_of(database, staff_id)}", {**HOURS, **form})


def test_an_administrator_who_signs_in_lands_on_the_site(admin):
    assert admin.get("/flags").headers["location"] == "/site"
    page = admin.get("/site").text
    assert "Maria Orlova" in page and "Daria Volkova" not in page


def test_place_hours_absence_and_cover_are_stored_and_audited(admin, database, cast):
    answer = set_on_alert_list(
        admin,
        database,
        cast.sokolov,
        position="3",
        weekdays=["1", "2"],
        absent_from="2026-12-01",
        absent_until="2026-12-05",
        cover=key_of(database, cast.petrova),
    )
    assert answer.status_code == 303
    with database.read() as session:
        hours = session.get(AlertHours, cast.sokolov)
        assert session.get(Staff, cast.sokolov).alert_position == 3
    assert (hours.weekdays, hours.from_minute, hours.until_minute) == ([1, 2], 540, 1050)
    assert hours.cover_id == cast.petrova
    assert [one for one in rows(database, AuditEntry) if one.action == "site.contact"]
    assert set_on_alert_list(admin, database, cast.sokolov, position="").status_code == 303
    with database.read() as session:
        assert session.get(Staff, cast.sokolov).alert_position is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": "25:00"},
        {"opens": "17:30", "closes": "17:30"},
        {"closes": "24:01"},
        {"absent_until": "2026-12-05"},
        {"absent_from": "2026-12-05", "absent_until": "2026-12-04"},
        {"position": "0"},
        {"weekdays": ["8"]},
        {"cover": "nobodynobodynobo"},
        {"surprise": "1"},
    ],
)
def test_a_form_that_makes_no_sense_is_refused(admin, database, cast, wrong):
    assert set_on_alert_list(admin, database, cast.sokolov, **wrong).status_code == 422
    assert all_of(database, AlertHours) == []


def all_of(database, model):
    with database.read() as session:
        return list(session.execute(select(model)).scalars())


def test_nobody_covers_themselves(admin, database, cast):
    own = key_of(database, cast.sokolov)
    assert set_on_alert_list(admin, database, cast.sokolov, cover=own).status_code == 422


def test_staff_of_another_site_do_not_exist(admin, database, cast):
    assert set_on_alert_list(admin, database, cast.volkova, position="1").status_code == 404


def test_only_an_administrator_sets_a_site(orlova, petrova):
    for staff in (orlova, petrova):
        assert staff.get("/site").status_code == 403
        assert staff.post("/site/test").status_code == 403


def test_numbers_by_language_reach_participants_at_once(admin, database, browser):
    form = {"language": "ru", "emergency": "103", "crisis": "8 800 1", "clinic": ""}
    assert admin.post("/site/numbers", form).status_code == 303
    russian = browser.another().get("/help", headers={"Accept-Language": "ru"}).text
    english = browser.another().get("/help").text
    assert "tel:103" in russian and "tel:103" not in english and "tel:112" in english
    [stored] = all_of(database, SiteNumbers)
    assert (stored.language, stored.emergency) == ("ru", "103")


def test_a_participant_is_shown_the_numbers_of_their_own_site(
    admin, anna, browser, database, cast, clock
):
    vera = browser.signed_in(participant_session(database, cast.vera, clock()))
    for path in ("/help/soon", "/help/now"):
        assert "tel:8382200" in vera.get(path).text and "tel:8812000" not in vera.get(path).text
        assert "tel:8812000" in anna.get(path).text and "tel:8382200" not in anna.get(path).text
    form = {"language": "en", "emergency": "103", "crisis": "", "clinic": "8 812 5"}
    assert admin.post("/site/numbers", form).status_code == 303
    assert "tel:88125" in anna.get("/help/soon").text
    assert "tel:8382200" in vera.get("/help/soon").text


@pytest.mark.parametrize("number", ["", "call us", "112;postd=1"])
def test_a_number_that_cannot_be_dialled_is_refused(admin, number):
    form = {"language": "en", "emergency": number}
    assert admin.post("/site/numbers", form).status_code == 422


@pytest.mark.req("L6")
def test_a_test_alert_takes_the_way_of_an_emergency(admin, database):
    assert admin.post("/site/test").status_code == 303
    found = mails(database)
    assert {mail.recipient for mail in found} == {"orlova@clinic.test", "ivanova@clinic.test"}
    assert {mail.kind for mail in found} == {"test"}
    assert "there is nothing to do" in found[0].text
    assert "waiting" in admin.get("/site").text


ASKS = {"HX-Request": "true"}


def settle(database, clock, status, most=None):
    """What the mail server said of the tests, or of the first few of them."""
    with database.write() as session:
        ids = session.execute(select(Message.id).order_by(Message.id).limit(most)).scalars().all()
        values = {"status": status, "attempts": 1, "sent_at": clock()}
        session.execute(update(Message).where(Message.id.in_(ids)).values(**values))
        audit.record(session, SYSTEM, "test.mail", Subject("site", 1), now=clock())


@pytest.mark.req("L6")
def test_a_test_alert_is_watched_until_every_mail_was_taken(admin, database, clock):
    answer = admin.post("/site/test")
    assert answer.headers["location"] == "/site#test-alert"
    page = admin.get("/site").text
    assert "The test alert is on its way" in page and 'href="/site/test"' in page
    asked = admin.get("/site/test", headers=ASKS).text
    for part in (page, asked):
        assert 'hx-get="/site/test" hx-trigger="every 2s"' in part
        assert "On its way: 0 of 2 taken by the mail server so far." in part
    assert "<html" not in asked
    settle(database, clock, "sent", most=1)
    assert "On its way: 1 of 2" in admin.get("/site/test", headers=ASKS).text
    settle(database, clock, "sent")
    done = admin.get("/site/test", headers=ASKS).text
    assert "Taken by the mail server: 2 of 2." in done and "hx-get" not in done
    assert admin.get("/site/test").headers["location"] == "/site#test-alert", "without scripts"


@pytest.mark.parametrize(
    ("status", "minutes", "watched", "said"),
    [
        ("failed", 0, False, "Refused by the mail server: 2 of 2."),
        ("waiting", 10, True, "not taken yet, tried 1 time"),
        ("waiting", 11, False, "Still waiting: 0 of 2"),
    ],
)
def test_the_page_says_what_became_of_a_test_and_stops_asking(
    browser, database, cast, admin, clock, status, minutes, watched, said
):
    admin.post("/site/test")
    settle(database, clock, status)
    later = staff_session(database, cast.admin, clock.forward(minutes=minutes))
    asked = browser.signed_in(later).get("/site/test", headers=ASKS).text
    assert said in asked and ("hx-get" in asked) == watched


def test_a_test_that_reaches_nobody_says_so(admin, database, cast, clock):
    with database.write() as session:
        leads = update(Staff).where(Staff.id.in_([cast.orlova, cast.ivanova]))
        session.execute(leads.values(active=False))
        audit.record(session, SYSTEM, "test.left", Subject("site", 1), now=clock())
    admin.post("/site/test")
    assert mails(database) == []
    page = admin.get("/site").text
    assert "an emergency would reach nobody now" in page and "on its way" not in page


def test_somebody_away_without_cover_reaches_nobody_and_the_monitor_says_so(
    admin, database, cast, clock, browser
):
    with database.write() as session:
        beat(session, WORKER, clock())
    assert browser.get("/healthz").text == "ok\n"
    for who in (cast.orlova, cast.ivanova, cast.petrova):
        set_on_alert_list(admin, database, who, position="1", absent_from="2026-11-23")
    assert browser.get("/healthz").text == "no alert recipient\n"
    assert "Nobody is on the alert list" in admin.get("/site").text
    cover = key_of(database, cast.sokolov)
    set_on_alert_list(
        admin, database, cast.orlova, position="1", absent_from="2026-11-23", cover=cover
    )
    assert browser.get("/healthz").text == "ok\n"


def test_the_delivery_page_shows_mail_of_the_own_site_and_each_attempt(
    admin, orlova, petrova, database, cast, clock
):
    second_day_cluster(database, cast.anna, clock())
    second_day_cluster(database, cast.vera, clock())
    page = orlova.get("/delivery").text
    assert page.count("<article") == 2
    assert "Not tried yet." in page and "volkova" not in page
    assert admin.get("/delivery").status_code == 200
    assert petrova.get("/delivery").status_code == 403


def without_folded(html):
    """What is seen before anything is opened."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<details.*?</details>", "", html)).split())


@pytest.mark.parametrize(
    ("lang", "form", "said"),
    [
        ("en", {}, "Reached: 09:00–17:30 · covered by nobody"),
        ("en", {"weekdays": ["1", "2", "3", "5"]}, "Reached: Mon–Wed, Fri, 09:00–17:30"),
        (
            "en",
            {"absent_from": "2026-11-20", "absent_until": "2026-12-01"},
            "away from Fri 20 Nov to Tue 1 Dec · covered by nobody",
        ),
        ("ru", {"weekdays": ["6", "7"]}, "На связи: сб, вс, 09:00–17:30 · замещения нет"),
        ("ru", {"absent_from": "2026-11-20"}, "· отсутствует с пт 20 нояб. · замещения нет"),
    ],
)
def test_hours_and_absence_are_seen_without_opening_anything(
    admin, database, cast, lang, form, said
):
    assert set_on_alert_list(admin, database, cast.petrova, **form).status_code == 303
    admin.post("/language", {"lang": lang})
    assert said in without_folded(admin.get("/site").text)


def test_every_contact_says_when_they_are_reached_and_who_covers(admin, database, cast):
    set_on_alert_list(admin, database, cast.petrova, cover=key_of(database, cast.orlova))
    html = admin.get("/site").text
    seen = without_folded(html)
    people = html.count('action="/site/alert-list/')
    assert people >= 5
    assert seen.count("Reached: ") == seen.count("covered by ") == people
    [cover] = [one.name for one in rows(database, Staff) if one.id == cast.orlova]
    assert f"09:00–17:30 · covered by {cover}" in seen
    assert "Reached: always · covered by nobody" in seen
