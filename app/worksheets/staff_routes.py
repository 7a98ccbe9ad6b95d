"""A participant's sheets as the team sees them: what to ask for, where it stands, what it says."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query
from pydantic import Field, field_validator
from sqlmodel import Session
from starlette.responses import Response

from app.clock import local_day
from app.i18n import N_
from app.instruments.scoring import UNSAFE
from app.instruments.worksheets.loader import load_sheet
from app.named import Id, PublicId
from app.protocol.study_time import study_time
from app.staff.frame import staff_page
from app.timeline.days import at_local
from app.visit.gate import for_staff
from app.visit.identity import StaffMe
from app.visit.roles import ASSIGNS_SHEETS, READS_RECORDS, READS_SHEETS
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.appointment import Walls, on_both_walls
from app.web.errors import NotFound
from app.web.forms import Form, FormModel, check
from app.web.pages import see_other
from app.web.paging import Paged, paged
from app.worksheets import staff_queries as queries
from app.worksheets import staff_service as service
from app.worksheets.chart import rulers_chart, table_rows
from app.worksheets.offer import Offer, assignable, offer
from app.worksheets.queries import figures_of
from app.worksheets.shared import RULERS, Known, RulerPoint, read_sheets, ruler_points
from app.worksheets.whole import whole

router = APIRouter()
COMMENT_LIMIT = 1000


class AssignForm(FormModel):
    """The keys of the sheets to ask for."""

    sheet: Annotated[tuple[str, ...], Field(max_length=30, validate_default=True)] = ()

    @field_validator("sheet")
    @classmethod
    def _known(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        if not keys:
            raise ValueError(N_("Choose at least one sheet."))
        if not set(keys) <= {sheet.key for sheet in assignable()}:
            raise ValueError(N_("Choose from the sheets shown."))
        return tuple(dict.fromkeys(keys))


class WithdrawForm(FormModel):
    assignment: PublicId


class CommentForm(FormModel):
    """``copy``: the number of the version that the page showed."""

    copy_id: Annotated[Id, Field(alias="copy")]
    comment: Annotated[str, Field(min_length=1, max_length=COMMENT_LIMIT)]

    @field_validator("comment")
    @classmethod
    def _keepable(cls, text: str) -> str:
        if UNSAFE.search(text.replace("\r\n", "\n")):
            raise ValueError(N_("The text has an invisible character that cannot be stored."))
        return text.replace("\r\n", "\n")


@router.get("/participants/{public_id}/worksheets")
@for_staff(READS_RECORDS)
def list_sheets(
    visit: StaffVisit,
    public_id: PublicId,
    series: str = "",
    page_number: Annotated[int, Query(alias="page")] = 1,
) -> Response:
    """``series``: the kind of sheet whose entries are turned to ``page_number``."""
    who = participant_for(visit.session, visit.me, public_id)
    return _list_page(visit, who, Form({}), turned=(series, page_number))


def _list_page(
    visit: StaffVisit,
    who: ScopedParticipant,
    form: Form,
    errors: Mapping[str, str] | None = None,
    turned: tuple[str, int] = ("", 1),
) -> Response:
    tr, lines = visit.tr, queries.lines(visit.session, who.id)
    series, number = turned
    context: dict[str, Any] = {
        "nav": "participants",
        "who": who,
        "lines": lines,
        "entries_of": lambda line: _entries(line, number if line.sheet_key == series else 1),
        "series": series,
        "planned": _planned(visit.session, who, visit.now),
        "session_when": lambda at, place: on_both_walls(
            tr.moment(at, visit.me.timezone), at, place, Walls(who.timezone, visit.me.timezone), tr
        ),
        "can_assign": _can_assign(visit.me, who),
        "can_read": visit.me.may(READS_SHEETS),
        "offer": _offer(visit, who, lines),
        "sheet_of": load_sheet,
        "chosen": form.fields.get("sheet", []),
        "errors": errors or {},
        "idem": form.token or uuid4().hex,
    }
    status = 422 if errors else 200
    return staff_page(visit, "worksheets_staff/list.html", context, status)


def _entries(line: queries.Line, number: int) -> Paged[Known]:
    """The entries of a series a page at a time; nothing where there is no such page."""
    return paged(line.entries, number) or Paged((), None, None)


def _can_assign(me: StaffMe, who: ScopedParticipant) -> bool:
    return me.may(ASSIGNS_SHEETS) and who.status == "active"


def _planned(session: Session, who: ScopedParticipant, now: datetime) -> queries.Planned | None:
    """A session of this morning is still the next one until somebody records it."""
    began = at_local(local_day(now, who.timezone), time(0), who.timezone)
    return queries.next_planned(session, who.id, began)


def _offer(visit: StaffVisit, who: ScopedParticipant, lines: list[queries.Line]) -> Offer:
    waiting = frozenset(line.sheet_key for line in lines if line.asked and line.can_withdraw)
    week = study_time(who.first_dose_on, local_day(visit.now, who.timezone)).week
    families = queries.open_families(visit.session, who.id)
    return offer(visit.protocol, week, families, waiting)


@router.post("/participants/{public_id}/worksheets")
@for_staff(ASSIGNS_SHEETS)
def assign_sheets(visit: StaffVisit, public_id: PublicId) -> Response:
    """A sheet that is waiting already is not asked for twice; then nothing is stored."""
    who = _to_write(visit.session, visit.me, public_id)
    tr = visit.tr
    checked = check(AssignForm, visit.form, tr)
    if checked.value is None:
        return _list_page(visit, who, visit.form, checked.errors)
    keys = checked.value.sheet
    if service.assigned_before(visit.session, visit.me, who, keys, visit.form.token):
        return see_other(f"/participants/{public_id}/worksheets", "same")
    offered = _offer(visit, who, queries.lines(visit.session, who.id))
    twice = [load_sheet(key).title.say(tr.lang) for key in keys if key in offered.waiting]
    if twice:
        text = tr("Assigned already and not finished yet: %(sheets)s.", sheets=", ".join(twice))
        return _list_page(visit, who, visit.form, {"sheet": text})
    service.assign(
        visit.session,
        visit.me,
        who,
        keys,
        _planned(visit.session, who, visit.now),
        visit.now,
        visit.form.token,
    )
    return see_other(f"/participants/{public_id}/worksheets", "saved")


def _to_write(session: Session, me: StaffMe, public_id: str) -> ScopedParticipant:
    """The participant, to whom something new is said. Raises NotFound once they left the study."""
    who = participant_for(session, me, public_id)
    if who.status != "active":
        raise NotFound
    return who


@router.post("/participants/{public_id}/worksheets/withdraw")
@for_staff(ASSIGNS_SHEETS)
def withdraw_assignment(visit: StaffVisit, public_id: PublicId) -> Response:
    """Withdrawing what was withdrawn or finished already changes nothing and is no error."""
    who = _to_write(visit.session, visit.me, public_id)
    checked = check(WithdrawForm, visit.form, visit.tr)
    if checked.value is None:
        return _list_page(visit, who, visit.form, checked.errors)
    done = service.withdraw(visit.session, visit.me, who, checked.value.assignment, visit.now)
    return see_other(f"/participants/{public_id}/worksheets", "saved" if done else None)


@router.get("/participants/{public_id}/worksheets/{sheet_id}")
@for_staff(READS_SHEETS, records_read=True)
def show_sheet(visit: StaffVisit, public_id: PublicId, sheet_id: PublicId) -> Response:
    """The shared copy as a whole. Reading it is recorded."""
    who = participant_for(visit.session, visit.me, public_id)
    shared = queries.shared_sheet(visit.session, who.id, sheet_id)
    service.record_read(
        visit.session, visit.me, shared, visit.now, len(_rulers(visit.session, shared, who))
    )
    return _sheet_page(visit, who, shared, Form({}))


def _sheet_page(
    visit: StaffVisit,
    who: ScopedParticipant,
    shared: queries.SharedSheet,
    form: Form,
    errors: Mapping[str, str] | None = None,
) -> Response:
    sheet, tr = load_sheet(shared.sheet_key, shared.sheet_version), visit.tr
    figures = figures_of(visit.session, who.id, sheet, shared.made_at, tr)
    points = _rulers(visit.session, shared, who)
    context = {
        "nav": "participants",
        "who": who,
        "sheet": sheet,
        "shared": shared,
        "fields": whole(sheet, shared.values, figures, tr),
        "chart": rulers_chart(points, tr, who.timezone) if points else None,
        "points": table_rows(points, tr, who.timezone),
        "comments": queries.comments_of(visit.session, shared.id),
        "can_comment": _can_assign(visit.me, who),
        "typed": form.one("comment"),
        "errors": errors or {},
        "idem": form.token or uuid4().hex,
    }
    status = 422 if errors else 200
    return staff_page(visit, "worksheets_staff/sheet.html", context, status)


def _rulers(
    session: Session, shared: queries.SharedSheet, who: ScopedParticipant
) -> list[RulerPoint]:
    """The numbers of all shared rulers, beside a sheet that has some: content, so not in a list."""
    return ruler_points(read_sheets(session, who.id)) if shared.sheet_key in RULERS else []


@router.post("/participants/{public_id}/worksheets/{sheet_id}/comment")
@for_staff(ASSIGNS_SHEETS)
def comment(visit: StaffVisit, public_id: PublicId, sheet_id: PublicId) -> Response:
    who, tr = _to_write(visit.session, visit.me, public_id), visit.tr
    shared = queries.shared_sheet(visit.session, who.id, sheet_id)
    back = f"/participants/{public_id}/worksheets/{sheet_id}"
    checked = check(CommentForm, visit.form, tr)
    errors = checked.errors
    if not visit.form.one("comment").strip():
        errors = {"comment": tr("Write a few words first.")}
    rulers = len(_rulers(visit.session, shared, who))
    if checked.value is None or errors:
        service.record_read(visit.session, visit.me, shared, visit.now, rulers)
        return _sheet_page(visit, who, shared, visit.form, errors)
    text = checked.value.comment
    if service.commented_before(visit.session, visit.me, who, shared, text, visit.form.token):
        return see_other(back, "same")
    if checked.value.copy_id != shared.copy_id:
        errors = {
            "comment": tr("Not sent: a newer version was shared since. This is how it reads.")
        }
        service.record_read(visit.session, visit.me, shared, visit.now, rulers)
        return _sheet_page(visit, who, shared, visit.form, errors)
    service.comment(visit.session, visit.me, shared, text, visit.now, visit.form.token)
    return see_other(back, "saved")
