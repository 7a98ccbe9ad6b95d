"""Telephone numbers on the pages: never broken over two lines, and dialled by a tap."""

import re

import pytest

from app.web.telephone import dial, tel
from tests.cast import participant_session

LINKED = re.compile(r'<(a|span)\b[^>]*class="nb"[^>]*>[^<]*</\1>')
CLINIC, CRISIS = "8 812 000-00-02", "8 800 000-00-01"


@pytest.mark.parametrize(
    ("number", "address"),
    [("112", "112"), ("8 812 000-00-02", "88120000002"), ("+7 (812) 000-00-00", "+78120000000")],
)
def test_a_number_is_dialled_without_what_only_helps_to_read_it(number, address):
    assert tel(number) == address


def test_a_number_in_a_text_is_a_link_and_the_rest_is_escaped():
    said = dial("Call <us>: 8 812 000-00-02.", ["112", CLINIC])
    assert said == ('Call &lt;us&gt;: <a class="nb" href="tel:88120000002">8 812 000-00-02</a>.')


@pytest.mark.parametrize("text", ["8 812 112-00-02", "room 1120", "in 2112", "9-112"])
def test_a_short_number_within_a_longer_one_is_none(text):
    assert dial(text, ["112"]) == text
    assert dial("8 800 112 33 44", ["112", "8 800 112 33 44"]).count("<a ") == 1


def test_a_site_without_a_number_leaves_the_text_alone():
    assert dial("Call 112", ["", ""]) == "Call 112"


def test_no_page_of_the_phone_has_a_number_that_can_break(anna, browser, database, cast, clock):
    anna.post("/day/2026-11-22/other", {"substance": "opioid", "idem": "o1"})
    asked = [anna.get("/today"), anna.get("/today/dose")]
    assert f'<a class="nb" href="tel:88120000002">{CLINIC}</a>.' in asked[0].text
    anna.post("/today/dose", {"answer": "not_taken", "idem": "d1"})
    paths = (
        "/today", "/today/dose", "/today/week", "/today/check/new/1", "/today/check/new/now",
        "/help", "/help/now", "/help/soon", "/help/talk",
    )  # fmt: skip
    clock.forward(minutes=1)
    phone = browser.signed_in(participant_session(database, cast.anna, clock()))
    found = 0
    for page in [*asked, *map(phone.get, paths)]:
        bare = LINKED.sub("", page.text)
        found += page.text.count(CLINIC) + page.text.count(CRISIS)
        assert CLINIC not in bare and CRISIS not in bare, page.url
    assert found >= 20
