"""What the triage pages show: the list, and one flag beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.auth.identity import StaffMe
from app.clock import local_day
from app.i18n import Translator
from app.protocol.loader import load_protocol
from app.safety import queries
from app.safety.contact import Contact
from app.safety.frame import staff_page
from app.safety.in_force import all_versions
from app.safety.shown import FILTERS, OUTCOMES, history, shown_evidence, shown_line, steps
from app.safety.taken_back import taken_back
from app.web.pages import tr_of


def flag_page(
    request: Request,
    session: Session,
    me: StaffMe,
    now: datetime,
    flag: queries.ScopedFlag,
    errors: Mapping[str, str] | None = None,
    raw: Mapping[str, list[str]] | None = None,
    status: int = 200,
    *,
    contact: Contact | None = None,
    revealed: bool = False,
) -> Response:
    """The list beside one flag; ``typed`` values and a revealed contact are shown once."""
    tr = tr_of(request)
    typed = {name: values[0] for name, values in (raw or {}).items()}
    context = {
        **list_context(request, session, me, now, flag.public_id),
        **flag_context(session, flag, tr, me, now),
        "errors": errors or {},
        "typed_outcome": typed.get("outcome") or None,
        "typed_note": typed.get("note", ""),
        "keys": (uuid4().hex, uuid4().hex, uuid4().hex),
        "contact": contact,
        "revealed": revealed,
    }
    return staff_page(request, session, me, "safety/flags.html", context, status)


def list_context(
    request: Request, session: Session, me: StaffMe, now: datetime, current: str
) -> dict[str, Any]:
    tr = tr_of(request)
    wanted = request.query_params.get("show", "open")
    show = wanted if wanted in FILTERS else "open"
    lines = queries.flag_lines(session, me, now)
    groups = {
        name: [
            shown_line(line, tr, me.timezone, now, show) for line in lines if _in(name, line, me)
        ]
        for name in FILTERS
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


def flag_context(
    session: Session, flag: queries.ScopedFlag, tr: Translator, me: StaffMe, now: datetime
) -> dict[str, Any]:
    """One flag in words: why, what to do, what happened; by the clock of ``me``."""
    evidence = queries.evidence_of(session, flag)
    versions = all_versions(session, me.site_id)
    told, done = queries.told_of(session, flag), queries.done_with(session, flag)
    # The finding that gave the flag its name speaks first, then the newest.
    leads = [one for one in evidence if one.change != "added"]
    gone = taken_back(session, flag, evidence, now)
    shown = {
        id(one): shown_evidence(one, tr, gone.get(place), flag.timezone)
        for place, one in enumerate(evidence)
    }
    rest = [one for one in reversed(evidence) if one is not leads[-1]]
    return {
        "flag": flag,
        "lead": shown[id(leads[-1])],
        "more": [shown[id(one)] for one in rest],
        "day": local_day(flag.about, flag.timezone),
        "steps": steps(flag.rule, tr),
        "history": history(flag, evidence, told, done, tr, me.timezone),
        "notes": [one for one in done if one.staff_id == me.id and one.note and one.holds],
        "approved": versions.get(flag.protocol_version, load_protocol()).approved,
        "outcomes": [(key, tr(text)) for key, text in OUTCOMES.items()],
    }


def _in(name: str, line: queries.FlagLine, me: StaffMe) -> bool:
    """ "Mine": what I have in hand, and what is open about somebody on my caseload."""
    if name != "mine":
        return line.status == name
    if line.status == "acknowledged":
        return line.holder_id == me.id
    return line.status == "open" and line.counselor_id == me.id
