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
from app.db import undone_unless
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers
from app.interview.forms import PROVENANCES
from app.interview.queries import told_before
from app.interview.scope import told_participant
from app.interview.service import record_checkins
from app.interview.told_routes import INSTRUMENTS, Pages
from app.safety.frame import staff_page
from app.web.errors import NotFound
from app.web.forms import BadForm, Form

START, END = "/participants/", "/told"
NOTHING = PageAnswers({}, (), "skipped", {})


def act_first(
    request: Request, session: Session, me: ParticipantMe | StaffMe, form: Form, now: datetime
) -> Response | None:
    """The alert is raised with what can be read, and the page waits for its correction.

    A danger sign is one by itself; of ratings the rules say whether they are an emergency.
    """
    path = request.url.path
    if not isinstance(me, StaffMe) or not (path.startswith(START) and path.endswith(END)):
        return None
    answers, said = _said(form)
    if not answers:
        return None
    try:
        who = told_participant(session, me, path.removeprefix(START).removesuffix(END))
    except (NotFound, BadForm):
        return None
    # A page that is corrected has another token: what is on record is known by what it says.
    token = sha256(f"{now.date().isoformat()} {said}".encode()).hexdigest()[:32]
    if told_before(session, who.id, token):
        return None
    told = form.one("told")
    told = told if told in PROVENANCES else PROVENANCES[0]
    with undone_unless(session) as stands:
        outcome = record_checkins(session, me, who, told, token, answers, now)
        stands(outcome.worst == "emergency")
    if outcome.worst != "emergency":
        return None
    context = {
        "nav": "participants",
        "action": path,
        "fields": [*form.pairs(), ("idem", uuid4().hex)],
    }
    return staff_page(request, session, me, "interview/first.html", context)


def _said(form: Form) -> tuple[Pages, str]:
    """The danger signs alone where there are any, else all that can be read; and its name."""
    read: Pages = []
    for instrument in map(load_instrument, INSTRUMENTS):
        pages = {page.key: readable(page, form) for page in instrument.pages}
        signs = {key: one.signs for key, one in pages.items()}
        named = sorted(EMERGENCY_SIGNS.intersection(chain(*signs.values())))
        if named:
            alone = {
                key: replace(NOTHING, signs=found, method="each") if found else NOTHING
                for key, found in signs.items()
            }
            return [(instrument, alone)], " ".join(named)
        said = {key: one if one.ratings or one.signs else NOTHING for key, one in pages.items()}
        if any(one is not NOTHING for one in said.values()):
            read.append((instrument, said))
    return read, str([(one.ratings, one.signs) for _, pages in read for one in pages.values()])
