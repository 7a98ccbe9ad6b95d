"""HEAD, OPTIONS and a probe by address, over every route there is."""

import pytest

from tests.house.crawl import names, routes
from tests.house.tables import digest

pytestmark = pytest.mark.sweep

BASE = "https://daybook.test"
FOREIGN = ("10.0.0.5:8000", "10.0.0.5", "localhost", "[::1]:8000", "evil.test", "a b", "", "[")


def send(browser, method, path, **options):
    request = browser._client.request
    return browser._portal.call(lambda: request(method, path, **options))


def told(answer):
    """What the head of an answer says of its body; compression makes its length a matter of
    what stands on the page, such as a new key of a form."""
    same = ("content-type", "location", "cache-control", "content-security-policy", "hx-redirect")
    return answer.status_code, {name: answer.headers.get(name) for name in same}


def test_head_answers_as_get_does_with_no_body_and_changes_nothing(app, people, sown):
    before, tried = digest(sown), 0
    gets = [each for each in routes(app) if each.method == "GET"]
    heads = {}
    for each in gets:
        for who, browser in names(people):
            answer = send(browser, "HEAD", each.address())
            assert answer.content == b"", each
            assert "set-cookie" not in answer.headers, each
            assert "clear-site-data" not in answer.headers, each
            heads[each, who] = told(answer)
            tried += 1
        after = digest(sown)
        assert after == before, each
    assert tried >= 300
    for each in gets:
        for who, browser in names(people):
            assert told(each.send(browser)) == heads[each, who], (each, who)


def test_the_length_that_head_tells_is_that_of_the_body(browser):
    plain = {"Accept-Encoding": "identity"}
    for path in ("/healthz", "/static/app.css", "/help", "/no/such/page"):
        head = send(browser, "HEAD", path, headers=plain)
        got = browser.get(path, headers=plain)
        assert head.status_code == got.status_code
        assert int(head.headers["content-length"]) == len(got.content) > 0, path


def test_options_names_what_every_address_takes(app, people):
    everything = routes(app)
    for each in everything:
        answer = send(people["nobody"], "OPTIONS", each.address())
        assert (answer.status_code, answer.content) == (204, b""), each
        allowed = set(answer.headers["allow"].split(", "))
        own = {one.method for one in everything if one.path == each.path}
        assert own | {"OPTIONS"} <= allowed, each
        assert ("HEAD" in allowed) == ("GET" in allowed), each
        assert allowed <= {"GET", "HEAD", "OPTIONS", "POST"}, each
        assert "content-security-policy" in answer.headers
    nowhere = send(people["nobody"], "OPTIONS", "/no/such/page")
    assert nowhere.status_code == 404 and "allow" not in nowhere.headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST", "HEAD", "GET", "TRACE"])
@pytest.mark.req("W10")
def test_what_an_address_does_not_take_is_told_with_what_it_does(app, people, method):
    for each in routes(app):
        allowed = send(people["nobody"], "OPTIONS", each.address()).headers["allow"]
        if method in allowed.split(", "):
            continue
        answer = send(people["nobody"], method, each.address(), headers={"Origin": BASE})
        assert (answer.status_code, answer.headers.get("allow")) == (405, allowed), each


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.req("W6")
def test_a_probe_finds_life_by_any_address_and_nothing_else(app, people, host):
    for method in ("GET", "HEAD", "OPTIONS"):
        answer = send(people["nobody"], method, "/healthz", headers={"Host": host})
        assert answer.status_code in (200, 204, 503), method
    for each in routes(app):
        if each.path == "/healthz":
            continue
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            answer = send(people["participant"], method, each.address(), headers={"Host": host})
            assert answer.status_code == 400, (each, method)


@pytest.mark.parametrize(
    "host", ["daybook.test", "Daybook.TEST", "daybook.test.", "daybook.test:443"]
)
def test_the_own_name_is_known_in_every_spelling(browser, host):
    assert browser.get("/help", headers={"Host": host}).status_code == 200
