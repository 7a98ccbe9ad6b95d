"""The weekly page about mood: four questions and room for own words, judged as it is sent."""

from collections.abc import Mapping
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.checkins.asked import read_page, telling_of
from app.checkins.mood import ratings_of, submit_screen
from app.checkins.words import page_lines
from app.instruments.loader import load_instrument
from app.instruments.messages import explain
from app.instruments.scoring import AnswerErrors, PageAnswers
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, on_to, once
from app.visit import held
from app.visit.gate import for_participants
from app.visit.visits import ParticipantVisit
from app.web.pages import numbers_of, page, tr_of

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
    try:
        answers = read_page(asked, visit.form, visit.form.pairs())
    except AnswerErrors as problem:
        return _page(
            visit.request, visit.form.fields, problem.errors, said=visit.form.said(visit.tr)
        )

    def tell(earlier: Earlier | None) -> Entry | Response:
        if earlier is None:
            row, outcome = submit_screen(visit.session, telling_of(visit), instrument, answers)
            return Entry(row, "/today", "saved", outcome, waited_at=(PATH,))
        before = None
        if earlier.subject_id is not None:
            ratings = ratings_of(visit.session, visit.me.id, earlier.subject_id)
            before = page_lines(asked, PageAnswers(ratings, (), "each", {}), visit.tr)
        sent = page_lines(asked, answers, visit.tr)
        return show_conflict(visit.request, before, sent, visit.form, PATH)

    return once(visit, "screen", PATH, tell, on_to("/today"))


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
