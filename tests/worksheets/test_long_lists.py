"""A list that grows for months stays a page: on the phone and at the team."""

import re
from datetime import timedelta

import pytest

from tests.cast import NOW
from tests.worksheets.sheets import HOUR, draft, shared, sheet

MANY = 25


@pytest.fixture
def moments(database, cast):
    for back in range(MANY):
        shared(database, cast.anna, "trigger_diary", {"where": "home"}, at=NOW - back * HOUR)


def entries(page):
    return re.findall(r'class="row" href="/worksheets/[a-z0-9]{16}"', page.text)


def test_the_entries_of_a_sheet_are_turned_ten_at_a_time(anna, moments):
    at = "/worksheets/about/trigger_diary"
    assert [len(entries(anna.get(f"{at}?page={page}"))) for page in (1, 2, 3)] == [10, 10, 5]
    assert f'href="{at}?page=2"' in anna.get(at).text
    assert f'href="{at}?page=2"' in anna.get(f"{at}?page=3").text
    for page in (0, 4):
        assert anna.get(f"{at}?page={page}").status_code == 404


def test_the_teams_list_turns_one_series_and_keeps_it_open(petrova, moments, at):
    first = petrova.get(at).text
    assert "<summary>25 entries</summary>" in first
    assert len(re.findall(r"<li><a[^>]*>Shared", first)) == 10
    older = f"{at}?series=trigger_diary&amp;page=2"
    assert older in first
    last = petrova.get(f"{at}?series=trigger_diary&page=3").text
    assert (
        len(re.findall(r"<li><a[^>]*>Shared", last)) == 5 and '<details class="more" open>' in last
    )
    assert older in last
    gone = petrova.get(f"{at}?series=trigger_diary&page=9")
    assert gone.status_code == 200 and len(re.findall(r"<li><a[^>]*>Shared", gone.text)) == 0


def test_what_is_begun_is_one_line_for_each_kind(anna, database, cast):
    for back in range(3):
        made = sheet(database, cast.anna, "thought_record", NOW - back * HOUR)
        draft(database, made, {"situation": "x"}, NOW - back * HOUR)
    alone = sheet(database, cast.anna, "values")
    draft(database, alone, {})
    listed = anna.get("/worksheets").text
    assert "3 entries, the last one 23 Nov, 09:00" in listed
    assert listed.count("Not finished. Go on") == 1


def test_what_was_put_away_is_turned_as_well(anna, database, cast):
    for back in range(12):
        sheet(database, cast.anna, "values", NOW - timedelta(days=back), removed_at=NOW)
    assert anna.get("/worksheets").text.count("/bring-back") == 10
    second = anna.get("/worksheets?page=2").text
    assert second.count("/bring-back") == 2 and '<details class="more" open>' in second
    assert anna.get("/worksheets?page=3").status_code == 404
