"""The sheet that a participant takes home: one page, both languages, and nothing telling."""

import re

import pytest

from app.models.people import Participant
from tests.press import ORIGIN, Press, fits, sheets

pytestmark = pytest.mark.journey
CODE = r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}"
# Somebody may find it: what nobody else need know.
TELLING = (
    r"(?i)alert|alcohol|drink|drug|substance|opioid|tablet|study|trial|clinic|counsel|treatment|"
    r"сигнал|алкогол|порци|наркот|веществ|опиоид|таблет|исследован|клиник|консульт|лечен"
)


@pytest.fixture
def opened(orlova, database, cast):
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    path = f"/participants/{public}"

    def sheet(page):
        page.goto(ORIGIN + path)
        page.locator('form[action$="/invitation"] button').click()
        page.wait_for_selector(".handout")

    return sheet


def test_it_is_one_page_on_a4_and_on_a5(orlova, opened, chromiums, letters):
    printed, sideways = {}, []
    with Press(orlova, chromiums(letters)).page() as page:
        opened(page)
        for size in ("A4", "A5"):
            printed[size] = sheets(page.pdf(format=size))
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            if not fits(page):
                sideways.append(width)
    assert printed == {"A4": 1, "A5": 1}
    assert sideways == []


def test_both_languages_say_what_it_is_how_to_begin_until_when_and_whom_to_call(
    orlova, opened, chromium, cast
):
    with Press(orlova, chromium).page() as page:
        opened(page)
        page.emulate_media(media="print")
        english, russian = (
            page.locator(f"section[lang={lang}]").inner_text() for lang in ("en", "ru")
        )
        assert page.locator("svg.qr").is_visible()
    assert "a diary on your own phone" in english and "это дневник в вашем телефоне" in russian
    for text in (english, russian):
        assert "8 812 000-00-02" in text and "/start" in text
        assert re.search(r"24 (Nov|нояб)", text)
    assert re.search(CODE, english)


def test_whoever_finds_it_learns_nothing(orlova, opened, chromium):
    with Press(orlova, chromium).page() as page:
        opened(page)
        page.emulate_media(media="print")
        seen = page.locator("body").inner_text()
    assert re.findall(TELLING, seen) == []
