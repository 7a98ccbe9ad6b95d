"""The forms of participants: nothing is answered beforehand, and nothing hostile is kept."""

import re
from urllib.parse import quote, urlencode

import pytest

from app.models.diary import MarkerDay, Note, SubstanceDay
from app.visit.gate import audiences
from app.web.static import static_files
from tests.diary.rows import rows
from tests.house.phone import DAY, GOOD, posts
from tests.house.tables import digest
from tests.phone import demo_database, pages, person_of

pytestmark = pytest.mark.sweep

FIRST_FLIGHT = 14_600
# Kept in no field: NUL, half a character, what is no text.
HOSTILE = {
    "nul": "a%00b",
    "half a character": "a%ED%A0%80b",
    "no utf-8": "a%FFb",
    "a megabyte": "a" * 1_000_000,
}
SCRIPTS = "Тихо 🌙 静か שלום مرحبا ไทย é 👩🏽‍⚕️"


def stored(database):
    return digest(database, without=["auth_session"])


def answers(database):
    """What is told; what only waits to be told, sealed or in a draft, is left out."""
    return digest(database, without=["auth_session", "held_post", "worksheet_draft"])


def test_every_form_of_participants_is_tried(app):
    assert set(posts(app)) == set(GOOD)


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_nobody_can_keep_is_refused_everywhere_and_nothing_is_stored(
    app, send, database, kind
):
    for path in posts(app):
        before = answers(database)
        for name in [name for name, _ in GOOD[path]] or ["idem"]:
            answer = send(path, f"{quote(name)}={HOSTILE[kind]}")
            assert 400 <= answer.status_code < 500, (path, name)
        answer = send(path, f"{HOSTILE[kind]}=1")
        assert 400 <= answer.status_code < 500, path
        assert answers(database) == before, path


@pytest.mark.req("Z5")
def test_a_field_that_no_page_has_is_refused_and_nothing_is_stored(app, send, database):
    for path in posts(app):
        before = stored(database)
        answer = send(path, urlencode([*GOOD[path], ("surprise", "1")]))
        assert 400 <= answer.status_code < 500, path
        assert stored(database) == before, path


def test_a_field_that_takes_one_answer_is_refused_where_it_comes_twice(app, send, database):
    for path in posts(app):
        for name, value in GOOD[path] or [("idem", "t1")]:
            before = stored(database)
            rest = [pair for pair in GOOD[path] if pair[0] != name]
            answer = send(path, urlencode([*rest, (name, value), (name, value)]))
            assert 400 <= answer.status_code < 500, (path, name)
            assert stored(database) == before, (path, name)


def test_every_script_and_emoji_comes_back_unchanged(send, anna, ids, database):
    send("/today/week", urlencode([("own_words", SCRIPTS), ("method", "each")]))
    send("/day/{day}/other/more", urlencode([("note-cannabis", SCRIPTS)]))
    send("/calendar/{day}/marker", urlencode([("text", SCRIPTS)]))
    send("/worksheets/{public_id}/{page}", urlencode([("change", SCRIPTS)]))
    assert [note.text for note in rows(database, Note)] == [SCRIPTS]
    assert rows(database, SubstanceDay)[-1].items[0]["note"] == SCRIPTS
    assert [marker.text for marker in rows(database, MarkerDay)] == [SCRIPTS]
    assert SCRIPTS in anna.get("/me/days").text
    assert SCRIPTS in anna.get(f"/day/{DAY}/other/more").text
    assert SCRIPTS in anna.get(f"/worksheets/{ids['worksheets']}").text


def test_no_unanswered_form_has_an_answer_in_it(app, anna, database):
    """A new participant: every page of theirs, and not one box, circle or list is set."""
    tried = 0
    for path in (path for (method, path), each in audiences(app).items() if method == "GET"):
        if "{public_id}" in path or audiences(app)[("GET", path)].kind != "participant":
            continue
        page = anna.get(
            path.replace("{day}", DAY).replace("{month}", "2026-11").replace("{sheet}", "values")
        )
        set_ones = re.findall(r"<(?:input|option)\b[^>]*\s(?:checked|selected)\b[^>]*>", page.text)
        assert set_ones == [], path
        filled = [
            field
            for field in re.findall(r"<input\b[^>]*>", page.text)
            if 'type="hidden"' not in field
            and not re.search(r'type="(?:radio|checkbox)"', field)
            and re.search(r'\svalue="[^"]', field)
        ]
        assert filled == [], path
        tried += page.status_code == 200
    for place in ("1", "2", "3", "4", "5", "6", "now"):
        assert " checked" not in anna.get(f"/today/check/new/{place}").text
    assert tried >= 15


def test_every_page_and_its_style_arrive_in_the_first_flight(tmp_path):
    """HTML and the one blocking style sheet, as a phone that takes Brotli receives them."""
    from app.clock import utc_now
    from app.main import create_app
    from tests.browser import running
    from tests.cast import participant_session

    style = len(static_files()["app.css"].packed["br"])
    with demo_database(tmp_path) as filled:
        app = create_app(filled.settings, filled)
        person = person_of(filled)
        addresses = [path for path in pages(app, filled, person) if path != "/lock"]
        with running(app) as browser:
            phone = browser.signed_in(participant_session(filled, person.id, utc_now()))
            heavy, seen = {}, 0
            for path in addresses:
                answer = phone.get(path, headers={"Accept-Encoding": "br"})
                size = int(answer.headers["content-length"]) + style
                seen += answer.headers.get("content-encoding") == "br"
                if size > FIRST_FLIGHT:
                    heavy[path] = size
    assert seen >= 25
    assert heavy == {}
