"""One question of a worksheet a page. What is typed is kept as a draft, whole or half."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.auth.gate import NowDep, ParticipantDep, SessionDep, for_participants
from app.auth.identity import ParticipantMe
from app.instruments.messages import explain_sheet
from app.instruments.worksheets.answers import Cell, SheetErrors, read_cells
from app.timeline.tables import read_timeline
from app.web.errors import NotFound
from app.web.forms import Form, FormDep
from app.web.pages import is_fragment, page, see_other, tr_of
from app.worksheets import service
from app.worksheets.figures import figures_at, since
from app.worksheets.pages import moment_of, standing
from app.worksheets.queries import Mine, own_sheet
from app.worksheets.steps import Place, filled_rows, next_empty, place_at, row_words, steps_of

router = APIRouter()
# What the buttons of a page add to its fields.
BUTTONS = frozenset({"another", "empty", "stop"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that an address names, on the participant's own sheet."""

    mine: Mine
    cells: Mapping[str, Cell]
    place: Place

    @property
    def path(self) -> str:
        return f"/worksheets/{self.mine.row.public_id}"

    @property
    def total(self) -> int:
        return len(steps_of(self.mine.sheet))

    @property
    def last(self) -> bool:
        return self.place.step.number == self.total


def _asked(session: Session, me: ParticipantMe, public_id: str, path: str) -> Asked:
    """Raises NotFound."""
    mine = own_sheet(session, me.id, public_id)
    cells = standing(mine)
    place = place_at(mine.sheet, path, cells)
    if place is None:
        raise NotFound
    return Asked(mine, cells, place)


@router.get("/worksheets/{public_id}/{page}")
@for_participants
def show_question(
    request: Request,
    session: SessionDep,
    me: ParticipantDep,
    public_id: str,
    page: str,
    now: NowDep,
) -> Response:
    asked = _asked(session, me, public_id, page)
    return _page(request, session, asked, asked.cells, {}, now)


@router.post("/worksheets/{public_id}/{page}")
@for_participants
def answer_question(
    request: Request,
    session: SessionDep,
    me: ParticipantDep,
    public_id: str,
    page: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    """Keep the page and go on; the last page of a short form finishes it."""
    asked = _asked(session, me, public_id, page)
    try:
        cells = _read(asked, form)
    except SheetErrors as problem:
        return _page(request, session, asked, _typed(form), problem.errors, now)
    if not _unanswered_tap(asked, form):
        _save(session, asked, cells, now)
    if "stop" in form.fields:
        return see_other("/worksheets", "saved")
    if "another" in form.fields:
        held = {name: cell for name, cell in asked.cells.items() if name not in asked.place.names}
        row = next_empty(asked.place.step, held | cells, asked.place.row)
        if row is not None:
            return see_other(f"{asked.path}/{Place(asked.place.step, row).path}")
    if not asked.last:
        return see_other(f"{asked.path}/{asked.place.step.number + 1}")
    return _end(session, me, asked, now)


def _unanswered_tap(asked: Asked, form: Form) -> bool:
    """An answer that is sent by the tap comes only with its tap: without it the former stands."""
    field = asked.place.step.field
    taps = asked.mine.sheet.short and field.kind == "choice"
    return taps and not {field.id, "empty"} & form.fields.keys()


def _end(session: Session, me: ParticipantMe, asked: Asked, now: datetime) -> Response:
    """Behind the last page: a short form is finished, any other is looked through first."""
    if not asked.mine.sheet.short:
        return see_other(asked.path)
    try:
        service.finish(session, me.actor, asked.mine.row, now)
    except service.NothingWritten:
        return see_other(asked.path)
    return see_other(asked.path, "sent" if asked.mine.sheet.sent else "saved")


@router.post("/worksheets/{public_id}/{page}/draft")
@for_participants
def keep_draft(
    request: Request,
    session: SessionDep,
    me: ParticipantDep,
    public_id: str,
    page: str,
    form: FormDep,
    now: NowDep,
) -> Response:
    """What stands on the page while it is written; answers with a word about it.

    One that waited behind the lock comes as a plain form, and leads back to its page.
    """
    tr, asked = tr_of(request), _asked(session, me, public_id, page)
    try:
        _save(session, asked, _read(asked, form), now)
    except SheetErrors as problem:
        if not is_fragment(request):
            return _page(request, session, asked, _typed(form), problem.errors, now)
        said = explain_sheet(asked.mine.sheet, problem.errors, tr.lang)
        return HTMLResponse(" ".join(dict.fromkeys(said.values())), 422)
    if not is_fragment(request):
        return see_other(f"{asked.path}/{asked.place.path}", "saved")
    return HTMLResponse(tr("Saved at %(time)s", time=tr.time(now, me.timezone)))


def _read(asked: Asked, form: Form) -> dict[str, Cell]:
    """The page's own cells. Raises SheetErrors."""
    if "empty" in form.fields:
        return {}
    pairs = [(name, value) for name, value in form.pairs() if name not in BUTTONS]
    if any(values != ["1"] for name, values in form.fields.items() if name in BUTTONS):
        raise SheetErrors({"": "unknown_field"})
    return read_cells(asked.mine.sheet, pairs, asked.place.names)


def _save(session: Session, asked: Asked, cells: Mapping[str, Cell], now: datetime) -> None:
    place = asked.place
    service.save_draft(session, asked.mine.row, cells, place.step.number, now, place.names)


def _typed(form: Form) -> dict[str, Cell]:
    return {name: values[0] for name, values in form.fields.items()}


def _page(
    request: Request,
    session: Session,
    asked: Asked,
    typed: Mapping[str, Cell],
    errors: Mapping[str, str],
    now: datetime,
) -> Response:
    tr, mine, place = tr_of(request), asked.mine, asked.place
    step, figures = place.step, {}
    if step.field.kind == "shown":
        moment = moment_of(mine, now)
        who = mine.row.participant_id
        known = read_timeline(session, who, since(moment)).known_at(moment)
        figures = figures_at(known, moment, tr)
    rows = [each for each in filled_rows(step, asked.cells) if each != place.row]
    context = {
        "sheet": mine.sheet,
        "step": step,
        "place": place,
        "total": asked.total,
        "last": asked.last,
        "typed": typed,
        "stored": bool(place.names & asked.cells.keys()),
        "figures": figures,
        "others": [(Place(step, each).path, row_words(step, each, asked.cells)) for each in rows],
        "more": next_empty(step, asked.cells, place.row) is not None,
        "errors": explain_sheet(mine.sheet, errors, tr.lang),
        "action": f"{asked.path}/{place.path}",
        "path": asked.path,
        "idem": uuid4().hex,
        "back": _back(asked, tr("Back")),
    }
    return page(request, "worksheets/question.html", context, 422 if errors else 200)


def _back(asked: Asked, label: str) -> tuple[str, str]:
    number = asked.place.step.number
    if number > 1:
        return f"{asked.path}/{number - 1}", label
    return (asked.path if asked.mine.copies else "/worksheets"), label
