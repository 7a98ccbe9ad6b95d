"""Whom to call: made once for each episode, seen in scope, called about, handed over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit import SYSTEM, system
from app.models.people import STAFF
from app.models.worklist import KINDS, TASK, TASK_STEP
from app.worklist import service, words
from tests.browser import hidden
from tests.browser import words as seen
from tests.cast import NOW


def task_about(database, cast, who, kind="quiet", episode="2026-11-20", **more):
    with database.write() as session:
        return service.make_task(
            session,
            kind,
            who,
            NOW + timedelta(hours=4),
            episode=episode,
            actor=system(cast.site),
            now=NOW,
            **more,
        )


def row(database, public_id):
    with database.read() as session:
        return session.execute(select(TASK).where(TASK.c.public_id == public_id)).one()


def test_every_kind_has_its_words():
    assert set(words.KINDS) == set(words.WHY) == set(KINDS)
    assert set(words.CHOICES) <= set(words.OUTCOMES)


def test_an_episode_makes_one_task_and_its_counselor_calls(database, cast):
    first = task_about(database, cast, cast.anna, rule="worklist.quiet")
    again = task_about(database, cast, cast.anna)
    assert (again.public_id, again.new) == (first.public_id, False)
    assert task_about(database, cast, cast.anna, episode="2026-11-21").new
    made = row(database, first.public_id)
    assert (made.owner_id, made.site_id, made.rule) == (cast.petrova, cast.site, "worklist.quiet")


def test_each_sees_the_tasks_of_whom_they_care_for(database, cast, petrova, orlova):
    anna = task_about(database, cast, cast.anna)
    boris = task_about(database, cast, cast.boris)
    vera = task_about(database, cast, cast.vera)
    for _ in range(2):
        for browser, own in ((petrova, {anna}), (orlova, {anna, boris})):
            for show in ("open", "closed"):
                page = browser.get(f"/worklist?show={show}").text
                found = {one for one in (anna, boris, vera) if one.public_id in page}
                assert found in (own, set())
        # And once all of them are closed.
        with database.write() as session:
            for one in (anna, boris, vera):
                stands = row(database, one.public_id)
                service.close(session, SYSTEM, stands.id, 1, "told_again", NOW)
    assert petrova.get(f"/worklist/{boris.public_id}").status_code == 404
    assert orlova.get(f"/worklist/{vera.public_id}").status_code == 404


def call(browser, one, **fields):
    page = browser.get(f"/worklist/{one.public_id}")
    said = {"version": hidden(page, "version"), **fields}
    return browser.post(f"/worklist/{one.public_id}/call", said)


def test_nobody_reached_is_tried_again_and_reached_is_the_end(database, cast, petrova):
    one = task_about(database, cast, cast.anna)
    again = call(petrova, one, outcome="not_reached", again_on="2026-11-24", note="Rang out")
    assert again.status_code == 303
    stands = row(database, one.public_id)
    assert stands.closed_at is None and stands.due_at > NOW + timedelta(hours=20)
    assert call(petrova, one, outcome="reached").status_code == 303
    stands = row(database, one.public_id)
    assert (stands.outcome, stands.closed_by) == ("reached", cast.petrova)
    page = petrova.get(f"/worklist/{one.public_id}")
    assert "Rang out" in seen(page) and "What came of the call" not in seen(page)
    with database.read() as session:
        assert len(session.execute(select(TASK_STEP)).all()) == 2


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, "outcome"),
        ({"outcome": "not_reached"}, "again_on"),
        ({"outcome": "wrong_number"}, "again_on"),
        ({"outcome": "not_reached", "again_on": "2026-11-01"}, "again_on"),
        ({"outcome": "not_needed"}, "note"),
        ({"outcome": "told_again"}, "outcome"),
    ],
)
def test_what_an_outcome_asks_for_is_named_and_kept(database, cast, petrova, fields, named):
    one = task_about(database, cast, cast.anna)
    page = call(petrova, one, **fields)
    assert page.status_code == 422
    assert f'id="e-{named}"' in page.text
    assert row(database, one.public_id).version == 1


def test_two_who_call_at_once_do_not_overwrite_each_other(database, cast, petrova, orlova):
    one = task_about(database, cast, cast.anna)
    assert call(petrova, one, outcome="reached").status_code == 303
    late = orlova.post(
        f"/worklist/{one.public_id}/call", {"version": "1", "outcome": "no_calls", "note": "mine"}
    )
    assert late.status_code == 409 and "This task changed" in seen(late)
    assert row(database, one.public_id).outcome == "reached"


def test_a_task_is_handed_to_somebody_who_sees_the_person(database, cast, petrova):
    one = task_about(database, cast, cast.anna)
    page = petrova.get(f"/worklist/{one.public_id}")
    assert "Maria Orlova" in seen(page) and "Ivan Sokolov" not in seen(page)
    with database.read() as session:
        orlova = session.execute(
            select(STAFF.c.public_id).where(STAFF.c.id == cast.orlova)
        ).scalar_one()
        sokolov = session.execute(
            select(STAFF.c.public_id).where(STAFF.c.id == cast.sokolov)
        ).scalar_one()
    path = f"/worklist/{one.public_id}/owner"
    assert petrova.post(path, {"owner": sokolov, "version": "1"}).status_code == 422
    assert petrova.post(path, {"owner": orlova, "version": "1"}).status_code == 303
    assert row(database, one.public_id).owner_id == cast.orlova
