"""The staff's door: password, throttle, one-time link, idle time."""

from app.audit import SYSTEM
from app.auth import staff
from tests.cast import PASSWORD


def sign_in(browser, password=PASSWORD, email="orlova@clinic.test", wanted="/participants"):
    return browser.post("/sign-in", {"email": email, "password": password, "next": wanted})


def test_the_right_password_leads_to_the_wanted_page(browser):
    assert sign_in(browser).headers["location"] == "/participants"


def test_an_address_elsewhere_is_not_followed(browser):
    for wanted in ("https://evil.test/", "//evil.test", "/\\evil.test"):
        assert sign_in(browser.another(), wanted=wanted).headers["location"] == "/flags"


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


def test_a_session_ends_with_sign_out(browser):
    sign_in(browser)
    token = browser.cookies["__Host-sid"]
    browser.post("/sign-out")
    again = browser.signed_in(token)
    assert again.get("/flags").headers["location"].startswith("/sign-in")


def test_what_is_sent_after_half_an_hour_is_said_not_to_be_stored(browser, clock):
    sign_in(browser)
    clock.forward(minutes=31)
    flag = "/flags/" + "a" * 16
    sent_from = {"Referer": f"https://daybook.test{flag}"}
    answer = browser.post(f"{flag}/resolve", {"note": "a long note"}, headers=sent_from)
    door = answer.headers["location"]
    page = browser.get(door)
    assert "what you sent was not stored" in page.text and "a long note" not in page.text + door
    assert f'name="next" value="{flag}"' in page.text
    assert "was not stored" not in browser.get("/sign-in").text


def test_a_form_from_elsewhere_leads_to_the_first_page(browser):
    elsewhere = {"Referer": "https://evil.test/flags"}
    answer = browser.post("/flags/" + "a" * 16 + "/resolve", {"note": "n"}, headers=elsewhere)
    assert answer.headers["location"] == "/sign-in?unsent=1"


def test_a_language_that_is_not_offered_is_refused_with_words(browser):
    answer = browser.post("/language", {"lang": "xx"})
    assert answer.status_code == 422
    assert "could not be read" in answer.text
