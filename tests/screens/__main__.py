"""Renders the pictures of the README and of the pages from the demo into docs/screens."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from sqlalchemy import select, update

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import utc_now
from app.db import Database
from app.demo.cohort import fill_demo
from app.main import create_app
from app.models.people import PARTICIPANT, STAFF
from app.settings import Settings
from app.signin import phone
from tests.cast import PIN, PLAIN_SESSION_COOKIE, participant_session, staff_session
from tests.chromium import chromiums
from tests.databases import SqliteTemplate
from tests.journeys.conftest import DESKTOP, PHONE, _serving, free_port
from tests.phone import Person, speak
from tests.screens.png import shrink

TARGET = Path(__file__).resolve().parents[2] / "docs/screens"
LARGEST = 90 * 1024
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
            cookie = {"name": PLAIN_SESSION_COOKIE, "value": token, "url": self.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        context.set_default_timeout(10_000)
        return context.new_page()

    def person(self, code: str) -> tuple[Person, str]:
        """The participant of a code, and the public id in staff addresses."""
        with self.database.read() as session:
            statement = select(
                PARTICIPANT.c.id, PARTICIPANT.c.timezone, PARTICIPANT.c.public_id
            ).where(PARTICIPANT.c.code == code)
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
    with (
        closing(Database(settings)) as database,
        chromiums() as chromium,
        _serving(create_app(settings, database, with_worker=True), port),
    ):
        yield Studio(settings.base_url, database, chromium())


@dataclass(frozen=True)
class Take:
    """How a picture is taken: what its name ends in, and the language of its reader."""

    scheme: str
    language: str

    def __call__(self, page: Page, name: str) -> None:
        """One picture of what is on the screen, small enough to be kept with the sources."""
        page.evaluate("document.activeElement && document.activeElement.blur()")
        picture = shrink(page.screenshot())
        spoken = "" if self.language == "en" else f"-{self.language}"
        file = f"{name}{spoken}-{self.scheme}.png"
        if len(picture) > LARGEST:
            sys.exit(f"{file} has {len(picture)} bytes, more than {LARGEST}.")
        (TARGET / file).write_bytes(picture)


def answer(page: Page, question: int, value: int) -> None:
    page.locator("fieldset").nth(question).locator("input").nth(value).check(force=True)


def phone_pictures(studio: Studio, take: Take) -> None:
    """Each page as somebody meets it, with a few answers given where a form is shown."""
    person, _ = studio.person(DIARY)
    speak(studio.database, person, take.language)
    token = participant_session(studio.database, person.id, utc_now())
    page = studio.page(PHONE, token, take.scheme, take.language)

    def open_at(path: str) -> None:
        page.goto(studio.url + path)

    for path, name in (("/today", "today"), ("/calendar", "calendar"), ("/me", "picture")):
        open_at(path)
        take(page, name)
    drinks(page, studio, person, take)
    open_at("/today/urges")
    answer(page, 0, 7)
    take(page, "craving")
    open_at("/today/week")
    take(page, "week")
    single(page, studio, False)
    open_at("/today/check/new/first")
    answer(page, 0, 1)
    answer(page, 1, 0)
    take(page, "side-effects")
    single(page, studio, True)
    open_at("/today/check/new/first")
    answer(page, 0, 1)
    take(page, "side-effects-single")
    single(page, studio, False)
    page.context.close()


def drinks(page: Page, studio: Studio, person: Person, take: Take) -> None:
    """Yesterday with two drinks counted; and today, of which nobody has told, without an answer."""
    page.goto(f"{studio.url}/day/{(person.today - timedelta(days=1)).isoformat()}")
    page.locator("button.up").first.click()
    page.locator("button.up").first.click()
    take(page, "drinks")
    page.goto(f"{studio.url}/day/{person.today.isoformat()}")
    page.locator("button.main").last.click()
    page.locator(".err").first.wait_for()
    take(page, "drinks-error")


def single(page: Page, studio: Studio, wanted: bool) -> None:
    """One question on a page, or several: by the setting."""
    page.goto(studio.url + "/me/settings")
    page.locator("input[name=single]").set_checked(wanted, force=True)
    # The phone keeps a form before it sends it: the answer comes a moment after the tap.
    with page.expect_navigation():
        page.locator("form:has(input[name=single]) button").last.click()


def worksheet_pictures(studio: Studio, take: Take) -> None:
    """The list of sheets, and the first page of one that is begun."""
    person, _ = studio.person(DIARY)
    speak(studio.database, person, take.language)
    token = participant_session(studio.database, person.id, utc_now())
    page = studio.page(PHONE, token, take.scheme, take.language)
    page.goto(studio.url + "/worksheets")
    take(page, "worksheets")
    page.goto(studio.url + "/worksheets/about/rulers")
    take(page, "worksheet")
    page.goto(studio.url + "/session")
    take(page, "session")
    page.context.close()


def lock(studio: Studio, take: Take) -> None:
    """The door of a phone that was left: reached by an invitation and a code."""
    person, _ = studio.person(DIARY)
    speak(studio.database, person, take.language)
    with studio.database.write() as session:
        code = phone.invite(session, person.id, None, SYSTEM, utc_now())
    page = studio.page(PHONE, None, take.scheme, take.language)
    page.goto(f"{studio.url}/start#{code}")
    page.locator("button.main").first.click()
    page.locator("input[type=password]").nth(0).fill(PIN)
    page.locator("input[type=password]").nth(1).fill(PIN)
    page.locator("button.main").first.click()
    page.wait_for_url("**/today")
    page.goto(studio.url + "/lock")
    take(page, "lock")
    page.context.close()


def staff_pictures(studio: Studio, take: Take) -> None:
    """The brief and what stands around a session, as the participant's counselor sees them."""
    _, public_id = studio.person(REACTION)
    with studio.database.write() as session:
        who = session.execute(
            select(PARTICIPANT.c.counselor_id).where(PARTICIPANT.c.public_id == public_id)
        ).scalar_one()
        session.execute(update(STAFF).where(STAFF.c.id == who).values(language=take.language))
        audit.record(session, SYSTEM, "screens.language", Subject("staff", who), now=utc_now())
    token = staff_session(studio.database, who, utc_now())
    page = studio.page(DESKTOP, token, take.scheme, take.language)
    about = f"{studio.url}/participants/{public_id}"
    for path, name in (("/brief", "brief"), ("/sessions", "plan"), ("/worksheets", "assigned")):
        page.goto(about + path)
        take(page, name)
    page.goto(studio.url + "/sessions")
    take(page, "caseload")
    page.goto(studio.url + "/flags")
    page.locator("a.al").first.click()
    take(page, "alerts")
    page.context.close()


def site_pictures(studio: Studio, take: Take) -> None:
    """The figures, and the thresholds before and after a change, as an investigator sees them."""
    with studio.database.write() as session:
        of_role = select(STAFF.c.id).where(STAFF.c.role == "investigator").order_by(STAFF.c.id)
        who = session.execute(of_role).scalars().first()
        session.execute(update(STAFF).where(STAFF.c.id == who).values(language=take.language))
        audit.record(session, SYSTEM, "screens.language", Subject("staff", who), now=utc_now())
    token = staff_session(studio.database, who, utc_now())
    page = studio.page(DESKTOP, token, take.scheme, take.language)
    for path, name in (
        ("/figures", "figures"),
        ("/thresholds", "thresholds"),
        ("/thresholds?wdl.start_groups=3", "thresholds-compared"),
    ):
        # A comparison replays every record of the site twice.
        page.goto(studio.url + path, timeout=60_000)
        take(page, name)
    page.context.close()


def clinic_pictures(studio: Studio, take: Take) -> None:
    """The site's page, and the sheet that a participant takes home."""
    _, public_id = studio.person(DIARY)
    with studio.database.write() as session:
        found = {}
        for role in ("admin", "coordinator"):
            of_role = select(STAFF.c.id).where(STAFF.c.role == role).order_by(STAFF.c.id)
            found[role] = session.execute(of_role).scalars().first()
            mine = STAFF.c.id == found[role]
            session.execute(update(STAFF).where(mine).values(language=take.language))
        audit.record(session, SYSTEM, "screens.language", Subject("site", 1), now=utc_now())
    token = staff_session(studio.database, found["admin"], utc_now())
    page = studio.page(DESKTOP, token, take.scheme, take.language)
    page.goto(studio.url + "/site")
    take(page, "site")
    page.context.close()
    token = staff_session(studio.database, found["coordinator"], utc_now())
    page = studio.page(DESKTOP, token, take.scheme, take.language)
    page.goto(f"{studio.url}/participants/{public_id}")
    page.locator('form[action$="/invitation"] button').click()
    page.locator(".handout").first.wait_for()
    take(page, "invitation")
    page.context.close()


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, studio(Path(folder)) as found:
        for language in ("en", "ru"):
            for scheme in ("light", "dark"):
                take = Take(scheme, language)
                phone_pictures(found, take)
                worksheet_pictures(found, take)
                lock(found, take)
                staff_pictures(found, take)
                site_pictures(found, take)
                clinic_pictures(found, take)
    for path in sorted(TARGET.glob("*.png")):
        print(f"{path.name}: {path.stat().st_size // 1024 + 1} KB")


if __name__ == "__main__":
    main()
