"""The audit trail only grows, and a change of any entry is found."""

import hashlib
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DBAPIError

from app import audit
from app.audit import Actor, Subject
from app.db import Database
from app.models.base import metadata
from tests.cast import NOW

ENTRIES = metadata.tables["audit_entry"]
ATTACKS = [
    "UPDATE audit_entry SET actor = 'nobody' WHERE seq = 3",
    "UPDATE audit_entry SET seq = seq + 100",
    "DELETE FROM audit_entry WHERE seq = 3",
    "DELETE FROM audit_entry",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3 "
    "ON CONFLICT (seq) DO UPDATE SET actor = 'nobody'",
]
ONLY = {
    "sqlite": [
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3",
        "REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3",
        "UPDATE OR REPLACE audit_entry SET seq = 4 WHERE seq = 3",
        "UPDATE OR IGNORE audit_entry SET actor = 'nobody' WHERE seq = 3",
        "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE rowid = 3",
    ],
    "postgresql": [
        "TRUNCATE audit_entry",
        "TRUNCATE audit_entry CASCADE",
        "WITH gone AS (DELETE FROM audit_entry RETURNING *) SELECT count(*) FROM gone",
        "MERGE INTO audit_entry a USING (SELECT 3 AS seq) b ON a.seq = b.seq "
        "WHEN MATCHED THEN DELETE",
    ],
}


@pytest.fixture
def trail(database: Database) -> Database:
    """Thirty entries of all kinds, with every optional field given and absent."""
    for number in range(30):
        with database.write() as session:
            audit.record(
                session,
                Actor(f"staff:{number % 3}", "counselor", f"{number:016x}", number % 2 or None),
                "test.entry",
                Subject("note", number),
                now=NOW + timedelta(seconds=number),
                changes={"text": [None, f"слово {number}"]} if number % 3 else None,
                reason="because" if number % 4 else "",
                client_at=NOW if number % 5 else None,
            )
    return database


def all_entries(database: Database) -> list[Any]:
    with database.read() as session:
        return list(session.execute(select(ENTRIES).order_by(ENTRIES.c.seq)).all())


def test_no_statement_changes_or_removes_an_entry(trail, backend):
    before = all_entries(trail)
    for statement in ATTACKS + ONLY[backend]:
        with pytest.raises(DBAPIError), trail.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert all_entries(trail) == before


def test_replacing_stays_refused_where_delete_triggers_do_not_fire(trail, backend):
    """SQLite fires no delete trigger for REPLACE unless the connection asks for it."""
    if backend != "sqlite":
        pytest.skip("a pragma of SQLite")
    before = all_entries(trail)
    with trail.engine.connect() as connection:
        connection.connection.execute("PRAGMA recursive_triggers = OFF")
        with pytest.raises(DBAPIError, match="append-only"):
            connection.exec_driver_sql(ONLY["sqlite"][0])
        connection.rollback()
        connection.connection.execute("PRAGMA recursive_triggers = ON")
    assert all_entries(trail) == before


@contextmanager
def without_triggers(database: Database) -> Iterator[Connection]:
    """Somebody who owns the file or the server; everything is taken back at the end."""
    with database.engine.connect() as connection:
        if database.uses_sqlite:
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.exec_driver_sql(names).fetchall():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        yield connection
        connection.rollback()


def altered(value: Any) -> Any:
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, dict):
        return {**value, "text": ["other", "words"]}
    return f"{(value or '')[:-1]}x"


@pytest.mark.parametrize("column", [column.name for column in ENTRIES.columns])
def test_a_change_of_any_column_of_any_entry_is_found(trail, column):
    chosen = random.Random(column).sample(range(1, 31), 4)
    for seq in [1, 30, *chosen]:
        with without_triggers(trail) as connection:
            where = ENTRIES.c.seq == seq
            old = connection.execute(select(ENTRIES.c[column]).where(where)).scalar_one()
            new = {column: NOW if column == "client_at" and old is None else altered(old)}
            new = {column: 7} if column == "site_id" and old is None else new
            connection.execute(update(ENTRIES).where(where).values(new))
            assert audit.verify(connection)[1] != [], f"entry {seq}"
    with trail.engine.connect() as connection:
        assert audit.verify(connection)[1] == []


def test_other_words_with_a_digest_that_fits_them_are_found(trail):
    with without_triggers(trail) as connection:
        words = {"text": ["other", "words"]}
        body = json.dumps(words, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        fitting = hashlib.sha256(body.encode()).hexdigest()
        new = {"changes": words, "changes_digest": fitting}
        connection.execute(update(ENTRIES).where(ENTRIES.c.seq == 12).values(new))
        assert audit.verify(connection)[1] == ["entry 12 was altered"]


def test_a_missing_entry_an_exchange_and_a_forged_one_are_found(trail):
    for seq in (1, 2, 15, 29):
        with without_triggers(trail) as connection:
            connection.execute(ENTRIES.delete().where(ENTRIES.c.seq == seq))
            assert audit.verify(connection)[1] != []
    with without_triggers(trail) as connection:
        for old, new in ((7, 700), (8, 7), (700, 8)):
            connection.execute(update(ENTRIES).where(ENTRIES.c.seq == old).values(seq=new))
        assert audit.verify(connection)[1] != []
    with without_triggers(trail) as connection:
        last = connection.execute(select(ENTRIES).where(ENTRIES.c.seq == 30)).mappings().one()
        connection.execute(insert(ENTRIES), {**last, "seq": 31})
        assert audit.verify(connection)[1] != []


def test_a_tail_that_was_cut_off_is_seen_by_whoever_knows_the_head(trail):
    with trail.engine.connect() as connection:
        head, faults = audit.verify(connection)
    assert (head.count, faults) == (30, [])
    with without_triggers(trail) as connection:
        connection.execute(ENTRIES.delete().where(ENTRIES.c.seq > 28))
        shorter, faults = audit.verify(connection)
    assert faults == [], "a chain that was cut off is whole: the head must be known elsewhere"
    assert shorter.count == 28 and shorter.hash != head.hash


def test_eight_writers_at_once_leave_one_whole_chain(database):
    failed: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            for number in range(10):
                with database.write() as session:
                    subject = Subject("note", number)
                    audit.record(session, Actor(f"staff:{writer}"), "test.race", subject, now=NOW)
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert failed == []
    with database.engine.connect() as connection:
        head, faults = audit.verify(connection)
    assert (head.count, faults) == (80, [])
