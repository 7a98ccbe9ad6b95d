"""From a phone to a mailbox to the page behind the link, with every real part in between."""

import re

import pytest

from app.alerts.alerting import notify_next
from app.models.flags import FlagEvidence
from app.outbox.worker import Worker, working
from tests.browser import Browser, running
from tests.cast import PASSWORD, participant_session, staff_session
from tests.flags.record import flags, mails, rows
from tests.signin.test_second_factor import code, set_up
from tests.smtp import Mailbox, mail_server

NEW = "/today/check/new"
PAGES = (
    {"nausea": "3"},
    {"sweating": "3"},
    {"anxiety": "3"},
    {"muscle_pain": "3"},
    {},
)


@pytest.fixture
def box():
    with mail_server() as found:
        yield found


def fill_in(phone: Browser, pages=PAGES) -> str:
    """All six pages of a check-in, not yet saved; returns its address."""
    path = NEW
    for number, answers in enumerate((*pages, {}), start=1):
        body = {"method": "each" if answers else "page_none", "idem": f"p{number}", **answers}
        answer = phone.post(f"{path}/{number}", body)
        assert answer.status_code == 303, answer.text
        path = answer.headers["location"].removesuffix(f"/{number + 1}")
    return path


def test_the_second_day_reaches_staff_while_the_phone_shows_help(
    app, database, cast, clock, box: Mailbox
):
    database.settings = database.settings.model_copy(update={"smtp_url": box.url})
    worker = Worker(database, clock, on_refused=notify_next)
    with running(app) as browser, browser.beside(working(worker)):
        # Given a first tablet that ANNA took twelve hours ago
        anna = browser.signed_in(participant_session(database, cast.anna, clock()))
        assert anna.post("/today/dose", {"answer": "taken", "idem": "d1"}).status_code == 303
        clock.forward(hours=12)
        anna = browser.signed_in(participant_session(database, cast.anna, clock()))

        # When she saves a check-in with symptoms of four kinds, and the phone sends it twice
        path = fill_in(anna)
        saved = anna.post(f"{path}/save", {"idem": "s1"})
        again = anna.post(f"{path}/save", {"idem": "s1"})

        # Then help is on her screen, and one flag and two mails are on their way
        assert saved.headers["location"].startswith("/help/")
        assert again.status_code == 303
        [flag] = flags(database)
        assert (flag.rule, flag.severity) == ("WDL-2", "urgent")
        box.wait_for(2)
        assert len(mails(database)) == len(box.mails) == 2
        assert len(rows(database, FlagEvidence)) == 1

        # And the link leads Orlova through both doors to the flag
        [mail] = [mail for to, mail in box.mails if to == "orlova@clinic.test"]
        text = mail.get_body(("plain",)).get_content()
        link = re.search(r"https://daybook\.test(/flags/\w+)", text).group(1)
        desk = browser.signed_in(staff_session(database, cast.orlova, clock()))
        secret, _ = set_up(desk, clock)
        staff = browser.another()
        door = staff.get(link).headers["location"]
        assert door == f"/sign-in?next={link}"
        form = {"email": "orlova@clinic.test", "password": PASSWORD, "next": link}
        assert staff.post("/sign-in", form).headers["location"] == link
        second = staff.get(link).headers["location"]
        assert second == f"/sign-in/second?next={link}"
        clock.forward(seconds=60)
        shown = {"code": code(secret, clock), "next": link}
        assert staff.post("/sign-in/second", shown).headers["location"] == link
        page = staff.get(link)
        assert "DB-001: Possible withdrawal-like reaction, strong" in page.text


def test_a_danger_sign_is_told_before_the_check_in_is_finished(
    app, database, cast, clock, box: Mailbox
):
    database.settings = database.settings.model_copy(update={"smtp_url": box.url})
    worker = Worker(database, clock, on_refused=notify_next)
    with running(app) as browser, browser.beside(working(worker)):
        anna = browser.signed_in(participant_session(database, cast.anna, clock()))
        answer = anna.post(f"{NEW}/6", {"signs": "seizure", "method": "each", "idem": "a1"})
        assert answer.headers["location"] == "/help/now"
        box.wait_for(2)
    [flag] = flags(database)
    assert (flag.rule, flag.severity) == ("EMG-1", "emergency")
    assert {mail["Subject"] for _, mail in box.mails} == {f"Now: alert {flag.reference}"}
