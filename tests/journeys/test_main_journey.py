"""The main job, end to end, as its people do it.

Staff enrol and invite; a participant redeems on a phone and tells of the second day; mail
reaches staff; the flag says why, is acknowledged and resolved; the brief shows it.
"""

import re
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.audit import SYSTEM
from app.clock import local_day, utc_now
from app.db import Database
from app.diary.service import About, record_dose, record_drinks
from app.models.people import STAFF, Participant
from app.signin import factors
from tests.cast import PASSWORD, PIN
from tests.checkin import submit_checkin
from tests.journeys.conftest import DESKTOP, PHONE, Live

pytestmark = pytest.mark.journey
ZONE = "Europe/Moscow"
# The second day of a person without opioids for months, in the pilot's own words.
CLUSTER = {
    "insomnia": 3,
    "anxiety": 3,
    "irritability": 3,
    "agitation": 3,
    "tremor": 3,
    "muscle_pain": 3,
}


def sign_in(page: Page, live: Live, email: str, path: str = "/participants") -> None:
    """With the password and the code of an app that was scanned before."""
    secret = factors.new_secret()
    with live.database.write() as session:
        who = session.execute(select(STAFF.c.id).where(STAFF.c.email == email)).scalar_one()
        scanned = factors.Scanned(secret, 0)
        factors.add_app(session, SYSTEM, who, "phone", scanned, utc_now())
    page.goto(live.url + path)
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code of the app").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(live.url + path)


def enrol(page: Page, live: Live, code: str, first_dose: date) -> str:
    """Through the pages, with a first dose in the past; returns the invitation's code."""
    page.goto(live.url + "/participants/new")
    page.get_by_label("Participant code").fill(code)
    page.get_by_label("Male", exact=True).check()
    page.get_by_label("Planned first dose").fill(first_dose.isoformat())
    page.get_by_label("Counselor").select_option(label="Anna Petrova")
    page.get_by_label("English").check()
    page.get_by_label("Time zone").fill(ZONE)
    page.locator("input[name=usual_drinks]").first.check()
    page.get_by_label("Name", exact=True).fill("Somebody")
    page.get_by_label("Telephone").fill("+7 900 000-00-01")
    page.get_by_role("button", name="Enrol").click()
    # A first dose in the past is asked back, on the same form.
    page.get_by_role("checkbox", name="is right").check()
    page.get_by_role("button", name="Enrol").click()
    page.get_by_role("button", name=re.compile("invitation", re.I)).click()
    found = re.search(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}", page.locator(".big").inner_text())
    assert found
    return found.group()


def live_through_the_run_in(
    database: Database, code: str, usual: dict[str, int], craving: int
) -> None:
    """Three evenings before the first dose, and the first dose yesterday, by the services."""
    with database.read() as session:
        from sqlmodel import select

        who = session.exec(select(Participant.id).where(Participant.code == code)).one()
    today = local_day(utc_now(), ZONE)
    calm = dict.fromkeys(("nausea", "dizziness", "insomnia", "headache"), 0)
    for back in (4, 3, 2):
        evening = datetime.combine(today - timedelta(days=back), datetime.min.time(), UTC)
        now = evening + timedelta(hours=17)
        with database.write() as session:
            ratings = {**calm, **usual}
            submit_checkin(session, who, "side_effects", ratings, [], SYSTEM, now)
            submit_checkin(session, who, "urges", {"opioid_craving": craving}, [], SYSTEM, now)
            about = About(who, ZONE, today - timedelta(days=back), SYSTEM, now)
            record_drinks(session, about, [])
    morning = datetime.combine(today - timedelta(days=1), datetime.min.time(), UTC)
    now = morning + timedelta(hours=6)
    with database.write() as session:
        record_dose(
            session, About(who, ZONE, today - timedelta(days=1), SYSTEM, now), taken=True, at=now
        )


def redeem(page: Page, live: Live, code: str) -> None:
    page.goto(f"{live.url}/start#{code}")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("6 to 12 digits").fill(PIN)
    page.get_by_label("The same code again").fill(PIN)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(live.url + "/today")


def tell_the_second_day(page: Page, craving: int = 7) -> None:
    """The tablet, the urges, and the cluster of the second day, page by page."""
    page.get_by_role("button", name="Yes, I took it").click()
    page.get_by_role("link", name=re.compile("Urges")).click()
    page.locator(f"input[name=opioid_craving][value='{craving}']").check(force=True)
    page.locator("input[name=alcohol_craving][value='2']").check(force=True)
    page.get_by_role("button", name="Save").click()
    turn(page, page.get_by_role("link", name=re.compile("Side effects")))
    while page.locator("fieldset.pick").count():
        answer_page(page)
    page.get_by_label(re.compile("None of these")).check()
    for box in page.locator("input[name$=_none]").all():
        box.check()
    page.get_by_role("button", name="Continue").last.click()
    page.get_by_role("button", name="Save").click()


def answer_page(page: Page) -> None:
    for group in page.locator("fieldset.pick").all():
        name = group.locator("input").first.get_attribute("name") or ""
        value = CLUSTER.get(name, 0)
        group.locator(f"input[value='{value}']").check(force=True)
    turn(page, page.get_by_role("button", name="Continue").last)


def turn(page: Page, button: Locator) -> None:
    """Presses, and is on the next page before it looks what stands there."""
    before = page.url
    button.click()
    page.wait_for_url(lambda url: url != before)


def test_from_enrolment_to_a_resolved_flag_and_the_brief(live, windows):
    staff = windows(DESKTOP)
    sign_in(staff, live, "orlova@clinic.test")
    first_dose = local_day(utc_now(), ZONE) - timedelta(days=1)

    invitation = enrol(staff, live, "DB-031", first_dose)
    live_through_the_run_in(live.database, "DB-031", {}, craving=10)
    phone = windows(PHONE, has_touch=True, is_mobile=True)
    redeem(phone, live, invitation)
    tell_the_second_day(phone)
    phone.wait_for_url(live.url + "/help/soon")
    expect(phone.locator("main")).to_contain_text("before the next tablet")

    live.mailbox.wait_for(2)
    # The first contact of the site's list, and the participant's counselor.
    assert sorted(live.mailbox.recipients()) == ["orlova@clinic.test", "petrova@clinic.test"]
    mail = next(mail for to, mail in live.mailbox.mails if to == "petrova@clinic.test")
    text = mail.get_body(("plain",)).get_content()
    link = re.search(rf"{re.escape(live.url)}/flags\S*", text)
    assert link
    assert "DB-031" not in text
    assert "craving" not in text.lower()

    counselor = windows(DESKTOP)
    path = link.group().removeprefix(live.url)
    sign_in(counselor, live, "petrova@clinic.test", path)
    counselor.get_by_role("link", name=re.compile("withdrawal-like")).first.click()
    expect(counselor.locator("#flag")).to_contain_text(re.compile("Tremor: 3 of 4"))
    expect(counselor.locator("#flag")).to_contain_text("need the study physician’s approval")
    counselor.get_by_role("button", name="Acknowledge").click()
    counselor.get_by_label("Outcome").select_option("called")
    counselor.get_by_label("What was done").fill("Called. The physician sees her today.")
    counselor.get_by_role("button", name="Resolve").click()
    counselor.goto(counselor.url)
    expect(counselor.locator("body")).to_contain_text("Resolved")

    counselor.goto(live.url + "/participants")
    counselor.get_by_role("link", name=re.compile("DB-031")).first.click()
    counselor.get_by_role("link", name=re.compile("brief", re.I)).first.click()
    expect(counselor.locator("main")).to_contain_text("DB-031")
    expect(counselor.locator("main")).to_contain_text("Trouble sleeping")


def test_the_same_answers_from_a_person_whose_baseline_they_are_raise_nothing(live, windows):
    staff = windows(DESKTOP)
    sign_in(staff, live, "orlova@clinic.test")
    first_dose = local_day(utc_now(), ZONE) - timedelta(days=1)
    invitation = enrol(staff, live, "DB-032", first_dose)
    live_through_the_run_in(live.database, "DB-032", CLUSTER, craving=70)
    phone = windows(PHONE, has_touch=True, is_mobile=True)

    redeem(phone, live, invitation)
    tell_the_second_day(phone)
    phone.wait_for_url(live.url + "/today")

    staff.goto(live.url + "/flags")
    expect(staff.locator("main")).to_contain_text("No open alerts")
    assert live.mailbox.mails == []
