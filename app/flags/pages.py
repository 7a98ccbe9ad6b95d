"""What the triage pages show: the list, and one flag beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app.clock import local_day
from app.flags import queries
from app.flags.fortnight import Fortnight, fortnight
from app.flags.shown import (
    FILTERS,
    KINDS,
    OUTCOMES,
    history,
    shown_evidence,
    shown_line,
    steps,
    timing,
)
from app.flags.taken_back import taken_back
from app.flags.weeks import moments_of, monday
from app.i18n import Translator
from app.protocol.in_force import all_versions
from app.protocol.model import Protocol
from app.rules.withdrawal_chart import withdrawal_chart
from app.staff.contact import Contact, still_seen
from app.staff.frame import staff_page
from app.timeline.tables import read_timeline
from app.visit.identity import StaffMe
from app.visit.roles import OPENS_CONTACTS, PROPOSES_EVENTS, READS_FIGURES
from app.visit.visits import StaffVisit


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at the contact that is on record: what it showed, and what the next page needs."""

    contact: Contact | None
    """None where it was erased"""
    handed_on: str


def seen_before(visit: StaffVisit, flag: queries.ScopedFlag) -> Seen | None:
    """The look that the page of this form showed, so that one step more is not another look."""
    handed_on = visit.form.one("look")
    if not visit.me.may(OPENS_CONTACTS):
        return None
    who = flag.participant_id
    contact = still_seen(visit.session, visit.me, who, handed_on, visit.now)
    return Seen(contact, handed_on) if contact else None


def flag_page(
    visit: StaffVisit,
    flag: queries.ScopedFlag,
    errors: Mapping[str, str] | None = None,
    raw: Mapping[str, list[str]] | None = None,
    status: int = 200,
    *,
    seen: Seen | None = None,
    saved: str | None = None,
) -> Response:
    """One flag beside the list; what was typed (``raw``) and a revealed contact stay."""
    tr = visit.tr
    typed = {name: values[0] for name, values in (raw or {}).items()}
    seen = seen or seen_before(visit, flag)
    context = {
        **list_context(visit, flag.public_id),
        **flag_context(visit.session, flag, tr, visit.me, visit.now),
        "errors": errors or {},
        "typed_outcome": typed.get("outcome") or None,
        "typed_note": typed.get("note", ""),
        "typed_entry": typed.get("entry", ""),
        "typed_correction": typed.get("correction", ""),
        "keys": (uuid4().hex, uuid4().hex, uuid4().hex),
        "seen": seen,
        **({"saved": saved} if saved else {}),
    }
    return staff_page(visit, "flags/flags.html", context, status)


def list_context(visit: StaffVisit, current: str) -> dict[str, Any]:
    """The lists by what is to be done, or of the week that a bar of the figures leads to."""
    tr = visit.tr
    week = _week_asked(visit.request, visit.me.timezone)
    wanted = visit.request.query_params.get("show", "open")
    show = "week" if week else wanted if wanted in FILTERS else "open"
    lines = queries.flag_lines(visit.session, visit.me, visit.now)
    grouped = {name: [line for line in lines if _in(name, line, visit.me)] for name in FILTERS}
    query = week.query if week else "" if show == "open" else f"?show={show}"
    chips = [
        (
            "/flags" if name == "open" else f"/flags?show={name}",
            tr(label, num=len(grouped[name])),
            name == show,
        )
        for name, label in FILTERS.items()
    ]
    if week:
        found = queries.flags_raised(visit.session, visit.me, week.start, week.end, week.severity)
        grouped["week"] = found
        chips.append((f"/flags{query}", week.title(len(found), tr), True))
    return {
        "nav": "flags",
        "show": show,
        "to_figures": week is not None and visit.me.may(READS_FIGURES),
        "query": query,
        "groups": {
            name: [shown_line(line, tr, visit.me.timezone, visit.now, query) for line in group]
            for name, group in grouped.items()
        },
        "filters": chips,
        "filter": next(label for _, label, chosen in chips if chosen),
        "current": current,
        "now": visit.now,
        "today": local_day(visit.now, visit.me.timezone),
        "zone": visit.me.timezone,
    }


@dataclass(frozen=True, slots=True)
class _Week:
    """The week of a list, of one severity or of all."""

    first: date
    severity: str | None
    start: datetime
    end: datetime

    @property
    def query(self) -> str:
        return week_query(self.first, self.severity)

    def title(self, count: int, tr: Translator) -> str:
        day = tr.day_inline(self.first, "d MMM")
        if self.severity is None:
            return tr("Week of %(day)s · %(num)s", day=day, num=count)
        kind = tr(KINDS[self.severity])
        return tr("Week of %(day)s, raised as %(kind)s · %(num)s", day=day, kind=kind, num=count)


def week_query(first: date, severity: str | None = None) -> str:
    """What the address of the alerts of a week says: no more than a date and how soon."""
    return f"?week={first.isoformat()}" + (f"&severity={severity}" if severity else "")


def _week_asked(request: Request, zone: str) -> _Week | None:
    """None without a week, or with one that is none: then the list is the usual one."""
    severity = request.query_params.get("severity")
    try:
        first = monday(date.fromisoformat(request.query_params.get("week", "")))
        start, end = moments_of(first, zone)
    except (ValueError, OverflowError):
        return None
    return _Week(first, severity if severity in KINDS else None, start, end)


def flag_context(
    session: Session, flag: queries.ScopedFlag, tr: Translator, me: StaffMe, now: datetime
) -> dict[str, Any]:
    """One flag in words: why, what to do, what happened; by the clock of ``me``."""
    evidence = queries.evidence_of(session, flag)
    versions = all_versions(session, me.site_id)
    notified, done = queries.notified_of(session, flag), queries.done_with(session, flag)
    # The finding that gave the flag its name speaks first, then the newest.
    leads = [one for one in evidence if one.change != "added"]
    gone = taken_back(session, flag, evidence, now)
    shown = {
        id(one): shown_evidence(one, tr, gone.get(place), flag.timezone)
        for place, one in enumerate(evidence)
    }
    rest = [one for one in reversed(evidence) if one is not leads[-1]]
    protocol = versions.get(flag.protocol_version)
    return {
        "flag": flag,
        "timing": timing(flag, tr, me.timezone, now),
        "lead": shown[id(leads[-1])],
        "more": [shown[id(one)] for one in rest],
        "fortnight": _fortnight(session, flag, leads[-1], protocol, tr),
        "day": local_day(flag.about, flag.timezone),
        "steps": steps(flag.rule, tr),
        "history": history(flag, evidence, notified, done, tr, me.timezone),
        "notes": [one for one in done if one.staff_id == me.id and one.note and one.holds],
        "approved": protocol is not None and protocol.approved,
        "outcomes": [(key, tr(text)) for key, text in OUTCOMES.items()],
        "adverse": queries.event_of(session, flag),
        "may_promote": me.may(PROPOSES_EVENTS),
    }


def _fortnight(
    session: Session,
    flag: queries.ScopedFlag,
    lead: queries.Evidence,
    protocol: Protocol | None,
    tr: Translator,
) -> Fortnight | None:
    """The days before a possible reaction, as they were known when it was found.

    None for another family, and for a flag of a protocol that counts no sum.
    """
    if flag.family != "WDL" or protocol is None or not counts_sum(protocol):
        return None
    timeline = read_timeline(session, flag.participant_id)
    known_at = max(lead.at, lead.about)
    chart = withdrawal_chart(timeline, lead.about, protocol, known_at=known_at)
    first_dose = timeline.participant.first_dose_on
    return fortnight(chart, lead.about, flag.timezone, first_dose, tr)


def counts_sum(protocol: Protocol) -> bool:
    """Whether the protocol knows S at all: that of the first edition does not."""
    return protocol.rules.wdl.score_routine > 0 or protocol.rules.wdl.score_urgent > 0


def _in(name: str, line: queries.FlagLine, me: StaffMe) -> bool:
    """ "Mine": what I have in hand, and what is open about somebody on my caseload."""
    if name != "mine":
        return line.status == name
    if line.status == "acknowledged":
        return line.holder_id == me.id
    return line.status == "open" and line.counselor_id == me.id
