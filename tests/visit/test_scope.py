"""Whom staff reach: own caseload, own site, and nobody else, whatever the address says."""

import hashlib

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from app.models.people import PARTICIPANT, AuthSession, Participant, Staff
from app.visit.identity import StaffMe
from app.visit.scope import in_scope, participant_for
from app.web.errors import NotFound
from tests.cast import staff_session

# Whether the participants ANNA, BORIS (same site) and VERA (another site) exist for each of them.
REACH = {
    "petrova": {"anna"},
    "sokolov": {"boris"},
    "orlova": {"anna", "boris"},
    "ivanova": {"anna", "boris"},
    "volkova": {"vera"},
    "admin": set(),
}
PEOPLE = ("anna", "boris", "vera")
PAGES = ("", "/brief", "/day/2026-11-20")
POSTS = ("/invitation", "/contact", "/hold", "/hold/lift", "/first-dose")


def me(session, staff_id):
    row = session.get(Staff, staff_id)
    return StaffMe(row.id, row.site_id, "", "UTC", row.name, row.role, "en", 0, "")


def public_ids(database, cast):
    with database.read() as session:
        found = {name: session.get(Participant, getattr(cast, name)).public_id for name in PEOPLE}
    return {**found, "missing": "a" * 16}


@pytest.mark.parametrize("name", REACH)
def test_the_getter_finds_whom_the_role_may_see_and_nobody_else(database, cast, name):
    ids = public_ids(database, cast)
    with database.read() as session:
        asking = me(session, getattr(cast, name))
        for person, public_id in ids.items():
            if person in REACH[name]:
                assert participant_for(session, asking, public_id).public_id == public_id
            else:
                with pytest.raises(NotFound):
                    participant_for(session, asking, public_id)
        people = select(PARTICIPANT.c.id).where(in_scope(asking))
        listed = set(session.execute(people).scalars())
    assert listed == {getattr(cast, person) for person in REACH[name]}


def test_a_counselor_who_moved_to_another_site_leaves_the_caseload_behind(database, cast):
    with database.read() as session:
        asking = me(session, cast.petrova)
        moved = StaffMe(**{f: getattr(asking, f) for f in asking.__slots__} | {"site_id": 99})
        assert session.execute(select(PARTICIPANT).where(in_scope(moved))).all() == []


def digest(database):
    """Everything stored, but for when sessions were last used."""
    parts = []
    with database.read() as session:
        for table in sorted(SQLModel.metadata.tables.values(), key=lambda each: each.name):
            if table is not AuthSession.__table__:
                parts.append(sorted(str(tuple(row)) for row in session.execute(select(table))))
    return hashlib.sha256(str(parts).encode()).hexdigest()


@pytest.mark.parametrize("name", REACH)
@pytest.mark.req("Z2")
def test_foreign_and_missing_are_the_same_page_and_nothing_changes(
    browser, database, cast, clock, name
):
    ids = public_ids(database, cast)
    staff = browser.signed_in(staff_session(database, getattr(cast, name), clock()))
    before = digest(database)
    nowhere = {}
    for person in ("missing", *(set(PEOPLE) - REACH[name])):
        for method, tails in (("get", PAGES), ("post", POSTS)):
            for tail in tails:
                path = f"/participants/{ids[person]}{tail}"
                answer = getattr(staff, method)(path)
                assert answer.status_code in (403, 404), path
                shown = answer.text.replace(ids[person], "")
                assert nowhere.setdefault((method, tail), (answer.status_code, shown)) == (
                    answer.status_code,
                    shown,
                )
                assert not any(canary in shown for canary in ("DB-00", "Name of", "+7 900"))
    assert digest(database) == before


@pytest.mark.parametrize("name", ["petrova", "orlova", "ivanova"])
def test_the_own_participant_opens(browser, database, cast, clock, name):
    staff = browser.signed_in(staff_session(database, getattr(cast, name), clock()))
    for tail in PAGES:
        path = f"/participants/{public_ids(database, cast)['anna']}{tail}"
        assert staff.get(path).status_code == 200, path


def test_other_roles_have_no_list(browser, database, cast, clock):
    staff = browser.signed_in(staff_session(database, cast.admin, clock()))
    for path in ("/participants", "/sessions", "/participants/new"):
        assert staff.get(path).status_code == 403
