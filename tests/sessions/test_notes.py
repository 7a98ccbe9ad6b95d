"""Session notes: drafts, closing, amendments, and whose eyes they are for."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.audit import AuditEntry
from app.models.counseling import SessionNote, SessionNoteText
from tests.browser import hidden
from tests.cast import NOW
from tests.sessions.conftest import TODAY, add_session

OWN_WORDS = "quetzal: spoke about her brother"
RISKS = {name: "asked" for name in ("self_harm", "overdose", "opioid_return", "withdrawal")}
FULL = {
    "attendance": "late",
    "topics": ["week_1", "tablet"],
    "sheets": ["rulers"],
    "plan": ["diary", "sheet:sleep"],
    "next_on": "2026-12-02",
    "text": OWN_WORDS,
    **RISKS,
}


class Desk:
    """The note of the one session, as somebody of the staff sees it."""

    def __init__(self, office):
        self.office = office

    @property
    def path(self):
        return f"{self.office.path}/note"

    def get(self, tail=""):
        return self.office.get(self.path + tail)

    def send(self, do="save", **fields):
        """As the page of this moment would send it."""
        seen = hidden(self.get(), "seen")
        return self.office.post(self.path, {**FULL, "seen": seen, "do": do, **fields})

    def amend(self, **fields):
        former = hidden(self.get("/amend"), "former")
        body = {**FULL, "former": former, "reason": "A topic was left out.", **fields}
        return self.office.post(f"{self.path}/amend", body)

    def as_(self, who):
        return Desk(self.office.as_(who))

    @property
    def rows(self):
        with self.office.database.read() as session:
            return list(session.execute(select(SessionNote.__table__).order_by(SessionNote.id)))

    @property
    def texts(self):
        with self.office.database.read() as session:
            return [row.text for row in session.execute(select(SessionNoteText.__table__))]


@pytest.fixture
def desk(office):
    return Desk(office.begun())


def test_a_new_note_has_no_answer_in_it(desk):
    page = desk.get().text
    assert " checked" not in page and OWN_WORDS not in page


def test_a_draft_may_leave_everything_open_and_comes_back_as_it_was(desk):
    empty = {"do": "save", "seen": ""}
    assert desk.office.post(desk.path, empty).status_code == 303
    assert desk.send(attendance="no_show", text="first\r\nsecond").status_code == 303
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
    assert (row.closed_name, row.closed_at) == ("Anna Petrova", NOW)
    assert row.closed_meaning == "I held this session and this is my record of it."
    assert desk.office.one.attended is True
    page = desk.get().text
    assert "Closed by Anna Petrova, 23 Nov 2026, 09:00:" in page and row.closed_meaning in page
    assert OWN_WORDS in page and "Came late" in page and "Worksheet: Sleep" in page
    assert "<textarea" not in page


def test_a_note_of_nobody_coming_needs_no_answers_about_risk(desk):
    assert desk.send("close", attendance="no_show", **dict.fromkeys(RISKS, "")).status_code == 303
    (row,) = desk.rows
    assert row.closed_meaning == "The participant did not come, and this is my record of it."
    assert desk.office.one.attended is False


def test_every_risk_and_the_attendance_must_be_answered_to_close(desk):
    for field in ("attendance", *RISKS):
        answer = desk.send("close", **{field: ""})
        assert answer.status_code == 422, field
        assert f'href="#f-{field}"' in answer.text and OWN_WORDS in answer.text
        assert answer.text.count(" checked") == 1 + 2 + 1 + 2 + 4 - 1
    assert desk.rows == []


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
    assert desk.amend(attendance="no_show", text="second words").status_code == 303
    first, second = desk.rows
    assert second.replaces_id == first.id and second.reason == "A topic was left out."
    assert second.closed_at == NOW + timedelta(minutes=5)
    assert desk.office.one.attended is False, "the amendment corrects who came"
    page = desk.get().text
    assert OWN_WORDS in page and "second words" in page
    assert "Original" in page and "Amendment 1" in page and "A topic was left out." in page
    assert desk.amend(text="third").status_code == 303
    assert [row.replaces_id for row in desk.rows] == [None, first.id, second.id]


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


def test_what_is_not_closed_cannot_be_amended(desk):
    body = {**FULL, "former": "a" * 16, "reason": "none"}
    assert desk.office.post(f"{desk.path}/amend", body).status_code == 404


def test_the_coordinator_reads_the_structured_part_alone(desk, cast):
    desk.send("close", overdose="asked_concern")
    desk.amend(text="the second words")
    page = desk.as_(cast.orlova).get().text
    assert "Came late" in page and "Asked, a concern" in page
    assert OWN_WORDS not in page and "the second words" not in page
    assert "Free text is for the counselor and the investigator alone." in page
    assert desk.as_(cast.orlova).get("/amend").status_code == 403
    ivanova = desk.as_(cast.ivanova).get().text
    assert OWN_WORDS in ivanova and "/note/amend" not in ivanova


def test_a_draft_is_the_counselors_alone(desk, cast):
    desk.send()
    for who in (cast.orlova, cast.ivanova):
        page = desk.as_(who).get()
        assert page.status_code == 200 and "No closed note" in page.text
        assert OWN_WORDS not in page.text and "Came late" not in page.text
        assert "A draft is waiting to be closed." in desk.as_(who).office.get(desk.office.path).text


def test_free_text_stands_nowhere_but_in_the_note(desk, orlova, anna, cast):
    desk.send("close")
    desk.amend(text=f"{OWN_WORDS} again")
    with desk.office.database.read() as session:
        entries = list(session.execute(select(AuditEntry.__table__)))
    kept = [row for row in entries if row.action.startswith("note.")]
    assert {row.action for row in kept} >= {"note.open", "note.close", "note.amend"}
    assert "quetzal" not in json.dumps([[row.changes, row.reason] for row in entries])
    who = f"/participants/{desk.office.public}"
    for page in ("/sessions", who, f"{who}/brief", f"{who}/day/{TODAY}", desk.office.base):
        assert "quetzal" not in desk.office.browser.get(page).text
        assert "quetzal" not in orlova.get(page).text
    for page in ("/session", "/me/copy/timeline", "/me/copy/readable", "/session.ics"):
        assert "quetzal" not in anna.get(page).text


def test_reading_a_note_is_recorded(desk, cast):
    desk.as_(cast.ivanova).get()
    (entry,) = desk.office.audited("note.open")
    assert (entry.actor, entry.subject_kind) == (f"staff:{cast.ivanova}", "session")


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
    assert "<textarea" not in desk.get().text
    office.step("cancel", asked_by="clinic")
    assert office.post(desk.path, body).status_code == 404


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
