"""One participant's specimens: what each week has, a new one, why one is not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import Response

from app.clock import local_day
from app.instruments.loader import load_instrument
from app.named import PublicId
from app.specimens import queries, service
from app.specimens.forms import (
    RESULT,
    MissingForm,
    SpecimenForm,
    VoidForm,
    days,
    named,
    results,
    why_unusable,
)
from app.specimens.queries import Specimen, WeekOf
from app.specimens.service import Given, There
from app.specimens.words import LEFT, NOT_GIVEN, RESULTS, UNUSABLE, WHY_UNUSABLE
from app.staff.frame import staff_page
from app.visit.gate import for_staff
from app.visit.roles import ENTERS_SPECIMENS, READS_RECORDS
from app.visit.scope import ScopedParticipant, participant_for
from app.visit.visits import StaffVisit
from app.web.errors import NotFound
from app.web.forms import Form, check
from app.web.pages import see_other

router = APIRouter()
ONE = "/participants/{public_id}/specimens"


@dataclass(frozen=True)
class _Here:
    """The page of one participant."""

    visit: StaffVisit
    who: ScopedParticipant
    given: list[Specimen]
    weeks: list[WeekOf]
    today: date

    @classmethod
    def at(cls, visit: StaffVisit, public_id: str) -> "_Here":
        who = participant_for(visit.session, visit.me, public_id)
        today = local_day(visit.now, who.timezone)
        given = queries.specimens(visit.session, who.id)
        plan = visit.protocol
        weeks = queries.weeks(visit.session, who.id, given, plan, who.timezone, today)
        return cls(visit, who, given, weeks, today)

    @property
    def path(self) -> str:
        return f"/participants/{self.who.public_id}/specimens"

    @property
    def panel(self) -> tuple[str, ...]:
        return self.visit.protocol.specimens.panel

    def page(
        self, errors: Mapping[str, str] | None = None, form: Form | None = None, status: int = 200
    ) -> Response:
        visit, tr = self.visit, self.visit.tr
        substances = load_instrument("substances").lists["substances"]
        labels = {one.code: one.label.say(tr.lang) for one in substances}
        plan = visit.protocol.specimens
        context: dict[str, Any] = {
            "nav": "participants",
            "who": self.who,
            "path": self.path,
            "weeks": self.weeks,
            "given": self.given,
            "labels": labels,
            "panel": [(RESULT + code, labels.get(code, code)) for code in self.panel],
            "choices": [(key, tr(word)) for key, word in RESULTS.items()],
            "unusable": [(key, tr(word)) for key, word in UNUSABLE.items()],
            "why_unusable": {key: tr(word) for key, word in WHY_UNUSABLE.items()},
            "not_given": [(key, tr(word)) for key, word in NOT_GIVEN.items()],
            "reasons": {**{k: tr(word) for k, word in NOT_GIVEN.items()}, "left": tr(LEFT)},
            "result_words": {**{k: tr(w) for k, w in RESULTS.items()}, "invalid": tr("not valid")},
            "open_weeks": [
                (str(one.week), tr("Week %(num)s", num=one.week))
                for one in self.weeks
                if not one.given
            ],
            "may_enter": visit.me.may(ENTERS_SPECIMENS),
            "warm": (tr.number(plan.from_celsius), tr.number(plan.until_celsius)),
            "form": form or Form({}),
            "errors": errors or {},
            "idem": uuid4().hex,
        }
        return staff_page(visit, "specimens/person.html", context, status)


@router.get(ONE)
@for_staff(READS_RECORDS)
def show_specimens(visit: StaffVisit, public_id: PublicId) -> Response:
    return _Here.at(visit, public_id).page()


@router.post(ONE)
@for_staff(ENTERS_SPECIMENS)
def enter(visit: StaffVisit, public_id: PublicId) -> Response:
    here, tr = _Here.at(visit, public_id), visit.tr
    asked = {RESULT + code for code in here.panel}
    plain = Form(
        {name: value for name, value in visit.form.fields.items() if name not in asked},
        token=visit.form.token,
        faults={name: text for name, text in visit.form.faults.items() if name not in asked},
    )
    checked = check(SpecimenForm, plain, tr, days(here.today))
    said, errors = checked.value, named(checked.errors, visit.form, tr)
    told = said.unusable if said else visit.form.one("unusable")
    plan = visit.protocol.specimens
    unusable = why_unusable(told, said.warmth if said else None, plan)
    read, wrong = results(visit.form, here.panel, tr)
    if not unusable:
        errors |= wrong
    zone = here.who.timezone
    if said and said.given_at(zone) > visit.now:
        errors["given_time"] = tr("This time is still to come.")
    elif said and said.read_at(zone) < said.given_at(zone):
        errors["read_time"] = tr("It was read after it was given.")
    if said is None or errors:
        return here.page(errors, visit.form, 422)
    given = Given(
        said.given_at(zone),
        said.read_at(zone),
        {**dict.fromkeys(here.panel, "invalid"), **read},
        said.warmth,
        said.lot,
        unusable,
    )
    try:
        outcome = service.enter(visit.session, visit.me, here.who.id, given, visit.now)
    except There:
        same = any(one.at == given.at and one.counts for one in here.given)
        if same and _as_entered(here, given):
            return see_other(here.path, "same")
        errors = {"given_time": tr("A specimen of this moment is on record already.")}
        return here.page(errors, visit.form, 409)
    return see_other(here.path, "alert_raised" if outcome.worst else "saved")


def _as_entered(here: _Here, given: Given) -> bool:
    """Whether the very same stands there: the form was sent twice."""
    wanted = dict.fromkeys(given.results, "invalid") if given.unusable else dict(given.results)
    return any(
        one.at == given.at and dict(one.results) == wanted and one.read_at == given.read_at
        for one in here.given
    )


@router.post(f"{ONE}/missing")
@for_staff(ENTERS_SPECIMENS)
def explain(visit: StaffVisit, public_id: PublicId) -> Response:
    """Why nothing was given in a week."""
    here = _Here.at(visit, public_id)
    checked = check(MissingForm, visit.form, visit.tr)
    errors = named(checked.errors, visit.form, visit.tr)
    said = checked.value
    if said is not None and said.week not in {one.week for one in here.weeks if not one.given}:
        errors["week"] = visit.tr("Choose one of the answers shown.")
    if said is None or errors:
        return here.page(errors, visit.form, 422)
    new = service.explain(
        visit.session, visit.me, here.who.id, said.week, said.not_given, visit.now
    )
    return see_other(here.path, "saved" if new else "same")


@router.post(f"{ONE}/void")
@for_staff(ENTERS_SPECIMENS)
def void(visit: StaffVisit, public_id: PublicId) -> Response:
    """An entry was wrong; the right one is entered anew."""
    here = _Here.at(visit, public_id)
    checked = check(VoidForm, visit.form, visit.tr)
    errors = named(checked.errors, visit.form, visit.tr)
    if checked.value is None:
        return here.page(errors, visit.form, 422)
    said = checked.value
    done = service.void(visit.session, visit.me, here.who.id, said.specimen, said.reason, visit.now)
    if done is None:
        raise NotFound
    return see_other(here.path, "taken_out" if done else "same")
