"""The demo's mailbox."""

from fastapi import FastAPI

from app.main import create_app
from tests.browser import running
from tests.cast import staff_session


def test_there_is_no_mailbox_outside_the_demo(orlova):
    assert orlova.get("/mailbox").status_code == 404


def test_staff_read_the_demo_mail_and_follow_its_links(database, cast, clock, put):
    put("one")
    settings = database.settings.model_copy(update={"demo": True})
    app: FastAPI = create_app(settings, database, clock)
    with running(app) as browser:
        orlova = browser.signed_in(staff_session(database, cast.orlova, clock()))
        page = orlova.get("/mailbox")
    assert page.status_code == 200
    assert "About one" in page.text
    assert "orlova@clinic.test" in page.text
    assert "waiting" in page.text


def test_participants_do_not_see_it(anna):
    assert anna.get("/mailbox").status_code == 303
