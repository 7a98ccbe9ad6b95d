"""One page of a sheet as it is shown: the question, what stands there, what is not stored yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.i18n import Translator
from app.instruments.messages import explain_sheet
from app.instruments.worksheets.answers import Cell, SheetErrors, read_cells
from app.models.worksheets import Worksheet
from app.visit import held
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.errors import NotFound
from app.web.forms import TECHNICAL, Form
from app.web.pages import page, tr_of
from app.worksheets.figures import Figure
from app.worksheets.pages import moment_of, standing
from app.worksheets.queries import Mine, all_of, figures_of
from app.worksheets.steps import Place, filled_rows, next_empty, place_at, row_words, steps_of
from app.worksheets.versions import cells_at, outdated, stamp
from app.worksheets.whole import cell_words

# What the buttons of a page add to its fields.
BUTTONS = ("another", "empty", "stop", "leave")
# A form that no page sends: nothing of it is worth keeping.
MALFORMED = frozenset({"unknown_field", "repeated"})


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The page that an address names, on the participant's own sheet."""

    mine: Mine
    cells: Mapping[str, Cell]
    place: Place

    @property
    def path(self) -> str:
        return f"/worksheets/{self.mine.row.public_id}"

    @property
    def action(self) -> str:
        return f"{self.path}/{self.place.path}"

    @property
    def total(self) -> int:
        return len(steps_of(self.mine.sheet))

    @property
    def last(self) -> bool:
        return self.place.step.number == self.total

    def button(self, name: str) -> str:
        """What a button of this page is called: never like a field that the page has itself."""
        return f"{name}-" if name in self.place.names else name

    def pressed(self, form: Form, name: str) -> bool:
        return self.button(name) in form.fields

    @property
    def buttons(self) -> dict[str, str]:
        return {name: self.button(name) for name in BUTTONS}

    @property
    def here(self) -> dict[str, Cell]:
        """What stands on this page."""
        return cells_at(self.place, self.cells)


def asked_on(session: Session, row: Worksheet, path: str) -> SheetPage:
    """Raises NotFound for a page that the sheet does not have."""
    mine = all_of(session, row)
    cells = standing(mine)
    place = place_at(mine.sheet, path, cells)
    if place is None:
        raise NotFound
    return SheetPage(mine, cells, place)


def read_page(asked: SheetPage, form: Form) -> dict[str, Cell]:
    """The page's own cells. Raises SheetErrors."""
    buttons = asked.buttons.values()
    if any(values != ["1"] for name, values in form.fields.items() if name in buttons):
        raise SheetErrors({"": "unknown_field"})
    if len(form.fields.get("stood", [""])) != 1:
        raise SheetErrors({"": "repeated"})
    own = asked.place.names
    faults = {
        name if name in own else "": "text_characters" if name in own else "repeated"
        for name in form.faults
    }
    cells: dict[str, Cell] = {}
    try:
        if not asked.pressed(form, "empty"):
            cells = read_cells(asked.mine.sheet, _pairs(asked, form), asked.place.names)
    except SheetErrors as problem:
        raise SheetErrors({**problem.errors, **faults}) from problem
    if faults:
        raise SheetErrors(faults)
    return cells


def words_of(
    asked: SheetPage, form: Form, errors: Mapping[str, str], tr: Translator
) -> dict[str, str]:
    """What is wrong, by field; what could not be read of the form itself in its own words."""
    said = explain_sheet(asked.mine.sheet, errors, tr.lang)
    own = asked.place.names
    return said | {name if name in own else "": text for name, text in form.said(tr).items()}


def readable(asked: SheetPage, form: Form, errors: Mapping[str, str]) -> dict[str, Cell]:
    """The cells of a page beside those that cannot be stored, which stay as they were."""
    pairs = [(name, value) for name, value in _pairs(asked, form) if name not in errors]
    former = {name: cell for name, cell in asked.here.items() if name in errors}
    return former | read_cells(asked.mine.sheet, pairs, asked.place.names)


def _pairs(asked: SheetPage, form: Form) -> list[tuple[str, str]]:
    others = {*asked.buttons.values(), "stood"}
    return [(name, value) for name, value in form.pairs() if name not in others]


def is_outdated(asked: SheetPage, form: Form, cells: Mapping[str, Cell]) -> bool:
    """Whether another form changed this page since ``form``'s was opened."""
    draft = asked.mine.draft
    if draft and form.token and draft.writers.get(asked.place.path) == form.token:
        return False
    return outdated(asked.here, cells, form.one("stood") if "stood" in form.fields else None)


def keep_typed(
    session: Session, me: ParticipantMe, asked: SheetPage, form: Form, now: datetime
) -> None:
    """What could not be stored waits, sealed, for its page to be opened again."""
    whole = replace(form, fields={**form.fields, "idem": [form.token]})
    held.keep_here(session, me.device_id, f"{asked.action}/draft", whole, now)


def drop_typed(session: Session, me: ParticipantMe, asked: SheetPage) -> None:
    held.drop_shown(session, me.device_id, f"{asked.action}/draft")


def show_page(visit: ParticipantVisit, asked: SheetPage) -> Response:
    """The question with what stands there, or with what was typed and is not stored yet."""
    kept = held.typed_at(visit.session, visit.me.device_id, f"{asked.action}/draft")
    if kept is None:
        return draw(visit.request, visit.session, asked, asked.here, {}, visit.now)
    fields = {name: values for name, values in kept.items() if name not in TECHNICAL}
    form, tr = Form(fields, token=kept.get("idem", [""])[0]), visit.tr
    errors: dict[str, str] = {}
    try:
        cells = read_page(asked, form)
    except SheetErrors as problem:
        lost = MALFORMED & set(problem.errors.values())
        cells = {} if lost else readable(asked, form, problem.errors)
        errors = explain_sheet(asked.mine.sheet, problem.errors, tr.lang)
    unseen = is_outdated(asked, form, cells)
    if unseen:
        errors = {"": outdated_words(tr)} | errors
    stood = form.one("stood") if unseen else stamp(asked.here)
    return draw(
        visit.request,
        visit.session,
        asked,
        _typed(form),
        errors,
        visit.now,
        stood=stood,
        kept=not errors,
    )


def show_errors(
    request: Request,
    session: Session,
    asked: SheetPage,
    form: Form,
    errors: Mapping[str, str],
    stood: str,
    now: datetime,
) -> Response:
    """The page again with what was typed, and beside each field why it cannot be stored."""
    said = words_of(asked, form, errors, tr_of(request))
    return draw(request, session, asked, _typed(form), said, now, 422, stood=stood)


def outdated_words(tr: Translator) -> str:
    return tr("Not saved yet: this page was changed in another place. Go on to see both.")


def show_both(
    request: Request, asked: SheetPage, form: Form, cells: Mapping[str, Cell]
) -> Response:
    """409: what is saved and what was sent; the participant chooses which of them stands.

    What they choose is kept and nothing more: no sheet is finished or sent by it.
    """
    tr = tr_of(request)
    fields = [(name, value) for name, value in form.pairs() if name != "stood"]
    context = {
        "sheet": asked.mine.sheet,
        "saved_lines": _words(asked, asked.here, tr),
        "sent_lines": _words(asked, cells, tr),
        "fields": [*fields, ("stood", stamp(asked.here))],
        "action": asked.action,
        "buttons": asked.buttons,
        "idem": uuid4().hex,
        "back": None,
    }
    return page(request, "worksheets/both.html", context, 409)


def _words(asked: SheetPage, cells: Mapping[str, Cell], tr: Translator) -> list[str]:
    """What one page says, a line for each answer; of a row's several cells with their names."""
    found = []
    for name, field in asked.place.controls:
        if name in cells:
            said = cell_words(field, cells[name], tr)
            row = asked.place.step.field.kind == "table"
            found.append(f"{field.label.say(tr.lang)}: {said}" if row else said)
    return found


def _typed(form: Form) -> dict[str, Cell]:
    return {name: values[0] for name, values in form.fields.items()}


def draw(
    request: Request,
    session: Session,
    asked: SheetPage,
    typed: Mapping[str, Cell],
    errors: Mapping[str, str],
    now: datetime,
    status: int = 200,
    stood: str = "",
    kept: bool = False,
) -> Response:
    """``errors`` in words; ``stood``: how the page stood when what is ``typed`` was begun."""
    tr, mine, place = tr_of(request), asked.mine, asked.place
    step = place.step
    figures: dict[str, Figure] = {}
    if step.field.kind == "shown":
        moment = moment_of(mine, now)
        figures = figures_of(session, mine.row.participant_id, mine.sheet, moment, tr)
    rows = [each for each in filled_rows(step, asked.cells) if each != place.row]
    context = {
        "sheet": mine.sheet,
        "step": step,
        "place": place,
        "total": asked.total,
        "last": asked.last,
        "typed": typed,
        "kept": kept,
        "stored": bool(asked.here),
        "figures": figures,
        "others": [(Place(step, each).path, row_words(step, each, asked.cells)) for each in rows],
        "more": next_empty(step, asked.cells, place.row) is not None,
        "errors": errors,
        "action": asked.action,
        "buttons": asked.buttons,
        "path": asked.path,
        "stood": stood or stamp(asked.here),
        "idem": uuid4().hex,
        "back": _back(asked, tr("Back")),
    }
    return page(request, "worksheets/question.html", context, status)


def _back(asked: SheetPage, label: str) -> tuple[str, str]:
    number = asked.place.step.number
    if number > 1:
        return f"{asked.path}/{number - 1}", label
    return (asked.path if asked.mine.copies else "/worksheets"), label
