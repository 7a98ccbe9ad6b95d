"""What an administrator writes: the alert list, telephone numbers, a test alert."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlmodel import Session

from app import audit, turns
from app.alerts.ladder import all_notified
from app.alerts.queries import recipients
from app.audit import Subject
from app.clock import local
from app.i18n import translator
from app.models.people import ALERT_HOURS, SITE_NUMBERS, STAFF, Site
from app.outbox.service import enqueue
from app.outbox.templates import render_mail
from app.site.forms import AlertListForm, NumbersForm, SiteForm, minutes
from app.site.queries import TEST, ListedStaff, numbers_of
from app.visit.identity import StaffMe


def open_site(session: Session, form: SiteForm, now: datetime) -> int:
    """A new site, without anybody who works there; returns its id."""
    site = Site(
        name=form.name,
        timezone=form.timezone,
        emergency_number=form.emergency,
        crisis_number=form.crisis,
        clinic_number=form.clinic,
    )
    session.add(site)
    session.flush()
    changes = {name: [None, value] for name, value in form.model_dump().items()}
    subject, actor = Subject("site", site.id or 0), audit.system(site.id or 0)
    audit.record(session, actor, "site.open", subject, now=now, changes=changes)
    return site.id or 0


def set_on_alert_list(
    session: Session,
    me: StaffMe,
    who: ListedStaff,
    form: AlertListForm,
    cover_id: int | None,
    now: datetime,
) -> None:
    """Place, hours and absence of a colleague, as a whole."""
    turns.of_site(session, me.site_id)
    values = {
        "weekdays": sorted(set(form.weekdays)),
        "from_minute": minutes(form.opens),
        "until_minute": minutes(form.closes),
        "absent_from": form.absent_from,
        "absent_until": form.absent_until,
        "cover_id": cover_id,
    }
    session.execute(update(STAFF).where(STAFF.c.id == who.id).values(alert_position=form.position))
    session.execute(delete(ALERT_HOURS).where(ALERT_HOURS.c.staff_id == who.id))
    session.execute(insert(ALERT_HOURS), {"staff_id": who.id, **values})
    changes = {
        "position": [who.position, form.position],
        "weekdays": [who.weekdays, values["weekdays"]],
        "hours": [f"{who.opens()}-{who.closes()}", f"{form.opens}-{form.closes}"],
        "absent_from": [_iso(who.absent_from), _iso(form.absent_from)],
        "absent_until": [_iso(who.absent_until), _iso(form.absent_until)],
        "cover": [None, cover_id],
    }
    subject = Subject("staff", who.id)
    audit.record(session, me.actor, "site.contact", subject, now=now, changes=changes)


def set_numbers(session: Session, me: StaffMe, form: NumbersForm, now: datetime) -> None:
    """The numbers that participants see in one language."""
    known = numbers_of(session, me.site_id)
    old = known.get(form.language, known[""])
    of_language = (SITE_NUMBERS.c.site_id == me.site_id, SITE_NUMBERS.c.language == form.language)
    session.execute(delete(SITE_NUMBERS).where(*of_language))
    values = form.model_dump()
    session.execute(insert(SITE_NUMBERS), {"site_id": me.site_id, **values})
    new = (form.emergency, form.crisis, form.clinic)
    names = ("emergency", "crisis", "clinic")
    changes = {
        f"{name}.{form.language}": [a, b] for name, a, b in zip(names, old, new, strict=True)
    }
    subject = Subject("site", me.site_id)
    audit.record(session, me.actor, "site.numbers", subject, now=now, changes=changes)


def send_test(session: Session, me: StaffMe, now: datetime) -> int:
    """A mail to everybody whom an emergency would reach, by the same outbox; how many."""
    people = all_notified(recipients(session, me.site_id, None), local(now, me.timezone))
    for one in people:
        tr = translator(one.language)
        context = {"_": tr, "lang": one.language, "address": f"{session.info['base_url']}/sign-in"}
        mail = render_mail("test", context)
        key = f"test:{one.staff_id}:{now.isoformat()}"
        enqueue(session, key, TEST, one.email, mail.subject, mail.text, mail.html, now)
    notified = {"told": [None, [one.staff_id for one in people]]}
    subject = Subject("site", me.site_id)
    audit.record(session, me.actor, "site.test_alert", subject, now=now, changes=notified)
    return len(people)


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
