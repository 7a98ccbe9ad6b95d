"""A write that another site sends, or that nobody nameable sends, changes nothing."""

import re

import pytest

from app.models.diary import Note
from app.web.errors import ANEW, SECRET_PATHS
from app.web.pages import TEMPLATES_DIR
from tests.browser import hidden
from tests.diary.rows import rows
from tests.house.crawl import names, routes
from tests.house.tables import digest

pytestmark = pytest.mark.sweep
OWN_ORIGIN = "https://daybook.test"
NAMELESS = {
    "an origin that is hidden": {"Origin": "null"},
    "no origin": {"Origin": ""},
    "an address typed by hand": {"Origin": OWN_ORIGIN, "Sec-Fetch-Site": "none"},
}
REFUSED = {
    "another site": {"Origin": OWN_ORIGIN, "Sec-Fetch-Site": "cross-site"},
    "a sister domain": {"Origin": OWN_ORIGIN, "Sec-Fetch-Site": "same-site"},
    "a foreign origin": {"Origin": "https://evil.test"},
    "our name without its scheme": {"Origin": "http://daybook.test"},
    "our name as a prefix": {"Origin": OWN_ORIGIN + ".evil.test"},
    "another port": {"Origin": OWN_ORIGIN + ":8443"},
    "a foreign page": {"Origin": "", "Referer": "https://evil.test/daybook.test/"},
    "a foreign page of a hidden origin": {"Origin": "null", "Referer": OWN_ORIGIN + ".evil.test/"},
}
ALLOWED = {
    "the browser's own word": {"Origin": "", "Sec-Fetch-Site": "same-origin"},
    "our origin": {"Origin": OWN_ORIGIN},
    "our origin in capitals, with its port": {"Origin": "HTTPS://Daybook.TEST:443"},
    "our page, and nothing else": {"Origin": "", "Referer": OWN_ORIGIN + "/today/week"},
    "our page, of a hidden origin": {"Origin": "null", "Referer": OWN_ORIGIN + "/"},
}
SAYINGS = [*REFUSED, *NAMELESS]
# Cannot stand in a random token by chance.
PIN = "27-18-28"
TYPED = "what I typed here"


def unsafe(app) -> list:
    return [each for each in routes(app) if each.unsafe]


@pytest.mark.parametrize("said", SAYINGS)
@pytest.mark.req("W3")
def test_a_write_from_elsewhere_is_refused_on_every_route(app, people, sown, said, share):
    assert len(unsafe(app)) >= 7
    before = digest(sown)
    for row, each in enumerate(unsafe(app), SAYINGS.index(said)):
        for who, browser in share.of(names(people), row, 3):
            answer = each.send(browser, headers=(REFUSED | NAMELESS)[said])
            assert answer.status_code == 403, (each, who)
            assert "set-cookie" not in answer.headers, (each, who)
    assert digest(sown) == before


def test_the_origin_header_may_be_absent_altogether(app, people, sown):
    """An empty value and a missing header are not the same to a server."""
    before = digest(sown)
    for each in unsafe(app):
        browser = people["participant"].another()
        del browser._client.headers["Origin"]
        assert each.send(browser).status_code == 403, each
    assert digest(sown) == before


@pytest.mark.parametrize("said", ALLOWED)
def test_a_write_from_our_own_pages_is_let_through(app, people, said):
    for each in unsafe(app):
        if each.audience.kind == "public":
            assert each.send(people["nobody"], headers=ALLOWED[said]).status_code != 403, each


def test_what_was_typed_is_on_the_page_that_refuses_it_and_nobody_elses_can_be_sent_on(
    app, people, share
):
    """In the language that the browser asks for, with Help for whoever is no staff."""
    for row, each in enumerate(unsafe(app)):
        for who, browser in names(people):
            for said, told in share.of((REFUSED | NAMELESS).items(), row + len(who), 5):
                headers = {**told, "Accept-Language": "ru"}
                page = each.send(browser, data={"words": TYPED, "pin": PIN}, headers=headers)
                where = (each, who, said)
                secret = each.address() in SECRET_PATHS
                assert page.status_code == 403 and "<html" in page.text, where
                assert ('<html lang="ru"' in page.text) is (who == "nobody"), where
                assert (TYPED in page.text) is not secret, where
                assert PIN not in page.text, where
                assert ('name="from_here"' in page.text) is (said in NAMELESS), where
                staff = who not in ("participant", "nobody")
                assert ('href="/help"' in page.text) is not staff, where


@pytest.mark.parametrize("path", ["/LOCK", "/sign-in/x", "/Start/Pin", "/me/PIN", "/today"])
@pytest.mark.req("W8")
def test_no_page_shows_a_secret_again_whatever_address_it_was_sent_to(browser, path):
    secrets = {name: f"secret-{name}-0123456789" for name in ANEW if name != "email"}
    body = secrets | {"words": TYPED, "email": "a@b.test"}
    for said, told in (REFUSED | NAMELESS | ALLOWED).items():
        page = browser.post(path, body, headers=told).text
        assert TYPED in page and "a@b.test" in page, said
        assert not [secret for secret in secrets.values() if secret in page], said


def test_a_browser_that_never_says_where_it_is_sends_again_from_our_page(anna, database, clock):
    silent = {"Origin": ""}
    body = {"self_harm_thoughts": "0", "own_words": TYPED, "method": "each", "idem": "w1"}
    page = anna.post("/today/week", body, headers=silent)
    assert rows(database, Note) == []
    sent = {name: hidden(page, name) for name in [*body, "from_here"]}
    assert anna.post("/today/dose", sent, headers=silent).status_code == 403
    assert anna.another().post("/today/week", sent, headers=silent).status_code == 403
    forged = sent | {"from_here": "9999999999." + "0" * 64}
    assert anna.post("/today/week", forged, headers=silent).status_code == 403
    foreign = {"Origin": "https://evil.test"}
    assert anna.post("/today/week", sent, headers=foreign).status_code == 403
    assert rows(database, Note) == []
    assert anna.post("/today/week", sent, headers=silent).status_code == 303
    assert [note.text for note in rows(database, Note)] == [TYPED]
    clock.forward(minutes=11)
    assert not is_fresh(sent["from_here"], clock())


def is_fresh(signed, now):
    return int(signed.partition(".")[0]) > now.timestamp()


def test_a_part_of_a_page_gets_one_sentence(anna):
    answer = anna.post(
        "/today/week", {"own_words": TYPED}, headers={"Origin": "", "HX-Request": "true"}
    )
    assert answer.status_code == 403 and "<" not in answer.text and len(answer.text) < 200


_FORM = re.compile(r'<form\b[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
_SECRET = re.compile(r"""ui\.field\("(\w+)"[^}]*type="password\"""")


def test_every_password_that_a_page_asks_for_is_known_as_a_secret():
    """Else a page that refuses the form would show it among what was typed."""
    asked = {
        (action, name)
        for path in TEMPLATES_DIR.rglob("*.html")
        for action, body in _FORM.findall(path.read_text(encoding="utf-8"))
        for name in _SECRET.findall(body)
    }
    assert len(asked) >= 8
    assert {action for action, _ in asked} <= {*SECRET_PATHS}
    assert {name for _, name in asked} <= ANEW.keys()
