"""All side effects on one page, for somebody who had none for some days, if the protocol says so.

Each group has its own "none of these"; nothing is answered beforehand. The page is its own review,
so that it is stored and judged as it is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.checkins.asked import INSTRUMENT, NEW, is_late, own_checkin, path_of, telling_of
from app.checkins.flow import Stored, is_emergency, rest_and_repeat
from app.checkins.listed import OPEN, ListErrors, read_list, tick_of
from app.checkins.queries import find_active, get_checkin
from app.checkins.service import Telling, finish, start, store_page, submit_pages
from app.checkins.words import page_lines, typed_from
from app.diary.quiet import takes_whole_list
from app.flags.service import Outcome
from app.i18n import Translator
from app.instruments.definitions import Instrument
from app.instruments.loader import load_instrument
from app.instruments.messages import explain
from app.instruments.scoring import PageAnswers
from app.named import PublicIdOrNew
from app.protocol.in_force import protocol_of
from app.sent.closing import FIELD, NOT_ASKED, Why, read_why, reasons
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, on_to, once, worst_of
from app.visit import held
from app.visit.gate import for_participants
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.errors import NotFound
from app.web.pages import numbers_of, see_other, tr_of
from app.web.pages import page as show

router = APIRouter()
LIST = f"{INSTRUMENT}/list"
PATH = "/today/list/"


def path_of_list(public_id: str) -> str:
    return f"{PATH}{public_id}"


@router.get(PATH + "{public_id}")
@for_participants
def show_list(visit: ParticipantVisit, public_id: PublicIdOrNew) -> Response:
    """The list, if the last days were quiet; a check-in that is being answered goes on its way."""
    stored = stored_for(visit.session, visit.me, public_id, visit.now)
    here = path_of_list(public_id)
    kept = held.typed_at(visit.session, visit.me.device_id, here)
    if kept is None and public_id == NEW and stored:
        return see_other(path_of(stored.public_id))
    if (
        kept is None
        and public_id == NEW
        and not takes_whole_list(visit.session, visit.me, visit.now)
    ):
        return see_other(path_of(NEW, "first"))
    instrument = stored.instrument if stored else load_instrument(INSTRUMENT)
    typed = kept or _typed(instrument, stored, visit.tr)
    why = Why(is_late(stored, visit.now, visit.me.timezone))
    return _page(visit.request, instrument, here, typed, why, kept=kept is not None)


@router.post(PATH + "{public_id}")
@for_participants
def answer_list(visit: ParticipantVisit, public_id: PublicIdOrNew) -> Response:
    stored = stored_for(visit.session, visit.me, public_id, visit.now)
    instrument = stored.instrument if stored else load_instrument(INSTRUMENT)
    here = path_of_list(public_id)

    def tell(earlier: Earlier | None) -> Entry | Response:
        form = visit.form
        late = is_late(stored, visit.now, visit.me.timezone)
        why = read_why(form, visit.tr) if late else NOT_ASKED
        try:
            answers = read_list(instrument.pages, form.pairs(FIELD))
            if form.faults:
                raise ListErrors({}, answers)
        except ListErrors as problem:
            errors = _explained(instrument, problem.errors, visit.tr) | form.said(visit.tr)
            return _page(visit.request, instrument, here, form.fields, why, errors)
        if why.error and not any(map(is_emergency, answers.values())):
            return _page(visit.request, instrument, here, form.fields, why)
        if earlier:
            return _both(visit, earlier, answers, here)
        telling = replace(telling_of(visit), layout="list", reason=why.code)
        done, outcome = _store(visit.session, telling, stored, instrument, answers)
        waited = (here, path_of_list(done.public_id))
        if done.finished_at is None:
            return Entry(done.id, path_of(done.public_id), None, outcome, waited)
        note = "changed" if stored and stored.finished_at else "saved"
        return Entry(done.id, "/today", note, outcome, waited)

    return once(visit, "checkin", LIST, tell, on_to("/today"))


def stored_for(session: Session, me: ParticipantMe, public_id: str, now: datetime) -> Stored | None:
    """The check-in that the address names; "new" goes on with one of this moment.

    Raises NotFound, also for one that asks one question a screen: its pages are others.
    """
    if public_id == NEW:
        found = find_active(session, me.id, INSTRUMENT, now)
    else:
        found = own_checkin(session, me, public_id, now)
    if found and found.single:
        raise NotFound
    return found


def _store(
    session: Session,
    telling: Telling,
    stored: Stored | None,
    instrument: Instrument,
    answers: Mapping[str, PageAnswers],
) -> tuple[Stored, Outcome]:
    """A whole check-in; one that was begun is changed where the list says something else.

    A high blood pressure leaves it open: its second measurement is asked for first.
    """
    bp = protocol_of(session, telling.participant_id, telling.now).rules.bp
    repeat = rest_and_repeat(answers.values(), bp.systolic_routine, bp.diastolic_routine)
    if stored is None and not repeat:
        done = submit_pages(session, telling, instrument, answers)
        return done.checkin, done.outcome
    outcomes = []
    for key, said in answers.items():
        former = stored.pages.get(key) if stored else None
        if former and former.answers == said:
            continue
        if stored is None:
            done = start(session, telling, instrument, key, said)
        else:
            done = store_page(session, telling, stored, key, said)
        stored = done.checkin
        outcomes.append(done.outcome)
    if stored is None:
        raise ValueError("a list without a group")
    if not repeat:
        done = finish(session, telling, stored)
        stored = done.checkin
        outcomes.append(done.outcome)
    return stored, worst_of(outcomes)


def _both(
    visit: ParticipantVisit, earlier: Earlier, answers: Mapping[str, PageAnswers], here: str
) -> Response:
    """What came earlier under the token, and what came now."""
    tr = visit.tr
    stored = None
    if earlier.subject_id is not None:
        stored = get_checkin(visit.session, visit.me.id, earlier.subject_id)
    instrument = stored.instrument if stored else load_instrument(INSTRUMENT)
    sent = _lines(instrument, answers, tr)
    if stored is None or stored.instrument.key != INSTRUMENT:
        return show_conflict(visit.request, None, sent, visit.form, here)
    before = _lines(instrument, {key: one.answers for key, one in stored.pages.items()}, tr)
    return show_conflict(visit.request, before, sent, visit.form, path_of_list(stored.public_id))


def _lines(instrument: Instrument, answers: Mapping[str, PageAnswers], tr: Translator) -> list[str]:
    parts = (
        page_lines(one, answers[one.key], tr) for one in instrument.pages if one.key in answers
    )
    return [line for part in parts for line in part]


def _typed(instrument: Instrument, stored: Stored | None, tr: Translator) -> dict[str, list[str]]:
    """What stands, as the list's form would send it."""
    typed: dict[str, list[str]] = {}
    for page in instrument.pages:
        found = stored.pages.get(page.key) if stored else None
        if found is None:
            continue
        if found.answers.method == "page_none":
            typed[tick_of(page)] = ["1"]
        else:
            typed |= typed_from(page, found.answers, tr)
    return typed


def _explained(
    instrument: Instrument, errors: Mapping[str, Mapping[str, str]], tr: Translator
) -> dict[str, str]:
    """Each error in words, by its field; one about a whole group stands at its "none of these"."""
    said: dict[str, str] = {}
    for page in instrument.pages:
        found = dict(errors.get(page.key, {}))
        if found.get(tick_of(page)) == OPEN:
            said[tick_of(page)] = tr("Nothing is chosen here yet.")
            del found[tick_of(page)]
        said |= explain(page, found, tr.lang)
    return explain(instrument.pages[0], errors.get("", {}), tr.lang) | said


def _page(
    request: Request,
    instrument: Instrument,
    here: str,
    typed: Mapping[str, Sequence[str]],
    why: Why,
    errors: Mapping[str, str] | None = None,
    *,
    kept: bool = False,
) -> Response:
    tr = tr_of(request)
    numbers = numbers_of(request)
    clinic = numbers.clinic or numbers.emergency
    said = {**(errors or {}), **why.errors}
    context = {
        "why": reasons(tr) if why.wanted else None,
        "typed_why": next(iter(typed.get(FIELD, [])), None),
        "instrument": instrument,
        "tick_of": tick_of,
        "typed": typed,
        "errors": said,
        "kept": kept,
        "action": here,
        "by_page": path_of(NEW, "first"),
        "skip_note": instrument.texts["skip_note"].say(tr.lang, clinic=clinic),
        "idem": uuid4().hex,
        "back": ("/today", tr("Today")),
    }
    return show(request, "checkins/list.html", context, 422 if said else 200)
