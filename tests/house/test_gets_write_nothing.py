"""Opening a page changes no row, whoever opens it and whatever stands in the tables.

Few exceptions, each narrow: "last seen" of the session; arriving at the lock and leaving
by Hide, which end a session; pages that leave an entry in the audit trail because they
show a person's record; and, beside that entry, the mark that a counselor has read it.
"""

import pytest

from app.models.base import metadata
from tests.house.crawl import names, routes
from tests.house.tables import count, digest, tables

pytestmark = pytest.mark.sweep

LOCKING = {"/lock", "/hide"}
# Pages of a recorded read, and the table where they note who has read.
READ_MARKS = {
    "/participants/{public_id}/worksheets/{sheet_id}": "worksheet_copy",
    "/participants/{public_id}/brief": "brief_reading",
}
AUDIT = metadata.tables["audit_entry"]


def test_every_table_has_rows_that_a_page_could_change(people, sown):
    with sown.read() as session:
        assert [table.name for table in tables() if not count(session, table)] == []


def test_the_digest_sees_a_change_of_any_one_value(sown, cast):
    before = digest(sown)
    with sown.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE note SET text = 'changed' WHERE id = 1")
    after = digest(sown)
    assert {name for name in before if before[name] != after[name]} == {"note"}


def test_no_get_writes(app, people, sown):
    seen, before = 0, digest(sown)
    for each in routes(app):
        if each.unsafe or each.path in LOCKING:
            continue
        marks = {"audit_entry", READ_MARKS.get(each.path, "audit_entry")}
        without = {"auth_session"} | (marks if each.audience.records_read else set())
        for who, browser in names(people):
            each.send(browser)
            after = digest(sown)
            assert {name for name in after if after[name] != before[name]} <= without, (each, who)
            before = after
            seen += 1
    assert seen >= 150


def test_the_lock_and_hide_write_to_the_session_and_the_audit_trail_alone(app, people, sown):
    without = {"auth_session", "audit_entry"}
    before = digest(sown, without)
    for path in LOCKING:
        for _, browser in names(people):
            browser.get(path)
    assert digest(sown, without) == before


def test_a_page_that_shows_a_record_says_so_in_the_audit_trail(app, people, sown):
    for each in routes(app):
        for who, browser in names(people):
            if not each.audience.records_read or who not in each.audience.roles:
                continue
            with sown.read() as session:
                before = count(session, AUDIT)
            status = each.send(browser).status_code
            with sown.read() as session:
                added = count(session, AUDIT) - before
            assert added == (1 if status == 200 else 0), (each, who, status)
