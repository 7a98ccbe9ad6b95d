"""One sheet's way between two people, on their own pages, with a canary in what is written.

Where the canary shows up on any page of the team, in the exported timeline or in the audit trail
before the sheet was shared or after it was taken back, something private has leaked.
"""

import json

import pytest
from sqlalchemy import select

from app.models.audit import AuditEntry
from app.models.people import Participant
from app.timeline.json_out import dump
from app.timeline.tables import read_timeline
from tests.browser import hidden
from tests.cast import staff_session
from tests.house.crawl import routes
from tests.worksheets.sheets import share

CANARY = "quetzalcoatl"
REPLY = "Thank you for these words."
AUDIT = AuditEntry.__table__


@pytest.fixture
def team(browser, database, cast, clock):
    who = {"counselor": cast.petrova, "coordinator": cast.orlova, "investigator": cast.ivanova}
    return {
        role: browser.signed_in(staff_session(database, staff, clock()))
        for role, staff in who.items()
    }


@pytest.fixture
def leaks(app, team, database, cast):
    """Every place of the team where the canary, or the name of the sheet, is to be found."""
    with database.read() as session:
        person = session.get(Participant, cast.anna).public_id

    def search(words=CANARY):
        found = set()
        for route in routes(app):
            if route.audience.kind != "staff" or route.method != "GET":
                continue
            for role, browser in team.items():
                if role in route.audience.roles and words in route.send(browser, person).text:
                    found.add((role, route.path))
        with database.read() as session:
            export = json.dumps(dump(read_timeline(session, cast.anna)), ensure_ascii=False)
            trail = [list(row) for row in session.execute(select(AUDIT.c.changes, AUDIT.c.reason))]
        if words in export:
            found.add(("export", "timeline"))
        if words in json.dumps(trail, ensure_ascii=False):
            found.add(("audit", "trail"))
        return found

    return search


def test_a_sheet_goes_from_assigned_to_shared_and_back(anna, team, leaks, database, cast):
    petrova = team["counselor"]
    with database.read() as session:
        at = f"/participants/{session.get(Participant, cast.anna).public_id}/worksheets"
    form = {"sheet": "values", "idem": hidden(petrova.get(at), "idem")}
    assert petrova.post(at, form).status_code == 303
    assert "<b>Not started</b>" in petrova.get(at).text

    begun = anna.post("/worksheets/about/values", {"idem": "begin"})
    mine = begun.headers["location"].rpartition("/")[0]
    name = mine.rpartition("/")[2]
    kept = anna.post(f"{mine}/2", {"meaning": f"half of it, {CANARY}"})
    assert kept.status_code in (200, 303)
    assert "<b>Started</b>" in petrova.get(at).text
    assert leaks() == set() and leaks(name) == set()

    assert anna.post(f"{mine}/finish").status_code == 303
    assert "<b>Finished, not shared</b>" in petrova.get(at).text
    assert leaks() == set() and leaks(name) == set()
    assert petrova.get(f"{at}/{name}").status_code == 404

    assert share(anna, mine).status_code == 303
    page = petrova.get(at).text
    assert "<b>Shared</b>" in page and "Unread" in page and name in page
    sheet = petrova.get(f"{at}/{name}")
    assert CANARY in sheet.text
    assert "Unread" not in petrova.get(at).text
    assert not [where for where in leaks() if where[0] in ("coordinator", "export", "audit")]

    words = {"comment": REPLY, "idem": hidden(sheet, "idem"), "copy": hidden(sheet, "copy")}
    assert petrova.post(f"{at}/{name}/comment", words).status_code == 303
    shown = anna.get(mine).text
    assert REPLY in shown and "Anna Petrova" in shown

    assert anna.post(f"{mine}/take-back").status_code == 303
    assert petrova.get(f"{at}/{name}").status_code == 404
    assert "<b>Finished, not shared</b>" in petrova.get(at).text
    assert leaks() == set() and leaks(name) == set() and leaks(REPLY) == set()
    assert REPLY in anna.get(mine).text


def test_a_sheet_that_nobody_asked_for_is_not_there_at_all(anna, team, leaks, database, cast):
    begun = anna.post("/worksheets/about/sleep", {"idem": "begin"})
    mine = begun.headers["location"].rpartition("/")[0]
    anna.post(f"{mine}/2", {"plan": CANARY})
    anna.post(f"{mine}/finish")
    assert leaks() == set() and leaks(mine.rpartition("/")[2]) == set()
    with database.read() as session:
        at = f"/participants/{session.get(Participant, cast.anna).public_id}/worksheets"
    for browser in team.values():
        assert "Nothing assigned or shared yet" in browser.get(at).text
