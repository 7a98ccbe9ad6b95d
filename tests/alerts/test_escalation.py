"""Nobody acknowledges: the next contact after four hours, everybody every quarter of an hour."""

import pytest

from app.alerts.digest import run_digests
from app.alerts.escalation import run_escalation
from app.models.audit import AuditEntry
from tests.browser import hidden
from tests.flags.record import (
    CLUSTER,
    check_in,
    flags,
    mails,
    notices,
    rows,
    second_day_cluster,
    take_dose,
)
from tests.flags.test_reassess import staff_change

ORLOVA, IVANOVA, PETROVA = (f"{name}@clinic.test" for name in ("orlova", "ivanova", "petrova"))


def escalate(database, now):
    """The addresses that one run tells."""
    before = len(mails(database))
    with database.write() as session:
        run_escalation(session, now)
    return sorted(mail.recipient for mail in mails(database)[before:])


def acknowledge(browser, flag):
    path = f"/flags/{flag.public_id}"
    browser.post(f"{path}/acknowledge", {"version": hidden(browser.get(path), "version")})


def emergency(database, cast, clock):
    second_day_cluster(database, cast.anna, clock(), agitation=4)
    [flag] = flags(database)
    assert flag.severity == "emergency"
    return flag


@pytest.mark.req("L4")
def test_an_urgent_alert_goes_to_the_next_contact_after_four_hours_and_on_to_the_last(
    database, cast, clock
):
    staff_change(database, cast, clock, cast.sokolov, alert_position=3)
    second_day_cluster(database, cast.anna, clock())
    assert sorted(mail.recipient for mail in mails(database)) == [ORLOVA, PETROVA]
    assert escalate(database, clock.forward(hours=3, minutes=59)) == []
    assert escalate(database, clock.forward(minutes=1)) == [IVANOVA]
    assert escalate(database, clock.forward(hours=3, minutes=59)) == []
    assert escalate(database, clock.forward(minutes=1)) == ["sokolov@clinic.test"]
    assert escalate(database, clock.forward(hours=40)) == []
    assert "Nobody has acknowledged this yet." in mails(database)[-1].text
    assert [one.step for one in notices(database)] == [0, 0, 1, 2]
    audited = [row.action for row in rows(database, AuditEntry)]
    assert audited.count("flag.escalate") == 2


@pytest.mark.req("L4")
def test_a_worker_that_was_away_takes_one_step_when_it_is_back(database, cast, clock):
    staff_change(database, cast, clock, cast.sokolov, alert_position=3)
    second_day_cluster(database, cast.anna, clock())
    assert escalate(database, clock.forward(hours=20)) == [IVANOVA]
    assert escalate(database, clock()) == []
    assert escalate(database, clock.forward(hours=4)) == ["sokolov@clinic.test"]


@pytest.mark.req("L4")
def test_an_emergency_is_mailed_to_all_every_quarter_of_an_hour_until_acknowledged(
    database, cast, clock, petrova
):
    flag = emergency(database, cast, clock)
    everybody = [IVANOVA, ORLOVA, PETROVA]
    assert sorted(mail.recipient for mail in mails(database)) == everybody
    assert escalate(database, clock.forward(minutes=14, seconds=59)) == []
    assert escalate(database, clock.forward(seconds=1)) == everybody
    assert escalate(database, clock.forward(minutes=14)) == []
    assert escalate(database, clock.forward(minutes=1)) == everybody
    acknowledge(petrova, flag)
    assert escalate(database, clock.forward(hours=1)) == []


def test_an_acknowledged_alert_goes_no_further(database, cast, clock, petrova):
    second_day_cluster(database, cast.anna, clock())
    acknowledge(petrova, flags(database)[0])
    assert escalate(database, clock.forward(hours=5)) == []


def test_a_flag_that_grew_worse_starts_over(database, cast, clock, petrova):
    second_day_cluster(database, cast.anna, clock())
    acknowledge(petrova, flags(database)[0])
    check_in(database, cast.anna, clock.forward(hours=1), CLUSTER | {"agitation": 4})
    assert len(escalate(database, clock.forward(minutes=15))) == 3


def test_an_alert_that_could_reach_nobody_goes_out_as_soon_as_somebody_is_there(
    database, cast, clock
):
    for who in (cast.orlova, cast.ivanova, cast.petrova):
        staff_change(database, cast, clock, who, active=False)
    second_day_cluster(database, cast.anna, clock())
    assert escalate(database, clock.forward(minutes=1)) == []
    staff_change(database, cast, clock, cast.ivanova, active=True)
    assert escalate(database, clock.forward(minutes=1)) == [IVANOVA]


def test_two_flags_of_one_person_share_the_reminder(database, cast, clock):
    yesterday = clock.forward(hours=-20)
    take_dose(database, cast.anna, yesterday.date(), yesterday, at=yesterday)
    signs = ("seizure",)
    check_in(database, cast.anna, clock.forward(hours=20), CLUSTER | {"agitation": 4}, signs)
    assert [flag.severity for flag in flags(database)] == ["emergency", "emergency"]
    assert len(escalate(database, clock.forward(minutes=15))) == 3


@pytest.fixture
def routine(database, cast, clock):
    """A digest clock that has run before, and then a routine flag."""
    with database.write() as session:
        assert run_digests(session, clock()) == 0
    check_in(database, cast.anna, clock.forward(hours=1), {"vomiting_24h": 3})
    [flag] = flags(database)
    assert (flag.severity, flag.due_at) == ("routine", None)
    return flag


def digest(database, now):
    before = len(mails(database))
    with database.write() as session:
        run_digests(session, now)
    return sorted(mail.recipient for mail in mails(database)[before:])


def test_routine_flags_come_once_a_day_at_eight_by_the_clock_of_the_site(database, clock, routine):
    assert mails(database) == []
    assert digest(database, clock.forward(hours=21, minutes=59)) == []  # Tuesday, 07:59
    assert digest(database, clock.forward(minutes=1)) == [ORLOVA, PETROVA]
    mail = mails(database)[-1]
    assert mail.subject == "This week: 1 alert for the next session"
    assert routine.reference in mail.text and "vomit" not in mail.text.lower()
    assert "DB-00" not in mail.text + mail.html
    assert digest(database, clock.forward(days=1)) == []


def test_after_days_without_a_worker_the_digest_comes_once(database, clock, routine):
    assert len(digest(database, clock.forward(days=5))) == 2
    assert digest(database, clock.forward(minutes=1)) == []


def test_a_flag_that_somebody_has_in_hand_is_in_no_digest(database, clock, routine, petrova):
    acknowledge(petrova, routine)
    assert digest(database, clock.forward(days=1)) == []


def test_escalation_leaves_routine_flags_alone(database, clock, routine):
    assert escalate(database, clock.forward(days=3)) == []
