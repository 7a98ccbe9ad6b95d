"""The audit trail only grows, site by site, and a change of any entry is found."""

import hashlib
import json
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from app import __main__ as door
from app import audit
from app import commands as house_commands
from app.audit import Actor, Subject
from app.db import Database
from app.models.base import metadata
from app.outbox.errands import do
from app.outbox.queries import TRAIL_ALTERED, mail_state
from app.outbox.walk import WALK, look, note
from tests.cast import NOW

ENTRIES = metadata.tables["audit_entry"]
ATTACKS = [
    "UPDATE audit_entry SET actor = 'nobody' WHERE seq = 3",
    "UPDATE audit_entry SET seq = seq + 100",
    "DELETE FROM audit_entry WHERE seq = 3",
    "DELETE FROM audit_entry",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3 "
    "ON CONFLICT (chain, seq) DO UPDATE SET actor = 'nobody'",
]
ONLY = {
    "sqlite": [
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3",
        "REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 3",
        "UPDATE OR REPLACE audit_entry SET seq = 4 WHERE seq = 3",
        "UPDATE OR IGNORE audit_entry SET actor = 'nobody' WHERE seq = 3",
        "UPDATE OR REPLACE audit_entry SET chain = 1 WHERE seq = 3 AND chain = 0",
    ],
    "postgresql": [
        "TRUNCATE audit_entry",
        "TRUNCATE audit_entry CASCADE",
        "WITH gone AS (DELETE FROM audit_entry RETURNING *) SELECT count(*) FROM gone",
        "MERGE INTO audit_entry a USING (SELECT 3 AS seq) b ON a.seq = b.seq "
        "WHEN MATCHED THEN DELETE",
    ],
}


# Two sites; what belongs to none is chain 0.
OURS, OTHER = 1, 2


def at(seq: int, chain: int = OURS) -> Any:
    """One entry."""
    return (ENTRIES.c.chain == chain) & (ENTRIES.c.seq == seq)


@pytest.fixture
def trail(database: Database) -> Database:
    """Sixty entries in two chains, of all kinds: with every optional field given and absent."""
    for number in range(60):
        site = OURS if number % 2 else None
        with database.write() as session:
            audit.record(
                session,
                Actor(
                    f"staff:{number % 3}",
                    "counselor",
                    f"{number:016x}",
                    site,
                ),
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
        ordered = select(ENTRIES).order_by(ENTRIES.c.chain, ENTRIES.c.seq)
        return list(session.execute(ordered).all())


@pytest.mark.req("R2")
def test_no_statement_changes_or_removes_an_entry(trail, backend):
    before = all_entries(trail)
    for statement in ATTACKS + ONLY[backend]:
        with pytest.raises(DBAPIError), trail.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert all_entries(trail) == before


@pytest.mark.req("R2")
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


@pytest.mark.req("R3")
@pytest.mark.parametrize("column", [column.name for column in ENTRIES.columns])
def test_a_change_of_any_column_of_any_entry_is_found(trail, column):
    chosen = random.Random(column).sample(range(1, 31), 4)
    for chain, seq in zip((0, OURS) * 3, (1, 30, *chosen), strict=True):
        with without_triggers(trail) as connection:
            where = at(seq, chain)
            old = connection.execute(select(ENTRIES.c[column]).where(where)).scalar_one()
            new = {column: NOW if column == "client_at" and old is None else altered(old)}
            connection.execute(update(ENTRIES).where(where).values(new))
            assert audit.verify(connection)[1] != [], f"entry {seq} of {chain}"
    with trail.engine.connect() as connection:
        assert audit.verify(connection)[1] == []


def test_a_broken_trail_is_told_until_a_walk_finds_it_whole(trail):
    do(WALK, trail, NOW)
    for faults, told in ((["site 1: entry 12 was altered"], True), ([], False)):
        night = NOW + timedelta(days=1 if told else 2)
        with trail.write() as session:
            assert note(session, faults, night)
        with trail.read() as session:
            assert (TRAIL_ALTERED in mail_state(session, night).faults(night)) is told
    assert look(trail, NOW + timedelta(days=3)) == []


def test_other_words_with_a_digest_that_fits_them_are_found(trail):
    with without_triggers(trail) as connection:
        words = {"text": ["other", "words"]}
        body = json.dumps(words, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        fitting = hashlib.sha256(body.encode()).hexdigest()
        new = {"changes": words, "changes_digest": fitting}
        connection.execute(update(ENTRIES).where(at(12)).values(new))
        assert audit.verify(connection)[1] == ["site 1: entry 12 was altered"]


@pytest.mark.req("R3")
def test_a_missing_entry_an_exchange_and_a_forged_one_are_found(trail):
    for seq in (1, 2, 15, 29):
        with without_triggers(trail) as connection:
            connection.execute(ENTRIES.delete().where(at(seq)))
            assert audit.verify(connection)[1] != []
    with without_triggers(trail) as connection:
        for old, new in ((7, 700), (8, 7), (700, 8)):
            connection.execute(update(ENTRIES).where(at(old)).values(seq=new))
        assert audit.verify(connection)[1] != []
    with without_triggers(trail) as connection:
        last = connection.execute(select(ENTRIES).where(at(30))).mappings().one()
        connection.execute(insert(ENTRIES), {**last, "seq": 31})
        assert audit.verify(connection)[1] != []


def test_a_tail_that_was_cut_off_is_seen_by_whoever_knows_the_head(trail):
    with trail.engine.connect() as connection:
        found, faults = audit.verify(connection)
    assert (found.count, faults) == (60, [])
    with without_triggers(trail) as connection:
        connection.execute(ENTRIES.delete().where(ENTRIES.c.seq > 28, ENTRIES.c.chain == OURS))
        shorter, faults = audit.verify(connection)
    assert faults == [], "a chain that was cut off is whole: the head must be known elsewhere"
    assert shorter.count == 58 and shorter.root != found.root


def witnessed(database: Database, site: int) -> str:
    with database.write() as session:
        actor, subject = audit.system(site), Subject("site", site)
        return audit.witness(session, actor, subject, NOW).root


@pytest.mark.req("R3")
def test_a_tail_that_was_witnessed_is_missed_and_so_is_a_whole_site(trail):
    """What another site's entry has told of is there, or verification says so."""
    root = witnessed(trail, OTHER)
    removed = [(ENTRIES.c.seq > 28, 28), (ENTRIES.c.seq > 0, 0)]
    for which, left in removed:
        with without_triggers(trail) as connection:
            connection.execute(ENTRIES.delete().where(which, ENTRIES.c.chain == OURS))
            found, faults = audit.verify(connection)
            assert faults == [f"site 1: 30 entries were witnessed, {left} are there"]
            assert found.root != root
    with trail.engine.connect() as connection:
        assert audit.verify(connection)[1] == []


def test_other_entries_in_place_of_those_that_were_witnessed_are_found(trail):
    witnessed(trail, OTHER)
    with without_triggers(trail) as connection:
        last = dict(connection.execute(select(ENTRIES).where(at(30))).mappings().one())
        connection.execute(ENTRIES.delete().where(at(30)))
        forged = {**last, "actor": "staff:9"}
        forged["hash"] = audit.chain_hash(forged)
        connection.execute(insert(ENTRIES), forged)
        assert audit.verify(connection)[1] == ["site 1: entry 30 is not the one that was witnessed"]


def test_a_mailed_root_is_found_again_and_an_invented_one_is_not(trail, monkeypatch, capsys):
    root = witnessed(trail, OURS)
    witnessed(trail, OURS)
    monkeypatch.setattr(house_commands, "Settings", lambda: trail.settings)
    for asked, status in (([], 0), (["--root", root], 0), (["--root", "ab" * 32], 1)):
        monkeypatch.setattr(sys, "argv", ["daybook", "audit", "verify", *asked])
        with pytest.raises(SystemExit) as stopped:
            door.main()
        assert stopped.value.code == status, asked
        said = capsys.readouterr().out
        assert ("no entry tells of the root" in said) is bool(status)
        assert "site 1: 32 entries, head " in said and "62 entries, root " in said


@pytest.mark.req("R3")
def test_a_witness_that_was_rewritten_with_its_chain_does_not_tell_the_mailed_root(trail):
    """Whoever rewrites all of a chain writes another root into it: the mail still has the old."""
    root = witnessed(trail, OTHER)
    with without_triggers(trail) as connection:
        row = dict(connection.execute(select(ENTRIES).where(at(1, OTHER))).mappings().one())
        connection.execute(ENTRIES.delete().where(at(1, OTHER)))
        heads = [head for head in row["changes"]["heads"][1] if head[0] != OURS]
        changes = {"root": [None, root], "heads": [None, heads]}
        connection.execute(insert(ENTRIES), {**row, "changes": changes})
        assert not audit.was_witnessed(connection, root)


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
        found, faults = audit.verify(connection)
    assert (found.count, faults) == (80, [])


def test_what_is_noted_is_appended_by_the_commit_and_by_nothing_else(database):
    """So that nobody holds the chain while they think, and no savepoint appends for another."""
    with database.open(write=True) as session:
        noted(session, "first")
        with session.begin_nested():
            noted(session, "second")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            noted(session, "undone")
            raise ZeroDivisionError
        assert session.execute(select(ENTRIES)).all() == []
        session.commit()
        noted(session, "third")
        session.rollback()
        session.commit()
    found = [(row.seq, row.action) for row in all_entries(database)]
    assert found == [(1, "first"), (2, "second")]


def noted(session: Any, action: str, site: int | None = OURS) -> None:
    audit.record(session, Actor("staff:1", site_id=site), action, Subject("note", 1), now=NOW)


def test_a_site_is_not_held_up_by_another(database, backend, monkeypatch):
    """Its chain is held for the length of a commit, and nobody else's is."""
    if backend == "sqlite":
        pytest.skip("SQLite has one writer")
    with database.open(write=True) as slow, database.open(write=True) as same:
        audit.hold_chain(slow, OURS)
        for site in (OTHER, None):
            with database.write() as session:
                noted(session, "quick", site)
        same.execute(text("SET LOCAL lock_timeout = 100"))
        noted(same, "waits")
        with pytest.raises(OperationalError):
            same.commit()
        slow.rollback()
    assert [row.chain for row in all_entries(database)] == [0, OTHER]


def test_two_who_write_of_the_same_two_sites_do_not_wait_for_each_other(database):
    """Whatever order they noted in, they append in one."""
    failed: list[BaseException] = []

    def write(sites: tuple[int, ...]) -> None:
        try:
            for _ in range(15):
                with database.write() as session:
                    for site in sites:
                        noted(session, "both", site)
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(sites,)) for sites in ((1, 2), (2, 1))]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert failed == []
    with database.engine.connect() as connection:
        found, faults = audit.verify(connection)
    assert ([one.count for one in found.heads], faults) == ([30, 30], [])
