"""What the service may do on PostgreSQL: everything it needs, and never to alter what was written.

The role that owns the tables can switch every trigger off, so the service signs in as another one.
``daybook migrate --for ROLE``, run as the owner, gives that role what it needs.
"""

import re
from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, text

from app.db import Database, UnsafeDatabase
from app.models.base import metadata

_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_KNOWN = text(
    "SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles "
    "WHERE rolname = :role"
)
_MAY_ALTER = text(
    "SELECT relname FROM pg_class WHERE relname IN :tables "
    "AND relnamespace = 'public'::regnamespace "
    "AND (pg_has_role(relowner, 'MEMBER') OR has_table_privilege(oid, 'UPDATE') "
    "OR has_table_privilege(oid, 'DELETE') OR has_table_privilege(oid, 'TRUNCATE') "
    "OR has_table_privilege(oid, 'TRIGGER') OR has_any_column_privilege(oid, 'UPDATE')) "
    "ORDER BY relname"
).bindparams(bindparam("tables", expanding=True))


def append_only() -> list[str]:
    """The tables whose rows are written once: ``info`` of the table says so."""
    return sorted(each.name for each in metadata.tables.values() if "append_only" in each.info)


def grant(database: Database, role: str) -> None:
    """Give ``role`` what the service needs of these tables, and no more. Raises UnsafeDatabase."""
    if database.uses_sqlite:
        raise UnsafeDatabase("roles are a matter of PostgreSQL: leave --for out")
    if not _ROLE.fullmatch(role):
        raise UnsafeDatabase(f"{role!r} is no name of a role: use small letters, digits and _")
    with database.writing.begin() as connection:
        found = connection.execute(_KNOWN, {"role": role}).scalar_one_or_none()
        if found is None:
            raise UnsafeDatabase(f"there is no role {role}: CREATE ROLE {role} LOGIN PASSWORD '…'")
        if found:
            raise UnsafeDatabase(f"{role} owns the tables or is above them: make a role beside it")
        for statement in _statements(role):
            connection.exec_driver_sql(statement)


def _statements(role: str) -> Iterator[str]:
    yield f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    # Anew each time: what an earlier release gave, or a person, does not stay.
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}"
    yield f"GRANT SELECT ON alembic_version TO {role}"
    kept = append_only()
    for name in sorted(metadata.tables):
        rights = "SELECT, INSERT" if name in kept else "SELECT, INSERT, UPDATE, DELETE"
        yield f'GRANT {rights} ON "{name}" TO {role}'
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"


def alterable(connection: Connection) -> list[str]:
    """Which of the append-only tables whoever asks could alter; nothing on SQLite, which has no
    roles: there triggers and the hash chain stand alone."""
    if connection.dialect.name != "postgresql":
        return []
    return list(connection.execute(_MAY_ALTER, {"tables": append_only()}).scalars())
