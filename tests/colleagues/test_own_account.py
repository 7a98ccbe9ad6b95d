"""Everybody's own account: a password, and where one is signed in."""

import pytest

from app.models.people import Staff
from app.signin.password import too_easy
from app.visit.tokens import verify_now
from tests.cast import PASSWORD, staff_session
from tests.flags.record import rows

GOOD = "seven lilac trams at dusk"


def password(browser, new=GOOD, again=None, **form):
    said = {"password": new, "again": new if again is None else again, **form}
    return browser.post("/account/password", said)


@pytest.fixture
def petrova(browser, database, cast, clock):
    return browser.signed_in(staff_session(database, cast.petrova, clock()))


def hash_of(database, staff_id):
    [found] = [one for one in rows(database, Staff) if one.id == staff_id]
    return found.password_hash


@pytest.mark.req("A12")
@pytest.mark.req("A14")
def test_the_present_password_is_asked_and_every_other_session_ends(
    petrova, browser, database, cast, clock
):
    elsewhere = browser.signed_in(staff_session(database, cast.petrova, clock()))
    assert elsewhere.get("/account").status_code == 200
    assert 'id="e-present"' in password(petrova, present="not this one").text
    assert password(petrova, present=PASSWORD).headers["location"] == "/account"
    assert verify_now(hash_of(database, cast.petrova), GOOD)
    assert petrova.get("/account").status_code == 200
    assert elsewhere.get("/account").headers["location"].startswith("/sign-in")


def test_guesses_at_the_present_password_are_counted_like_at_the_door(petrova, database, cast):
    answers = [password(petrova, present=f"guess number {n}") for n in range(4)]
    assert "Too many attempts" in answers[-1].text
    assert "Too many attempts" in password(petrova, present=PASSWORD).text
    assert verify_now(hash_of(database, cast.petrova), PASSWORD)


@pytest.mark.parametrize("new", ["short", "petrova petrova", "aaaaaaaaaaaaaaa", "password2026!"])
def test_an_easy_password_is_refused_at_its_field(petrova, database, cast, new):
    assert 'id="e-password"' in password(petrova, new, present=PASSWORD).text
    assert verify_now(hash_of(database, cast.petrova), PASSWORD)


def test_two_that_differ_are_not_taken(petrova):
    assert 'id="e-again"' in password(petrova, again=GOOD + "!", present=PASSWORD).text


@pytest.mark.req("A15")
def test_one_signs_out_somewhere_else_and_nobody_else(petrova, browser, database, cast, clock):
    elsewhere = browser.signed_in(staff_session(database, cast.petrova, clock()))
    other = browser.signed_in(staff_session(database, cast.sokolov, clock()))
    page = petrova.get("/account").text
    numbers = [part.split('"')[0] for part in page.split('name="number" value="')[1:]]
    assert len(numbers) == 1
    for number in (*numbers, "1", "999999999999999999999"):
        petrova.post("/account/end", {"number": number})
    assert elsewhere.get("/account").headers["location"].startswith("/sign-in")
    assert other.get("/account").status_code == 200


ABOUT = ("Anna Petrova", "petrova@clinic.test", "St Petersburg")


@pytest.mark.req("A9")
@pytest.mark.parametrize(
    ("text", "easy"),
    [
        ("elevenchars", True),
        ("twelve chars", False),
        ("AnnaPetrova2026", True),
        ("petersburg1234", True),
        ("qwertyuiop123", True),
        ("abcdefghijklmnop", True),
        ("abcabcabcabcabc", True),
        ("пароль12345678", True),
        ("семь сиреневых трамваев", False),
        ("kX9#vQ2!mZ7$", False),
        ("x" * 300, True),
        ("P@ssw0rd1234", True),
        ("1qaz2wsx3edc", True),
        ("naltrexone12", True),
        ("trustno1trustno1x", True),
    ],
)
def test_a_password_is_easy_if_it_says_little_besides_what_anybody_would_try(text, easy):
    assert too_easy(text, ABOUT) is easy
