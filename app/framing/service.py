"""The message of the day: chosen once, logged as it is shown, the same for the rest of the day."""

from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from app import audit
from app.audit import Subject
from app.clock import local_day
from app.framing.choose import choose, fits_alerts
from app.framing.queries import Exposure, exposure_on, facts_of
from app.instruments.framing.library import Message, load_library
from app.instruments.reading import InstrumentError
from app.models.framing import MESSAGE_EXPOSURE
from app.protocol.model import Framing
from app.visit.identity import ParticipantMe

_INSERT = insert(MESSAGE_EXPOSURE)


def message_of_today(
    session: Session, me: ParticipantMe, framing: Framing, now: datetime
) -> tuple[Message, str] | None:
    """The message of this local day and its language; None where none may stand.

    It is logged when it is shown first. What was shown in the morning is shown again, in the
    language of the morning, so that the log says all there was to see; unless a serious alert has
    come since that it does not fit. Two phones at once: writers about one participant come in turn.
    """
    if not framing.enabled or not _in_treatment(me):
        return None
    today = local_day(now, me.timezone)
    facts = facts_of(session, me, today)
    before = exposure_on(session, me.id, today)
    if before is not None:
        message = message_of(before)
        if message is None or not fits_alerts(message, facts.serious):
            return None
        return message, before.language
    library = load_library()
    message = choose(facts, library, framing, today)
    if message is None:
        return None
    values = {
        "library_version": library.version,
        "message_key": message.key,
        "frame": message.frame,
        "language": me.language,
        "assigned_by": framing.assignment,
    }
    shown = {"participant_id": me.id, "day": today, "shown_at": now, **values}
    session.execute(_INSERT, shown)
    changes = {name: [None, value] for name, value in values.items()}
    subject = Subject("participant", me.id)
    audit.record(session, me.actor, "message.show", subject, now=now, changes=changes)
    return message, me.language


def _in_treatment(me: ParticipantMe) -> bool:
    """Messages speak of the tablet and the next session: nobody else has these ahead of them."""
    return me.status == "active" and me.first_dose_on is not None


def message_of(exposure: Exposure) -> Message | None:
    """The message that was shown; None where its version of the library is not there any more."""
    try:
        return load_library(exposure.library_version).message(exposure.message_key)
    except (InstrumentError, KeyError):
        return None
