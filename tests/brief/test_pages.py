"""My sessions, the brief and a day's entries, over HTTP on both databases."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from app.models.audit import AuditEntry
from app.models.people import Participant
from tests.brief.diary import Diary, noon, six_weeks
from tests.brief.fullest import fullest
from tests.cast import NOW

TODAY = date(2026, 11, 23)


@pytest.fixture
def public(database, cast):
    with database.read() as session:
        return session.get(Participant, cast.anna).public_id


@pytest.fixture
def anna_told(database, cast):
    """Six weeks of ANNA's diary."""
    with database.write() as session:
        diary = Diary(session, cast.anna)
        six_weeks(diary, cast.site, TODAY)
        diary.close(NOW)


def write(database, who):
    """A diary to write in; commits when the block ends."""

    class _Open:
        def __enter__(self):
            self.cm = database.write()
            self.diary = Diary(self.cm.__enter__(), who)
            return self.diary

        def __exit__(self, *error):
            if error[0] is None:
                self.diary.close(NOW)
            return self.cm.__exit__(*error)

    return _Open()


def statements(database, browser, path):
    seen = []

    def note(_c, _cursor, statement, *_):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert browser.get(path).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


def test_my_sessions_say_who_is_next_and_what_is_unread(petrova, cast, anna_told):
    page = petrova.get("/sessions")
    assert "25 Nov, 12:00" in page.text
    assert "last entry today, 08:00" in page.text
    assert "1 alert not acknowledged" in page.text
    assert "DB-001" in page.text and "DB-002" not in page.text
    assert "Today</span>" in page.text  # the most serious of the two


def test_whose_session_is_first_stands_first(orlova, database, cast):
    with write(database, cast.boris) as diary:
        diary.session_on(noon(TODAY + timedelta(days=3)), 1)
    page = orlova.get("/sessions").text
    assert page.index("DB-002") < page.index("DB-001")
    assert "Ivan Sokolov" in page
    with write(database, cast.anna) as diary:
        diary.session_on(noon(TODAY + timedelta(days=1)), 1)
        diary.session_on(noon(TODAY - timedelta(days=1)), 1)  # past, never recorded
    page = orlova.get("/sessions").text
    assert page.index("DB-001") < page.index("DB-002")
    assert "tomorrow, 12:00" in page.lower()


def test_an_empty_caseload_says_so(petrova, database, cast):
    with write(database, cast.anna) as diary:
        person = diary.session.get(Participant, cast.anna)
        person.counselor_id = cast.sokolov
        diary.session.add(person)
    assert "Nobody is on your list yet" in petrova.get("/sessions").text


def test_a_longer_caseload_asks_no_more_of_the_database(petrova, database, cast):
    few = statements(database, petrova, "/sessions")
    with write(database, cast.anna) as diary:
        for n in range(20):
            diary.session.add(
                Participant(
                    site_id=cast.site,
                    code=f"DB-1{n:02}",
                    timezone="Europe/Moscow",
                    language="en",
                    counselor_id=cast.petrova,
                    enrolled_at=NOW,
                )
            )
    assert statements(database, petrova, "/sessions") == few <= 6


def test_the_brief_shows_numbers_sentences_words_and_alerts(petrova, public, anna_told):
    page = petrova.get(f"/participants/{public}/brief")
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>", " ", page.text)
    text = re.sub(r"\s+", " ", text)
    assert "Before session 5 · Wed 25 Nov 2026, 12:00" in text
    assert "of 6 reported" in text and "40 of 42 days reported, 2 of them filled in later" in text
    assert "urine 18 Nov: negative" in text
    assert "Trouble sleeping: at least “moderate” in every answer since 12 Nov" in text
    assert "I want to talk about Saturdays." in text
    assert "acknowledged" in text and "Written 22 Nov" in text
    assert page.text.count('class="c-sess-t"') == 4
    for day in re.findall(rf"/participants/{public}/day/([\d-]+)", page.text)[:3]:
        assert petrova.get(f"/participants/{public}/day/{day}").status_code == 200


def test_the_brief_of_somebody_new_is_empty_and_says_so(petrova, public):
    page = petrova.get(f"/participants/{public}/brief")
    assert page.status_code == 200
    for text in (
        "No session planned",
        "Nothing written in the last two weeks.",
        "No check-in in this time.",
        "No alert is open.",
        "No worksheet was asked for or shared.",
        "0 of 1 day reported",
    ):
        assert text in page.text


def test_opening_the_brief_or_a_day_is_recorded(petrova, database, cast, public):
    petrova.get(f"/participants/{public}/brief")
    petrova.get(f"/participants/{public}/day/2026-11-20")
    with database.read() as session:
        rows = session.execute(
            select(AuditEntry.__table__).where(AuditEntry.__table__.c.action.like("%.open"))
        ).all()
    assert [(row.action, row.actor, row.subject_id) for row in rows] == [
        ("brief.open", f"staff:{cast.petrova}", cast.anna),
        ("day.open", f"staff:{cast.petrova}", cast.anna),
    ]


def test_the_tables_cover_the_weeks_of_the_chart(petrova, public, anna_told):
    chart = petrova.get(f"/participants/{public}/brief")
    page = petrova.get(f"/participants/{public}/brief?show=tables")
    assert '<svg class="ch"' not in page.text
    assert page.text.count('<th scope="row"><a class="nb" href=') == 42
    for text in ("6 weeks, day by day", "12 Oct to 22 Nov · 40 of 42 days reported"):
        assert text in page.text and text in chart.text
    assert re.search(r'19 Nov</a></th><td class="nb"></td>', page.text)  # blank, not zero
    more = petrova.get(f"/participants/{public}/brief?show=tables&weeks=24")
    assert more.text.count('<th scope="row"><a class="nb" href=') == 42  # all of the diary


def test_half_a_year_is_drawn_on_demand(petrova, database, cast, public, anna_told):
    page = petrova.get(f"/participants/{public}/brief?weeks=24")
    assert "6 weeks, day by day" in page.text and "40 of 42 days reported" in page.text
    assert "Show 24 weeks" not in petrova.get(f"/participants/{public}/brief").text
    with write(database, cast.anna) as diary:
        diary.drinks(TODAY - timedelta(days=168), 0)
        person = diary.session.get(Participant, cast.anna)
        person.enrolled_at = noon(TODAY - timedelta(days=168))
        diary.session.add(person)
    page = petrova.get(f"/participants/{public}/brief?weeks=24")
    assert "24 weeks, day by day" in page.text and "41 of 168 days reported" in page.text
    assert "Show 24 weeks" in petrova.get(f"/participants/{public}/brief").text


@pytest.mark.parametrize("query", ["weeks=7", "weeks=x", "weeks=-6", "show=all", "weeks=1e9"])
def test_other_spans_do_not_exist(petrova, public, query):
    assert petrova.get(f"/participants/{public}/brief?{query}").status_code == 404


def test_the_number_of_statements_does_not_grow_with_the_diary(petrova, database, public, cast):
    path = f"/participants/{public}/brief"
    with write(database, cast.anna) as diary:
        diary.session_on(noon(TODAY + timedelta(days=1)), 1)
    petrova.get(path)
    few = statements(database, petrova, path)
    with write(database, cast.anna) as diary:
        fullest(diary, cast.site, cast.petrova, TODAY)
    assert statements(database, petrova, path) == few <= 28


def test_the_brief_speaks_russian(petrova, database, cast, public, anna_told):
    petrova.post("/language", {"lang": "ru"})
    page = petrova.get(f"/participants/{public}/brief")
    assert '<html lang="ru">' in page.text
    assert "Коротко" in page.text and "до этого:" in page.text
    assert "6 недель по дням" in page.text and "Таблетка" in page.text
    assert "In short" not in page.text and "week before" not in page.text


def test_a_day_shows_each_version_and_where_it_came_from(petrova, database, cast, public):
    day = date(2026, 11, 20)
    with write(database, cast.anna) as diary:
        first = diary.drinks(day, 6)
        diary.drinks(
            day,
            2,
            received_at=NOW,
            provenance="recalled",
            replaces_id=first.id,
        )
        first.superseded_at = NOW
        diary.session.add(first)
        diary.dose(day, False, reason="forgot")
        diary.substances(day)
        diary.checkin(noon(day), insomnia=2, nausea=0, alcohol_craving=30)
    page = petrova.get(f"/participants/{public}/day/{day}")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
    now, before = text.index("In all 3.2 standard drinks"), text.index("In all 9.5 standard")
    assert now < before
    assert "told later, from memory" in text and "told on the next day" in text
    assert "earlier version" in text and "Replaced 23 Nov, 09:00." in text
    assert "Not taken" in text and "It slipped my mind" in text
    assert "No other substances" in text
    assert "Trouble sleeping: moderate" in text and "Urge to drink alcohol: 3 of 10" in text
    assert "None: Nausea" in text


def test_a_blank_day_says_that_it_says_nothing(petrova, public):
    page = petrova.get(f"/participants/{public}/day/2026-11-20")
    assert "Nothing was told about this day" in page.text


@pytest.mark.parametrize("day", ["2026-11-24", "1999-12-31", "2026-02-30", "yesterday"])
def test_days_to_come_and_days_that_do_not_exist_have_no_page(petrova, public, day):
    assert petrova.get(f"/participants/{public}/day/{day}").status_code == 404


def test_a_day_on_hold_is_no_day_without_the_tablet(petrova, database, cast, public):
    with write(database, cast.anna) as diary:
        diary.dose(date(2026, 11, 20), False, hold=True)
    assert "on hold: 1 day" in petrova.get(f"/participants/{public}/brief").text
    assert "Not taken, on hold" in petrova.get(f"/participants/{public}/day/2026-11-20").text


def test_what_a_participant_wrote_cannot_become_markup(petrova, database, cast, public):
    with write(database, cast.anna) as diary:
        diary.note(noon(date(2026, 11, 21)), "<script>alert(1)</script>")
    for path in ("brief", "day/2026-11-21"):
        page = petrova.get(f"/participants/{public}/{path}")
        assert "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text


def test_titles_stay_neutral(petrova, public, anna_told):
    for path in ("/sessions", f"/participants/{public}/brief", f"/participants/{public}"):
        title = re.search("<title>(.*?)</title>", petrova.get(path).text).group(1)
        assert title == "Daybook"
