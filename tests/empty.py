"""A house from an empty database: a site and staff as the commands make them, people by pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.audit import SYSTEM
from app.colleagues.forms import ColleagueForm
from app.colleagues.service import add
from app.db import Database
from app.site.forms import SiteForm
from app.site.service import open_site
from tests.apps import app_of
from tests.browser import Browser, running
from tests.cast import staff_session
from tests.conftest import Clock

PIN = {"pin": "482913", "again": "482913"}
SITE = SiteForm(
    name="Pskov",
    timezone="Europe/Moscow",
    emergency="112",
    crisis="8 800 000-00-01",
    clinic="8 811 000-00-02",
)


@contextmanager
def opened(database: Database, clock: Clock) -> Iterator["House"]:
    """The app over an empty database, with a site and its staff."""
    with database.write() as session:
        site = open_site(session, SITE, clock())
        staff = {
            role: add(session, site, account(role), SYSTEM, clock())
            for role in ("counselor", "coordinator", "investigator")
        }
    with running(app_of(database, clock)) as browser:
        yield House(browser, database, clock, staff)


@dataclass(frozen=True)
class House:
    browser: Browser
    database: Database
    clock: Clock
    staff: dict[str, int]

    def desk(self, role: str) -> Browser:
        """Somebody of the staff, signed in just now."""
        token = staff_session(self.database, self.staff[role], self.clock())
        return self.browser.signed_in(token)

    def elsewhere(self, role: str) -> Browser:
        """Somebody of another site, signed in just now."""
        with self.database.write() as session:
            site = open_site(session, SITE.model_copy(update={"name": "Tver"}), self.clock())
            other = add(session, site, account(role, "tver"), SYSTEM, self.clock())
        return self.browser.signed_in(staff_session(self.database, other, self.clock()))


def account(role, place="pskov"):
    return ColleagueForm(name=role.title(), email=f"{role}@{place}.test", role=role, language="en")


def enrolled(house):
    """A participant through the coordinator's pages, and their open phone."""
    desk = house.desk("coordinator")
    page = desk.get("/participants/new").text
    counselor = re.search(r'<option value="(\w{16})"', page)[1]
    form = {
        "code": "PS-001",
        "sex": "female",
        "timezone": "Europe/Moscow",
        "language": "en",
        "first_dose_on": "2026-11-23",
        "counselor": counselor,
        "name": "Somebody",
        "phone": "+7 911 000-00-00",
    }
    home = desk.post("/participants/new", form).headers["location"]
    sheet = desk.post(f"{home}/invitation").text
    code = re.search(r'<p class="big">([^<]+)<', sheet)[1]
    phone = house.browser.another()
    assert phone.post("/start", {"code": code}).status_code == 303
    assert phone.post("/start/pin", PIN).status_code == 303
    return home, phone
