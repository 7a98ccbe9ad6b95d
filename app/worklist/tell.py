"""Mail to the staff that somebody is to be called: how many, where to look, and no more."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from app.alerts.ladder import Recipient, first_notified
from app.alerts.queries import recipients, wall_of
from app.clock import local_day
from app.i18n import translator
from app.outbox.service import enqueue
from app.outbox.templates import render_mail
from app.visit.roles import LEADS_SITE, may

KIND = "task"


def tell_of(session: Session, site_id: int, made: Mapping[str, int | None], now: datetime) -> int:
    """One mail a person about the new tasks ``made`` ({public id: counselor}); how many mails."""
    wall = wall_of(session, site_id, now)
    theirs: dict[int, list[str]] = defaultdict(list)
    people: dict[int, Recipient] = {}
    for task, counselor in made.items():
        for one in first_notified(recipients(session, site_id, counselor), wall):
            people[one.staff_id] = one
            theirs[one.staff_id].append(task)
    for staff_id, tasks in theirs.items():
        _send(session, people[staff_id], tasks, f"task:{staff_id}:{tasks[0]}", now, late=False)
    return len(people)


def tell_late(session: Session, site_id: int, zone: str, late: list[str], now: datetime) -> int:
    """Once a day whoever leads the site hears how many calls are late; how many mails."""
    leads = [one for one in recipients(session, site_id, None) if may(one.role, LEADS_SITE)]
    day = local_day(now, zone).isoformat()
    for one in leads:
        _send(session, one, late, f"task-late:{one.staff_id}:{day}", now, late=True)
    return len(leads)


def _send(
    session: Session, one: Recipient, tasks: list[str], key: str, now: datetime, *, late: bool
) -> None:
    tr = translator(one.language)
    where = f"/{tasks[0]}" if len(tasks) == 1 else ""
    context = {
        "_": tr,
        "ngettext": tr.n,
        "lang": one.language,
        "count": len(tasks),
        "late": late,
        "address": f"{session.info['base_url']}/worklist{where}",
    }
    mail = render_mail("tasks", context)
    enqueue(session, key, KIND, one.email, mail.subject, mail.text, mail.html, now)
