"""Something is wrong now: whom to call first, and what is told is judged before anything else."""

import re

import pytest

from app.models.checkin import CheckinJudgement
from app.models.flags import Flag
from tests.flags.record import rows

NOW_PAGE = "/today/check/new/now"
QUIET = {"diarrhea_24h": "0"}


def shown(client) -> str:
    return client.get("/today").text


def test_the_page_begins_with_the_emergency_number_then_the_danger_signs_then_the_counts(anna):
    page = anna.get(NOW_PAGE).text
    main = page[page.index("<main") :]
    places = [
        main.index(mark)
        for mark in (
            "<h1",
            'href="tel:112"',
            'name="signs"',
            'name="vomiting_24h"',
            'name="systolic_bp"',
        )
    ]
    assert places == sorted(places)
    assert "page 6 of 6" not in page


def test_what_is_wrong_now_is_judged_before_the_other_pages(anna, database):
    body = QUIET | {"vomiting_24h": "6", "signs": "none", "method": "each", "idem": "n1"}
    answer = anna.post(NOW_PAGE, body)
    assert answer.headers["location"] == "/help/soon"
    (judged,) = rows(database, CheckinJudgement)
    assert judged.complete is False
    # The rest is asked from there on, and what was told stays.
    help_page = anna.get("/help/soon").text
    way = re.search(r'href="(/today/check/[^"]+)"', help_page)[1]
    assert anna.get(way).headers["location"].endswith("/1")


def test_without_an_alarm_it_goes_on_with_the_other_pages(anna, database):
    body = QUIET | {"vomiting_24h": "0", "signs": "none", "method": "each", "idem": "n1"}
    answer = anna.post(NOW_PAGE, body)
    assert answer.headers["location"].endswith("/1")
    assert "what else you feel" in anna.get(answer.headers["location"]).text
    assert rows(database, Flag) == []


def test_a_mistake_shows_the_same_page_again(anna):
    body = QUIET | {"vomiting_24h": "600", "signs": "none", "method": "each", "idem": "n1"}
    answer = anna.post(NOW_PAGE, body)
    assert answer.status_code == 422 and 'value="600"' in answer.text
    assert f'action="{NOW_PAGE}"' in answer.text
    assert answer.text.index('href="tel:112"') < answer.text.index('name="signs"')


@pytest.mark.parametrize(
    ("told", "words", "red"),
    [
        ({"signs": "seizure"}, "You were asked to call 112", True),
        ({"signs": "none", "vomiting_24h": "6"}, "You were asked to call the study doctor", False),
    ],
)
def test_today_says_whom_to_call_until_the_flag_is_closed(
    anna, petrova, database, told, words, red
):
    assert "You were asked" not in shown(anna)
    anna.post(NOW_PAGE, QUIET | {"vomiting_24h": "0"} | told | {"method": "each", "idem": "n1"})
    text = re.sub(r"<[^>]+>", "", shown(anna))
    assert words in text
    assert ('class="note bad"' in shown(anna)) is red
    (flag,) = rows(database, Flag)
    for step, said in (("acknowledge", {}), ("resolve", {"outcome": "called"})):
        closing = {"version": str(flag.version), "note": "Spoke by phone."} | said
        assert petrova.post(f"/flags/{flag.public_id}/{step}", closing).status_code == 303
        (flag,) = rows(database, Flag)
    assert "You were asked" not in shown(anna)


def test_thoughts_of_self_harm_are_answered_with_somebody_to_talk_to(anna):
    page = anna.get("/today/week").text
    name = "self_harm_thoughts"
    assert f'name="{name}"' in page
    answer = anna.post("/today/week", {name: "2", "method": "each", "idem": "w1"})
    assert answer.headers["location"] == "/help/talk"
    assert "You can talk to somebody at any time" in shown(anna)


def test_an_ordinary_check_in_is_saved_and_says_nothing_of_the_team(anna):
    answer = anna.post("/today/check/new/1", {"method": "page_none", "idem": "p1"})
    path = answer.headers["location"].removesuffix("/2")
    for number in range(2, 7):
        anna.post(f"{path}/{number}", {"method": "page_none", "idem": f"p{number}"})
    anna.post(f"{path}/save", {"idem": "s1"})
    today = shown(anna)
    assert "Saved." in today and "sent to the study team" not in today
