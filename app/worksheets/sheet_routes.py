"""A whole worksheet of the participant's own: to look through, finish, share and put away."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.audit import Actor
from app.instruments.worksheets.answers import Value
from app.models.worksheets import Worksheet
from app.named import PublicId
from app.visit.gate import (
    for_participants,
    for_whoever_was_enrolled,
)
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.forms import Form
from app.web.pages import page, see_other
from app.worksheets import service
from app.worksheets.pages import Part, draft_values, earlier_copies, may_finish, moment_of, parts_of
from app.worksheets.queries import Mine, all_of, figures_of, own_row, own_sheet
from app.worksheets.versions import stamp

router = APIRouter()


@router.get("/worksheets/{public_id}")
@for_whoever_was_enrolled
def show_sheet(visit: ParticipantVisit, public_id: PublicId) -> Response:
    """Everything that was written, who can see it, and what the counselor wrote about it."""
    return _sheet_page(
        visit,
        own_sheet(visit.session, visit.me.id, public_id),
    )


def _sheet_page(visit: ParticipantVisit, mine: Mine, newer: bool = False) -> Response:
    """``newer``: there is a version that was not on the page whose button was pressed."""
    tr = visit.tr

    def read(values: dict[str, Value], moment: datetime) -> tuple[Part, ...]:
        figures = figures_of(visit.session, mine.row.participant_id, mine.sheet, moment, tr)
        return parts_of(mine.sheet, values, figures, tr)

    context = {
        "sheet": mine.sheet,
        "mine": mine,
        "path": f"/worksheets/{mine.row.public_id}",
        "parts": read(draft_values(mine), moment_of(mine, visit.now)),
        "earlier": [(copy, read(copy.values, copy.made_at)) for copy in earlier_copies(mine)],
        "left": visit.me.status == "withdrawn",
        "may_finish": may_finish(mine),
        "stood": stamp(mine.draft.cells) if mine.draft else "",
        "newer": newer,
        "back": ("/worksheets", tr("Worksheets")),
    }
    return page(visit.request, "worksheets/sheet.html", context, 409 if newer else 200)


@router.post("/worksheets/{public_id}/finish")
@for_participants
def finish(visit: ParticipantVisit, public_id: PublicId) -> Response:
    """Make a copy of what stands there. A short form that goes to the counselor is sent by it."""
    row = own_row(visit.session, visit.me.id, public_id)
    if visit.form.fields.keys() - {"stood"} or len(visit.form.fields.get("stood", [""])) > 1:
        raise HTTPException(422)
    path, mine = f"/worksheets/{public_id}", all_of(visit.session, row)
    if row.removed_at:
        return see_other(path)
    if mine.draft and visit.form.one("stood", stamp(mine.draft.cells)) != stamp(mine.draft.cells):
        return _sheet_page(visit, mine, newer=True)
    try:
        copy, made = service.finish(visit.session, visit.me.actor, row, visit.now)
    except service.NothingWritten:
        return see_other(path)
    return see_other(path, "sent" if made and copy.shared_at else "saved")


@router.post("/worksheets/{public_id}/share")
@for_participants
def share(visit: ParticipantVisit, public_id: PublicId) -> Response:
    """Its own step, never a default: from now on the team can read the copy that was shown.

    Where there is a newer one by now, nothing is shared and the page shows it.
    """
    row = own_row(visit.session, visit.me.id, public_id)
    if visit.form.fields.keys() - {"copy"} or len(visit.form.fields.get("copy", [""])) > 1:
        raise HTTPException(422)
    mine = all_of(visit.session, row)
    if row.removed_at or mine.newest is None:
        return see_other(f"/worksheets/{public_id}")
    if mine.draft or visit.form.one("copy") != str(mine.newest.id):
        return _sheet_page(visit, mine, newer=True)
    service.share(visit.session, visit.me.actor, row, visit.now)
    return see_other(f"/worksheets/{public_id}", "shared")


@router.post("/worksheets/{public_id}/discard")
@for_participants
def discard(visit: ParticipantVisit, public_id: PublicId) -> Response:
    """Let go of the changes since the version that was finished last."""
    row = _own(visit.session, visit.me, public_id, visit.form)
    if not row.removed_at:
        service.discard(visit.session, row)
    return see_other(f"/worksheets/{public_id}")


@router.post("/worksheets/{public_id}/take-back")
@for_whoever_was_enrolled
def take_back(visit: ParticipantVisit, public_id: PublicId) -> Response:
    return _done(
        visit.session, visit.me, public_id, visit.form, visit.now, service.take_back, "taken_back"
    )


@router.post("/worksheets/{public_id}/put-away")
@for_participants
def put_away(visit: ParticipantVisit, public_id: PublicId) -> Response:
    """Out of the list, with a way back from there."""
    return _done(
        visit.session,
        visit.me,
        public_id,
        visit.form,
        visit.now,
        service.remove,
        "put_away",
        "/worksheets",
    )


@router.post("/worksheets/{public_id}/bring-back")
@for_participants
def bring_back(visit: ParticipantVisit, public_id: PublicId) -> Response:
    return _done(
        visit.session, visit.me, public_id, visit.form, visit.now, service.bring_back, "saved"
    )


@router.post("/worksheets/{public_id}/read")
@for_participants
def read_comments(visit: ParticipantVisit, public_id: PublicId) -> Response:
    """The participant says that they have read the comments: opening a page writes nothing."""
    return _done(
        visit.session, visit.me, public_id, visit.form, visit.now, service.read_comments, "saved"
    )


def _done(
    session: Session,
    me: ParticipantMe,
    public_id: str,
    form: Form,
    now: datetime,
    act: Callable[[Session, Actor, Worksheet, datetime], Any],
    note: str,
    leads_to: str = "",
) -> Response:
    act(session, me.actor, _own(session, me, public_id, form), now)
    return see_other(leads_to or f"/worksheets/{public_id}", note)


def _own(session: Session, me: ParticipantMe, public_id: str, form: Form) -> Worksheet:
    """The sheet that a button of its page is about. Raises NotFound."""
    row = own_row(session, me.id, public_id)
    if form.fields:
        raise HTTPException(422)
    return row
