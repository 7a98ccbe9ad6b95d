"""The picture of a site: counted at night, of its own people alone; a crossed line is a task."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import audit
from app.audit import SYSTEM, Subject
from app.board import nightly, queries
from app.diary.service import About, record_dose
from app.models.board import BOARD
from app.models.trial import StudyEnd
from app.models.worklist import TASK
from app.protocol.loader import load_protocol
from tests.cast import NOW, staff_session


@pytest.fixture
def as_role(browser, database, cast, clock):
    def sign_in(who):
        return browser.signed_in(staff_session(database, who, clock()))

    return sign_in


def counted(database, site, now=NOW):
    return nightly.count(database, site, "Europe/Moscow", now).picture


def kept(database):
    with database.read() as session:
        return {row.site_id: row.content for row in session.execute(select(BOARD))}


def started(database, who, days=10):
    """A first dose so many days ago."""
    about = About(who, "Europe/Moscow", NOW.date() - timedelta(days=days), SYSTEM, NOW)
    with database.write() as session:
        record_dose(session, about, taken=True)


def test_before_a_first_dose_nobody_is_in_the_picture(database, cast):
    found = counted(database, cast.site, NOW + timedelta(days=1))
    assert (found.started, found.curve, found.enrolled) == (0, (), 2)
    assert [one.crossed_at for one in found.signals] == [None] * len(load_protocol().stopping)


def test_a_site_counts_its_own(database, cast):
    for who in (cast.anna, cast.boris, cast.vera):
        started(database, who)
    found, other = counted(database, cast.site), counted(database, cast.other_site)
    assert (found.started, other.started) == (2, 1)
    assert found.days == 2 * 10 and found.day == NOW.date() - timedelta(days=1)
    assert found.at_risk[0] == (0, 2) and found.in_treatment == 2


def test_the_night_keeps_one_picture_a_site_and_the_next_takes_its_place(database, cast):
    started(database, cast.anna)
    for moment in (NOW, NOW + timedelta(days=1)):
        found = nightly.look(database, moment)
        assert found is not None
        with database.write() as session:
            nightly.note(session, found, moment)
        assert nightly.look(database, moment + timedelta(hours=1)) is None
    assert {site: one["started"] for site, one in kept(database).items()}[cast.site] == 1
    assert kept(database)[cast.site]["day"] == NOW.date().isoformat()


def test_a_line_that_is_crossed_makes_one_task_for_whoever_decides(
    database, cast, monkeypatch, as_role
):
    for number, who in enumerate((cast.anna, cast.boris)):
        started(database, who, 10 - number)
    monkeypatch.setattr(
        queries, "had", lambda session, site: {"reaction": {cast.anna, cast.boris, cast.vera}}
    )
    plan = load_protocol()
    soon = replace(plan, stopping=(replace(plan.stopping[0], least=2),))
    monkeypatch.setattr(nightly, "protocol_in_force", lambda session, site, now: soon)
    for day in range(3):
        now = NOW + timedelta(days=day)
        with database.write() as session:
            nightly.note(session, [nightly.count(database, cast.site, "UTC", now)], now)
    with database.read() as session:
        [task] = session.execute(select(TASK).where(TASK.c.kind == "boundary")).all()
    assert (task.participant_id, task.owner_id) == (cast.boris, cast.ivanova)
    page = as_role(cast.ivanova).get("/board")
    assert "at participant 2" in page.text and "A stopping line was crossed" in page.text


def test_the_page_is_for_who_runs_the_trial_and_names_nobody(database, cast, as_role):
    started(database, cast.anna)
    with database.write() as session:
        nightly.note(session, nightly.look(database, NOW), NOW)
    page = as_role(cast.orlova).get("/board")
    assert page.status_code == 200 and "1 of 60" not in page.text and "DB-003" not in page.text
    assert "6 of 8" in page.text and "at the soonest" in page.text
    assert as_role(cast.petrova).get("/board").status_code == 403


def test_an_empty_site_has_a_page(cast, as_role):
    page = as_role(cast.orlova).get("/board")
    assert page.status_code == 200 and "The trial is counted every night" in page.text


def test_nothing_is_expected_of_whoever_left(database, cast):
    started(database, cast.anna)
    left_on = NOW.date() - timedelta(days=6)
    with database.write() as session:
        end = StudyEnd(
            participant_id=cast.anna,
            kind="physician",
            scope="all",
            on_day=left_on,
            received_at=NOW,
        )
        session.add(end)
        audit.record(session, SYSTEM, "test.end", Subject("participant", cast.anna), now=NOW)
    found = counted(database, cast.site)
    assert (found.days, found.in_treatment, found.started) == (5, 0, 1)
    assert found.endings == {"physician all": 1}
    assert [(one.day, one.events, one.censored) for one in found.curve] == [(4, 0, 1)]
