"""What the brief puts beside its numbers: what to ask, what was done, what was shared; for whom."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.counseling import BriefReading
from app.models.people import Participant
from tests.brief.diary import noon, six_weeks
from tests.brief.fullest import _filled, fullest
from tests.brief.test_pages import TODAY, write
from tests.cast import NOW, staff_session

WISH = "To speak of my brother and of Saturdays."
CANARY = "canary-that-nobody-shared"


@pytest.fixture
def public(database, cast):
    with database.read() as session:
        return session.get(Participant, cast.anna).public_id


@pytest.fixture
def told(database, cast):
    """Six weeks, rulers twice, words for the session, and a sheet that was kept back."""
    with write(database, cast.anna) as diary:
        six_weeks(diary, cast.site, TODAY)
        at = noon(TODAY - timedelta(days=2))
        for hour, ruler in enumerate((6, 8)):
            values = {"importance": ruler, "confidence": ruler - 4}
            _filled(diary, "rulers", at + timedelta(hours=hour), None, True, values)
        _filled(diary, "before_session", at, None, True, {"wish": WISH})
        _filled(diary, "values", at, None, False, {"v": CANARY})


def read(browser, public, query=""):
    page = browser.get(f"/participants/{public}/brief{query}")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)), page.text


def test_two_questions_are_put_each_with_its_reason(petrova, public, told):
    text, html = read(petrova, public)
    asked = re.search(r'<ol class="ask">(.*?)</ol>', html, re.S).group(1)
    assert asked.count("<li>") == 2 and asked.count("Because:") == 2
    assert "What do you notice" not in asked
    assert "Because: Trouble sleeping: at least “moderate” in every answer" in text


def test_what_was_written_for_the_session_and_the_rulers_stand_there(petrova, public, told):
    text, _ = read(petrova, public)
    assert WISH in text and "Written 21 Nov for this session." in text
    assert "Importance 8 (was 6), confidence 4 (was 2); each of 10." in text


def test_a_coordinator_reads_no_sheet_and_is_offered_no_note(orlova, petrova, public, told):
    text, html = read(orlova, public)
    assert WISH not in text and "Importance" not in text
    assert "/note" not in html and 'name="sheet"' not in html
    assert "I want to talk about Saturdays." in text, "a note of the diary is for the whole team"
    _, mine = read(petrova, public)
    assert 'name="sheet"' in mine


def test_a_sheet_that_was_not_shared_is_not_there(petrova, orlova, public, told):
    for browser in (petrova, orlova):
        text, html = read(browser, public)
        assert CANARY not in html and "What matters to me" not in text


def test_the_note_of_the_next_session_is_one_tap_away(petrova, database, public, cast, told):
    with write(database, cast.anna) as diary:
        diary.number = 900
        row = diary.session_on(noon(TODAY), 5).public_id
    _, html = read(petrova, public)
    assert f'href="/participants/{public}/sessions/{row}/note"' in html


@pytest.mark.parametrize(("ahead", "opens"), [(0, True), (1, False)])
def test_the_note_is_offered_from_the_day_of_the_session_on(
    petrova, orlova, database, public, cast, ahead, opens
):
    with write(database, cast.anna) as diary:
        diary.session_on(noon(TODAY + timedelta(days=ahead)), 1)
    text, html = read(petrova, public)
    assert ("Start session note" in text) is ("/note" in html) is opens
    assert ("The session note opens on 24 Nov." in text) is not opens
    other, html = read(orlova, public)
    assert "session note" not in other and "/note" not in html


def test_a_cancelled_session_is_not_next(petrova, database, public, cast):
    with write(database, cast.anna) as diary:
        off = diary.session_on(noon(TODAY + timedelta(days=1)), 1)
        off.cancelled_at = NOW
        diary.session.add(off)
    text, html = read(petrova, public)
    assert "No session planned" in text and "/note" not in html


def test_who_read_it_for_the_session_is_recorded_and_shown(petrova, orlova, database, public, told):
    read(petrova, public)
    text, _ = read(orlova, public)
    assert "Read by Anna Petrova on 23 Nov, 09:00." in text
    with database.read() as session:
        rows = session.execute(select(BriefReading.staff_id, BriefReading.session_id)).all()
    assert len(rows) == 2 and all(row.session_id for row in rows)


def test_an_alert_says_what_was_done_and_by_whom(petrova, database, cast, public):
    with write(database, cast.anna) as diary:
        fullest(diary, cast.site, cast.petrova, TODAY)
    text, html = read(petrova, public)
    assert "acknowledged 22 Nov, 15:00, Anna Petrova" in text
    assert "…”" in text, "a long note ends in dots"
    assert "and 6 more" in text
    alerts = re.search(r'id="alerts".*?</section>', html, re.S).group(0)
    assert len(set(re.findall(r"/flags/\w+", alerts))) == 10, "what is folded away is there"


def test_danger_puts_safety_first_in_questions_and_sheets(petrova, database, cast, public):
    with write(database, cast.anna) as diary:
        six_weeks(diary, cast.site, TODAY)
        diary.flag(cast.site, "WDL", "WDL-3", "urgent")
    text, _ = read(petrova, public)
    assert "An alert about a possible withdrawal-like reaction is open." in text
    assert text.index("an alert is open") < text.index("In short")


@pytest.mark.parametrize(("lang", "words"), [("en", "None of the fixed"), ("ru", "Ни одно из")])
def test_without_a_sentence_the_page_does_not_say_that_nothing_changed(
    petrova, database, cast, public, lang, words
):
    with write(database, cast.anna) as diary:
        for back in range(1, 15):
            diary.drinks(TODAY - timedelta(days=back), 2)
    petrova.post("/language", {"lang": lang})
    text, _ = read(petrova, public)
    assert words in text
    with write(database, cast.anna) as diary:
        diary.substances(TODAY - timedelta(days=1), "opioid")
    assert words not in read(petrova, public)[0]


def test_a_comparison_leads_to_the_days_of_both_weeks(petrova, database, cast, public):
    with write(database, cast.anna) as diary:
        for back in range(1, 15):
            diary.drinks(TODAY - timedelta(days=back), 2 if back < 8 else 6)
    text, html = read(petrova, public)
    assert "Less alcohol per day than in the week before: 3.2 standard drinks" in text
    short = re.search(r'id="short".*?</section>', html, re.S).group(0)
    days = set(re.findall(rf"/participants/{public}/day/([\d-]+)", short))
    assert days == {str(TODAY - timedelta(days=back)) for back in range(1, 15)}


def test_the_grounds_of_a_question_lead_to_where_they_stand(petrova, database, cast, public):
    with write(database, cast.anna) as diary:
        diary.flag(cast.site, "EMG", "EMG-1", "emergency")
        for back in range(1, 8):
            diary.drinks(TODAY - timedelta(days=back), 0)
    text, html = read(petrova, public)
    asked = re.search(r'<ol class="ask">(.*?)</ol>', html, re.S).group(1)
    assert "An alert about a danger sign is open." in asked and 'href="#alerts"' in asked
    assert "without alcohol that you" not in asked and "asks to be put first" not in text


def test_today_is_told_apart_from_the_numbers(petrova, database, cast, public):
    with write(database, cast.anna) as diary:
        six_weeks(diary, cast.site, TODAY)
    text, _ = read(petrova, public)
    assert "Nothing was told today yet." in text
    with write(database, cast.anna) as diary:
        diary.number = 500  # after those of the six weeks
        diary.dose(TODAY, received_at=NOW)
        diary.drinks(TODAY, 3, received_at=NOW)
        diary.checkin(NOW, alcohol_craving=55, nausea=3)
    again, _ = read(petrova, public)
    assert (
        "tablet taken; 4.7 standard drinks; urge to drink 5.5; worst side effect: severe" in again
    )
    numbers = re.compile(r"Days with alcohol.*?Opioid use days")
    assert numbers.search(text).group() == numbers.search(again).group()
    assert "Asked 23 Nov, 09:00." in again, "side effects are those of today"


def test_the_tables_name_sessions_and_days_filled_in_later(petrova, public, told):
    text, _ = read(petrova, public, "?show=tables&weeks=24")
    assert "Wed 18 Nov session 4" in text
    assert text.count("filled in later") == 4, "two days, how many they are, and the legend"
    assert "urine: negative" in text


def test_the_chart_marks_days_filled_in_later(petrova, public, told):
    _, html = read(petrova, public)
    assert html.count('class="c-late"') == 1


def test_a_counselor_without_the_caseload_finds_no_brief(
    browser, database, cast, clock, public, told
):
    other = browser.signed_in(staff_session(database, cast.sokolov, clock()))
    assert other.get(f"/participants/{public}/brief").status_code == 404
    with database.read() as session:
        assert session.execute(select(BriefReading.id)).first() is None


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_side_effects_stand_under_their_day_and_an_old_answer_says_its_age(
    petrova, database, cast, public, lang
):
    with write(database, cast.anna) as diary:
        diary.checkin(noon(TODAY - timedelta(days=10)), nausea=2)
    petrova.post("/language", {"lang": lang})
    text, _ = read(petrova, public)
    old = {"en": "No answer since then: 10 days.", "ru": "С тех пор ответов нет: 10 дней."}
    title = {"en": "Side effects, %s Nov", "ru": "Побочные эффекты, %s нояб."}
    assert title[lang] % 13 in text and old[lang] in text
    with write(database, cast.anna) as diary:
        diary.number = 900
        diary.checkin(noon(TODAY - timedelta(days=3)), nausea=2)
    text, _ = read(petrova, public)
    assert title[lang] % 20 in text and old[lang][:15] not in text


@pytest.mark.parametrize(("back", "title"), [(9, "Since enrolment, 14 Nov"), (60, "Since 12 Oct")])
def test_before_the_first_session_events_count_from_enrolment(
    petrova, database, cast, public, back, title
):
    with write(database, cast.anna) as diary:
        person = diary.session.get(Participant, cast.anna)
        person.enrolled_at = noon(TODAY - timedelta(days=back))
        diary.session.add(person)
        for day in range(1, 50):
            diary.drinks(TODAY - timedelta(days=day), 1)
    text, _ = read(petrova, public)
    assert title in text


def test_in_russian_a_figure_says_that_it_counts_reported_days(petrova, public, told):
    petrova.post("/language", {"lang": "ru"})
    text, _ = read(petrova, public)
    assert "из 6 отмеченных" in text
    assert "из 6 дней" not in text


def test_what_somebody_wrote_on_a_sheet_cannot_become_markup(petrova, database, cast, public):
    with write(database, cast.anna) as diary:
        _filled(diary, "before_session", NOW, None, True, {"wish": "<script>alert(1)</script>"})
    _, html = read(petrova, public)
    assert "<script>alert" not in html and "&lt;script&gt;alert" in html


def test_it_is_whole_in_russian(petrova, public, told):
    petrova.post("/language", {"lang": "ru"})
    text, _ = read(petrova, public)
    parts = ("Что попробовать сегодня", "Основание:", "После встречи 18 нояб.", "Анализы мочи и")
    for part in parts:
        assert part in text
    assert "Важность 8 (было 6), уверенность 4 (было 2); каждая из 10." in text
