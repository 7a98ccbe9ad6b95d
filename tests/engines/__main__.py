"""``python -m tests.engines``: the main journey in Chromium, Firefox and WebKit, one line each.

On the demo as ``make run`` starts it: by one-time links, over plain http on the own machine. An
engine that is not on the machine is named with what to install; then the exit status is 1, as it
is where the journey stops, so that nobody takes for tried what was not.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
from sqlalchemy import update

from app import audit
from app.audit import SYSTEM, Subject
from app.clock import local_day, utc_now
from app.db import Database
from app.main import create_app
from app.models.people import PARTICIPANT
from app.settings import Settings
from app.signin import factors, phone, staff
from tests.cast import PIN, Cast, invite_cast
from tests.databases import SqliteTemplate
from tests.engines.engines import ENGINES, Missing
from tests.engines.window import Journeyed, Window
from tests.journeys.conftest import _serving, free_port
from tests.journeys.test_main_journey import CLUSTER, ZONE, live_through_the_run_in

CODE = "DB-002"  # BORIS: counselor Sokolov's


@contextmanager
def demo() -> Iterator[tuple[Database, Cast]]:
    """The demo with the cast of the tests; BORIS took his first tablet yesterday."""
    with tempfile.TemporaryDirectory(prefix="daybook-engines-") as name:
        folder = Path(name)
        (folder / "template").mkdir()
        port = free_port()
        with SqliteTemplate(folder / "template").fresh(folder):
            settings = Settings(data_dir=folder, base_url=f"http://localhost:{port}", demo=True)
            with closing(Database(settings)) as database:
                with database.write() as session:
                    cast = invite_cast(session, utc_now())
                    _first_tablet_yesterday(session, cast.boris)
                live_through_the_run_in(database, CODE, {}, craving=10)
                with _serving(create_app(settings, database, with_worker=True), port):
                    yield database, cast


def _first_tablet_yesterday(session: Any, who: int) -> None:
    person: Any = PARTICIPANT
    yesterday = local_day(utc_now(), ZONE) - timedelta(days=1)
    session.execute(update(person).where(person.c.id == who).values(first_dose_on=yesterday))
    audit.record(session, SYSTEM, "test.first", Subject("participant", who), now=utc_now())


def journey(person: Window, counselor: Window, database: Database, cast: Cast) -> None:
    """Sign-in, the day's log, a severe cluster; the alert, and the brief."""
    with database.write() as session:
        invitation = phone.invite(session, cast.boris, cast.orlova, SYSTEM, utc_now())
        link = staff.make_link(session, cast.sokolov, SYSTEM, utc_now())
        secret = factors.new_secret()
        app = factors.Scanned(secret, 0)
        factors.add_app(session, SYSTEM, cast.sokolov, "phone", app, utc_now())
    person.open(f"/start#{invitation}")
    person.press("Continue")
    person.fill("6 to 12 digits", PIN)
    person.fill("The same code again", PIN)
    person.press("Save")
    person.at("/today")
    person.press("Yes, I took it")
    tell_urges(person)
    tell_side_effects(person)
    person.at("/help/soon")
    person.reads("before the next tablet")

    counselor.open(f"/sign-in/link#{link}")
    counselor.press("Sign in")
    counselor.fill("Code of the app, or a recovery code", pyotp.TOTP(secret).now())
    counselor.press("Go on")
    counselor.open("/flags")
    counselor.press("withdrawal-like")
    counselor.reads("Above the usual answers")
    counselor.press("Acknowledge")
    counselor.reads("Acknowledged")
    counselor.open("/participants")
    counselor.press(CODE)
    counselor.press("brief")
    counselor.reads("Trouble sleeping")


def tell_urges(person: Window) -> None:
    person.press("Urges")
    person.choose("opioid_craving", 7)
    person.choose("alcohol_craving", 2)
    person.press("Save")


def tell_side_effects(person: Window) -> None:
    person.press("Side effects")
    while names := person.names("fieldset.pick input"):
        for name in names:
            person.choose(name, CLUSTER.get(name, 0))
        person.press("Continue")
    person.choose("signs", "none")
    for name in person.names("input[name$=_none]"):
        person.choose(name, "1")
    person.press("Continue")
    person.press("Save")


def tried(name: str) -> str | None:
    """None if the journey went through; else why it did not."""
    with ExitStack() as until:
        try:
            window = until.enter_context(ENGINES[name](until))
            database, cast = until.enter_context(demo())
            windows = [Window(window(), database.settings.base_url) for _ in range(2)]
            for one in windows:
                until.callback(one.driver.close)
            journey(*windows, database, cast)
        except Missing as missing:
            return f"not run: {missing}"
        except (Journeyed, RuntimeError, OSError) as error:
            return f"stopped: {error}"
    return None


def main() -> int:
    asked = sys.argv[1:] or list(ENGINES)
    failed = False
    for name in asked:
        begun = time.monotonic()
        why = tried(name)
        failed = failed or why is not None
        print(f"{name:<9} {why or f'passed in {time.monotonic() - begun:.0f} s'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
