"""Migrations lead to exactly the tables of the code, both ways, without losing a row."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, select
from sqlalchemy.exc import DBAPIError

from app import migrate as migrating
from app.db import Database
from app.migrate import config, migrate
from app.models.base import metadata
from app.settings import ROOT

BROKEN = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO half_done VALUES (1)")
    op.execute("SELECT * FROM there_is_no_such_table")
def downgrade(): ...
"""


def script() -> ScriptDirectory:
    found = Config()
    found.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(found)


def revisions() -> list[str]:
    return [each.revision for each in script().walk_revisions()]


def _raw(connection: Connection) -> Any:
    return connection.connection.driver_connection


def step(database: Database, direction: Any, revision: str) -> None:
    """One migration as the product runs it: foreign keys off, one transaction."""
    with database.engine.connect() as connection:
        if database.uses_sqlite:
            _raw(connection).execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            direction(config(connection), revision)
            if database.uses_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                assert broken == []
        if database.uses_sqlite:
            _raw(connection).execute("PRAGMA foreign_keys = ON")


def test_the_revisions_are_one_line():
    assert len(script().get_heads()) == 1
    assert len(revisions()) >= 2


def test_the_tables_of_the_code_are_those_of_the_migrations(database):
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_checks_of_the_code_are_those_of_the_migrations(database):
    """Alembic compares no CHECK: without this one a new value would be refused live only."""
    with database.engine.connect() as connection:
        found = MetaData()
        found.reflect(connection)
    for table in metadata.tables.values():
        assert checks(found.tables[table.name]) == checks(table), table.name


def checks(table: Table) -> set[str]:
    return {
        str(each.name).removeprefix(f"ck_{table.name}_")
        for each in table.constraints
        if each.__visit_name__ == "check_constraint"
    }


def rows(connection: Connection, tables: list[Table]) -> dict[str, list[Any]]:
    return {
        table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
        for table in tables
    }


@pytest.mark.parametrize("lower", revisions()[1:])
def test_down_and_up_again_keeps_every_row_that_the_lower_schema_knows(
    sown, people, lower, backend
):
    with sown.engine.connect() as connection:
        before_triggers = triggers(connection, backend)
    step(sown, command.downgrade, lower)
    below = MetaData()
    with sown.engine.connect() as connection:
        below.reflect(connection)
    known = [table for table in below.tables.values() if table.name != "alembic_version"]
    with sown.engine.connect() as connection:
        kept = rows(connection, known)
    assert sum(map(len, kept.values())) >= 50
    migrate(sown)
    with sown.engine.connect() as connection:
        assert rows(connection, known) == kept
        assert triggers(connection, backend) == before_triggers
    with pytest.raises(DBAPIError, match="append-only"), sown.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit_entry")


def triggers(connection: Connection, backend: str) -> set[str]:
    where = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return {name for (name,) in connection.exec_driver_sql(where[backend])}


def test_down_to_nothing_and_up_again_is_the_same_schema(database):
    step(database, command.downgrade, "base")
    with database.engine.connect() as connection:
        left = MetaData()
        left.reflect(connection)
    assert set(left.tables) <= {"alembic_version"}
    migrate(database)
    test_the_tables_of_the_code_are_those_of_the_migrations(database)


def test_a_migration_that_fails_in_the_middle_leaves_the_database_as_it_was(
    sown, tmp_path, monkeypatch
):
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    Path(folder, "versions", "9999_broken.py").write_text(BROKEN.format(head=revisions()[0]))

    def broken(connection: Connection) -> Config:
        found = config(connection)
        found.set_main_option("script_location", str(folder))
        return found

    monkeypatch.setattr(migrating, "config", broken)
    with pytest.raises(DBAPIError, match="no_such_table"):
        migrate(sown)
    with sown.engine.connect() as connection:
        after = MetaData()
        after.reflect(connection)
        assert "half_done" not in after.tables
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    assert version == revisions()[0]


def test_every_constraint_of_the_migrations_has_a_name():
    """SQLite cannot drop what has none, and PostgreSQL would invent one."""
    for path in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        unnamed = re.findall(
            r"sa\.(?:PrimaryKey|ForeignKey|Unique|Check)Constraint\((?:[^()]|\([^()]*\))*\)", source
        )
        assert [each for each in unnamed if "name=" not in each] == [], path.name
