"""One session as somebody of the staff stands before it: who asks, and what they may do."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app.appointments import queries
from app.appointments.queries import Appointment
from app.appointments.service import About
from app.clock import local_day
from app.i18n import Translator
from app.notes.agreed import agreed_of
from app.visit.identity import StaffMe
from app.visit.roles import ASSIGNS_SHEETS, ENTERS_TOLD, PLANS_SESSIONS, WRITES_NOTES
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.errors import NotFound


@dataclass(frozen=True, slots=True)
class Here:
    """Who asks about which session, and when."""

    visit: StaffVisit
    who: ScopedParticipant
    one: Appointment

    @property
    def session(self) -> Session:
        return self.visit.session

    @property
    def me(self) -> StaffMe:
        return self.visit.me

    @property
    def now(self) -> datetime:
        return self.visit.now

    @property
    def tr(self) -> Translator:
        return self.visit.tr

    @property
    def about(self) -> About:
        return about(self.me, self.who, self.now)

    @property
    def opens_on(self) -> date:
        """From the morning of the session on its note can be written."""
        return local_day(self.one.at, self.me.timezone)

    @property
    def may_write(self) -> bool:
        """The note of the session; what was cancelled has none."""
        opened = self.opens_on <= local_day(self.now, self.me.timezone)
        return self.me.may(WRITES_NOTES) and self.one.state != "cancelled" and opened

    @property
    def path(self) -> str:
        return f"/participants/{self.who.public_id}/sessions/{self.one.public_id}"


def about(me: StaffMe, who: ScopedParticipant, now: datetime) -> About:
    return About(who.id, who.timezone, who.first_dose_on, me.actor, me.id, now)


def active_participant(session: Session, me: StaffMe, public_id: str) -> ScopedParticipant:
    """For whom sessions are still planned. Raises NotFound."""
    who = participant_for(session, me, public_id)
    if who.status != "active":
        raise NotFound
    return who


def here_at(visit: StaffVisit, public_id: str, appointment: str) -> Here:
    """A session of a participant in scope. Raises NotFound."""
    who = participant_for(visit.session, visit.me, public_id)
    one = queries.appointment_for(visit.session, who.id, appointment)
    return Here(visit, who, one)


def note_words(here: Here) -> str:
    """Why there is no note to write: the session was cancelled, or its day is still to come."""
    tr = here.tr
    if here.one.state == "cancelled":
        return tr("The session was cancelled. It has no note.")
    if not here.me.may(WRITES_NOTES) or here.may_write:
        return ""
    opens = tr.day_inline(here.opens_on, "EEEE, d MMMM")
    return tr("The note opens on the day of the session: %(day)s.", day=opens)


def whats_agreed(here: Here, closed: bool) -> dict[str, Any]:
    """What the closed note agrees on, for the page, and what whoever reads it can do about it."""
    me, who, tr = here.me, here.who, here.tr
    today = local_day(here.now, me.timezone)
    found = agreed_of(here.session, who.id, here.one, me.timezone, today, tr) if closed else None
    active = who.status == "active"
    return {
        "agreed": found,
        "can_assign": active and me.may(ASSIGNS_SHEETS),
        "can_plan": active and me.may(PLANS_SESSIONS),
        "can_tell": who.status != "withdrawn" and me.may(ENTERS_TOLD),
    }
