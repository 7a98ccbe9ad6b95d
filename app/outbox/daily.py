"""The daily heartbeat mail: a sign of life, and the root of the audit trail as an outside witness.

Cutting off the end of a hash chain leaves it whole, and so does removing all of a site. Whoever
keeps these mails can tell.
"""

from datetime import datetime, time
from typing import Any

from sqlalchemy import bindparam, case, func, select, true
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.clock import local_day
from app.db import apart
from app.i18n import translator
from app.models.outbox import MESSAGE
from app.models.people import SITE, STAFF
from app.outbox.heartbeat import BACKUP, last_beat, once_a_day, trail_checked
from app.outbox.queries import late_backup
from app.outbox.service import enqueue, usable_address
from app.outbox.templates import render_mail
from app.visit.roles import LEADS_SITE, RUNS_SITE, holders, may

EIGHT = time(8)
EVERY_SECONDS = 60.0
_SITES = select(SITE.c.id, SITE.c.timezone).order_by(SITE.c.id)
# Where a site has no administrator, whoever leads it keeps the mails.
_KEEPERS = (
    select(STAFF.c.id, STAFF.c.email, STAFF.c.language, STAFF.c.role)
    .where(
        STAFF.c.site_id == bindparam("site"),
        STAFF.c.active == true(),
        STAFF.c.role.in_(holders(RUNS_SITE, LEADS_SITE)),
    )
    .order_by(STAFF.c.id)
)
_MAIL = select(
    func.count(case((MESSAGE.c.status == "waiting", 1))),
    func.count(case((MESSAGE.c.status == "failed", 1))),
)


def run_heartbeats(session: Session, now: datetime) -> int:
    """Send what is due; how many mails."""
    sent = 0
    for site, zone in session.execute(_SITES).all():
        with apart(session):
            if once_a_day(session, f"heartbeat:{site}", EIGHT, zone, now):
                sent += send_heartbeat(session, site, zone, now)
    return sent


def send_heartbeat(session: Session, site: int, zone: str, now: datetime) -> int:
    """One mail to each administrator of the site; how many."""
    trail = audit.witness(session, audit.system(site), Subject("site", site), now)
    waiting, refused = session.execute(_MAIL).one()
    checked, backup = trail_checked(session), last_beat(session, BACKUP)
    day = local_day(now, zone)
    found = keepers(session, site)
    for row in found:
        tr = translator(row.language)
        context = {
            "_": tr,
            "ngettext": tr.n,
            "lang": row.language,
            "day": tr.day_inline(day, "d MMMM y"),
            "checked": tr.moment(checked[0], zone) if checked else None,
            "whole": checked is None or checked[1],
            "backup": tr.moment(backup, zone) if backup else None,
            "backup_late": late_backup(backup, now),
            "root": trail.root,
            "count": trail.count,
            "waiting": waiting,
            "refused": refused,
        }
        mail = render_mail("heartbeat", context)
        key = f"heartbeat:{site}:{day}:{row.id}"
        enqueue(session, key, "heartbeat", row.email, mail.subject, mail.text, mail.html, now)
    return len(found)


def keepers(session: Session, site: int) -> list[Any]:
    """Whoever gets the mail: active administrators, else coordinators and investigators."""
    rows = [row for row in session.execute(_KEEPERS, {"site": site}) if usable_address(row.email)]
    return [row for row in rows if may(row.role, RUNS_SITE)] or rows
