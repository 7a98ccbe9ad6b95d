"""«Please call me»: the one thing a participant can ask of the clinic, and take back.

It is no conversation: there is nothing to write and nothing to read but when a call can be
expected.
"""

from datetime import date
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.i18n import N_, Translator
from app.protocol.model import WorkingHours
from app.sent.once import Entry, on_to, once
from app.visit.gate import for_participants
from app.visit.visits import ParticipantVisit
from app.web.forms import FormModel, check
from app.web.pages import page, see_other
from app.worklist import queries, service
from app.worklist.due import due_of
from app.worklist.tell import tell_of

router = APIRouter()
PATH = "/call-me"
KIND = "call_me"
NO_FIELD = N_("This page has no such field.")


class NothingForm(FormModel):
    """Asking for a call says nothing besides."""


@router.get(PATH)
@for_participants
def call_me(visit: ParticipantVisit) -> Response:
    return _page(visit)


def _page(
    visit: ParticipantVisit, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    me, hours = visit.me, visit.protocol.working_hours
    asked = queries.open_call(visit.session, me.id)
    context = {
        "asked": asked,
        "by": asked.due_at if asked else due_of(KIND, visit.now, hours, me.site_timezone),
        "days": _days(hours, visit.tr),
        "hours": f"{hours.from_hour:02}:00–{hours.until_hour:02}:00",
        "elsewhere": str(me.timezone) != me.site_timezone,
        "errors": errors or {},
        "idem": uuid4().hex,
        "back": ("/help", visit.tr("Help")),
    }
    return page(visit.request, "worklist/call_me.html", context, status)


def _days(hours: WorkingHours, tr: Translator) -> str:
    """«Mon–Fri», or each day by its name."""
    days = sorted(hours.weekdays)
    # The first of January 2024 was a Monday.
    names = [tr.day_inline(date(2024, 1, number), "EEE") for number in days]
    in_a_row = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    return f"{names[0]}–{names[-1]}" if in_a_row else ", ".join(names)


@router.post(PATH)
@for_participants
def ask(visit: ParticipantVisit) -> Response:
    """One open task a person, however often they ask."""

    def tell(_earlier: object) -> Entry | Response:
        checked = check(NothingForm, visit.form, visit.tr)
        if checked.value is None:
            return _page(visit, {"": visit.tr(NO_FIELD)} | visit.form.said(visit.tr), 422)
        asked = queries.open_call(visit.session, visit.me.id)
        if asked is not None:
            return Entry(asked.id, PATH, "same")
        return Entry(_asked(visit), PATH, "call_asked")

    return once(visit, "task", PATH, tell, on_to(PATH))


def _asked(visit: ParticipantVisit) -> int:
    me, now = visit.me, visit.now
    due = due_of(KIND, now, visit.protocol.working_hours, me.site_timezone)
    made = service.make_task(
        visit.session, KIND, me.id, due, episode=uuid4().hex, actor=me.actor, now=now
    )
    tell_of(visit.session, me.site_id, {made.public_id: made.counselor_id}, now)
    return made.id


@router.post(f"{PATH}/back")
@for_participants
def take_back(visit: ParticipantVisit) -> Response:
    """They need no call any more; the task ends with that."""
    checked = check(NothingForm, visit.form, visit.tr)
    if checked.value is None:
        return _page(visit, {"": visit.tr(NO_FIELD)} | visit.form.said(visit.tr), 422)
    asked = queries.open_call(visit.session, visit.me.id)
    if asked is None:
        return see_other(PATH, "same")
    service.close(visit.session, visit.me.actor, asked.id, asked.version, "taken_back", visit.now)
    return see_other(PATH, "call_taken_back")
