"""A passkey in a real browser, on a device that is Chromium's own: made, shown, and refused."""

import pytest

from app.clock import utc_now
from app.models.people import Factor
from app.visit.identity import SESSION_COOKIE
from tests.cast import PASSWORD, staff_session
from tests.flags.record import rows
from tests.journeys.conftest import DESKTOP

pytestmark = pytest.mark.journey


def virtual_device(page):
    """A device with a sensor for fingers; returns what sets whether its owner is there."""
    spoken = page.context.new_cdp_session(page)
    spoken.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    options = {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}
    made = spoken.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def looks(there):
        told = {"authenticatorId": made["authenticatorId"], "isUserVerified": there}
        spoken.send("WebAuthn.setUserVerified", told)

    return looks


@pytest.mark.req("A7")
def test_a_passkey_is_made_on_the_account_page_and_opens_the_second_door(live, windows):
    page = windows(DESKTOP)
    looks = virtual_device(page)
    token = staff_session(live.database, live.cast.petrova, utc_now())
    home = live.url.replace("http:", "https:")
    own = {"name": SESSION_COOKIE, "value": token, "url": home, "secure": True}
    page.context.add_cookies([own])
    page.goto(f"{live.url}/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("A name for it").fill("laptop")
    page.get_by_label("Your present password").fill(PASSWORD)
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    assert [one.name for one in rows(live.database, Factor)] == ["laptop"]

    page.context.clear_cookies()
    page.goto(f"{live.url}/participants")
    page.get_by_label("Email address").fill("petrova@clinic.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    looks(False)
    page.get_by_role("button", name="Show a passkey").click()
    page.get_by_text("The browser showed no passkey.").wait_for()
    looks(True)
    page.get_by_role("button", name="Show a passkey").click()
    page.wait_for_url(f"{live.url}/participants")

    page.goto(f"{live.url}/account/recovery")
    page.get_by_label("Your present password").fill(PASSWORD)
    page.get_by_role("button", name="Show a passkey").click()
    page.get_by_text("The passkey was shown.").wait_for()
    page.get_by_role("button", name="New recovery codes").click()
    page.get_by_text("These codes are shown once.").wait_for()
