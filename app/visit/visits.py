"""One request behind the gate: who asks, when, with which form, in which transaction.

A route takes a visit and nothing of the web besides; the gate makes it (``gate``).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request

from app.i18n import Translator
from app.protocol.in_force import protocol_in_force
from app.protocol.model import Protocol
from app.visit.identity import ParticipantMe, StaffMe
from app.visit.weighed import Weighed
from app.web.forms import Form
from app.web.pages import tr_of


@dataclass(frozen=True)
class Visit:
    """``session`` is the one transaction of the request; nobody but the gate commits it."""

    request: Request
    session: Session
    me: ParticipantMe | StaffMe
    now: datetime
    form: Form

    @property
    def tr(self) -> Translator:
        return tr_of(self.request)

    @property
    def protocol(self) -> Protocol:
        """The protocol in force at the site of whoever asks."""
        return protocol_in_force(self.session, self.me.site_id, self.now)


@dataclass(frozen=True)
class ParticipantVisit(Visit):
    """Of a participant, on an open phone."""

    me: ParticipantMe


@dataclass(frozen=True)
class StaffVisit(Visit):
    """Of a member of the staff, in a role that the route is for."""

    me: StaffMe

    @property
    def weighed(self) -> Weighed:
        """What became of a password in the form; of a route that says that it ``weighs``."""
        found: Weighed = self.request.state.weighed
        return found
