"""The triage page: which flags are open, why one was raised, and what was done about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.auth.gate import NowDep, SessionDep, StaffDep, for_staff
from app.auth.identity import StaffMe
from app.auth.scope import CARE_TEAM
from app.clock import local_day
from app.i18n import Translator
from app.protocol.loader import load_protocol
from app.safety import queries, service
from app.safety.frame import staff_page
from app.safety.shown import FILTERS, OUTCOMES, history, shown_evidence, shown_line, steps
from app.web.forms import FormDep, FormModel, check
from app.web.pages import is_fragment, page, see_other, tr_of

router = APIRouter()
Outcome = Literal[
    "no_action",
    "called",
    "visit",
    "medication_held",
    "referred",
    "emergency_services",
    "false_alarm",
]


class AcknowledgeForm(FormModel):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    note: Annotated[str, Field(max_length=2000)] = ""


class ResolveForm(FormModel):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    outcome: Outcome
    note: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/flags")
@for_staff(*CARE_TEAM)
def flags(request: Request, session: SessionDep, me: StaffDep, now: NowDep) -> Response:
    """The list; alone where the page asks for it again by itself."""
    chosen = request.query_params.get("current", "")
    context = {**_list_context(request, session, me, now, chosen), "flag": None}
    if is_fragment(request):
        return page(request, "safety/_queue.html", context)
    return staff_page(request, session, me, "safety/flags.html", context)


@router.get("/flags/{public_id}")
@for_staff(*CARE_TEAM, records_read=True)
def one_flag(
    request: Request, session: SessionDep, me: StaffDep, now: NowDep, public_id: str
) -> Response:
    """One flag beside the list; that it was read is on record."""
    flag = queries.flag_for(session, me, public_id)
    audit.record(session, me.actor, "flag.read", Subject("flag", flag.id), now=now)
    return _flag_page(request, session, me, now, flag)


@router.post("/flags/{public_id}/acknowledge")
@for_staff(*CARE_TEAM)
def acknowledge(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    now: NowDep,
    form: FormDep,
    public_id: str,
) -> Response:
    flag = queries.flag_for(session, me, public_id)
    checked = check(AcknowledgeForm, form, tr_of(request))
    if checked.value is None:
        return _flag_page(request, session, me, now, flag, checked.errors, checked.raw, 422)
    value = checked.value
    try:
        service.acknowledge(session, me, public_id, value.version, value.note, now)
    except service.ChangedMeanwhile:
        return _changed(request, session, me, now, public_id, checked.raw)
    return see_other(f"/flags/{public_id}", "acknowledged")


@router.post("/flags/{public_id}/resolve")
@for_staff(*CARE_TEAM)
def resolve(
    request: Request,
    session: SessionDep,
    me: StaffDep,
    now: NowDep,
    form: FormDep,
    public_id: str,
) -> Response:
    flag = queries.flag_for(session, me, public_id)
    checked = check(ResolveForm, form, tr_of(request))
    if checked.value is None:
        return _flag_page(request, session, me, now, flag, checked.errors, checked.raw, 422)
    value = checked.value
    try:
        service.resolve(session, me, public_id, value.version, value.outcome, value.note, now)
    except service.ChangedMeanwhile:
        return _changed(request, session, me, now, public_id, checked.raw)
    return see_other(f"/flags/{public_id}", "resolved")


def _changed(
    request: Request,
    session: Session,
    me: StaffMe,
    now: datetime,
    public_id: str,
    raw: Mapping[str, list[str]],
) -> Response:
    """The flag as it is now, with what was typed, ready to be sent once more."""
    tr = tr_of(request)
    text = tr(
        "This alert changed after you opened it, so nothing was stored. Look at it as it is "
        "now, then send again."
    )
    flag = queries.flag_for(session, me, public_id)
    return _flag_page(request, session, me, now, flag, {"": text}, raw, 409)


def _flag_page(
    request: Request,
    session: Session,
    me: StaffMe,
    now: datetime,
    flag: queries.ScopedFlag,
    errors: Mapping[str, str] | None = None,
    raw: Mapping[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    tr = tr_of(request)
    typed = {name: values[0] for name, values in (raw or {}).items()}
    context = {
        **_list_context(request, session, me, now, flag.public_id),
        **_flag_context(session, flag, tr, me.timezone),
        "errors": errors or {},
        "typed_outcome": typed.get("outcome") or None,
        "typed_note": typed.get("note", ""),
        "keys": (uuid4().hex, uuid4().hex),
    }
    return staff_page(request, session, me, "safety/flags.html", context, status)


def _list_context(
    request: Request, session: Session, me: StaffMe, now: datetime, current: str
) -> dict[str, Any]:
    tr = tr_of(request)
    wanted = request.query_params.get("show", "open")
    show = wanted if wanted in FILTERS else "open"
    lines = queries.flag_lines(session, me, now)
    groups = {
        status: [
            shown_line(line, tr, me.timezone, now, show) for line in lines if line.status == status
        ]
        for status in FILTERS
    }
    return {
        "nav": "flags",
        "show": show,
        "groups": groups,
        "filters": [
            (
                "/flags" if name == "open" else f"/flags?show={name}",
                tr(label, num=len(groups[name])),
                name == show,
            )
            for name, label in FILTERS.items()
        ],
        "current": current,
        "now": now,
        "today": local_day(now, me.timezone),
        "zone": me.timezone,
    }


def _flag_context(
    session: Session, flag: queries.ScopedFlag, tr: Translator, zone: str
) -> dict[str, Any]:
    evidence = queries.evidence_of(session, flag)
    told, done = queries.told_of(session, flag), queries.done_with(session, flag)
    # The finding that gave the flag its name speaks first, then the newest.
    leads = [one for one in evidence if one.change != "added"]
    rest = [one for one in reversed(evidence) if one is not leads[-1]]
    return {
        "flag": flag,
        "lead": shown_evidence(leads[-1], tr),
        "more": [shown_evidence(one, tr) for one in rest],
        "steps": steps(flag.rule, tr),
        "approved": load_protocol().approved,
        "history": history(flag, evidence, told, done, tr, zone),
        "outcomes": [(key, tr(text)) for key, text in OUTCOMES.items()],
    }
