"""Whatever is refused, and to whom: a whole page in the reader's language, with a way on.

One running app; everybody meets every refusal there is, on our own routes where they have it,
and on planted ones for what only goes wrong by chance.
"""

import re
from html import unescape

import pytest
from fastapi import APIRouter
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from app import audit
from app.audit import SYSTEM, Subject
from app.models.people import PARTICIPANT, Participant, Site, Staff
from app.signin import phone
from app.visit.gate import for_participants, for_staff, public
from app.visit.roles import READS_MAILBOX
from app.web.bodies import MAX_BODY
from tests.cast import NOW, participant_session, staff_session

ENGLISH = re.compile(r"(?<![\w/.])[A-Za-z]{2,}")
# The product, the way to the other language, and how people and places are called.
ALLOWED = {"Daybook", "English", "daybook", "test"}
NAMES = {"St", "Petersburg", "Europe", "Anna", "Petrova", "Ivan", "Sokolov", "Maria", "Orlova"}
WORDS = "мои слова"
CHANCE = (400, 404, 405, 409, 413, 415, 422, 429, 500, 503)
HOME = {"participant": "/today/week", "staff": "/participants/new", "nobody": "/sign-in"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def by_chance(status):
    def wrong():
        if status == 500:
            raise RuntimeError("nausea of DB-001")
        if status == 503:
            raise OperationalError("SELECT nausea", {}, Exception("nausea"))
        raise HTTPException(status, "nausea of DB-001")

    return wrong


def behind_the_gate(route):
    return lambda visit: route()


def planted_routes():
    router = APIRouter()
    doors = {"participant": for_participants, "staff": for_staff(READS_MAILBOX), "nobody": public}
    for who, door in doors.items():
        for status in CHANCE:
            route = by_chance(status)
            asked = door(route if who == "nobody" else behind_the_gate(route))
            router.add_api_route(f"/planted/{who}/{status}", asked, methods=["GET", "POST"])
    return router


def refusals(who):
    """Name, wanted status, method, path, and what is sent."""
    home, form = HOME[who], {"content": "words=" + WORDS, "headers": FORM}
    for status in CHANCE:
        for method in ("GET", "POST"):
            sent = form if method == "POST" else {}
            yield f"{status} by chance", status, method, f"/planted/{who}/{status}", sent
    yield "a crash where anybody may go", 500, "POST", "/planted/nobody/500", form
    for said in ("null", "https://evil.test", ""):
        headers = {"Origin": said, **FORM}
        yield f"from {said!r}", 403, "POST", home, {**form, "headers": headers}
    yield "another name", 400, "GET", home, {"headers": {"Host": "evil.test"}}
    yield "no such page", 404, "GET", "/nothing", {}
    yield "a form to no page", 404, "POST", "/nothing", form
    if who == "participant":
        yield "no such day", 404, "GET", "/day/1999-13-40", {}
    yield "no such file", 404, "GET", "/static/nothing.css", {}
    yield "a path in pieces", 404, "GET", "/%ff%00", {}
    for method in ("PUT", "PATCH", "DELETE", "PROPFIND"):
        yield f"{method}", 405, method, home, {}
    yield "a form to a file", 405, "POST", "/static/app.css", form
    body = "words=" + "я" * MAX_BODY
    yield "too much", 413, "POST", home, {"content": body, "headers": FORM}
    json = {"content": '{"words": "мои слова"}', "headers": {"Content-Type": "application/json"}}
    yield "no form", 415, "POST", home, json
    yield "a form that no page sent", 422, "POST", home, {**form, "content": "surprise=1"}


@pytest.fixture
def everyone(database, cast, clock, planted):
    """ANNA and the coordinator, whose profiles are in the language, and a stranger's browser."""

    def speak(lang):
        with database.write() as session:
            for table in (PARTICIPANT, Staff.__table__):
                session.execute(update(table).values(language=lang))
            audit.record(session, SYSTEM, "test.language", Subject("site", 1), now=NOW)

    with planted(planted_routes()) as browser:
        tokens = {
            "participant": participant_session(database, cast.anna, clock()),
            "staff": staff_session(database, cast.orlova, clock()),
        }
        browsers = {who: browser.signed_in(token) for who, token in tokens.items()}
        yield speak, {**browsers, "nobody": browser.another()}


def send(browser, method, path, sent, lang):
    # Whoever is known reads their own language on any browser.
    headers = {"Accept-Language": lang, **sent.get("headers", {})}
    content = sent.get("content", "").encode() or None
    call = browser._client.request
    return browser._portal.call(lambda: call(method, path, content=content, headers=headers))


def faults(who, lang, status, answer):
    """What is wrong with the page, in words."""
    html = answer.text
    shown = unescape(
        re.sub(r"<[^>]*>", " ", re.sub(r"<(head|script)\b.*?</\1>", "", html, flags=re.S))
    )
    if answer.status_code != status:
        yield f"{answer.status_code} in place of {status}"
    if not html.startswith("<!doctype html>") or not html.rstrip().endswith("</html>"):
        yield f"no whole page: {html[:60]!r}"
        return
    if f'<html lang="{lang}"' not in html:
        yield "another language"
    if re.search(r"Traceback|nausea|SELECT|RuntimeError|OperationalError", html):
        yield "an inside that shows"
    if WORDS in re.search(r"<title>(.*?)</title>", html, re.S)[1]:
        yield "a title that tells"
    unwell = "If you feel unwell" in shown or "Если вам плохо" in shown
    if who == "staff" and (unwell or "tel:" in html):
        yield "staff are asked how they feel"
    if who != "staff" and "/help" not in html:
        yield "no help"
    # The sign-in page, which answers its own form, has its link alone.
    if who != "staff" and 'href="tel:112"' not in html and 'type="password"' not in html:
        yield "no number"
    if lang == "ru" and (english := set(ENGLISH.findall(shown)) - ALLOWED - NAMES):
        yield f"English: {sorted(english)}"


def test_every_refusal_is_a_whole_page_in_the_readers_language(everyone):
    speak, browsers = everyone
    found, tried = [], 0
    for lang in ("en", "ru"):
        speak(lang)
        for who, browser in browsers.items():
            for name, status, method, path, sent in refusals(who):
                asked = lang if who == "nobody" else {"en": "ru", "ru": "en"}[lang]
                answer = send(browser, method, path, sent, asked)
                tried += 1
                found += [(who, lang, name, fault) for fault in faults(who, lang, status, answer)]
    assert tried > 200
    assert not found, "\n".join(map(str, found))


def test_a_refusal_on_a_phone_without_a_session_is_for_its_owner(browser, database, cast, clock):
    """A locked phone, and one between invitation and code: their site's number, their language."""
    with database.write() as session:
        session.get(Site, cast.other_site).emergency_number = "103"
        session.get(Participant, cast.vera).language = "ru"
        audit.record(session, SYSTEM, "test.site", Subject("site", cast.other_site), now=clock())
        code = phone.invite(session, cast.vera, None, SYSTEM, clock())
    mine = browser.another()
    pages = ("/help", "/nowhere")
    mine.post("/start", {"code": code})
    for page in pages:
        shown = mine.get(page).text
        assert 'lang="ru"' in shown and 'tel:103"' in shown, page
    mine.post("/start/pin", {"pin": "482913", "again": "482913"})
    clock.forward(minutes=4)
    mine.cookies.delete("__Host-lang")
    for page in pages:
        shown = mine.get(page).text
        assert 'lang="ru"' in shown and 'tel:103"' in shown, page
    refused = mine.post("/today/week", {"own_words": "x"}, headers={"Origin": "null"})
    assert refused.status_code == 403
    assert 'lang="ru"' in refused.text and 'tel:103"' in refused.text
