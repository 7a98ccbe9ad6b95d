"""An answer that cannot wait, acted on although its form was refused, whatever else is wrong in it.

The gate asks here about every refused form of a participant: an error beside the answer, another
answer under the same token, a reason that is missing, a page that is gone, a fault of ours. What
can be read is stored and judged; if the rules call it an emergency it stands, and help comes
first, with the page behind it to be finished. The same answer sent again is acted on once.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth import held
from app.auth.identity import ParticipantMe, StaffMe
from app.checkins import list_routes, urge_routes, week_routes
from app.checkins.asked import NEW, Asked, asked_on
from app.checkins.flow import EMERGENCY_SIGNS, Stored
from app.checkins.judging import Submitted, judge
from app.checkins.onward import INSTRUMENT, path_of
from app.checkins.queries import find_just_finished
from app.checkins.reading import readable
from app.checkins.screens import stored_since, submit_screen
from app.checkins.service import Told, start, store_page, submit_pages
from app.db import undone_unless
from app.diary.submissions import once, remember
from app.instruments.loader import load_instrument
from app.instruments.scoring import PageAnswers
from app.protocol.loader import load_protocol
from app.web.errors import NotFound
from app.web.forms import Form
from app.web.pages import numbers_of, page, tr_of

CHECKS = "/today/check/"
THOUGHTS = "self_harm_thoughts"
KIND = "danger"


def act_first(
    request: Request, session: Session, me: ParticipantMe | StaffMe, form: Form, now: datetime
) -> Response | None:
    """The help page if ``form`` said something that cannot wait; None where it did not."""
    path = request.url.path
    if not isinstance(me, ParticipantMe):
        return None
    if path == week_routes.PATH:
        return _week(request, session, me, form, now)
    if path.startswith(CHECKS):
        return _effects(request, session, me, form, now)
    if path.startswith(list_routes.PATH):
        return _list(request, session, me, form, now)
    if path.startswith(urge_routes.PATH):
        return _urges(request, session, me, form, now)
    return None


def _week(
    request: Request, session: Session, me: ParticipantMe, form: Form, now: datetime
) -> Response | None:
    """Thoughts of self-harm on the weekly page; its words wait for their correction."""
    instrument = load_instrument(week_routes.INSTRUMENT)
    answers = readable(instrument.pages[0], form)
    if answers.ratings.get(THOUGHTS, 0) < load_protocol().rules.sui.thoughts_urgent:
        return None
    named = _named(form, answers)
    if not once(session, me, named, KIND, week_routes.PATH):
        if stored_since(session, me.id, answers.ratings, now - held.KEEP_FOR):
            return None
        told = _told(me, form, now)
        row_id, _ = submit_screen(session, told, instrument, replace(answers, texts={}))
        remember(session, me, named, KIND, row_id, now, week_routes.PATH)
    held.keep_here(session, me.device_id, week_routes.PATH, form, now)
    return _stop(request, form, week_routes.PATH, "self_harm")


def _effects(
    request: Request, session: Session, me: ParticipantMe, form: Form, now: datetime
) -> Response | None:
    asked = _page_of(session, me, request.url.path, form, now)
    here = _acted(session, me, form, now, asked, lambda name: path_of(name, asked.number))
    return _stop(request, form, here or request.url.path, "emergency") if here is not None else None


def _list(
    request: Request, session: Session, me: ParticipantMe, form: Form, now: datetime
) -> Response | None:
    """Of all side effects on one page: the danger signs first, then each group."""
    path = request.url.path
    for place in ("now", *map(str, range(1, len(load_instrument(INSTRUMENT).pages) + 1))):
        check = path.replace(list_routes.PATH, CHECKS) + f"/{place}"
        asked = replace(_page_of(session, me, check, form, now), layout="list")
        here = _acted(session, me, form, now, asked, list_routes.path_of_list)
        if here is not None:
            return _stop(request, form, here or path, "emergency")
    return None


def _acted(
    session: Session,
    me: ParticipantMe,
    form: Form,
    now: datetime,
    asked: Asked,
    path_to: Callable[[str], str],
) -> str | None:
    """Where the rest waits for its correction; empty if it was acted on before, None if not."""
    answers = readable(asked.page, form)
    about, named = CHECKS + asked.page.key, _named(form, answers)
    if once(session, me, named, KIND, about):
        return ""
    done = _stored(session, replace(_told(me, form, now), layout=asked.layout), asked, answers)
    if done is None:
        return None
    remember(session, me, named, KIND, done.checkin.id, now, about)
    here = path_to(done.checkin.public_id)
    held.keep_here(session, me.device_id, here, form, now)
    return here


def _page_of(session: Session, me: ParticipantMe, path: str, form: Form, now: datetime) -> Asked:
    """The page that the form is of; of a check-in that is gone, the same page of a new one."""
    public_id, _, place = path.removeprefix(CHECKS).partition("/")
    for name, where in ((public_id, place), (public_id, "now"), (NEW, place)):
        try:
            asked = asked_on(session, me, name, where, now)
        except NotFound:
            continue
        if asked.page.signs or "signs" not in form.fields:
            return asked
    return asked_on(session, me, NEW, "now", now)


def _stored(session: Session, told: Told, asked: Asked, answers: PageAnswers) -> Submitted | None:
    """New danger signs alone, else all that is readable, if the rules call it an emergency.

    None if they do not, or if what is on record is one already.
    """
    former = asked.former or PageAnswers({}, (), "skipped", {})
    signs = tuple(sorted({*former.signs, *answers.signs}))
    if EMERGENCY_SIGNS.intersection(answers.signs) - set(former.signs):
        return _judged(session, told, asked, PageAnswers(former.ratings, signs, "each", {}))
    if not answers.ratings or answers.ratings.items() <= former.ratings.items():
        return None
    if asked.stored and _worst_as_it_stands(session, told, asked.stored) == "emergency":
        return None
    whole = PageAnswers({**former.ratings, **answers.ratings}, signs, "each", former.texts)
    with undone_unless(session) as stands:
        done = _judged(session, told, asked, whole)
        stands(done.outcome.worst == "emergency")
    return done if done.outcome.worst == "emergency" else None


def _judged(session: Session, told: Told, asked: Asked, answers: PageAnswers) -> Submitted:
    """The page as it is stored, and judged now."""
    key = asked.page.key
    if asked.stored is None:
        done = start(session, told, asked.instrument, key, answers)
    else:
        done = store_page(session, told, asked.stored, key, answers)
    if done.outcome.worst is not None:
        return done
    finished = done.checkin.finished_at is not None
    return judge(session, done.checkin, told.actor, told.now, finished)


def _worst_as_it_stands(session: Session, told: Told, stored: Stored) -> str | None:
    with undone_unless(session):
        return judge(session, stored, told.actor, told.now, False).outcome.worst


def _urges(
    request: Request, session: Session, me: ParticipantMe, form: Form, now: datetime
) -> Response | None:
    """Urges are one group of the reaction, and may be what makes it an emergency."""
    instrument = load_instrument(urge_routes.INSTRUMENT)
    answers = replace(readable(instrument.pages[0], form), texts={})
    named, path = _named(form, answers), urge_routes.PATH
    if once(session, me, named, KIND, path):
        return _stop(request, form, path, "emergency")
    before = find_just_finished(session, me.id, instrument.key, now - held.KEEP_FOR)
    if before and any(one.answers.ratings == answers.ratings for one in before.pages.values()):
        return None
    done = None
    for tried in (_with_none(answers), answers):
        with undone_unless(session) as stands:
            told = _told(me, form, now)
            done = submit_pages(session, told, instrument, {instrument.pages[0].key: tried})
            if (done.outcome.worst == "emergency") != (tried is answers):
                return None
            stands(tried is answers)
    if done is None:
        return None
    remember(session, me, named, KIND, done.checkin.id, now, path)
    return _stop(request, form, path, "emergency")


def _with_none(answers: PageAnswers) -> PageAnswers:
    """The same without any urge: what is an emergency without them is none by them."""
    return replace(answers, ratings=dict.fromkeys(answers.ratings, 0.0))


def _told(me: ParticipantMe, form: Form, now: datetime) -> Told:
    return Told(me.id, me.actor, now, me.language, form.client_at, form.seconds, "")


def _named(form: Form, answers: PageAnswers) -> Form:
    """The form under a token that tells this danger of it; it has none if the form has none."""
    if not form.token:
        return form
    said = [form.token, *sorted(answers.signs), *map(str, sorted(answers.ratings.items()))]
    return replace(form, token=f"{KIND}-{sha256(' '.join(said).encode()).hexdigest()[:40]}")


def _stop(request: Request, form: Form, action: str, text: str) -> Response:
    """Help first; the page that could not be stored whole is sent again from there."""
    tr, numbers = tr_of(request), numbers_of(request)
    texts = load_instrument("help")
    crisis = numbers.crisis or numbers.emergency
    context = {
        "heading": texts.title.say(tr.lang),
        "message": texts.texts[text].say(tr.lang, emergency=numbers.emergency, crisis=crisis),
        "sent": texts.texts["sent"].say(tr.lang, emergency=numbers.emergency),
        "action": action,
        "fields": [*form.pairs(), ("idem", uuid4().hex)],
    }
    return page(request, "checkins/stop.html", context)
