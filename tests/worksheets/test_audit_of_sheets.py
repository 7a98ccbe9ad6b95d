"""What the audit trail says of each act on a worksheet: which act, about what, and what changed."""

import pytest

from app.models.audit import AuditEntry
from app.models.people import Participant
from app.models.worksheets import Assignment, Worksheet, WorksheetComment, WorksheetCopy
from tests.cast import NOW
from tests.diary.rows import rows
from tests.worksheets.sheets import add, assign, shared
from tests.worksheets.test_staff_pages import public


@pytest.fixture
def audited(database):
    """The entries about sheets that came since it was asked last, without those of the test."""
    seen = []

    def new():
        found = [one for one in rows(database, AuditEntry) if one.action.startswith("worksheet.")]
        fresh = found[len(seen) :]
        seen.extend(fresh)
        return [(e.action, e.subject_kind, e.subject_id, e.changes) for e in fresh]

    return new


def test_beginning_a_sheet_says_which_one_and_what_it_answers(anna, database, cast, audited):
    task = assign(database, cast.anna, cast.petrova, "values")
    for number, (key, answers) in enumerate([("values", task), ("sleep", None)], 1):
        anna.post(f"/worksheets/about/{key}", {"idem": key})
        changes = {"sheet": [None, key], "assignment": [None, answers]}
        assert audited() == [("worksheet.start", "worksheet", number, changes)]


def test_putting_away_and_bringing_back_are_each_an_entry_of_their_own(
    anna, database, cast, audited
):
    anna.post("/worksheets/about/values", {"idem": "values"})
    path = f"/worksheets/{public(database, Worksheet, 1)}"
    audited()
    for way, action, change in [
        ("put-away", "worksheet.remove", [False, True]),
        ("bring-back", "worksheet.bring_back", [True, False]),
    ]:
        for _ in range(2):  # the second changes nothing and says nothing
            anna.post(f"{path}/{way}")
        assert audited() == [(action, "worksheet", 1, {"removed": change})]


def test_reading_comments_says_which_were_read(anna, database, cast, audited):
    made = shared(database, cast.anna, "values")
    (copy,) = rows(database, WorksheetCopy)
    said = [
        add(
            database,
            WorksheetComment(
                worksheet_id=made, copy_id=copy.id, staff_id=cast.petrova, at=NOW, text=text
            ),
        )
        for text in ("One", "Two")
    ]
    for _ in range(2):
        anna.post(f"/worksheets/{public(database, Worksheet, made)}/read")
    assert audited() == [("worksheet.read", "worksheet", made, {"read": [None, said]})]


def test_withdrawing_says_which_request_and_when(petrova, database, cast, audited):
    task = assign(database, cast.anna, cast.petrova, "values")
    path = f"/participants/{public(database, Participant, cast.anna)}/worksheets/withdraw"
    for _ in range(2):
        petrova.post(path, {"assignment": public(database, Assignment, task)})
    changes = {"withdrawn_at": [None, NOW.isoformat()], "sheets": [["values"], None]}
    assert audited() == [("worksheet.withdraw", "assignment", task, changes)]
