"""The demo cohort: eight people, six months, as if all of it had happened here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, exists, inspect, select
from sqlmodel import Session

from app.clock import local_day
from app.db import Database
from app.demo.past import send_last_digest, tell_the_past
from app.demo.person import Person
from app.demo.replies import Replies
from app.demo.simulator import RUN_IN_DAYS, Simulated, simulate
from app.demo.site import SITE_MADE, ZONE, open_site
from app.demo.stories import SILENT, STORIES, Story
from app.demo.told import DoseTold, DrinksTold, SubstancesTold, Told
from app.demo.write import write_people
from app.models.audit import AUDIT_ENTRY
from app.models.people import SITE
from app.protocol.loader import load_protocol
from app.timeline.days import ONE_DAY

# Nobody has reached the silent one yet.
NEVER_CLOSED = frozenset({(SILENT.code, "DIA")})


def is_empty(session: Session) -> bool:
    """Whether there is no site yet, so that nothing of anybody's can be in the way."""
    return not session.execute(select(exists(select(SITE.c.id)))).scalar()


class NotOurs(Exception):
    """A database that the demo did not make; the message is the remedy."""


NOT_OURS = (
    "this database was not made by the demo, and nobody simulated is written into it: set "
    "DAYBOOK_DATA_DIR or DAYBOOK_DATABASE_URL to a place where nothing is yet"
)


def refuse_others(connection: Connection) -> None:
    """The demo works on what it made, or where nothing is at all. Raises NotOurs.

    To be asked before anything is migrated: an empty database with a schema waits for the first
    site of a real clinic.
    """
    with connection.begin():
        tables = inspect(connection).get_table_names()
        if not tables:
            return
        known = {"site", "audit_entry"} <= set(tables)
        if not known or not is_simulated(Session(bind=connection)):
            raise NotOurs(NOT_OURS)


def is_simulated(session: Session) -> bool:
    """Whether there are sites, and every one of them was made by the demo."""
    if is_empty(session):
        return False
    made = exists().where(
        AUDIT_ENTRY.c.action == SITE_MADE,
        AUDIT_ENTRY.c.subject_kind == "site",
        AUDIT_ENTRY.c.subject_id == SITE.c.id,
    )
    return not session.execute(select(exists(select(SITE.c.id).where(~made)))).scalar()


def fill_demo(
    database: Database, now: datetime, seed: int = 1, stories: Sequence[Story] = STORIES
) -> None:
    """Write the eight stories up to ``now``, in one transaction."""
    told = [simulated(story, now, seed) for story in stories]
    opened = now - timedelta(days=max(s.study_day for s in stories) + RUN_IN_DAYS + 3)
    with database.write() as session:
        team = open_site(session, opened)
        people = [
            Person(story.code, story.name, story.phone, team.counselors[story.counselor], simulated)
            for story, simulated in zip(stories, told, strict=True)
        ]
        replies = Replies(seed, NEVER_CLOSED)
        writers = write_people(session, team, people, now, replies.alerted)
        written = {writer.id for writer in writers}
        tell_the_past(session, team, written, now)
        send_last_digest(session, team, written, now)


def simulated(story: Story, now: datetime, seed: int = 1) -> Simulated:
    """A story placed so that ``now`` falls on its study day."""
    persona = replace(story.persona, key=f"{seed}/{story.persona.key}")
    first_dose_on = local_day(now, ZONE) - timedelta(days=story.study_day)
    told = simulate(persona, first_dose_on, load_protocol().weeks, now)
    return replace(told, told=_left_to_the_visitor(told.told, local_day(now, persona.zone)))


def _left_to_the_visitor(told: tuple[Told, ...], today: date) -> tuple[Told, ...]:
    """Without this morning's tablet and the day before it: whoever opens the phone tells them."""

    def is_open(one: Told) -> bool:
        if isinstance(one, DoseTold):
            return one.day == today
        return isinstance(one, DrinksTold | SubstancesTold) and one.day >= today - ONE_DAY

    return tuple(one for one in told if not is_open(one))
