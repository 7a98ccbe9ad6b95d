"""Every cookie that is ever set is locked to this site; every redirect stays on it."""

from http.cookies import SimpleCookie

import pytest
from fastapi import APIRouter
from starlette.responses import Response

from app.audit import SYSTEM
from app.signin import phone, staff
from app.visit.back import NO_PAGES
from app.visit.gate import public
from app.web.pages import see_other
from tests.browser import running
from tests.cast import PASSWORD
from tests.house.crawl import Recorder, routes, through

pytestmark = pytest.mark.sweep

ALL_COOKIES = {
    "__Host-sid",
    "__Host-dev",
    "__Host-start",
    "__Host-back",
    "__Host-lang",
    "__Host-note",
}


@public
def saved() -> Response:
    return see_other("/help", note="saved")


@pytest.fixture(scope="module")
def crawls():
    """What was seen on each database: once, for all who only read it."""
    return {}


@pytest.fixture
def crawled(crawls, backend, planted, app, database, cast, clock, people, sown):
    """Every page seen by everybody, and every door passed in both directions."""
    if backend not in crawls:
        crawls[backend] = _crawl(planted, app, database, cast, clock, people)
    return crawls[backend]


def _crawl(planted, app, database, cast, clock, people):
    recorder = Recorder(app)
    for each in routes(app):
        for browser in people.values():
            if not each.unsafe:
                each.send(through(browser, recorder))
    pass_all_doors(recorder, people["nobody"], database, cast, clock)
    router = APIRouter()
    router.add_api_route("/saved", saved)
    with planted(router) as browser:
        recorder.app = browser._app
        mine = through(browser, recorder)
        mine.get("/saved")
        mine.get("/help")
    return recorder


def pass_all_doors(recorder, nobody, database, cast, clock) -> None:
    with database.write() as session:
        invitation = phone.invite(session, cast.anna, cast.orlova, SYSTEM, clock())
        link = staff.make_link(session, cast.admin, SYSTEM, clock())
    mine = through(nobody, recorder)
    for path, data in [
        ("/start", {"code": invitation}),
        ("/start/pin", {"pin": "482913", "again": "482913"}),
        ("/lock", {"pin": "482913"}),
        ("/language", {"lang": "ru"}),
        ("/sign-in", {"email": "orlova@clinic.test", "password": PASSWORD, "next": "//evil.test"}),
        ("/sign-in/link", {"code": link}),
        ("/sign-out", {}),
    ]:
        assert mine.post(path, data).status_code == 303, path
    mine.get("/hide")


@pytest.mark.req("A11")
def test_every_cookie_is_locked_to_this_site(crawled):
    found = set()
    for each in crawled.seen:
        for line in each.all("set-cookie"):
            cookie = SimpleCookie(line)
            ((name, morsel),) = cookie.items()
            found.add(name)
            assert name.startswith("__Host-"), line
            assert morsel["secure"] and morsel["httponly"], line
            assert morsel["samesite"].lower() == "lax", line
            assert (morsel["path"], morsel["domain"]) == ("/", ""), line
    assert found == ALL_COOKIES


@pytest.mark.req("W6")
def test_every_redirect_but_hide_stays_on_this_site(crawled, database):
    left = set()
    for each in crawled.seen:
        for place in each.all("location"):
            if not place.startswith("/") or place.startswith(("//", "/\\")):
                left.add((each.path, place))
    assert left == {("/hide", database.settings.hide_url)}


def test_no_page_that_anybody_can_open_crashes(crawled):
    assert len(crawled.seen) >= 60
    crashed = [each for each in crawled.seen if each.status >= 500 and each.path != "/healthz"]
    assert crashed == []


def test_what_is_opened_and_no_page_to_come_back_to_is_named(app, people, sown):
    """Files, and the page of forms that wait: a door leads back to pages alone."""
    pages = [one for one in routes(app) if not one.unsafe and one.audience.kind == "participant"]
    files = set()
    for each in pages:
        answer = each.send(people["participant"])
        html = answer.headers.get("content-type", "text/html").startswith("text/html")
        if not html or "attachment" in answer.headers.get("content-disposition", ""):
            files.add(each.path)
    assert files | {"/held"} == {one.path for one in pages if one.path in NO_PAGES}


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test", "javascript:alert(1)", ""])
def test_a_redirect_to_elsewhere_is_a_mistake_of_ours_and_raises(wanted):
    with pytest.raises(ValueError, match="stays on this site"):
        see_other(wanted)


def test_the_recorder_sees_what_the_browser_sees(app):
    recorder = Recorder(app)
    with running(app) as browser:
        through(browser, recorder).get("/help")
    assert [(each.path, each.status) for each in recorder.seen] == [("/help", 200)]
