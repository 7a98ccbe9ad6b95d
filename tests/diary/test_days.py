"""A day's alcohol and other substances: two steps, kept values, corrections, the window."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.diary.days import Window, day_meant, provenance_of
from app.models.diary import DrinkDay, SubstanceDay
from app.models.people import UsualDrink
from tests.browser import hidden
from tests.cast import NOW, participant_session
from tests.diary.rows import change_person, rows

DAY = "/day/2026-11-22"


def test_two_kinds_of_drink_are_stored_with_their_grams_and_lead_to_the_second_step(anna, database):
    body = {"n:beer:500:5": "2", "n:vodka:50:40": "3", "guess": "1", "idem": "a1"}
    assert anna.post(DAY, body).headers["location"] == f"{DAY}/other"
    (day,) = rows(database, DrinkDay)
    assert [(i["beverage"], i["ml"], i["abv"], i["count"]) for i in day.items] == [
        ("beer", 500, 5, 2),
        ("vodka", 50, 40, 3),
    ]
    assert [i["grams"] for i in day.items] == [39.45, 47.34]
    assert day.grams == pytest.approx(86.79)
    assert day.best_guess is True


def test_a_day_page_offers_the_usual_drinks_and_answers_nothing_by_itself(anna):
    page = anna.get(DAY)
    assert "Yesterday · Sunday, 22 November" in page.text
    assert 'name="n:beer:500:5"' in page.text and 'name="n:vodka:50:40"' in page.text
    assert "checked" not in page.text and "selected" not in page.text
    assert "standard drinks" in page.text
    first_button = page.text[page.text.index('<form method="post" action="/day') :]
    assert first_button.index("Save and continue") < first_button.index("No alcohol that day")


def test_a_new_drink_joins_the_usual_ones_and_the_last_used_comes_first(anna, database):
    body = {"other_kind": "wine", "other_ml": "150", "other_abv": "12,5", "other_count": "1.5"}
    anna.post(DAY, body | {"n:vodka:50:40": "1", "idem": "a1"})
    (day,) = rows(database, DrinkDay)
    assert {(i["beverage"], i["abv"], i["count"]) for i in day.items} == {
        ("vodka", 40, 1),
        ("wine", 12.5, 1.5),
    }
    wine = next(row for row in rows(database, UsualDrink) if row.abv == 12.5)
    assert wine.last_used_on == date(2026, 11, 22)
    page = anna.get("/day/2026-11-23").text
    assert page.index("n:vodka:50:40") < page.index("n:wine:150:12.5") < page.index("n:beer:500:5")


def test_saving_an_empty_page_asks_for_a_drink_or_for_none(anna, database):
    page = anna.post(DAY, {"n:beer:500:5": "0", "n:vodka:50:40": "", "idem": "a1"})
    assert page.status_code == 422
    assert "Something is missing" in page.text
    assert '<a href="#f-none">No alcohol that day: Add at least one drink' in page.text
    assert "<title>Error: Daybook, 22 November</title>" in page.text
    assert rows(database, DrinkDay) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"other_ml": "500"}, "Strength, in % of alcohol: Please answer this."),
        ({"other_count": "3"}, "Size of one, in ml: Please answer this."),
        ({"other_ml": "9000", "other_abv": "5"}, "Size of one, in ml: Must be between"),
        ({"n:beer:500:5": "many"}, "Beer, 0.5\u00a0L · 5%: Write a number."),
    ],
)
def test_the_summary_of_errors_names_the_field_of_each(anna, typed, said):
    page = anna.post(DAY, typed | {"idem": "a1"})
    assert page.status_code == 422
    assert f">{said}" in page.text


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"n:beer:500:5": "many"}, "Write a number."),
        ({"n:beer:500:5": "101"}, "Must be between 0.1 and 100."),
        ({"n:beer:500:5": "0.05"}, "Must be between 0.1 and 100."),
        ({"n:beer:500:5": "-1"}, "Write a number."),
        ({"n:beer:500:5": "2", "none": "1"}, "There are drinks here."),
        ({"other_ml": "5001", "other_abv": "5"}, "Must be between 1 and 5,000."),
        ({"other_ml": "500", "other_abv": "101"}, "Must be between 0 and 100."),
        ({"other_kind": "wine"}, "A guess is fine."),
        ({"other_kind": "petrol", "other_ml": "1", "other_abv": "1"}, "Choose one of the answers"),
    ],
)
def test_what_cannot_be_right_keeps_what_was_typed_beside_its_error(anna, database, typed, error):
    page = anna.post(DAY, typed | {"idem": "a1"})
    assert page.status_code == 422 and error in page.text
    for name, value in typed.items():
        if name not in ("none", "other_kind"):
            assert f'name="{name}"' in page.text and f'value="{value}"' in page.text
    assert rows(database, DrinkDay) == []


@pytest.mark.parametrize("count", ["0.1", "0,5", "100"])
def test_the_bounds_of_a_count_are_inside(anna, database, count):
    assert anna.post(DAY, {"n:beer:500:5": count, "idem": "a1"}).status_code == 303
    assert len(rows(database, DrinkDay)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"n:beer:0:5": "1"},
        {"n:beer:500:101": "1"},
        {"n:BEER:500:5": "1"},
        {"n:beer:500:5": ["1", "2"]},
        {"n:<b>:500:5": "1"},
        {"unknown": "1"},
        {"guess": "\x001", "none": "1"},
        {"none": "1", "other_kind": "x" * 3000, "other_ml": "5"},
    ],
)
def test_hostile_forms_are_refused_and_store_nothing(anna, database, body):
    answer = anna.post(DAY, body | {"idem": "a1"})
    assert 400 <= answer.status_code < 500
    assert "<b>:500" not in answer.text
    assert rows(database, DrinkDay) == []


def test_a_change_shows_what_is_stored_and_replaces_it(anna, database, clock):
    anna.post(DAY, {"n:beer:500:5": "2", "guess": "1", "idem": "a1"})
    page = anna.get(DAY)
    assert 'name="n:beer:500:5"' in page.text and 'value="2"' in page.text
    assert 'name="guess" value="1" checked' in page.text
    later = clock.forward(minutes=1)
    anna.post(DAY, {"n:beer:500:5": "4", "idem": "a2"})
    first, second = rows(database, DrinkDay)
    assert (second.replaces_id, second.grams, second.best_guess) == (first.id, 78.9, False)
    assert (first.superseded_at, second.superseded_at) == (later, None)
    anna.post(DAY, {"n:beer:500:5": "4", "idem": "a3"})
    assert len(rows(database, DrinkDay)) == 2


def test_a_resend_of_a_day_is_one_entry_and_another_body_a_question(anna, database):
    body = {"n:beer:500:5": "2", "idem": "same"}
    anna.post(DAY, body)
    assert anna.post(DAY, body).status_code == 303
    other = anna.post(DAY, {"none": "1", "idem": "same"})
    assert other.status_code == 409
    assert "2 × Beer, 0.5\u00a0L · 5%" in other.text and "No alcohol" in other.text
    assert len(rows(database, DrinkDay)) == 1
    anna.post(DAY, {"none": "1", "idem": hidden(other, "idem")})
    assert [row.items for row in rows(database, DrinkDay)][1] == []


def test_the_token_of_one_day_is_no_resend_of_another(anna, database):
    anna.post(DAY, {"none": "1", "idem": "same"})
    assert anna.post("/day/2026-11-21", {"none": "1", "idem": "same"}).status_code == 409


def test_other_substances_are_stored_before_the_details_are_asked(anna, database):
    anna.post(DAY, {"none": "1", "idem": "a1"})
    page = anna.get(f"{DAY}/other")
    assert "Opioids" in page.text and "checked" not in page.text
    answer = anna.post(f"{DAY}/other", {"substance": ["opioid", "cannabis"], "idem": "a2"})
    assert answer.status_code == 303
    (first,) = rows(database, SubstanceDay)
    assert first.items == [{"substance": "opioid"}, {"substance": "cannabis"}]
    more = {"route-opioid": "swallowed", "time-opioid": "23:30", "note-cannabis": "a little"}
    assert anna.post(f"{DAY}/other/more", more | {"idem": "a3"}).status_code == 303
    second = rows(database, SubstanceDay)[1]
    assert second.replaces_id == first.id
    assert second.items[0]["route"] == "swallowed"
    assert datetime.fromisoformat(second.items[0]["at"]) == datetime(
        2026, 11, 22, 20, 30, tzinfo=UTC
    )
    assert second.items[1] == {"substance": "cannabis", "note": "a little"}
    kept = anna.get(f"{DAY}/other/more")
    assert 'value="23:30"' in kept.text and 'value="a little"' in kept.text


@pytest.mark.parametrize(
    "body", [{}, {"none": "1", "substance": "opioid"}, {"substance": "tea"}, {"more": "1"}]
)
def test_the_second_step_wants_a_class_or_none(anna, database, body):
    page = anna.post(f"{DAY}/other", body | {"idem": "a1"})
    assert page.status_code == 422
    if body.get("substance") == "opioid":
        assert 'value="opioid" checked' in page.text
    assert rows(database, SubstanceDay) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"time-opioid": "24:00"},
        {"route-opioid": "telepathy"},
        {"note-opioid": "x" * 201},
        {"note-cannabis": "not marked"},
    ],
)
def test_details_that_cannot_be_right_are_refused(anna, database, wrong):
    anna.post(f"{DAY}/other", {"substance": "opioid", "idem": "a1"})
    assert anna.post(f"{DAY}/other/more", wrong | {"idem": "a2"}).status_code == 422
    assert len(rows(database, SubstanceDay)) == 1


def test_changing_the_classes_keeps_what_was_said_about_the_others(anna, database):
    anna.post(f"{DAY}/other", {"substance": ["opioid"], "idem": "a1"})
    anna.post(f"{DAY}/other/more", {"note-opioid": "one pill", "idem": "a2"})
    anna.post(f"{DAY}/other", {"substance": ["opioid", "sedative"], "idem": "a3"})
    assert rows(database, SubstanceDay)[-1].items == [
        {"substance": "opioid", "note": "one pill"},
        {"substance": "sedative"},
    ]


@pytest.mark.parametrize(
    ("day", "shown", "sent"),
    [
        ("2026-11-23", 200, 303),
        ("2026-11-24", 404, 404),
        ("2026-11-09", 200, 303),
        ("2026-11-08", 200, 404),
        ("2026-02-30", 404, 404),
        ("yesterday", 404, 404),
    ],
)
def test_a_day_can_be_filled_in_within_the_protocols_window(anna, day, shown, sent):
    page = anna.get(f"/day/{day}")
    assert page.status_code == shown
    assert anna.post(f"/day/{day}", {"none": "1", "idem": "a1"}).status_code == sent
    if day == "2026-11-08":
        assert "too long ago" in page.text and "<form" not in page.text


def test_a_day_says_how_late_it_was_told(anna, database):
    for day in ("2026-11-23", "2026-11-22", "2026-11-21"):
        anna.post(f"/day/{day}", {"none": "1", "idem": day})
    assert [row.provenance for row in rows(database, DrinkDay)] == ["same_day", "late", "recalled"]


@pytest.mark.parametrize(
    ("moment", "provenance"),
    [
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "same_day"),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), "late"),
        (datetime(2026, 10, 26, 22, 59, tzinfo=UTC), "late"),
        (datetime(2026, 10, 26, 23, 0, tzinfo=UTC), "recalled"),
    ],
)
def test_a_day_of_25_hours_ends_at_its_own_midnight(moment, provenance):
    assert provenance_of(date(2026, 10, 25), moment, "Europe/Berlin") == provenance


def test_an_answer_without_a_day_counts_for_the_phones_moment_if_that_is_believable():
    zone = "Europe/Moscow"
    evening = NOW - timedelta(hours=10)
    assert day_meant(None, evening, NOW, zone) == date(2026, 11, 22)
    assert day_meant(None, NOW - timedelta(days=4), NOW, zone) == date(2026, 11, 23)
    assert day_meant(None, NOW + timedelta(days=1), NOW, zone) == date(2026, 11, 23)
    assert day_meant(date(2026, 11, 20), evening, NOW, zone) == date(2026, 11, 20)


def test_the_window_holds_both_of_its_ends():
    window = Window.at(NOW, "Europe/Moscow", 14)
    assert window.holds(date(2026, 11, 9)) and window.holds(date(2026, 11, 23))
    assert not window.holds(date(2026, 11, 8)) and not window.holds(date(2026, 11, 24))


def test_the_pages_are_whole_in_russian(browser, database, cast, clock):
    change_person(database, cast.anna, language="ru")
    phone = browser.signed_in(participant_session(database, cast.anna, clock()))
    page = phone.get(DAY)
    assert 'lang="ru"' in page.text
    for words in ("Что вы пили?", "Пиво", "0,5\u00a0л · 5%", "Алкоголя в тот день не было"):
        assert words in page.text
    phone.post(DAY, {"n:beer:500:5": "5", "idem": "a1"})
    assert "5 порций" in phone.get("/today").text
