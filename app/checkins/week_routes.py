"""The weekly page about mood: four questions and room for own words, judged as it is sent."""

from collections.abc import Mapping
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.checkins.mood import ratings_of, submit_screen
from app.checkins.reading import read_page
from app.checkins.service import Told
from app.checkins.words import page_lines
from app.instruments.loader import load_instrument
from app.instruments.messages import explain
from app.instruments.scoring import AnswerErrors, PageAnswers
from app.sent.conflict import show_conflict
from app.sent.guidance import go_on
from app.sent.submissions import once, remember
from app.visit import held
from app.visit.gate import for_participants
from app.visit.visits import ParticipantVisit
from app.web.pages import numbers_of, page, see_other, tr_of

router = APIRouter()
INSTRUMENT = "mood"
PATH = "/today/week"


@router.get("/today/week")
@for_participants
def show_week(visit: ParticipantVisit) -> Response:
    kept = held.typed_at(visit.session, visit.me.device_id, PATH)
    return _page(visit.request, kept or {}, kept=kept is not None)


@router.post("/today/week")
@for_participants
def answer_week(visit: ParticipantVisit) -> Response:
    instrument = load_instrument(INSTRUMENT)
    asked = instrument.pages[0]
    told = Told(
        visit.me.id,
        visit.me.actor,
        visit.now,
        visit.me.language,
        visit.form.client_at,
        visit.form.seconds,
        visit.form.token,
    )
    try:
        answers = read_page(asked, visit.form, visit.form.pairs())
    except AnswerErrors as problem:
        return _page(
            visit.request, visit.form.fields, problem.errors, said=visit.form.said(visit.tr)
        )
    earlier = once(visit.session, visit.me, visit.form, "screen", PATH)
    if earlier and earlier.same:
        return see_other("/today", "same")
    if earlier:
        tr = visit.tr
        before = None
        if earlier.subject_id is not None:
            ratings = ratings_of(visit.session, visit.me.id, earlier.subject_id)
            before = page_lines(asked, PageAnswers(ratings, (), "each", {}), tr)
        return show_conflict(
            visit.request, before, page_lines(asked, answers, tr), visit.form, PATH
        )
    row_id, outcome = submit_screen(visit.session, told, instrument, answers)
    held.drop_at(visit.session, visit.me.device_id, PATH)
    remember(visit.session, visit.me, visit.form, "screen", row_id, visit.now, PATH)
    return go_on(outcome, "/today", "saved")


def _page(
    request: Request,
    typed: Mapping[str, list[str]],
    errors: Mapping[str, str] | None = None,
    *,
    said: Mapping[str, str] | None = None,
    kept: bool = False,
) -> Response:
    tr = tr_of(request)
    numbers = numbers_of(request)
    crisis = numbers.crisis or numbers.emergency
    instrument = load_instrument(INSTRUMENT)
    asked = instrument.pages[0]
    wrong = explain(asked, errors or {}, tr.lang) | dict(said or {})
    context = {
        "instrument": instrument,
        "asked": asked,
        "typed": typed,
        "errors": wrong,
        "kept": kept,
        "readers": instrument.texts["readers"].say(tr.lang, crisis=crisis),
        "idem": uuid4().hex,
        "back": ("/today", tr("Today")),
    }
    return page(request, "checkins/week.html", context, 422 if wrong else 200)
