"""What somebody wrote never runs: a hundred ways to try, in every text, on every page, in Chromium.

And what was shown is gone after signing out, whatever the browser's Back leads to.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select

from app.db import Database
from app.grants import append_only
from app.main import create_app
from app.models.base import metadata
from app.models.people import SITE, STAFF
from app.settings import Settings
from tests.cast import NOW, PLAIN_SESSION_COOKIE, participant_session, staff_session
from tests.house.conftest import _sow_for
from tests.house.crawl import OWN, Route, routes
from tests.house.tables import HOSTILE
from tests.journeys.conftest import DESKTOP, _serving, free_port

pytestmark = pytest.mark.journey

RUN = "window.ran=1"
_TAGS = [
    *("img src=x onerror", "svg onload", "body onload", "video src=x onerror"),
    *("input autofocus onfocus", "details open ontoggle", "select autofocus onfocus"),
    *("marquee onstart", "audio src=x onerror", "iframe src=javascript:parent.ran=1 onload"),
]
_OUT = ("", '"', "'", "</textarea>", "</title>", "</script>", "-->", "]]>", "</style>", "`")
CORPUS = [
    *(f"{out}><{tag}={RUN}>" for out in _OUT for tag in _TAGS),
    f"<script>{RUN}</script>",
    f"<SCRIPT>{RUN}</SCRIPT>",
    f"<scr<script>ipt>{RUN}</script>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"javascript:{RUN}",
    f"' onmouseover='{RUN}' autofocus onfocus='{RUN}",
    f'" style="animation:x" onanimationstart="{RUN}',
    f"<a href=javascript:{RUN}>x</a>",
    f"<form action=javascript:{RUN}><button>x</button></form>",
    "{{ [].__class__ }}{% raw %}${7*7}#{7*7}<%= 7*7 %>",
    f"<base href=javascript:{RUN}//>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<div hx-get=/x hx-on:load='{RUN}' hx-trigger=load>",
    f"\u2028<script>{RUN}</script>\u2029",
]
EVERYTHING = "\n".join(CORPUS)
SHORT = f"<img src=x onerror={RUN}>"
# What a browser saves, and what ends the session.
NO_PAGE = (".csv", ".json", ".ics", "/hide", "/lock", "/me/copy/", "/me/consent/copy")
# What only a page that had let something in would have.
LET_IN = """() => {
  const made = ["onerror", "onload", "onfocus", "ontoggle", "onstart", "hx-get='/x'"]
    .map((name) => "[" + name + "]");
  made.push("iframe", "video", "marquee", "base", "meta[http-equiv=refresh]");
  made.push('[href^="javascript:"]', '[action^="javascript:"]');
  return {
    ran: window.ran || 0,
    made: document.querySelectorAll(made.join()).length,
    seen: document.documentElement.textContent.includes("window.ran=1"),
  };
}"""


def hostile(value: Any) -> Any:
    """A stored value with all of the corpus in place of what the rows of the tests have."""
    if isinstance(value, dict):
        return {key: hostile(one) for key, one in value.items()}
    if isinstance(value, list):
        return [hostile(one) for one in value]
    return value.replace(HOSTILE, EVERYTHING) if isinstance(value, str) else value


def poison(connection: Connection) -> int:
    """Every text of every table; how many were changed."""
    changed = 0
    for table in metadata.sorted_tables:
        # What nobody can change is hostile already, as it was sown.
        if table.name in {*append_only(), "record_lock"}:
            continue
        for row in connection.execute(select(table)).mappings().all():
            new = {name: hostile(value) for name, value in row.items()}
            new = {name: value for name, value in new.items() if value != row[name]}
            if new:
                changed += 1
                connection.execute(table.update().where(*_this(table, row)).values(new))
    for table, name in ((SITE, "name"), (STAFF, "name")):
        connection.execute(table.update().values({name: SHORT}))
    return changed


def _this(table: Table, row: Any) -> list[Any]:
    return [column == row[column.name] for column in table.primary_key.columns]


@pytest.fixture
def served(database: Database, cast, backend) -> Iterator[tuple[str, Database, list[Route]]]:
    if backend != "sqlite":
        pytest.skip("what a page shows does not depend on what is below it")
    with database.write() as session:
        _sow_for(session, cast.anna, cast.site, cast.petrova, OWN)
    with database.writing.begin() as connection:
        assert poison(connection) >= 5
    port = free_port()
    told = {**database.settings.model_dump(), "base_url": f"http://localhost:{port}", "demo": True}
    told["hide_url"] = f"http://localhost:{port}/help"
    with closing(Database(Settings(**told))) as own:
        app = create_app(own.settings, own, lambda: NOW)
        with _serving(app, port):
            yield own.settings.base_url, own, routes(app)


def signed_in(chromium: Any, url: str, token: str) -> Any:
    context = chromium.new_context(viewport=DESKTOP)
    context.add_cookies([{"name": PLAIN_SESSION_COOKIE, "value": token, "url": url}])
    return context.new_page()


@pytest.mark.req("W2")
def test_nothing_that_anybody_wrote_runs_on_any_page(served, chromium, cast):
    assert len(CORPUS) >= 100
    url, database, found = served
    # A coordinator's pages are those of the others.
    staff = {"counselor": cast.petrova, "investigator": cast.ivanova, "admin": cast.admin}
    tokens = {role: staff_session(database, who, NOW) for role, who in staff.items()}
    tokens["participant"] = participant_session(database, cast.anna, NOW)
    showed, opened = set(), 0
    for role, token in tokens.items():
        page = signed_in(chromium, url, token)
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        for each in found:
            mine = role in each.audience.roles or each.audience.kind == role
            if each.method != "GET" or not mine or any(one in each.path for one in NO_PAGE):
                continue
            answer = page.goto(url + each.address())
            if answer is None or "text/html" not in answer.headers.get("content-type", ""):
                continue
            told = page.evaluate(LET_IN)
            assert (told["ran"], told["made"]) == (0, 0), (role, each, json.dumps(told))
            opened += 1
            showed |= {each.path} if told["seen"] else set()
        page.context.close()
    assert opened >= 50 and len(showed) >= 12, "pages that show none of it prove nothing"


@pytest.mark.req("W5")
@pytest.mark.parametrize("role", ["participant", "staff"])
def test_back_after_signing_out_shows_nothing_of_what_was_there(served, chromium, cast, role):
    url, database, _ = served
    if role == "staff":
        token, start, out = staff_session(database, cast.petrova, NOW), "/participants", "/sign-out"
    else:
        token, start, out = participant_session(database, cast.anna, NOW), "/me", "/hide"
    page = signed_in(chromium, url, token)
    page.goto(url + start)
    shown = page.content()
    word = "DB-001" if role == "staff" else "<nav"
    assert word in shown and "no-store" in page.request.get(url + start).headers["cache-control"]
    if role == "staff":
        page.locator(f'form[action="{out}"] button').first.click()
    else:
        page.goto(url + out)
    page.wait_for_load_state()
    for _ in range(2):
        page.go_back()
        page.wait_for_load_state()
        assert word not in page.content(), page.url
    page.context.close()
