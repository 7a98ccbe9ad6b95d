"""What one web process changes, another one shows at once."""

import ast

import pytest

from app.audit import SYSTEM
from app.signin import phone
from tests.apps import app_of
from tests.browser import running
from tests.cast import PASSWORD, staff_session
from tests.house.source import modules
from tests.signin.test_phone import opened

NEW = {"emergency": "103", "crisis": "8 800 2000 122", "clinic": "8 812 555 00 11"}


@pytest.fixture
def other(database, clock, cast):
    """A browser on another process of the same product."""
    with running(app_of(database, clock)) as found:
        yield found


def changed(browser, database, cast, clock, language="en"):
    admin = browser.signed_in(staff_session(database, cast.admin, clock()))
    answer = admin.post("/site/numbers", {**NEW, "language": language})
    assert answer.status_code == 303


def carried(phone, to):
    """The same phone, as another process meets it."""
    for name, value in phone.cookies.items():
        to.cookies.set(name, value, domain="daybook.test", path="/")
    return to


PAGES = ("/help", "/help/now", "/help/soon", "/help/talk", "/no-such-page")


def test_changed_numbers_are_on_every_page_of_every_process_at_once(
    browser, other, database, cast, clock
):
    mine = carried(opened(browser.another(), database, cast, clock), other.another())
    stranger = other.another()
    for page in (*PAGES, "/today"):
        assert mine.get(page).status_code in (200, 404), page
    changed(browser, database, cast, clock)
    for page in PAGES:
        assert 'tel:103"' in mine.get(page).text, page
    mine.get("/lock")
    mine.post("/today/week", {"own_words": "words", "idem": "w1"})
    for page in ("/lock", "/help"):
        assert 'tel:103"' in mine.get(page).text, page
    assert 'tel:103"' in stranger.get("/help").text
    assert NEW["clinic"] in stranger.get("/help").text
    admin = other.signed_in(staff_session(database, cast.admin, clock()))
    assert NEW["crisis"] in admin.get("/site").text


def test_a_locked_phone_of_another_site_is_shown_its_own_clinic(browser, database, cast, clock):
    """Of two sites, a stranger sees the first; whose phone it is, its lock and its Help know."""
    changed(browser, database, cast, clock)
    hers = browser.another()
    with database.write() as session:
        code = phone.invite(session, cast.vera, None, SYSTEM, clock())
    hers.post("/start", {"code": code})
    hers.post("/start/pin", {"pin": "482913", "again": "482913"})
    clock.forward(minutes=4)
    hers.post("/today/week", {"own_words": "words", "idem": "w1"})
    for page in ("/lock", "/help"):
        shown = hers.get(page).text
        assert "tel:112" in shown and "tel:103" not in shown, page


def test_new_thresholds_hold_in_every_process_at_once(browser, other, database, cast, clock):
    lead = browser.signed_in(staff_session(database, cast.ivanova, clock()))
    elsewhere = other.signed_in(staff_session(database, cast.ivanova, clock()))
    assert "Two processes" not in elsewhere.get("/thresholds").text
    body = {"version": "2026-2", "approved_by": "Two processes", "reason": "R"}
    body["present"] = PASSWORD
    assert lead.post("/thresholds", body).status_code == 303
    assert "Two processes" in elsewhere.get("/thresholds").text


def test_nothing_but_the_table_of_contents_gives_the_application_a_state():
    """What one process keeps for itself, another does not know."""
    written = [
        f"{module.where}:{node.lineno}"
        for module in modules().values()
        if module.unit != "main"
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete))
        for target in getattr(node, "targets", None) or [node.target]
        if ast.unparse(target).partition("[")[0].rpartition(".")[0].endswith("app.state")
    ]
    assert written == []
