"""One question of a worksheet a page. What is typed is kept as a draft, whole or half."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from app.instruments.worksheets.answers import Cell, SheetErrors
from app.named import Key, PublicId
from app.sent.once import arrived, remember
from app.visit.gate import for_participants
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.forms import Form
from app.web.pages import is_fragment, see_other
from app.worksheets import question, service
from app.worksheets.queries import own_row
from app.worksheets.question import SheetPage, asked_on
from app.worksheets.steps import Place, next_empty
from app.worksheets.versions import stamp

router = APIRouter()


@router.get("/worksheets/{public_id}/{page}")
@for_participants
def show_question(visit: ParticipantVisit, public_id: PublicId, page: Key) -> Response:
    row = own_row(visit.session, visit.me.id, public_id)
    if row.removed_at:
        return see_other(f"/worksheets/{public_id}")
    return question.show_page(
        visit,
        asked_on(visit.session, row, page),
    )


@router.post("/worksheets/{public_id}/{page}")
@for_participants
def answer_question(visit: ParticipantVisit, public_id: PublicId, page: Key) -> Response:
    """Keep the page and go on; the last page of a short form finishes it."""
    asked = asked_on(visit.session, own_row(visit.session, visit.me.id, public_id), page)
    try:
        cells = question.read_page(asked, visit.form)
    except SheetErrors as problem:
        stood = _hold(visit.session, visit.me, asked, visit.form, problem, visit.now)
        return question.show_errors(
            visit.request, visit.session, asked, visit.form, problem.errors, stood, visit.now
        )
    if asked.pressed(visit.form, "leave"):
        question.drop_typed(visit.session, visit.me, asked)
        return see_other(asked.action)
    if not _unanswered_tap(asked, visit.form):
        refused = _refused(visit, asked, cells)
        if refused:
            return refused
        _save(visit.session, visit.me, asked, visit.form, cells, visit.now)
    stops = asked.pressed(visit.form, "stop")
    if asked.last and not stops and not asked.pressed(visit.form, "another"):
        return _end(visit, asked)
    return see_other(_onward(asked, visit.form, cells), "saved" if stops else None)


def _onward(asked: SheetPage, form: Form, cells: Mapping[str, Cell]) -> str:
    """Where the button leads."""
    if asked.pressed(form, "stop"):
        return "/worksheets"
    if asked.pressed(form, "another"):
        held = {name: cell for name, cell in asked.cells.items() if name not in asked.place.names}
        row = next_empty(asked.place.step, {**held, **cells}, asked.place.row)
        if row is not None:
            return f"{asked.path}/{Place(asked.place.step, row).path}"
    return asked.path if asked.last else f"{asked.path}/{asked.place.step.number + 1}"


def _unanswered_tap(asked: SheetPage, form: Form) -> bool:
    """An answer that is sent by the tap comes only with its tap: without it the former stands."""
    field = asked.place.step.field
    taps = asked.mine.sheet.short and field.kind == "choice"
    return taps and not {field.id, asked.button("empty")} & form.fields.keys()


def _refused(
    visit: ParticipantVisit, asked: SheetPage, cells: Mapping[str, Cell]
) -> Response | None:
    """The answer to what may not be stored as it is; what was typed waits until it may."""
    if asked.mine.row.removed_at:
        question.keep_typed(visit.session, visit.me, asked, visit.form, visit.now)
        return see_other(asked.path)
    if question.is_outdated(asked, visit.form, cells):
        question.keep_typed(visit.session, visit.me, asked, visit.form, visit.now)
        return question.show_both(visit.request, asked, visit.form, cells)
    return None


def _end(visit: ParticipantVisit, asked: SheetPage) -> Response:
    """Behind the last page: a short form is finished, any other is looked through first.

    Sent twice, it finishes once: what was taken back since is not shared again by it.
    """
    if not asked.mine.sheet.short or arrived(visit, "worksheet_end", asked.action):
        return see_other(asked.path)
    row = asked.mine.row
    try:
        copy, made = service.finish(visit.session, visit.me.actor, row, visit.now)
    except service.NothingWritten:
        return see_other(asked.path)
    if made:
        remember(visit, "worksheet_end", row.id or 0, asked.action)
    return see_other(asked.path, "sent" if copy.shared_at and made else "saved")


@router.post("/worksheets/{public_id}/{page}/draft")
@for_participants
def keep_draft(visit: ParticipantVisit, public_id: PublicId, page: Key) -> Response:
    """What stands on the page while it is written; answers with a word about it.

    One that waited behind the lock comes as a plain form, and leads back to its page.
    """
    tr, asked = (
        visit.tr,
        asked_on(visit.session, own_row(visit.session, visit.me.id, public_id), page),
    )
    try:
        cells = question.read_page(asked, visit.form)
    except SheetErrors as problem:
        stood = _hold(visit.session, visit.me, asked, visit.form, problem, visit.now)
        if not is_fragment(visit.request):
            return question.show_errors(
                visit.request, visit.session, asked, visit.form, problem.errors, stood, visit.now
            )
        said = question.words_of(asked, visit.form, problem.errors, tr)
        return HTMLResponse(" ".join(dict.fromkeys(said.values())), 422)
    refused = _refused(visit, asked, cells)
    if refused and is_fragment(visit.request):
        away = tr("This worksheet is put away: nothing is saved in it.")
        return HTMLResponse(away if asked.mine.row.removed_at else question.outdated_words(tr), 409)
    if refused:
        return refused
    _save(visit.session, visit.me, asked, visit.form, cells, visit.now)
    if not is_fragment(visit.request):
        return see_other(asked.action, "saved")
    return HTMLResponse(tr("Saved at %(time)s", time=tr.time(visit.now, visit.me.timezone)))


def _hold(
    session: Session,
    me: ParticipantMe,
    asked: SheetPage,
    form: Form,
    problem: SheetErrors,
    now: datetime,
) -> str:
    """One cell that cannot be stored takes no other with it, and waits until it can.

    Returns how the page stands for the next form.
    """
    stood = form.one("stood", stamp(asked.here))
    if question.MALFORMED & set(problem.errors.values()):
        return stood
    cells = question.readable(asked, form, problem.errors)
    question.keep_typed(session, me, asked, form, now)
    if asked.mine.row.removed_at or question.is_outdated(asked, form, cells):
        return stood
    _store(session, asked, form, cells, now)
    return stamp(cells)


def _save(
    session: Session,
    me: ParticipantMe,
    asked: SheetPage,
    form: Form,
    cells: Mapping[str, Cell],
    now: datetime,
) -> None:
    """A form that waited is gone by its own number; another that waits of this page stays."""
    _store(session, asked, form, cells, now)
    if form.held is None:
        question.drop_typed(session, me, asked)


def _store(
    session: Session, asked: SheetPage, form: Form, cells: Mapping[str, Cell], now: datetime
) -> None:
    place = asked.place
    page = service.Page(place.step.number, place.names, place.path, form.token)
    service.save_draft(session, asked.mine.row, cells, page, now)
