"""A reason that a form asks for is found in the audit entry.

The watch of ``tests.reasons`` stands over every form of every test; here it is shown to bite, and
every field of every template that asks why is one that it watches.
"""

import re

import pytest
from fastapi import APIRouter
from sqlalchemy import insert

from app import audit
from app.audit import Subject
from app.models.diary import NOTE
from app.visit.gate import for_staff
from app.visit.roles import SETS_HOLDS
from app.visit.visits import StaffVisit
from app.web.pages import TEMPLATES_DIR, see_other
from tests import reasons
from tests.cast import staff_session

FIELD = re.compile(r'(?:name="|ui\.(?:textarea|field|select|choices)\(")(\w+)"')
# Fields with such a label are asked for a reason as well.
ASKS = re.compile(r"\b(?:[Rr]eason|[Ww]hy|[Bb]ecause)\b")


def test_every_field_that_asks_for_a_reason_has_a_name_that_is_watched():
    found, left = 0, []
    for path in sorted(TEMPLATES_DIR.rglob("*.html")):
        for line in path.read_text(encoding="utf-8").splitlines():
            labels = re.findall(r'(?:ui\.(?:textarea|field)\("(\w+)", _\("([^"]*)"\))', line)
            for name, label in labels:
                if ASKS.search(label):
                    found += 1
                    left += [] if reasons.NAMES.fullmatch(name) else [(path.name, name)]
            found += sum(bool(reasons.NAMES.fullmatch(one)) for one in FIELD.findall(line))
    assert left == [] and found >= 10


def route(reason_in: str):
    @for_staff(SETS_HOLDS)
    def forgets(visit: StaffVisit):
        """Stores something, and its reason where ``reason_in`` says."""
        given = visit.form.one("reason")
        row = {"participant_id": 1, "at": visit.now, "text": given}
        visit.session.execute(insert(NOTE), row)
        more = {"reason": given} if reason_in == "reason" else {}
        changes = {"text": [None, given]} if reason_in == "changes" else None
        audit.record(
            visit.session,
            visit.me.actor,
            "test.note",
            Subject("note", 1),
            now=visit.now,
            changes=changes,
            **more,
        )
        return see_other("/flags")

    return forgets


@pytest.mark.parametrize(("reason_in", "status"), [("", 500), ("reason", 303), ("changes", 303)])
@pytest.mark.req("R5")
def test_a_form_that_drops_its_reason_is_a_fault_wherever_it_is_sent(
    planted, database, cast, clock, reason_in, status
):
    router = APIRouter()
    router.add_api_route("/forgets", route(reason_in), methods=["POST"])
    with planted(router) as browser:
        mine = browser.signed_in(staff_session(database, cast.ivanova, clock()))
        assert (
            mine.post("/forgets", {"reason": "сказано «так»", "idem": "r1"}).status_code == status
        )
        assert mine.post("/forgets", {"reason": " ", "idem": "r2"}).status_code == 303
