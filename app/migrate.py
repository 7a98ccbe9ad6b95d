"""Bring a database to the newest schema, whole or not at all.

What migrates is loaded when a database is migrated: a server would carry it for ever.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ProgrammingError

from app.db import Database, UnsafeDatabase
from app.settings import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

INSUFFICIENT_PRIVILEGE = "42501"
MIGRATIONS = ROOT / "migrations"


def config(connection: Connection) -> "Config":
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    found.attributes["connection"] = connection
    return found


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade in one transaction; a failure leaves the database as it was."""
    with database.writing.connect() as connection:
        if database.uses_sqlite:
            # A pragma inside a transaction does nothing, so it goes to the raw connection.
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        try:
            _upgrade(connection, database.uses_sqlite, revision)
        finally:
            if database.uses_sqlite:
                raw.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]


def is_newest(connection: Connection) -> bool:
    """Whether the schema stands at the newest revision, which its file names."""
    with connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
        return list(found) == [newest_revision()]


def newest_revision() -> str:
    """The number of the last file, by which it calls itself."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*.py"))


def _upgrade(connection: Connection, sqlite: bool, revision: str) -> None:
    from alembic import command

    with connection.begin():
        try:
            command.upgrade(config(connection), revision)
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != INSUFFICIENT_PRIVILEGE:
                raise
            raise UnsafeDatabase(
                "the schema is not the newest, and this role may not change it: run 'daybook "
                "migrate --for ROLE' as the role that owns the tables"
            ) from error
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise UnsafeDatabase(f"a migration left {len(broken)} rows without their parents")
