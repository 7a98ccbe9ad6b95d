"""The daily mail that says the product is alive, and keeps the root of the audit trail."""

import asyncio
import threading
from dataclasses import replace

from app import audit
from app.models.outbox import Message
from app.outbox.daily import run_heartbeats
from app.outbox.errands import do, keep_doing
from app.outbox.queries import JOB_FAILED, mail_state
from app.outbox.walk import WALK
from tests.flags.record import rows


def beat(database, now):
    with database.write() as session:
        run_heartbeats(session, now)
    return [mail for mail in rows(database, Message) if mail.kind == "heartbeat"]


def test_the_administrator_gets_the_root_of_the_trail_every_morning(database, cast, clock):
    assert beat(database, clock()) == []  # the first turn is the next eight o'clock
    with database.engine.connect() as connection:
        trail, _ = audit.verify(connection)
    found = beat(database, clock.forward(days=1))
    assert {mail.recipient for mail in found} >= {"admin@clinic.test"}
    assert "orlova@clinic.test" not in {mail.recipient for mail in found}
    [mail] = [one for one in found if one.recipient == "admin@clinic.test"]
    assert trail.root in mail.text and f"Audit trail: {trail.count} entr" in mail.text
    with database.engine.connect() as connection:
        assert audit.was_witnessed(connection, trail.root)
    assert len(beat(database, clock.forward(hours=1))) == len(found)
    assert len(beat(database, clock.forward(days=4))) == 2 * len(found)


def test_a_site_without_an_administrator_sends_it_to_whoever_leads(database, cast, clock):
    beat(database, clock())
    found = beat(database, clock.forward(days=1))
    # Tomsk has a counselor alone: nobody leads, so nobody keeps the mail.
    assert {mail.recipient for mail in found} == {"admin@clinic.test"}


def test_the_mailed_count_shows_that_the_end_of_the_trail_was_cut_off(database, cast, clock):
    beat(database, clock())
    [mail] = beat(database, clock.forward(days=1))
    with database.engine.connect() as connection:
        trail, faults = audit.verify(connection)
    assert faults == []
    assert trail.count > int(mail.text.split("Audit trail: ")[1].split()[0])


def test_the_trail_is_walked_once_a_night_and_the_mail_says_what_was_found(database, cast, clock):
    def walked():
        return do(WALK, database, clock())

    walked()  # the first turn is the next three o'clock
    beat(database, clock())
    [mail] = [one for one in beat(database, clock.forward(days=1)) if "admin" in one.recipient]
    assert "Last walked through: not yet" in mail.text
    assert walked() and not walked()
    mail = beat(database, clock.forward(days=1))[-1]
    assert ", whole\n" in mail.text


def test_a_walk_that_fails_by_itself_is_told_until_one_succeeds(database, cast, clock):
    stop = threading.Event()

    def broken(*_):
        stop.set()
        raise ValueError

    def told():
        with database.read() as session:
            return JOB_FAILED in mail_state(session, clock()).faults(clock())

    asyncio.run(keep_doing(replace(WALK, look=broken), database, clock, stop))
    assert not told()
    clock.forward(minutes=3)
    assert told()
    assert do(WALK, database, clock()) and not told()
