"""What the trial team writes: enrolment, the planned first dose, holds."""

from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Subject
from app.enrolment.forms import EnrolForm, FirstDoseForm, HoldForm, ZoneForm
from app.models.audit import AUDIT_ENTRY
from app.models.people import HOLD, PARTICIPANT, Hold, Participant, ParticipantContact, UsualDrink
from app.protocol.in_force import protocol_in_force
from app.protocol.model import Protocol
from app.signin.moving import Mover, move
from app.visit.identity import StaffMe
from app.visit.scope import ScopedParticipant

ENROL = "participant.enrol"
_ENROLLED = (
    select(PARTICIPANT.c.public_id, AUDIT_ENTRY.c.changes)
    .join(
        AUDIT_ENTRY,
        (AUDIT_ENTRY.c.subject_kind == "participant")
        & (AUDIT_ENTRY.c.subject_id == PARTICIPANT.c.id),
    )
    .where(
        PARTICIPANT.c.site_id == bindparam("site"),
        PARTICIPANT.c.code == bindparam("code"),
        AUDIT_ENTRY.c.actor == bindparam("actor"),
        AUDIT_ENTRY.c.action == ENROL,
    )
)

_OPEN_HOLD = (
    select(HOLD.c.id)
    .where(
        HOLD.c.id == bindparam("hold"),
        HOLD.c.participant_id == bindparam("who"),
        HOLD.c.lifted_at.is_(None),
        # A treatment that is over comes back only where its end is undone.
        HOLD.c.over.is_(False),
    )
    .with_for_update()
)


def enrolled_before(session: Session, me: StaffMe, code: str, token: str) -> str | None:
    """The public id of whom this very form has enrolled already: it was sent twice.

    Asked in turn, so that of two taps at once the second sees what the first has stored, and
    whether a code is free is still true when it is taken.
    """
    turns.of_site(session, me.site_id)
    values = {"site": me.site_id, "code": code, "actor": me.actor.name}
    row = session.execute(_ENROLLED, values).first()
    return row.public_id if row and token and row.changes.get("form") == [None, token] else None


def enrol(
    session: Session,
    me: StaffMe,
    form: EnrolForm,
    counselor_id: int,
    now: datetime,
    token: str = "",
) -> Participant:
    """A new participant of the site of ``me``. The code must be free there.

    The audit entry names the code and never the person: a contact can be erased, an entry cannot.
    It keeps ``token``, by which a resend of the form is known.
    """
    person = Participant(
        site_id=me.site_id,
        code=form.code,
        sex=None if form.sex == "open" else form.sex,
        timezone=form.timezone,
        language=form.language,
        first_dose_on=form.first_dose_on,
        counselor_id=counselor_id,
        enrolled_at=now,
    )
    session.add(person)
    session.flush()
    who = person.id or 0
    _store_contact(session, who, form)
    _store_drinks(session, who, form.usual_drinks, protocol_in_force(session, me.site_id, now))
    changes = {
        "code": [None, person.code],
        "sex": [None, person.sex],
        "timezone": [None, person.timezone],
        "language": [None, person.language],
        "first_dose_on": [None, _iso(person.first_dose_on)],
        "counselor_id": [None, counselor_id],
        "usual_drinks": [None, list(form.usual_drinks)],
        "form": [None, token],
    }
    subject = Subject("participant", who)
    audit.record(session, me.actor, ENROL, subject, now=now, changes=changes)
    return person


def _store_contact(session: Session, who: int, form: EnrolForm) -> None:
    seal = session.info["keys"].seal
    session.add(
        ParticipantContact(
            participant_id=who,
            name_sealed=seal(form.name),
            phone_sealed=seal(form.phone),
            note_sealed=seal(form.note),
        )
    )


def _store_drinks(session: Session, who: int, keys: tuple[str, ...], protocol: Protocol) -> None:
    presets = {preset.key: preset for preset in protocol.presets}
    for position, key in enumerate(keys):
        drink = presets[key]
        session.add(
            UsualDrink(
                participant_id=who,
                position=position,
                beverage=drink.beverage,
                ml=drink.ml,
                abv=drink.abv,
            )
        )


def change_zone(
    session: Session, me: StaffMe, who: ScopedParticipant, form: ZoneForm, now: datetime
) -> bool:
    """Where the participant lives from now on; False where it is so already."""
    return move(session, Mover(who.id, who.timezone, me.actor, form.reason), form.timezone, now)


def plan_first_dose(
    session: Session, me: StaffMe, who: ScopedParticipant, form: FirstDoseForm, now: datetime
) -> None:
    """Another study day 1, with the reason on record."""
    session.execute(
        update(PARTICIPANT)
        .where(PARTICIPANT.c.id == who.id)
        .values(first_dose_on=form.first_dose_on)
    )
    changes = {"first_dose_on": [_iso(who.first_dose_on), _iso(form.first_dose_on)]}
    subject = Subject("participant", who.id)
    audit.record(
        session,
        me.actor,
        "participant.first_dose",
        subject,
        now=now,
        changes=changes,
        reason=form.reason,
    )


def set_hold(
    session: Session, me: StaffMe, who: ScopedParticipant, form: HoldForm, now: datetime
) -> None:
    """A physician's hold: from ``from_day`` on no tablet is due."""
    hold = Hold(
        participant_id=who.id,
        from_day=form.from_day,
        until_day=form.until_day,
        reason=form.reason,
        set_by=me.id,
        set_at=now,
    )
    session.add(hold)
    session.flush()
    changes = {
        "from_day": [None, _iso(form.from_day)],
        "until_day": [None, _iso(form.until_day)],
    }
    subject = Subject("participant", who.id)
    audit.record(
        session, me.actor, "hold.set", subject, now=now, changes=changes, reason=form.reason
    )


def lift_hold(
    session: Session, me: StaffMe, who: ScopedParticipant, hold_id: int, now: datetime
) -> bool:
    """End a hold of this participant; False if it has ended already or is not theirs."""
    # Asked first: a change of no row is a change to the audit's guard all the same.
    if session.execute(_OPEN_HOLD, {"hold": hold_id, "who": who.id}).first() is None:
        return False
    session.execute(update(HOLD).where(HOLD.c.id == hold_id).values(lifted_at=now))
    changes = {"lifted_at": [None, now.isoformat()]}
    subject = Subject("participant", who.id)
    audit.record(session, me.actor, "hold.lift", subject, now=now, changes=changes)
    return True


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
