"""All rows of all tables as lines of JSON, and back, from either database into either.

The tables are those of the database, not of the code: what a model has forgotten comes along, and
a backup goes back into the schema that it was taken from.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    cast,
    func,
    select,
    text,
)

SCHEMA = "alembic_version"
AT_ONCE = 500
_POSTGRESQL_TRIGGERS = text(
    "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
)
_SQLITE_TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")


def tables(connection: Connection) -> list[Table]:
    """Every table but the schema's own, parents before children."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != SCHEMA]


def texts(table: Table) -> list[Column[Any]]:
    """Its columns that hold text."""
    return [column for column in table.columns if isinstance(column.type, String)]


def integrity(connection: Connection) -> Iterator[str]:
    """A line for each page of SQLite that is not whole, and each row without its parents.

    PostgreSQL has asked for the parents of each row as it came.
    """
    if connection.dialect.name != "sqlite":
        return
    for check in ("cipher_integrity_check", "integrity_check"):
        found = connection.exec_driver_sql(f"PRAGMA {check}").scalars().all()
        yield from (f"{check}: {line}" for line in found if line != "ok")
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        yield f"{table}: row {row} refers to a row of {parent} that is not there"


def counted(connection: Connection, known: Iterable[Table]) -> dict[str, int]:
    """How many rows each has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in known
    }


def numbered(connection: Connection, known: Iterable[Table]) -> dict[str, int]:
    """The last number that each table gave to a row, which may be gone; PostgreSQL alone tells."""
    found: dict[str, int] = {}
    for table in known:
        if name := _sequence(connection, table):
            last = connection.exec_driver_sql(f"SELECT last_value FROM {name}").scalar_one()  # noqa: S608
            found[table.name] = last
    return found


def lines(connection: Connection, known: Iterable[Table]) -> Iterator[bytes]:
    """A line that names a table and its columns, then one for each of its rows."""
    for table in known:
        columns = list(table.columns)
        yield _line({"table": table.name, "columns": [column.name for column in columns]})
        wanted = select(*(_as_text(column) for column in columns))
        ordered = wanted.order_by(*table.primary_key.columns)
        for row in connection.execute(ordered.execution_options(yield_per=AT_ONCE)):
            yield _line([plain(value) for value in row])


def put_back(
    connection: Connection, tables: Iterable[Table], found: Iterable[Any]
) -> dict[str, int]:
    """Insert what ``lines`` made; returns how many rows each table got.

    Triggers keep what was closed from being added to, and a row is put back after it was closed:
    they come back with the end of the transaction's work.
    """
    known = {table.name: table for table in tables}
    counts: dict[str, int] = {}
    with_triggers = _switch_off(connection)
    table: Table | None = None
    columns: list[Column[Any]] = []
    waiting: list[list[Any]] = []
    for one in found:
        if isinstance(one, dict):
            _insert(connection, table, columns, waiting)
            table, waiting = known[one["table"]], []
            columns = [table.columns[name] for name in one["columns"]]
            counts[table.name] = 0
            continue
        assert table is not None
        waiting.append(one)
        counts[table.name] += 1
        if len(waiting) == AT_ONCE:
            _insert(connection, table, columns, waiting)
            waiting = []
    _insert(connection, table, columns, waiting)
    _switch_on(connection, with_triggers)
    return counts


def number_on(connection: Connection, known: Iterable[Table], last: dict[str, int]) -> None:
    """No row gets a number that one had before; SQLite goes on behind the last row by itself."""
    for table in known:
        if not (name := _sequence(connection, table)):
            continue
        [key] = table.primary_key.columns
        highest = connection.execute(select(func.max(key))).scalar() or 0
        if after := max(highest, last.get(table.name, 0)):
            connection.execute(text("SELECT setval(:name, :after)"), {"name": name, "after": after})


def _insert(
    connection: Connection, table: Table | None, columns: list[Column[Any]], rows: list[list[Any]]
) -> None:
    if table is None or not rows:
        return
    slots = {column.name: _slot(connection, column) for column in columns}
    values = [
        {f"v_{column.name}": _read(column, one) for column, one in zip(columns, row, strict=True)}
        for row in rows
    ]
    connection.execute(table.insert().values(slots), values)


def _slot(connection: Connection, column: Column[Any]) -> Any:
    """Where a value goes; JSON as the very text that it was."""
    if not isinstance(column.type, JSON):
        return bindparam(f"v_{column.name}")
    slot = bindparam(f"v_{column.name}", type_=Text)
    return slot if connection.dialect.name == "sqlite" else cast(slot, JSON)


def _as_text(column: Column[Any]) -> Any:
    return cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def plain(value: Any) -> Any:
    """As JSON takes it: a moment in UTC, as the audit trail writes it too."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _read(column: Column[Any], value: Any) -> Any:
    """As the column takes it: a moment without its zone where the database keeps none."""
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value)
        return moment if column.type.timezone else moment.replace(tzinfo=None)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _sequence(connection: Connection, table: Table) -> str | None:
    """By which PostgreSQL numbers the rows of a table; SQLite has none."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1:
        return None
    asked = text("SELECT pg_get_serial_sequence(:table, :key)")
    where = {"table": table.name, "key": keys[0].name}
    return connection.execute(asked, where).scalar()


def _switch_off(connection: Connection) -> list[str]:
    """No trigger fires; returns the statements that bring them back."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(_SQLITE_TRIGGERS).all()
        for name, _ in found:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return [made for _, made in found]
    names = list(connection.execute(_POSTGRESQL_TRIGGERS).scalars())
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    return [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names]


def _switch_on(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
