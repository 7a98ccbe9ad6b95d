"""An adverse event from the answer to the report: promoted, judged, followed up, kept."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app import audit
from app.audit import SYSTEM, Subject
from app.models.adverse import ADVERSE_EVENT, ADVERSE_REPORT, ADVERSE_VERSION
from app.models.flags import FLAG
from app.models.people import PARTICIPANT, Staff
from tests.browser import Browser
from tests.browser import words as seen
from tests.cast import NOW, password_hash, staff_session
from tests.flags.record import check_in, flags

SECRET = "purple elephant"
JUDGED = {
    "term": f"Vomiting {SECRET}",
    "began_on": "2026-11-22",
    "grade": "3",
    "scale": "CTCAE 5.0",
    "serious": ["hospital"],
    "causality": "possible",
    "expected": "unexpected",
    "dechallenge": "not_stopped",
    "rechallenge": "not_tried",
    "action": "unchanged",
    "outcome": "recovering",
    "aware_on": "2026-11-23",
    "aware_time": "08:30",
    "narrative": f"Taken in at night {SECRET}",
    "n": "0",
}


def person(database, who):
    with database.read() as session:
        return session.execute(
            select(PARTICIPANT.c.public_id).where(PARTICIPANT.c.id == who)
        ).scalar_one()


def events(database):
    with database.read() as session:
        return session.execute(select(ADVERSE_EVENT).order_by(ADVERSE_EVENT.c.id)).all()


def versions(database):
    with database.read() as session:
        return session.execute(select(ADVERSE_VERSION).order_by(ADVERSE_VERSION.c.id)).all()


def staff(browser, database, who, now=NOW):
    return browser.signed_in(staff_session(database, who, now))


def somebody(browser: Browser, database, cast, role) -> Browser:
    with database.write() as session:
        one = Staff(
            site_id=cast.site,
            email=f"{role}@clinic.test",
            name=role,
            role=role,
            password_hash=password_hash(),
            created_at=NOW,
        )
        session.add(one)
        session.flush()
        audit.record(session, SYSTEM, "test.staff", Subject("site", cast.site), now=NOW)
        who = one.id or 0
    return staff(browser, database, who)


def promoted(database, cast, petrova) -> str:
    """An answer of a check-in of ANNA, promoted by her counselor."""
    check_in(database, cast.anna, NOW - timedelta(hours=1), {"vomiting": 3, "nausea": 2})
    base = f"/participants/{person(database, cast.anna)}"
    page = petrova.get(f"{base}/day/2026-11-23")
    value = page.text.partition('name="answer" value="')[2].partition('"')[0]
    made = [petrova.post(f"{base}/adverse/promote", {"answer": value}) for _ in range(2)]
    assert [one.status_code for one in made] == [303, 303]
    assert made[0].headers["location"] == made[1].headers["location"]
    return made[0].headers["location"]


def test_an_answer_is_promoted_in_one_step_with_links_both_ways(database, cast, petrova):
    path = promoted(database, cast, petrova)
    assert len(events(database)) == 1
    base = f"/participants/{person(database, cast.anna)}"
    assert f'href="{base}/day/2026-11-23"' in petrova.get(path).text
    assert f'href="{path}"' in petrova.get(f"{base}/day/2026-11-23").text
    # What is none of the answers, or somebody else's, cannot be promoted.
    for wrong in ("1-weather", "999-nausea", "x", ""):
        assert petrova.post(f"{base}/adverse/promote", {"answer": wrong}).status_code == 404
    boris = f"/participants/{person(database, cast.boris)}"
    assert petrova.post(f"{boris}/adverse/promote", {"answer": "1-nausea"}).status_code == 404


def test_an_alert_is_promoted_once_with_links_both_ways(database, cast, petrova):
    check_in(database, cast.anna, NOW - timedelta(hours=1), {}, ["seizure"])
    with database.read() as session:
        flag = session.execute(select(FLAG.c.public_id)).scalars().first()
    assert flags(database)
    made = [petrova.post(f"/flags/{flag}/adverse", {"idem": t * 32}) for t in "ab"]
    assert {one.headers["location"] for one in made} == {made[0].headers["location"]}
    assert len(events(database)) == 1
    path = made[0].headers["location"]
    assert f'href="/flags/{flag}"' in petrova.get(path).text
    assert f'href="{path}"' in petrova.get(f"/flags/{flag}").text


def test_a_judged_event_is_followed_up_and_nothing_is_overwritten(
    database, cast, browser, petrova, clock
):
    path = promoted(database, cast, petrova)
    assert petrova.post(path, JUDGED).status_code == 403, "a counselor promotes, and judges nothing"
    ivanova = staff(browser, database, cast.ivanova)
    assert ivanova.post(path, JUDGED).status_code == 303
    assert ivanova.post(path, JUDGED).status_code == 303, "sent twice, stored once"
    page = seen(ivanova.get(path))
    assert "Site to sponsor" in page and "Due by 24 Nov, 08:30" in page
    assert "Due by 8 Dec, 23:59" in page
    again = {**JUDGED, "n": "1", "grade": "4", "scale": "CTCAE 6.0"}
    refused = ivanova.post(path, again)
    assert refused.status_code == 422 and 'id="e-reason"' in refused.text
    assert ivanova.post(path, {**again, "reason": "Worse by noon"}).status_code == 303
    stored = versions(database)
    assert [(one.n, one.grade, one.scale) for one in stored] == [
        (1, 3, "CTCAE 5.0"),
        (2, 4, "CTCAE 6.0"),
    ]
    late = ivanova.post(path, {**JUDGED, "reason": "An old page", "grade": "1"})
    assert late.status_code == 409 and len(versions(database)) == 2
    # Reported, and by which clock.
    told = {"clock": "sponsor", "reported_on": "2026-11-23", "reported_time": "08:55"}
    for _ in range(2):
        assert ivanova.post(f"{path}/reported", told).status_code == 303
    assert "Reported 23 Nov, 08:55" in seen(ivanova.get(path))
    assert ivanova.post(f"{path}/reported", {**told, "clock": "fatal"}).status_code == 422
    with database.read() as session:
        assert len(session.execute(select(ADVERSE_REPORT)).all()) == 1


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"serious": []}, "serious"),
        ({"not_serious": "1"}, "serious"),
        ({"grade": "5"}, "outcome"),
        ({"outcome": "fatal"}, "grade"),
        ({"scale": "CTCAE 4.0"}, "scale"),
        ({"grade": "6"}, "grade"),
        ({"ended_on": "2026-11-20"}, "ended_on"),
        ({"began_on": "2026-11-24"}, "began_on"),
        ({"aware_time": "09:30"}, "aware_time"),
        ({"aware_on": "2026-11-21"}, "aware_on"),
        ({"term": " "}, "term"),
        ({"causality": ""}, "causality"),
    ],
)
def test_what_does_not_hold_together_is_named_and_kept(database, cast, orlova, said, named):
    path = f"/participants/{person(database, cast.anna)}/adverse"
    refused = orlova.post(path, {**JUDGED, **said})
    assert refused.status_code == 422 and f'id="e-{named}"' in refused.text
    assert SECRET in refused.text or named == "term"
    assert events(database) == []


def test_an_event_that_is_entered_twice_by_one_form_is_one(database, cast, orlova):
    path = f"/participants/{person(database, cast.anna)}/adverse"
    form = {**JUDGED, "idem": "f" * 32}
    places = {orlova.post(path, form).headers["location"] for _ in range(2)}
    assert len(places) == 1 and len(events(database)) == len(versions(database)) == 1


def test_what_is_no_event_stays_on_record_as_that(database, cast, browser, petrova):
    path = promoted(database, cast, petrova)
    ivanova = staff(browser, database, cast.ivanova)
    assert ivanova.post(f"{path}/none", {"n": "0"}).status_code == 422
    assert ivanova.post(f"{path}/none", {"n": "0", "reason_none": "A cold"}).status_code == 303
    assert "no adverse event" in seen(ivanova.get("/adverse"))
    assert ivanova.get(f"{path}/worksheet").status_code == 404


@pytest.mark.req("R5")
def test_no_row_about_an_event_is_changed_or_removed(database, cast, orlova):
    path = f"/participants/{person(database, cast.anna)}/adverse"
    place = orlova.post(path, JUDGED).headers["location"]
    told = {"clock": "sponsor", "reported_on": "2026-11-23", "reported_time": "08:55"}
    orlova.post(f"{place}/reported", told)
    for table in (ADVERSE_EVENT, ADVERSE_VERSION, ADVERSE_REPORT):
        for statement in (update(table).values(id=table.c.id), delete(table)):
            with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as attack:
                attack.execute(statement)


def test_each_role_sees_the_events_that_are_its_own(database, cast, browser, petrova, orlova):
    path = f"/participants/{person(database, cast.anna)}/adverse"
    orlova.post(path, JUDGED)
    orlova.post(f"/participants/{person(database, cast.boris)}/adverse", JUDGED)
    anna, boris = (f"/adverse/{one.public_id}" for one in events(database))
    monitor = somebody(browser, database, cast, "monitor")
    manager = somebody(browser, database, cast, "data_manager")
    volkova, admin = (staff(browser, database, who) for who in (cast.volkova, cast.admin))
    for who, own in (
        (petrova, {anna}),
        (orlova, {anna, boris}),
        (monitor, {anna, boris}),
        (manager, {anna, boris}),
        (volkova, set()),
    ):
        page = who.get("/adverse").text
        assert {one for one in (anna, boris) if f'"{one}"' in page} == own
        for one in (anna, boris):
            assert who.get(one).status_code == (200 if one in own else 404)
    assert admin.get("/adverse").status_code == 403
    # A coded role reads what was chosen, and nothing that was written.
    for page in ("/adverse", "/adverse/lines.csv", anna):
        assert SECRET not in manager.get(page).text and "CTCAE 5.0" in manager.get(page).text
    assert manager.get(f"{anna}/worksheet").status_code == 403
    assert SECRET in monitor.get(anna).text and "<textarea" not in monitor.get(anna).text
    assert orlova.get("/adverse/lines.csv").status_code == 403


@pytest.mark.req("W11")
def test_the_line_listing_runs_nothing_and_has_a_line_for_each(database, cast, browser, orlova):
    path = f"/participants/{person(database, cast.anna)}/adverse"
    orlova.post(path, {**JUDGED, "term": "=1+1"})
    ivanova = staff(browser, database, cast.ivanova)
    lines = ivanova.get("/adverse/lines.csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[1].startswith("DB-001,1,event,1,'=1+1,")
    assert "sponsor: 2026-11-24T05:30:00+00:00" in lines[1]


def test_the_worksheet_is_a_draft_with_the_numbers_of_the_standard(database, cast, browser, orlova):
    path = f"/participants/{person(database, cast.anna)}/adverse"
    place = orlova.post(path, JUDGED).headers["location"]
    for lang, said in (("en", "Draft, not validated"), ("ru", "Черновик")):
        orlova.post("/language", {"lang": lang})
        page = seen(orlova.get(f"{place}/worksheet"))
        assert said in page
        for number in ("C.1.1", "E.i.3.2c", "E.i.7", "G.k.8", "G.k.9.i.4", "H.1"):
            assert number in page
        assert "2 (" in page and "4 (" in page and "Name of DB-001" not in page
