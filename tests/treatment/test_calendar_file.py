"""The calendar file: read back by hand, neutral, and right about moves and cancellations."""

from dataclasses import replace
from datetime import UTC, datetime

from app.appointments.ics import calendar_file
from app.appointments.queries import Appointment
from tests.cast import NOW
from tests.treatment.conftest import ONCE

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
ONE = Appointment(1, "abcdefghijklmnop", 7, AT, 50, "clinic", 1, 0, None, None, None)


def parse(body: bytes) -> list[dict[str, str]]:
    """The events of a file; fails where lines are not as RFC 5545 wants them."""
    assert body.endswith(b"\r\n") and b"\n" not in body.replace(b"\r\n", b"")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    lines = body.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert "VERSION:2.0" in lines and any(line.startswith("PRODID:") for line in lines)
    events, current = [], None
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT":
            events.append(current)
            current = None
        elif current is not None:
            assert name not in current
            current[name] = value
    return events


def test_an_entry_says_when_and_nothing_else():
    (event,) = parse(calendar_file([ONE], "Appointment", NOW))
    assert event == {
        "UID": "abcdefghijklmnop@daybook",
        "DTSTAMP": "20261123T060000Z",
        "DTSTART": "20261125T090000Z",
        "DTEND": "20261125T095000Z",
        "SEQUENCE": "0",
        "STATUS": "CONFIRMED",
        "SUMMARY": "Appointment",
        "CLASS": "PRIVATE",
    }


def test_a_move_keeps_the_name_and_grows_the_sequence():
    moved = replace(ONE, version=2)
    (event,) = parse(calendar_file([moved], "Appointment", NOW))
    assert (event["UID"], event["SEQUENCE"]) == ("abcdefghijklmnop@daybook", "2")


def test_a_cancelled_session_is_cancelled_in_the_calendar():
    (event,) = parse(calendar_file([replace(ONE, version=1, cancelled_at=NOW)], "A", NOW))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", "1")


def test_long_words_in_any_script_are_folded_and_come_back():
    words = "Встреча, которая; длится \\ долго\n" * 5
    (event,) = parse(calendar_file([ONE], words, NOW))
    plain = event["SUMMARY"].replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
    assert plain.replace("\\\\", "\\") == words


def test_the_phone_gets_the_next_session_and_what_was_cancelled(office, anna):
    assert anna.get("/session.ics").status_code == 404
    office.plan()
    office.plan(day="2026-12-02")
    answer = anna.get("/session.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="appointment.ics"'
    assert "no-store" in answer.headers["cache-control"]
    (first,) = parse(answer.content)
    assert first["DTSTART"] == "20261125T090000Z"
    one = office.all[0]
    office.post(f"/{one.public_id}/cancel", {"asked_by": "clinic", "version": "0"})
    after = {event["UID"]: event for event in parse(anna.get("/session.ics").content)}
    assert after[first["UID"]]["STATUS"] == "CANCELLED"
    assert {event["STATUS"] for event in after.values()} == {"CANCELLED", "CONFIRMED"}


def test_a_session_that_was_moved_behind_another_takes_its_old_entry_along(office, anna):
    office.plan()
    office.plan(day="2026-12-02")
    office.plan(day="2026-12-16")
    one = office.all[0]
    move = {"day": "2026-12-09", "time": "12:00", "minutes": "50", "place": "clinic"}
    office.post(f"/{one.public_id}/move", {**move, "asked_by": "clinic", "version": "0"})
    found = {event["UID"]: event for event in parse(anna.get("/session.ics").content)}
    assert found[f"{one.public_id}@daybook"]["DTSTART"] == "20261209T090000Z"
    assert found[f"{one.public_id}@daybook"]["SEQUENCE"] == "1"
    assert {event["DTSTART"][:8] for event in found.values()} == {"20261202", "20261209"}


def test_a_file_for_ones_own_calendar_sends_no_invitation():
    """A METHOD would ask for an organizer by name (RFC 5546), and there is none."""
    assert b"METHOD" not in calendar_file([ONE], "Appointment", NOW)


def test_no_calendar_entry_tells_of_health_or_of_the_clinic(office, anna):
    office.plan(**{**ONCE, "place": "video"})
    for language, summary in (("en", "Appointment"), ("ru", "Встреча")):
        anna.post("/language", {"lang": language})
        body = anna.get("/session.ics").content
        (event,) = parse(body)
        assert event["SUMMARY"] == summary
        text = body.decode().lower()
        for word in ("counsel", "clinic", "study", "location", "description", "url", "petersburg"):
            assert word not in text
