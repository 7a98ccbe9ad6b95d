"""A backup: whole, sealed, made while others write, and back again row by row."""

from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database
from app.models.audit import AUDIT_ENTRY
from app.models.outbox import Message
from app.models.people import SITE, Site
from app.outbox import daily
from app.outbox.errands import do
from app.outbox.queries import mail_state
from app.recovery.backup import (
    BackupError,
    finished,
    manifest_of,
    moment_of,
    prune,
    read_manifest,
    take,
)
from app.recovery.hourly import HOURLY
from app.recovery.restore import restore
from tests.cast import NOW
from tests.flags.record import rows as written
from tests.house.tables import CANARY, digest, tables


@pytest.mark.req("O3")
def test_every_row_of_every_table_comes_back(clinic, backup, empty_place, clock):
    manifest = read_manifest(backup)
    assert set(manifest.counts) == {table.name for table in tables()}
    assert min(manifest.counts.values()) > 0
    assert restore(backup, empty_place, clock()) == []
    with closing(Database(empty_place)) as restored:
        assert digest(restored, ["audit_entry"]) == digest(clinic, ["audit_entry"])
        with restored.engine.connect() as connection:
            trail, faults = audit.verify(connection)
        assert faults == [] and trail.count == manifest.counts["audit_entry"] + 1
        with restored.read() as session:
            of_no_site = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.chain == 0)
            last = session.execute(of_no_site.order_by(AUDIT_ENTRY.c.seq.desc())).first()
            assert last.action == "backup.restore" and last.changes["root"][1] == manifest.root


def test_what_was_refused_before_is_refused_after(backup, empty_place, clock):
    """The triggers that keep the trail and closed notes come back with the rows."""
    restore(backup, empty_place, clock())
    with closing(Database(empty_place)) as restored, restored.writing.connect() as connection:
        for statement in ("UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry"):
            with pytest.raises(Exception, match="append-only"), connection.begin():
                connection.exec_driver_sql(statement)


def test_no_number_is_given_twice(clinic, backup, empty_place, clock):
    restore(backup, empty_place, clock())
    with closing(Database(empty_place)) as restored, restored.write() as session:
        before = session.execute(select(SITE.c.id)).scalars().all()
        site = Site(name="Omsk", timezone="Asia/Omsk", emergency_number="112")
        site.crisis_number = site.clinic_number = ""
        session.add(site)
        session.flush()
        audit.record(session, SYSTEM, "site.open", Subject("site", site.id), now=clock())
        assert site.id not in before


def test_it_is_made_while_somebody_writes(clinic, folder, clock):
    """A write that is under way is not in it, and does not wait for it."""
    with clinic.write() as session:
        site = Site(name="Omsk", timezone="Asia/Omsk", emergency_number="112")
        site.crisis_number = site.clinic_number = ""
        session.add(site)
        session.flush()
        audit.record(session, SYSTEM, "site.open", Subject("site", site.id), now=clock())
        path = take(clinic, folder, clock())
    again = take(clinic, folder, clock.forward(seconds=1))
    before, after = read_manifest(path).counts, read_manifest(again).counts
    assert after["site"] == before["site"] + 1
    assert after["audit_entry"] == before["audit_entry"] + 1


@pytest.mark.req("O2")
def test_nobody_reads_in_a_backup_without_the_key(backup):
    for path in (backup, manifest_of(backup)):
        content = path.read_bytes()
        assert CANARY.encode() not in content and b"DB-001" not in content
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.req("O6")
def test_another_key_is_told_which_one_it_is_not(backup, empty_place, another_key, clock):
    with pytest.raises(BackupError, match=read_manifest(backup).key):
        restore(backup, empty_place.but(key_file=another_key), clock())
    assert not empty_place.sqlite_path.exists()


def test_nothing_that_is_there_is_overwritten(clinic, backup, clock):
    before = digest(clinic)
    with pytest.raises(BackupError, match="empty"):
        restore(backup, clinic.settings, clock())
    assert digest(clinic) == before


@pytest.mark.parametrize("at", [0.0, 0.01, 0.5, 0.999])
def test_a_damaged_backup_puts_nothing_anywhere(backup, empty_place, clock, at):
    content = bytearray(backup.read_bytes())
    content[int(at * len(content))] ^= 1
    backup.write_bytes(content)
    with pytest.raises(BackupError, match="SHA-256"):
        restore(backup, empty_place, clock())
    assert not empty_place.sqlite_path.exists()


def test_a_full_disk_is_a_plain_line_and_leaves_no_half(database, folder, clock):
    (folder / "file").write_text("no folder")
    with pytest.raises(BackupError, match="no backup could be written"):
        take(database, folder / "file", clock())
    assert finished(folder) == []


def test_old_backups_go_and_one_a_day_and_a_month_stay(folder, clock):
    def pretend(age):
        made = clock() - age
        path = folder / f"daybook-{made:%Y%m%dT%H%M%S}000000Z.backup"
        path.touch()
        manifest_of(path).touch()

    for hours in range(24 * 120):
        pretend(timedelta(hours=hours))
    (folder / "notes.backup").touch()
    half = folder / f"daybook-{clock() - timedelta(days=3):%Y%m%dT%H%M%S}000001Z.part"
    half.touch()
    prune(folder, clock())
    ages = [clock() - moment_of(path) for path in finished(folder)]
    assert sum(age < timedelta(days=2) for age in ages) == 48
    assert sum(timedelta(days=2) <= age < timedelta(days=35) for age in ages) in (33, 34)
    assert sum(age >= timedelta(days=35) for age in ages) in (3, 4)
    assert (folder / "notes.backup").exists() and not half.exists()
    assert prune(folder, clock()) == []
    # A clock that jumped a year ahead leaves the newest all the same.
    newest = finished(folder)[-1]
    prune(folder, clock() + timedelta(days=365))
    assert newest in finished(folder)


def test_the_worker_makes_one_an_hour_and_tells_when_it_does_not(clinic, folder, clock):
    clinic.settings = clinic.settings.but(backup_dir=folder)

    def late():
        with clinic.read() as session:
            state = mail_state(session, clock())
        return [fault for fault in state.faults(clock()) if fault.startswith("backup")]

    assert do(HOURLY, clinic, clock()) and not late()
    clock.forward(minutes=58)
    assert not do(HOURLY, clinic, clock())
    clock.forward(minutes=2)
    assert do(HOURLY, clinic, clock())
    assert [moment_of(path) for path in finished(folder)] == [NOW, clock()]
    clock.forward(hours=2)
    assert not late()
    clock.forward(seconds=1)
    assert late() == ["backup late"]
    # A backup of a moment to come proves nothing, and is no reason to wait for that moment.
    clock.forward(hours=-3)
    assert late() and do(HOURLY, clinic, clock()) and not late()
    # Where none are wanted any more, none is late.
    clinic.settings = clinic.settings.but(backup_dir=None)
    clock.forward(days=1)
    assert late() and do(HOURLY, clinic, clock()) and not late()
    assert not do(HOURLY, clinic, clock())


def test_the_daily_mail_says_when_the_last_one_was_made(clinic, folder, cast, clock):
    def mailed():
        with clinic.write() as session:
            daily.send_heartbeat(session, cast.site, "Europe/Moscow", clock())
        return [mail for mail in written(clinic, Message) if mail.kind == "heartbeat"][-1].text

    assert "Last backup: none" in mailed()
    clinic.settings = clinic.settings.but(backup_dir=folder)
    do(HOURLY, clinic, clock())
    clock.forward(days=1)
    [line] = [one for one in mailed().splitlines() if one.startswith("Last backup: ")]
    assert "23" in line and "LATE" in line
