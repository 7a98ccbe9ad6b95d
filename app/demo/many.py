"""As many simulated people as asked for, drawn by number, written as the eight with a story are.

Everything goes through the services of the product, so that a person of 24 weeks takes seconds.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from app.clock import local_day
from app.db import Database
from app.demo.past import send_last_digest, tell_the_past
from app.demo.person import Person
from app.demo.persona import draw
from app.demo.replies import Replies
from app.demo.simulator import simulate
from app.demo.site import ZONE, Team, open_site
from app.demo.write import write_people


def fill_many(
    database: Database,
    participants: int,
    weeks: int,
    seed: int,
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """A new site with ``participants`` people whose ``weeks`` end about ``now``.

    Each in a transaction of their own: what was written stays if somebody interrupts, and a
    server beside it waits for one person, not for all. ``progress`` hears how many are written.
    """
    with database.write() as session:
        team = open_site(session, opened(now, weeks), participants)
    replies, written = Replies(seed), set()
    for number in range(1, participants + 1):
        with database.write() as session:
            person = drawn(team, seed, number, weeks, now)
            [writer] = write_people(session, team, [person], now, replies.alerted)
            tell_the_past(session, team, {writer.id}, now)
        written.add(writer.id)
        progress(1)
    with database.write() as session:
        send_last_digest(session, team, written, now)


def opened(now: datetime, weeks: int) -> datetime:
    """When a site opens, so that everybody whose ``weeks`` end at ``now`` enrols after it."""
    return now - timedelta(days=weeks * 7 + 20)


def drawn(team: Team, seed: int, number: int, weeks: int, now: datetime) -> Person:
    """The same seed and number is the same person."""
    dice = Random(f"{seed}/{number}/start")  # noqa: S311
    first = local_day(now, ZONE) - timedelta(days=weeks * 7 - dice.randint(0, 6))
    return Person(
        code=f"S{team.site_id:02}-{number:05}",
        name=f"Simulated {number}",
        phone=f"+7 900 {number:07}",
        counselor=team.counselors[number % len(team.counselors)],
        simulated=simulate(draw(seed, number), first, weeks, now),
    )
