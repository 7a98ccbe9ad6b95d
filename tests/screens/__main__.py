"""Renders the pictures of the README and of the pages from the demo into docs/screens."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from app.auth.identity import SESSION_COOKIE
from app.clock import utc_now
from app.db import Database
from app.demo.cohort import fill_demo
from app.main import create_app
from app.models.people import Participant, Staff
from app.settings import Settings
from tests.cast import participant_session, staff_session
from tests.chromium import ARGUMENTS, find
from tests.databases import SqliteTemplate
from tests.journeys.conftest import DESKTOP, PHONE, _serving, free_port
from tests.phone import Person, speak
from tests.screens.png import shrink

TARGET = Path(__file__).resolve().parents[2] / "docs/screens"
LARGEST = 60 * 1024
_P: Any = Participant.__table__  # type: ignore[attr-defined]
_T: Any = Staff.__table__  # type: ignore[attr-defined]
# Whose phone, and whose brief: two months of entries, and the newest reaction.
DIARY, REACTION = "DB-005", "DB-002"


@dataclass(frozen=True)
class Studio:
    """The running demo and a browser to look at it with."""

    url: str
    database: Database
    chromium: Browser

    def page(self, size: Any, token: str | None, scheme: str, language: str) -> Page:
        context = self.chromium.new_context(
            viewport=size, color_scheme=scheme, locale=language, reduced_motion="reduce"
        )
        if token:
            secure = self.url.replace("http:", "https:")
            cookie = {"name": SESSION_COOKIE, "value": token, "url": secure, "secure": True}
            context.add_cookies([cookie])
        context.set_default_timeout(10_000)
        return context.new_page()

    def person(self, code: str) -> tuple[Person, str]:
        """The participant of a code, and the public id in staff addresses."""
        with self.database.read() as session:
            statement = select(_P.c.id, _P.c.timezone, _P.c.public_id).where(_P.c.code == code)
            row = session.execute(statement).one()
        return Person(row.id, row.timezone), row.public_id


@contextmanager
def studio(folder: Path) -> Iterator[Studio]:
    template = folder / "template"
    template.mkdir()
    port = free_port()
    with SqliteTemplate(template).fresh(folder) as filled:
        fill_demo(filled, utc_now())
    settings = Settings(data_dir=folder, base_url=f"http://localhost:{port}", demo=True)
    path = find()
    with closing(Database(settings)) as database, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with _serving(create_app(settings, database, with_worker=True), port):
            yield Studio(settings.base_url, database, chromium)
        chromium.close()


def take(page: Page, name: str, scheme: str) -> None:
    """One picture of what is on the screen, small enough to be kept with the sources."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    picture = shrink(page.screenshot())
    if len(picture) > LARGEST:
        sys.exit(f"{name}-{scheme}.png has {len(picture)} bytes, more than {LARGEST}.")
    (TARGET / f"{name}-{scheme}.png").write_bytes(picture)


def answer(page: Page, question: int, value: int) -> None:
    page.locator("fieldset").nth(question).locator("input").nth(value).check(force=True)


def phone_pictures(studio: Studio, scheme: str) -> None:
    """Each page as somebody meets it, with a few answers given where a form is shown."""
    person, _ = studio.person(DIARY)
    speak(studio.database, person, "en")
    token = participant_session(studio.database, person.id, utc_now())
    page = studio.page(PHONE, token, scheme, "en")
    day = (person.today - timedelta(days=1)).isoformat()

    def open_at(path: str) -> None:
        page.goto(studio.url + path)

    open_at("/today")
    take(page, "today", scheme)
    open_at("/calendar")
    take(page, "calendar", scheme)
    open_at("/me")
    take(page, "picture", scheme)
    open_at(f"/day/{day}")
    page.locator("button.up").first.click()
    page.locator("button.up").first.click()
    take(page, "drinks", scheme)
    drinks_error(page, studio, person)
    take(page, "drinks-error", scheme)
    open_at("/today/urges")
    answer(page, 0, 7)
    take(page, "craving", scheme)
    open_at("/today/week")
    take(page, "week", scheme)
    single(page, studio, False)
    open_at("/today/check/new/first")
    answer(page, 0, 1)
    answer(page, 1, 0)
    take(page, "side-effects", scheme)
    single(page, studio, True)
    open_at("/today/check/new/first")
    answer(page, 0, 1)
    take(page, "side-effects-single", scheme)
    page.context.close()


def drinks_error(page: Page, studio: Studio, person: Person) -> None:
    """A day that nobody has told of, sent without an answer."""
    page.goto(f"{studio.url}/day/{person.today.isoformat()}")
    page.get_by_role("button", name="Save and continue").last.click()


def single(page: Page, studio: Studio, wanted: bool) -> None:
    """One question on a page, or several: by the setting."""
    page.goto(studio.url + "/me/settings")
    page.locator("input[name=single]").set_checked(wanted, force=True)
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()


def russian_today(studio: Studio, scheme: str) -> None:
    person, _ = studio.person(DIARY)
    speak(studio.database, person, "ru")
    token = participant_session(studio.database, person.id, utc_now())
    page = studio.page(PHONE, token, scheme, "ru")
    page.goto(studio.url + "/today")
    take(page, "today-ru", scheme)
    page.context.close()


def lock(studio: Studio, scheme: str) -> None:
    """The door of a phone that was left: reached by an invitation and a code."""
    from app.audit import SYSTEM
    from app.auth import phone
    from tests.cast import PIN

    person, _ = studio.person(DIARY)
    speak(studio.database, person, "en")
    with studio.database.write() as session:
        code = phone.invite(session, person.id, None, SYSTEM, utc_now())
    page = studio.page(PHONE, None, scheme, "en")
    page.goto(f"{studio.url}/start#{code}")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("6 to 12 digits").fill(PIN)
    page.get_by_label("The same code again").fill(PIN)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/today")
    page.goto(studio.url + "/lock")
    take(page, "lock", scheme)
    page.context.close()


def staff_pictures(studio: Studio, scheme: str) -> None:
    """The brief of a participant and the alerts, as a coordinator of the site sees them."""
    _, public_id = studio.person(REACTION)
    with studio.database.read() as session:
        who = session.execute(select(_T.c.id).where(_T.c.role == "coordinator").limit(1))
        token_for = who.scalar_one()
    token = staff_session(studio.database, token_for, utc_now())
    page = studio.page(DESKTOP, token, scheme, "en")
    page.goto(f"{studio.url}/participants/{public_id}/brief")
    take(page, "brief", scheme)
    page.goto(studio.url + "/flags")
    page.locator("a.al").first.click()
    take(page, "alerts", scheme)
    page.context.close()


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, studio(Path(folder)) as found:
        for scheme in ("light", "dark"):
            phone_pictures(found, scheme)
            russian_today(found, scheme)
            lock(found, scheme)
            staff_pictures(found, scheme)
    for path in sorted(TARGET.glob("*.png")):
        print(f"{path.name}: {path.stat().st_size // 1024 + 1} KB")


if __name__ == "__main__":
    main()
