"""The calendar: a month at a glance, one day with all that was told of it, and the blank days."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from app.diary.calendar import MonthFacts, month_of, month_span, month_view, origin_words
from app.diary.day_pages import about, asked_since, shown_or_gone, window_of
from app.diary.days import Window
from app.diary.dose import dose_words
from app.diary.markers import add_marker, read_markers, remove_marker
from app.diary.queries import DayRecord, read_day, read_span
from app.diary.service import held_as
from app.diary.today import blank_days
from app.diary.ways import DAY, FILL, Way
from app.diary.words import drinks_lines, near_word, other_lines
from app.i18n import Translator
from app.instruments.loader import load_instrument
from app.named import Id
from app.sent.conflict import show_conflict
from app.sent.once import Earlier, Entry, on_to, once
from app.visit.gate import for_participants
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.appointment import walls_of
from app.web.errors import NotFound
from app.web.forms import Form, FormModel, PathDay, check
from app.web.pages import page, see_other

router = APIRouter()
NAMED = 3  # how many blank days the card names


class MarkerForm(FormModel):
    """What was going on that day, in the participant's own words."""

    text: Annotated[str, Field(min_length=1, max_length=80)]


class ForgetForm(FormModel):
    """The own event that is taken off its day."""

    marker: Id


@router.get("/calendar")
@for_participants
def calendar(visit: ParticipantVisit, month: str = "") -> Response:
    tr, window = visit.tr, window_of(visit)
    try:
        first = month_of(month) if month else window.today.replace(day=1)
    except ValueError as problem:
        raise NotFound from problem
    start, end = month_span(first)
    span = read_span(visit.session, visit.me.id, min(start, window.first), max(end, window.today))
    marks = read_markers(visit.session, visit.me.id, walls_of(visit.me), start, end, tr)
    since = asked_since(visit.session, visit.me)
    told = span.drinks.keys() | span.others.keys() | span.doses.keys()
    facts = MonthFacts(span.drinks, told, marks, window, since)
    blanks = blank_days(span.drinks, window, since, window.yesterday)
    context = {
        "month": month_view(first, facts, tr),
        "blanks": blanks,
        "named": _named(blanks, tr),
        "nav": "calendar",
        "title": "Daybook",
    }
    return page(visit.request, "diary/calendar.html", context)


def _named(blanks: Sequence[date], tr: Translator) -> str:
    """The newest blank days in order, as the beginning of a sentence."""
    words = ", ".join(tr.day_inline(day, "EEEE d") for day in reversed(blanks[:NAMED]))
    return words[:1].upper() + words[1:]


@router.get("/calendar/blank")
@for_participants
def next_blank(visit: ParticipantVisit, before: date | None = None) -> Response:
    """The newest blank day, or the newest before one that stays blank; else the calendar."""
    window = window_of(visit)
    since = asked_since(visit.session, visit.me)
    span = read_span(visit.session, visit.me.id, window.first, window.today)
    blanks = blank_days(span.drinks, window, since, window.yesterday)
    left = [day for day in blanks if before is None or day < before]
    if not left:
        return see_other("/calendar")
    return see_other(f"/calendar/{left[0].isoformat()}?fill=1")


@router.get("/calendar/{day}")
@for_participants
def show_calendar_day(visit: ParticipantVisit, day: PathDay, fill: str = "") -> Response:
    """All that was told of a day. With ``fill``: answered whole, it leads to the next blank day."""
    return _day_page(visit, day, fill=fill == "1")


def _day_page(
    visit: ParticipantVisit,
    day: date,
    *,
    fill: bool = False,
    form: Form | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    tr, window = visit.tr, window_of(visit)
    record = read_day(visit.session, visit.me.id, day)
    shown_or_gone(visit, day, record)
    held = held_as(visit.session, visit.me.id, day)
    asked = _asked(record, visit.me, day, window, bool(held)) if window.holds(day) else set()
    if fill and not asked and not errors:
        return see_other(f"/calendar/blank?before={day.isoformat()}")
    way = Way(FILL if fill else DAY, day)
    marks = read_markers(visit.session, visit.me.id, walls_of(visit.me), day, day, tr).get(day, ())
    context: dict[str, Any] = {
        "day": day,
        "path": f"/day/{day.isoformat()}",
        "near": near_word(day, window.today, tr),
        "record": record,
        "asked": asked,
        "open": window.holds(day),
        "held": held,
        "marks": marks,
        "typed": form.one("text") if form else "",
        "fill": fill,
        "way": way,
        "errors": errors or {},
        "new_key": lambda: uuid4().hex,
        "back": ("/calendar", tr("Calendar")),
        "title": f"Daybook, {tr.day_inline(day, 'd MMMM')}",
        **_words(visit, record),
    }
    return page(visit.request, "diary/calendar_day.html", context, 422 if errors else 200)


def _words(visit: ParticipantVisit, record: DayRecord) -> dict[str, Any]:
    """The entries in the participant's language."""
    tr, zone = visit.tr, visit.me.timezone
    drinks, others = record.drinks, record.others
    last = drinks.last_drink_at if drinks else None
    return {
        "drinks": drinks_lines(drinks, tr) if drinks else [],
        "others": other_lines(others, tr, zone) if others else [],
        "last_drink": tr.time(last, zone) if last else "",
        "dose_words": lambda dose: dose_words(dose.taken, dose.at, dose.reason, tr, zone),
        "came": lambda origin: origin_words(origin, zone, tr),
        "dose_texts": load_instrument("dose").texts,
        "other_texts": load_instrument("substances").texts,
    }


def _asked(record: DayRecord, me: ParticipantMe, day: date, window: Window, held: bool) -> set[str]:
    """What is still open about a day that can be filled in. Today's tablet is asked on Today."""
    found = set()
    if record.drinks is None:
        found.add("alcohol")
    if record.others is None:
        found.add("others")
    due = me.first_dose_on is not None and me.first_dose_on <= day < window.today
    if due and not held and not record.doses:
        found.add("tablet")
    return found


@router.post("/calendar/{day}/marker")
@for_participants
def add_own_marker(visit: ParticipantVisit, day: PathDay) -> Response:
    if not window_of(visit).holds(day):
        raise NotFound
    path = f"/calendar/{day.isoformat()}"

    def tell(earlier: Earlier | None) -> Entry | Response:
        checked = check(MarkerForm, visit.form, visit.tr)
        if checked.value is None:
            return _day_page(visit, day, form=visit.form, errors=checked.errors)
        text = checked.value.text
        if earlier:
            return show_conflict(visit.request, None, [text], visit.form, f"{path}/marker")
        return Entry(add_marker(visit.session, about(visit, day), text), path)

    return once(visit, "marker", path, tell, on_to(path))


@router.post("/calendar/{day}/forget")
@for_participants
def remove_own_marker(visit: ParticipantVisit, day: PathDay) -> Response:
    if not window_of(visit).holds(day):
        raise NotFound
    checked = check(ForgetForm, visit.form, visit.tr)
    if checked.value is None:
        wrong = {"": visit.tr("This page has no such field.")} | visit.form.said(visit.tr)
        return _day_page(visit, day, errors=wrong)
    told_of = about(visit, day)
    removed = remove_marker(visit.session, told_of, checked.value.marker)
    return see_other(f"/calendar/{day.isoformat()}", "changed" if removed else "same")
