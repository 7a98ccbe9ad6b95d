"""Urges, alcohol and opioids: one page, judged as soon as it is sent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.checkins.asked import read_page, telling_of
from app.checkins.flow import Stored
from app.checkins.queries import find_checkin, find_just_finished, get_checkin
from app.checkins.service import store_page, submit_pages
from app.checkins.words import page_lines, told_at, typed_from
from app.clock import local_day
from app.instruments.definitions import Instrument
from app.instruments.loader import load_instrument
from app.instruments.messages import explain
from app.instruments.scoring import AnswerErrors, PageAnswers
from app.named import PublicIdOrNew
from app.protocol.in_force import protocol_in_force
from app.sent.closing import FIELD, NOT_ASKED, Why, is_closed, read_why, reasons
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, on_to, once
from app.visit import held
from app.visit.gate import for_participants
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.errors import NotFound
from app.web.pages import page, see_other, tr_of

router = APIRouter()
INSTRUMENT = "urges"
PATH = "/today/urges"
# Whoever asks for one more answer corrects none, however soon it is after the last.
ANOTHER = "another"


def path_of_urges(public_id: str) -> str:
    return f"{PATH}/{public_id}"


def own_urges(session: Session, me: ParticipantMe, path: str, now: datetime) -> Stored:
    """The former answer that the address names. Raises NotFound."""
    found = _own(session, me, path.removeprefix(f"{PATH}/"), now)
    if found.instrument.key != INSTRUMENT:
        raise NotFound
    return found


def _own(session: Session, me: ParticipantMe, public_id: str, now: datetime) -> Stored:
    plan = protocol_in_force(session, me.site_id, now)
    since = now - timedelta(days=plan.backfill_days)
    found = find_checkin(session, me.id, public_id, since)
    if found is None:
        raise NotFound
    return found


@router.get("/today/urges")
@for_participants
def new_urges(visit: ParticipantVisit, another: str = "") -> Response:
    typed = {ANOTHER: ["1"]} if another else {}
    return _page(visit.request, load_instrument(INSTRUMENT), "/today/urges", typed, NOT_ASKED)


@router.post("/today/urges")
@for_participants
def answer_urges(visit: ParticipantVisit) -> Response:
    """A new answer; a second one within the protocol's closing time corrects the first.

    That holds for a form that was sent twice, not for another answer that was asked for.
    """
    since = visit.now - visit.protocol.checkin_closing
    more = ANOTHER in visit.form.fields
    stored = None if more else find_just_finished(visit.session, visit.me.id, INSTRUMENT, since)
    return _store(visit, stored, "/today/urges")


@router.get("/today/urges/{public_id}")
@for_participants
def show_urges(visit: ParticipantVisit, public_id: PublicIdOrNew) -> Response:
    stored = _own(visit.session, visit.me, public_id, visit.now)
    if stored.instrument.key != INSTRUMENT:
        return see_other(f"/today/check/{public_id}")
    asked = stored.instrument.pages[0]
    former = stored.pages.get(asked.key)
    path = path_of_urges(public_id)
    typed = held.typed_at(visit.session, visit.me.device_id, path)
    if typed is None:
        typed = typed_from(asked, former.answers, visit.tr) if former else {}
    why = Why(_late(stored, visit.me, visit.now))
    said = told_at(stored, visit.me.timezone, visit.tr)
    return _page(visit.request, stored.instrument, path, typed, why, told=said)


def _late(stored: Stored | None, me: ParticipantMe, now: datetime) -> bool:
    """Whether an answer would be changed after its day has closed."""
    if stored is None:
        return False
    return is_closed(local_day(stored.started_at, me.timezone), now, me.timezone)


@router.post("/today/urges/{public_id}")
@for_participants
def change_urges(visit: ParticipantVisit, public_id: PublicIdOrNew) -> Response:
    path = path_of_urges(public_id)
    stored = own_urges(visit.session, visit.me, path, visit.now)
    return _store(visit, stored, path)


def _store(visit: ParticipantVisit, stored: Stored | None, action: str) -> Response:
    instrument = stored.instrument if stored else load_instrument(INSTRUMENT)
    asked = instrument.pages[0]

    def tell(earlier: Earlier | None) -> Entry | Response:
        tr, form = visit.tr, visit.form
        late = _late(stored, visit.me, visit.now)
        why = read_why(form, tr) if late else NOT_ASKED
        when = told_at(stored, visit.me.timezone, tr) if stored else ""
        try:
            answers = read_page(asked, form, form.pairs(FIELD, ANOTHER))
        except AnswerErrors as problem:
            wrong, said = problem.errors, form.said(tr)
            return _page(
                visit.request, instrument, action, form.fields, why, wrong, said, told=when
            )
        if why.error:
            return _page(visit.request, instrument, action, form.fields, why, told=when)
        if earlier:
            return _ask(visit, earlier.subject_id, answers, action)
        telling = replace(telling_of(visit), reason=why.code)
        if stored:
            done = store_page(visit.session, telling, stored, asked.key, answers)
        else:
            done = submit_pages(visit.session, telling, instrument, {asked.key: answers})
        waited = (path_of_urges(done.checkin.public_id),)
        note = "changed" if stored else _note(answers)
        return Entry(done.checkin.id, "/today", note, done.outcome, waited)

    row = stored.id if stored and action.endswith(stored.public_id) else None
    return once(visit, "checkin", INSTRUMENT, tell, on_to("/today"), row)


def _note(answers: PageAnswers) -> str:
    """An urge that was told brings an offer of help with it, after it is saved and not before."""
    return "offer" if any(answers.ratings.values()) else "saved"


def _ask(
    visit: ParticipantVisit, subject_id: int | None, answers: PageAnswers, action: str
) -> Response:
    """Another answer under the token of an earlier one, which may have been no urges at all."""
    tr, asked = visit.tr, load_instrument(INSTRUMENT).pages[0]
    saved = get_checkin(visit.session, visit.me.id, subject_id) if subject_id is not None else None
    before = None
    if saved and saved.instrument.key == INSTRUMENT and asked.key in saved.pages:
        before = page_lines(asked, saved.pages[asked.key].answers, tr)
        action = f"/today/urges/{saved.public_id}"
    return show_conflict(visit.request, before, page_lines(asked, answers, tr), visit.form, action)


def _page(
    request: Request,
    instrument: Instrument,
    action: str,
    typed: Mapping[str, list[str]],
    why: Why,
    errors: Mapping[str, str] | None = None,
    said: Mapping[str, str] | None = None,
    *,
    told: str = "",
) -> Response:
    """``told``: when the answer was given that is changed here."""
    tr = tr_of(request)
    asked = instrument.pages[0]
    wrong = explain(asked, errors or {}, tr.lang) | why.errors | dict(said or {})
    context = {
        "why": reasons(tr) if why.wanted else None,
        "typed_why": next(iter(typed.get(FIELD, [])), None),
        "instrument": instrument,
        "asked": asked,
        "told": told,
        "another": ANOTHER in typed,
        "typed": typed,
        "errors": wrong,
        "action": action,
        "idem": uuid4().hex,
        "back": ("/today", tr("Today")),
    }
    return page(request, "checkins/urges.html", context, 422 if wrong else 200)
