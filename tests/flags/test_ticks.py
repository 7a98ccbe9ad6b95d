"""The daily tick: silence raises a flag, filling in closes it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from app.clock import DatedZone, local, local_day
from app.flags.ticks import last_tick, run_ticks
from app.models.outbox import Heartbeat
from tests.diary.rows import change_person
from tests.flags.record import check_in, flags, mails, take_dose

TICK = datetime(2026, 11, 23, 20, 45, tzinfo=UTC)  # 23:45 in Moscow


def tick(database, now):
    with database.write() as session:
        return run_ticks(session, now)


def test_a_tick_is_at_a_quarter_to_midnight_of_the_zone():
    assert last_tick("Europe/Moscow", TICK) == TICK
    assert last_tick("Europe/Moscow", TICK - timedelta(seconds=1)) == TICK - timedelta(days=1)


@pytest.mark.parametrize(
    ("moved_at", "to"),
    [
        pytest.param(datetime(2026, 11, 25, 10, tzinfo=UTC), "America/New_York", id="west"),
        pytest.param(datetime(2026, 11, 25, 14, tzinfo=UTC), "Asia/Vladivostok", id="east"),
    ],
)
def test_a_move_makes_no_evening_and_loses_none(database, cast, moved_at, to):
    """Each of the days that she lived is ticked once, when it is over on the wall that held."""
    life = DatedZone("Europe/Moscow").moved(to, moved_at)
    change_person(database, cast.anna, timezone=to, zones=life.dump())
    now, ticked = TICK, set()
    while now < TICK + timedelta(days=5):
        tick(database, now)
        with database.read() as session:
            last = session.scalar(select(Heartbeat.at).where(Heartbeat.name == f"tick:{cast.anna}"))
        ticked.add(last)
        now += timedelta(minutes=15)
    days = sorted(local_day(moment, life) for moment in ticked)
    assert days == [TICK.date() + timedelta(days=n) for n in range(len(days))]
    assert len(days) >= 5
    early = [moment for moment in ticked if local(moment, life).hour != 23]
    assert early in ([], [moved_at - timedelta(seconds=1)])


def test_everybody_is_ticked_once_an_evening(database, cast, clock):
    assert tick(database, TICK - timedelta(seconds=1)) == 0  # enrolled this morning
    assert tick(database, TICK) == 3
    assert tick(database, TICK + timedelta(hours=23)) == 0
    assert tick(database, TICK + timedelta(hours=24)) == 3


def test_silence_becomes_a_flag_and_filling_in_closes_it(database, cast, clock):
    take_dose(database, cast.anna, clock().date(), clock())
    for evening in range(4):
        tick(database, TICK + timedelta(days=evening))
    [flag] = [row for row in flags(database) if row.participant_id == cast.anna]
    assert (flag.rule, flag.severity, flag.status) == ("DIA-1", "routine", "open")
    assert flag.raised_at == TICK + timedelta(days=3)
    now = TICK + timedelta(days=3, hours=10)
    for ago in range(3):
        take_dose(database, cast.anna, (TICK + timedelta(days=3 - ago)).date(), now)
    [flag] = [row for row in flags(database) if row.participant_id == cast.anna]
    assert (flag.status, flag.outcome, flag.resolved_by) == ("resolved", "no_action", None)


def test_a_check_in_on_the_last_silent_day_closes_the_flag(database, cast, clock):
    take_dose(database, cast.anna, clock().date(), clock())
    for evening in range(4):
        tick(database, TICK + timedelta(days=evening))
    late = TICK + timedelta(days=3, minutes=4)
    for ago in (2, 1):
        take_dose(database, cast.anna, (TICK + timedelta(days=3 - ago)).date(), late)
    [flag] = [row for row in flags(database) if row.participant_id == cast.anna]
    assert flag.status == "open"
    check_in(database, cast.anna, late, {"nausea": 0})
    [flag] = [row for row in flags(database) if row.participant_id == cast.anna]
    assert (flag.status, flag.outcome, flag.resolved_by) == ("resolved", "no_action", None)


def test_longer_silence_is_urgent_and_mailed(database, cast, clock):
    take_dose(database, cast.anna, clock().date(), clock())
    for evening in range(6):
        tick(database, TICK + timedelta(days=evening))
    [flag] = [row for row in flags(database) if row.participant_id == cast.anna]
    assert flag.severity == "urgent"
    assert "orlova@clinic.test" in {mail.recipient for mail in mails(database)}
