"""From an empty database, by pages and services alone: enrolled, told, left, and what follows."""

import pytest

from app.flags.ticks import run_ticks
from app.models.flags import Flag
from app.models.people import Participant
from app.models.trial import ConsentWithdrawal, StudyEnd
from app.models.worklist import Task
from app.timeline.json_out import dump
from app.timeline.tables import read_timeline
from tests.browser import words
from tests.diary.rows import rows
from tests.empty import enrolled, opened

LEFT = "You have left the study"


@pytest.fixture
def house(database, clock):
    with opened(database, clock) as found:
        yield found


def standing(database):
    return {one.family: one for one in rows(database, Flag) if one.status != "resolved"}


def test_consent_taken_back_on_the_phone_does_all_that_follows(house, database, clock):
    home, phone = enrolled(house)
    phone.post("/today/dose", {"answer": "taken", "idem": "d1"})
    # Silence, until the team is alerted about it.
    clock.forward(days=4)
    with database.write() as session:
        run_ticks(session, clock())
    assert "DIA" in standing(database)
    phone.post("/lock", {"pin": "482913"})
    page = phone.get("/me/leaving")
    assert page.status_code == 200 and "Somebody of the study team calls once" in page.text
    assert phone.post("/me/leaving", {"scope": ""}).status_code == 422
    form = {"scope": "all", "why": "", "idem": "gone-1"}
    assert phone.post("/me/leaving", form).headers["location"] == "/me/leaving"
    again = phone.post("/me/leaving", form)
    assert again.status_code == 303, "the same form once more leads where it led"
    [withdrawn] = rows(database, ConsentWithdrawal)
    assert (withdrawn.scope, withdrawn.reason, withdrawn.entered_by) == ("all", "", None)
    # Entries close, kindly; help and the own record stay.
    refused = phone.post("/today/dose", {"answer": "taken", "idem": "d2"})
    assert refused.status_code == 403 and LEFT in refused.text
    assert "tel:88110000002" in refused.text and phone.get("/help").status_code == 200
    assert "all of the study" in phone.get("/me/leaving").text
    assert phone.get("/me/days").status_code == 200
    # Alerts about silence end, a call is asked for by a time, and a mail went out.
    assert set(standing(database)) == {"CON"}
    alert = standing(database)["CON"]
    assert alert.severity == "urgent" and alert.due_at > clock()
    calls = [one for one in rows(database, Task) if one.kind == "safety_call"]
    assert [one.due_at > clock() for one in calls] == [True]
    clock.forward(days=6)
    with database.write() as session:
        assert run_ticks(session, clock()) == 0
    assert set(standing(database)) == {"CON"}
    # Staff read how it ended and enter nothing more; the export tells of it.
    staff = house.desk("counselor")
    assert "By the participant’s own word" in words(staff.get(f"{home}/leaving"))
    assert "Withdrawn" in words(staff.get("/participants"))
    assert staff.get(f"{home}/told").status_code == 403
    assert house.desk("coordinator").post(f"{home}/invitation").status_code == 404
    with database.read() as session:
        data = dump(read_timeline(session, rows(database, Participant)[0].id))
    kinds = [one["kind"] for one in data["events"]]
    assert kinds[kinds.index("dose") :] == ["dose", "consent_withdrawn", "flag_resolved"]


def test_the_tablets_alone_end_and_the_diary_stays_open(house, database, clock):
    home, phone = enrolled(house)
    phone.post("/today/dose", {"answer": "not_taken", "idem": "d1"})
    clock.forward(days=1)
    phone.post("/lock", {"pin": "482913"})
    why = "It makes me dizzy."
    form = {"scope": "treatment", "why": why, "idem": "t1"}
    assert phone.post("/me/leaving", form).status_code == 303
    today = phone.get("/today")
    assert "No tablet is due any more" in today.text and 'name="answer"' not in today.text
    assert phone.post("/day/2026-11-23", {"none": "1", "idem": "n1"}).status_code == 303
    assert phone.post("/me/leaving", {**form, "idem": "t2"}).status_code == 303
    assert len(rows(database, ConsentWithdrawal)) == 1
    clock.forward(days=6)
    with database.write() as session:
        run_ticks(session, clock())
    assert set(standing(database)) == {"CON"}
    staff = house.desk("investigator")
    person = staff.get(home)
    assert "The treatment has ended." in person.text and "Lift the hold" not in person.text
    assert rows(database, Participant)[0].status == "active"


def test_a_wrong_entry_of_staff_is_undone_with_a_reason_and_counts_no_more(house, database, clock):
    home, phone = enrolled(house)
    coordinator = house.desk("coordinator")
    path = f"{home}/leaving"
    told = {"scope": "all", "on_day": "2026-11-23", "reason": ""}
    assert coordinator.post(f"{path}/consent", {**told, "on_day": "2026-11-24"}).status_code == 422
    assert coordinator.post(f"{path}/consent", told).status_code == 303
    assert coordinator.post(f"{path}/consent", told).status_code == 303
    assert LEFT in phone.get("/today").text
    [end] = rows(database, StudyEnd)
    assert coordinator.post(f"{path}/undo", {"end": end.id, "reason": " "}).status_code == 422
    undo = {"end": end.id, "reason": "It was told of somebody else."}
    assert coordinator.post(f"{path}/undo", undo).status_code == 303
    assert phone.post("/today/dose", {"answer": "taken", "idem": "d1"}).status_code == 303
    assert "It was told of somebody else." in words(coordinator.get(path))
    assert [one.closed_at for one in rows(database, Task)] == [clock()]
    clock.forward(days=6)
    with database.write() as session:
        run_ticks(session, clock())
    assert "DIA" in standing(database), "they are in the study, and their silence matters"
    with database.read() as session:
        kinds = [one.kind for one in read_timeline(session, end.participant_id).events]
    assert kinds.count("consent_withdrawn") == 1 and "void" in kinds


def test_somebody_is_lost_after_three_missed_sessions_and_not_before(house, database):
    home, _ = enrolled(house)
    form = {"kind": "lost", "ended_on": "2026-11-23"}
    refused = house.desk("coordinator").post(f"{home}/leaving/end", form)
    assert refused.status_code == 422 and "the protocol says 3" in words(refused)
    completed = house.desk("coordinator").post(f"{home}/leaving/end", {**form, "kind": "completed"})
    assert completed.status_code == 303
    assert "Completed" in words(house.desk("coordinator").get("/participants"))


def test_a_study_that_ends_ends_for_everybody_and_owes_each_a_call(house, database, clock):
    _, phone = enrolled(house)
    counselor, investigator = house.desk("counselor"), house.desk("investigator")
    form = {"sure": "1", "reason": "The sponsor stopped it."}
    assert house.desk("coordinator").post("/leaving/study", form).status_code == 403
    assert investigator.post("/leaving/study", {"reason": "x"}).status_code == 422
    assert investigator.post("/leaving/study", form).status_code == 303
    closed = phone.get("/today")
    assert "The study has ended for everybody" in words(closed)
    assert phone.post("/today/dose", {"answer": "taken"}).status_code == 403
    [end] = rows(database, StudyEnd)
    assert end.kind == "terminated"
    [task] = rows(database, Task)
    assert (task.kind, task.closed_at) == ("safety_call", None) and task.due_at > clock()
    assert "PS-001" in words(counselor.get("/worklist"))


def test_another_site_sees_nothing_of_who_has_left(house, database):
    home, _ = enrolled(house)
    investigator = house.desk("investigator")
    investigator.post("/leaving/study", {"sure": "1", "reason": "The sponsor stopped it."})
    assert "PS-001" in words(investigator.get("/leaving"))
    elsewhere = house.elsewhere("investigator")
    assert "PS-001" not in elsewhere.get("/leaving").text
    for path in ("leaving", "consent"):
        assert elsewhere.get(f"{home}/{path}").status_code == 404
