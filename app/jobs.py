"""What the worker does beside sending mail, and whom it asks when a mail is refused for good."""

from app.checkins.service import judge_overdue
from app.clock import utc_now
from app.db import Database
from app.outbox.worker import Job, Worker
from app.safety.alerting import tell_next
from app.safety.ticks import EVERY_SECONDS, run_ticks

JOBS: tuple[Job, ...] = (
    ("unfinished check-ins", 10.0, judge_overdue),
    ("daily tick", EVERY_SECONDS, run_ticks),
)


def new_worker(database: Database) -> Worker:
    """A worker with every job of the product."""
    return Worker(database, utc_now, JOBS, tell_next)
