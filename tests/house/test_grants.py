"""On PostgreSQL the service's role can read the audit trail and append to it, nothing else."""

import sys
from contextlib import closing

import pytest
from sqlalchemy import update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import __main__ as door
from app import audit
from app import commands as house_commands
from app.audit import SYSTEM, Subject
from app.db import Database, UnsafeDatabase
from app.doctor import examine
from app.grants import append_only, grant
from app.models.base import metadata
from app.models.people import PARTICIPANT
from app.settings import Settings
from app.start import prepare
from tests.apps import app_of
from tests.browser import running
from tests.cast import NOW, participant_session, staff_session
from tests.house.tables import sow
from tests.house.test_audit_trail import ATTACKS, ONLY

ROLE = "daybook_service"
AROUND = [
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_entry_no_change ON audit_entry",
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NULL; END $$",
    "DROP TABLE audit_entry",
    "ALTER TABLE audit_entry RENAME TO other",
    "SET session_replication_role = replica",
    "CREATE TABLE public.audit_copy (seq int)",
    "CREATE RULE none AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
    "SET ROLE postgres",
    "UPDATE alembic_version SET version_num = '0000'",
]


@pytest.fixture
def owner(database: Database, backend: str, cast) -> Database:
    if backend == "sqlite":
        pytest.skip("SQLite has no roles")
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            f"DO $$ BEGIN CREATE ROLE {ROLE} LOGIN; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        connection.exec_driver_sql(f"REVOKE ALL ON SCHEMA public FROM {ROLE}")
    return database


def as_role(settings: Settings) -> Settings:
    url = make_url(settings.database_url).set(username=ROLE).render_as_string(hide_password=False)
    return Settings(**{**settings.model_dump(), "database_url": url})


@pytest.fixture
def service(owner: Database):
    """The database as the service opens it."""
    grant(owner, ROLE)
    with closing(Database(as_role(owner.settings))) as database:
        yield database


@pytest.mark.req("R2")
@pytest.mark.req("R4")
def test_the_service_reads_and_appends_and_can_do_nothing_else_to_the_trail(service):
    with service.write() as session:
        for number in range(5):
            audit.record(session, SYSTEM, "test.entry", Subject("note", number), now=NOW)
    with service.engine.connect() as connection:
        before, faults = audit.verify(connection)
    assert faults == [] and before.count >= 5
    for statement in ATTACKS + ONLY["postgresql"] + AROUND:
        with pytest.raises(DBAPIError) as refused, service.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        said = str(refused.value)
        # The one attack that is an INSERT is met by the key, all others by the role.
        assert "permission denied" in said or "must be owner" in said or "pk_audit_entry" in said
    with service.engine.connect() as connection:
        assert audit.verify(connection)[0] == before


@pytest.mark.req("R2")
def test_no_table_that_is_append_only_takes_a_change_from_the_service(service):
    assert "audit_entry" in append_only()
    for name in append_only():
        column = next(iter(metadata.tables[name].columns)).name
        for statement in (
            f"UPDATE {name} SET {column} = {column}",
            f"DELETE FROM {name}",
            f"TRUNCATE {name}",
            f"ALTER TABLE {name} DISABLE TRIGGER ALL",
        ):
            with pytest.raises(DBAPIError, match=r"denied|owner"), service.engine.begin() as one:
                one.exec_driver_sql(statement)


def test_the_service_can_do_all_of_its_work(service, cast, clock):
    """It writes every table, serves a page to everybody, and starts on the newest schema."""
    prepare(service.settings).close()
    with service.write() as session:
        known = {"participant": cast.anna, "participant_id": cast.anna, "site": cast.site}
        known |= {"site_id": cast.site, "staff": cast.petrova, "staff_id": cast.petrova}
        known |= {"participant_contact": cast.anna, "usual_drink": cast.anna, "timezone": "UTC"}
        sow(
            session,
            {
                **known,
                "public_id": "sownsownsownsown",
                "auth_session": None,
                "passkey_challenge": None,
            },
        )
    with service.write() as session:
        for each in metadata.tables.values():
            # A lock refuses every change but its being lifted, whoever asks.
            if each.name not in {*append_only(), "record_lock"}:
                session.execute(each.update().values({c.name: c for c in each.primary_key}))
        session.execute(update(PARTICIPANT).values(code=PARTICIPANT.c.code))
        audit.record(session, SYSTEM, "test.all", Subject("site", cast.site), now=NOW)
    with running(app_of(service, clock)) as browser:
        anna = browser.signed_in(participant_session(service, cast.anna, clock()))
        orlova = browser.signed_in(staff_session(service, cast.orlova, clock()))
        assert anna.get("/today").status_code == 200
        assert orlova.get("/participants").status_code == 200
        sent = {"language": "ru", "idem": "g1"}
        assert anna.post("/me/settings", sent).status_code in (303, 422)


def test_what_was_given_by_hand_is_taken_back_and_the_doctor_sees_it_before(owner, clock):
    grant(owner, ROLE)
    with owner.engine.begin() as connection:
        connection.exec_driver_sql(f"GRANT UPDATE (reason) ON audit_entry TO {ROLE}")
    settings = as_role(owner.settings)

    def said() -> list[str]:
        return [line for line in examine(settings, clock) if "may alter" in line]

    assert len(said()) == 1 and "daybook migrate --for" in said()[0]
    [owners] = [line for line in examine(owner.settings, clock) if "may alter" in line]
    assert "audit_entry" in owners
    grant(owner, ROLE)
    assert said() == []


def test_the_command_gives_the_role_what_it_needs_and_names_what_cannot_be(
    owner, monkeypatch, capsys
):
    monkeypatch.setattr(house_commands, "Settings", lambda: owner.settings)
    told = {
        ROLE: 0,
        "postgres": "make a role beside it",
        "nobody_here": "CREATE ROLE",
        'x"; DROP TABLE audit_entry': "no name of a role",
    }
    for role, expected in told.items():
        monkeypatch.setattr(sys, "argv", ["daybook", "migrate", "--for", role])
        with pytest.raises(SystemExit) as stopped:
            door.main()
        if expected == 0:
            assert stopped.value.code == 0
        else:
            assert expected in capsys.readouterr().err and stopped.value.code == 2
    with closing(Database(as_role(owner.settings))) as service, service.write() as session:
        audit.record(session, SYSTEM, "test.entry", Subject("note", 1), now=NOW)


def test_a_schema_that_the_service_may_not_bring_up_is_one_plain_line(owner):
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    with pytest.raises(UnsafeDatabase, match="migrate --for ROLE") as refused:
        prepare(as_role(owner.settings))
    with owner.engine.connect() as connection:
        left = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND datname = "
            "current_database()",
            (ROLE,),
        ).scalar()
    assert left == 0, f"{refused.type.__name__} left a connection open"


def test_roles_are_no_matter_of_sqlite(database, backend):
    if backend == "postgresql":
        pytest.skip("of the other")
    with pytest.raises(UnsafeDatabase, match="PostgreSQL"):
        grant(database, ROLE)
