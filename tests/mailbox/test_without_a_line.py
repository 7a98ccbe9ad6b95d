"""A whole day without a network, in Chromium: what is kept, what is seen, what arrives."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.clock import local_day, utc_now
from app.db import Database
from app.main import create_app
from app.models.checkin import Checkin
from app.models.flags import Flag
from app.models.mailbox import MailboxEntry
from app.models.people import PARTICIPANT
from app.settings import Settings
from app.visit.identity import SESSION_COOKIE
from tests.browser import words
from tests.cast import staff_session
from tests.diary.rows import rows
from tests.journeys.conftest import _serving, free_port
from tests.journeys.test_nothing_typed_is_lost import Phone, _device, holding
from tests.phone import demo_database, person_of, speak

pytestmark = pytest.mark.journey
# Typed on the blank forms, and on no page by itself.
CANARIES = ("73.19", "37.83")
KEPT = "async () => !!(await caches.match('/offline'))"
REACHED = """() => fetch(document.querySelector("link[rel=icon]").href, { cache: "no-store" })
  .then(() => true, () => false)"""
STORED = """async () => {
  const said = Object.entries(localStorage).concat(Object.entries(sessionStorage));
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const one of await cache.keys()) {
      said.push([one.url, await (await cache.match(one)).text()]);
    }
  }
  const found = await new Promise((yes) => { const ask = indexedDB.open("mailbox", 1);
    ask.onsuccess = () => { const all = ask.result.transaction("out").objectStore("out").getAll();
      all.onsuccess = () => yes(all.result); }; });
  const text = (row) => Array.from(new Uint8Array(row.envelope), (n) => String.fromCharCode(n));
  return { text: JSON.stringify([said, found.map((row) => text(row).join(""))]),
    pages: said.map(([name]) => new URL(name, location).pathname),
    sizes: found.map((row) => row.envelope.byteLength),
    fields: found.map((row) => Object.keys(row).sort()) };
}"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, base_url=f"http://localhost:{free_port()}")


@contextmanager
def line(database: Database, settings: Settings) -> Iterator[None]:
    """While it is there, the phone has a network."""
    app = create_app(settings, database)
    with _serving(app, int(settings.base_url.rpartition(":")[2])):
        yield


def save(page: Page, task: str, button: str = "Save") -> None:
    form = page.locator(f"form[data-task={task}]")
    form.get_by_role("button", name=button, exact=True).click()
    expect(form.locator("[data-say=kept]")).to_be_visible()


def open_part(page: Page, task: str) -> Any:
    part = page.locator("details.card").filter(has=page.locator(f"form[data-task={task}]"))
    part.locator("summary").first.click()
    return part


def log_a_day(page: Page) -> None:
    # A line that never answers holds up no further answer.
    page.route("**/sealed", lambda route: None)
    save(page, "dose", "Yes, I took it")
    page.locator("form[data-task=dose] [data-say=kept]").evaluate("(el) => { el.hidden = true; }")
    save(page, "dose", "Yes, I took it")
    alcohol = open_part(page, "alcohol")
    alcohol.locator("input[type=number]").first.fill(CANARIES[0])
    save(page, "alcohol")
    open_part(page, "substances").get_by_label("Cannabis").check()
    save(page, "substances")
    urges = open_part(page, "urges")
    for name in ("alcohol_craving", "opioid_craving"):
        urges.locator(f"input[name={name}][value='7']").check(force=True)
    save(page, "urges")
    effects = open_part(page, "effects")
    effects.locator("input[name=nausea][value='2']").check(force=True)
    effects.locator("input[name=temperature]").fill(CANARIES[1])
    effects.locator("input[name=signs][value=none]").check()
    save(page, "effects")
    wrong = open_part(page, "wrong")
    expect(page.locator("#danger")).to_be_hidden()
    wrong.get_by_role("button", name="Save", exact=True).click()
    expect(wrong.locator("[data-say=lacks]")).to_be_visible()
    wrong.locator("input[name=signs][value=breathing_trouble]").check()
    save(page, "wrong")


def test_a_day_without_a_line_is_told_by_a_locked_phone(tmp_path, settings, chromiums):
    with demo_database(tmp_path) as filled, closing(Database(settings)) as database:
        person = person_of(filled)
        speak(database, person, "en")
        phone = Phone(
            settings.base_url,
            tmp_path / "profile",
            _device(database, person),
            chromiums,
            database,
            person,
            [],
        )
        before = len(rows(database, Checkin))
        with line(database, settings):
            page = phone.start()
            phone.unlock()
            page.goto(f"{phone.url}/today")
            page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
            page.wait_for_function(KEPT)
            assert page.evaluate(REACHED)
        # The line is gone, and what asks for it before it sends a form is told so.
        assert not page.evaluate(REACHED)
        page.goto(f"{phone.url}/today")
        expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
        log_a_day(page)
        expect(page.locator("#waits")).to_have_text("7 answers wait on this phone.")
        expect(page.locator("#danger")).to_contain_text("Nobody has seen this yet")
        stored = page.evaluate(STORED)
        assert not [one for one in CANARIES if one in stored["text"]]
        assert len(set(stored["sizes"])) == 1 and stored["fields"] == [["envelope", "sign"]] * 7
        assert all(one == "/offline" or one.startswith("/static/") for one in stored["pages"])
        phone.stop()
        assert [one for canary in CANARIES for one in holding(phone.folder, canary)] == []
        page = phone.start()
        page.goto(f"{phone.url}/lock")
        expect(page.locator("#waits")).to_have_text("7 answers wait on this phone.")
        with line(database, settings):
            page.goto(f"{phone.url}/lock")
            expect(page.get_by_label("Code")).to_be_visible()
            expect(page.locator("#waits")).to_be_hidden()
            entries = rows(database, MailboxEntry)
            assert [one.reason for one in entries if one.state != "stored"] == []
            assert len(entries) == 7
            assert [one for one in rows(database, Flag) if one.severity == "emergency"]
            phone.kill()
            assert_the_counselor_reads_it(database, phone, entries[0].told_at)
        assert len(rows(database, Checkin)) - before == 3


def assert_the_counselor_reads_it(database: Database, phone: Phone, told_at: datetime) -> None:
    with database.read() as session:
        counselor, code = session.execute(
            select(PARTICIPANT.c.counselor_id, PARTICIPANT.c.public_id).where(
                PARTICIPANT.c.id == phone.person.id
            )
        ).one()
    token = staff_session(database, counselor, utc_now())
    day = local_day(told_at, phone.person.zone).isoformat()
    answer = httpx.get(
        f"{phone.url}/participants/{code}/day/{day}", cookies={SESSION_COOKIE: token}
    )
    read = words(answer)
    assert answer.status_code == 200 and "на телефоне без сети" in read
    assert "Трудно дышать" in read and re.search("37[.,]8", read), read
