"""Exports: what can be had, what is being made, and the files while they are kept."""

from datetime import date
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from app.clock import local_day
from app.exports import kept, queries, service
from app.exports.forms import ExportForm
from app.exports.kinds import KINDS
from app.exports.queries import ScopedExport
from app.exports.words import FAULTS
from app.languages import LANGUAGES
from app.named import PublicId
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import EXPORTS_DATA
from app.visit.visits import StaffVisit
from app.web.forms import Form, check
from app.web.pages import is_fragment, page, see_other

router = APIRouter()
MADE = "/exports#made"


@router.get("/exports")
@for_staff(EXPORTS_DATA)
def exports(visit: StaffVisit) -> Response:
    return _page(visit)


@router.post("/exports")
@for_staff(EXPORTS_DATA)
def ask_for_export(visit: StaffVisit) -> Response:
    checked = check(ExportForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, checked.errors, visit.form, 422)
    asked = checked.value
    new = service.ask(visit.session, visit.me, asked.form, asked.language, visit.now)
    return see_other(MADE, "export_asked" if new else "export_same")


@router.get("/exports/made")
@for_staff(EXPORTS_DATA)
def exports_made(visit: StaffVisit) -> Response:
    """The list alone, asked for by the page itself as long as something is on its way."""
    if not is_fragment(visit.request):
        return see_other(MADE)
    return page(visit.request, "exports/_made.html", _made(visit))


@router.get("/exports/{public_id}/file")
@for_staff(EXPORTS_DATA, records_read=True)
def take_export(visit: StaffVisit, public_id: PublicId) -> Response:
    """The file, opened piece by piece as it is sent; that it was taken is on record."""
    one, database = (
        queries.export_for(visit.session, visit.me, public_id),
        visit.session.info["database"],
    )
    if one.status != "ready" or one.form not in KINDS or not kept.is_there(database, one.public_id):
        return see_other(MADE, "export_gone")
    service.taken(visit.session, visit.me, one.id, one.form, one.sha256 or "", visit.now)
    kind = KINDS[one.form]
    name = f"daybook-{one.form}-{_day(visit, one)}.{kind.suffix}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(one.size),
    }
    return StreamingResponse(kept.content(database, public_id), 200, headers, kind.media)


def _day(visit: StaffVisit, one: ScopedExport) -> str:
    return date.isoformat(local_day(one.asked_at, visit.me.timezone))


def _made(visit: StaffVisit) -> dict[str, Any]:
    found, tr = queries.newest(visit.session, visit.me), visit.tr
    return {
        "found": found,
        "waits": any(one.on_its_way for one in found),
        "titles": {key: tr(kind.title) for key, kind in KINDS.items()},
        "languages_by": LANGUAGES,
        "faults": {one.id: _fault(visit, one.fault) for one in found if one.fault},
        "zone": visit.me.timezone,
    }


def _fault(visit: StaffVisit, fault: str) -> str:
    code, _, where = fault.partition(": ")
    return visit.tr(FAULTS.get(code, FAULTS["broken"]), where=where)


def _page(
    visit: StaffVisit,
    errors: dict[str, str] | None = None,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    tr = visit.tr
    context: dict[str, Any] = {
        "nav": "exports",
        "kinds": [(key, tr(kind.title), tr(kind.says)) for key, kind in KINDS.items()],
        "tongues": list(LANGUAGES.items()),
        "chosen": form.one("form") if form else "csv",
        "tongue": form.one("language") if form else tr.lang,
        "errors": errors or {},
        "idem": uuid4().hex,
        **_made(visit),
    }
    return staff_page(visit, "exports/exports.html", context, status)
