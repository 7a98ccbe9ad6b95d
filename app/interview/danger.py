"""What a participant told staff that cannot wait, acted on although the form was refused."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import chain
from uuid import uuid4

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.identity import ParticipantMe, StaffMe
from app.checkins.flow import EMERGENCY_SIGNS
from app.checkins.reading import readable
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers
from app.interview.forms import PROVENANCES
from app.interview.queries import told_before
from app.interview.scope import told_participant
from app.interview.service import record_checkins
from app.safety.frame import staff_page
from app.web.errors import NotFound
from app.web.forms import BadForm, Form

START, END = "/participants/", "/told"
NOTHING = PageAnswers({}, (), "skipped", {})


def act_first(
    request: Request, session: Session, me: ParticipantMe | StaffMe, form: Form, now: datetime
) -> Response | None:
    """The alert is raised with the danger signs alone; the rest waits for its correction."""
    path = request.url.path
    if not isinstance(me, StaffMe) or not (path.startswith(START) and path.endswith(END)):
        return None
    instrument = load_instrument("side_effects")
    signs = {page.key: readable(page, form).signs for page in instrument.pages}
    named = sorted(EMERGENCY_SIGNS.intersection(chain(*signs.values())))
    if not named:
        return None
    try:
        who = told_participant(session, me, path.removeprefix(START).removesuffix(END))
    except (NotFound, BadForm):
        return None
    # A page that is corrected has another token: what is on record is known by its signs.
    said = f"{now.date().isoformat()} {' '.join(named)}"
    token = sha256(said.encode()).hexdigest()[:32]
    if told_before(session, who.id, token):
        return None
    pages = {
        key: replace(NOTHING, signs=found, method="each") if found else NOTHING
        for key, found in signs.items()
    }
    told = form.one("told")
    told = told if told in PROVENANCES else PROVENANCES[0]
    record_checkins(session, me, who, told, token, [(instrument, pages)], now)
    context = {
        "nav": "participants",
        "action": path,
        "fields": [*form.pairs(), ("idem", uuid4().hex)],
    }
    return staff_page(request, session, me, "interview/first.html", context)
