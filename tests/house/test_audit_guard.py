"""No row is written without an audit entry, by whatever way of writing."""

import ast
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database, UnauditedWrite, write
from app.models.base import metadata
from app.models.diary import NOTE, Note
from app.settings import Settings
from tests.cast import NOW
from tests.house.source import Module, calls, dotted, modules

ROW: dict[str, Any] = {"participant_id": 1, "at": NOW, "text": "new"}
UNAUDITED = {
    "audit_entry",
    "board",
    "export",
    "heartbeat",
    "message",
    "attempt",
    "held_post",
    "passkey_challenge",
    "throttle",
    "worksheet_draft",
}


def add(session: Session) -> None:
    session.add(Note(**ROW))


def add_and_flush(session: Session) -> None:
    session.add(Note(**ROW))
    session.flush()


def change(session: Session) -> None:
    session.get_one(Note, 1).text = "changed"


def remove(session: Session) -> None:
    session.delete(session.get_one(Note, 1))


def inside_a_savepoint(session: Session) -> None:
    with session.begin_nested():
        session.add(Note(**ROW))


def core_insert(session: Session) -> None:
    session.execute(insert(NOTE), ROW)


def many_rows_at_once(session: Session) -> None:
    session.execute(insert(Note), [ROW, ROW])


def insert_and_return(session: Session) -> None:
    session.scalars(insert(NOTE).returning(NOTE.c.id), ROW).all()


def insert_from_select(session: Session) -> None:
    rows = select(NOTE.c.participant_id, NOTE.c.at, NOTE.c.text)
    session.execute(insert(NOTE).from_select(["participant_id", "at", "text"], rows))


def core_update(session: Session) -> None:
    session.execute(update(NOTE).values(text="changed"))


def core_insert_without_the_session(session: Session) -> None:
    write(session, insert(NOTE), ROW)


def orm_update(session: Session) -> None:
    session.execute(update(Note).values(text="changed"))


def core_delete(session: Session) -> None:
    session.execute(delete(NOTE))


WAYS = [
    add,
    add_and_flush,
    change,
    remove,
    inside_a_savepoint,
    core_insert,
    core_insert_without_the_session,
    many_rows_at_once,
    insert_and_return,
    insert_from_select,
    core_update,
    orm_update,
    core_delete,
]


@pytest.fixture
def with_a_note(database, cast):
    with database.write() as session:
        session.add(Note(participant_id=cast.anna, at=NOW, text="old"))
        audit.record(session, SYSTEM, "test.note", Subject("note", 1), now=NOW)
    return database


def texts(database) -> list[str]:
    with database.read() as session:
        return list(session.execute(select(NOTE.c.text).order_by(NOTE.c.id)).scalars())


@pytest.mark.req("R1")
@pytest.mark.parametrize("way", WAYS)
def test_a_write_without_an_entry_does_not_commit(with_a_note, way: Callable[[Session], None]):
    with pytest.raises(UnauditedWrite, match="note"), with_a_note.write() as session:
        way(session)
    assert texts(with_a_note) == ["old"]


# A savepoint is held to its entry when it ends, not when the transaction does.
@pytest.mark.parametrize("way", [way for way in WAYS if way is not inside_a_savepoint])
def test_the_same_write_with_an_entry_commits(with_a_note, way: Callable[[Session], None]):
    with with_a_note.write() as session:
        way(session)
        audit.record(session, SYSTEM, "test.note", Subject("note", 1), now=NOW)
    assert texts(with_a_note) != ["old"]


def test_an_entry_serves_its_own_transaction_and_no_later_one(with_a_note):
    with with_a_note.open(write=True) as session:
        audit.record(session, SYSTEM, "test.first", Subject("note", 1), now=NOW)
        session.commit()
        add(session)
        with pytest.raises(UnauditedWrite):
            session.commit()
    assert texts(with_a_note) == ["old"]


def test_only_the_records_of_the_machinery_need_no_entry():
    """A table that opts out of the audit trail is a decision to be seen here."""
    found = {table.name for table in metadata.tables.values() if "unaudited" in table.info}
    assert found == UNAUDITED
    assert all(len(metadata.tables[name].info["unaudited"]) > 10 for name in found)


def _another(name: str, value: Any) -> Any:
    """A value of a setting that is not the one it has."""
    if isinstance(value, bool):
        return not value
    fitting = {"hide_url": "https://www.example.org/", "ping_url": "https://www.example.org/"}
    fitting |= {"mail_from": "Other <other@clinic.test>", "base_url": "https://other.test"}
    fitting |= {"smtp_url": "smtp://127.0.0.1:9", "trusted_proxy": "127.0.0.1", "host": "127.0.0.2"}
    return value + 1 if isinstance(value, int) else fitting.get(name)


@pytest.mark.req("R4")
def test_no_setting_switches_the_trail_off(with_a_note):
    """Every setting in turn with another value; those of the database itself lead to another."""
    tried = 0
    for name in Settings.model_fields:
        now = getattr(with_a_note.settings, name)
        other = _another(name, now)
        if other is None or name in ("data_dir", "database_url", "key_file"):
            continue
        tried += 1
        settings = Settings(**{**with_a_note.settings.model_dump(), name: other})
        with closing(Database(settings)) as database:
            with pytest.raises(UnauditedWrite), database.write() as session:
                core_update(session)
            before = entries(database)
            with database.write() as session:
                core_update(session)
                audit.record(session, SYSTEM, "test.note", Subject("note", 1), now=NOW)
            assert entries(database) == before + 1, name
    assert tried >= 8
    assert not [name for name in Settings.model_fields if "audit" in name or "trail" in name]


def entries(database) -> int:
    with database.read() as session:
        return len(session.execute(select(metadata.tables["audit_entry"].c.seq)).all())


@pytest.mark.req("R4")
def test_no_code_takes_the_guard_down():
    """What listens is never told to stop, and nobody writes the trail but its own file."""
    for name, module in modules().items():
        for call in calls(module.tree):
            called = dotted(call.func)
            assert called not in ("event.remove", "sqlalchemy.event.remove"), name
            writes = called in ("insert", "update", "delete") and call.args
            if writes and dotted(call.args[0]) in ("AUDIT_ENTRY", "AuditEntry"):
                assert name == "app.audit" and called == "insert", name


# Ways past the guard: SQL as text, a connection of one's own, the ORM's old bulk calls.
OWN_EDGE = {
    "app.db": "opens the connections",
    "app.migrate": "changes the schema",
    "app.grants": "says which role may do what with the tables, as their owner",
    "app.audit": "reads the chain, and takes the lock that queues its writers",
    "app.visit.gate": "notes when a session was last seen, whatever became of the form",
    "app.models.flags": "says in SQL for which rows an index holds",
    "app.demo.cohort": "looks whose database it is before there is a schema",
    "app.recovery.archive": "reads a site in one snapshot",
    "app.recovery.backup": "reads all there is in one snapshot",
    "app.recovery.restore": "folds up the file that it filled",
    "app.recovery.rotate": "seals anew what is there, and enters that",
    "app.recovery.rows": "reads every row, and puts them back with their entries",
}
PAST_THE_GUARD = {
    "text",
    "exec_driver_sql",
    "connection",
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
    "begin",
}


@pytest.mark.parametrize("name", sorted(modules()))
def test_nobody_writes_past_the_guard(name):
    imported_text = "sqlalchemy" in _imported_from(name, "text")
    used = []
    for call in calls(modules()[name].tree):
        before, _, last = dotted(call.func).rpartition(".")
        if last not in PAST_THE_GUARD or (last == "text" and (before or not imported_text)):
            continue
        if last == "begin" and before.rpartition(".")[2] not in ("engine", "connection", "session"):
            continue
        if last == "connection" and reads_only(name):
            continue  # a read without the cost of a session
        used.append(f"line {call.lineno}: {dotted(call.func)}")
    assert used == [] or name in OWN_EDGE


WRITES = {"insert", "update", "delete", "text"}


def reads_only(name: str) -> bool:
    """Whether nothing but prebuilt reads goes to a connection that was taken from a session."""
    tree = modules()[name].tree
    if not any(_imported_from(name, each) for each in WRITES):
        return True
    written = {
        dotted(target)
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if node.value and {dotted(call.func) for call in calls(node.value)} & WRITES
    }
    sent = [
        dotted(call.args[0]) if call.args else ""
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Call)
        and dotted(call.func.value.func).endswith(".connection")
    ]
    taken = [call for call in calls(tree) if dotted(call.func).endswith(".connection")]
    return len(sent) == len(taken) and all(each and each not in written for each in sent)


def test_a_connection_of_a_session_is_for_reading(monkeypatch):
    fine = "from sqlalchemy import insert, select\n_A = select(1)\n_B = insert(2)\n"
    for line, allowed in [
        ("session.connection().execute(_A)", True),
        ("session.connection().execute(_B)", False),
        ("session.connection().execute(select(1))", False),
        ("run = session.connection().execute", False),
    ]:
        module = Module("app.made_up", "app/made_up.py", ast.parse(fine + line))
        monkeypatch.setitem(modules(), "app.made_up", module)
        assert reads_only("app.made_up") is allowed, line


def _imported_from(name: str, taken: str) -> set[str]:
    from_where = set()
    for node in modules()[name].tree.body:
        if getattr(node, "module", None) and any(a.name == taken for a in node.names):  # type: ignore[attr-defined]
            from_where.add(node.module)  # type: ignore[attr-defined]
    return from_where


def test_those_ways_do_exist_and_would_go_past_it(with_a_note):
    """Why the test above is needed: if this one fails, the guard has learned to see them."""
    with with_a_note.write() as session:
        session.execute(text("UPDATE note SET text = 'past the guard'"))
    assert texts(with_a_note) == ["past the guard"]
