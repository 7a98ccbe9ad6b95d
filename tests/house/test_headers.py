"""Every response carries the protective headers, whatever went wrong on the way to it."""

import logging

import pytest
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError
from starlette.requests import Request

from app.visit.gate import for_participants, public
from app.visit.visits import ParticipantVisit
from tests.house.crawl import names, routes
from tests.house.tables import CANARY

pytestmark = pytest.mark.sweep

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def has_all(answer, *, stored: bool = False) -> None:
    said = {name: answer.headers.get(name) for name in HEADERS}
    assert said == HEADERS, answer.request.url
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "server" not in answer.headers and "x-powered-by" not in answer.headers
    if not stored:
        assert answer.headers["cache-control"] == "no-store", answer.request.url
        assert "HX-Request" in answer.headers["vary"]


@pytest.mark.req("W1")
def test_every_page_of_every_role_has_the_headers_and_is_never_stored(app, people, sown):
    for each in routes(app):
        for _, browser in names(people):
            if not each.unsafe:
                kept = each.path.startswith("/static/") or each.path == "/worker.js"
                has_all(each.send(browser), stored=kept)


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/nowhere", {}, 404),
        ("GET", "/static/nothing.css", {}, 404),
        ("GET", "/sign-out", {}, 405),
        ("TRACE", "/help", {}, 405),
        ("OPTIONS", "/help", {}, 204),
        ("GET", "/help", {"headers": {"Host": "evil.test"}}, 400),
        ("GET", "/help", {"headers": {"Host": ""}}, 400),
        ("POST", "/sign-in", {"headers": {"Origin": "https://evil.test"}}, 403),
        ("POST", "/sign-in", {"content": b"email=" + b"a" * 65536, "headers": FORM}, 413),
        ("POST", "/sign-in", {"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
        ("POST", "/sign-in", {"content": b"email=%00", "headers": FORM}, 422),
        ("POST", "/sign-in", {"content": b"email=%FF", "headers": FORM}, 422),
        ("POST", "/sign-in", {"data": {"email": "", "password": ""}}, 422),
        ("POST", "/sign-in", {"content": b"&".join([b"a=1"] * 1001), "headers": FORM}, 400),
    ],
)
def test_a_refusal_has_the_headers_too(browser, method, path, sent, status):
    answer = browser._portal.call(lambda: browser._client.request(method, path, **sent))
    assert answer.status_code == status
    has_all(answer, stored=path.startswith("/static/"))


def test_a_body_of_pieces_has_the_same_limit(browser):
    async def pieces():
        for _ in range(70):
            yield b"a" * 1000

    answer = browser.post("/sign-in", content=pieces(), headers=FORM)
    assert answer.status_code == 413
    has_all(answer)


@public
def crash(request: Request) -> None:
    raise ValueError(f"the value {CANARY} is wrong")


@for_participants
def crash_in_a_form(visit: ParticipantVisit) -> None:
    raise ValueError(f"the value {visit.form.one('words')} is wrong")


@public
def no_database(request: Request) -> None:
    raise OperationalError(f"SELECT {CANARY}", {}, Exception(CANARY))


@pytest.fixture
def crashing(planted):
    router = APIRouter()
    router.add_api_route("/crash", crash)
    router.add_api_route("/crash", crash_in_a_form, methods=["POST"])
    router.add_api_route("/no-database", no_database)
    with planted(router) as browser:
        yield browser


@pytest.mark.parametrize(("path", "status"), [("/crash", 500), ("/no-database", 503)])
@pytest.mark.req("W8")
def test_a_crash_has_the_headers_and_says_nothing_of_what_broke(crashing, caplog, path, status):
    caplog.set_level(logging.DEBUG)
    answer = crashing.get(path)
    assert answer.status_code == status
    has_all(answer)
    assert CANARY not in answer.text and "Traceback" not in answer.text
    assert CANARY not in caplog.text
    assert "request " in caplog.text


@pytest.mark.req("W9")
def test_what_somebody_typed_is_not_in_the_log_of_a_crash(crashing, people, caplog):
    caplog.set_level(logging.DEBUG)
    mine = crashing.signed_in(people["participant"].cookies["__Host-sid"])
    answer = mine.post("/crash", {"words": CANARY, "idem": "a" * 32})
    assert answer.status_code == 500
    has_all(answer)
    assert CANARY not in caplog.text
    assert f'name="words" value="{CANARY}"' in answer.text


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/debug", "/metrics"])
@pytest.mark.req("W10")
def test_the_server_does_not_describe_itself(browser, path):
    assert browser.get(path).status_code == 404
