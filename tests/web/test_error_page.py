"""The page that refuses: in the reader's language, and about health to participants alone."""

import pytest

from app import audit
from app.audit import SYSTEM, Subject
from app.models.people import Staff
from tests.cast import NOW

UNWELL = {"en": "If you feel unwell", "ru": "Если вам плохо"}
REFUSED = {"en": "This page is not for your role.", "ru": "Эта страница не для вашей роли."}


@pytest.fixture
def speaks(database, cast):
    """The coordinator's profile says so, and nothing on her browser does."""

    def set_(language):
        with database.write() as session:
            person = session.get(Staff, cast.orlova)
            person.language = language
            session.add(person)
            audit.record(session, SYSTEM, "test.language", Subject("staff", cast.orlova), now=NOW)

    return set_


@pytest.mark.parametrize("language", ["en", "ru"])
def test_staff_are_refused_in_their_language_and_not_asked_how_they_feel(orlova, speaks, language):
    speaks(language)
    page = orlova.get("/site")
    assert page.status_code == 403 and REFUSED[language] in page.text
    assert UNWELL[language] not in page.text and 'href="tel:' not in page.text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_staff_find_nothing_in_their_language(orlova, speaks, language):
    speaks(language)
    page = orlova.get("/participants/nobodynobodynobo")
    assert page.status_code == 404 and UNWELL[language] not in page.text
    assert f'<html lang="{language}"' in page.text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_participant_who_finds_nothing_finds_help(anna, language):
    anna.post("/language", {"lang": language})
    page = anna.get("/day/1999-13-40")
    assert page.status_code == 404
    assert UNWELL[language] in page.text and 'href="tel:' in page.text
