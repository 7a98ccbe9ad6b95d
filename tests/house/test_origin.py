"""A write that another site sends, or that nobody nameable sends, changes nothing."""

import pytest

from tests.house.crawl import names, routes
from tests.house.tables import digest

OWN_ORIGIN = "https://daybook.test"
REFUSED = {
    "another site": {"Origin": OWN_ORIGIN, "Sec-Fetch-Site": "cross-site"},
    "a sister domain": {"Origin": OWN_ORIGIN, "Sec-Fetch-Site": "same-site"},
    "an address typed by hand": {"Origin": OWN_ORIGIN, "Sec-Fetch-Site": "none"},
    "a foreign origin": {"Origin": "https://evil.test"},
    "our name without its scheme": {"Origin": "http://daybook.test"},
    "our name as a prefix": {"Origin": OWN_ORIGIN + ".evil.test"},
    "another port": {"Origin": OWN_ORIGIN + ":8443"},
    "an origin that is hidden": {"Origin": "null"},
    "no origin": {"Origin": ""},
}
ALLOWED = {
    "the browser's own word": {"Origin": "", "Sec-Fetch-Site": "same-origin"},
    "our origin": {"Origin": OWN_ORIGIN},
}


def unsafe(app) -> list:
    return [each for each in routes(app) if each.unsafe]


@pytest.mark.parametrize("said", REFUSED)
def test_a_write_from_elsewhere_is_refused_on_every_route(app, people, sown, said):
    assert len(unsafe(app)) >= 7
    before = digest(sown)
    for each in unsafe(app):
        for who, browser in names(people):
            answer = each.send(browser, headers=REFUSED[said])
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
