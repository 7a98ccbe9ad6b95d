"""The database: engine, sessions, and the guard against unaudited writes.

SQLite is opened through SQLCipher with the settings that make a commit durable
(WAL, ``synchronous=FULL``); PostgreSQL through psycopg. ``BEGIN IMMEDIATE`` marks
a session that writes, so that a read is never upgraded in the middle.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import sqlcipher3.dbapi2 as sqlcipher
from pydantic_core import from_json
from sqlalchemy import JSON, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm.unitofwork import UOWTransaction
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from app.keys import Keys, read_keys
from app.settings import Settings

log = logging.getLogger("daybook")
# Older SQLite can lose commits under WAL with two connections.
SAFE_SQLITE = (3, 51, 3)
# A write waits in this process's queue, and then for other processes or for other
# transactions. Both together end before the sender takes silence for an answer (6 s).
TURN_SECONDS = 3.0
LOCK_MS = 2500
# Every revision under migrations/versions, oldest first: what this release can read or bring up.
SCHEMAS = tuple(f"{n:04}" for n in range(9, 23))
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": LOCK_MS,
}

# What an entry about the key itself is about; found by the index, without reading the trail.
KEY_KIND = "key"
_LAST_CHANGE = (
    f"SELECT changes FROM audit_entry WHERE subject_kind = '{KEY_KIND}' AND subject_id = 0 "  # noqa: S608
    "ORDER BY seq DESC LIMIT 1"
)

# No value of a row in an error or a log; and JSON is read by one call of C, not by four of Python.
COMMON: dict[str, Any] = {"hide_parameters": True, "json_deserializer": from_json}


class UnsafeDatabase(Exception):
    """The database cannot be trusted with a commit; the message says what to do."""


class OtherSchema(UnsafeDatabase):
    """The tables were made by another release; the message says what to do."""


class UnauditedWrite(Exception):
    """A transaction wrote rows and no audit entry says so."""


DISK_FULL, READ_ONLY = "disk full", "database read-only"
# What the databases call it; the numbers are PostgreSQL's.
_STUCK = {
    "53100": DISK_FULL,
    "25006": READ_ONLY,
    "database or disk is full": DISK_FULL,
    "disk I/O error": DISK_FULL,
    "attempt to write a readonly database": READ_ONLY,
}


class Busy(Exception):
    """Others have written for too long: it was not this one's turn, and nothing was stored."""


class Database:
    """Two engines over one pool, for reading and for writing, and who may write now.

    ``turn`` is the queue of writers in this process: SQLite's own waiting sleeps and
    is unfair. It is an asyncio lock, so that nobody holds a thread while waiting. Who would
    wait too long is told so: ``Busy``.
    """

    def __init__(self, settings: Settings, keys: Keys | None = None):
        """``keys``: where they are not those in use, as while they are changed."""
        self.settings = settings
        self.keys: Keys = keys or read_keys(settings.key_path)
        self.uses_sqlite = settings.uses_sqlite
        if self.uses_sqlite:
            self.engine, self.writing = _sqlite(settings, self.keys)
        else:
            self.engine = self.writing = _postgresql(settings)
        event.listen(self.engine, "reset", _roll_back)
        event.listen(self.engine, "first_connect", _check_schema)
        if keys is None:
            event.listen(self.engine, "first_connect", partial(_check_key, self.keys.id))
        self.turn = _Turn() if self.uses_sqlite else _Open()
        self.stuck: str | None = None
        """why nothing can be stored, since a write failed and until one succeeds"""
        self.unseen: dict[int, datetime] = {}
        """when each session was last there, where that could not be stored"""
        for engine in (self.engine, self.writing):
            _OF_ENGINE[engine] = self
            event.listen(engine, "handle_error", _note_stuck)

    def open(self, *, write: bool) -> Session:
        """A session that has not begun; whoever opens it commits and closes it."""
        session = Session(self.writing if write else self.engine, expire_on_commit=False)
        session.info["keys"] = self.keys
        session.info["base_url"] = self.settings.base_url
        session.info["demo"] = self.settings.demo
        session.info["database"] = self
        return session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One committed transaction, for the worker, the command line and sign-in."""
        with self.open(write=True) as session:
            yield session
            session.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self.open(write=False) as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()
        self.writing.dispose()


# Errors are told by the dialect, which several engines may have in common.
_OF_ENGINE: WeakKeyDictionary[Engine, Database] = WeakKeyDictionary()


def _note_stuck(context: ExceptionContext) -> OperationalError | None:
    """A disk that is full and a database that takes no writes answer again some time.

    PostgreSQL says the second in a class of errors of its own, and for as long as the connection
    lasts: it is an answer of the database as the first is, and the connection goes.
    """
    orig = context.original_exception
    told = _STUCK.get(getattr(orig, "sqlstate", None) or str(orig))
    database = _OF_ENGINE.get(context.engine) if context.engine else None
    if told is None or database is None:
        return None
    database.stuck = told
    if told != READ_ONLY or database.uses_sqlite:
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, orig, hide_parameters=True)


class _Turn:
    """One writer at a time in this process, in the order they came."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._lock.acquire()
        except TimeoutError as error:
            raise Busy("the queue of writers did not move") from error

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


class _Open:
    """PostgreSQL queues its own writers."""

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


def _sqlite(settings: Settings, keys: Keys) -> tuple[Engine, Engine]:
    """One pool with two ways to begin: to read, and to write from the first statement on."""
    if sqlcipher.sqlite_version_info < SAFE_SQLITE:
        raise UnsafeDatabase(
            f"SQLite {sqlcipher.sqlite_version} can lose commits; install sqlcipher3 0.6.4 or newer"
        )
    settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)

    def connect() -> Any:
        connection = sqlcipher.connect(
            str(settings.sqlite_path), isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute(f"PRAGMA key = \"x'{keys.database}'\"")
            _settle(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        module=sqlcipher,
        poolclass=QueuePool,
        pool_size=20,
        **COMMON,
    )
    writing = create_engine("sqlite://", pool=engine.pool, module=sqlcipher, **COMMON)
    for one in (engine, writing):
        one.dialect.colspecs = {**one.dialect.colspecs, JSON: _JsonText}
    for one, statement in ((engine, "BEGIN"), (writing, "BEGIN IMMEDIATE")):
        begins_with(one, statement)
    return engine, writing


class _JsonText(sqlite.JSON):
    """JSON as SQLite keeps it, read in one step: a record of half a year has hundreds."""

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return lambda text: None if text is None else from_json(text)


def begins_with(engine: Engine, statement: str) -> None:
    """The driver is told to begin nothing by itself: a read would become a write midway."""

    def begin(connection: Any) -> None:
        connection.execute(statement)

    engine.dialect.do_begin = begin  # type: ignore[assignment,method-assign]


def _settle(connection: Any) -> None:
    """Ask for the settings and look whether they were taken. Raises UnsafeDatabase."""
    try:
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    except sqlcipher.OperationalError:
        raise  # locked, or a full disk: it may open the next time
    except sqlcipher.DatabaseError as error:
        raise UnsafeDatabase("the database does not open with this key") from error
    if found != PRAGMAS:
        raise UnsafeDatabase(f"SQLite did not take its settings: {found}")


def _check_schema(connection: Any, _record: Any) -> None:
    """Whoever opens a database of another release hears it at once. Raises OtherSchema.

    In place of a trace at the first table that is not as it should be, whichever command it was.
    """
    with closing(connection.cursor()) as cursor:
        tables = _tables(cursor)
        made_by = None
        if "alembic_version" in tables:
            cursor.execute("SELECT version_num FROM alembic_version")
            row = cursor.fetchone()
            made_by = row[0] if row else None
    connection.rollback()
    empty = made_by is None and "audit_entry" not in tables
    if not empty and made_by not in SCHEMAS:
        connection.close()
        raise OtherSchema(
            f"the database was made by another release (schema {made_by or 'unknown'}): go on with "
            "that release, or give this one an empty database (another DAYBOOK_DATA_DIR or "
            "DAYBOOK_DATABASE_URL)"
        )


def _check_key(ours: str, connection: Any, _record: Any) -> None:
    """A key that was changed for another opens nothing any more, whichever the database.

    Raises UnsafeDatabase.
    """
    with closing(connection.cursor()) as cursor:
        found = None
        if "audit_entry" in _tables(cursor):
            cursor.execute(_LAST_CHANGE)
            found = cursor.fetchone()
    connection.rollback()
    if found and (told := _new_key(found[0])) != ours:
        connection.close()
        raise UnsafeDatabase(
            f"the database is sealed with the key {told}, and DAYBOOK_KEY_FILE is the key {ours}"
        )


def key_told(connection: Connection) -> str | None:
    """The key that the trail says is in use; None where it was never changed."""
    found = connection.exec_driver_sql(_LAST_CHANGE).first()
    return _new_key(found[0]) if found else None


def _new_key(changes: Any) -> str:
    told: str = (from_json(changes) if isinstance(changes, str) else changes)["key"][1]
    return told


def _tables(cursor: Any) -> set[str]:
    """Which of the two that tell are there, on either database."""
    if isinstance(cursor, sqlcipher.Cursor):
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    else:
        cursor.execute(
            "SELECT name FROM unnest(ARRAY['alembic_version', 'audit_entry']) AS name "
            "WHERE to_regclass(name) IS NOT NULL"
        )
    return {name for (name,) in cursor.fetchall()}


def _roll_back(connection: Any, *_: Any) -> None:
    """A commit that failed leaves its transaction open, and SQLAlchemy takes it for done:
    whoever borrowed the connection next would find it, and its lock, still held."""
    connection.rollback()


def _postgresql(settings: Settings) -> Engine:
    url = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(
        url,
        pool_size=20,
        pool_timeout=TURN_SECONDS,
        **COMMON,
        pool_pre_ping=True,
        # Without them a connection waits for a server, and a statement for a lock, for ever.
        connect_args={"connect_timeout": 3, "options": f"-c lock_timeout={LOCK_MS}"},
    )


# --- the guard: a transaction that wrote rows must have written an audit entry -----------


def _needs_audit(table: Any) -> bool:
    return "unaudited" not in getattr(table, "info", {})


def note_entry(session: OrmSession, entry: dict[str, Any]) -> None:
    """Called by ``audit.record`` alone: an entry that the commit will append to the trail."""
    if not session.in_transaction():
        session.begin()  # whose end forgets it
    session.info.setdefault("entries", []).append(entry)


def noted_entries(session: OrmSession) -> list[dict[str, Any]]:
    """What this transaction has noted for the trail so far."""
    found: list[dict[str, Any]] = session.info.get("entries", [])
    return found


@event.listens_for(Session, "before_flush")
def _note_flushed_rows(session: OrmSession, _context: UOWTransaction, _instances: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if _needs_audit(row.__table__):
            session.info["wrote"] = row.__table__.name


@event.listens_for(Session, "do_orm_execute")
def _note_executed_rows(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _note(state.session, state.statement.table)  # type: ignore[attr-defined]


def _note(session: OrmSession, table: Any) -> None:
    if _needs_audit(table):
        session.info["wrote"] = table.name


def write(session: OrmSession, statement: Any, rows: Any) -> Any:
    """Execute a prebuilt insert, update or delete of Core, noted for the guard as any other.

    For what every submission writes: the session's own way costs half as much again.
    """
    _note(session, statement.table)
    return session.connection().execute(statement, rows)


@event.listens_for(Session, "before_commit")
def _refuse_unaudited(session: OrmSession) -> None:
    if session.new or session.dirty or session.deleted:
        session.flush()
    wrote = session.info.get("wrote")
    if wrote and not noted_entries(session):
        raise UnauditedWrite(f"rows of '{wrote}' were written without an audit entry")


@event.listens_for(Session, "after_commit")
def _moves_on(session: OrmSession) -> None:
    if noted_entries(session) and "database" in session.info:
        session.info["database"].stuck = None


@event.listens_for(Session, "after_transaction_create")
def _remember(session: OrmSession, transaction: Any) -> None:
    """What was noted before a savepoint, for the case that it is rolled back."""
    if transaction.nested:
        noted = session.info.get("wrote"), len(noted_entries(session))
        session.info.setdefault("points", {})[transaction] = noted


@event.listens_for(Session, "after_soft_rollback")
def _take_back(session: OrmSession, transaction: Any) -> None:
    """What was noted since a savepoint goes with it."""
    noted = session.info.get("points", {}).pop(transaction, None)
    if noted is not None:
        session.info["wrote"] = noted[0]
        del noted_entries(session)[noted[1] :]


@event.listens_for(Session, "after_transaction_end")
def _forget(session: OrmSession, transaction: Any) -> None:
    if transaction.parent is None:
        for note in ("wrote", "entries", "points", "failed_apart"):
            session.info.pop(note, None)


# --- one record of many -------------------------------------------------------------------


@contextmanager
def apart(session: OrmSession) -> Iterator[None]:
    """What fails in it is undone and counted (``failed_apart``), and the caller goes on.

    For a job over many records: a broken one may not stop the others. A database that does not
    answer is no matter of one record, and is raised.
    """
    try:
        with session.begin_nested():
            yield
    except OperationalError:
        raise
    except Exception as error:
        session.info["failed_apart"] = failed_apart(session) + 1
        # Without its words: they may repeat what somebody wrote.
        log.error("one record of many failed: %s", type(error).__name__)


def failed_apart(session: OrmSession) -> int:
    """How many records failed ``apart`` in this transaction."""
    return int(session.info.get("failed_apart", 0))


@contextmanager
def undone_unless(session: OrmSession) -> Iterator[Callable[[bool], None]]:
    """What is written in it stands only if the caller says so: ``stands(True)``."""
    said: list[bool] = []
    point = session.begin_nested()
    try:
        yield said.append
    except BaseException:
        said.clear()
        raise
    finally:
        if any(said):
            point.commit()
        else:
            point.rollback()
