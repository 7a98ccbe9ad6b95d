"""What a phone sealed without a network: told once, by its own time, and never dropped."""

import re
from datetime import date, timedelta

import pytest

from app.keys import derive_keys, make_key_file
from app.mailbox.envelope import (
    SIZES,
    Receipt,
    digest_of,
    public_key,
    seal,
    secret_of,
    signed,
    unseal,
)
from app.mailbox.tasks import TASKS
from app.models.audit import AuditEntry
from app.models.checkin import Checkin
from app.models.diary import Dose, DrinkDay, SubstanceDay
from app.models.flags import Flag
from app.models.mailbox import MailboxEntry
from app.models.outbox import Message
from app.web.static import static_files
from tests.browser import words
from tests.cast import NOW, PASSWORD
from tests.diary.rows import change_person, rows
from tests.mailbox.sealing import is_signed, phone_of

EARLIER = NOW - timedelta(hours=20)  # on the day before
DAY = date(2026, 11, 22)
URGES = [("alcohol_craving", "7"), ("opioid_craving", "0"), ("method", "each")]
DANGER = [("signs", "breathing_trouble"), ("method", "each")]


@pytest.fixture
def phone(browser, database, cast):
    return phone_of(browser, database, cast.anna)


def receipts(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["receipts"]


def whole_day(phone, at):
    """One envelope of every kind."""
    return [
        phone.seal("dose", [("answer", "taken")], at),
        phone.seal("alcohol", [("n:beer:500:5", "2")], at),
        phone.seal("substances", [("substance", "cannabis")], at),
        phone.seal("urges", URGES, at),
        phone.seal("effects", [("method", "rest"), ("nausea", "2")], at),
        phone.seal("wrong", [("signs", "none"), ("method", "each")], at),
    ]


def test_a_whole_day_is_told_by_a_locked_phone_at_its_own_time(phone, database):
    told = receipts(phone.send(*whole_day(phone, EARLIER), clock=NOW))
    assert [one["state"] for one in told] == ["stored"] * 6, rows(database, MailboxEntry)
    assert all(is_signed(database, one) for one in told)
    [dose], [drinks] = rows(database, Dose), rows(database, DrinkDay)
    [uses] = rows(database, SubstanceDay)
    assert (dose.day, dose.taken, dose.provenance, dose.received_at) == (DAY, True, "same_day", NOW)
    assert (drinks.day, drinks.provenance) == (DAY - timedelta(days=1), "late")
    assert uses.items[0]["substance"] == "cannabis"
    assert [one.started_at for one in rows(database, Checkin)] == [EARLIER] * 3
    # Nothing of it can be read by the phone, whatever it asks.
    assert phone.browser.get("/today").status_code == 303


def test_the_same_answer_is_one_entry_however_often_it_comes(phone, database):
    sealed = whole_day(phone, EARLIER)
    first = receipts(phone.send(*sealed, clock=NOW))
    for again in range(3):
        told = receipts(phone.send(*sealed, clock=NOW + timedelta(minutes=again)))
        assert [one["entry"] for one in told] == [one["entry"] for one in first]
    twice = {"token": "a" * 32}
    envelopes = [phone.seal("urges", URGES, EARLIER, **twice) for _ in range(2)]
    one, other = receipts(phone.send(*envelopes, clock=NOW))
    assert one["entry"] == other["entry"] and one["digest"] != other["digest"]
    assert len(rows(database, MailboxEntry)) == 7
    assert (len(rows(database, Dose)), len(rows(database, Checkin))) == (1, 4)


def test_the_clocks_are_kept_apart_and_a_wrong_one_moves_nothing(phone, database):
    """The phone's clock is three days ahead: when it was told follows from both of its times."""
    wrong = timedelta(days=3)
    envelope = phone.seal("dose", [("answer", "taken")], EARLIER + wrong)
    phone.send(envelope, clock=NOW + wrong)
    [entry], [dose] = rows(database, MailboxEntry), rows(database, Dose)
    assert (entry.told_at, entry.received_at, dose.day) == (EARLIER, NOW, DAY)
    assert entry.client_at == entry.sealed_at == EARLIER + wrong
    assert entry.offset_seconds == wrong.total_seconds()


def test_danger_is_looked_at_first_and_staff_hear_of_it_by_its_own_time(phone, database):
    sealed = [*whole_day(phone, EARLIER), phone.seal("wrong", DANGER, EARLIER)]
    told = receipts(phone.send(*sealed, clock=NOW))
    assert told[1]["digest"] == digest_of(sealed[-1])
    [flag] = [one for one in rows(database, Flag) if one.severity == "emergency"]
    assert flag.raised_at == NOW and rows(database, Message)
    assert {one.started_at for one in rows(database, Checkin)} == {EARLIER}


def test_danger_in_a_form_that_is_refused_is_told_all_the_same(phone, database):
    broken = [("signs", "breathing_trouble"), ("vomiting_24h", "many"), ("method", "each")]
    [told] = receipts(phone.send(phone.seal("wrong", broken, EARLIER), clock=NOW))
    assert told["state"] == "refused"
    assert [one.severity for one in rows(database, Flag)] == ["emergency"]
    [entry] = rows(database, MailboxEntry)
    assert (entry.reason, entry.subject_kind) == ("form", "checkin") and entry.kept_sealed


def test_what_is_older_than_the_window_is_kept_and_marked_late(phone, database):
    long_ago = NOW - timedelta(days=40)
    [told] = receipts(phone.send(phone.seal("dose", [("answer", "taken")], long_ago), clock=NOW))
    [entry], [dose] = rows(database, MailboxEntry), rows(database, Dose)
    assert (told["state"], entry.late, dose.day) == ("stored", True, date(2026, 10, 14))
    assert dose.provenance == "same_day"


def test_a_later_answer_is_not_overwritten_by_one_that_comes_after_it(phone, anna, database):
    anna.post("/today/dose", {"answer": "not_taken", "day": NOW.date().isoformat(), "idem": "b1"})
    before = phone.seal("dose", [("answer", "taken")], NOW - timedelta(hours=2))
    [told] = receipts(phone.send(before, clock=NOW))
    assert told["state"] == "refused"
    [dose], [entry] = rows(database, Dose), rows(database, MailboxEntry)
    assert (dose.taken, entry.reason) == (False, "later")
    # Two that were told without a network are told in their order.
    first = phone.seal("alcohol", [("none", "1")], NOW - timedelta(hours=3))
    second = phone.seal("alcohol", [("n:beer:500:5", "1")], NOW - timedelta(hours=2))
    assert [one["state"] for one in receipts(phone.send(first, second, clock=NOW))] == [
        "stored",
        "stored",
    ]
    assert rows(database, DrinkDay)[-1].items


@pytest.mark.parametrize(
    ("task", "fields"),
    [
        ("dose", []),
        ("dose", [("answer", "perhaps")]),
        ("alcohol", []),
        ("substances", [("none", "1"), ("substance", "opioid")]),
        ("urges", [("alcohol_craving", "11"), ("method", "each")]),
        ("effects", []),
        ("wrong", [("unknown", "1")]),
        ("diary of another", [("x", "y")]),
    ],
)
def test_what_cannot_be_stored_is_kept_sealed_and_never_dropped(phone, database, task, fields):
    [told] = receipts(phone.send(phone.seal(task[:16], fields, EARLIER), clock=NOW))
    [entry] = rows(database, MailboxEntry)
    assert (told["state"], entry.state, entry.seen_at) == ("refused", "refused", None)
    assert entry.kept_sealed and is_signed(database, told)


def test_a_damaged_envelope_is_kept_and_holds_nothing_back(phone, database):
    good = phone.seal("dose", [("answer", "taken")], EARLIER)
    damaged = good[:-1] + bytes([good[-1] ^ 1])
    told = receipts(phone.send(damaged, b"", b"x" * 50, good, clock=NOW))
    assert [one["state"] for one in told].count("refused") == 3 and len(rows(database, Dose)) == 1


def test_an_envelope_says_nothing_by_its_length(phone):
    assert len({len(one) for one in whole_day(phone, EARLIER)}) == 1
    assert len(whole_day(phone, EARLIER)[0]) < SIZES[0] + 200


def test_a_fault_of_ours_loses_no_answer(phone, database, monkeypatch):
    monkeypatch.setattr("app.mailbox.tasks.read_doses", lambda *_: 1 / 0)
    [told] = receipts(phone.send(phone.seal("dose", [("answer", "taken")], NOW), clock=NOW))
    [entry] = rows(database, MailboxEntry)
    assert (told["state"], entry.reason) == ("refused", "fault")


def test_nobody_tells_for_another(phone, browser, database, cast):
    """A phone that went to somebody else, one that is not known, and one whose owner left."""
    theirs = phone.seal("dose", [("answer", "taken")], EARLIER)
    other = phone_of(browser, database, cast.boris)
    assert [one["state"] for one in receipts(other.send(theirs, clock=NOW))] == ["refused"]
    assert browser.another().post("/sealed", {"envelope": "AQ"}).status_code == 401
    change_person(database, cast.anna, status="withdrawn")
    [told] = receipts(phone.send(theirs, clock=NOW))
    entry = rows(database, MailboxEntry)[-1]
    assert (told["state"], entry.reason, entry.kept_sealed) == ("refused", "left", None)
    assert rows(database, Dose) == []


def test_a_phone_that_sends_without_end_is_told_to_wait(phone, database, monkeypatch):
    monkeypatch.setattr("app.mailbox.service.MOST_A_DAY", 2)
    sealed = [phone.seal("urges", URGES, EARLIER) for _ in range(3)]
    assert len(receipts(phone.send(*sealed, clock=NOW))) == 2
    assert phone.send(sealed[2], clock=NOW).status_code == 429
    assert len(receipts(phone.send(sealed[0], clock=NOW))) == 1
    # A danger sign is taken all the same.
    assert len(receipts(phone.send(phone.seal("wrong", DANGER, NOW), clock=NOW))) == 1


def test_each_answer_is_in_the_trail(phone, database):
    phone.send(phone.seal("dose", [("answer", "taken")], EARLIER), clock=NOW)
    actions = [one.action for one in rows(database, AuditEntry)]
    assert {"dose.add", "mailbox.stored"} <= set(actions)


def test_what_came_back_is_shown_when_the_phone_is_opened_with_its_time_and_a_way_on(
    phone, anna, database
):
    anna.post("/day/2026-11-21", {"n:beer:500:5": "3", "idem": "c1"})
    for day in (EARLIER, NOW - timedelta(days=30)):
        phone.send(phone.seal("alcohol", [], day), clock=NOW)
    phone.send(phone.seal("alcohol", [("n:beer:500:5", "2")], EARLIER), clock=NOW)
    opened = phone.browser.post("/lock", {"pin": PASSWORD})
    assert (opened.status_code, opened.headers["location"]) == (303, "/sealed")
    shown = phone.browser.get("/sealed")
    assert "22 Nov, 13:00" in words(shown) and "2 × Beer" in words(shown)
    assert "Later than this you said something else" in words(shown)
    assert 'href="/day/2026-11-21"' in shown.text and 'href="/calendar/2026-10-23"' in shown.text
    refused = [one.id for one in rows(database, MailboxEntry)]
    leads = [phone.browser.post("/sealed/seen", {"entry": str(one)}) for one in refused]
    assert [one.headers["location"] for one in leads] == ["/sealed", "/sealed", "/today"]
    assert all(one.seen_at == NOW for one in rows(database, MailboxEntry))
    wrong = [phone.browser.post("/sealed/seen", {"entry": one}) for one in ("x", "9999")]
    assert [one.status_code for one in wrong] == [422, 404]
    assert phone.browser.post("/sealed/seen", {"entry": str(refused[0])}).status_code == 303


def test_the_page_of_blank_forms_holds_nothing_about_a_person(phone, anna, browser):
    anna.post("/day/2026-11-22", {"n:vodka:70:40": "3", "idem": "d1"})
    blank = phone.browser.get("/offline")
    assert blank.status_code == 200 and "DB-001" not in blank.text
    assert not re.search(r"202\d-\d\d|November|:70:40| checked", blank.text)
    assert {*re.findall(r'data-task="(\w+)"', blank.text)} == set(TASKS)
    assert 'name="idem"' not in blank.text
    # Today names the very page that the phone keeps.
    [version] = re.findall(r'data-shell="(\w+)"', blank.text)
    assert re.findall(r'data-shell="(\w+)"', phone_today(phone)) == [version]
    stranger = browser.another().get("/offline")
    assert stranger.status_code == 200 and "data-task" not in stranger.text


def test_whoever_can_keep_nothing_has_the_numbers_in_sight(phone, browser):
    """Without a network, where the blank forms are of no use."""
    stranger = browser.another().get("/offline").text
    seen = re.sub(r"(?s)<(section|noscript)\b.*?</\1>", "", stranger)
    assert 'href="tel:112"' in seen
    blank = phone.browser.get("/offline").text
    for where in (r'(?s)<section[^>]* id="unable".*?</section>', r"(?s)<noscript>.*?</noscript>"):
        [part] = re.findall(where, blank)
        assert 'href="tel:112"' in part, where


def phone_today(phone):
    assert phone.browser.post("/lock", {"pin": PASSWORD}).status_code == 303
    return phone.browser.get("/today").text


def test_an_answer_to_former_questions_is_one(phone, database):
    """The phone kept the former page: its answer stands under the version that it asked."""
    answers = [("nausea", "2"), ("method", "rest")]
    [told] = receipts(phone.send(phone.seal("effects", answers, NOW, version=1), clock=NOW))
    assert (told["state"], [one.version for one in rows(database, Checkin)]) == ("stored", [1])


def test_the_worker_is_small():
    files = static_files()
    assert sum(len(files[one].packed["br"]) for one in ("worker.js", "mailbox.js")) <= 3 * 1024


def test_what_was_sealed_before_the_key_was_changed_is_opened_and_signed_as_then(tmp_path):
    path = tmp_path / "key"
    make_key_file(path)
    former = derive_keys(path)
    envelope = seal(public_key(former.mailboxes[0], "seal"), letter())
    path.rename(tmp_path / f"key.{former.id}")
    make_key_file(path)
    keys = derive_keys(path)
    assert unseal(keys, envelope).token == letter()["token"]
    receipt = Receipt(digest_of(envelope), 1, NOW, "stored")
    assert secret_of(keys, envelope) == former.mailboxes[0] != keys.mailboxes[0]
    assert len(signed(keys, receipt, envelope)) == 86


def letter():
    told = {"at": NOW.isoformat(), "sealed_at": NOW.isoformat()}
    return {"phone": "x", "task": "dose", "token": "a" * 32, "fields": [], **told}
