"""Side effects: stored page by page, judged when there is reason to, never lost."""

import re
from datetime import timedelta

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.checkins.service import judge_overdue
from app.models.checkin import Checkin, CheckinJudgement, CheckinPage
from app.models.people import HeldPost, Preference
from tests.browser import hidden, words
from tests.cast import NOW, participant_session
from tests.checkin import submit_checkin
from tests.diary.rows import change_person, rows

NEW = "/today/check/new"
NONE = {"method": "page_none"}
NAUSEA = {"nausea": "2", "method": "each"}
QUIET = {"vomiting_24h_none": "1", "diarrhea_24h_none": "1"}


def begin(phone, body=None) -> str:
    """The first page sent; returns the check-in's address."""
    answer = phone.post(f"{NEW}/1", (body or NONE) | {"idem": "p1"})
    assert answer.status_code == 303
    return answer.headers["location"].rsplit("/", 1)[0]


def overdue(database, now) -> int:
    with database.write() as session:
        return judge_overdue(session, now)


def test_looking_at_the_first_page_stores_nothing(anna, database):
    page = anna.get(f"{NEW}/first")
    assert "page 1 of 6" in page.text and "checked" not in page.text
    assert "None of the four on this page" in page.text
    assert rows(database, Checkin) == []


def test_enter_on_a_page_never_answers_none(anna):
    form = anna.get(f"{NEW}/now").text.split('<form method="post"')[1]
    assert form.index('value="each"') < form.index('value="page_none"')


def test_each_page_is_stored_as_it_is_sent_and_all_are_judged_when_saved(anna, database):
    path = begin(anna, NAUSEA)
    for number in (2, 3, 4, 5, 6):
        answer = anna.post(f"{path}/{number}", NONE | {"idem": f"p{number}"})
    assert len(rows(database, CheckinPage)) == 6 and rows(database, CheckinJudgement) == []
    assert answer.headers["location"] == path
    review = anna.get(path)
    assert "Nausea, feeling sick: Moderate" in review.text
    assert anna.post(f"{path}/save", {"idem": "s1"}).headers["location"] == "/today"
    (judged,) = rows(database, CheckinJudgement)
    assert judged.complete and judged.ratings["nausea"] == 2 and judged.ratings["tremor"] == 0
    assert "dizziness" not in judged.ratings, "blank is not zero"
    assert rows(database, Checkin)[0].finished_at == NOW
    assert anna.post(f"{path}/save", {"idem": "s2"}).status_code == 303
    assert len(rows(database, CheckinJudgement)) == 1


def test_a_skipped_page_is_stored_as_skipped(anna, database):
    begin(anna, {"method": "skipped"})
    (page,) = rows(database, CheckinPage)
    assert (page.method, page.ratings) == ("skipped", {})


def test_going_back_changes_the_page_and_begins_no_second_check_in(anna, database):
    begin(anna, NAUSEA)
    again = anna.get(f"{NEW}/first")
    assert 'name="nausea" value="2" checked' in again.text
    anna.post(f"{NEW}/1", {"nausea": "3", "method": "each", "idem": "b1"})
    assert len(rows(database, Checkin)) == 1
    assert [page.revision for page in rows(database, CheckinPage)] == [1, 2]


@pytest.mark.parametrize(
    "sign",
    [
        "seizure",
        "hallucination",
        "confusion",
        "chest_pain",
        "fainting",
        "breathing_trouble",
        "vomiting_blood",
    ],
)
def test_an_emergency_sign_is_judged_at_once_and_leads_to_help(anna, database, sign):
    answer = anna.post(f"{NEW}/6", {"signs": sign, "method": "each", "idem": "a1"})
    assert answer.headers["location"] == "/help/now"
    (judged,) = rows(database, CheckinJudgement)
    assert (judged.n, judged.complete, judged.signs) == (1, False, [sign])
    page = anna.get("/help/now")
    assert "Please call 112 now" in words(page) and 'href="tel:112"' in page.text
    (checkin,) = rows(database, Checkin)
    assert f'href="/today/check/{checkin.public_id}"' in page.text
    assert anna.get(f"/today/check/{checkin.public_id}").headers["location"].endswith("/1")


@pytest.mark.parametrize("sign", ["visual_disturbance", "no_fluids_12h"])
def test_another_sign_waits_for_the_rest_of_the_pages(anna, database, sign):
    answer = anna.post(f"{NEW}/6", {"signs": sign, "method": "each", "idem": "a1"})
    assert answer.headers["location"].endswith("/1")
    assert rows(database, CheckinJudgement) == []


def test_a_danger_sign_is_acted_on_while_a_number_beside_it_is_wrong(anna, database):
    body = QUIET | {"signs": "chest_pain", "systolic_bp": "5000", "method": "each"}
    answer = anna.post(f"{NEW}/6", body | {"idem": "a1"})
    assert answer.status_code == 200 and "Please call 112 now" in words(answer)
    assert 'name="systolic_bp" value="5000"' in answer.text
    assert rows(database, CheckinPage)[0].signs == ["chest_pain"]
    assert rows(database, CheckinPage)[0].ratings == {}
    assert rows(database, CheckinJudgement)[0].complete is False
    (checkin,) = rows(database, Checkin)
    path = f"/today/check/{checkin.public_id}/6"
    again = anna.post(path, body | {"idem": hidden(answer, "idem")})
    assert again.status_code == 422 and 'value="5000"' in again.text
    assert len(rows(database, CheckinPage)) == 1
    right = body | {"systolic_bp": "150", "diastolic_bp": "90", "idem": hidden(again, "idem")}
    assert anna.post(path, right).headers["location"] == "/help/now"
    assert rows(database, CheckinPage)[1].ratings["systolic_bp"] == 150


@pytest.mark.parametrize(
    "way", ["/today/check/{id}", "/today/check/{id}/6", "/today/check/new/now"]
)
def test_what_was_typed_beside_a_danger_sign_is_there_after_the_help_page(anna, database, way):
    body = QUIET | {"signs": "chest_pain", "systolic_bp": "150", "method": "each"}
    anna.post(f"{NEW}/6", body | {"idem": "a1"})
    assert anna.get("/help/now").status_code == 200
    (checkin,) = rows(database, Checkin)
    page = anna.get(way.replace("{id}", checkin.public_id))
    if page.status_code == 303:
        assert page.headers["location"] == f"/today/check/{checkin.public_id}/6"
        page = anna.get(page.headers["location"])
    assert 'name="systolic_bp" type="text" value="150"' in page.text
    assert 'value="chest_pain" checked' in page.text
    assert "What you typed is still here" in page.text
    right = body | {"diastolic_bp": "90", "idem": hidden(page, "idem")}
    anna.post(f"/today/check/{checkin.public_id}/6", right)
    stored = rows(database, CheckinPage)[-1]
    assert (stored.ratings["systolic_bp"], stored.ratings["diastolic_bp"]) == (150, 90)
    assert rows(database, HeldPost) == []
    assert "still here" not in anna.get(f"/today/check/{checkin.public_id}/6").text
    assert anna.get(f"/today/check/{checkin.public_id}").headers["location"].endswith("/1")


def test_back_leads_to_the_page_before_and_from_a_finished_check_in_to_all_answers(anna):
    def back(address):
        return re.search(r'<header class="top">\s*<a href="([^"]+)">', anna.get(address).text)[1]

    assert back(f"{NEW}/1") == back(f"{NEW}/now") == "/today"
    path = begin(anna, NAUSEA)
    assert back(f"{path}/2") == f"{path}/1" and back(f"{path}/1") == "/today"
    assert back(f"{path}/6") == "/today", "the page before was not answered"
    for number in (2, 3, 4, 5, 6):
        anna.post(f"{path}/{number}", NONE | {"idem": f"p{number}"})
    anna.post(f"{path}/save", {"idem": "s1"})
    assert back(f"{path}/3") == path


def test_the_review_names_what_has_no_answer(anna):
    path = begin(anna, NAUSEA)
    for number in (2, 3, 4):
        anna.post(f"{path}/{number}", NONE | {"idem": f"p{number}"})
    anna.post(f"{path}/5", {"method": "skipped", "idem": "p5"})
    anna.post(f"{path}/6", {"signs": "none", "vomiting_24h": "1", "method": "each", "idem": "p6"})
    review = anna.get(path).text
    assert "Not answered: Dizziness; Trouble sleeping; Headache" in review
    assert review.count("Not answered: ") == 3, "the first page, the skipped one and the counts"
    assert "Not answered: Diarrhea" in review
    assert "Blood pressure" not in review, "what needs a device is not held against anybody"


def test_a_resent_emergency_leads_to_help_again(anna, database):
    body = {"signs": "seizure", "method": "each", "idem": "same"}
    for _ in range(2):
        assert anna.post(f"{NEW}/6", body).headers["location"] == "/help/now"
    assert len(rows(database, CheckinPage)) == 1


def test_help_after_everything_is_answered_leads_back_to_today(anna):
    page = anna.get("/help/now")
    assert 'href="/today">Go on' in page.text


@pytest.mark.parametrize(("minutes", "judged"), [(9.99, 0), (10, 1)])
def test_an_unfinished_check_in_is_judged_as_it_stands_when_its_time_is_over(
    anna, database, minutes, judged
):
    begin(anna, NAUSEA)
    later = NOW + timedelta(minutes=minutes)
    assert overdue(database, later) == judged
    assert overdue(database, later) == 0
    assert [row.complete for row in rows(database, CheckinJudgement)] == [False] * judged


def test_each_page_moves_the_closing_time(anna, database, clock):
    path = begin(anna, NAUSEA)
    clock.forward(minutes=2)
    anna.post(f"{path}/2", NONE | {"idem": "p2"})
    assert overdue(database, NOW + timedelta(minutes=11)) == 0
    assert overdue(database, NOW + timedelta(minutes=12)) == 1


def test_an_overdue_check_in_stays_open_and_can_be_finished(anna, database, clock):
    path = begin(anna, NAUSEA)
    overdue(database, NOW + timedelta(minutes=10))
    page = anna.get("/today")
    assert "Not finished." in page.text and f'href="{path}">Go on' in page.text
    assert anna.get(path).headers["location"] == f"{path}/2"
    for number in (2, 3, 4, 5, 6):
        anna.post(f"{path}/{number}", NONE | {"idem": f"p{number}"})
    anna.post(f"{path}/save", {"idem": "s1"})
    assert [(row.n, row.complete) for row in rows(database, CheckinJudgement)] == [
        (1, False),
        (2, True),
    ]


def test_an_emergency_judged_at_once_is_not_judged_again_for_being_left(anna, database):
    anna.post(f"{NEW}/6", {"signs": "seizure", "method": "each", "idem": "a1"})
    assert overdue(database, NOW + timedelta(minutes=10)) == 0
    assert len(rows(database, CheckinJudgement)) == 1


def test_a_check_in_of_skipped_pages_is_never_judged(anna, database):
    begin(anna, {"method": "skipped"})
    assert overdue(database, NOW + timedelta(minutes=10)) == 0
    assert rows(database, CheckinJudgement) == []


def test_changing_a_finished_check_in_is_judged_again(anna, database):
    path = begin(anna, NAUSEA)
    anna.post(f"{path}/save", {"idem": "s1"})
    answer = anna.post(f"{path}/1", {"nausea": "4", "method": "each", "idem": "c1"})
    assert answer.headers["location"] == path
    assert [row.ratings["nausea"] for row in rows(database, CheckinJudgement)] == [2, 4]
    assert rows(database, CheckinPage)[1].reason == "correction"
    assert "Very severe" in anna.get(path).text


def test_another_body_under_the_token_of_a_page_is_a_question(anna, database):
    path = begin(anna, NAUSEA)
    other = anna.post(f"{NEW}/1", NONE | {"idem": "p1"})
    assert other.status_code == 409
    assert "Nausea, feeling sick: Moderate" in other.text
    assert "None of the four on this page" in other.text
    assert f'action="{path}/1"' in other.text
    anna.post(f"{path}/1", NONE | {"idem": hidden(other, "idem")})
    assert rows(database, CheckinPage)[1].method == "page_none"


@pytest.mark.parametrize(
    ("page", "body", "error"),
    [
        (1, {"method": "each"}, "Nothing is chosen yet."),
        (1, {"nausea": "5", "method": "each"}, "choose one of the answers"),
        (1, {"nausea": "2", "method": "page_none"}, "Please keep what is right."),
        (1, {"nausea": "2"}, "one of the buttons"),
        (1, {"nausea": "2", "method": "each", "more": "1"}, "This page has changed."),
        (6, QUIET | {"method": "each"}, "mark what happened"),
        (6, {"vomiting_24h": "3x", "signs": "none", "method": "each"}, "whole number"),
        (6, {"signs": "none", "systolic_bp": "120", "method": "each"}, "two numbers"),
    ],
)
def test_a_page_that_cannot_be_stored_says_why_and_keeps_its_answers(
    anna, database, page, body, error
):
    answer = anna.post(f"{NEW}/{page}", body | {"idem": "a1"})
    assert answer.status_code == 422 and error in answer.text
    assert "<title>Error: Daybook</title>" in answer.text
    if body.get("nausea") == "2":
        assert 'name="nausea" value="2" checked' in answer.text
    if "vomiting_24h" in body:
        assert 'value="3x"' in answer.text
    assert rows(database, Checkin) == []


@pytest.mark.parametrize("address", ["new/0", "new/7", "new/p1", "nosuchcheckin/1", "new"])
def test_an_address_that_names_no_page_does_not_exist(anna, address):
    assert anna.get(f"/today/check/{address}").status_code == 404


def test_one_question_a_screen_goes_on_as_it_was_begun(browser, database, cast, clock):
    with database.write() as session:
        session.add(Preference(participant_id=cast.anna, values={"single": True}))
        audit.record(session, SYSTEM, "test.preference", Subject("preference", 1), now=NOW)
    phone = browser.signed_in(participant_session(database, cast.anna, clock()))
    assert "page 1 of 19" in phone.get(f"{NEW}/first").text
    path = begin(phone, NAUSEA)
    page = phone.get(f"{path}/2")
    assert "page 2 of 19" in page.text and "Skip this question" in page.text
    assert rows(database, CheckinPage)[0].page == "s1"


def test_a_whole_check_in_can_be_submitted_from_stored_values(database, cast):
    with database.write() as session:
        done = submit_checkin(
            session,
            cast.anna,
            "side_effects",
            {"nausea": 3, "vomiting_24h": 2, "temperature": 37.5},
            ["no_fluids_12h"],
            SYSTEM,
            NOW,
            provenance="by_phone",
        )
    assert done.checkin.judgements == 1
    (judged,) = rows(database, CheckinJudgement)
    assert judged.ratings == {"nausea": 3, "vomiting_24h": 2, "temperature": 37.5}
    methods = {page.page: page.method for page in rows(database, CheckinPage)}
    assert methods["p1"] == methods["p6"] == "each" and methods["p2"] == "skipped"


def test_side_effects_are_whole_in_russian(browser, database, cast, clock):
    change_person(database, cast.anna, language="ru")
    phone = browser.signed_in(participant_session(database, cast.anna, clock()))
    page = phone.get(f"{NEW}/1")
    assert "страница 1 из 6" in page.text and "Тошнота" in page.text
    answer = phone.post(f"{NEW}/6", {"signs": "seizure", "method": "each", "idem": "a1"})
    assert answer.headers["location"] == "/help/now"
    assert "позвоните 112" in words(phone.get("/help/now"))
