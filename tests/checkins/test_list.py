"""All side effects on one page: only after quiet days, only where the protocol says so."""

import re
from datetime import timedelta

import pytest

from app.audit import SYSTEM
from app.instruments.vocabulary import COUNTS, SYMPTOMS
from app.models.audit import AuditEntry
from app.models.checkin import Checkin, CheckinJudgement, CheckinPage
from app.models.flags import Flag
from app.protocol.loader import protocol_text, use_protocol
from app.timeline.json_form import parse
from app.timeline.json_out import dump
from app.timeline.tables import read_timeline
from tests.browser import hidden, words
from tests.cast import NOW
from tests.checkin import submit_checkin
from tests.diary.rows import change_person, rows

NEW = "/today/list/new"
NONE = {code: 0 for code in (*SYMPTOMS, *COUNTS)}
GROUPS = [f"none_p{number}" for number in range(1, 7)]
ALL_NONE = dict.fromkeys(GROUPS, "1") | {"method": "each"}
WEEK = 7


@pytest.fixture(autouse=True)
def allowed(tmp_path):
    """A protocol of the site's own, which asks for the whole list after a quiet week."""
    text = protocol_text().replace("whole_list_after_days = 0", f"whole_list_after_days = {WEEK}")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('version = "2.0"', 'version = "2-list"', 1))
    use_protocol(own)
    yield
    use_protocol(None)


def tell(database, who, days_ago, ratings, signs=()):
    with database.write() as session:
        at = NOW - timedelta(days=days_ago)
        submit_checkin(session, who, "side_effects", ratings, signs, SYSTEM, at)


@pytest.fixture
def quiet(database, cast):
    """ANNA reported none on each of the last seven days."""
    change_person(database, cast.anna, enrolled_at=NOW - timedelta(days=30))
    for days_ago in range(1, WEEK + 1):
        tell(database, cast.anna, days_ago, NONE)


def offered(phone) -> bool:
    return 'href="/today/list/new"' in phone.get("/today").text


def test_a_quiet_week_brings_one_page_with_nothing_answered(anna, quiet):
    assert offered(anna)
    page = anna.get(NEW)
    assert page.status_code == 200 and " checked" not in page.text
    assert all(f'name="{code}"' in page.text for code in (*SYMPTOMS, *COUNTS, "signs", *GROUPS))


def test_without_a_word_of_the_protocol_nobody_is_asked_so(anna, quiet):
    use_protocol(None)
    assert not offered(anna)
    assert anna.get(NEW).headers["location"] == "/today/check/new/first"


@pytest.mark.parametrize(
    ("days_ago", "ratings", "signs"),
    [
        pytest.param(3, NONE | {"nausea": 1}, (), id="an effect in the week"),
        pytest.param(7, NONE | {"vomiting_24h": 1}, (), id="vomiting on its first day"),
        pytest.param(2, NONE, ("confusion",), id="a danger sign"),
        pytest.param(1, {"nausea": 0}, (), id="questions that were skipped"),
        pytest.param(4, NONE | {"systolic_bp": 190, "diastolic_bp": 90}, (), id="a high pressure"),
        pytest.param(4, NONE | {"temperature": 39.5}, (), id="a fever"),
    ],
)
def test_what_was_told_or_skipped_in_the_week_keeps_the_pages(
    anna, quiet, database, cast, days_ago, ratings, signs
):
    tell(database, cast.anna, days_ago, ratings, signs)
    assert not offered(anna)


def test_a_day_without_a_check_in_keeps_the_pages(anna, database, cast):
    for days_ago in (1, 2, 3, 5, 6, 7):
        tell(database, cast.anna, days_ago, NONE)
    assert not offered(anna)
    tell(database, cast.anna, 4, NONE)
    assert offered(anna)


def test_an_effect_before_the_week_does_not_count(anna, quiet, database, cast):
    tell(database, cast.anna, 8, NONE | {"nausea": 3})
    assert offered(anna)


def test_none_of_each_group_is_a_whole_check_in_that_says_how_it_was_asked(
    anna, quiet, database, cast
):
    assert anna.post(NEW, ALL_NONE | {"idem": "w1"}).headers["location"] == "/today"
    checkin = rows(database, Checkin)[-1]
    pages = [page for page in rows(database, CheckinPage) if page.checkin_id == checkin.id]
    assert checkin.layout == "list" and checkin.finished_at == NOW
    assert [page.method for page in pages] == ["page_none"] * 6
    judged = rows(database, CheckinJudgement)[-1]
    assert judged.ratings == NONE and judged.complete
    with database.read() as session:
        timeline = read_timeline(session, cast.anna)
    exported = dump(timeline)["events"]
    assert [event.get("method") for event in exported if event["kind"] == "checkin"] == [
        *[None] * WEEK,
        "list",
    ]
    assert dump(parse(dump(timeline)))["events"] == exported


def test_a_group_that_is_left_open_is_asked_again_and_never_taken_for_none(anna, quiet, database):
    sent = ALL_NONE | {"none_p2": "", "sweating": "", "headache": "1", "idem": "w1"}
    del sent["none_p1"], sent["none_p2"]
    before = len(rows(database, Checkin))
    page = anna.post(NEW, sent)
    assert page.status_code == 422
    assert re.search(r"None of these \d[^:.]*: Nothing is chosen here yet\.", words(page))
    assert 'name="headache" value="1" checked' in page.text
    assert 'name="none_p3" value="1" checked' in page.text
    assert len(rows(database, Checkin)) == before
    done = anna.post(NEW, sent | {"method": "rest", "idem": hidden(page, "idem")})
    assert done.status_code == 303
    checkin = rows(database, Checkin)[-1]
    told = {one.page: one for one in rows(database, CheckinPage) if one.checkin_id == checkin.id}
    assert [told[f"p{n}"].method for n in (1, 2, 3)] == ["each", "skipped", "page_none"]
    assert told["p2"].ratings == {} and told["p1"].ratings == {"headache": 1}


def test_none_beside_an_answer_of_the_same_group_is_asked_about(anna, quiet, database):
    page = anna.post(NEW, ALL_NONE | {"nausea": "2", "idem": "w1"})
    assert page.status_code == 422 and "Both “none” and another answer are here." in words(page)


def test_a_danger_sign_is_acted_on_while_the_rest_waits(anna, quiet, database):
    page = anna.post(NEW, {"signs": "seizure", "nausea": "9", "method": "each", "idem": "w1"})
    assert page.status_code == 200 and "tel:" in page.text
    assert [flag.family for flag in rows(database, Flag)] == ["EMG"]
    action = page.text.split('<form method="post" action="')[1].split('"')[0]
    assert action.startswith("/today/list/") and action != NEW
    again = anna.get(action)
    assert 'value="seizure" checked' in again.text
    fixed = dict.fromkeys(GROUPS[:5], "1") | {"signs": "seizure", "method": "each"}
    assert anna.post(action, fixed | {"idem": "w2"}).status_code == 303
    assert len(rows(database, Flag)) == 1
    checkin = rows(database, Checkin)[-1]
    assert (checkin.layout, checkin.finished_at) == ("list", NOW)


def test_the_same_list_sent_twice_is_one_and_another_one_asks(anna, quiet, database):
    anna.post(NEW, ALL_NONE | {"idem": "w1"})
    before = len(rows(database, Checkin))
    assert anna.post(NEW, ALL_NONE | {"idem": "w1"}).headers["location"] == "/today"
    other = dict.fromkeys(GROUPS[1:], "1") | {"nausea": "2", "method": "each", "idem": "w1"}
    asked = anna.post(NEW, other)
    assert asked.status_code == 409
    action = asked.text.split('<form method="post" action="')[1].split('"')[0]
    assert anna.post(action, other | {"idem": hidden(asked, "idem")}).status_code == 303
    assert len(rows(database, Checkin)) == before
    assert rows(database, CheckinJudgement)[-1].ratings["nausea"] == 2


def test_a_high_pressure_waits_for_its_second_measurement(anna, quiet, database):
    sent = ALL_NONE | {"systolic_bp": "165", "diastolic_bp": "95", "idem": "w1"}
    review = anna.post(NEW, sent).headers["location"]
    assert "Enter the second measurement" in words(anna.get(review))
    assert rows(database, Checkin)[-1].finished_at is None


def test_a_list_that_changes_nothing_is_saved_and_on_record(anna, database, quiet):
    """Back on the page of a finished list, and Save again under another token."""
    tell(database, 1, 0, NONE)
    answer = anna.post(NEW, ALL_NONE | {"idem": "x"})
    [shown] = [one for one in rows(database, Checkin) if one.started_at >= NOW][-1:]
    path = f"/today/list/{shown.public_id}"
    for token in ("a", "b"):
        answer = anna.post(path, ALL_NONE | {"idem": token})
        assert answer.status_code == 303
    assert "sent.same" in [one.action for one in rows(database, AuditEntry)]
