"""What the pages about one day share: the days that may be written, the frame, reading only."""

from datetime import date
from typing import Any
from uuid import uuid4

from sqlmodel import Session
from starlette.responses import Response

from app.diary.days import Window
from app.diary.dose import dose_words
from app.diary.queries import DayRecord, enrolled_on
from app.diary.service import About
from app.diary.ways import way_of
from app.diary.words import day_eyebrow, drinks_lines, other_lines
from app.protocol.study_time import asked_from
from app.visit.identity import ParticipantMe
from app.visit.visits import ParticipantVisit
from app.web.errors import NotFound
from app.web.forms import Form
from app.web.pages import page


def window_of(visit: ParticipantVisit) -> Window:
    return Window.at(visit.now, visit.me.timezone, visit.protocol.backfill_days)


def about(visit: ParticipantVisit, day: date, reason: str | None = None) -> About:
    """Whose day it is that the visit tells of; ``reason``: why a closed one is changed."""
    me, form = visit.me, visit.form
    return About(me.id, me.timezone, day, me.actor, visit.now, form.client_at, reason=reason)


def writable(visit: ParticipantVisit, day: date) -> None:
    """An address of a day that cannot be filled in (any more) does not exist. Raises NotFound."""
    if not window_of(visit).holds(day):
        raise NotFound


def asked_since(session: Session, me: ParticipantMe) -> date:
    """The first day that the diary asks about: no day before it is ever blank."""
    return asked_from(enrolled_on(session, me.id, me.timezone), me.first_dose_on)


def shown_or_gone(visit: ParticipantVisit, day: date, record: DayRecord) -> None:
    """No page of days to come, nor of days before all asking of which nothing was told.

    Raises NotFound. The calendar links to whatever this lets through.
    """
    window = window_of(visit)
    told = record.drinks or record.others or record.doses
    if day > max(window.today, window.begun) or not (
        told or window.shows(day, asked_since(visit.session, visit.me))
    ):
        raise NotFound


def day_context(visit: ParticipantVisit, day: date, form: Form | None = None) -> dict[str, Any]:
    tr = visit.tr
    way = way_of(form, day, visit.request.query_params.get("from"))
    return {
        "day": day,
        "path": f"/day/{day.isoformat()}",
        "eyebrow": day_eyebrow(day, window_of(visit).today, tr),
        "idem": uuid4().hex,
        "way": way,
        "back": way.back(tr),
        "title": f"Daybook, {tr.day_inline(day, 'd MMMM')}",
    }


def read_only(visit: ParticipantVisit, day: date, record: DayRecord, status: int = 200) -> Response:
    """A day as it stands: too long ago to change, or entered together with staff."""
    tr = visit.tr
    context = {
        **day_context(visit, day),
        "doses": [
            dose_words(one.taken, one.at, one.reason, tr, visit.me.timezone) for one in record.doses
        ],
        "drinks": drinks_lines(record.drinks, tr) if record.drinks else [],
        "others": other_lines(record.others, tr, visit.me.timezone) if record.others else [],
        "too_old": day < window_of(visit).first,
    }
    return page(visit.request, "diary/day.html", context, status)
