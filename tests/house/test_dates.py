"""No date of a form is taken without its limits, and no address with a day in it falls over.

The forms are found by their models, so that a new date cannot be forgotten.
"""

import importlib
import pkgutil
import re
from datetime import UTC, date, datetime

import pytest
from fastapi.routing import iter_route_contexts

import app as package
from app.models.counseling import CounselingSession
from app.models.people import Participant, Staff
from app.web.forms import FormModel
from app.web.limits import date_fields
from tests.adverse.test_adverse import JUDGED
from tests.browser import hidden
from tests.house.tables import digest
from tests.locks.test_locks import VISIT
from tests.specimens.test_specimens import GIVEN as SPECIMEN
from tests.treatment.conftest import FULL, ONCE, Desk, Office, add_session
from tests.worklist.test_worklist import task_about

FAR = ("0001-01-01", "1926-11-23", "2126-11-23", "9999-12-31")
ENROLMENT = {
    "sex": "male",
    "timezone": "Europe/Moscow",
    "language": "ru",
    "name": "Somebody",
    "phone": "+7 911 765-43-21",
}
# Year and month of a day, or a sentence that says how far from today it may be.
NAMES_THE_LIMIT = re.compile(
    r"20\d\d\.|within a year|is over|not over yet|after this session"
    r"|since the enrolment|up to today|two months"
)


def models(base=FormModel):
    for one in base.__subclasses__():
        if one.__module__.startswith("app."):
            yield one
        yield from models(one)


def dated() -> dict[str, set[str]]:
    """Every model of a form with a date that is not the diary's own."""
    for module in pkgutil.walk_packages(package.__path__, "app."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = [(one.__name__, date_fields(one) - one.diary_days) for one in models()]
    return {name: fields for name, fields in found if fields}


@pytest.fixture
def forms(people, database, cast, clock):
    """Model to (who, path, sound form, end of the error's id)."""
    with database.read() as session:
        anna = session.get(Participant, cast.anna).public_id
        petrova = session.get(Staff, cast.petrova).public_id
        sokolov = session.get(Staff, cast.sokolov).public_id
    counselor, base = people["counselor"], f"/participants/{anna}"
    Office(counselor, database, cast, clock).plan(day="2026-11-25")
    add_session(database, cast.anna, datetime(2026, 11, 23, 5, tzinfo=UTC))
    office = _OfTheFirst(counselor, database, cast, clock)
    desk = Desk(office)
    assert desk.send("close", next_on="").status_code == 303
    former = hidden(desk.get("/amend"), "former")
    amend = f"{base}/sessions{desk.path}/amend"
    amended = {**FULL, "former": former, "reason": "A topic was left out."}
    draft = add_session(database, cast.anna, datetime(2026, 11, 23, 4, tzinfo=UTC))
    with database.read() as session:
        draft_id = session.get(CounselingSession, draft).public_id
        planned = next(one for one in office.all if one.at.day == 25)
    moved = {**ONCE, "asked_by": "clinic", "version": "0"}
    del moved["repeat"]
    enrolled = {**ENROLMENT, "code": "DB-077", "counselor": petrova}
    reason = {"reason": "said by phone"}
    task = task_about(database, cast, cast.anna)
    event = people["coordinator"].post(f"{base}/adverse", JUDGED).headers["location"]
    return {
        "EnrolForm": ("coordinator", "/participants/new", enrolled, ""),
        "FirstDoseForm": ("coordinator", f"{base}/first-dose", reason, ""),
        "HoldForm": ("investigator", f"{base}/hold", {**reason, "from_day": "2026-11-23"}, ""),
        "AlertListForm": (
            "admin",
            f"/site/alert-list/{sokolov}",
            {"absent_from": "2026-11-23"},
            f"-{sokolov}",
        ),
        "PlanForm": ("counselor", f"{base}/sessions", ONCE, ""),
        "MoveForm": ("counselor", f"{base}/sessions/{planned.public_id}/move", moved, ""),
        "NoteForm": ("counselor", f"{base}/sessions/{draft_id}/note", {**FULL, "seen": ""}, ""),
        "AmendForm": ("counselor", amend, amended, ""),
        "ReviewForm": ("investigator", "/audit/reviews", REVIEW, ""),
        "WithdrawalForm": ("investigator", f"{base}/leaving/consent", {"scope": "all"}, ""),
        "EndForm": ("investigator", f"{base}/leaving/end", {"kind": "lost"}, ""),
        "StopForm": ("investigator", f"{base}/leaving/stop", {"scope": "all", **reason}, ""),
        "SpecimenForm": ("counselor", f"{base}/specimens", SPECIMEN, ""),
        "LockForm": ("data_manager", "/locks", VISIT, ""),
        "CallForm": ("counselor", f"/worklist/{task.public_id}/call", CALLED, ""),
        "EventForm": ("coordinator", f"{base}/adverse", JUDGED, ""),
        "ReportForm": ("investigator", f"{event}/reported", REPORTED, ""),
    }


CALLED = {"outcome": "not_reached", "version": "1"}
REPORTED = {"clock": "sponsor", "reported_time": "08:30"}


REVIEW = {"from_day": "2026-11-01", "until_day": "2026-11-22", "scope": "all", "finding": "none"}


class _OfTheFirst(Office):
    """The session of this morning, whatever else is planned."""

    @property
    def one(self):
        return next(one for one in self.all if one.at.day == 23)


def test_a_date_far_from_today_is_an_error_at_its_field_and_names_the_limit(
    people, forms, database
):
    wanted = dated()
    wanted.pop("SlotForm")  # the base of two forms, sent by neither
    assert wanted.keys() == forms.keys(), "a form with a date that this test does not send"
    before = _written(database)
    for name, fields in wanted.items():
        who, path, sound, tail = forms[name]
        for field in fields:
            for day in FAR:
                answer = people[who].post(path, {**sound, field: day})
                about = (name, field, day)
                assert answer.status_code == 422, about
                said = re.search(f'id="e-{field}{tail}">.*?</span>(.*?)</p>', answer.text)
                assert said and NAMES_THE_LIMIT.search(said[1]), about
                assert f'value="{day}"' in answer.text, about
    assert _written(database) == before


def _written(database):
    """Everything but the marks of who looked at what."""
    return digest(database, without=["auth_session", "audit_entry"])


def test_a_date_out_of_the_ordinary_is_taken_once_its_tick_says_so(people, forms, database):
    """The tick is good for one day of one field: another day is asked back again."""
    unusual = {
        "EnrolForm": ("first_dose_on", "2026-11-20", "2026-11-19"),
        "FirstDoseForm": ("first_dose_on", "2027-02-01", "2026-11-20"),
        "HoldForm": ("from_day", "2026-11-20", "2027-02-01"),
    }
    for name, (field, day, other) in unusual.items():
        who, path, sound, _ = forms[name]
        for first in (day, other):
            asked = people[who].post(path, {**sound, field: first})
            assert asked.status_code == 422 and f'id="e-{field}"' in asked.text, name
            assert "Is that right?" in asked.text and " checked" not in _box(asked.text, field)
            for kept in (sound | {field: first}).values():
                assert kept in asked.text or kept.replace("+", "&#43;") in asked.text, (name, kept)
        form = {**sound, field: day, "sure": f"{field}:{other}"}
        assert people[who].post(path, form).status_code == 422, name
        form["sure"] = re.search('value="([^"]*)"', _box(asked.text, field))[1]
        form[field] = other
        short = people[who].post(path, {**form, "reason": "", "phone": ""})
        assert short.status_code == 422 and " checked" in _box(short.text, field), name
        assert "Is that right?" not in short.text
        assert people[who].post(path, form).status_code == 303, name


def _box(html: str, field: str) -> str:
    return re.search(f'<input type="checkbox" id="f-sure-{field}"[^>]*>', html)[0]


def test_a_first_dose_of_today_or_the_next_weeks_is_not_asked_back(people, forms):
    who, path, sound, _ = forms["EnrolForm"]
    for number, day in enumerate(("2026-11-23", "2026-12-21")):
        form = {**sound, "code": f"DB-08{number}", "first_dose_on": day}
        assert people[who].post(path, form).status_code == 303
    early = people[who].post(path, {**sound, "first_dose_on": "2026-11-08"})
    assert "Choose a day from 9 November 2026 to 24 November 2027." in early.text


def test_no_address_with_a_day_in_it_falls_over(app, people, database, cast):
    """At the ends of the calendar there is no day before, or none after."""
    with database.read() as session:
        anna = session.get(Participant, cast.anna).public_id
    tried = 0
    for route in _routes(app):
        for day in ("0001-01-01", "9999-12-31", str(date(2026, 11, 23))):
            path = route.replace("{day}", day).replace("{public_id}", anna)
            if "{" in path:
                continue
            for who in people.values():
                for query in ("", f"?until={day}&day={day}&before={day}&fill=1&from=fill"):
                    assert who.get(path + query).status_code < 500, (path, query)
                    tried += 1
    assert tried > 50


def _routes(app):
    """Pages whose address or query holds a day."""
    for route in iter_route_contexts(app.routes):
        hints = map(str, route.endpoint.__annotations__.values())
        if "GET" in (route.methods or ()) and any(re.search(r"datetime\.date\b", h) for h in hints):
            yield str(route.path)
