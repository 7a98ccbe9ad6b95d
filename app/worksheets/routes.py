"""A participant's worksheets: the list, what one sheet is for, and how to begin it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query
from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.clock import local_day
from app.instruments.worksheets.definitions import Sheet
from app.instruments.worksheets.loader import short_sheets
from app.named import Key
from app.sent.once import arrived, remember
from app.visit.gate import (
    for_participants,
    for_whoever_was_enrolled,
)
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.appointment import walls_of
from app.web.errors import NotFound
from app.web.pages import page, see_other
from app.web.paging import Paged, paged
from app.worksheets import page_routes, sheet_routes
from app.worksheets.chart import rulers_chart, table_rows
from app.worksheets.pages import SERIES, asked_for, offered, overview, themes
from app.worksheets.queries import Entry, entries, open_requests, own_rulers, row_by_id
from app.worksheets.service import start

router = APIRouter()
LIST = "/worksheets"
PageNumber = Annotated[int, Query(alias="page")]


@router.get("/worksheets")
@for_whoever_was_enrolled
def list_sheets(visit: ParticipantVisit, page_number: PageNumber = 1) -> Response:
    """What is suggested, begun and finished, and all there are to choose from."""
    tr = visit.tr
    own = entries(visit.session, visit.me.id)
    view = overview(open_requests(visit.session, visit.me.id, own), own)
    context = {
        "nav": "worksheets",
        "left": visit.me.status == "withdrawn",
        "view": view,
        "away": _paged(view.away, page_number),
        "page_number": page_number,
        "asked_for": lambda asked: asked_for(asked, visit.now, walls_of(visit.me), tr),
        "shorts": short_sheets(),
        "themes": themes(tr),
        "new_key": lambda: uuid4().hex,
    }
    return page(visit.request, "worksheets/list.html", context)


@router.get("/worksheets/about/{sheet}")
@for_participants
def about(visit: ParticipantVisit, sheet: Key, page_number: PageNumber = 1) -> Response:
    """What a sheet is for, and every entry of it."""
    tr, asked = visit.tr, _offered(sheet)
    own = [one for one in entries(visit.session, visit.me.id) if one.sheet_key == asked.key]
    points = (
        own_rulers(visit.session, visit.me.id) if asked.key in ("rulers", "before_session") else []
    )
    context = {
        "sheet": asked,
        "own": _paged([one for one in own if one.removed_at is None], page_number),
        "half": _half(own, asked),
        "series": asked.key in SERIES,
        "chart": rulers_chart(points, tr, visit.me.timezone) if points else None,
        "rows": table_rows(points, tr, visit.me.timezone),
        "idem": uuid4().hex,
        "back": (LIST, tr("Worksheets")),
    }
    return page(visit.request, "worksheets/about.html", context)


@router.post("/worksheets/about/{sheet}")
@for_participants
def begin(visit: ParticipantVisit, sheet: Key) -> Response:
    """A new sheet; ``resume`` goes on with one that is not finished, where there is one.

    It answers the counselor's request where one is open.
    """
    asked = _offered(sheet)
    if not visit.form.fields.keys() <= {"resume"} or visit.form.fields.get("resume", ["1"]) != [
        "1"
    ]:
        raise HTTPException(422)
    earlier = arrived(visit, "worksheet", sheet)
    if earlier is not None and earlier.same:
        return see_other(_again(visit.session, visit.me, earlier.subject_id))
    own = entries(visit.session, visit.me.id)
    half = _half(own, asked)
    if half and "resume" in visit.form.fields and _goes_on(half, visit.now, visit.me.timezone):
        return see_other(f"{LIST}/{half.public_id}/{half.page or 1}")
    made = start(
        visit.session,
        visit.me.actor,
        visit.me.id,
        asked.key,
        visit.me.language,
        _request(visit.session, visit.me, own, asked),
        visit.now,
    )
    if earlier is None:
        remember(visit, "worksheet", made.id or 0, sheet)
    return see_other(f"{LIST}/{made.public_id}/1")


def _request(session: Session, me: ParticipantMe, own: list[Entry], sheet: Sheet) -> int | None:
    """The request that a new sheet answers: an open one that no other sheet has begun to answer.

    A further entry is tied to none: of it the team would see that it is there.
    """
    taken = {one.assignment_id for one in own if one.removed_at is None}
    wanted = open_requests(session, me.id, own)
    fitting = (one.id for one in wanted if one.sheet_key == sheet.key and one.id not in taken)
    return next(fitting, None)


def _goes_on(half: Entry, now: datetime, zone: str) -> bool:
    """A moment is told on its own day; what was begun about an earlier one stays as it is."""
    sheet = half.sheet
    if not sheet.short or sheet.sent:
        return True
    return local_day(half.started_at, zone) == local_day(now, zone)


def _paged(items: Sequence[Entry], number: int) -> Paged[Entry]:
    """Raises NotFound for a page that the list does not have."""
    found = paged(items, number)
    if found is None:
        raise NotFound
    return found


def _again(session: Session, me: ParticipantMe, worksheet_id: int | None) -> str:
    """Where a form that was sent twice leads: to what the first one began."""
    if worksheet_id is None:
        return LIST
    return f"{LIST}/{row_by_id(session, me.id, worksheet_id).public_id}/1"


def _offered(key: str) -> Sheet:
    found = offered().get(key)
    if found is None:
        raise NotFound
    return found


def _half(own: list[Entry], sheet: Sheet) -> Entry | None:
    """The newest of this sheet that is begun and not finished."""
    mine = (one for one in own if one.sheet_key == sheet.key and one.removed_at is None)
    return next((one for one in mine if one.half_filled and one.finished_at is None), None)


# The fixed addresses above come before those that begin with a sheet's own name.
router.include_router(sheet_routes.router)
router.include_router(page_routes.router)
