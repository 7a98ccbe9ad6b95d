"""The day's mail about routine flags, at eight in the morning of the site."""

from collections import defaultdict
from datetime import datetime, time

from sqlalchemy import and_, bindparam, exists, select
from sqlmodel import Session

from app import audit, turns
from app.alerts.alerting import Alerted, keep_notice
from app.alerts.ladder import Recipient, first_notified
from app.alerts.mails import digest_mail
from app.alerts.queries import recipients
from app.audit import Subject
from app.clock import local
from app.db import apart
from app.models.flags import FLAG, NOTICE
from app.models.people import PARTICIPANT, SITE
from app.outbox.heartbeat import once_a_day
from app.rules.finding import Severity

EIGHT = time(8)
EVERY_SECONDS = 60.0
_SITES = select(SITE.c.id, SITE.c.timezone).order_by(SITE.c.id)
_UNTOLD = (
    select(FLAG.c.id, FLAG.c.public_id, FLAG.c.reference, PARTICIPANT.c.counselor_id)
    .join(PARTICIPANT, PARTICIPANT.c.id == FLAG.c.participant_id)
    .where(
        FLAG.c.site_id == bindparam("site"),
        FLAG.c.status == "open",
        FLAG.c.severity == "routine",
        ~exists().where(and_(NOTICE.c.flag_id == FLAG.c.id, NOTICE.c.severity == "routine")),
    )
    .order_by(FLAG.c.id)
)


def run_digests(session: Session, now: datetime) -> int:
    """Send what is due; how many mails. A morning with nothing new sends none."""
    sent = 0
    for site, zone in session.execute(_SITES).all():
        with apart(session):
            if once_a_day(session, f"digest:{site}", EIGHT, zone, now):
                sent += send_digest(session, site, zone, now)
    return sent


def send_digest(session: Session, site: int, zone: str, now: datetime) -> int:
    """One mail a person about every routine flag of which nobody was notified; how many mails."""
    turns.of_site(session, site)
    wall = local(now, zone)
    by_person: dict[int, list[Alerted]] = defaultdict(list)
    people: dict[int, Recipient] = {}
    for row in session.execute(_UNTOLD, {"site": site}).all():
        flag = Alerted(row.id, row.public_id, row.reference, Severity.ROUTINE)
        for one in first_notified(recipients(session, site, row.counselor_id), wall):
            people[one.staff_id] = one
            by_person[one.staff_id].append(flag)
    for staff_id, flags in by_person.items():
        one = people[staff_id]
        mail = digest_mail(one.language, flags, session.info["base_url"])
        keep_notice(session, one, flags, mail, "digest", now)
    if by_person:
        notified = {"told": [None, sorted(by_person)]}
        actor, subject = audit.system(site), Subject("site", site)
        audit.record(session, actor, "flag.digest", subject, now=now, changes=notified)
    return len(by_person)
