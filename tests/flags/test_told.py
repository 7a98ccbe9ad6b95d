"""Who is told, who is told next, and the red banner when nobody is."""

import asyncio
from datetime import timedelta

import pytest

from app.alerts.alerting import notify_next
from app.alerts.digest import run_digests
from app.models.flags import FlagAction
from app.outbox.heartbeat import WORKER, beat
from app.outbox.worker import Pace, Worker
from tests.browser import hidden
from tests.flags.record import check_in, flags, mails, notices, rows, second_day_cluster
from tests.flags.test_reassess import staff_change
from tests.rounds import send_due
from tests.smtp import mail_server


def alive(database, clock):
    with database.write() as session:
        beat(session, WORKER, clock())


def send(database, clock, url):
    database.settings = database.settings.model_copy(update={"smtp_url": url})
    worker = Worker(database, clock, on_refused=notify_next, pace=Pace(deadline=5, lease=10))
    asyncio.run(send_due(worker))


def test_from_the_entry_to_the_mailbox(database, cast, clock, orlova):
    second_day_cluster(database, cast.anna, clock())
    [flag] = flags(database)
    with mail_server() as box:
        send(database, clock, box.url)
    assert sorted(box.recipients()) == ["orlova@clinic.test", "petrova@clinic.test"]
    page = orlova.get(f"/flags/{flag.public_id}").text
    assert "Mail to Maria Orlova: delivered" in page


@pytest.mark.req("L3")
def test_when_all_mail_is_refused_whoever_leads_the_site_is_told_at_once(database, cast, clock):
    staff_change(database, cast, clock, cast.ivanova, alert_position=None)
    staff_change(database, cast, clock, cast.petrova, active=False)
    second_day_cluster(database, cast.anna, clock())
    assert [mail.recipient for mail in mails(database)] == ["orlova@clinic.test"]
    with mail_server() as box:
        box.accept = lambda address: "550 no" if address.startswith("orlova") else "250 yes"
        send(database, clock, box.url)
        send(database, clock, box.url)
    assert box.recipients() == ["ivanova@clinic.test"]
    assert {one.staff_id for one in notices(database)} == {cast.orlova, cast.ivanova}


def test_somebody_outside_of_the_list_is_left_alone_while_somebody_on_it_hears(
    database, cast, clock
):
    staff_change(database, cast, clock, cast.ivanova, alert_position=None)
    second_day_cluster(database, cast.anna, clock())
    with mail_server() as box:
        box.accept = lambda address: "550 no" if address.startswith("orlova") else "250 yes"
        send(database, clock, box.url)
        send(database, clock, box.url)
    assert box.recipients() == ["petrova@clinic.test"]


def test_refused_mail_turns_the_banner_red_until_a_person_resolves_the_flag(
    database, cast, clock, petrova
):
    alive(database, clock)
    second_day_cluster(database, cast.anna, clock())
    [flag] = flags(database)
    path = f"/flags/{flag.public_id}"
    with mail_server() as box:
        box.accept = lambda address: "550 no" if address.startswith("orlova") else "250 yes"
        send(database, clock, box.url)
    assert "Alert mail was refused" in petrova.get("/flags").text
    assert petrova.get("/healthz").text == "mail refused\n"
    petrova.post(f"{path}/acknowledge", {"version": hidden(petrova.get(path), "version")})
    version = hidden(petrova.get(path), "version")
    petrova.post(f"{path}/resolve", {"version": version, "outcome": "called", "note": "Called."})
    assert len(rows(database, FlagAction)) == 2
    assert "Alert mail was refused" not in petrova.get("/flags").text
    assert petrova.get("/healthz").text == "ok\n"


@pytest.mark.req("L5")
def test_a_silent_worker_and_late_mail_are_on_the_banner(database, cast, clock, petrova):
    alive(database, clock)
    assert 'class="banner"' not in petrova.get("/flags").text
    second_day_cluster(database, cast.anna, clock())
    clock.forward(minutes=5, seconds=1)
    page = petrova.get("/flags").text
    assert "Alert mail is late" in page
    assert "Alert mail is standing still" in page


def test_a_site_without_anybody_to_tell_says_so_to_its_own_staff_alone(
    database, cast, clock, browser, petrova
):
    alive(database, clock)
    staff_change(database, cast, clock, cast.volkova, active=False)
    assert "Nobody is on the alert list" not in petrova.get("/flags").text
    assert petrova.get("/healthz").text == "no alert recipient\n"


def test_nobody_to_tell_stops_no_flag(database, cast, clock):
    for who in (cast.orlova, cast.ivanova, cast.petrova):
        staff_change(database, cast, clock, who, active=False)
    assert second_day_cluster(database, cast.anna, clock()).worst == "urgent"
    assert len(flags(database)) == 1
    assert mails(database) == []


def test_an_acknowledged_flag_needs_no_next_contact(database, cast, clock, petrova):
    staff_change(database, cast, clock, cast.ivanova, alert_position=None)
    second_day_cluster(database, cast.anna, clock())
    path = f"/flags/{flags(database)[0].public_id}"
    petrova.post(f"{path}/acknowledge", {"version": hidden(petrova.get(path), "version")})
    with mail_server() as box:
        box.accept = lambda _address: "550 no"
        send(database, clock, box.url)
        send(database, clock, box.url)
    assert len(mails(database)) == 2
    assert clock() - timedelta(days=1) < mails(database)[0].created_at


def test_a_refused_digest_goes_on_as_no_alert(database, cast, clock):
    with database.write() as session:
        run_digests(session, clock())
    check_in(database, cast.anna, clock.forward(hours=1), {"vomiting_24h": 3})
    with database.write() as session:
        run_digests(session, clock.forward(days=1))
    with mail_server() as box:
        box.accept = lambda address: "550 no" if address.startswith("orlova") else "250 yes"
        send(database, clock, box.url)
        send(database, clock, box.url)
    assert box.recipients() == ["petrova@clinic.test"]
    assert {mail.kind for mail in mails(database)} == {"digest"}
