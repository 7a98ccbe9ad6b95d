"""What the worker does beside sending mail, and whom it asks when a mail is refused for good."""

from typing import Any

from app.alerts import digest, escalation
from app.alerts.alerting import notify_next
from app.board.nightly import NIGHTLY as BOARD
from app.checkins.service import judge_overdue
from app.clock import utc_now
from app.db import Database
from app.exports.making import MAKING
from app.flags import ticks
from app.outbox import daily
from app.outbox.errands import Errand
from app.outbox.worker import Job, Worker
from app.recovery.hourly import HOURLY
from app.recovery.nightly import NIGHTLY as ARCHIVE
from app.signin import tidy
from app.worklist import lookout

JOBS: tuple[Job, ...] = (
    ("unfinished check-ins", 10.0, judge_overdue),
    ("daily tick", ticks.EVERY_SECONDS, ticks.run_ticks),
    ("escalation", escalation.EVERY_SECONDS, escalation.run_escalation),
    ("digest", digest.EVERY_SECONDS, digest.run_digests),
    ("lookout", lookout.EVERY_SECONDS, lookout.run_lookout),
    ("heartbeat mail", daily.EVERY_SECONDS, daily.run_heartbeats),
    ("housekeeping", tidy.EVERY_SECONDS, tidy.tidy_up),
)

# What takes long, beside everybody else.
ERRANDS: tuple[Errand[Any], ...] = (HOURLY, ARCHIVE, BOARD, MAKING)


def new_worker(database: Database) -> Worker:
    """A worker with every job of the product."""
    return Worker(database, utc_now, JOBS, notify_next, ERRANDS)
