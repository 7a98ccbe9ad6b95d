"""The page of thresholds: what is in force, what others would flag, a new version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.identity import StaffMe
from app.protocol.loader import load_protocol, parse_stored
from app.protocol.model import Protocol
from app.safety.compare import Comparison, compare
from app.safety.frame import staff_page
from app.safety.in_force import protocol_in_force, text_in_force
from app.safety.printed import difference_rows, figure_rows
from app.safety.records import records
from app.safety.thresholds import history, is_taken, put_in_force, read_changes, rewritten
from app.web.forms import Form, FormDep, FormModel, check
from app.web.pages import see_other, tr_of

router = APIRouter()
# A page answers within seconds; the whole cohort is for the command line.
MOST_COMPARED = 30
Word = Annotated[str, Field(pattern=r"^[^\"\\\n]*$", max_length=120)]


class VersionForm(FormModel):
    """``version`` names it in every flag; quotes would break the protocol's text."""

    version: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[\w.-]+$")]
    approved_by: Word = ""
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


@router.get("/thresholds")
@for_staff("investigator")
def thresholds(request: Request, session: SessionDep, me: StaffDep, now: NowDep) -> Response:
    """What is in force; with other values in the address, what those would have flagged."""
    typed = dict(request.query_params)
    protocol = protocol_in_force(session, me.site_id, now)
    changes, errors = read_changes(typed, protocol, tr_of(request))
    found = None
    if changes and not errors:
        text = rewritten(text_in_force(session, me.site_id, now), changes, "other", "")
        found = _compared(session, me, parse_stored(text), now)
    status = 422 if errors else 200
    return _page(request, session, me, now, protocol, typed, errors, found, status)


@router.post("/thresholds")
@for_staff("investigator")
def change_thresholds(
    request: Request, session: SessionDep, me: StaffDep, now: NowDep, form: FormDep
) -> Response:
    """A new version of the protocol, for every flag from now on."""
    tr = tr_of(request)
    protocol = protocol_in_force(session, me.site_id, now)
    typed = {name: values[0] for name, values in form.fields.items()}
    changes, errors = read_changes(typed, protocol, tr)
    rest = {name: v for name, v in form.fields.items() if name not in protocol.thresholds}
    checked = check(VersionForm, Form(rest), tr)
    errors |= checked.errors
    if checked.value and is_taken(session, me.site_id, checked.value.version):
        errors["version"] = tr("There is a version of this name already.")
    if not changes and not errors:
        errors[""] = tr("No threshold differs from what is in force.")
    if checked.value is None or errors:
        return _page(request, session, me, now, protocol, typed, errors, None, 422)
    value = checked.value
    put_in_force(session, me, changes, value.version, value.approved_by, value.reason, now)
    return see_other("/thresholds", "saved")


def _compared(session: Session, me: StaffMe, other: Protocol, now: datetime) -> Comparison:
    found = records(session, now, site_id=me.site_id, newest=MOST_COMPARED)
    pairs = ((record.timeline, record.versions) for record in found)
    return compare(pairs, load_protocol(), other)


def _page(
    request: Request,
    session: Session,
    me: StaffMe,
    now: datetime,
    protocol: Protocol,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    found: Comparison | None,
    status: int,
) -> Response:
    tr = tr_of(request)
    context: dict[str, Any] = {
        "nav": "thresholds",
        "protocol": protocol,
        "typed": typed,
        "errors": errors,
        "history": history(session, me.site_id),
        "idem": uuid4().hex,
        "found": found,
        "most": MOST_COMPARED,
        "figures": figure_rows(found, tr) if found else [],
        "appear": difference_rows(found.appear, tr) if found else [],
        "vanish": difference_rows(found.vanish, tr) if found else [],
    }
    return staff_page(request, session, me, "safety/thresholds.html", context, status)
