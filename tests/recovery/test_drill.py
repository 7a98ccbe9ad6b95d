"""The drill passes on a sound backup, and finds whatever is planted in another."""

import json
import zlib
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database
from app.recovery import rows
from app.recovery.backup import checksum, content, manifest_of, read_manifest, take
from app.recovery.drill import drill
from app.sealed import seal
from tests.cast import staff_session


def planted(database, path, change):
    """The backup again, sealed with the same key, with something done to its lines.

    As whoever holds the key could, or a fault of ours.
    """
    lines = change(list(content(path, database.keys)))
    packed = zlib.compress(b"".join(json.dumps(one).encode() + b"\n" for one in lines))
    told = json.loads(manifest_of(path).read_text())
    head = {name: told[name] for name in ("format", "made_at", "schema", "key")}
    with path.open("wb") as file:
        seal(file, head, database.keys.backup_key, [packed])
    manifest_of(path).write_text(json.dumps({**told, "sha256": checksum(path)}))


def where(lines, table):
    """The place of the line that names a table, and of its first row."""
    [at] = [at for at, one in enumerate(lines) if isinstance(one, dict) and table in one.values()]
    return at, at + 1


def without_a_row(table):
    def change(lines):
        del lines[where(lines, table)[1]]
        return lines

    return change


def with_another(table, column, value):
    def change(lines):
        named, first = where(lines, table)
        lines[first][lines[named]["columns"].index(column)] = value
        return lines

    return change


@pytest.mark.req("O3")
@pytest.mark.req("R3")
def test_a_sound_backup_passes(clinic, clock, folder, template, empty_place):
    with clinic.write() as session:
        mailed = audit.witness(session, SYSTEM, Subject("site", 0), clock()).root
    path = take(clinic, folder, clock())
    for place in (clinic.settings.but(database_url=""), empty_place):
        report = drill(path, place, clock.forward(minutes=5), root=mailed)
        assert report.faults == [], "\n".join(report.lines())
        assert len(report.looked) == 6 and report.seconds < 60
        assert "The drill passed." in list(report.lines())
    # The place that was named is a database that works; the other one is gone.
    if not empty_place.uses_sqlite:
        with closing(Database(empty_place)) as kept, kept.engine.connect() as connection:
            assert rows.counted(connection, rows.tables(connection))["staff"] > 0


@pytest.mark.req("O3")
def test_what_is_planted_is_found(clinic, backup, clock):
    """Each in the part of the report that it belongs to."""
    sound, told = backup.read_bytes(), manifest_of(backup).read_bytes()
    here = clinic.settings.but(database_url="")
    found = {}

    def tried(name, root=""):
        found[name] = [
            what for what, bad in drill(backup, here, clock(), root=root).looked.items() if bad
        ]
        backup.write_bytes(sound)
        manifest_of(backup).write_bytes(told)

    for at in (0, 1, 300, len(sound) // 2, len(sound) - 1):
        backup.write_bytes(sound[:at] + bytes([sound[at] ^ 4]) + sound[at + 1 :])
        tried(f"a bit at {at}")
    backup.write_bytes(sound[:-20])
    tried("cut off")
    for field, value in (("counts", {}), ("root", "0" * 64), ("made_at", "2026-11-23T06:30:00Z")):
        manifest_of(backup).write_text(json.dumps({**json.loads(told), field: value}))
        tried(f"another {field}")
    for table in ("dose", "site", "audit_entry"):
        planted(clinic, backup, without_a_row(table))
        tried(f"a row of {table} less")
    planted(clinic, backup, with_another("dose", "participant_id", 9999))
    tried("no parent")
    planted(clinic, backup, with_another("audit_entry", "actor", "staff:1"))
    tried("another actor")
    planted(clinic, backup, with_another("staff", "active", False))
    tried("nobody active is no fault by itself")
    tried("a root of later", root="f" * 64)
    assert [name for name, what in found.items() if not what] == [
        "nobody active is no fault by itself"
    ], found
    assert found["no parent"][0] == "every page is whole, and every row has its parents"
    assert found["a row of dose less"] == ["every row came out"]
    assert found["a root of later"] == ["the audit trail is whole, and the one that was mailed"]


def test_a_backup_from_before_the_mail_is_found(clinic, backup, cast, clock):
    """Whoever puts an older one in place of the newest is told by the mailed root."""
    staff_session(clinic, cast.orlova, clock())
    with clinic.write() as session:
        mailed = audit.witness(session, SYSTEM, Subject("site", 0), clock()).root
    here = clinic.settings.but(database_url="")
    assert drill(backup, here, clock()).faults == []
    [fault] = drill(backup, here, clock(), root=mailed).faults
    assert mailed in fault


def test_an_old_one_is_a_fault_and_one_from_the_future_too(clinic, backup, clock):
    here = clinic.settings.but(database_url="")
    for moment in (clock() + timedelta(hours=2, seconds=1), clock() - timedelta(minutes=1)):
        report = drill(backup, here, moment)
        assert report.looked["it is of the last two hours"]
        assert len(report.faults) == 1


@pytest.mark.req("O6")
def test_another_key_is_a_fault_with_its_cure(clinic, backup, another_key, clock):
    here = clinic.settings.but(database_url="", key_file=another_key)
    [fault] = drill(backup, here, clock()).faults
    assert read_manifest(backup).key in fault


def test_an_unused_server_has_nobody_to_sign_in(database, folder, clock):
    """Nothing to find is not a fault of the backup."""
    path = take(database, folder, clock())
    assert drill(path, database.settings.but(database_url=""), clock()).faults == []
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM site")).scalar() == 0
