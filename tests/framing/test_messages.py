"""The line on Today: nothing of it while it is off, logged once a day when it is on."""

import re
from datetime import date

import pytest

from app.instruments.framing.library import load_library
from app.models.audit import AuditEntry
from app.models.flags import Flag
from app.models.framing import MessageExposure
from app.models.people import Participant
from app.protocol.loader import bundled_protocol, protocol_text, use_protocol
from tests.cast import participant_session, staff_session
from tests.diary.rows import change_person, rows
from tests.worksheets.sheets import change

URL = "/today/message"


@pytest.fixture
def turn_on(tmp_path):
    """Turn messages on, as a site does: in a protocol of its own."""
    bundled = protocol_text()

    def turn(assignment="gain", below=4):
        text = bundled
        for old, new in (
            (f'version = "{bundled_protocol().version}"', 'version = "9.9"'),
            ("[framing]\nenabled = false", "[framing]\nenabled = true"),
            ('assignment = "gain"', f'assignment = "{assignment}"'),
            ("loss_below_days = 4", f"loss_below_days = {below}"),
        ):
            assert text.count(old) == 1
            text = text.replace(old, new)
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        use_protocol(path)

    yield turn
    use_protocol(None)


def text_of(answer):
    return re.search(r'id="message"[^>]*>([^<]*)<', answer.text)[1]


def texts(frame=None, topic=None):
    found = [m for m in load_library().messages if frame in (None, m.frame)]
    return {m.text.en for m in found if topic in (None, m.topic)}


def test_while_it_is_off_today_holds_nothing_of_it_and_nothing_is_logged(anna, database):
    page = anna.get("/today").text
    assert "htmx" not in page and "message" not in page
    answer = anna.post(URL)
    assert (answer.status_code, answer.text) == (204, "")
    assert rows(database, MessageExposure) == []


def test_today_asks_for_the_line_by_itself_and_a_page_alone_logs_nothing(anna, database, turn_on):
    turn_on()
    page = anna.get("/today").text
    assert 'hx-post="/today/message" hx-trigger="load"' in page and "htmx" in page
    assert not any(words in page for words in texts())
    assert rows(database, MessageExposure) == []


def test_a_message_is_shown_and_logged_once_a_day(anna, database, cast, clock, turn_on):
    turn_on()
    first = anna.post(URL, headers={"HX-Request": "true"})
    assert first.status_code == 200 and text_of(first) in texts("gain")
    assert anna.post(URL).text == first.text
    (logged,) = rows(database, MessageExposure)
    assert (logged.participant_id, logged.day.isoformat()) == (cast.anna, "2026-11-23")
    assert load_library().message(logged.message_key).text.en == text_of(first)
    assert (logged.frame, logged.language, logged.assigned_by) == ("gain", "en", "gain")
    audited = [e for e in rows(database, AuditEntry) if e.action == "message.show"]
    assert [e.changes["message_key"] for e in audited] == [[None, logged.message_key]]


def test_two_tabs_at_once_show_the_same_message_and_log_it_once(anna, database, turn_on):
    turn_on()
    answers = anna.post_at_once(URL, [{}, {}])
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text == answers[1].text
    assert len(rows(database, MessageExposure)) == 1


def test_the_next_local_day_has_a_message_of_its_own(browser, database, cast, clock, turn_on):
    turn_on()
    clock.now = clock.now.replace(hour=20, minute=59)
    for seconds in (0, 59, 60):
        phone = browser.signed_in(participant_session(database, cast.anna, clock()))
        assert phone.post(URL).status_code == 200
        assert len(rows(database, MessageExposure)) == (1 if seconds < 60 else 2)
        clock.forward(seconds=59 if seconds == 0 else 1)


def test_a_message_speaks_the_language_of_the_phone(anna, database, cast, turn_on):
    turn_on()
    change_person(database, cast.anna, language="ru")
    said = text_of(anna.post(URL))
    assert said in {m.text.ru for m in load_library().messages if m.frame == "gain"}
    assert rows(database, MessageExposure)[0].language == "ru"


def test_the_language_of_the_morning_stays_all_day_and_the_page_says_which_it_is(
    anna, database, cast, clock, turn_on
):
    turn_on()
    morning = anna.post(URL)
    assert 'lang="' not in morning.text
    change_person(database, cast.anna, language="ru")
    evening = anna.post(URL)
    assert text_of(evening) == text_of(morning) and 'lang="en"' in evening.text
    assert [one.language for one in rows(database, MessageExposure)] == ["en"]
    clock.forward(days=1)
    russian = {m.text.ru for m in load_library().messages}
    phone = anna.signed_in(participant_session(database, cast.anna, clock()))
    assert text_of(phone.post(URL)) in russian
    assert [one.language for one in rows(database, MessageExposure)] == ["en", "ru"]


def test_loss_is_shown_by_rule_while_few_days_are_told(anna, database, turn_on):
    turn_on("by_rule", below=1)
    assert text_of(anna.post(URL)) in texts("loss", "notice")
    (logged,) = rows(database, MessageExposure)
    assert (logged.frame, logged.assigned_by) == ("loss", "by_rule")


def test_a_day_that_was_told_counts_and_today_does_not(anna, database, turn_on):
    turn_on("by_rule", below=1)
    for day in ("2026-11-23", "2026-11-22"):
        anna.post(f"/day/{day}", {"none": "1", "idem": day})
    assert text_of(anna.post(URL)) in texts("gain")


@pytest.fixture
def serious_flag(anna, database):
    """A real flag: an answer that the rules take for a danger."""

    def raise_it():
        answer = anna.post("/today/week", {"self_harm_thoughts": "3", "method": "each"})
        assert answer.status_code in (200, 303), answer.text
        (flag,) = rows(database, Flag)
        assert flag.severity in ("urgent", "emergency") and flag.status == "open"
        return flag

    return raise_it


def test_never_loss_with_an_urgent_flag_open(anna, database, turn_on, serious_flag):
    turn_on("by_rule", below=7)
    serious_flag()
    assert text_of(anna.post(URL)) in texts("gain", "reach")
    assert [one.frame for one in rows(database, MessageExposure)] == ["gain"]


def test_a_loss_message_of_the_morning_is_gone_once_a_flag_is_open_and_back_when_resolved(
    anna, database, turn_on, serious_flag
):
    turn_on("by_rule", below=7)
    morning = anna.post(URL)
    assert text_of(morning) in texts("loss")
    flag = serious_flag()
    assert anna.post(URL).status_code == 204
    change(database, Flag, flag.id, status="acknowledged")
    assert anna.post(URL).status_code == 204
    change(database, Flag, flag.id, status="resolved")
    assert anna.post(URL).text == morning.text
    assert len(rows(database, MessageExposure)) == 1


def test_a_routine_flag_does_not_end_it(anna, database, turn_on, serious_flag):
    turn_on("by_rule", below=7)
    change(database, Flag, serious_flag().id, severity="routine")
    assert text_of(anna.post(URL)) in texts("loss")


def test_a_message_whose_library_is_gone_is_not_made_up(anna, database, turn_on):
    turn_on()
    anna.post(URL)
    change(database, MessageExposure, rows(database, MessageExposure)[0].id, library_version=99)
    assert anna.post(URL).status_code == 204


def test_the_investigator_sees_what_was_shown_and_others_do_not(
    anna, browser, orlova, petrova, database, cast, clock, turn_on
):
    turn_on()
    said = text_of(anna.post(URL))
    with database.read() as session:
        public_id = session.get(Participant, cast.anna).public_id
    ivanova = browser.signed_in(staff_session(database, cast.ivanova, clock()))
    path = f"/participants/{public_id}/messages"
    page = ivanova.get(path).text
    assert "23 Nov 2026" in page and said in page and "always a gain frame" in page
    assert "need the approval of the ethics committee" in page
    assert path in ivanova.get(f"/participants/{public_id}").text
    assert path not in petrova.get(f"/participants/{public_id}").text
    assert [other.get(path).status_code for other in (petrova, orlova)] == [403, 403]


def test_a_table_without_messages_says_so(browser, database, cast, clock):
    with database.read() as session:
        public_id = session.get(Participant, cast.anna).public_id
    ivanova = browser.signed_in(staff_session(database, cast.ivanova, clock()))
    page = ivanova.get(f"/participants/{public_id}/messages").text
    assert "No message has been shown yet" in page and "Messages are off in the protocol" in page


@pytest.mark.parametrize("now", [{"status": "completed"}, {"first_dose_on": None}])
def test_without_treatment_ahead_nothing_is_shown_or_logged(anna, database, cast, turn_on, now):
    turn_on()
    change_person(database, cast.anna, **now)
    answer = anna.post(URL)
    assert (answer.status_code, answer.text) == (204, "")
    assert rows(database, MessageExposure) == []


def test_a_first_dose_that_is_planned_is_enough(anna, database, cast, turn_on):
    turn_on()
    change_person(database, cast.anna, first_dose_on=date(2026, 12, 1))
    assert anna.post(URL).status_code == 200


def test_whoever_left_the_study_is_shown_nothing(anna, database, cast, turn_on):
    turn_on()
    change_person(database, cast.anna, status="withdrawn")
    assert anna.post(URL).status_code == 403
    assert rows(database, MessageExposure) == []
