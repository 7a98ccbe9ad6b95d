"""Whatever is wrong with a form: nothing typed is lost, and what cannot wait is acted on first."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from itertools import count
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import delete, text

from app import audit
from app.audit import SYSTEM, Subject
from app.diary.service import About, record_dose, record_drinks, record_substances
from app.models.base import metadata
from app.models.checkin import Checkin, Screen
from app.models.flags import Flag
from app.models.outbox import Message
from app.models.people import HeldPost
from app.timeline.events import Use
from app.web.bodies import MAX_BODY, MAX_FIELDS
from tests.browser import hidden
from tests.cast import NOW, PIN, participant, participant_session
from tests.checkin import submit_checkin
from tests.diary.rows import rows
from tests.house.phone import ENCODED, GOOD, begun, posts
from tests.signin.test_phone import opened

pytestmark = pytest.mark.sweep
MARKS = (
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb\ufffc"
)
UNKEEPABLE = {"nul": "%00", "half a character": "%ED%A0%80", "no utf-8": "%FF"}
LEFT_OUT = (
    "invisible character that cannot be stored",
    "contains characters that cannot be stored",
)
# A day that is not blank, an event that is not there: these pages do not offer them.
NOT_OFFERED = ("/calendar/same", "/calendar/{day}/forget")
HELP = ('href="/help"', 'href="tel:112"')


def encoded(pairs):
    """Values are encoded already: some are no text."""
    return "&".join(f"{quote(name)}={value}" for name, value in pairs)


def with_value(path, name, value):
    return encoded((n, value if n == name else quote(v)) for n, v in GOOD[path])


def everything(database):
    """All that is stored, as one text."""
    with database.read() as session:
        found = [
            str(session.execute(text(f'SELECT * FROM "{table.name}"')).all())
            for table in metadata.sorted_tables
        ]
    return "\n".join(found)


def values_in(page):
    """Every value that the page would send again, and all that it shows."""
    return set(re.findall(r'value="([^"]*)"', page)) | {unescape(re.sub(r"<[^>]*>", "", page))}


def is_there(value, page):
    return value == "" or any(value in each for each in values_in(page))


def test_marks_that_nobody_typed_are_dropped_in_every_field_of_every_form(app, send, database):
    tried = 0
    for path in posts(app):
        plainly = send(path, urlencode(GOOD[path]))
        for name, value in GOOD[path]:
            marked = quote(MARKS + MARKS.join(value) + MARKS)
            answer = send(path, with_value(path, name, marked))
            assert answer.status_code == plainly.status_code, (path, name)
            tried += 1
    assert tried >= 25
    assert not [mark for mark in MARKS if mark in everything(database)]


@pytest.mark.parametrize("kind", UNKEEPABLE)
def test_what_cannot_be_kept_is_an_error_at_its_field_and_all_else_is_there(app, send, kind):
    lost = []
    for path in posts(app):
        for name, value in GOOD[path] or [("idem", "t1")]:
            body = with_value(path, name, quote(value) + UNKEEPABLE[kind])
            if not GOOD[path]:
                body = f"idem=t1{UNKEEPABLE[kind]}"
            answer = send(path, body)
            assert answer.status_code == 422, (path, name)
            page = unescape(answer.text)
            assert any(words in page for words in LEFT_OUT), (path, name)
            assert any(way in answer.text for way in HELP), (path, name)
            lost += [
                (path, name, n)
                for n, v in GOOD[path]
                if path not in NOT_OFFERED and not is_there(v, answer.text)
            ]
    assert lost == []


WRONG = {
    "a character that cannot be kept": {"extra": "{words}=a%00b"},
    "no text at all": {"extra": "{words}=a%FFb"},
    "half a character": {"extra": "{words}=%ED%A0%80"},
    "a text that is too long": {"extra": "{words}=" + "a" * 5000},
    "a body that is too long": {"extra": "{words}=" + "a" * MAX_BODY},
    "a field that no page has": {"extra": "surprise=1"},
    "an answer that came twice": {"twice": True},
    "a resend token that came twice": {"extra": "idem=a&idem=b"},
    "a resend token that cannot be kept": {"extra": "idem=a%00"},
    "a number of the phone that came twice": {"extra": "seconds=1&seconds=2"},
    "a clock of the phone that came twice": {"extra": "client_at=&client_at="},
    "too many fields": {"extra": "&".join(["a=1"] * (MAX_FIELDS + 1))},
    "a part without a name": {"extra": "garbage"},
    "a button that no page has": {"method": "other"},
    "no button": {"method": None},
    "a page that is skipped": {"method": "skipped", "extra": "surprise=1"},
    "a form of another kind": {"kind": "text/plain"},
    "a form in parts": {"kind": "multipart/form-data"},
    "a form of a program": {"kind": "application/json"},
}


def sent_wrongly(danger, words, how):
    """A body that says ``danger`` and is wrong, and the headers that go with it."""
    method = how.get("method", "each")
    pairs = [*danger, *([("method", method)] if method else [])]
    if how.get("twice"):
        pairs += danger
    kind = how.get("kind")
    if kind == "multipart/form-data":
        part = '--X\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
        body = "".join(part.format(*pair) for pair in pairs) + "--X--\r\n"
        return body, {"Content-Type": f"{kind}; boundary=X"}
    if kind == "application/json":
        every = {name: [value for n, value in pairs if n == name] for name, _ in pairs}
        return json.dumps(every), {"Content-Type": kind}
    if kind == "text/plain":
        return "".join(f"{name}={value}\r\n" for name, value in pairs), {"Content-Type": kind}
    extra = how.get("extra", "").replace("{words}", words)
    return "&".join(filter(None, [urlencode(pairs), extra])), ENCODED


SIGNS = [("signs", "seizure")]
GROUPS = [("nausea", "3"), ("sweating", "3"), ("muscle_pain", "3"), ("agitation", "4")]
TODAY = NOW.date()
OPIOID = [("substance", "opioid")]
TAKEN = [("answer", "taken"), ("time", "08:00")]
MISSED = [("answer", "not_taken")]
BLANK = str(TODAY - timedelta(days=1))
LIKE = [("first", BLANK), ("last", BLANK), ("like", str(TODAY - timedelta(days=6)))]
CRAVING = [("opioid_craving", "9")]
THOUGHTS = [("self_harm_thoughts", "3")]
# Where an answer may be one that cannot wait: the address, the answer, a field for what is wrong.
DANGERS = {
    "a page of a check-in": ("/today/check/new/6", SIGNS, "systolic_bp"),
    "a page by its name": ("/today/check/new/now", SIGNS, "temperature"),
    "a sign beside its denial": ("/today/check/new/6", [*SIGNS, ("signs", "none")], "temperature"),
    "another page of the check-in": ("/today/check/{check}/2", SIGNS, "systolic_bp"),
    "a check-in that is told": ("/today/check/{check}/6", SIGNS, "systolic_bp"),
    "a check-in that is gone": ("/today/check/nobodynobodynobo/6", SIGNS, "systolic_bp"),
    "a page that is not there": ("/today/check/new/99", SIGNS, "systolic_bp"),
    "the last step": ("/today/check/{check}/save", SIGNS, "systolic_bp"),
    "the whole list": ("/today/list/new", SIGNS, "temperature"),
    "the whole list of a check-in": ("/today/list/{check}", SIGNS, "systolic_bp"),
    "a combination on the list": ("/today/list/new", GROUPS, "temperature"),
    "urges beside a reaction": ("/today/urges", CRAVING, "alcohol_craving"),
    "one more answer about urges": (
        "/today/urges",
        [*CRAVING, ("another", "1")],
        "alcohol_craving",
    ),
    "urges that were told": ("/today/urges/{urges}", CRAVING, "alcohol_craving"),
    "opioids beside missed tablets": (f"/day/{TODAY}/other", OPIOID, "note"),
    "opioids and none": (f"/day/{TODAY}/other", [*OPIOID, ("none", "1")], "note"),
    "a missed tablet after opioids": ("/today/dose", MISSED, "reason"),
    "a missed tablet of a day": (f"/day/{TODAY}/dose", MISSED, "reason"),
    "a tablet before a reaction": (f"/day/{TODAY}/dose", TAKEN, "reason"),
    "days like one with opioids": ("/calendar/same", LIKE, "note"),
    "the weekly page": ("/today/week", THOUGHTS, "own_words"),
}


# What was told before, without which the answer is no danger.
NEW_URGES = ("urges beside a reaction", "one more answer about urges")
OLD_URGES = ("urges that were told",)
AFTER_A_DOSE = ("a combination on the list", *NEW_URGES, *OLD_URGES)


# Days before today, whether the tablet was taken, and what else there was; None: not told.
DAYS = {
    "opioids beside missed tablets": [(1, False, None), (2, False, None)],
    "opioids and none": [(1, False, None), (2, False, None)],
    "a missed tablet after opioids": [(1, False, None), (0, None, ["opioid"])],
    "a missed tablet of a day": [(1, False, None), (0, None, ["opioid"])],
    "a tablet before a reaction": [(1, None, ["opioid"])],
    "days like one with opioids": [(2, False, None), (1, False, None), (6, True, ["opioid"])],
}


def day_before(database, who, back, taken, uses):
    about = About(who, "Europe/Moscow", NOW.date() - timedelta(days=back), SYSTEM, NOW)
    with database.write() as session:
        if taken is not None:
            record_dose(session, about, taken=taken)
        if uses is not None:
            record_drinks(session, about, [])
            record_substances(session, about, [Use(code) for code in uses])


def told_before(database, who, place):
    """The record of the participant before the form of ``place``; the ids of its check-ins.

    A check-in of each instrument is one sitting, in the order in which they came.
    """
    if place in AFTER_A_DOSE:
        dose_after_use(database, who)
    for back, taken, uses in DAYS.get(place, ()):
        day_before(database, who, back, taken, uses)
    if place in OLD_URGES:
        reaction(database, who)
    ids = begun(database, who)
    if place in NEW_URGES:
        reaction(database, who)
    if place == "a tablet before a reaction":
        # Urgent by itself, since taking is presumed; an emergency only with the tablet.
        reaction(database, who, {name: min(int(value), 3) for name, value in GROUPS})
    return ids


def dose_after_use(database, who):
    about = About(who, "Europe/Moscow", NOW.date(), SYSTEM, NOW)
    with database.write() as session:
        yesterday = replace(about, day=NOW.date() - timedelta(days=1))
        record_substances(session, yesterday, [Use("opioid")])
        record_dose(session, about, taken=True, at=NOW - timedelta(hours=1))


STRONG = {"sweating": 4, "chills": 4, "muscle_pain": 3}


def reaction(database, who, told=STRONG):
    with database.write() as session:
        submit_checkin(session, who, "side_effects", told, [], SYSTEM, NOW)


def raised(flags, place):
    """How many alerts there may be: what was urgent before becomes an emergency in its place."""
    return (flags, flags + 1) if place in DAYS else (flags + 1,)


def alerts(database):
    return len(rows(database, Flag)), len(rows(database, Message))


@pytest.fixture
def newcomer(browser, database, cast, clock):
    """One participant after the other, each with a phone and a check-in of their own."""
    codes = (f"DB-{number}" for number in count(100))

    def arrive(place):
        with database.write() as session:
            who = participant(session, cast.site, next(codes), "female", cast.petrova, clock())
            audit.record(session, SYSTEM, "test.cast", Subject("participant", who), now=clock())
        phone = browser.signed_in(participant_session(database, who, clock()))
        return phone, told_before(database, who, place)

    return arrive


@pytest.mark.parametrize("place", DANGERS)
def test_what_cannot_wait_is_acted_on_once_whatever_is_wrong_beside_it(
    database, newcomer, place, share
):
    path, danger, words = DANGERS[place]
    for wrong, how in share.of(WRONG.items(), list(DANGERS).index(place), 6):
        if wrong == "no button" and place in DAYS:
            continue  # these pages have but one: nothing is wrong
        phone, ids = newcomer(place)
        body, headers = sent_wrongly(danger, words, how)
        address = path.replace("{check}", ids["check"]).replace("{urges}", ids["urges"])
        flags, mails = alerts(database)
        answer = phone.post(address, None, content=body, headers=headers)
        where = (place, wrong)
        assert answer.status_code == 200, where
        assert 'role="alert"' in answer.text and 'href="tel:112"' in answer.text, where
        told = alerts(database)
        assert told[0] in raised(flags, place) and told[1] > mails, where
        phone.post(address, None, content=body, headers=headers)
        assert alerts(database) == told, where
        back = re.search(r'<form method="post" action="([^"]+)" class', answer.text)[1]
        fields = [("idem", hidden(answer, "idem")), ("method", "each"), *danger]
        phone.post(back, None, content=urlencode(fields), headers=ENCODED)
        assert alerts(database) == told, where


@pytest.mark.parametrize("place", DANGERS)
def test_a_danger_that_meets_the_lock_is_acted_on_once_and_shows_the_number_beside_the_code(
    browser, database, cast, clock, place
):
    path, danger, words = DANGERS[place]
    phone = opened(browser.another(), database, cast, clock)
    ids = told_before(database, cast.anna, place)
    clock.forward(minutes=4)
    body, headers = sent_wrongly([*danger, ("idem", "locked")], words, {"extra": "surprise=1"})
    flags, mails = alerts(database)
    address = path.replace("{check}", ids["check"]).replace("{urges}", ids["urges"])
    for _ in range(2):
        forget_held(database)
        answer = phone.post(address, None, content=body, headers=headers)
        assert answer.headers["location"].startswith("/lock")
        assert len(rows(database, HeldPost)) == 1
    told = alerts(database)
    assert told[0] in raised(flags, place) and told[1] > mails
    locked = phone.get("/lock").text
    assert 'href="tel:112"' in locked
    assert not any(value in locked for _, value in danger if not value.isdigit())
    phone.post("/lock", {"pin": PIN})
    waiting = phone.get("/held").text.partition("<main")[2]
    back = re.search(r'<form method="post" action="([^"]+)"', waiting)[1]
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', waiting)
    typed = {pair for pair in danger if pair[0] != "another"}
    assert {*typed, ("surprise", "1")} <= set(fields)
    phone.post(back, None, content=urlencode(fields), headers=ENCODED)
    assert alerts(database) == told


def forget_held(database):
    with database.write() as session:
        session.execute(delete(HeldPost))


def test_urges_of_yesterday_that_are_changed_are_no_danger_of_now(browser, database, cast, clock):
    urges = begun(database, cast.anna)["urges"]
    clock.forward(days=1)
    phone = opened(browser.another(), database, cast, clock)
    with database.write() as session:
        about = About(cast.anna, "Europe/Moscow", NOW.date(), SYSTEM, clock())
        record_substances(session, about, [Use("opioid")])
        today = replace(about, day=clock().date())
        record_dose(session, today, taken=True, at=clock() - timedelta(hours=1))
        submit_checkin(session, cast.anna, "side_effects", STRONG, [], SYSTEM, clock())
    before, checkins = alerts(database), len(rows(database, Checkin))
    wrong = urlencode([*CRAVING, ("method", "each"), ("surprise", "1")])
    answer = phone.post(f"/today/urges/{urges}", None, content=wrong, headers=ENCODED)
    assert answer.status_code == 422
    assert (alerts(database), len(rows(database, Checkin))) == (before, checkins)


def test_thoughts_that_are_told_again_later_are_acted_on_again(browser, database, cast, clock):
    phone = opened(browser.another(), database, cast, clock)
    wrong = urlencode([*THOUGHTS, ("method", "each"), ("surprise", "1")])
    found = []
    for minutes in (0, 1, 60):
        clock.forward(minutes=minutes)
        phone.post("/lock", {"pin": PIN})
        answer = phone.post("/today/week", None, content=wrong, headers=ENCODED)
        found.append((answer.status_code, len(rows(database, Screen))))
    assert found == [(200, 1), (422, 1), (200, 2)]


def test_an_entry_of_a_day_that_is_refused_and_no_emergency_leaves_nothing(anna, database):
    before = everything(database)
    for path, danger in (("other", OPIOID), ("dose", MISSED), ("dose", TAKEN)):
        wrong = urlencode([*danger, ("surprise", "1")])
        answer = anna.post(f"/day/{TODAY}/{path}", None, content=wrong, headers=ENCODED)
        assert answer.status_code == 422
    assert everything(database) == before
