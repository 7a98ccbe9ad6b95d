"""A phone that travelled: its page offers the zone setting, and never changes anything itself."""

from datetime import timedelta

import pytest

from app.web.static import STATIC_DIR
from tests.cast import NOW

pytestmark = pytest.mark.journey
ORIGIN = "http://phone.test"


@pytest.fixture
def seen(anna, chromium):
    """Whether ANNA's Today, told by a phone in ``zone`` whose clock is ``off``, offers it."""
    html = anna.get("/today").text

    def answer(route):
        name = route.request.url.partition("/static/")[2].partition("?")[0]
        if name:
            route.fulfill(path=STATIC_DIR / name)
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    def look(zone, off=timedelta(0), scripts=True):
        context = chromium.new_context(timezone_id=zone, java_script_enabled=scripts)
        page = context.new_page()
        page.clock.install(time=NOW + off)
        page.route("**/*", answer)
        page.goto(f"{ORIGIN}/today")
        line = page.locator("#moved")
        assert line.locator("a").get_attribute("href") == "/me/settings#zone"
        shown, said = line.is_visible(), line.inner_text() if scripts else ""
        page.unroute_all(behavior="wait")
        context.close()
        assert not shown or "another time zone than your diary (Moscow)" in said
        return shown

    return look


def test_only_a_right_clock_in_another_zone_offers_the_setting(seen, backend):
    if backend != "sqlite":
        return  # the same page
    hours = timedelta(hours=7)
    assert seen("Asia/Vladivostok") and seen("Europe/Berlin", timedelta(minutes=4))
    assert not seen("Europe/Moscow") and not seen("Europe/Minsk")
    assert not seen("Asia/Vladivostok", hours) and not seen("Asia/Vladivostok", -hours)
    assert not seen("Asia/Vladivostok", scripts=False)
