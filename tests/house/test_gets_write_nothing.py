"""Opening a page changes no row, whoever opens it and whatever stands in the tables.

Few exceptions, each narrow: "last seen" of the session; arriving at the lock and leaving
by Hide, which end a session; pages that leave an entry in the audit trail because they
show a person's record; beside that entry, the mark that a counselor has read it; and, of any
other page about a person, the entry that somebody of the staff has seen it.
"""

import pytest
from sqlalchemy import select

from app.models.base import metadata
from tests.house.crawl import OWN, names, routes
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


@pytest.mark.req("W4")
def test_no_get_writes(app, people, sown):
    seen, before = 0, digest(sown)
    for each in routes(app):
        if each.unsafe or each.path in LOCKING:
            continue
        marks = {"audit_entry", READ_MARKS.get(each.path, "audit_entry")}
        without = {"auth_session"} | (marks if each.audience.records_read else set())
        if each.path.startswith("/participants/{public_id}"):
            without.add("audit_entry")
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


@pytest.mark.req("Z8")
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


@pytest.mark.req("Z8")
def test_every_page_about_a_person_is_noted_for_whoever_of_the_staff_saw_it(
    app, people, sown, clock
):
    """Over all routes: one entry a page, reader and half hour, and none for a page not shown."""
    noted = 0
    for each in routes(app):
        for who, browser in names(people):
            if each.unsafe or not each.names_a_row or who not in each.audience.roles:
                continue
            if not each.path.startswith(("/participants/", "/flags/")):
                continue
            clock.forward(minutes=1)
            before = entries(sown)
            status = each.send(browser).status_code
            added = entries(sown) - before
            assert added == (1 if status == 200 else 0), (each, who, status)
            again, status = entries(sown), each.send(browser).status_code
            if not each.audience.records_read:
                assert entries(sown) == again, (each, who)
            noted += added
    assert noted >= 20


@pytest.mark.req("Z8")
def test_a_page_is_noted_again_in_the_next_half_hour_and_after_a_restart_only_then(
    orlova, app, sown, clock
):
    path = f"/participants/{OWN}"
    for again in range(3):
        app.state.reads.clear()
        assert orlova.get(path).status_code == 200
        assert reads(sown) == [("staff:3", "show_participant")], again
    clock.forward(minutes=29, seconds=59)
    orlova.get(path)
    assert len(reads(sown)) == 1
    clock.forward(seconds=1)
    orlova.get(path)
    orlova.get(f"{path}/sessions")
    assert [page for _, page in reads(sown)] == ["show_participant"] * 2 + ["show_sessions"]


def entries(database) -> int:
    with database.read() as session:
        return count(session, AUDIT)


def reads(database) -> list[tuple[str, str]]:
    with database.read() as session:
        wanted = select(AUDIT.c.actor, AUDIT.c.changes).where(AUDIT.c.action == "record.read")
        rows = session.execute(wanted.order_by(AUDIT.c.chain, AUDIT.c.seq)).all()
    return [(row.actor, row.changes["page"][1]) for row in rows]
