"""The page of exports, and the file that is written while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from app import audit
from app.audit import Subject
from app.clock import local_day
from app.db import Database
from app.exports import csv_files
from app.exports.sheets import SHEETS
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import EXPORTS_DATA
from app.visit.visits import StaffVisit
from app.web.forms import FormModel, check

router = APIRouter()
EXPORT = "export.make"


class ExportForm(FormModel):
    """``flavour``: for spreadsheets, or each value as it was stored."""

    flavour: Literal["raw", "spreadsheet"]


@router.get("/exports")
@for_staff(EXPORTS_DATA)
def show_exports(visit: StaffVisit) -> Response:
    return _page(visit, {}, 200)


@router.post("/exports/csv")
@for_staff(EXPORTS_DATA)
def export_csv(visit: StaffVisit) -> Response:
    """On record before the first byte leaves."""
    checked = check(ExportForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, checked.errors, 422)
    flavour, me, now = checked.value.flavour, visit.me, visit.now
    changes = {"file": [None, "csv"], "flavour": [None, flavour]}
    subject = Subject("export", me.site_id)
    audit.record(visit.session, me.actor, EXPORT, subject, now=now, changes=changes)
    database: Database = visit.request.app.state.database
    version = visit.protocol.version

    def parts() -> Iterator[bytes]:
        with database.read() as session:
            yield from csv_files.files(
                session,
                me.site_id,
                me.site_name,
                version,
                now,
                for_spreadsheets=flavour == "spreadsheet",
            )

    day = date.isoformat(local_day(now, me.timezone))
    headers = {"Content-Disposition": f'attachment; filename="daybook-{day}.zip"'}
    return StreamingResponse(parts(), media_type="application/zip", headers=headers)


def _page(visit: StaffVisit, errors: dict[str, str], status: int) -> Response:
    context = {
        "nav": "exports",
        "sheets": [visit.tr(one.title) for one in SHEETS],
        "errors": errors,
        "form": visit.form,
        "idem": uuid4().hex,
    }
    return staff_page(visit, "exports/exports.html", context, status)
