"""A participant moves to another time zone: what was told before keeps its days, everywhere."""

import html
import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.clock import DatedZone, local, local_day, zone_on
from app.i18n import translator
from app.mine.zones import OFFERED
from app.models.audit import AuditEntry
from app.models.people import Participant
from app.protocol.loader import load_protocol
from app.rules.replay import replay
from app.timeline.days import at_local, day_of, day_range, end_of_day
from app.timeline.json_form import parse
from app.timeline.json_out import dump
from app.timeline.tables import read_timeline
from app.web.appointment import their_moment
from tests.cast import NOW, participant_session
from tests.diary.rows import change_person, rows
from tests.flags.record import flags, second_day_cluster

EAST, WEST = "Asia/Vladivostok", "America/New_York"
LATE = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)  # 23:30 on Sunday in Moscow


def dated(*moves: tuple[str, datetime]) -> DatedZone:
    found = DatedZone("Europe/Moscow")
    for name, at in moves:
        found = found.moved(name, at)
    return found


@pytest.mark.parametrize("to", [EAST, WEST, "Europe/Berlin"])
def test_a_move_changes_no_day_before_it(to):
    zone = dated((to, NOW))
    moments = [NOW - timedelta(hours=hours) for hours in range(1, 24 * 14)]
    assert all(local_day(at, zone) == local_day(at, "Europe/Moscow") for at in moments)
    later = [NOW + timedelta(hours=hours) for hours in range(24 * 14)]
    assert all(local_day(at, zone) == local_day(at, to) for at in later)
    assert DatedZone.load(zone.dump()).dump() == zone.dump() and zone == to


def test_days_follow_one_another_without_a_hole_through_every_move():
    zone = dated((WEST, LATE), ("Europe/Berlin", NOW), (EAST, NOW + timedelta(days=3, hours=14)))
    days = day_range(date(2026, 11, 10), date(2026, 12, 5))
    begins = [at_local(day, time(0), zone) for day in days]
    assert begins == sorted(set(begins))
    for day, begin in zip(days, begins, strict=True):
        assert end_of_day(day, zone) == at_local(day + timedelta(days=1), time(0), zone)
        if local(begin, zone).time() == time(0):
            assert local_day(begin, zone) == day


def days_of(timeline):
    return [day_of(event, timeline.participant.timezone) for event in timeline.events]


@pytest.mark.parametrize("by", ["participant", "staff"])
def test_what_was_told_before_a_move_stays_where_it_was(browser, orlova, database, cast, clock, by):
    clock.now = LATE
    anna = browser.signed_in(participant_session(database, cast.anna, clock()))
    anna.post("/today/urges", {"alcohol_craving": "6", "method": "each", "idem": "a1"})
    anna.post("/today/dose", {"answer": "taken", "idem": "a2"})
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
        before = read_timeline(session, cast.anna)
    assert "23:30" in anna.get("/today").text
    clock.now = NOW
    if by == "participant":
        anna = browser.signed_in(participant_session(database, cast.anna, clock()))
        assert anna.post("/me/settings", {"timezone": EAST}).status_code == 303
    else:
        body = {"timezone": EAST, "reason": "Moved for work.", "idem": "z"}
        path = f"/participants/{public}/time-zone"
        assert orlova.post(path, body).headers["location"] == f"/participants/{public}"
        assert EAST in orlova.get(f"/participants/{public}").text
    anna = browser.signed_in(participant_session(database, cast.anna, clock()))
    with database.read() as session:
        after = read_timeline(session, cast.anna)
        entry = session.execute(
            select(AuditEntry).where(AuditEntry.action == "participant.move")
        ).scalar_one()
    assert after.participant.timezone == EAST
    assert entry.changes["timezone"] == ["Europe/Moscow", EAST]
    assert by == "participant" or entry.reason == "Moved for work."
    assert days_of(after) == days_of(before) == [date(2026, 11, 22)] * 2
    # 16:00 on Monday in Vladivostok: a new day, on a clock of its own.
    assert "Monday, 23 November" in anna.get("/today").text
    anna.post("/today/urges", {"alcohol_craving": "1", "method": "each", "idem": "a3"})
    assert "Done at 16:00" in anna.get("/today").text


def test_the_exported_timeline_carries_the_move_and_replays_alike(anna, database, cast, clock):
    anna.post("/today/urges", {"alcohol_craving": "6", "method": "each", "idem": "a1"})
    clock.forward(minutes=1)
    anna.post("/me/settings", {"timezone": EAST})
    with database.read() as session:
        found = read_timeline(session, cast.anna)
    data = dump(found)
    assert data["participant"]["timezone"] == EAST
    assert data["participant"]["former_zones"] == [
        {"timezone": "Europe/Moscow", "until": "2026-11-23T09:01:00+03:00"}
    ]
    again = parse(data)
    assert again.participant.timezone.former == found.participant.timezone.former
    assert dump(again) == data
    until = NOW + timedelta(days=9)
    assert [one.finding for one in replay(again, load_protocol(), until)] == [
        one.finding for one in replay(found, load_protocol(), until)
    ]


@pytest.mark.parametrize("typed", ["", "Nowhere/Town", "Europe/Moscow>x", "../etc"])
def test_a_zone_that_does_not_exist_is_an_error_at_its_field(anna, orlova, database, cast, typed):
    refused = anna.post("/me/settings", {"timezone": typed})
    assert refused.status_code == 422 and 'href="#f-timezone"' in refused.text
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    body = {"timezone": typed, "reason": "Moved.", "idem": "z"}
    refused = orlova.post(f"/participants/{public}/time-zone", body)
    assert refused.status_code == 422 and 'href="#f-timezone"' in refused.text
    assert rows(database, Participant)[0].zones is None


def test_a_day_ends_in_the_zone_that_it_belongs_to():
    zone = dated((WEST, LATE), (EAST, NOW))
    days = day_range(date(2026, 11, 21), date(2026, 11, 24))
    assert [zone_on(day, zone) for day in days] == ["Europe/Moscow", WEST, EAST, EAST]


def test_holidays_and_drinks_of_a_day_are_those_of_the_place_where_it_was_spent(
    anna, orlova, database, cast
):
    change_person(database, cast.anna, enrolled_at=NOW - timedelta(days=30))
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    anna.post("/me/settings", {"timezone": WEST})
    assert "Veterans Day" not in anna.get("/calendar/2026-11-11").text
    month = anna.get("/calendar?month=2026-11").text
    assert "Unity Day" in month and "Veterans Day" not in month
    staff = f"/participants/{public}/interview"
    assert "Veterans Day" not in orlova.get(f"{staff}/2026-11-11").text
    for page in (anna.get("/day/2026-11-22"), orlova.get(f"{staff}/2026-11-22")):
        assert 'name="n:beer:355:5"' not in page.text
    for page in (anna.get("/day/2026-11-23"), orlova.get(f"{staff}/2026-11-23")):
        assert 'name="n:beer:355:5"' in page.text


def text(page) -> str:
    assert page.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


def test_an_alert_says_whose_clock_each_of_its_times_is_on(anna, petrova, database, cast, clock):
    change_person(database, cast.anna, timezone="Europe/Berlin")
    second_day_cluster(database, cast.anna, NOW)  # 07:00 in Berlin, 09:00 in Moscow
    [flag] = flags(database)
    clock.forward(minutes=1)
    anna.post("/me/settings", {"timezone": EAST})
    assert "23 Nov, 07:00, the participant’s time" in text(petrova.get("/flags"))
    for path in ("", "/report"):
        page = text(petrova.get(f"/flags/{flag.public_id}{path}"))
        theirs = page.index("the participant’s own clock (Berlin)")
        clinics = page.index("Times are those of the clinic, Moscow.")
        assert page.index("Happened") < theirs < clinics
        assert "07:00" in page[:theirs] and "23 Nov, 09:00" in page[clinics:]
        # The list of alerts, which stands after the one that is open, says whose time it is itself.
        history = page[clinics:].replace("23 Nov, 07:00, the participant’s time", "")
        assert "07:00" not in history


def test_staff_read_whose_clock_a_moment_of_a_participant_is_on(anna, orlova, database, cast):
    tr = translator("en")
    assert their_moment(LATE, "Europe/Minsk", "Europe/Moscow", tr) == "22 Nov, 23:30"
    change_person(database, cast.anna, timezone="Europe/Berlin", enrolled_at=LATE)
    with database.read() as session:
        public = session.get(Participant, cast.anna).public_id
    anna.post("/today/dose", {"answer": "taken", "idem": "a2"})
    said = "22 Nov, 21:30, the participant’s time"
    assert said in text(orlova.get(f"/participants/{public}"))
    assert "23 Nov, 07:00, the participant’s time" in text(orlova.get("/participants"))
    for path in ("interview", "interview/2026-11-22"):
        page = text(orlova.get(f"/participants/{public}/{path}"))
        assert "Times are those of the participant’s own clock." in page


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_zone_has_the_name_of_its_city_in_the_language_of_the_reader(lang):
    tr = translator(lang)
    names = {name: tr.city(name) for name in OFFERED}
    own = r"[^A-Za-z/_]+" if lang == "ru" else r"[^А-Яа-я/_]+"
    assert [name for name, city in names.items() if not re.fullmatch(own, city)] == []
    kiev = {tr.city(name) for name in ("Europe/Kyiv", "Europe/Kiev")}
    kolkata = {tr.city(name) for name in ("Asia/Kolkata", "Asia/Calcutta")}
    assert kiev | kolkata == ({"Kyiv", "Kolkata"} if lang == "en" else {"Киев", "Калькутта"})
    assert tr.city(dated((EAST, NOW)), LATE) == tr.city("Europe/Moscow")
