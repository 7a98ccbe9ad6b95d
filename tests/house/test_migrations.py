"""Migrations lead to exactly the tables of the code, both ways, without losing a row."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Integer,
    MetaData,
    Table,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError
from typer.main import get_command

from app import __main__ as door
from app import audit
from app import commands as house
from app import migrate as migrating
from app.audit import SYSTEM, Subject
from app.db import SCHEMAS, Database
from app.demo import commands as demo_room
from app.flags import commands as flags_room
from app.migrate import config, migrate
from app.models.base import metadata
from app.models.diary import Note
from app.models.people import Participant
from app.outbox import commands as outbox_room
from app.protocol.loader import BUNDLED
from app.recovery import commands as recovery_room
from app.settings import ROOT
from tests.cast import NOW

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


def test_the_revisions_are_one_line_and_those_that_a_start_accepts():
    assert len(script().get_heads()) == 1
    assert revisions()[::-1] == list(SCHEMAS)


def numbers(table: Table) -> set[str]:
    """The columns that hold a row's number or a place in a sequence."""
    keys = {each.parent.name for each in table.foreign_keys}
    keys |= {each.name for each in table.primary_key}
    named = {each.name for each in table.columns if each.name.endswith(("_id", "seq", "chain"))}
    whole = {each.name for each in table.columns if isinstance(each.type, Integer)}
    return (keys | named) & whole


def test_every_number_of_a_row_has_64_bits(database, backend):
    """Half as many end in a year or less, at five million check-ins a day."""
    found = MetaData()
    with database.engine.connect() as connection:
        found.reflect(connection)
    narrow = []
    for table in metadata.tables.values():
        for name in numbers(table):
            kind = found.tables[table.name].c[name].type
            # SQLite's INTEGER has 64 bits, and numbers rows by itself under that name alone.
            wide = isinstance(kind, BigInteger) or (backend == "sqlite" and str(kind) == "INTEGER")
            if not wide or not isinstance(table.c[name].type, BigInteger):
                narrow.append(f"{table.name}.{name}")
    assert narrow == []
    assert sum(len(numbers(table)) for table in metadata.tables.values()) >= 110


def test_a_row_may_have_a_number_beyond_32_bits(database, cast):
    far = 2**40
    with database.write() as session:
        person = session.get_one(Participant, cast.anna).model_dump()
        session.add(Participant(**{**person, "id": far, "public_id": "far", "code": "DB-FAR"}))
        session.flush()
        session.add(Note(participant_id=far, at=NOW, text="far"))
        audit.record(session, SYSTEM, "test.far", Subject("participant", far), now=NOW)
    with database.read() as session:
        assert session.execute(select(Note.participant_id)).scalars().all() == [far]


# Each command, and what it is asked for; None: it opens no database.
COMMANDS: dict[str, list[str] | None] = {
    "run": [],
    "serve": [],
    "worker": [],
    "migrate": [],
    "demo": [],
    "staff link": ["admin@example.org"],
    "staff new": ["new@example.org", "--name", "New", "--role", "admin"],
    "site new": ["Tomsk", "--zone", "Asia/Tomsk", "--emergency", "112"],
    "export timeline": ["DB-001"],
    "audit verify": [],
    "outbox retry": [],
    "safety replay": ["--cohort"],
    "safety compare": ["--protocol", str(BUNDLED)],
    "safety diagram": None,
    "healthy": None,
    "doctor": None,  # it says so among what it finds
    "key new": None,
    "key rotate": None,  # with the key of what is there alone, whatever release made it
    "backup": None,  # of whatever release: the schema is that of the database
    "archive": ["copies"],
    "restore": None,
    "restore-drill": None,
}


def commands(group: Any, before: str = "") -> set[str]:
    found = set()
    for name, one in group.commands.items():
        found |= commands(one, f"{name} ") if hasattr(one, "commands") else {before + name}
    return found


@pytest.mark.parametrize("made_by", ["0007", "9999", None])
def test_a_database_of_another_release_is_met_with_one_line_by_every_command(
    database, monkeypatch, capsys, made_by
):
    with database.engine.connect() as connection, connection.begin():
        now = "DROP TABLE alembic_version"
        if made_by:
            now = f"UPDATE alembic_version SET version_num = '{made_by}'"
        connection.exec_driver_sql(now)
    for module in (house, outbox_room, flags_room, demo_room, recovery_room):
        monkeypatch.setattr(module, "Settings", lambda **more: database.settings)
    monkeypatch.setattr(house, "check_production", lambda settings: None)
    monkeypatch.setattr(house, "check_port", lambda settings: None)
    assert commands(get_command(door.door)) == set(COMMANDS)
    for name, asked in COMMANDS.items():
        if asked is None:
            continue
        monkeypatch.setattr(sys, "argv", ["daybook", *name.split(), *asked])
        with pytest.raises(SystemExit) as stopped:
            door.main()
        said = capsys.readouterr()
        assert (stopped.value.code, said.out) == (2, ""), name
        assert said.err.count("\n") == 1 and "give this one an empty database" in said.err, name
        assert (made_by or "unknown") in said.err


def test_an_empty_database_is_nobody_elses(database):
    step(database, command.downgrade, "base")
    again = Database(database.settings)
    migrate(again)
    again.close()


def test_the_tables_of_the_code_are_those_of_the_migrations(database):
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_checks_of_the_code_are_those_of_the_migrations(database):
    """Alembic compares no CHECK: without this one a new value would be refused live only."""
    found = inspect(database.engine)
    compared = 0
    for table in metadata.tables.values():
        asked = {
            str(each.name): words(str(each.sqltext))
            for each in table.constraints
            if isinstance(each, CheckConstraint)
        }
        held = found.get_check_constraints(table.name)
        there = {short(table.name, each["name"]): words(each["sqltext"]) for each in held}
        assert there == {short(table.name, name): said for name, said in asked.items()}, table.name
        compared += len(asked)
    assert compared > 20


def short(table: str, name: str) -> str:
    return name.removeprefix(f"ck_{table}_")


def words(check: str) -> set[str]:
    """What a CHECK allows by name: databases write the rest in their own way."""
    return set(re.findall("'[^']*'", check))


def rows(connection: Connection, tables: list[Table]) -> dict[str, list[Any]]:
    return {
        table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
        for table in tables
    }


@pytest.mark.parametrize("lower", revisions()[1:])
@pytest.mark.req("O4")
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
        assert triggers(connection, backend) == before_triggers
    # What moved into another table comes back from it.
    step(sown, command.downgrade, lower)
    with sown.engine.connect() as connection:
        assert rows(connection, known) == kept
    migrate(sown)
    with pytest.raises(DBAPIError, match="append-only"), sown.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit_entry")


def triggers(connection: Connection, backend: str) -> set[str]:
    where = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return {name for (name,) in connection.exec_driver_sql(where[backend])}


@pytest.mark.req("O4")
def test_down_to_nothing_and_up_again_is_the_same_schema(database):
    step(database, command.downgrade, "base")
    with database.engine.connect() as connection:
        left = MetaData()
        left.reflect(connection)
    assert set(left.tables) <= {"alembic_version"}
    migrate(database)
    test_the_tables_of_the_code_are_those_of_the_migrations(database)


@pytest.mark.req("O4")
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


def test_the_newest_revision_is_known_by_its_file(database):
    with database.engine.connect() as connection:
        assert migrating.is_newest(connection)
    assert [migrating.newest_revision()] == revisions()[:1]


def test_a_server_does_not_load_what_it_hardly_ever_uses():
    code = "import sys, app.start; print({'alembic', 'httpx'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
