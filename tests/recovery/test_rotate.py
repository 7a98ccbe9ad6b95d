"""Another key: everything sealed anew, the former one refused, and no break loses anything."""

import itertools
import shutil
from contextlib import closing, contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app import audit
from app.audit import SYSTEM, Subject
from app.db import Database, UnsafeDatabase
from app.keys import KeyFileError, derive_keys, key_to_come, read_keys
from app.models.audit import AUDIT_ENTRY
from app.models.people import FACTOR, HELD_POST, PARTICIPANT_CONTACT, Device, Factor
from app.recovery import rotate
from app.recovery.backup import take
from app.recovery.drill import drill
from app.recovery.rotate import CannotRotate, steps
from tests.cast import NOW

SECRETS = ("Name of DB-001", "JBSWY3DPEHPK3PXP", "typed and not sent")


@contextmanager
def clinic(template, folder):
    """Contacts, an app for codes, a held form and one that was sealed when no key had a name."""
    with template.fresh(folder, cast=True) as fresh:
        key = folder / "own key" / "daybook.key"
        key.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(fresh.settings.key_path, key)
        settings = fresh.settings.but(key_file=key)
        with fresh.write() as session:
            seal = session.info["keys"].seal
            cast = template.cast
            session.add(
                Factor(
                    staff_id=cast.petrova,
                    name="phone",
                    secret_sealed=seal(SECRETS[1]),
                    created_at=NOW,
                )
            )
            device = Device(participant_id=cast.anna, token_hash="t", created_at=NOW)
            session.add(device)
            session.flush()
            of_old = "1." + seal(SECRETS[2]).split(".", 2)[2]
            body = {"device_id": device.id, "path": "/x", "body_sealed": of_old, "created_at": NOW}
            session.execute(insert(HELD_POST).values(body))
            audit.record(session, SYSTEM, "test.seal", Subject("site", 1), now=NOW)
        fresh.close()
        yield settings


def opened(settings):
    """Everything that is sealed, as the key in use opens it."""
    with closing(Database(settings)) as database, database.read() as session:
        unseal = session.info["keys"].unseal
        columns = (
            PARTICIPANT_CONTACT.c.name_sealed,
            FACTOR.c.secret_sealed,
            HELD_POST.c.body_sealed,
        )
        return [
            unseal(one) for column in columns for one in session.execute(select(column)).scalars()
        ]


def in_order(settings, former, *, changes=1):
    """All is well, under a key that is not the former one, which opens nothing."""
    assert not key_to_come(settings.key_path).exists()
    keys = read_keys(settings.key_path)
    assert keys.id != former.id
    assert set(SECRETS) <= set(opened(settings))
    with closing(Database(settings)) as database, database.engine.connect() as connection:
        assert audit.verify(connection)[1] == []
        asked = select(AUDIT_ENTRY.c.changes).where(AUDIT_ENTRY.c.action == "key.rotate")
        told = connection.execute(asked.order_by(AUDIT_ENTRY.c.seq)).scalars().all()
    assert len(told) == changes and told[-1]["key"][1] == keys.id
    before = settings.key_path.with_name(f"{settings.key_path.name}.{former.id}")
    refused = settings.but(key_file=before)
    assert derive_keys(before) == former
    with closing(Database(refused)) as database, pytest.raises(UnsafeDatabase):
        database.engine.connect()


@pytest.mark.req("O6")
def test_everything_is_under_the_new_key_and_the_former_is_refused(template, folder, clock):
    with clinic(template, folder) as settings:
        former = read_keys(settings.key_path)
        before = opened(settings)
        assert len(list(steps(settings, clock()))) >= 4
        in_order(settings, former)
        assert opened(settings) == before
        # And once more, and what is backed up then comes back under the newest.
        second = read_keys(settings.key_path)
        list(steps(settings, clock()))
        in_order(settings, second, changes=2)
        with closing(Database(settings)) as database:
            path = take(database, folder / "backups", clock())
        assert drill(path, settings.but(database_url=""), clock()).faults == []


@pytest.mark.req("O6")
def test_broken_off_after_any_step_it_ends_right_when_it_is_called_again(template, folder, clock):
    for number in itertools.count(1):
        with clinic(template, folder / str(number)) as settings:
            former = read_keys(settings.key_path)
            going = steps(settings, clock())
            done = list(itertools.islice(going, number))
            going.close()
            if not key_to_come(settings.key_path).exists():
                in_order(settings, former)
                assert number > 3
                return
            assert len(done) == number
            with pytest.raises(KeyFileError, match="daybook key rotate"):
                Database(settings)
            list(steps(settings, clock()))
            in_order(settings, former)


class Cut(Exception):
    """The power is gone."""


@pytest.mark.req("O6")
def test_broken_off_inside_a_step_it_ends_right_too(template, folder, clock, monkeypatch):
    """Each thing that is done on the way: the power goes just before it, or just after."""
    inside = ("make_key_file", "_export", "_reseal", "_insist_on_the_same", "sync_file")
    moments = [(name, 0, after) for name in inside for after in (False, True)]
    moments += [(name, nth, True) for name in ("sync_folder", "_fold_up") for nth in (0, 1, 2)]
    cuts = 0
    for name, nth, after in moments:
        with clinic(template, folder / f"{name} {nth} {after}") as settings:
            former, seen = read_keys(settings.key_path), itertools.count()
            real = getattr(rotate, name)

            def cut(*args, real=real, seen=seen, nth=nth, after=after):
                now = next(seen) == nth
                if now and not after:
                    raise Cut
                real_found = real(*args)
                if now:
                    raise Cut
                return real_found

            with monkeypatch.context() as patch:
                patch.setattr(rotate, name, cut)
                with suppress(Cut):
                    list(steps(settings, clock()))
                    continue
            cuts += 1
            to_come = key_to_come(settings.key_path).exists()
            if to_come or derive_keys(settings.key_path) == former:
                list(steps(settings, clock()))
            in_order(settings, former)
    assert cuts >= 5


def test_nothing_is_changed_while_others_have_it_open(template, folder, clock):
    with clinic(template, folder) as settings:
        former = settings.key_path.read_bytes()
        with closing(Database(settings)) as service:
            with service.read() as session:
                session.execute(select(FACTOR.c.id)).all()
            with pytest.raises(CannotRotate, match="stop 'daybook serve'"):
                list(steps(settings, clock()))
            assert settings.key_path.read_bytes() == former
            assert not key_to_come(settings.key_path).exists()
        list(steps(settings, clock() + timedelta(minutes=1)))
        assert settings.key_path.read_bytes() != former


def test_a_sealed_value_where_none_is_looked_for_stops_it(template, folder, clock):
    with clinic(template, folder) as settings:
        with closing(Database(settings)) as database, database.write() as session:
            session.get(Device, 1).token_hash = session.info["keys"].seal("x")[:60]
            audit.record(session, SYSTEM, "test.seal", Subject("device", 1), now=NOW)
        with pytest.raises(CannotRotate, match=r"device\.token_hash"):
            list(steps(settings, clock()))
