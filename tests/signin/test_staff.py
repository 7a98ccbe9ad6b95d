"""The staff's door: password, throttle, one-time link, idle time."""

import re

import pytest

from app.audit import SYSTEM
from app.models.diary import SubstanceDay
from app.models.people import Participant
from app.signin import staff
from app.web.errors import SECRET_PATHS
from tests.cast import PASSWORD, staff_session
from tests.diary.rows import rows
from tests.house.crawl import routes


def sign_in(browser, password=PASSWORD, email="orlova@clinic.test", wanted="/participants"):
    return browser.post("/sign-in", {"email": email, "password": password, "next": wanted})


def test_the_right_password_leads_to_the_wanted_page(browser):
    assert sign_in(browser).headers["location"] == "/participants"


@pytest.mark.req("W6")
def test_an_address_elsewhere_is_not_followed(browser):
    for wanted in ("https://evil.test/", "//evil.test", "/\\evil.test"):
        assert sign_in(browser.another(), wanted=wanted).headers["location"] == "/flags"


@pytest.mark.req("A10")
def test_unknown_and_wrong_look_the_same(browser):
    wrong = sign_in(browser, "wrong password")
    unknown = sign_in(browser.another(), "wrong password", "orlova@clinic.tesT2")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace("orlova@clinic.test", "") == unknown.text.replace(
        "orlova@clinic.test2", ""
    )


def test_wrong_passwords_wait_longer_and_longer_but_never_for_ever(browser, clock):
    for _ in range(6):
        sign_in(browser, "wrong password")
    assert "Too many attempts" in sign_in(browser).text
    clock.forward(minutes=16)
    assert sign_in(browser).status_code == 303


def test_a_one_time_link_works_once(browser, database, cast, clock):
    with database.write() as session:
        code = staff.make_link(session, cast.admin, SYSTEM, clock())
    assert browser.get("/sign-in/link").status_code == 200
    assert browser.post("/sign-in/link", {"code": code}).status_code == 303
    assert browser.another().post("/sign-in/link", {"code": code}).status_code == 422


@pytest.mark.req("A14")
def test_a_session_ends_with_sign_out(browser):
    sign_in(browser)
    token = browser.cookies["__Host-sid"]
    browser.post("/sign-out")
    again = browser.signed_in(token)
    assert again.get("/flags").headers["location"].startswith("/sign-in")


WROTE = "a long note that took more than half an hour"


def test_what_was_written_when_the_session_ended_is_shown_to_be_sent_again(app, browser, clock):
    """On every form of staff, to the browser that sent it, and without what no page repeats."""
    sign_in(browser)
    clock.forward(minutes=31)
    forms = [one for one in routes(app) if one.unsafe and one.audience.kind == "staff"]
    assert len(forms) > 20
    for each in forms:
        path = each.address()
        body = {
            "note": WROTE,
            "told": "by_phone",
            "password": "my secret",
            "code": "c" * 24,
            "idem": "t1",
        }
        sent = browser.post(path, body, headers={"Referer": "https://daybook.test/flags?show=all"})
        assert sent.status_code == 401 and "Nothing is stored yet." in sent.text, each
        if path in SECRET_PATHS:
            assert WROTE not in sent.text and "my secret" not in sent.text, each
            continue
        assert f'action="{path}"' in sent.text and f'name="note" value="{WROTE}"' in sent.text
        assert 'name="idem" value="t1"' in sent.text, each
        assert f"<bdi>{WROTE}</bdi>" in sent.text and "<bdi>by_phone" not in sent.text, each
        assert 'name="told" value="by_phone"' in sent.text and "feel unwell" not in sent.text
        assert 'href="/sign-in?next=/flags%3Fshow%3Dall" target="_blank"' in sent.text, each
        assert "my secret" not in sent.text and "c" * 24 not in sent.text, each
        assert WROTE not in browser.get("/sign-in").text + browser.get("/sign-in?next=/flags").text
        pressed = browser.post(path)
        assert pressed.headers["location"].startswith("/sign-in?unsent=1"), each
    assert "what you pressed was not done" in browser.get("/sign-in?unsent=1").text


def test_after_the_sign_in_beside_it_the_same_page_is_sent_and_stored(
    browser, database, cast, clock
):
    browser = browser.signed_in(staff_session(database, cast.petrova, clock()))
    clock.forward(minutes=31)
    who = next(one.public_id for one in rows(database, Participant) if one.id == cast.anna)
    body = {"told": "by_phone", "others": "some", "substance": "cannabis", "note": WROTE}
    kept = browser.post(f"/participants/{who}/interview/2026-11-22", body)
    assert kept.status_code == 401 and rows(database, SubstanceDay) == []
    browser = browser.signed_in(staff_session(database, cast.petrova, clock()))
    path = re.search(r'<form method="post" action="(/participants[^"]+)"', kept.text)[1]
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', kept.text))
    assert browser.post(path, again).status_code == 303
    assert [one.items[0]["note"] for one in rows(database, SubstanceDay)] == [WROTE]


def test_a_form_from_elsewhere_leads_to_the_first_page(browser):
    elsewhere = {"Referer": "https://evil.test/flags"}
    answer = browser.post("/flags/" + "a" * 16 + "/resolve", headers=elsewhere)
    assert answer.headers["location"] == "/sign-in?unsent=1"


def test_a_language_that_is_not_offered_is_refused_with_words(browser):
    answer = browser.post("/language", {"lang": "xx"})
    assert answer.status_code == 422
    assert "could not be read" in answer.text
