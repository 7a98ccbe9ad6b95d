"""``daybook key rotate``: another secret, and everything that the former one sealed under it.

Step by step, each of them whole or not at all. The key that comes lies beside the one in use until
the end, and while it does no service starts: interrupted anywhere and called again, it goes on.
On SQLite a copy is made under the new key, looked through, and put in the place of the database; on
PostgreSQL the sealed columns change in one transaction.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Column, Connection, Table, select, text, update
from sqlmodel import Session

from app import audit
from app.audit import SYSTEM, Subject
from app.db import KEY_KIND, Database, key_told
from app.keys import Keys, derive_keys, key_to_come, make_key_file
from app.recovery import rows
from app.recovery.files import remove, sync_file, sync_folder
from app.settings import Settings

SEALED = "_sealed"
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
STOP_FIRST = "others have the database open: stop 'daybook serve' and 'daybook worker' first"


class CannotRotate(Exception):
    """The key cannot be changed now; the message is the remedy."""


def steps(settings: Settings, now: datetime) -> Iterator[str]:
    """Take the next step, and say what was done. Raises CannotRotate before anything is changed."""
    path, to_come = settings.key_path, key_to_come(settings.key_path)
    former = derive_keys(path)
    _insist_on_being_alone(settings, former, to_come)
    if not to_come.exists():
        make_key_file(to_come)
        sync_folder(to_come.parent)
    following = derive_keys(to_come)
    yield f"key {following.id} lies beside key {former.id}"
    yield from (_copied if settings.uses_sqlite else _in_place)(settings, former, following, now)
    kept = path.with_name(f"{path.name}.{former.id}")
    if not kept.exists():
        os.link(path, kept)
    sync_folder(path.parent)
    yield f"key {former.id} is kept as {kept.name}: it opens the backups of before"
    to_come.replace(path)
    sync_folder(path.parent)
    yield f"key {following.id} is in its place"


def _insist_on_being_alone(settings: Settings, former: Keys, to_come: Path) -> None:
    """Whoever has the former key in memory would go on sealing with it. Raises CannotRotate."""
    if settings.uses_sqlite:
        if not settings.sqlite_path.exists():
            raise CannotRotate(f"there is no database at {settings.sqlite_path}")
        keys = [former, derive_keys(to_come)] if to_come.exists() else [former]
        opening = [one for one in keys if _opens(settings.sqlite_path, one)]
        if not opening:
            raise CannotRotate(f"{settings.sqlite_path} opens with neither key")
        _fold_up(settings.sqlite_path, opening[0])
        return
    with closing(Database(settings, former)) as database, database.engine.connect() as connection:
        if connection.execute(_OTHERS).scalar_one():
            raise CannotRotate(STOP_FIRST)


def _copied(settings: Settings, former: Keys, following: Keys, now: datetime) -> Iterator[str]:
    """SQLite: a file under the new key takes the place of the one under the former."""
    path = settings.sqlite_path
    copy = path.with_name(path.name + ".next")
    if not _opens(path, following):
        remove(copy)
        _export(path, former, copy, following)
        yield "a copy is written under the new key"
        place = settings.but(database_url=f"sqlite:///{copy}")
        with closing(Database(place, following)) as database:
            with database.write() as session:
                known = rows.tables(session.connection())
                _reseal(session, known, (former, following), now)
            _insist_on_the_same(settings, former, database, known)
        _fold_up(copy, following)
        sync_file(copy)
        yield "what was sealed in it is sealed anew, and all of it was looked through"
        copy.replace(path)
        sync_folder(path.parent)
    remove(copy)
    yield "the database opens with the new key"


def _in_place(settings: Settings, former: Keys, following: Keys, now: datetime) -> Iterator[str]:
    """PostgreSQL: the database is not ours to seal, its columns are."""
    with closing(Database(settings, following)) as database:
        with database.read() as session:
            done = key_told(session.connection()) == following.id
        if not done:
            with database.write() as session:
                known = rows.tables(session.connection())
                for table, _ in _sealing(known):
                    session.execute(text(f'LOCK TABLE "{table.name}" IN ACCESS EXCLUSIVE MODE'))
                _reseal(session, known, (former, following), now)
    yield "what was sealed is sealed anew"


def _reseal(session: Session, known: list[Table], keys: tuple[Keys, Keys], now: datetime) -> None:
    """Every sealed value, in one transaction with its audit entry. Raises KeyFileError.

    Columns that hold sealed values end in ``_sealed``; that no other does is looked at.
    """
    former, following = keys
    for table, sealed in _sealing(known):
        key = list(table.primary_key.columns)
        for row in session.execute(select(*key, *sealed)).all():
            found = row._mapping
            values = {
                column: following.seal(former.unseal(found[column]))
                for column in sealed
                if found[column]
            }
            if values:
                same = [column == found[column] for column in key]
                session.execute(update(table).where(*same).values(values))
    if left := _left(session.connection(), known, former):
        raise CannotRotate(f"sealed values stand where none are looked for: {', '.join(left)}")
    changes = {"key": [former.id, following.id]}
    audit.record(session, SYSTEM, "key.rotate", Subject(KEY_KIND, 0), now=now, changes=changes)


def _sealing(known: list[Table]) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """The tables with sealed columns, and these."""
    for table in known:
        if sealed := [column for column in table.columns if column.name.endswith(SEALED)]:
            yield table, sealed


def _left(connection: Connection, known: list[Table], former: Keys) -> list[str]:
    """Where a value still says that the former key sealed it."""
    return [
        f"{table.name}.{column.name}"
        for table in known
        for column in rows.texts(table)
        if connection.execute(
            select(column).where(column.startswith(former.mark, autoescape=True)).limit(1)
        ).first()
    ]


def _insist_on_the_same(
    settings: Settings, former: Keys, copy: Database, known: list[Table]
) -> None:
    """All rows are in the copy, and one entry more. Raises CannotRotate; nothing is lost by it."""
    with closing(Database(settings, former)) as database, database.engine.connect() as connection:
        expected = rows.counted(connection, known)
    expected["audit_entry"] += 1
    with copy.engine.connect() as connection:
        found = rows.counted(connection, known)
        faults = audit.verify(connection)[1]
        faults += rows.integrity(connection)
    faults += [
        f"{name}: {found.get(name)} rows" for name, n in expected.items() if found[name] != n
    ]
    if faults:
        raise CannotRotate(f"the copy is not whole ({faults[0]}): the database is as it was")


def _export(path: Path, former: Keys, copy: Path, following: Keys) -> None:
    with closing(_opened(path, former)) as connection:
        connection.execute(
            f"ATTACH DATABASE ? AS following KEY \"x'{following.database}'\"", (str(copy),)
        )
        connection.execute("SELECT sqlcipher_export('following')")
        connection.execute("DETACH DATABASE following")


def _opened(path: Path, keys: Keys) -> sqlcipher.Connection:
    connection = sqlcipher.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{keys.database}'\"")
    return connection


def _opens(path: Path, keys: Keys) -> bool:
    with closing(_opened(path, keys)) as connection:
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.OperationalError:
            raise
        except sqlcipher.DatabaseError:
            return False
    return True


def _fold_up(path: Path, keys: Keys) -> None:
    """Everything into the one file; only who is alone may do that. Raises CannotRotate."""
    with closing(_opened(path, keys)) as connection:
        try:
            [mode] = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlcipher.OperationalError:
            mode = "wal"
    if mode != "delete":
        raise CannotRotate(STOP_FIRST)
