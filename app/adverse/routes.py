"""Adverse events: the line listing, one event with its versions, and what is done about it."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app import audit
from app.adverse import clocks, e2b, forms, listing, queries, service, words
from app.adverse.forms import EventForm, NoEventForm, ProposeForm, ReportForm
from app.adverse.queries import ScopedEvent
from app.adverse.service import Source
from app.audit import Subject
from app.clock import local_day
from app.flags.queries import flag_for
from app.instruments.vocabulary import COUNTS, SYMPTOMS
from app.named import PublicId
from app.protocol.model import AdverseEvents
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import (
    ENTERS_EVENTS,
    EXPORTS_EVENTS,
    FOLLOWS_EVENTS,
    PROPOSES_EVENTS,
    READS_EVENT_WORDS,
    READS_EVENTS,
    READS_RECORDS,
)
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import Form, check
from app.web.pages import see_other

router = APIRouter()
ONE = "/adverse/{public_id}"
EMPTY = Form({})


def _plan(visit: StaffVisit) -> AdverseEvents:
    return visit.protocol.adverse_events


def _clocks(visit: StaffVisit, event: ScopedEvent) -> list[clocks.Clock]:
    reports = [(one.clock, one.reported_at) for one in event.reports]
    return clocks.clocks(event.versions, reports, _plan(visit), visit.me.timezone)


@router.get("/adverse")
@for_staff(READS_EVENTS)
def line_listing(visit: StaffVisit) -> Response:
    """Every event in scope: what waits to be judged first, then person by person."""
    events = queries.events_of(visit.session, visit.me)
    events.sort(key=lambda one: one.state != "proposed")
    context = {
        "nav": "adverse",
        "lines": [(one, _clocks(visit, one)) for one in events],
        "words": words,
        "chosen": e2b.chosen,
        "now": visit.now,
        "may_export": visit.me.may(EXPORTS_EVENTS),
    }
    return staff_page(visit, "adverse/list.html", context)


@router.get("/adverse/lines.csv")
@for_staff(EXPORTS_EVENTS, records_read=True)
def export_lines(visit: StaffVisit) -> Response:
    """As the page shows it to the same person; that it was taken along is on record."""
    me = visit.me
    events = queries.events_of(visit.session, me)
    body = listing.as_csv([(one, _clocks(visit, one)) for one in events], visit.tr)
    changes = {"count": [None, len(events)]}
    subject = Subject("site", me.site_id)
    audit.record(visit.session, me.actor, "adverse.export", subject, now=visit.now, changes=changes)
    name = f"adverse-events-{local_day(visit.now, me.timezone).isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/participants/{public_id}/adverse")
@for_staff(ENTERS_EVENTS)
def new_event(visit: StaffVisit, public_id: PublicId) -> Response:
    return _new_page(visit, participant_for(visit.session, visit.me, public_id), EMPTY, {}, 200)


@router.post("/participants/{public_id}/adverse")
@for_staff(ENTERS_EVENTS)
def enter(visit: StaffVisit, public_id: PublicId) -> Response:
    who = participant_for(visit.session, visit.me, public_id)
    before = service.entered_before(visit.session, visit.me, who.id, visit.form.token)
    if before is not None:
        return see_other(f"/adverse/{before}", "same")
    value, errors = _checked(visit, first=True)
    if value is None or errors:
        return _new_page(visit, who, visit.form, errors, 422)
    values = forms.stored(value, visit.me.timezone)
    made = service.enter(visit.session, visit.me, who.id, values, visit.now, visit.form.token)
    return see_other(f"/adverse/{made}", "saved")


def _checked(visit: StaffVisit, first: bool) -> tuple[EventForm | None, dict[str, str]]:
    tr, zone = visit.tr, visit.me.timezone
    limits = forms.days(("began_on", "ended_on", "aware_on"), zone, visit.now)
    checked = check(EventForm, visit.form, tr, limits)
    errors = forms.name_empty(checked.errors, visit.form, tr)
    if checked.value:
        errors |= forms.together(checked.value, _plan(visit), zone, visit.now, first, tr)
    return checked.value, errors


def _new_page(
    visit: StaffVisit, who: ScopedParticipant, form: Form, errors: dict[str, str], status: int
) -> Response:
    context = {
        "nav": "adverse",
        "who": who,
        "form": form,
        "errors": errors,
        "typed": form.one,
        "ticked": form.fields.get("serious", []),
        "idem": form.token or uuid4().hex,
        **_choices(visit),
    }
    return staff_page(visit, "adverse/new.html", context, status)


def _choices(visit: StaffVisit) -> dict[str, Any]:
    tr = visit.tr
    return {
        "words": words,
        "grades": [(key, tr(text)) for key, text in words.GRADES.items()],
        "scales": [(scale, scale) for scale in _plan(visit).grading],
        "criteria": [(key, tr(text)) for key, text in words.SERIOUS.items()],
        "choices": {
            name: [(key, tr(text)) for key, text in texts.items()]
            for name, texts in words.CHOICES.items()
        },
    }


@router.post("/participants/{public_id}/adverse/promote")
@for_staff(PROPOSES_EVENTS)
def promote_answer(visit: StaffVisit, public_id: PublicId) -> Response:
    """An answer of a check-in becomes an event that waits to be judged, in one step."""
    who = participant_for(visit.session, visit.me, public_id)
    checked = check(ProposeForm, visit.form, visit.tr)
    if checked.value is None:
        raise NotFound
    item = checked.value.item
    checkin = queries.checkin_of(visit.session, who.id, checked.value.checkin)
    if checkin is None or item not in (*SYMPTOMS, *COUNTS):
        raise NotFound
    source = Source(checkin=checkin, item=item)
    made = service.promote(visit.session, visit.me, who.id, source, visit.now)
    return see_other(f"/adverse/{made}", "promoted")


@router.post("/flags/{public_id}/adverse")
@for_staff(PROPOSES_EVENTS, button=True)
def promote_alert(visit: StaffVisit, public_id: PublicId) -> Response:
    flag = flag_for(visit.session, visit.me, public_id)
    source = Source(flag=flag.id)
    made = service.promote(visit.session, visit.me, flag.participant_id, source, visit.now)
    return see_other(f"/adverse/{made}", "promoted")


@router.get(ONE)
@for_staff(READS_EVENTS, records_read=True)
def show_event(visit: StaffVisit, public_id: PublicId) -> Response:
    """One event; that it was read is on record."""
    event = queries.event_for(visit.session, visit.me, public_id)
    _note(visit, event, "adverse.open")
    return _page(visit, event)


def _note(visit: StaffVisit, event: ScopedEvent, action: str) -> None:
    subject = Subject("adverse_event", event.id)
    audit.record(visit.session, visit.me.actor, action, subject, now=visit.now)


def _page(
    visit: StaffVisit,
    event: ScopedEvent,
    errors: dict[str, str] | None = None,
    form: Form = EMPTY,
    status: int = 200,
) -> Response:
    me, tr = visit.me, visit.tr
    stands = _as_typed(event, me.timezone) if event.state == "event" else {}
    typed = form.one if "term" in form.fields else lambda name: stands.get(name, "")
    ticked = form.fields.get("serious", []) if "term" in form.fields else None
    last = event.last
    context = {
        "nav": "adverse",
        "event": event,
        "from_item": words.item_name(event.item, tr),
        "on_day": local_day(event.checkin_at, event.timezone) if event.checkin_at else None,
        "clocks": _clocks(visit, event),
        "chosen": e2b.chosen,
        "now": visit.now,
        "may_write": me.may(FOLLOWS_EVENTS),
        "may_read_words": me.may(READS_EVENT_WORDS),
        "may_open_record": me.may(READS_RECORDS),
        "errors": errors or {},
        "form": form,
        "typed": typed,
        "ticked": ticked if ticked is not None else (list(last.serious) if last else []),
        "idem": uuid4().hex,
        **_choices(visit),
    }
    return staff_page(visit, "adverse/event.html", context, status)


def _as_typed(event: ScopedEvent, zone: str) -> dict[str, str]:
    """The newest version as the form holds it: a follow-up changes what is new."""
    one = event.last
    if one is None:
        return {}
    found = {
        name: str(getattr(one, name) or "")
        for name in ("term", "began_on", "ended_on", "grade", "scale", "narrative", "code")
    }
    found |= {name: getattr(one, name) or "" for name in (*words.CHOICES, "dictionary")}
    # When the site learned of what is new is not when it learned of what stood before.
    return {**found, "not_serious": "" if one.serious else "1"}


@router.post(ONE)
@for_staff(FOLLOWS_EVENTS)
def follow_up(visit: StaffVisit, public_id: PublicId) -> Response:
    """Another version of what is known; the first one judges what was promoted."""
    event = queries.event_for(visit.session, visit.me, public_id)
    # The first one says nothing of a change; sent twice it is still the first.
    value, errors = _checked(visit, first=visit.form.one("n") in ("", "0"))
    if value is None or errors:
        return _page(visit, event, errors, visit.form, 422)
    return _store(visit, event, value.n, forms.stored(value, visit.me.timezone))


@router.post(f"{ONE}/none")
@for_staff(FOLLOWS_EVENTS)
def no_event(visit: StaffVisit, public_id: PublicId) -> Response:
    """It was looked at and is no adverse event; it stays on record as such."""
    event = queries.event_for(visit.session, visit.me, public_id)
    checked = check(NoEventForm, visit.form, visit.tr)
    errors = forms.name_empty(checked.errors, visit.form, visit.tr)
    if checked.value is None or errors:
        return _page(visit, event, errors, visit.form, 422)
    values = {"verdict": "no_event", "reason": checked.value.reason_none}
    return _store(visit, event, checked.value.n, values)


def _store(visit: StaffVisit, event: ScopedEvent, shown: int, values: dict[str, Any]) -> Response:
    path = f"/adverse/{event.public_id}"
    try:
        service.follow_up(visit.session, visit.me, event, shown, values, visit.now)
    except service.Changed:
        last = service.vars_of(event)
        if event.last and event.last.n == shown + 1 and values.items() <= last.items():
            return see_other(path, "same")
        text = visit.tr(
            "Somebody wrote another version after you opened this one, so nothing was stored. "
            "Look at it as it is now, then send again."
        )
        return _page(visit, event, {"": text}, visit.form, 409)
    return see_other(path, "saved")


@router.post(f"{ONE}/reported")
@for_staff(FOLLOWS_EVENTS)
def reported(visit: StaffVisit, public_id: PublicId) -> Response:
    event = queries.event_for(visit.session, visit.me, public_id)
    tr, zone = visit.tr, visit.me.timezone
    limits = forms.days(("reported_on",), zone, visit.now)
    checked = check(ReportForm, visit.form, tr, limits)
    errors = forms.name_empty(checked.errors, visit.form, tr)
    value = checked.value
    running = {one.key for one in _clocks(visit, event)}
    if value is not None and value.clock not in running:
        errors["clock"] = tr("This report is not due.")
    if value is not None and value.reported_at(zone) > visit.now:
        errors["reported_time"] = tr("This time is still to come.")
    if value is None or errors:
        return _page(visit, event, errors, visit.form, 422)
    at = value.reported_at(zone)
    path = f"/adverse/{public_id}"
    if any(one.clock == value.clock and one.reported_at == at for one in event.reports):
        return see_other(path, "same")
    note = value.report_note
    service.report(visit.session, visit.me, event, value.clock, at, note, visit.now)
    return see_other(path, "saved")


@router.get(f"{ONE}/worksheet")
@for_staff(READS_EVENT_WORDS, records_read=True)
def worksheet(visit: StaffVisit, public_id: PublicId) -> Response:
    """The fields of a regulator's portal, filled in as far as they are known: a draft."""
    event = queries.event_for(visit.session, visit.me, public_id)
    if event.last is None or event.state != "event":
        raise NotFound
    _note(visit, event, "adverse.worksheet")
    first, last = queries.doses_of(visit.session, event.participant_id)
    running = {one.key for one in _clocks(visit, event)}
    case = e2b.Case(
        event,
        event.last,
        visit.protocol,
        visit.me.site_name,
        visit.me.timezone,
        first,
        last,
        bool(running - {"sponsor"}),
        visit.now,
    )
    context = {"nav": "adverse", "event": event, "rows": e2b.rows(case, visit.tr)}
    return staff_page(visit, "adverse/worksheet.html", context)
