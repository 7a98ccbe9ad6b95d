"""What an entry is about: the word for it, whose it is, and how much of it each role is shown.

A kind that is not entered here shows nothing but that it happened.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, literal, or_, select

from app.i18n import N_
from app.models.adverse import ADVERSE_EVENT
from app.models.audit import AUDIT_ENTRY
from app.models.checkin import CHECKIN, SCREEN
from app.models.consent import CONSENT
from app.models.counseling import COUNSELING_SESSION, SESSION_NOTE
from app.models.diary import DOSE, DRINK_DAY, MARKER_DAY, NOTE, SUBSTANCE_DAY
from app.models.flags import FLAG
from app.models.locks import RECORD_LOCK
from app.models.mailbox import MAILBOX_ENTRY
from app.models.people import DEVICE, PARTICIPANT
from app.models.trial import CONSENT_WITHDRAWAL, STUDY_END, URINALYSIS
from app.models.worklist import TASK
from app.models.worksheets import ASSIGNMENT, WORKSHEET


class Level(Enum):
    """Who is shown the values of an entry."""

    PLAIN = "nothing about a participant's health: whoever reads the trail"
    CLINICAL = "about a participant: not the administrator; coded roles without words"
    PRIVATE = "the participant's own: nobody"
    BLINDED = "which message was shown: whoever may know the frame"


@dataclass(frozen=True, slots=True)
class Topic:
    """``table``: where the row is, and with it the participant."""

    word: str
    table: Any = None
    level: Level = Level.CLINICAL


KINDS = {
    "participant": Topic(N_("participant"), PARTICIPANT),
    "checkin": Topic(N_("check-in"), CHECKIN),
    "screen": Topic(N_("weekly mood page"), SCREEN),
    "dose": Topic(N_("tablet"), DOSE),
    "drinks": Topic(N_("alcohol of a day"), DRINK_DAY),
    "substances": Topic(N_("other substances of a day"), SUBSTANCE_DAY),
    "note": Topic(N_("note of a participant"), NOTE),
    "marker_day": Topic(N_("day that a participant marked"), MARKER_DAY, Level.PRIVATE),
    "flag": Topic(N_("alert"), FLAG),
    "session": Topic(N_("session"), COUNSELING_SESSION),
    "session_note": Topic(N_("session note"), SESSION_NOTE),
    "adverse_event": Topic(N_("adverse event"), ADVERSE_EVENT),
    "task": Topic(N_("task"), TASK),
    "worksheet": Topic(N_("worksheet"), WORKSHEET),
    "assignment": Topic(N_("assigned worksheet"), ASSIGNMENT),
    "device": Topic(N_("phone of a participant"), DEVICE),
    "mailbox": Topic(N_("answer from a phone without a network"), MAILBOX_ENTRY),
    "urinalysis": Topic(N_("urine result"), URINALYSIS),
    "consent": Topic(N_("withdrawal of consent"), CONSENT_WITHDRAWAL),
    "consent_given": Topic(N_("consent"), CONSENT),
    "consent_version": Topic(N_("text of consent"), None, Level.PLAIN),
    "study_end": Topic(N_("end of a part in the study"), STUDY_END),
    "lock": Topic(N_("lock of the record"), RECORD_LOCK),
    "staff": Topic(N_("account"), None, Level.PLAIN),
    "site": Topic(N_("site"), None, Level.PLAIN),
    "export": Topic(N_("export of the data"), None, Level.PLAIN),
    "archive": Topic(N_("the site’s own copy"), None, Level.PLAIN),
    "backup": Topic(N_("backup"), None, Level.PLAIN),
    "key": Topic(N_("secret key"), None, Level.PLAIN),
    "protocol_version": Topic(N_("protocol"), None, Level.PLAIN),
    "outbox": Topic(N_("mail"), None, Level.PLAIN),
    "trail": Topic(N_("audit trail"), None, Level.PLAIN),
}
# Actions that are shown to fewer, or to more, than their kind is.
LEVELS = {"message.show": Level.BLINDED, "record.read": Level.PLAIN}
# Nobody changed anything: somebody looked.
READS = (
    "record.read",
    "brief.open",
    "day.open",
    "session.open",
    "note.open",
    "flag.read",
    "flag.report",
    "interview.open",
    "worksheet.open",
    "task.open",
    "adverse.open",
    "adverse.worksheet",
    "adverse.export",
    "export.take",
    "contact.reveal",
    "trail.export",
)


def level_of(kind: str, action: str) -> Level:
    if action in LEVELS:
        return LEVELS[action]
    return KINDS[kind].level if kind in KINDS else Level.PRIVATE


def _id_and_owner(kind: str, table: Any) -> tuple[Any, Any]:
    return table.c.id, table.c.id if kind == "participant" else table.c.participant_id


def _owner() -> ColumnElement[Any]:
    """The participant whom the row of an entry belongs to, or who acted; else null."""
    found = []
    for kind, one in KINDS.items():
        if one.table is not None:
            key, owner = _id_and_owner(kind, one.table.alias(f"of_{kind}"))
            of_row = select(owner).where(key == AUDIT_ENTRY.c.subject_id).correlate(AUDIT_ENTRY)
            found.append((AUDIT_ENTRY.c.subject_kind == kind, of_row.scalar_subquery()))
    return case(*found, else_=None)


def about(participant: int) -> ColumnElement[bool]:
    """Entries about this participant, and of what they did themselves."""
    conditions = [AUDIT_ENTRY.c.actor == literal(f"participant:{participant}")]
    for kind, one in KINDS.items():
        if one.table is not None:
            key, owner = _id_and_owner(kind, one.table)
            theirs = select(key).where(owner == participant)
            same_kind = AUDIT_ENTRY.c.subject_kind == kind
            conditions.append(and_(same_kind, AUDIT_ENTRY.c.subject_id.in_(theirs)))
    return or_(*conditions)


CODE = (
    select(PARTICIPANT.c.code)
    .where(PARTICIPANT.c.id == _owner(), PARTICIPANT.c.site_id == bindparam("site"))
    .correlate(AUDIT_ENTRY)
    .scalar_subquery()
    .label("code")
)
