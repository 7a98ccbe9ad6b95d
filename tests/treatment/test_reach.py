"""Who reaches a session: its counselor, its site's coordinator and investigator, nobody else."""

import re

import pytest

from app.visit.gate import audiences
from tests.cast import NOW
from tests.treatment.conftest import ONCE

PLANNERS = {"counselor", "coordinator"}
TEAM = PLANNERS | {"investigator"}


@pytest.fixture
def routes(app):
    return {key: each for key, each in audiences(app).items() if "/sessions" in key[1]}


def test_every_route_of_sessions_is_for_the_roles_that_the_study_names(routes):
    roles = {
        (method, re.sub(r"^.*\}/sessions", "", path)): each.roles
        for (method, path), each in routes.items()
    }
    one = "/{appointment}"
    assert roles == {
        ("GET", "/sessions"): TEAM,
        ("GET", ""): TEAM,
        ("POST", ""): PLANNERS,
        ("GET", one): TEAM,
        ("POST", f"{one}/move"): PLANNERS,
        ("POST", f"{one}/cancel"): PLANNERS,
        ("POST", f"{one}/attendance"): PLANNERS,
        ("POST", f"{one}/attendance/undo"): PLANNERS,
        ("GET", f"{one}/note"): TEAM,
        ("POST", f"{one}/note"): {"counselor"},
        ("GET", f"{one}/note/amend"): {"counselor"},
        ("POST", f"{one}/note/amend"): {"counselor"},
    }


def test_a_counselor_without_the_caseload_is_told_that_nothing_is_there(office, cast, routes):
    office.begun()
    one = office.one.public_id
    for who in (cast.sokolov, cast.volkova):
        other = office.as_(who)
        for method, path in routes:
            if "{public_id}" not in path:
                continue
            address = path.replace("{public_id}", office.public).replace("{appointment}", one)
            send = other.browser.get if method == "GET" else other.browser.post
            assert send(address).status_code == 404, (method, path)
    assert office.one.state == "planned" and office.audited("note.%") == []


def test_a_session_is_reached_through_its_own_participant_alone(office, orlova, cast, database):
    from app.models.people import Participant

    office.plan()
    with database.read() as session:
        boris = session.get(Participant, cast.boris).public_id
    for tail in ("", "/note"):
        address = f"/participants/{boris}/sessions/{office.one.public_id}{tail}"
        assert orlova.get(address).status_code == 404
    assert (
        orlova.post(f"/participants/{boris}/sessions/{office.one.public_id}/cancel").status_code
        == 404
    )


def test_an_investigator_reads_and_does_not_plan(office, cast):
    office.begun()
    ivanova = office.as_(cast.ivanova)
    assert ivanova.browser.post(ivanova.base, ONCE).status_code == 403
    assert 'id="plan"' not in ivanova.get().text
    page = ivanova.get(office.path)
    assert page.status_code == 200 and "<form" not in page.text.split("<main")[1]


def test_a_coordinator_plans_and_writes_no_note(office, cast):
    orlova = office.as_(cast.orlova)
    assert orlova.plan(day=str(NOW.date()), time="09:00").status_code == 303
    assert orlova.post(f"{office.path}/note", {"do": "save"}).status_code == 403
    assert "Write the note" not in orlova.get(office.path).text
    assert "Write the note" in office.get(office.path).text
