"""Whatever arrives in a body is read as far as it goes, by work that its length bounds."""

import json
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import typed
from app.web import bodies
from app.web.bodies import FORM, MAX_BODY, MAX_FIELDS, MAX_PARTS, MAX_READ, parse
from app.web.forms import form_from
from tests.cast import NOW
from tests.web.test_error_page import UNWELL

MULTI = "multipart/form-data; boundary=X"
HEAD = b'--X\r\nContent-Disposition: form-data; name="a"'
PART = HEAD + b"\r\n\r\nb\r\n"
HOSTILE = {
    "names alone": (FORM, b"a&"),
    "nothing between": (FORM, b"&"),
    "pairs": (FORM, b"a=1&"),
    "lines": ("text/plain", b"a=1\r\n"),
    "pairs that are no form": ("text/css", b"a=1&"),
    "parts": (MULTI, PART),
    "boundaries": (MULTI, b"\r\n--X"),
    "parameters": (MULTI, HEAD + b"; a=b" * MAX_READ),
    "brackets": (MULTI, HEAD[:-3] + b"(" * MAX_READ),
    "parts in parts": (
        MULTI,
        b"".join(
            b"--X\r\nContent-Type: multipart/form-data; boundary=X\r\n\r\n%s" % PART
            for _ in range(2000)
        ),
    ),
    "values of one name": ("application/json", json.dumps({"a": [1] * 300_000}).encode()),
    "lists in lists": ("application/json", b"[" * MAX_READ),
    "a long number": ("application/json", b'{"a": ' + b"9" * 100_000 + b"}"),
}


@pytest.fixture
def looked_at(monkeypatch):
    """How often a part became a pair."""
    made = []
    pair = bodies._pair
    monkeypatch.setattr(bodies, "_pair", lambda *sent: made.append(1) or pair(*sent))
    return made


@pytest.mark.parametrize("kind", HOSTILE)
def test_of_a_body_that_never_ends_so_many_parts_are_looked_at(looked_at, kind):
    content_type, piece = HOSTILE[kind]
    body = parse((piece * (MAX_READ // len(piece) + 1))[:MAX_READ], content_type)
    assert len(looked_at) <= MAX_PARTS and len(body.pairs) <= MAX_PARTS
    assert body.fault


def test_a_part_whose_head_is_long_is_not_looked_into(looked_at):
    """Its parameters are not told apart: that took seconds for what fits a small form."""
    body = parse(HEAD + b"; a=b" * 300 + b"\r\n\r\nb\r\n" + PART + b"--X--\r\n", MULTI)
    assert [(pair.name, pair.value) for pair in body.pairs] == [("a", "b")]
    assert len(looked_at) == 1


def test_files_and_parts_in_parts_are_left_out_and_fields_read_as_they_are_written():
    other = b"--X\r\ncontent-disposition: form-data; name=%s\r\n\r\n%s\r\n"
    file = b'--X\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\nb\r\n'
    raw = PART + other % (b"c", b"\xd1\x8f\r\n\r\n1") + file + other % (b'""', b"") + b"--X--"
    for told in (MULTI, 'multipart/form-data; charset=x; Boundary="X"'):
        body = parse(raw, told)
        found = [(pair.name, pair.value) for pair in body.pairs]
        assert found == [("a", "b"), ("c", "\u044f\r\n\r\n1")]
        assert body.status == 415


KINDS = (FORM, MULTI, "multipart/form-data", "application/json", "text/plain", "", "x;=\x00/")
SHREDS = (PART, HEAD, b"--X--", b"&", b"=", b"%", b"\r\n", b'"', b"{", b"[", b":", b"\xff", b"\x00")


@given(st.sampled_from(KINDS), st.lists(st.sampled_from(SHREDS) | st.binary(max_size=9)))
def test_no_body_raises_and_none_makes_more_than_it_is(kind, pieces):
    raw = b"".join(pieces)
    form = form_from(parse(raw, kind))
    assert sum(len(name) + len(value) for name, value in form.pairs()) <= 2 * len(raw)


@pytest.mark.parametrize("kind", [MULTI, FORM])
def test_what_nobody_foresaw_is_a_form_that_could_not_be_read(monkeypatch, kind):
    def broken(*_):
        raise RecursionError

    monkeypatch.setattr(bodies, "_pair", broken)
    body = parse(PART, kind)
    assert (body.pairs, body.status) == ([], 400)


@given(st.datetimes(), st.integers(-24 * 60 + 1, 24 * 60 - 1))
def test_the_clock_of_a_phone_may_tell_any_moment(at, minutes):
    hours, rest = divmod(abs(minutes), 60)
    told = f"{at.isoformat()}{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
    form = form_from(parse(f"client_at={told}".replace("+", "%2B").encode(), FORM))
    if form.client_at is not None:
        assert abs((form.client_at - NOW).total_seconds()) < 2**31


@pytest.mark.parametrize(
    "told",
    [
        "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-14:00",
        "1999-12-31T23:59:59Z",
        "2099-01-01T00:00:00Z",
    ],
)
def test_a_danger_beside_a_clock_that_is_no_time_is_acted_on(anna, told):
    answer = anna.post(
        "/today/check/new/6",
        None,
        content=f"signs=seizure&method=each&client_at={told}&idem=a",
        headers={"Content-Type": FORM},
    )
    assert answer.status_code in (200, 303)


def test_marks_above_a_letter_are_put_in_order_where_they_are_few(monkeypatch):
    """To sort them takes the square of their number."""
    lengths = []

    def sorting(form, text):
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(typed.unicodedata, "normalize", sorting)
    typed.plain("a" + "\u0301\u0316" * 30_000)
    assert typed.plain(" \uff11\uff12 ") == "12"
    assert max(lengths) <= 500


def test_a_refusal_shows_as_much_as_a_form_may_be_long(anna, browser):
    """The words of anybody at all, and no more of them than they could have stored."""
    for phone, most in ((anna, MAX_BODY), (browser, MAX_BODY)):
        for headers in ({"Origin": "https://evil.test"}, {"Origin": ""}):
            answer = phone.post("/today/week", {"own_words": "q" * 900_000}, headers=headers)
            assert answer.status_code == 403 and UNWELL["en"] in answer.text
            assert most // 2 < answer.text.count("q") < most + 1000


def test_too_many_fields_are_said(anna):
    many = "&".join(["a=1"] * (MAX_FIELDS + 1))
    assert parse(many.encode()).status == 400
    assert parse(b"&" * MAX_READ).status == 400
