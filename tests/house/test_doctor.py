"""The doctor finds what is wrong with a server, says the cure, and touches nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database
from app.doctor import examine
from app.keys import make_key_file
from app.models.people import STAFF
from app.outbox.heartbeat import WORKER, beat
from app.recovery.backup import take
from app.settings import Settings
from tests.smtp import mail_server


@pytest.fixture
def sound(database, cast, clock, tmp_path_factory):
    """A server with which nothing is wrong but that no physician has signed."""
    with mail_server() as box:
        with database.write() as session:
            beat(session, WORKER, clock())
        kept = tmp_path_factory.mktemp("kept")
        take(database, kept, clock())
        key = tmp_path_factory.mktemp("elsewhere") / "key"
        key.write_bytes(database.settings.key_path.read_bytes())
        key.chmod(0o600)
        yield Settings(
            data_dir=database.settings.data_dir,
            database_url=database.settings.database_url,
            smtp_url=box.url,
            mail_from="Daybook <daybook@clinic.test>",
            base_url="https://daybook.clinic.test",
            trusted_proxy="127.0.0.1",
            key_file=key,
            backup_dir=kept,
            archive_dir=kept / "archive",
        )


def changed(settings, **more):
    """Read anew: what was worked out from the former settings does not come along."""
    return Settings(**{**settings.model_dump(), **more})


def found(settings, clock):
    """Without what is wrong in every test: nothing is approved, a second site has nobody who runs
    it, the moments of a test are not those of PostgreSQL, and a test owns its tables.
    """
    beside = ("approved", "Tomsk", "clock of this machine", "role may alter")
    return [line for line in examine(settings, clock) if not any(word in line for word in beside)]


def test_a_sound_server_has_nothing_but_what_a_physician_signs(sound, clock):
    assert found(sound, clock) == []
    assert any("no physician has approved" in line for line in examine(sound, clock))


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("smtp_url", "", "DAYBOOK_SMTP_URL"),
        ("smtp_url", "smtp://127.0.0.1:9", "no mail can leave"),
        ("mail_from", "daybook@localhost", "DAYBOOK_MAIL_FROM"),
        ("base_url", "http://daybook.clinic.test", "DAYBOOK_BASE_URL"),
        ("trusted_proxy", "", "DAYBOOK_TRUSTED_PROXY"),
        ("archive_dir", None, "sites have no copy of their own"),
        ("backup_dir", None, "no backups are made"),
        ("backup_dir", "/none/such", "there is no backup in /none/such"),
    ],
)
def test_a_wrong_setting_is_named_with_its_cure(sound, clock, setting, value, said):
    lines = found(changed(sound, **{setting: value}), clock)
    assert any(said in line for line in lines), lines


def test_a_silent_worker_and_one_from_the_future_are_both_found(sound, database, clock):
    assert any(
        "daybook worker" in line for line in found(sound, lambda: clock() + timedelta(minutes=5))
    )
    with database.write() as session:
        beat(session, WORKER, clock() + timedelta(days=1))
    lines = found(sound, clock)
    assert any("daybook worker" in line for line in lines)


def test_a_site_that_nobody_can_run_is_named(sound, database, cast, clock):
    with database.write() as session:
        session.execute(update(STAFF).where(STAFF.c.id == cast.admin).values(active=False))
        audit.record(session, SYSTEM, "test.off", Subject("staff", cast.admin), now=clock())
    [line] = found(sound, clock)
    assert line.startswith("St Petersburg has no administrator") and "daybook staff new" in line


def test_an_empty_server_is_told_its_first_steps(tmp_path, clock):
    settings = Settings(data_dir=tmp_path / "data", key_file=tmp_path / "key", demo=False)
    assert any("daybook key new" in line for line in examine(settings, clock))
    make_key_file(settings.key_path)
    assert any("daybook migrate" in line for line in examine(settings, clock))
    assert not settings.data_dir.exists(), "to look is not to make"


def test_a_database_that_is_away_is_one_plain_line(sound, clock):
    away = changed(sound, database_url="postgresql://nobody@127.0.0.1:9/none")
    lines = found(away, clock)
    assert any("database does not answer" in line for line in lines), lines


def test_nothing_is_written(sound, database, clock):
    with database.engine.connect() as connection:
        before = audit.verify(connection)[0].root
    found(sound, clock)
    with database.engine.connect() as connection:
        assert audit.verify(connection)[0].root == before
    assert isinstance(database, Database)


def test_backups_that_would_go_with_the_data_are_named(sound, clock):
    beside = changed(sound, backup_dir=sound.data_dir / "backups")
    assert any("backups lie beside the data" in line for line in found(beside, clock))
    with_key = changed(sound, backup_dir=sound.key_path.parent)
    assert any("the key lies among the backups" in line for line in found(with_key, clock))
