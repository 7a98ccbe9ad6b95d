"""Every page that the demo's people can reach by following links, in a language of choice."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import urldefrag

from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database
from app.models.people import PARTICIPANT, STAFF
from tests.apps import app_of
from tests.browser import Browser, running
from tests.cast import participant_session, staff_session

HOMES = {
    "participant": "/today",
    "counselor": "/sessions",
    "coordinator": "/participants",
    "investigator": "/flags",
    "admin": "/site",
}
_HREF = re.compile(r'(?:href|data-href)="(/[^"]*)"')
_FORM = re.compile(r'<form\b[^>]*method="(get|post)"[^>]*action="(/[^"]*)"')
_HIDDEN = re.compile(r"<(script|style|head)\b.*?</\1>", re.DOTALL)
# What a screen reader says, and a few attributes that a reader sees.
_SAID = re.compile(r'\b(?:aria-label|placeholder|value|data-standard)="([^"]*)"')
_INPUT = re.compile(r'<input\b[^>]*type="(?:hidden|number|date|time)"[^>]*>')
_TAG = re.compile(r"<[^>]+>")
# Not pages: what a browser saves, and what ends a session or asks nothing of a reader.
LEFT_OUT = ("/static/", "/hide", "/lock", "/sign-out", "/session.ics")
LEFT_OUT += ("/me/copy/", "/me/consent/copy")
# A number is a page of a list; of every such list one more page is enough.
MOST_ALIKE = 6
_ALIKE = re.compile(r"\d{4}-\d\d(-\d\d)?|\d+|[a-z0-9]{16}")


@dataclass(frozen=True, slots=True)
class Page:
    role: str
    path: str
    html: str
    status: int = 200

    @property
    def leads_to(self) -> set[tuple[str, str]]:
        """Method and path of every link and every form."""
        links = {("GET", urldefrag(unescape(one))[0]) for one in _HREF.findall(self.html)}
        sent = {(how.upper(), unescape(one)) for how, one in _FORM.findall(self.html)}
        return {(how, path.partition("?")[0]) for how, path in links | sent}

    @property
    def text(self) -> str:
        """What is read on the page: no code, and no value that only a machine reads."""
        html = _INPUT.sub("", _HIDDEN.sub("", self.html))
        said = " | ".join(_SAID.findall(html))
        return unescape(_TAG.sub(" ", html) + " | " + said)


def walk(browser: Browser, role: str, start: str) -> Iterator[Page]:
    """All pages from ``start`` on; of addresses that differ in a name alone only some."""
    waiting, seen, alike = [start], {start}, dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        answer = browser.get(path)
        for _ in range(4):
            if answer.status_code != 303:
                break
            answer = browser.get(answer.headers["location"])
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield Page(role, path, answer.text, answer.status_code)
        for found in _HREF.findall(answer.text):
            address = urldefrag(unescape(found))[0]
            shape = _ALIKE.sub("#", address)
            if address in seen or address.startswith(LEFT_OUT) or alike.get(shape, 0) >= MOST_ALIKE:
                continue
            seen.add(address)
            alike[shape] = alike.get(shape, 0) + 1
            waiting.append(address)


@contextmanager
def everybody(
    database: Database, clock: Callable[[], datetime], lang: str, phones: int
) -> Iterator[Sequence[tuple[str, Browser]]]:
    """One browser for each role of the demo, and for some participants, all reading ``lang``."""
    with database.write() as session:
        for table in (PARTICIPANT, STAFF):
            session.execute(update(table).values(language=lang))
        audit.record(session, SYSTEM, "test.language", Subject("site", 1), now=clock())
    with database.read() as session:
        staff = dict(session.execute(select(STAFF.c.role, STAFF.c.id).where(STAFF.c.active)).all())
        people = session.execute(
            select(PARTICIPANT.c.id)
            .where(PARTICIPANT.c.status == "active")
            .order_by(PARTICIPANT.c.code)
        ).scalars()
        them = list(people)[:phones]
    with running(app_of(database, clock)) as browser:
        tokens = [
            (role, staff_session(database, staff[role], clock())) for role in HOMES if role in staff
        ]
        tokens += [("participant", participant_session(database, who, clock())) for who in them]
        yield [(role, browser.signed_in(token)) for role, token in tokens]
