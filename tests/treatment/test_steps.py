"""A session moved, cancelled, recorded: each step once and from how it stands."""

from datetime import timedelta

import pytest

from app import audit, turns
from app.appointments.queries import attendance, next_session
from app.audit import SYSTEM, Subject
from app.models.counseling import CounselingSession
from tests.cast import NOW
from tests.treatment.conftest import AT, MOVE, TODAY, add_session, events


def test_a_move_is_a_version_and_says_who_asked(office):
    office.plan()
    assert office.step("move", **MOVE, asked_by="participant").status_code == 303
    one = office.one
    assert (one.at.isoformat(), one.minutes, one.place) == (
        "2026-11-26T12:30:00+00:00",
        30,
        "phone",
    )
    assert (one.version, one.moved) == (1, True)
    (entry,) = office.audited("session.move")
    assert entry.reason == "participant"
    assert entry.changes["at"] == [AT.isoformat(), one.at.isoformat()]
    page = office.get(office.path).text
    assert "the participant asked for it" in page and "Moved to 26 Nov, 15:30" in page


def test_a_move_changes_the_week_of_the_study(office):
    office.plan()
    office.step("move", **{**MOVE, "day": "2026-12-07"}, asked_by="clinic")
    assert office.one.week == 3


@pytest.mark.parametrize("step", ["move", "cancel"])
@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=3)])
def test_what_has_begun_is_neither_moved_nor_cancelled(office, database, cast, step, ago):
    add_session(database, cast.anna, NOW - ago)
    more = MOVE if step == "move" else {}
    answer = office.step(step, **more, asked_by="clinic")
    assert answer.status_code == 422 and "The session has begun." in answer.text
    assert (office.one.version, office.one.cancelled_at) == (0, None)
    page = office.get(office.path).text
    assert f"{office.path}/{step}" not in page and f"{office.path}/attendance" in page


def test_a_minute_before_it_begins_a_session_is_still_cancelled(office, database, cast):
    add_session(database, cast.anna, NOW + timedelta(minutes=1))
    assert office.step("cancel", asked_by="clinic").status_code == 303


def test_a_move_waits_for_its_turn_before_it_looks_who_is_in_the_way(
    office, database, cast, monkeypatch
):
    """Whoever had the turn before has just taken the hour."""
    office.plan()
    real, taken = turns.of_site, []

    def turn(session, site):
        real(session, site)
        if not taken:
            taken.append(True)
            at = AT + timedelta(days=1, hours=3, minutes=30)
            session.add(CounselingSession(participant_id=cast.anna, at=at, week=1))
            audit.record(session, SYSTEM, "test.other", Subject("site", cast.site), now=NOW)

    monkeypatch.setattr(turns, "of_site", turn)
    answer = office.step("move", **MOVE, asked_by="clinic")
    assert answer.status_code == 422 and "There is a session already" in answer.text


def test_a_move_may_overlap_the_time_it_gives_up(office):
    office.plan()
    answer = office.step(
        "move", **{**MOVE, "day": "2026-11-25", "time": "12:20"}, asked_by="clinic"
    )
    assert answer.status_code == 303


@pytest.mark.parametrize("step", ["move", "cancel"])
def test_a_step_needs_to_say_who_asked(office, step):
    office.plan()
    more = MOVE if step == "move" else {}
    answer = office.step(step, **more)
    assert answer.status_code == 422 and "Choose who asked for it." in answer.text
    assert office.one.version == 0


def test_a_refused_move_keeps_everything_that_was_typed(office):
    office.plan()
    answer = office.step("move", **{**MOVE, "minutes": "5"}, asked_by="clinic")
    assert answer.status_code == 422 and "Must be at least 10." in answer.text
    for typed in ('value="2026-11-26"', 'value="15:30"', 'value="5"', 'value="phone" checked'):
        assert typed in answer.text
    assert answer.text.count('value="clinic" checked') == 1


@pytest.mark.parametrize(
    ("step", "more"),
    [("move", {**MOVE, "asked_by": "clinic"}), ("cancel", {"asked_by": "clinic"})],
)
def test_a_step_sent_twice_is_taken_once(office, step, more):
    office.plan()
    for _ in range(2):
        assert office.post(f"{office.path}/{step}", {"version": "0", **more}).status_code == 303
    assert office.one.version == 1 and len(office.audited(f"session.{step}")) == 1


def test_a_step_after_somebody_elses_is_refused_and_shows_how_it_stands(office, cast):
    office.plan()
    other = office.as_(cast.orlova)
    other.step("move", **MOVE, asked_by="clinic")
    for step, more in [
        ("move", {**MOVE, "time": "16:00", "asked_by": "clinic"}),
        ("cancel", {"asked_by": "clinic"}),
    ]:
        answer = office.post(f"{office.path}/{step}", {"version": "0", **more})
        assert answer.status_code == 409
        assert "Somebody changed this session" in answer.text and "15:30" in answer.text
    assert office.one.version == 1 and office.one.cancelled_at is None


def test_a_cancelled_session_is_nobodys_absence(office, database, cast):
    office.plan()
    assert office.step("cancel", asked_by="participant").status_code == 303
    one = office.one
    assert (one.state, one.version, one.attended) == ("cancelled", 1, None)
    assert (
        office.post(f"{office.path}/attendance", {"came": "no", "version": "1"}).status_code == 422
    )
    with database.read() as session:
        assert next_session(session, cast.anna, NOW) is None
        found = attendance(session, cast.anna, NOW)
    assert (found.held, found.not_attended, found.cancelled, found.planned, found.due) == (
        0, 0, 1, 0, 0,
    )  # fmt: skip
    assert events(office) == []


@pytest.mark.parametrize(("came", "attended"), [("yes", True), ("no", False)])
def test_attendance_is_recorded_once_the_session_has_begun(office, came, attended):
    office.begun()
    assert office.step("attendance", came=came).status_code == 303
    assert office.one.attended is attended
    assert events(office) == [(NOW, attended)]
    assert office.step("attendance", came=came).status_code == 303
    assert len(office.audited("session.attendance")) == 1
    other = "no" if attended else "yes"
    assert office.step("attendance", came=other).status_code == 409
    assert office.one.attended is attended


def test_nobody_is_marked_before_the_session_begins(office):
    office.plan(day=str(TODAY), time="09:01")
    answer = office.step("attendance", came="no")
    assert answer.status_code == 422 and "has not begun yet" in answer.text
    assert "Did the participant come?" not in office.get(office.path).text


def test_a_wrong_mark_is_taken_back(office):
    office.begun().step("attendance", came="no")
    assert office.step("attendance/undo", was="yes").status_code == 409
    assert office.step("attendance/undo", was="no").status_code == 303
    assert office.one.state == "planned" and events(office) == []
    assert office.step("attendance/undo", was="no").status_code == 303
    assert [row.changes["attended"] for row in office.audited("session.attendance%")] == [
        [None, False], [False, None],
    ]  # fmt: skip
