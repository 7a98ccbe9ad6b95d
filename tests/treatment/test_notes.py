"""Session notes: drafts, closing, amendments."""

from datetime import timedelta

import pytest

from tests.browser import hidden
from tests.cast import NOW
from tests.treatment.conftest import FULL, NOBODY, OWN_WORDS, TODAY, Desk, add_session


def test_a_history_of_nothing_but_readings_says_so(office, database, cast):
    add_session(database, cast.anna, NOW)
    Desk(office).get()
    assert "No change is on record." in office.get(office.path).text


def test_a_new_note_has_no_answer_in_it(desk):
    page = desk.get().text
    assert " checked" not in page and OWN_WORDS not in page


def test_a_draft_may_leave_everything_open_and_comes_back_as_it_was(desk):
    empty = {"do": "save", "seen": ""}
    assert desk.office.post(desk.path, empty).status_code == 303
    assert desk.send(attendance="no_show", text="first\r\nsecond").status_code == 303, "not closed"
    (row,) = desk.rows
    assert (row.closed_at, row.topics, row.attendance) == (None, ["week_1", "tablet"], "no_show")
    assert desk.texts == ["first\nsecond"]
    page = desk.get().text
    assert "first\nsecond" in page and page.count(" checked") == 1 + 2 + 1 + 2 + 4
    assert 'value="2026-12-02"' in page
    assert desk.office.one.attended is None, "a draft marks nobody"


def test_closing_puts_name_time_and_meaning_and_records_who_came(desk):
    assert desk.send("close").status_code == 303
    (row,) = desk.rows
    assert row.closed_at == NOW
    (signed,) = desk.signatures
    assert (signed.name, signed.at, signed.meaning) == ("Anna Petrova", NOW, "held")
    assert signed.words == "I held this session and this is my record of it."
    assert desk.office.one.attended is True
    page = desk.get().text
    assert "Closed by Anna Petrova, 23 Nov 2026, 09:00:" in page and signed.words in page
    assert OWN_WORDS in page and "Came late" in page and "Worksheet: Sleep" in page
    assert "<textarea" not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attendance", "early"),
        ("topics", "gossip"),
        ("topics", "week_25"),
        ("sheets", "sheet:rulers"),
        ("plan", "sheet:nothing"),
        ("self_harm", "yes"),
        ("next_on", "soon"),
        ("text", "x" * 4001),
        ("text", "a\u200fb\x07"),
        ("surprise", "1"),
    ],
)
def test_what_no_page_offers_is_refused_and_the_rest_is_kept(desk, field, value):
    answer = desk.send(**{"text": OWN_WORDS, field: value})
    assert answer.status_code == 422 and desk.rows == []
    assert field == "text" or OWN_WORDS in answer.text


def test_a_text_of_exactly_the_limit_is_kept(desk):
    assert desk.send(text="я" * 4000).status_code == 303


def test_a_concern_says_what_to_do_and_raises_no_flag(desk, database):
    desk.send("close", overdose="asked_concern")
    page = desk.get().text
    assert "tell the study physician before the next tablet" in page
    assert "8 800 000-00-01" in page and "raises no alert by itself" in page
    assert "No open alert" in desk.office.browser.get("/sessions").text


@pytest.mark.req("R7")
def test_a_form_sent_twice_is_stored_once(desk):
    seen = hidden(desk.get(), "seen")
    body = {**FULL, "seen": seen, "do": "close", "idem": "token-1"}
    for _ in range(2):
        assert desk.office.post(desk.path, body).status_code == 303
    assert len(desk.rows) == 1


def test_a_draft_saved_elsewhere_is_not_written_over_unseen(desk, clock):
    before = hidden(desk.get(), "seen")
    desk.send(text="from the other page")
    clock.forward(minutes=1)
    answer = desk.office.post(desk.path, {**FULL, "seen": before, "do": "save"})
    assert answer.status_code == 409 and OWN_WORDS in answer.text
    assert desk.texts == ["from the other page"]
    again = {**FULL, "seen": hidden(answer, "seen"), "do": "save"}
    assert desk.office.post(desk.path, again).status_code == 303
    assert desk.texts == [OWN_WORDS]


def test_what_was_typed_beside_a_closing_can_be_stored_as_an_amendment(desk):
    before = hidden(desk.get(), "seen")
    desk.send("close", text="closed first")
    answer = desk.office.post(desk.path, {**FULL, "seen": before, "do": "close"})
    assert answer.status_code == 409 and OWN_WORDS in answer.text and "closed first" in answer.text
    assert "This note was closed in the meantime." in answer.text
    assert f'action="{desk.office.base}{desk.path}/amend"' in answer.text


def test_no_route_changes_a_closed_note(desk):
    desk.send("close")
    (before,) = desk.rows
    for do in ("save", "close"):
        for seen in ("", before.written_at.isoformat()):
            body = {**FULL, "text": "other", "seen": seen, "do": do}
            assert desk.office.post(desk.path, body).status_code == 409
    assert desk.office.step("attendance/undo", was="yes").status_code == 409
    assert desk.office.step("cancel", asked_by="clinic").status_code == 409
    assert desk.rows == [before] and desk.texts == [OWN_WORDS]
    assert desk.office.one.attended is True


def test_an_amendment_stands_beside_the_original(desk, clock):
    desk.send("close")
    clock.forward(minutes=5)
    form = desk.get("/amend").text
    assert form.count(" checked") == 1 + 2 + 1 + 2 + 4 and OWN_WORDS in form
    assert desk.amend(**NOBODY, text="second words").status_code == 303
    first, second = desk.rows
    assert second.replaces_id == first.id and second.reason == "A topic was left out."
    assert second.closed_at == NOW + timedelta(minutes=5)
    assert desk.office.one.attended is False, "the amendment corrects who came"
    page = desk.get().text
    assert OWN_WORDS in page and "second words" in page
    assert "Original" in page and "Amendment 1" in page and "A topic was left out." in page
    assert desk.amend(text="third").status_code == 303
    assert [row.replaces_id for row in desk.rows] == [None, first.id, second.id]


@pytest.mark.req("R5")
def test_an_amendment_needs_a_reason_and_the_latest_version(desk):
    desk.send("close")
    answer = desk.amend(reason=" ")
    assert answer.status_code == 422 and "Write why the note is amended." in answer.text
    assert OWN_WORDS in answer.text and len(desk.rows) == 1
    former = hidden(desk.get("/amend"), "former")
    desk.amend(text="faster")
    late = {**FULL, "former": former, "reason": "mine", "text": "slower"}
    answer = desk.office.post(f"{desk.path}/amend", late)
    assert answer.status_code == 409 and "slower" in answer.text and len(desk.rows) == 2
    assert "This note was amended in the meantime." in answer.text
    again = {**late, "former": hidden(answer, "former")}
    assert desk.office.post(f"{desk.path}/amend", again).status_code == 303


def test_what_is_not_closed_cannot_be_amended(desk):
    body = {**FULL, "former": "a" * 16, "reason": "none"}
    assert desk.office.post(f"{desk.path}/amend", body).status_code == 404


def test_words_cannot_become_markup(desk):
    desk.send("close", text="<script>alert(1)</script>")
    assert desk.amend(reason="<img src=x>").status_code == 303
    page = desk.get().text
    assert "<script>alert" not in page and "<img" not in page and "&lt;script&gt;alert" in page


def test_a_cancelled_session_and_one_of_tomorrow_have_no_note(office, database, cast):
    add_session(database, cast.anna, NOW + timedelta(days=1))
    desk = Desk(office)
    body = {**FULL, "seen": "", "do": "save"}
    assert office.post(desk.path, body).status_code == 404
    opens = "The note opens on the day of the session: Tuesday, 24 November."
    for page in (desk.get().text, office.get(office.path).text):
        assert "<textarea" not in page and opens in page
    office.browser.post("/language", {"lang": "ru"})
    assert "Запись откроется в день встречи: вторник, 24 ноября." in desk.get().text
    office.browser.post("/language", {"lang": "en"})
    office.step("cancel", asked_by="clinic")
    for page in (desk.get().text, office.get(office.path).text):
        assert "The session was cancelled. It has no note." in page and opens not in page
    assert office.post(desk.path, body).status_code == 404


def test_the_session_of_today_has_no_note_either_once_it_is_cancelled(office, database, cast):
    add_session(database, cast.anna, NOW + timedelta(hours=2))
    desk = Desk(office)
    assert "<textarea" in desk.get().text and "Write the note" in office.get(office.path).text
    office.step("cancel", asked_by="clinic")
    assert "<textarea" not in desk.get().text
    assert office.post(desk.path, {**FULL, "seen": "", "do": "save"}).status_code == 404


def test_a_session_with_a_draft_is_moved_and_not_cancelled(office, database, cast):
    add_session(database, cast.anna, NOW + timedelta(hours=2))
    desk = Desk(office)
    desk.send()
    assert f'action="{office.base}{office.path}/cancel"' not in office.get(office.path).text
    answer = office.step("cancel", asked_by="clinic")
    assert answer.status_code == 422 and "the note goes with it" in answer.text
    assert office.one.cancelled_at is None
    move = {"day": str(TODAY), "time": "16:00", "minutes": "50", "place": "clinic"}
    assert office.step("move", **move, asked_by="clinic").status_code == 303
    assert OWN_WORDS in desk.get().text


def test_the_session_of_somebody_who_left_is_cancelled_with_its_draft(
    office, database, cast, leaves
):
    add_session(database, cast.anna, NOW + timedelta(hours=2))
    Desk(office).send()
    leaves()
    assert f'action="{office.base}{office.path}/cancel"' in office.get(office.path).text
    assert office.step("cancel", asked_by="clinic").status_code == 303
    assert office.one.cancelled_at is not None


def test_a_mark_of_not_having_come_is_in_the_new_note_and_one_of_coming_is_said(desk):
    desk.office.step("attendance", came="no")
    page = desk.get().text
    assert 'value="no_show" checked' in page and page.count(" checked") == 1
    assert "On record: the participant did not come." in page
    desk.office.step("attendance/undo", was="no")
    desk.office.step("attendance", came="yes")
    page = desk.get().text
    assert " checked" not in page, "on time or late is for the counselor to say"
    assert "On record: the participant came." in page


def test_later_today_a_note_is_begun_and_not_yet_closed(office, database, cast):
    add_session(database, cast.anna, NOW + timedelta(hours=2))
    desk = Desk(office)
    assert desk.send().status_code == 303
    answer = desk.send("close")
    assert answer.status_code == 422 and "has not begun yet" in answer.text
    assert desk.rows[0].closed_at is None


def test_the_note_speaks_russian(desk):
    desk.office.browser.post("/language", {"lang": "ru"})
    assert desk.send("close").status_code == 303
    page = desk.get().text
    assert "Эта встреча проведена мной" in page and "С опозданием" in page
    assert "Первоначальная запись" in page and "I held" not in page
