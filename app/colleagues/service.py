"""Accounts as they are written: added, invited by mail, switched off and on, a password set."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import Session

from app import audit
from app.alerts.alerting import notify_instead
from app.audit import Actor, Subject
from app.colleagues.forms import ColleagueForm, LeavingForm
from app.colleagues.queries import Colleague
from app.flags.service import hand_over
from app.i18n import translator
from app.models.audit import AUDIT_ENTRY
from app.models.people import (
    ALERT_HOURS,
    AUTH_SESSION,
    PARTICIPANT,
    STAFF,
    Staff,
)
from app.outbox.service import enqueue
from app.outbox.templates import render_mail
from app.signin import factors, sessions
from app.signin.staff import end_links, make_link
from app.visit.identity import StaffMe
from app.visit.tokens import code_hash, token_hash

INVITATION = "invitation"
RESET = "reset"
ADDED = "staff.add"


_DONE = select(AUDIT_ENTRY.c.changes).where(
    AUDIT_ENTRY.c.subject_kind == "staff",
    AUDIT_ENTRY.c.subject_id == bindparam("id"),
    AUDIT_ENTRY.c.actor == bindparam("actor"),
    AUDIT_ENTRY.c.action == bindparam("action"),
)


def add(
    session: Session,
    site_id: int,
    form: ColleagueForm,
    actor: Actor,
    now: datetime,
    token: str = "",
) -> int:
    """A new account, without a password; the address must have none. Returns its id.

    The audit entry keeps ``token``, by which a resend of the form is known.
    """
    one = Staff(
        site_id=site_id,
        email=form.email,
        name=form.name,
        role=form.role,
        language=form.language,
        created_at=now,
    )
    session.add(one)
    session.flush()
    changes = {
        "email": [None, form.email],
        "role": [None, form.role],
        "language": [None, form.language],
        "form": [None, token],
    }
    subject = Subject("staff", one.id or 0)
    audit.record(session, actor, ADDED, subject, now=now, changes=changes)
    return one.id or 0


def invite(
    session: Session,
    me: StaffMe,
    staff_id: int,
    email: str,
    language: str,
    now: datetime,
    token: str = "",
) -> None:
    """Mail a one-time link; a former one that was not used ends."""
    code = make_link(session, staff_id, me.actor, now, token)
    tr = translator(language)
    context = {
        "_": tr,
        "lang": language,
        "site": me.site_name,
        "address": f"{session.info['base_url']}/sign-in/link#{code}",
    }
    mail = render_mail("invitation", context)
    key = f"{INVITATION}:{code_hash(code)[:40]}"
    enqueue(session, key, INVITATION, email, mail.subject, mail.text, mail.html, now)


def switch_off(
    session: Session,
    me: StaffMe,
    who: Colleague,
    successor: Colleague | None,
    form: LeavingForm,
    now: datetime,
) -> None:
    """End every way in, hand over what they hold, and leave the account on record.

    The account goes first: what its owner does meanwhile is either there to be handed over, or
    comes too late.
    """
    session.execute(
        update(STAFF).where(STAFF.c.id == who.id).values(active=False, alert_position=None)
    )
    session.execute(delete(ALERT_HOURS).where(ALERT_HOURS.c.staff_id == who.id))
    _end_covers(session, me, who, form.reason, now)
    if successor is not None:
        _hand_over_people(session, me, who, successor, form.reason, now)
        hand_over(session, me, who.id, successor.id, form.reason, now)
    notify_instead(session, me.site_id, who.id, now)
    end_links(session, who.id, now)
    end_sessions(session, who.id, now)
    changes = {"active": [True, False], "alert_position": [who.position, None]}
    audit.record(
        session,
        me.actor,
        "staff.off",
        Subject("staff", who.id),
        now=now,
        changes=changes,
        reason=form.reason,
    )


def switch_on(session: Session, me: StaffMe, who: Colleague, now: datetime) -> None:
    """The account works again; they come back by a new link, and choose a new password."""
    session.execute(
        update(STAFF).where(STAFF.c.id == who.id).values(active=True, password_hash=None)
    )
    # A way in that was on its way when the account was switched off opens nothing now either.
    end_sessions(session, who.id, now)
    changes = {"active": [False, True], "password": [who.has_password, False]}
    audit.record(session, me.actor, "staff.on", Subject("staff", who.id), now=now, changes=changes)
    invite(session, me, who.id, who.email, who.language, now)


def set_password(session: Session, me: StaffMe, password_hash: str, now: datetime) -> str:
    """A password, already hashed; every session ends, this one too, and every link.

    Returns the token of a new session: whoever copied the former one is out.
    """
    session.execute(update(STAFF).where(STAFF.c.id == me.id).values(password_hash=password_hash))
    end_links(session, me.id, now)
    end_sessions(session, me.id, now)
    audit.record(session, me.actor, "password.set", Subject("staff", me.id), now=now)
    return _begun_anew(session, me, now)


def _begun_anew(session: Session, me: StaffMe, now: datetime) -> str:
    """As open as the session that just ended: a second factor that was shown need not be again."""
    token = sessions.begin(session, now, staff_id=me.id)
    if me.second_at is None:
        return token
    found = select(AUTH_SESSION.c.id).where(AUTH_SESSION.c.token_hash == token_hash(token))
    return sessions.open_whole(session, session.execute(found).scalar_one(), now)


def change_factors(session: Session, me: StaffMe, now: datetime) -> str:
    """A way in came or went: every session ends but this one, which goes on under a new token."""
    sessions.end_others(session, me.id, me.session_id, now)
    return sessions.open_whole(session, me.session_id, now)


def reset_factors(
    session: Session, me: StaffMe, who: Colleague, reason: str, now: datetime
) -> None:
    """Of a colleague who lost them: all ends, and they are told by a mail without a link."""
    had = factors.remove_all(session, who.id)
    end_links(session, who.id, now)
    end_sessions(session, who.id, now)
    subject = Subject("staff", who.id)
    changes = {"apps": [had, []]}
    audit.record(
        session, me.actor, "factor.reset", subject, now=now, changes=changes, reason=reason
    )
    context = {"_": translator(who.language), "lang": who.language, "site": me.site_name}
    mail = render_mail("reset", context)
    key = f"reset:{who.id}:{now.timestamp()}"
    enqueue(session, key, RESET, who.email, mail.subject, mail.text, mail.html, now)


def sign_out_everywhere(session: Session, me: StaffMe, who: Colleague, now: datetime) -> None:
    """Where a laptop was lost: every session of a colleague, and every link, ends."""
    end_links(session, who.id, now)
    end_sessions(session, who.id, now)
    subject = Subject("staff", who.id)
    audit.record(session, me.actor, "staff.sign_out", subject, now=now)


def knows(session: Session, me: StaffMe, action: str, subject_id: int, token: str) -> bool:
    """Whether this very form has done ``action`` already: it was sent twice."""
    values = {"actor": me.actor.name, "action": action, "id": subject_id}
    made = session.execute(_DONE, values).scalars()
    return bool(token) and any(changes.get("form") == [None, token] for changes in made)


def end_session(session: Session, me: StaffMe, row_id: int, now: datetime) -> None:
    """One of one's own sessions."""
    session.execute(
        update(AUTH_SESSION)
        .where(AUTH_SESSION.c.id == row_id, AUTH_SESSION.c.staff_id == me.id)
        .values(ended_at=now)
    )
    changes = {"session": [row_id, None]}
    audit.record(
        session, me.actor, "session.end", Subject("staff", me.id), now=now, changes=changes
    )


def end_sessions(session: Session, staff_id: int, now: datetime) -> None:
    """Every signed-in browser of a staff member, from the next request on."""
    session.execute(
        update(AUTH_SESSION)
        .where(
            AUTH_SESSION.c.staff_id == staff_id,
            AUTH_SESSION.c.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def _end_covers(session: Session, me: StaffMe, who: Colleague, reason: str, now: datetime) -> None:
    """Nobody is covered by somebody who is gone; it is on record for each who was."""
    ended = session.execute(
        update(ALERT_HOURS)
        .where(ALERT_HOURS.c.cover_id == who.id)
        .values(cover_id=None)
        .returning(ALERT_HOURS.c.staff_id)
    ).scalars()
    for covered in list(ended):
        changes = {"cover": [who.id, None]}
        subject = Subject("staff", covered)
        audit.record(
            session, me.actor, "site.contact", subject, now=now, changes=changes, reason=reason
        )


def _hand_over_people(
    session: Session,
    me: StaffMe,
    who: Colleague,
    successor: Colleague,
    reason: str,
    now: datetime,
) -> None:
    moved = session.execute(
        update(PARTICIPANT)
        .where(PARTICIPANT.c.counselor_id == who.id)
        .values(counselor_id=successor.id)
        .returning(PARTICIPANT.c.id)
    ).scalars()
    for participant_id in list(moved):
        changes = {"counselor_id": [who.id, successor.id]}
        subject = Subject("participant", participant_id)
        audit.record(
            session,
            me.actor,
            "participant.counselor",
            subject,
            now=now,
            changes=changes,
            reason=reason,
        )
