"""The list and one participant's page: who is there, what it says, what staff may do."""

import re
from datetime import date, timedelta

from sqlalchemy import event, select

from app import audit
from app.audit import SYSTEM, Subject
from app.models.audit import AuditEntry
from app.models.checkin import Checkin, CheckinJudgement
from app.models.diary import Dose
from app.models.flags import Flag
from app.models.people import Hold, Invitation, Participant
from app.protocol.loader import load_protocol
from app.timeline.tables import read_timeline
from tests.browser import hidden
from tests.cast import PIN, staff_session

CODE = r"[A-Z2-7]{4}(-[A-Z2-7]{4}){5}"


def write(database, cast, clock, *rows):
    with database.write() as session:
        for row in rows:
            session.add(row)
            session.flush()
        audit.record(session, SYSTEM, "test.rows", Subject("site", cast.site), now=clock())
    return rows


def flag(cast, who, severity, status="open", family="WDL", number=1):
    from tests.cast import NOW

    return Flag(
        reference=f"F{number}",
        participant_id=who,
        site_id=cast.site,
        family=family,
        rule=f"{family}-1",
        severity=severity,
        status=status,
        raised_at=NOW,
        about=NOW,
        protocol_version="1",
        rules_version="1",
    )


def test_the_list_shows_study_time_last_entry_and_alerts(orlova, database, cast, clock):
    dose = Dose(participant_id=cast.anna, day=date(2026, 11, 22), taken=True, received_at=clock())
    write(
        database,
        cast,
        clock,
        dose,
        flag(cast, cast.anna, "routine", number=1),
        flag(cast, cast.anna, "urgent", family="OPI", number=2, status="acknowledged"),
        flag(cast, cast.anna, "emergency", family="EMG", number=3, status="resolved"),
    )
    page = orlova.get("/participants")
    line = re.search(r"DB-001</a>.*?</tr>", page.text, re.S).group()
    assert "Week 1, day 2" in line
    assert "23 Nov, 09:00" in line
    assert "Urgent</span> 2" in line
    assert "Anna Petrova" in line
    other = re.search(r"DB-002</a>.*?</tr>", page.text, re.S).group()
    assert "None yet" in other and ">0</td>" in other


def test_a_counselor_sees_the_own_caseload_and_tomsk_nobody(petrova, database, cast):
    page = petrova.get("/participants")
    assert "DB-001" in page.text and "DB-002" not in page.text
    assert "Enrol a participant" not in page.text


def test_an_empty_list_says_so(orlova, database, cast, clock):
    with database.write() as session:
        for who in (cast.anna, cast.boris):
            person = session.get(Participant, who)
            person.site_id, person.counselor_id = cast.other_site, None
            person.code = f"T-{who}"
            session.add(person)
        audit.record(session, SYSTEM, "test.moved", Subject("site", cast.site), now=clock())
    assert "No participants here" in orlova.get("/participants").text


def statements(database, browser, path):
    seen = []

    def note(_c, _cursor, statement, *_):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_longer_list_asks_no_more_of_the_database(orlova, database, cast, clock):
    few = statements(database, orlova, "/participants")
    more = [
        Participant(
            site_id=cast.site,
            code=f"DB-1{n:02}",
            timezone="Europe/Moscow",
            language="en",
            counselor_id=cast.petrova,
            enrolled_at=clock(),
        )
        for n in range(20)
    ]
    write(database, cast, clock, *more)
    assert statements(database, orlova, "/participants") == few <= 6


def checkin(cast, at, number, judged=True):
    row = Checkin(
        participant_id=cast.anna,
        token=f"t{number}",
        instrument="side_effects",
        version=1,
        language="en",
        started_at=at,
    )
    return row, judged


def add_checkins(database, cast, clock, *moments, judged=True):
    with database.write() as session:
        for number, at in enumerate(moments):
            row, _ = checkin(cast, at, f"{at:%d%H}{number}")
            session.add(row)
            session.flush()
            if judged:
                session.add(
                    CheckinJudgement(
                        checkin_id=row.id,
                        n=1,
                        at=at,
                        complete=True,
                        ratings={"nausea": 1},
                        signs=[],
                    )
                )
        audit.record(session, SYSTEM, "test.rows", Subject("site", cast.site), now=clock())


def test_the_run_in_counts_the_check_ins_of_seven_days(browser, database, cast, clock, public):
    clock.forward(days=-3)  # two days before the planned first dose
    orlova = browser.signed_in(staff_session(database, cast.orlova, clock()))
    first = date(2026, 11, 22)
    add_checkins(database, cast, clock, *(clock() - timedelta(days=n) for n in (0, 2)))
    page = orlova.get(f"/participants/{public(cast.anna)}")
    assert "Baseline: 2 of 3 check-ins" in page.text
    assert "on record:" not in page.text
    # Midnight in Moscow, seven days before the first dose: the day before does not count.
    edge = clock().replace(month=11, day=14, hour=21, minute=0)
    add_checkins(database, cast, clock, edge - timedelta(minutes=1))
    assert "Baseline: 2 of 3" in orlova.get(f"/participants/{public(cast.anna)}").text
    add_checkins(database, cast, clock, edge)
    assert "Baseline: 3 of 3" in orlova.get(f"/participants/{public(cast.anna)}").text
    protocol = load_protocol()
    with database.read() as session:
        known = read_timeline(session, cast.anna).known_at(clock())
    assert known.first_dose[1] == first
    assert known.baseline(protocol.run_in_days, protocol.run_in_min_checkins).on_record


def test_a_check_in_that_was_not_judged_does_not_count(orlova, database, cast, clock, public):
    add_checkins(database, cast, clock, clock() - timedelta(days=3), judged=False)
    page = orlova.get(f"/participants/{public(cast.anna)}")
    assert "No baseline on record" in page.text and "Baseline: 0 of 3" in page.text


def test_an_invitation_is_shown_once_with_its_code_and_opens_the_door(
    orlova, browser, database, cast, public
):
    page = orlova.post(f"/participants/{public(cast.anna)}/invitation")
    assert page.status_code == 200
    code = re.search(CODE, page.text).group()
    assert "<svg" in page.text and "style=" not in page.text
    assert code not in orlova.get(f"/participants/{public(cast.anna)}").text
    assert "An invitation waits until" in orlova.get(f"/participants/{public(cast.anna)}").text
    assert browser.another().post("/start", {"code": code}).status_code == 303


def test_loading_the_page_of_an_invitation_again_ends_no_printed_code(
    orlova, browser, database, cast, public
):
    path = f"/participants/{public(cast.anna)}"
    form = {"idem": hidden(orlova.get(path), "idem")}
    code = re.search(CODE, orlova.post(f"{path}/invitation", form).text).group()
    again = orlova.post(f"{path}/invitation", form)
    assert again.status_code == 200 and re.search(CODE, again.text) is None
    assert "shown once already" in again.text and "opens the phone until" in again.text
    with database.read() as session:
        assert len(session.execute(select(Invitation.__table__)).all()) == 1
    phone = browser.another()
    assert phone.post("/start", {"code": code}).status_code == 303
    assert "opens the phone until" in orlova.post(f"{path}/invitation", form).text
    assert phone.post("/start/pin", {"pin": PIN, "again": PIN}).status_code == 303
    assert "its day is over" in orlova.post(f"{path}/invitation", form).text
    wanted = {"idem": hidden(again, "idem")}
    assert re.search(CODE, orlova.post(f"{path}/invitation", wanted).text)


def test_the_handout_speaks_the_participants_language(orlova, database, cast, clock, public):
    with database.write() as session:
        person = session.get(Participant, cast.anna)
        person.language = "ru"
        session.add(person)
        audit.record(session, SYSTEM, "test.language", Subject("site", cast.site), now=clock())
    page = orlova.post(f"/participants/{public(cast.anna)}/invitation")
    assert '<section class="card stack" lang="ru"' in page.text
    assert "камер" in page.text and "Invitation for" in page.text


def test_a_counselor_makes_no_invitation(petrova, database, cast, public):
    assert petrova.post(f"/participants/{public(cast.anna)}/invitation").status_code == 403
    with database.read() as session:
        assert session.execute(select(Invitation.__table__)).all() == []


def test_the_contact_is_shown_on_request_and_the_look_is_recorded(petrova, database, cast, public):
    path = f"/participants/{public(cast.anna)}"
    assert "Name of DB-001" not in petrova.get(path).text
    page = petrova.post(f"{path}/contact")
    assert "Name of DB-001" in page.text and 'href="tel:+79000000000"' in page.text
    assert "Name of DB-001" not in petrova.get(path).text
    with database.read() as session:
        looks = session.execute(
            select(AuditEntry.__table__).where(AuditEntry.__table__.c.action == "contact.reveal")
        ).all()
    assert [(x.actor, x.subject_id) for x in looks] == [(f"staff:{cast.petrova}", cast.anna)]


def test_an_investigator_sets_and_lifts_a_hold(ivanova, database, cast, public):
    path = f"/participants/{public(cast.anna)}"
    form = {"from_day": "2026-11-23", "until_day": "", "reason": "Liver values to be repeated"}
    assert ivanova.post(f"{path}/hold", form).status_code == 303
    page = ivanova.get(path)
    assert "No tablet is due from 23 November 2026." in page.text
    assert "Liver values to be repeated" in page.text
    assert "Set by Dr Elena Ivanova" in page.text
    number = re.search(r'name="hold" value="(\d+)"', page.text).group(1)
    assert ivanova.post(f"{path}/hold/lift", {"hold": number}).status_code == 303
    assert "No hold." in ivanova.get(path).text
    assert ivanova.post(f"{path}/hold/lift", {"hold": number}).status_code == 303
    with database.read() as session:
        actions = session.execute(select(AuditEntry.__table__.c.action)).scalars().all()
    assert actions.count("hold.set") == actions.count("hold.lift") == 1


def test_a_hold_without_reason_or_on_top_of_another_is_refused(ivanova, database, cast, public):
    path = f"/participants/{public(cast.anna)}/hold"
    page = ivanova.post(path, {"from_day": "2026-11-25", "reason": " "})
    assert page.status_code == 422
    assert 'value="2026-11-25"' in page.text and 'id="e-reason"' in page.text
    good = {"from_day": "2026-11-23", "reason": "x"}
    for late in ("2026-11-22", "2026-11-20"):
        assert ivanova.post(path, {**good, "until_day": late}).status_code == 422
    assert ivanova.post(path, {**good, "until_day": "2026-11-23"}).status_code == 303
    assert ivanova.post(path, good).status_code == 422
    with database.read() as session:
        assert len(session.execute(select(Hold.__table__)).all()) == 1


def test_a_hold_that_has_run_out_makes_room_for_the_next(ivanova, cast, clock, public):
    path = f"/participants/{public(cast.anna)}/hold"
    ivanova.post(path, {"from_day": "2026-11-23", "until_day": "2026-11-23", "reason": "x"})
    clock.forward(hours=15)  # 24 November in Moscow, and the session has ended as well
    assert ivanova.post(path, {}).headers["location"].startswith("/sign-in")


def test_coordinators_and_counselors_set_no_hold(orlova, petrova, database, cast, public):
    path = f"/participants/{public(cast.anna)}/hold"
    form = {"from_day": "2026-11-23", "reason": "x"}
    assert orlova.post(path, form).status_code == petrova.post(path, form).status_code == 403
    assert "Set a hold" not in orlova.get(f"/participants/{public(cast.anna)}").text


def test_the_planned_first_dose_changes_with_a_reason(orlova, database, cast, public):
    path = f"/participants/{public(cast.anna)}"
    page = orlova.post(f"{path}/first-dose", {"first_dose_on": "2026-11-30", "reason": ""})
    assert page.status_code == 422 and 'id="e-reason_for_date"' in page.text
    assert 'value="2026-11-30"' in page.text
    form = {"first_dose_on": "2026-11-30", "reason": "still has a cold"}
    assert orlova.post(f"{path}/first-dose", form).status_code == 303
    assert "30 November 2026" in orlova.get(path).text
    with database.read() as session:
        entry = session.execute(
            select(AuditEntry.__table__).where(
                AuditEntry.__table__.c.action == "participant.first_dose"
            )
        ).one()
    assert entry.reason == "still has a cold"
    assert entry.changes == {"first_dose_on": ["2026-11-22", "2026-11-30"]}
