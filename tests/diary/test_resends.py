"""A form that is sent twice says one thing, also where it said nothing new."""

import pytest

from app.models.audit import AuditEntry
from app.models.diary import Dose, DrinkDay, Submission, SubstanceDay
from tests.diary.rows import rows

DAY = "/day/2026-11-22"
CASES = {
    "drinks": (DAY, {"n:beer:500:5": "2"}, {"n:beer:500:5": "3"}, DrinkDay),
    "substances": (f"{DAY}/other", {"none": "1"}, {"substance": "cannabis"}, SubstanceDay),
    "dose": (
        "/today/dose",
        {"answer": "taken", "day": "2026-11-22"},
        {"answer": "not_taken", "day": "2026-11-22"},
        Dose,
    ),
}


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.req("R7")
def test_a_resend_of_what_changed_nothing_does_not_undo_a_later_answer(anna, database, kind):
    path, first, later, model = CASES[kind]
    anna.post(path, {**first, "idem": "a1"})
    anna.post(path, {**first, "idem": "a2"})
    anna.post(path, {**later, "idem": "a3"})
    again = anna.post(path, {**first, "idem": "a2"})
    assert again.status_code == 303
    assert len(rows(database, model)) == 2
    assert [row.token for row in rows(database, Submission)] == ["a1", "a2", "a3"]


def test_the_same_answer_on_a_new_form_is_on_record_and_changes_no_entry(anna, database):
    path, answer, _, model = CASES["drinks"]
    anna.post(path, {**answer, "idem": "a1"})
    anna.post(path, {**answer, "idem": "a2"})
    [entry] = rows(database, model)
    actions = [one for one in rows(database, AuditEntry) if one.subject_kind == "drinks"]
    assert [(one.action, one.subject_id) for one in actions] == [
        ("drinks.add", entry.id),
        ("drinks.same", entry.id),
    ]
