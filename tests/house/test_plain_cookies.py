"""Cookies are locked to https everywhere but in the demo on the own machine, where Safari would
keep none of them."""

from http.cookies import SimpleCookie

import pytest

from app.main import create_app
from app.settings import Settings
from app.start import CannotStart, check_production
from app.web.middleware import SecurityHeaders
from app.web.plain_cookies import PlainCookies
from tests.browser import running
from tests.house.crawl import Recorder, through
from tests.house.test_cookies_and_redirects import pass_all_doors

PLAIN = [
    (True, "http://localhost:8000"),
    (True, "http://127.0.0.1:8123"),
    (True, "http://localhost"),
    (True, "http://[::1]:8000"),
]
LOCKED = [
    (False, "http://localhost:8000"),
    (False, "http://127.0.0.1:8000"),
    (True, "https://localhost:8000"),
    (True, "https://demo.test"),
    (True, "http://demo.test"),
    (True, "http://192.168.1.7:8000"),
    (True, "http://localhost.demo.test"),
    (False, "https://daybook.test"),
]


def cookies_of(database, cast, clock, demo, base_url):
    """Every cookie that is set or taken back on the way through all doors; its attributes."""
    settings = database.settings.model_copy(update={"demo": demo, "base_url": base_url})
    recorder = Recorder(create_app(settings, database, clock))
    with running(recorder.app) as browser:
        pass_all_doors(recorder, browser, database, cast, clock)
        through(browser, recorder).post("/language", {"lang": "en"})
    lines = [line for each in recorder.seen for line in each.all("set-cookie")]
    assert len(lines) > 5
    return [morsel for line in lines for morsel in SimpleCookie(line).values()]


@pytest.mark.parametrize(("demo", "base_url"), PLAIN)
def test_the_demo_on_the_own_machine_sets_cookies_that_every_browser_keeps(
    database, cast, clock, demo, base_url
):
    """All doors are passed by a browser that keeps no Secure cookie of a plain address."""
    found = cookies_of(database, cast, clock, demo, base_url)
    assert {"daybook-sid", "daybook-dev", "daybook-lang"} <= {one.key for one in found}
    for one in found:
        assert not one.key.startswith("__") and not one["secure"], one
        assert one["httponly"] and one["samesite"].lower() == "lax", one
        assert (one["path"], one["domain"]) == ("/", ""), one


@pytest.mark.parametrize(("demo", "base_url"), LOCKED)
@pytest.mark.req("A11")
def test_everywhere_else_every_cookie_keeps_both_locks(database, clock, demo, base_url):
    settings = database.settings.model_copy(update={"demo": demo, "base_url": base_url})
    app = create_app(settings, database, clock)
    assert PlainCookies not in [one.cls for one in app.user_middleware]
    with running(app) as browser:
        answer = browser.post("/language", {"lang": "ru"})
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert cookie.key == "__Host-lang" and cookie["secure"]


@pytest.mark.parametrize("base_url", [address for _, address in PLAIN])
def test_a_server_for_real_never_starts_so(tmp_path, base_url):
    key = tmp_path / "key"
    key.write_text("00" * 32)
    settings = Settings(
        data_dir=tmp_path / "data",
        key_file=key,
        base_url=base_url,
        smtp_url="smtp://localhost",
        trusted_proxy="127.0.0.1",
    )
    assert not settings.plain_demo
    with pytest.raises(CannotStart, match="https"):
        check_production(settings)
    with pytest.raises(CannotStart, match="DEMO"):
        check_production(settings.model_copy(update={"demo": True}))


def test_it_stands_around_everything_that_could_set_a_cookie(database):
    settings = database.settings.model_copy(
        update={"demo": True, "base_url": "http://localhost:8000"}
    )
    outermost = [one.cls for one in create_app(settings, database).user_middleware][:2]
    assert outermost == [PlainCookies, SecurityHeaders]


def test_a_cookie_of_another_start_never_hides_the_new_one(database, cast, clock):
    settings = database.settings.model_copy(
        update={"demo": True, "base_url": "http://localhost:8000"}
    )
    with running(create_app(settings, database, clock)) as browser:
        russian = browser.get("/help", headers={"Cookie": "__Host-lang=en; daybook-lang=ru"})
        stale = browser.get("/help", headers={"Cookie": "__Host-lang=ru"})
    assert 'lang="ru"' in russian.text and 'lang="en"' in stale.text
