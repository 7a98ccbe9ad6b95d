"""Since when the brief counts, and what of the time before the last session stays off it."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from app.models.checkin import CheckinJudgement
from app.models.flags import FlagAction
from app.models.people import PARTICIPANT, Participant
from app.models.worksheets import Assignment, Worksheet, WorksheetCopy
from tests.brief.diary import noon
from tests.brief.fullest import _filled
from tests.brief.test_pages import TODAY, write
from tests.cast import NOW

DAY = timedelta(days=1)


def ago(days):
    return noon(TODAY - days * DAY)


class Desk:
    """ANNA's brief as counselor Petrova reads it, and what is written about ANNA."""

    def __init__(self, browser, database, cast):
        self.browser, self.database, self.cast = browser, database, cast
        with database.read() as session:
            self.public = session.get(Participant, cast.anna).public_id
        self.enrol(60)

    def enrol(self, days):
        self.alter(enrolled_at=ago(days))

    def alter(self, **values):
        person = PARTICIPANT
        with self.write() as diary:
            diary.session.execute(
                update(person).where(person.c.id == self.cast.anna).values(**values)
            )

    def write(self):
        return write(self.database, self.cast.anna)

    def page(self):
        return self.browser.get(f"/participants/{self.public}/brief")

    def text(self):
        return _words(self.page().text)

    def part(self, name):
        """The words of one card."""
        html = self.page().text
        return _words(re.search(rf'id="{name}"[^>]*>(.*?)</section>', html, re.S).group(1))


def _words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def desk(petrova, database, cast):
    return Desk(petrova, database, cast)


def test_two_sessions_on_one_day_are_two(desk):
    with desk.write() as diary:
        for hour in (1, 3):
            diary.session_on(ago(2) + timedelta(hours=hour), 1, attended=True)
        diary.session_on(ago(-2), 2)
    assert "Before session 3" in desk.text()


def test_sessions_cancelled_or_without_a_record_are_told_since_the_last_one(desk):
    with desk.write() as diary:
        diary.session_on(ago(20), 1, attended=True)
        for days in (12, 5):
            diary.session_on(ago(days), 1).cancelled_at = ago(days + 1)
        diary.session_on(ago(8), 1)
        diary.session_on(ago(4), 1, attended=False)
    told = desk.part("since")
    assert "Sessions cancelled: 2, the first of them on 11 Nov." in told
    assert "nobody has recorded yet whether they took place: 1." in told
    assert "did not take place: 1." in told


def test_what_became_of_sessions_before_the_last_one_is_no_news(desk):
    with desk.write() as diary:
        diary.session_on(ago(20), 1, attended=False)
        diary.session_on(ago(19), 1).cancelled_at = ago(19)
        diary.session_on(ago(18), 1)
        diary.session_on(ago(10), 2, attended=True)
        diary.session_on(ago(-3), 3)
    assert "Nothing else is on record." in desk.part("since")


def test_a_session_cancelled_for_a_day_to_come_is_told(desk):
    with desk.write() as diary:
        diary.session_on(ago(10), 2, attended=True)
        diary.session_on(ago(-3), 3).cancelled_at = ago(1)
    assert "The session of 26 Nov was cancelled." in desk.part("since")


def test_a_session_that_was_moved_is_told_with_its_new_day(desk, clock):
    with desk.write() as diary:
        diary.session_on(ago(10), 2, attended=True)
        one = diary.session_on(ago(-3), 3).public_id
        diary.session_on(ago(-4), 3)
    new = {"day": "2026-11-30", "time": "12:00", "minutes": "50", "place": "clinic"}
    path = f"/participants/{desk.public}/sessions/{one}/move"
    assert desk.browser.post(path, new | {"asked_by": "clinic", "version": "0"}).is_redirect
    told = desk.part("since")
    assert "A session was moved to 30 Nov." in told
    clock.forward(minutes=20)
    with desk.write() as diary:
        diary.session_on(NOW + timedelta(minutes=10), 2, attended=True)
    assert "moved" not in desk.part("since")


def test_another_room_is_no_other_day(desk):
    with desk.write() as diary:
        diary.session_on(ago(10), 2, attended=True)
        one = diary.session_on(ago(-3), 3)
        public_id, at = one.public_id, one.at.astimezone(ZoneInfo("Europe/Moscow"))
    same = {"day": str(at.date()), "time": f"{at:%H:%M}", "minutes": "50", "place": "phone"}
    path = f"/participants/{desk.public}/sessions/{public_id}/move"
    assert desk.browser.post(path, same | {"asked_by": "clinic", "version": "0"}).is_redirect
    assert "moved" not in desk.part("since")


@pytest.mark.parametrize(("minutes", "over"), [(9, False), (10, True)])
def test_a_session_counts_as_unrecorded_once_it_is_over(desk, clock, minutes, over):
    with desk.write() as diary:
        diary.session_on(NOW - timedelta(minutes=40), 1)
    clock.forward(minutes=minutes)
    assert ("nobody has recorded yet" in desk.part("since")) is over


def test_a_session_that_was_planned_since_was_not_moved(desk):
    slot = {"day": "2026-11-25", "time": "12:00", "minutes": "50", "place": "clinic"}
    path = f"/participants/{desk.public}/sessions"
    assert desk.browser.post(path, slot | {"repeat": "once"}).is_redirect
    assert "Before session 1" in desk.text()
    assert "Nothing else is on record." in desk.part("since")


def test_no_show_from_before_the_title_is_not_counted(desk):
    desk.enrol(160)
    with desk.write() as diary:
        diary.session_on(ago(120), 1, attended=True)
        for days in (110, 43, 42):
            diary.session_on(ago(days), 1, attended=False)
    told = desk.part("since")
    assert told.startswith(" Since 12 Oct ")
    assert "did not take place: 1." in told


def test_a_session_of_today_is_next_until_it_is_recorded_and_one_of_yesterday_is_not(desk):
    with desk.write() as diary:
        diary.session_on(ago(1), 1)
        diary.session_on(ago(-3), 2)
    assert "Thu 26 Nov 2026" in desk.text()
    with desk.write() as diary:
        diary.session_on(NOW - timedelta(hours=2), 2)
    assert "Mon 23 Nov 2026" in desk.text()


def test_only_readings_for_the_next_session_are_shown(desk, orlova):
    with desk.write() as diary:
        one = diary.session_on(NOW + timedelta(hours=1), 1)
    desk.page()
    path = f"/participants/{desk.public}/brief"
    assert "Read by Anna Petrova" in _words(orlova.get(path).text)
    with desk.write() as diary:
        diary.session_on(ago(-3), 2)
        one.attended = True
        diary.session.add(one)
    assert "Read by Anna Petrova" not in _words(orlova.get(path).text)


def shared(diary, key, made, **values):
    _filled(diary, key, made, None, True, values)


def test_words_for_an_earlier_session_are_not_for_this_one(desk):
    with desk.write() as diary:
        diary.session_on(ago(10), 1, attended=True)
        shared(diary, "before_session", ago(11), wish="Old words")
    assert "Old words" not in desk.part("own")
    with desk.write() as diary:
        shared(diary, "before_session", ago(9), wish="New words")
    assert "New words" in desk.part("own")


def test_a_sheet_shared_before_the_last_session_is_no_news_though_it_is_unread(desk):
    with desk.write() as diary:
        diary.session_on(ago(10), 1, attended=True)
        shared(diary, "refusal_skills", ago(11))
    assert "Worksheets shared" not in desk.part("since")
    assert "not read yet" in desk.part("between")
    with desk.write() as diary:
        shared(diary, "values", ago(9))
    assert desk.part("since").count("Worksheets shared: What matters most to me.") == 1


@pytest.mark.parametrize("assigned", [True, False])
def test_only_a_sheet_that_was_assigned_is_asked_about_while_it_is_begun(desk, assigned):
    with desk.write() as diary:
        asked = None
        if assigned:
            row = Assignment(
                participant_id=desk.cast.anna,
                sheet_key="values",
                assigned_by=desk.cast.petrova,
                assigned_at=ago(4),
            )
            asked = diary._add(row).id
        sheet = diary._add(
            Worksheet(
                participant_id=desk.cast.anna,
                assignment_id=asked,
                sheet_key="values",
                sheet_version=1,
                language="en",
                started_at=ago(2),
            )
        )
        diary._add(
            WorksheetCopy(
                worksheet_id=sheet.id, participant_id=desk.cast.anna, made_at=ago(2), values={}
            )
        )
        for days in range(1, 43):
            diary.drinks(TODAY - days * DAY, 1)
    assert ("Begun on 21 Nov and not finished" in desk.part("ask")) is assigned


def test_a_resolved_alert_asks_for_nothing(desk):
    with desk.write() as diary:
        flag = diary.flag(desk.cast.site, "SUI", "SUI-1", "urgent")
    assert "thoughts of self-harm is open" in desk.part("ask")
    with desk.write() as diary:
        flag.status, flag.resolved_at, flag.outcome = "resolved", ago(1), "no_action"
        diary.session.add(flag)
    assert "self-harm" not in desk.part("ask")
    assert "No alert is open." in desk.part("alerts")


def test_a_note_that_was_corrected_reads_as_it_was_corrected(desk):
    with desk.write() as diary:
        flag = diary.flag(desk.cast.site, "BP", "BP-1", "urgent", status="acknowledged")
        by = {"flag_id": flag.id, "staff_id": desk.cast.petrova}
        wrong = FlagAction(at=ago(3), action="acknowledge", note="Called the wrong number", **by)
        first = diary._add(wrong)
        for note in ("Called at nein", "Called at nine"):
            more = {"action": "note", "note": note, "replaces_id": first.id}
            first = diary._add(FlagAction(at=ago(1), **more, **by))
    told = desk.part("alerts")
    assert "acknowledged 20 Nov, 12:00, Anna Petrova" in told
    assert "Called at nine" in told and "wrong number" not in told and "nein" not in told


def test_an_earlier_note_that_was_corrected_is_not_taken_for_the_last_one(desk):
    with desk.write() as diary:
        flag = diary.flag(desk.cast.site, "BP", "BP-1", "urgent")
        by = {"flag_id": flag.id, "staff_id": desk.cast.petrova, "action": "note"}
        first = diary._add(FlagAction(at=ago(3), note="Called", **by)).id
        diary._add(FlagAction(at=ago(2), note="Came by", **by))
        diary._add(FlagAction(at=ago(1), note="Phoned", replaces_id=first, **by))
    assert "Came by" in desk.part("alerts")


def test_a_page_left_half_way_does_not_hide_what_was_severe_an_hour_before(desk):
    with desk.write() as diary:
        diary.checkin(NOW - timedelta(hours=3), agitation=4, nausea=4, sweating=3)
        row = diary.checkin(NOW - timedelta(hours=1), nausea=0, stomach_cramps=0)
        row.finished_at = None
        judged = CheckinJudgement.__table__
        diary.session.execute(
            update(judged).where(judged.c.checkin_id == row.id).values(complete=False)
        )
    effects = desk.part("effects")
    assert "Restlessness very severe Sweating severe" in effects
    assert "2 others: none." in effects
    assert "Not answered: " in effects and "and 11 more." in effects
    assert "Severe side effects in the newest answers: 2." in desk.part("ask")


def test_nothing_is_asked_of_somebody_who_left(desk):
    assert "nothing about alcohol was told" in desk.part("ask")
    desk.alter(status="withdrawn")
    assert "nothing about alcohol was told" not in desk.part("short")
    assert "nothing about alcohol was told" not in desk.part("ask")
