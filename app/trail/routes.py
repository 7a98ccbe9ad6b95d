"""The audit trail of a site: the list with its filter, one entry, the files, and reviews."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.clock import lately, local_day
from app.i18n import N_
from app.named import Id
from app.outbox.heartbeat import trail_checked
from app.staff.frame import staff_page
from app.trail import asked as filters
from app.trail import exports, queries, service
from app.trail.asked import Read
from app.trail.forms import ReviewForm, review_days
from app.trail.kinds import KINDS
from app.trail.shown import Reader
from app.visit.gate import for_staff
from app.visit.roles import READS_TRAIL, REVIEWS_TRAIL
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import Form, check
from app.web.pages import see_other

router = APIRouter()
MOST_EXPORTED = 50_000
TOO_MANY = N_("More than %(num)s entries at once: narrow the days, and export part by part.")
# A walk a night, and some hours for a worker that was away.
WALKED_SINCE = timedelta(hours=30)


@router.get("/audit")
@for_staff(READS_TRAIL)
def trail(visit: StaffVisit) -> Response:
    read = _read(visit)
    return _page(visit, read, Form({}), {}, 422 if read.errors else 200)


@router.get("/audit/entries.csv")
@for_staff(READS_TRAIL, records_read=True)
def export_csv(visit: StaffVisit) -> Response:
    return _export(visit, "csv", "text/csv; charset=utf-8")


@router.get("/audit/entries.json")
@for_staff(READS_TRAIL, records_read=True)
def export_json(visit: StaffVisit) -> Response:
    return _export(visit, "json", "application/json")


@router.get("/audit/{number}")
@for_staff(READS_TRAIL)
def one_entry(visit: StaffVisit, number: Id) -> Response:
    found = queries.one(visit.session, visit.me, number)
    if found is None:
        raise NotFound
    return staff_page(visit, "trail/entry.html", {"one": _reader(visit).shown(found), **NAV})


@router.post("/audit/reviews")
@for_staff(REVIEWS_TRAIL)
def review(visit: StaffVisit) -> Response:
    today = local_day(visit.now, visit.me.timezone)
    checked = check(ReviewForm, visit.form, visit.tr, review_days(today))
    errors = dict(checked.errors)
    if checked.value and checked.value.until_day < checked.value.from_day:
        errors["until_day"] = visit.tr(filters.BACKWARDS)
    if checked.value is None or errors:
        return _page(visit, _read(visit), visit.form, errors, 422)
    day_ago = visit.now - timedelta(days=1)
    if not queries.reviewed_with(visit.session, visit.me, visit.form.token, day_ago):
        service.record_review(visit.session, visit.me, checked.value, visit.now, visit.form.token)
    return see_other("/audit", note="reviewed")


NAV = {"nav": "audit"}


def _read(visit: StaffVisit) -> Read:
    staff = {one.public_id: one.id for one in queries.colleagues(visit.session, visit.me)}
    known = queries.codes(visit.session, visit.me)
    return filters.read(visit.request.query_params, known, staff, visit.tr)


def _reader(visit: StaffVisit) -> Reader:
    names = {one.id: one.name for one in queries.colleagues(visit.session, visit.me)}
    return Reader(visit.me, visit.tr, names)


def _page(
    visit: StaffVisit, read: Read, form: Form, errors: dict[str, str], status: int
) -> Response:
    session, me, tr = visit.session, visit.me, visit.tr
    before, after = _cursor(visit, "before"), _cursor(visit, "after")
    reader = _reader(visit)
    found = queries.Page((), None, None)
    if not read.errors:
        found = queries.page(session, me, read.asked, before if after is None else None, after)
    checked = trail_checked(session)
    count, last = queries.head(session, me)
    context: dict[str, Any] = {
        "typed": read.typed,
        "filtered": bool(read.in_words),
        "errors": {**read.errors, **errors},
        "form": form,
        "idem": uuid4().hex,
        "shown": [reader.shown(entry) for entry in found.entries],
        "newer": _link(read, after=found.newer),
        "older": _link(read, before=found.older),
        "files": {kind: _file(read, kind) for kind in ("csv", "json")},
        "colleagues": [(one.public_id, one.name) for one in queries.colleagues(session, me)],
        "kinds": [(key, tr(kind.word)) for key, kind in KINDS.items()],
        "reviews": [reader.shown(entry) for entry in queries.reviews(session, me)],
        "may_review": me.may(REVIEWS_TRAIL),
        "walked": checked,
        "stale": checked is not None and not lately(checked[0], WALKED_SINCE, visit.now),
        "count": count,
        "head": last,
    }
    return staff_page(visit, "trail/list.html", {**NAV, **context}, status)


def _cursor(visit: StaffVisit, name: str) -> int | None:
    """The number from which the page goes on; what is none leads nowhere. Raises NotFound."""
    text = visit.request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound
    return int(text)


def _link(read: Read, **cursor: int | None) -> str | None:
    if None in cursor.values():
        return None
    return f"/audit?{urlencode({**read.in_words, **cursor})}"


def _file(read: Read, kind: str) -> str:
    asked = urlencode(read.in_words)
    return f"/audit/entries.{kind}{'?' if asked else ''}{asked}"


def _export(visit: StaffVisit, kind: str, media: str) -> Response:
    """The file of what is filtered; too much of it is said so, and never cut off in silence."""
    read = _read(visit)
    if read.errors:
        return _page(visit, read, Form({}), {}, 422)
    session, me = visit.session, visit.me
    count = queries.count(session, me, read.asked, MOST_EXPORTED + 1)
    if count > MOST_EXPORTED:
        errors = {"since": visit.tr(TOO_MANY, num=MOST_EXPORTED)}
        return _page(visit, read, Form({}), errors, 422)
    entries, reader = queries.every(session, me, read.asked), _reader(visit)
    if kind == "csv":
        body = exports.as_csv(entries, reader)
    else:
        body = exports.as_json(entries, reader, read.in_words, visit.now)
    service.record_export(session, me, kind, read.in_words, count, visit.now)
    name = f"audit-{date.isoformat(local_day(visit.now, me.timezone))}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media, headers=headers)
