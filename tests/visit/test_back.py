"""Where a door leads back to: the page that was asked for, on every page and after every form."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from app.models.people import HeldPost
from app.visit import back
from app.visit.back import BACK_COOKIE, NO_PAGES
from app.visit.identity import DEVICE_COOKIE
from tests.browser import words
from tests.cast import PASSWORD, PIN
from tests.diary.rows import rows
from tests.house.crawl import routes
from tests.house.test_phone_forms import GOOD
from tests.signin.test_phone import opened

pytestmark = pytest.mark.sweep

BASE = "https://daybook.test"
# A form that was pressed and not typed is pressed again: nothing of it waits.
PRESSED = {"/worksheets/about/{sheet}", "/worksheets/{public_id}/share"}


@pytest.fixture
def mine(browser, database, cast, clock):
    """ANNA's phone, open."""
    return opened(browser.another(), database, cast, clock)


def of(app, method, kind="participant"):
    return [one for one in routes(app) if (one.method, one.audience.kind) == (method, kind)]


def unlock(phone):
    return phone.post("/lock", {"pin": PIN}).headers["location"]


def nearest(path):
    """Where a file leads back to: the page above it, or Today."""
    above = path.startswith(("/me/copy/", "/me/consent/"))
    return path.rpartition("/")[0] if above else "/today"


def test_every_page_that_met_the_lock_opens_after_it_with_its_query(app, mine, clock):
    tried = 0
    for each in of(app, "GET"):
        asked = each.address() + "?from=calendar"
        page = each.path not in NO_PAGES
        clock.forward(minutes=4)
        answer = mine.get(asked)
        assert (answer.status_code, answer.headers["location"]) == (303, "/lock"), each
        assert each.address() not in str(answer.headers).replace("/today", ""), each
        mine.get("/lock")
        if page:  # loaded again, with the Referer of the page before
            mine.get("/lock", headers={"Referer": f"{BASE}/calendar"})
        assert mine.post("/lock", {"pin": "111222"}).status_code == 422
        assert unlock(mine) == (asked if page else nearest(each.path)), each
        assert BACK_COOKIE not in mine.cookies, each
        tried += page
    assert tried >= 20


def test_every_page_that_locks_itself_opens_after_it(app, mine):
    for each in of(app, "GET"):
        page = each.path not in NO_PAGES
        mine.get("/lock", headers={"Referer": BASE + each.address()})
        assert unlock(mine) == (each.address() if page else "/today"), each


def sheet_page(path):
    return path.startswith("/worksheets/") and "{page}" in path


def test_every_form_that_met_the_lock_says_what_becomes_of_it(app, mine, database, clock):
    tried = 0
    for each in of(app, "POST"):
        if not GOOD[each.path] or each.path in PRESSED:
            continue
        clock.forward(minutes=4)
        mine.post(each.address(), {name: "1" for name, _ in GOOD[each.path]})
        assert unlock(mine) == "/held", each
        page = mine.get("/held")
        said = words(page)
        if each.path.startswith("/worksheets"):
            assert "Keep it in the worksheet" in said and "Throw it away" in said, each
            assert "shows it to nobody" in said and "end it now" not in said, each
            assert "diary" not in said, each
        elif each.path.startswith("/me"):
            assert "Save the settings" in said and "Send it now" not in said, each
        elif each.path.endswith(("/forget", "/back")):
            assert "Take it out" in said and "Send it now" not in said, each
        else:
            assert "Send it now" in said and "It is not in your diary yet." in said, each
        where = f"{each.address()}/draft" if sheet_page(each.path) else each.address()
        assert f'action="{where.removesuffix("/draft/draft")}' in page.text, each
        (row,) = rows(database, HeldPost)
        assert mine.post("/held/drop", {"held": row.id}).headers["location"] == "/held"
        assert mine.get("/held").headers["location"] != "/today" or each.path.startswith("/today")
        assert rows(database, HeldPost) == []
        tried += 1
    assert tried >= 12


@pytest.mark.parametrize("path", sorted(GOOD))
def test_a_button_that_was_pressed_waits_for_nothing(mine, clock, path, database):
    clock.forward(minutes=4)
    address = path.replace("{public_id}", "a" * 16).replace("{page}", "1")
    mine.post(address.replace("{day}", "2026-11-22").replace("{sheet}", "values"), {"stood": "x"})
    assert rows(database, HeldPost) == []


def test_several_forms_wait_in_turn_and_lead_to_the_page_asked_for_last(mine, clock, database):
    clock.forward(minutes=4)
    for number in "12":
        form = {"alcohol_craving": number, "opioid_craving": "0", "method": "each"}
        mine.post("/today/urges", {**form, "idem": f"u{number}"})
    mine.get("/me/days/2026-11?page_number=1")
    assert unlock(mine) == "/held"
    left = [row.id for row in rows(database, HeldPost)]
    assert len(left) == 2
    form = {"alcohol_craving": "1", "opioid_craving": "0", "method": "each", "idem": "u1"}
    assert mine.post("/today/urges", {**form, "held": left[0]}).headers["location"] == "/held"
    form = {**form, "alcohol_craving": "2", "idem": "u2", "held": left[1]}
    done = mine.post("/today/urges", form)
    assert done.headers["location"] == "/me/days/2026-11?page_number=1"
    assert BACK_COOKIE not in mine.cookies


def test_a_form_that_was_kept_goes_on_as_without_the_lock(mine, clock, database):
    form = {"alcohol_craving": "3", "opioid_craving": "2", "method": "each"}
    usual = mine.post("/today/urges", {**form, "idem": "a"}).headers["location"]
    clock.forward(hours=5)
    mine.post("/today/urges", {**form, "idem": "b"}, headers={"Referer": f"{BASE}/today/urges"})
    assert unlock(mine) == "/held"
    (row,) = rows(database, HeldPost)
    done = mine.post("/today/urges", {**form, "idem": "b", "held": row.id})
    assert done.headers["location"].split("?")[0] == usual.split("?")[0]


def test_a_form_that_is_thrown_away_leads_back_to_its_page(mine, clock, database):
    clock.forward(minutes=4)
    sent_from = {"Referer": f"{BASE}/day/2026-11-22?from=calendar"}
    mine.post("/day/2026-11-22", {"n:beer:500:5": "2"}, headers=sent_from)
    assert unlock(mine) == "/held"
    mine.get("/held")
    (row,) = rows(database, HeldPost)
    mine.post("/held/drop", {"held": row.id})
    assert mine.get("/held").headers["location"] == "/day/2026-11-22?from=calendar"


def test_hide_leads_to_today_by_intent(mine, clock):
    clock.forward(minutes=4)
    mine.get("/me/days")
    mine.get("/hide")
    mine.get("/lock")
    assert unlock(mine) == "/today"


@pytest.mark.req("W6")
def test_nobody_is_led_elsewhere(app, browser, database, cast, clock, mine):
    clock.forward(minutes=4)
    mine.get("/me/days")
    other = opened(browser.another(), database, cast, clock)
    other.cookies.set(BACK_COOKIE, mine.cookies[BACK_COOKIE], domain="daybook.test", path="/")
    assert mine.cookies[DEVICE_COOKIE] != other.cookies[DEVICE_COOKIE]
    other.get("/lock")
    assert unlock(other) == "/today"
    for forged in ("/me/days", "1.AAAA", database.keys.seal('["start", "1", "/me", "", ""]')):
        other.cookies.set(BACK_COOKIE, forged, domain="daybook.test", path="/")
        other.get("/lock")
        assert unlock(other) == "/today"
    for referer in (
        "https://evil.test/me",
        f"{BASE}.evil.test/me",
        f"{BASE}@evil.test/me",
        f"{BASE}//evil.test/me",
        f"{BASE}/hide",
        f"{BASE}/flags",
        f"{BASE}/lock",
        f"{BASE}/held",
        f"{BASE}/sign-in",
        "/me",
        "",
    ):
        other.get("/lock", headers={"Referer": referer})
        assert unlock(other) == "/today", referer


def test_a_fragment_is_no_page_to_come_back_to(mine, clock):
    clock.forward(minutes=4)
    sent_from = {"HX-Request": "true", "Referer": f"{BASE}/me/days"}
    assert mine.get("/me", headers=sent_from).status_code == 401
    assert unlock(mine) == "/me/days"


# --- staff ---------------------------------------------------------------------------------

SIGN_IN = {"email": "petrova@clinic.test", "password": PASSWORD}


def signed_in_after(browser, asked):
    """Where the sign-in leads that ``asked`` (an answer) sent somebody to."""
    place = asked.headers["location"]
    assert place.startswith("/sign-in")
    page = browser.get(place)
    wanted = parse_qs(urlsplit(place).query).get("next", ["/flags"])[0]
    assert f'name="next" value="{wanted.replace("&", "&amp;")}"' in page.text
    again = browser.post("/sign-in", {**SIGN_IN, "password": "wrong", "next": wanted})
    assert f'value="{wanted.replace("&", "&amp;")}"' in again.text
    return browser.another().post("/sign-in", {**SIGN_IN, "next": wanted}).headers["location"]


def test_staff_come_back_to_the_page_they_asked_for_with_its_query(app, browser, clock):
    for number, each in enumerate(of(app, "GET", "staff")):
        clock.forward(minutes=15)
        if each.address().startswith("/sign-in/"):  # a door, which leads on by itself
            continue
        for asked in (
            each.address() + f"?show=closed&page_number={number}&x=a%26b",
            each.address(),
        ):
            assert signed_in_after(browser, browser.get(asked)) == asked


def test_staff_come_back_after_half_an_hour_and_after_a_form(browser, petrova, clock):
    page = "/flags?show=all&page_number=2"
    clock.forward(minutes=31)
    assert signed_in_after(browser, petrova.get(page)) == page
    sent_from = {"Referer": BASE + page}
    sent = petrova.post(f"/flags/{'a' * 16}/note", headers=sent_from)
    assert "unsent=1" in sent.headers["location"]
    assert signed_in_after(browser, sent) == page
    polled = petrova.get("/flags", headers={**sent_from, "HX-Request": "true"})
    assert polled.status_code == 401
    assert parse_qs(urlsplit(polled.headers["HX-Redirect"]).query)["next"] == [page]


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.test",
        "/\\evil.test",
        "/\t/evil.test",
        "https://evil.test/flags",
        "/hide",
        "/sign-out",
        "/lock",
        "/me",
        "/flags\n",
        "",
        "/no/such/page",
    ],
)
def test_a_sign_in_leads_to_a_page_of_staff_or_to_the_first_one(browser, wanted):
    assert 'name="next" value="/flags"' in browser.get(f"/sign-in?next={quote(wanted)}").text
    answer = browser.post("/sign-in", {**SIGN_IN, "next": wanted})
    assert answer.headers["location"] == "/flags"


@pytest.mark.parametrize(
    "page", ["/flags?show=all&page_number=2", "/sign-in?unsent=1&next=/flags", "/calendar?from=x"]
)
def test_another_language_keeps_the_page_and_its_query(browser, page):
    answer = browser.post("/language", {"lang": "ru"}, headers={"Referer": BASE + page})
    assert answer.headers["location"] == page
    assert browser.post("/language", {"lang": "ru"}).headers["location"] == "/"


def test_a_long_query_does_not_fill_the_cookie(app):
    assert back.own_page(app, "/today?" + "a" * 5000, "participant") == "/today"


def test_what_waited_stays_while_its_sending_is_refused(mine, database, clock):
    clock.forward(minutes=4)
    words_typed = {"own_words": "a" * 5000, "low_mood": "1", "method": "each"}
    mine.post("/today/week", words_typed | {"idem": "w1"})
    assert unlock(mine) == "/held"
    (row,) = rows(database, HeldPost)
    assert mine.post("/today/week", words_typed | {"held": row.id}).status_code == 422
    assert [one.id for one in rows(database, HeldPost)] == [row.id]
    fit = words_typed | {"own_words": "short", "held": row.id, "idem": "w2"}
    assert mine.post("/today/week", fit).status_code == 303
    assert rows(database, HeldPost) == []
