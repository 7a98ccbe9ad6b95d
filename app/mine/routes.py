"""A participant's own pages: the picture, the record, what went to the team, changes, a copy."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.brief.day_queries import read_beside
from app.brief.entries import Teller
from app.brief.record import record_of
from app.diary.service import holds_of
from app.mine import settings_routes
from app.mine.panels import Painter
from app.mine.picture import counts_of, four_weeks, since_the_beginning, totals
from app.mine.queries import change_reasons, enrolled_on, revisions, sent_to_team
from app.mine.record import changes_of, days_told, months_of
from app.mine.sheets import readable_sheets, shared_sheets, sheets_as_data
from app.mine.words import subject_words
from app.named import Month
from app.timeline.json_out import dump
from app.timeline.tables import read_timeline
from app.visit.gate import for_whoever_was_enrolled
from app.visit.visits import ParticipantVisit
from app.web.errors import NotFound
from app.web.pages import page, tr_of
from app.web.paging import Paged, paged

router = APIRouter()
router.include_router(settings_routes.router)
# Of a record that begins with the diary, however long ago that was.
ALL_DAYS = 10 * 366
T = TypeVar("T")
PageNumber = Annotated[int, Query(alias="page")]
ATTACHED = {"Content-Disposition": 'attachment; filename="daybook{what}.{ending}"'}


def _teller(visit: ParticipantVisit) -> Teller:
    screens = read_beside(visit.session, visit.me.id).screens
    plan = visit.protocol
    return Teller(visit.tr, plan, visit.me.timezone, screens, plan.standard_drink.shown)


def _back(request: Request, to: str = "/me") -> tuple[str, str]:
    tr = tr_of(request)
    return (to, tr("Back") if to == "/me" else tr("Today"))


@router.get("/me")
@for_whoever_was_enrolled
def picture(visit: ParticipantVisit, since: str = "") -> Response:
    """Four weeks by day, or with `since=beginning` all of it by week; and totals."""
    if since not in ("", "beginning"):
        raise NotFound
    plan, tr = visit.protocol, visit.tr
    known = read_timeline(visit.session, visit.me.id).known_at(visit.now)
    began = enrolled_on(visit.session, visit.me.id, visit.me.timezone)
    holds, left = holds_of(visit.session, visit.me.id), visit.me.status != "active"
    record = record_of(known, visit.now, plan, ALL_DAYS, began, holds, left=left)
    shown = (since_the_beginning if since else four_weeks)(record, counts_of(known), began)
    grams = plan.standard_drink.grams if plan.standard_drink.shown else None
    context = {
        "whole": bool(since),
        "panels": () if shown.empty else Painter(shown, grams, tr).panels(),
        "totals": totals(known),
        "back": _back(visit.request, "/today"),
    }
    return page(visit.request, "mine/picture.html", context)


@router.get("/me/days")
@for_whoever_was_enrolled
def newest_month(visit: ParticipantVisit) -> Response:
    """What was written, beginning with the newest month."""
    return _month(visit, None)


@router.get("/me/days/{month}")
@for_whoever_was_enrolled
def one_month(visit: ParticipantVisit, month: Month) -> Response:
    """What was written about the days of a month such as 2026-11."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise NotFound from error
    return _month(visit, first)


def _month(visit: ParticipantVisit, first: date | None) -> Response:
    days = days_told(read_timeline(visit.session, visit.me.id), _teller(visit))
    months = months_of(days)
    shown = first or (months[0] if months else None)
    context = {
        "shown": shown,
        "months": months,
        "days": [one for one in days if shown and one.day.replace(day=1) == shown],
        "back": _back(visit.request),
    }
    return page(visit.request, "mine/days.html", context)


@router.get("/me/sent")
@for_whoever_was_enrolled
def sent(visit: ParticipantVisit, page_number: PageNumber = 1) -> Response:
    """What was brought to the team's attention, and when."""
    tr = visit.tr
    context = {
        "sent": _paged(sent_to_team(visit.session, visit.me.id), page_number),
        "about": lambda family: subject_words(family, tr),
        "sheets": shared_sheets(visit.session, visit.me.id) if page_number == 1 else [],
        "back": _back(visit.request),
    }
    return page(visit.request, "mine/sent.html", context)


@router.get("/me/changes")
@for_whoever_was_enrolled
def changes(visit: ParticipantVisit, page_number: PageNumber = 1) -> Response:
    found = changes_of(
        read_timeline(visit.session, visit.me.id),
        revisions(visit.session, visit.me.id),
        change_reasons(visit.session, visit.me.id),
        _teller(visit),
    )
    shown = _paged(found, page_number)
    context = {"changes": shown.items, "paged": shown, "back": _back(visit.request)}
    return page(visit.request, "mine/changes.html", context)


def _paged(items: Sequence[T], number: int) -> Paged[T]:
    """Raises NotFound for a page that the list does not have."""
    found = paged(items, number)
    if found is None:
        raise NotFound
    return found


@router.get("/me/copy")
@for_whoever_was_enrolled
def copy_page(visit: ParticipantVisit) -> Response:
    """What a copy holds, and what saving it on this phone means, before it is saved."""
    return page(visit.request, "mine/copy.html", {"back": _back(visit.request)})


@router.get("/me/copy/readable")
@for_whoever_was_enrolled
def readable_copy(visit: ParticipantVisit) -> Response:
    """The whole record as one file to read or to print."""
    teller = _teller(visit)
    timeline = read_timeline(visit.session, visit.me.id)
    context: dict[str, Any] = {
        "days": days_told(timeline, teller),
        "changes": changes_of(
            timeline,
            revisions(visit.session, visit.me.id),
            change_reasons(visit.session, visit.me.id),
            teller,
        ),
        "sheets": readable_sheets(visit.session, visit.me, teller.tr),
        "made_at": visit.now,
    }
    answer = page(visit.request, "mine/readable.html", context)
    answer.headers.update(_attached("html"))
    return answer


@router.get("/me/copy/timeline")
@for_whoever_was_enrolled
def timeline_copy(visit: ParticipantVisit) -> Response:
    """The whole record in the documented JSON form of the timeline."""
    timeline = replace(read_timeline(visit.session, visit.me.id), exported_at=visit.now)
    body = json.dumps(dump(timeline), ensure_ascii=False, indent=1)
    return Response(body, media_type="application/json", headers=_attached("json"))


@router.get("/me/copy/worksheets")
@for_whoever_was_enrolled
def worksheets_copy(visit: ParticipantVisit) -> Response:
    """The worksheets and what the team wrote about them, for another program."""
    body = json.dumps(
        sheets_as_data(visit.session, visit.me.id, visit.now), ensure_ascii=False, indent=1
    )
    return Response(body, media_type="application/json", headers=_attached("json", "-worksheets"))


def _attached(ending: str, what: str = "") -> dict[str, str]:
    return {name: text.format(what=what, ending=ending) for name, text in ATTACHED.items()}
