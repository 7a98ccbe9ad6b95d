"""What a participant told staff that cannot wait, acted on although the form was refused."""

import re
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import chain
from uuid import uuid4

from sqlmodel import Session
from starlette.responses import Response

from app.checkins.asked import readable
from app.checkins.flow import EMERGENCY_SIGNS
from app.db import undone_unless
from app.diary.days import day_typed
from app.diary.queries import read_day
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers
from app.interview.forms import PROVENANCES, DayAsked, readable_day
from app.interview.queries import told_before
from app.interview.routes import check_day, open_parts
from app.interview.scope import told_participant
from app.interview.service import record_checkins, record_day
from app.interview.told_routes import INSTRUMENTS, Pages
from app.staff.frame import staff_page
from app.visit.identity import StaffMe
from app.visit.scope import ScopedParticipant
from app.visit.visits import StaffVisit, Visit
from app.web.errors import NotFound
from app.web.forms import BadForm, Form

FORMS = re.compile(r"/participants/(?P<who>[^/]+)/(told|interview/(?P<day>[^/]+))")
NOTHING = PageAnswers({}, (), "skipped", {})


def act_first(visit: Visit) -> Response | None:
    """The alert is raised with what can be read, and the page waits for its correction."""
    found = FORMS.fullmatch(visit.request.url.path)
    if not isinstance(visit, StaffVisit) or found is None:
        return None
    try:
        who = told_participant(visit.session, visit.me, found["who"])
        if found["day"]:
            acted = _by_day(visit, who, found["day"])
        else:
            acted = _by_checkin(visit.session, visit.me, who, visit.form, visit.now)
    except (NotFound, BadForm):
        return None
    if acted is None:
        return None
    context = {
        "nav": "participants",
        "action": visit.request.url.path,
        "fields": [*visit.form.pairs(), ("idem", uuid4().hex)],
        "sign": acted == SIGN,
    }
    return staff_page(visit, "interview/first.html", context)


# What the alert was raised with.
SIGN, READABLE = "a danger sign alone", "all that could be read"


def _by_checkin(
    session: Session, me: StaffMe, who: ScopedParticipant, form: Form, now: datetime
) -> str | None:
    """A danger sign is one by itself; of ratings the rules say whether they are an emergency."""
    answers, said, kind = _said(form)
    if not answers:
        return None
    # A page that is corrected has another token: what is on record is known by what it says.
    token = sha256(f"{now.date().isoformat()} {said}".encode()).hexdigest()[:32]
    if told_before(session, who.id, token):
        return None
    with undone_unless(session) as stands:
        outcome = record_checkins(session, me, who, _how(form), token, answers, now)
        stands(outcome.worst == "emergency")
    return kind if outcome.worst == "emergency" else None


def _by_day(visit: StaffVisit, who: ScopedParticipant, named: str) -> str | None:
    """Told again it is on record already, and then the page is answered as any other."""
    day = day_typed(named)
    if day is None:
        return None
    check_day(who, day, visit.now)
    parts = open_parts(read_day(visit.session, who.id, day))
    fields = {
        name: sent for name, sent in visit.form.fields.items() if name not in visit.form.faults
    }
    told = readable_day(fields, DayAsked(day, who.timezone, visit.now, parts), visit.tr)
    with undone_unless(visit.session) as stands:
        outcome = record_day(
            visit.session, visit.me, who, day, replace(told, told=_how(visit.form)), visit.now
        )
        stands(outcome.worst == "emergency")
    return READABLE if outcome.worst == "emergency" else None


def _how(form: Form) -> str:
    told = form.one("told")
    return told if told in PROVENANCES else PROVENANCES[0]


def _said(form: Form) -> tuple[Pages, str, str]:
    """The danger signs alone where there are any, else all that can be read; its name, its kind."""
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
            return [(instrument, alone)], " ".join(named), SIGN
        told = {key: one if one.ratings or one.signs else NOTHING for key, one in pages.items()}
        if any(one is not NOTHING for one in told.values()):
            read.append((instrument, told))
    said = str([(one.ratings, one.signs) for _, pages in read for one in pages.values()])
    return read, said, READABLE
