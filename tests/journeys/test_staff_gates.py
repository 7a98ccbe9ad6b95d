"""Every page of the staff, with the demo's data: readable by all, at a desk and on a phone."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.main import create_app
from app.models.adverse import ADVERSE_EVENT, AdverseEvent, AdverseVersion
from app.models.counseling import COUNSELING_SESSION, SESSION_NOTE
from app.models.flags import FLAG
from app.models.locks import RECORD_LOCK, RecordLock
from app.models.people import PARTICIPANT, STAFF
from app.models.worklist import TASK, Task
from app.models.worksheets import WORKSHEET, WORKSHEET_COPY
from app.settings import Settings
from app.visit.gate import audiences
from tests import axe
from tests.cast import PLAIN_SESSION_COOKIE, staff_session
from tests.fonts import WIDE
from tests.house.tables import FITTING
from tests.journeys.conftest import DESKTOP, PHONE, _serving, free_port
from tests.journeys.test_phone_gates import FITS, SMALL
from tests.phone import demo_database, person_of

pytestmark = pytest.mark.journey
# Whoever a page is for; of several, the one who meets most of it.
READERS = ("investigator", "counselor", "coordinator", "admin")
# Whose fields are all there: a counselor writes what an investigator reads.
WRITERS = ("note", "worksheets", "told", "interview")
QUERIES = {
    "/participants/{public_id}/brief": ("", "?show=tables", "?weeks=24"),
    "/flags": ("", "?week=2026-11-16&severity=urgent"),
    "/thresholds": ("", "?view=all", "?bp.systolic_routine=140&wdl.start_groups=x"),
}


@dataclass(frozen=True)
class Desk:
    """The running demo, and every address with the role that opens it."""

    url: str
    database: Database
    walk: list[tuple[str, str]]

    def signed_in(self, chromium: Browser, role: str, language: str) -> Page:
        with self.database.write() as session:
            own = select(PARTICIPANT.c.counselor_id) if role == "counselor" else select(STAFF.c.id)
            of_role = select(STAFF.c.id).where(STAFF.c.role == role, STAFF.c.id.in_(own))
            staff = session.execute(of_role.order_by(STAFF.c.id)).scalars().first()
            session.execute(update(STAFF).where(STAFF.c.id == staff).values(language=language))
            subject = Subject("staff", staff)
            audit.record(session, SYSTEM, "test.language", subject, now=utc_now())
        token = staff_session(self.database, staff, utc_now())
        cookie = {"name": PLAIN_SESSION_COOKIE, "value": token, "url": self.url}
        context = chromium.new_context(viewport=DESKTOP, locale=language, reduced_motion="reduce")
        context.add_cookies([cookie])
        return context.new_page()


def addresses(app: Any, database: Database) -> list[tuple[str, str]]:
    """(address, role) for every GET route of staff."""
    person = person_of(database)
    with database.read() as session:

        def one(statement: Any) -> str:
            return str(session.execute(statement).scalars().first())

        held = select(COUNSELING_SESSION.c.public_id).join(
            SESSION_NOTE, SESSION_NOTE.c.session_id == COUNSELING_SESSION.c.id
        )
        open_ = select(COUNSELING_SESSION.c.public_id).where(
            COUNSELING_SESSION.c.attended.is_(None), COUNSELING_SESSION.c.cancelled_at.is_(None)
        )
        shared = select(WORKSHEET.c.public_id).join(
            WORKSHEET_COPY, WORKSHEET_COPY.c.worksheet_id == WORKSHEET.c.id
        )
        still = (WORKSHEET_COPY.c.shared_at.is_not(None), WORKSHEET_COPY.c.taken_back_at.is_(None))
        rows = {
            "{public_id}": [one(select(PARTICIPANT.c.public_id))],
            "{day}": [person.today.isoformat()],
            "{number}": ["40"],
            "{appointment}": [
                one(held.where(SESSION_NOTE.c.closed_at.is_not(None))),
                one(open_.order_by(COUNSELING_SESSION.c.at.desc())),
            ],
            "{sheet_id}": [one(shared.where(WORKSHEET.c.removed_at.is_(None), *still))],
        }
        of_room = {
            "flags": {"{public_id}": [one(select(FLAG.c.public_id).order_by(FLAG.c.id.desc()))]},
            "adverse": {"{public_id}": [one(select(ADVERSE_EVENT.c.public_id))]},
            "worklist": {"{public_id}": [one(select(TASK.c.public_id))]},
            "locks": {"{public_id}": [one(select(RECORD_LOCK.c.public_id))]},
            "colleagues": {"{public_id}": [one(select(STAFF.c.public_id).order_by(STAFF.c.id))]},
        }
    found = []
    for (method, path), audience in sorted(audiences(app).items()):
        # What a browser saves is no page.
        if method != "GET" or audience.kind != "staff" or path.endswith((".csv", ".json", "/file")):
            continue
        for address in _filled(path, of_room.get(path.split("/")[1], rows)):
            found += [(address + query, _role(path, audience)) for query in QUERIES.get(path, [""])]
    return found


def plant(database: Database) -> None:
    """What the demo's story has none of: an adverse event, a task, a lock that was lifted."""
    now = utc_now()
    with database.write() as session:
        who = session.execute(select(PARTICIPANT.c.id, PARTICIPANT.c.site_id)).first()
        staff = session.execute(
            select(STAFF.c.id).where(STAFF.c.role == "investigator", STAFF.c.site_id == who.site_id)
        ).scalar()
        about = {"participant_id": who.id, "site_id": who.site_id}
        event = AdverseEvent(**about, number=1, made_at=now, made_by=staff)
        session.add(event)
        session.flush()
        known = {**FITTING["adverse_version"], "term": "Vomiting", "aware_at": now}
        version = {"event_id": event.id, "n": 1, "at": now, "written_by": staff, **known}
        session.add(AdverseVersion(**version))
        session.add(Task(**about, kind="quiet", episode="planted", made_at=now, due_at=now))
        set_by = {"set_by": staff, "set_at": now, "lifted_by": staff, "lifted_at": now}
        session.add(RecordLock(**about, scope="participant", reason="All closed.", **set_by))
        audit.record(session, SYSTEM, "test.plant", Subject("participant", who.id), now=now)


def _filled(path: str, rows: dict[str, list[str]]) -> list[str]:
    found = [path]
    for name, values in rows.items():
        # Only a closed note can be amended.
        fitting = values[:1] if path.endswith("/amend") else values
        if name in path:
            found = [one.replace(name, value) for one in found for value in fitting]
    assert not any("{" in one for one in found), path
    return found


def _role(path: str, audience: Any) -> str:
    if path.rstrip("/").rsplit("/", 1)[-1] in WRITERS and "counselor" in audience.roles:
        return "counselor"
    return next(role for role in READERS if role in audience.roles)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    port = free_port()
    with demo_database(folder):
        settings = Settings(data_dir=folder, base_url=f"http://localhost:{port}", demo=True)
        with closing(Database(settings)) as database:
            plant(database)
            app = create_app(settings, database)
            with _serving(app, port):
                yield Desk(settings.base_url, database, addresses(app, database))


@pytest.mark.sweep
def test_every_page_of_the_staff_is_readable_by_all_and_fits_any_width(
    desk, chromiums, longer, share
):
    """The second window has wide letters, and is only asked whether the page fits."""
    script, found, passed = axe.script(), [], 0
    for role in READERS:
        page = desk.signed_in(chromiums(), role, longer)
        wide = desk.signed_in(chromiums(WIDE), role, longer)
        wide.set_viewport_size(SMALL)
        for place, (address, reader) in enumerate(desk.walk):
            if reader != role:
                continue
            wide.goto(desk.url + address)
            scrolls, _ = wide.evaluate(FITS)
            found += [(address, "scrolls sideways under wide letters")] if scrolls else []
            page.set_viewport_size(DESKTOP)
            answer = page.goto(desk.url + address)
            wanted = 422 if address.endswith("=x") else 200
            assert answer is not None and answer.status == wanted, (role, address)
            page.evaluate(script)
            for scheme in axe.schemes(place, share.whole):
                page.emulate_media(color_scheme=scheme)
                passes, violations = axe.findings(page)
                passed += passes
                found += [(address, scheme, *each) for each in violations]
            page.set_viewport_size(PHONE)
            scrolls, _ = page.evaluate(FITS)
            found += [(address, "scrolls sideways")] if scrolls else []
        page.context.close()
        wide.context.close()
    assert passed > 10 * len(desk.walk) > 200
    assert found == [], "\n".join(map(str, found))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_that_a_physician_signs_begins_with_the_approval_and_is_short(
    desk, chromiums, language
):
    page = desk.signed_in(chromiums(WIDE), "investigator", language)
    page.goto(desk.url + "/thresholds")
    folds = page.locator(".rules details")
    assert folds.count() == 16 and page.locator(".rules details[open]").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * DESKTOP["height"]
    approval, first = page.locator("#approval").bounding_box(), folds.first.bounding_box()
    assert approval["y"] + approval["height"] <= first["y"] and approval["y"] < 300
    bar = page.locator(".decide").bounding_box()
    assert bar["y"] + bar["height"] <= DESKTOP["height"], "in reach wherever one reads"
    page.context.close()


def test_a_changed_number_is_marked_and_counted_while_one_types_and_an_address_opens_its_rule(
    desk, chromium
):
    page = desk.signed_in(chromium, "investigator", "en")
    page.goto(desk.url + "/thresholds#t-bp.systolic_routine")
    row = page.locator("[id='t-bp.systolic_routine']")
    field = row.get_by_role("textbox", name="Systolic pressure from mmHg on, at two check-ins")
    field.fill("140")
    assert page.locator("#changed").inner_text() == "1"
    assert "Changed; in force: 160\u00a0mmHg" in row.inner_text()
    page.get_by_role("button", name="Compare on the record").click()
    page.get_by_text("What these values would have flagged").wait_for()
    assert page.locator(".say.new").count() == 1
    page.get_by_role("textbox", name="Name of the version").fill("a b")
    page.get_by_role("button", name="Put in force").click()
    page.locator("#e-version").wait_for()
    assert page.locator("[id='f-version']").input_value() == "a b"
    assert field.input_value() == "140"
    page.context.close()


# The size at which a browser draws each text of each drawing of the page.
LETTERS = """[...document.querySelectorAll('svg.ch')].map(svg =>
  [...svg.querySelectorAll('text')].map(text =>
    parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a))"""


def test_the_figures_are_drawn_large_enough_to_read_and_a_bar_leads_to_its_alerts(desk, chromium):
    page = desk.signed_in(chromium, "coordinator", "ru")
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.goto(desk.url + "/figures")
        drawings = page.evaluate(LETTERS)
        assert len(drawings) == 2 and min(len(texts) for texts in drawings) > 8
        assert min(min(texts) for texts in drawings) >= 12, size
    bar = page.locator("#alerts .c-link").last
    box, says = bar.bounding_box(), bar.get_attribute("aria-label")
    assert min(box["width"], box["height"]) >= 24
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/flags?week=*")
    assert page.locator(".al").count() == int(says.rsplit(" ", 1)[1])
    page.get_by_role("link", name="Назад к показателям").click()
    page.wait_for_url("**/figures")
    page.context.close()
