"""Accounts: invited by mail, switched off with all they hold handed over, and back again."""

import re

import pytest
from sqlalchemy import select, update

from app import audit
from app.alerts.escalation import run_escalation
from app.audit import SYSTEM, Subject
from app.flags.service import ChangedMeanwhile, acknowledge
from app.models.audit import AuditEntry
from app.models.people import PARTICIPANT, AlertHours, Staff
from app.visit.identity import StaffMe
from tests.cast import PASSWORD, staff_session
from tests.flags.record import flags, mails, rows, second_day_cluster

NEW = {"name": "Nina Belova", "email": "Belova@Clinic.Test", "role": "counselor", "language": "ru"}


@pytest.fixture
def admin(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.admin, clock()))


def staff_of(database, staff_id):
    [found] = [one for one in rows(database, Staff) if one.id == staff_id]
    return found


def link_in(mail) -> str:
    return re.search(r"/sign-in/link#([A-Z2-7-]+)", mail.text)[1]


def off(admin, database, staff_id, **form):
    path = f"/colleagues/{staff_of(database, staff_id).public_id}/off"
    return admin.post(path, {"reason": "Left the clinic.", **form})


def test_a_colleague_is_invited_by_mail_and_comes_in_by_the_link_once(admin, database, browser):
    assert admin.post("/colleagues", NEW).headers["location"] == "/colleagues"
    [mail] = mails(database)
    assert mail.recipient == "belova@clinic.test" and "Belova" not in mail.text
    assert "Nina Belova" in admin.get("/colleagues").text
    nina = browser.another()
    came = nina.post("/sign-in/link", {"code": link_in(mail)})
    assert came.status_code == 303
    assert nina.post("/sign-in/link", {"code": link_in(mail)}).status_code == 422


def test_a_new_link_ends_the_former_one(admin, database, browser):
    admin.post("/colleagues", NEW)
    [one] = [one for one in rows(database, Staff) if one.email == "belova@clinic.test"]
    assert admin.post(f"/colleagues/{one.public_id}/link", {}).status_code == 303
    first, second = mails(database)
    nina = browser.another()
    assert nina.post("/sign-in/link", {"code": link_in(first)}).status_code == 422
    assert nina.post("/sign-in/link", {"code": link_in(second)}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "petrova@clinic.test"}, "email"),
        ({"email": "volkova@clinic.test"}, "email"),
        ({"email": "nobody"}, "email"),
        ({"role": "owner"}, "role"),
        ({"language": "xx"}, "language"),
        ({"name": " "}, "name"),
    ],
)
def test_a_wrong_invitation_names_its_field_and_keeps_the_rest(admin, database, wrong, field):
    before = len(rows(database, Staff))
    answer = admin.post("/colleagues", NEW | wrong)
    assert answer.status_code == 422 and f'id="e-{field}"' in answer.text
    if field != "name":
        assert 'value="Nina Belova"' in answer.text
    assert len(rows(database, Staff)) == before and mails(database) == []


@pytest.mark.req("A14")
def test_who_leaves_hands_over_people_and_alerts_and_is_out_at_the_next_request(
    admin, database, cast, clock, browser
):
    second_day_cluster(database, cast.anna, clock())
    petrova = browser.signed_in(staff_session(database, cast.petrova, clock()))
    [flag] = flags(database)
    form = {"version": str(flag.version), "note": ""}
    assert petrova.post(f"/flags/{flag.public_id}/acknowledge", form).status_code == 303
    sokolov = staff_of(database, cast.sokolov)

    # Somebody has to take over, and it cannot be anybody.
    assert "Participants: 1. Alerts in hand: 1." in admin.get("/colleagues").text
    assert 'id="e-successor"' in off(admin, database, cast.petrova).text
    orlova = staff_of(database, cast.orlova).public_id
    assert off(admin, database, cast.petrova, successor=orlova).status_code == 422
    assert staff_of(database, cast.petrova).active

    done = off(admin, database, cast.petrova, successor=sokolov.public_id)
    assert done.headers["location"] == "/colleagues"
    assert petrova.get("/flags").headers["location"].startswith("/sign-in")
    [flag] = flags(database)
    assert (flag.status, flag.acknowledged_by) == ("acknowledged", cast.sokolov)
    with database.read() as session:
        counselors = select(PARTICIPANT.c.counselor_id).where(PARTICIPANT.c.id == cast.anna)
        assert session.execute(counselors).scalar_one() == cast.sokolov
    actions = {one.action: one for one in rows(database, AuditEntry)}
    for action in ("participant.counselor", "flag.hand_over", "staff.off"):
        assert actions[action].reason == "Left the clinic."
    # Who follows reads in the alert's own history how it came to them.
    theirs = browser.signed_in(staff_session(database, cast.sokolov, clock()))
    assert "Handed over to Ivan Sokolov" in theirs.get(f"/flags/{flag.public_id}").text


def test_who_leaves_is_on_no_list_covers_nobody_and_has_no_link(
    admin, database, cast, clock, browser
):
    key = staff_of(database, cast.orlova).public_id
    cover = {"opens": "09:00", "closes": "17:00", "position": "2", "cover": key}
    ivanova = staff_of(database, cast.ivanova).public_id
    assert admin.post(f"/site/alert-list/{ivanova}", cover).status_code == 303
    admin.post(f"/colleagues/{key}/link", {})
    [mail] = mails(database)
    assert off(admin, database, cast.orlova).status_code == 303
    found = staff_of(database, cast.orlova)
    assert (found.active, found.alert_position) == (False, None)
    with database.read() as session:
        [hours] = session.execute(select(AlertHours)).scalars()
    assert (hours.staff_id, hours.cover_id) == (cast.ivanova, None)
    [told] = [one for one in rows(database, AuditEntry) if one.changes.get("cover", [0])[0]]
    assert (told.subject_id, told.reason) == (cast.ivanova, "Left the clinic.")
    out = browser.another()
    assert out.post("/sign-in/link", {"code": link_in(mail)}).status_code == 422
    # And back: by a new link, and a password of their own.
    assert admin.post(f"/colleagues/{key}/on", {}).status_code == 303
    assert staff_of(database, cast.orlova).password_hash is None
    assert out.post("/sign-in/link", {"code": link_in(mails(database)[-1])}).status_code == 303


def test_nobody_switches_themselves_off_or_somebody_of_another_site(admin, database, cast):
    assert off(admin, database, cast.admin).status_code == 404
    assert off(admin, database, cast.volkova).status_code == 404
    assert staff_of(database, cast.admin).active and staff_of(database, cast.volkova).active


def test_an_open_alert_of_whoever_leaves_is_mailed_to_whoever_follows(admin, database, cast, clock):
    """Nobody else is on the list: without the mail it would wait for an answer for ever."""
    for one in (cast.orlova, cast.ivanova):
        page = f"/site/alert-list/{staff_of(database, one).public_id}"
        admin.post(page, {"opens": "00:00", "closes": "24:00", "position": ""})
    second_day_cluster(database, cast.anna, clock())
    assert [mail.recipient for mail in mails(database)] == ["petrova@clinic.test"]
    follows = staff_of(database, cast.sokolov).public_id
    assert off(admin, database, cast.petrova, successor=follows).status_code == 303
    assert [mail.recipient for mail in mails(database)][1:] == ["sokolov@clinic.test"]
    [flag] = flags(database)
    assert flag.status == "open"


def test_a_ladder_of_people_who_are_gone_begins_anew(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    told = {mail.recipient for mail in mails(database)}
    with database.write() as session:
        gone = update(Staff).where(Staff.email.in_(told)).values(active=False)
        session.execute(gone)
        only = update(Staff).where(Staff.id == cast.ivanova)
        session.execute(only.values(alert_position=None, active=True))
        audit.record(session, SYSTEM, "test.gone", Subject("site", cast.site), now=clock())
    with database.write() as session:
        run_escalation(session, clock.forward(hours=30))
    assert mails(database)[-1].recipient == "ivanova@clinic.test"


def test_who_is_switched_off_takes_no_alert_any_more(database, cast, clock):
    second_day_cluster(database, cast.anna, clock())
    name = ("Anna Petrova", "counselor", "en")
    me = StaffMe(cast.petrova, cast.site, "", "UTC", *name, session_id=0, request_id="")
    with database.write() as session:
        session.execute(update(Staff).where(Staff.id == cast.petrova).values(active=False))
        audit.record(session, SYSTEM, "test.gone", Subject("site", cast.site), now=clock())
    [flag] = flags(database)
    with pytest.raises(ChangedMeanwhile), database.write() as session:
        acknowledge(session, me, flag.public_id, flag.version, "", clock())


def test_the_same_form_sent_twice_makes_one_account_and_one_mail(admin, database):
    for _ in range(2):
        assert admin.post("/colleagues", NEW | {"idem": "n1"}).status_code == 303
    [one] = [one for one in rows(database, Staff) if one.email == "belova@clinic.test"]
    for _ in range(2):
        assert admin.post(f"/colleagues/{one.public_id}/link", {"idem": "l1"}).status_code == 303
    assert len(mails(database)) == 2


@pytest.mark.req("A15")
def test_a_lost_laptop_is_signed_out_and_the_account_works_on(
    admin, database, cast, clock, browser
):
    lost = browser.signed_in(staff_session(database, cast.petrova, clock()))
    key = staff_of(database, cast.petrova).public_id
    assert admin.post(f"/colleagues/{key}/sign-out", {}).headers["location"] == "/colleagues"
    assert lost.get("/flags").headers["location"].startswith("/sign-in")
    door = {"email": "petrova@clinic.test", "password": PASSWORD}
    assert browser.another().post("/sign-in", door).status_code == 303
