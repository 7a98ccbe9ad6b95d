"""Enrolment: what is stored, what is refused, and what stays sealed."""

from sqlalchemy import select

from app.models.audit import AuditEntry
from app.models.people import PARTICIPANT, Participant, ParticipantContact, Staff, UsualDrink
from tests.browser import hidden

PERSON = {
    "code": "db-014",
    "sex": "male",
    "timezone": "Europe/Moscow",
    "language": "ru",
    "first_dose_on": "2026-12-01",
    "usual_drinks": ["vodka_100", "beer_500"],
    "name": "Pavel Canary",
    "phone": "+7 911 765-43-21",
    "note": "after six",
}


def person(database, cast, **changes):
    with database.read() as session:
        counselor = session.get(Staff, cast.petrova).public_id
    return {**PERSON, "counselor": counselor, **changes}


def count(database, table):
    with database.read() as session:
        return len(session.execute(select(table.__table__)).all())


def test_a_coordinator_enrols_and_sees_the_new_person(orlova, database, cast):
    answer = orlova.post("/participants/new", person(database, cast))
    assert answer.status_code == 303
    page = orlova.get(answer.headers["location"])
    assert "Participant DB-014" in page.text
    assert "Anna Petrova" in page.text
    assert "Vodka, 100\u00a0ml; Beer 5%, half a litre" in page.text
    assert "Starts in 8 days" in page.text
    with database.read() as session:
        stored = session.execute(select(PARTICIPANT).where(PARTICIPANT.c.code == "DB-014")).one()
        drinks = session.execute(
            select(UsualDrink.__table__)
            .where(UsualDrink.__table__.c.participant_id == stored.id)
            .order_by(UsualDrink.__table__.c.position)
        ).all()
    assert (stored.sex, stored.language, str(stored.first_dose_on)) == ("male", "ru", "2026-12-01")
    assert [(d.beverage, d.ml, d.abv) for d in drinks] == [("vodka", 100, 40), ("beer", 500, 5)]


def test_an_open_sex_and_an_unknown_date_are_stored_as_nothing(orlova, database, cast):
    form = person(database, cast, sex="open", first_dose_on="", usual_drinks=[])
    page = orlova.get(orlova.post("/participants/new", form).headers["location"])
    assert "No date for the first dose yet" in page.text
    assert "Not recorded" in page.text
    assert "None chosen" in page.text


def test_the_contact_is_sealed_and_in_no_audit_entry(orlova, database, cast):
    orlova.post("/participants/new", person(database, cast))
    with database.read() as session:
        rows = session.execute(select(ParticipantContact.__table__)).all()
        trail = session.execute(select(AuditEntry.__table__)).all()
    assert "Canary" not in str(rows) and "765-43-21" not in str(rows)
    assert "Canary" not in str(trail) and "765-43-21" not in str(trail)
    assert "participant.enrol" in [entry.action for entry in trail]


def test_a_form_with_faults_comes_back_with_its_values_and_writes_nothing(orlova, database, cast):
    before = count(database, Participant), count(database, AuditEntry)
    form = person(database, cast, timezone="Mars/Base", phone="call me", sex="")
    page = orlova.post("/participants/new", form)
    assert page.status_code == 422
    for name in ("timezone", "phone", "sex"):
        assert f'href="#f-{name}"' in page.text and f'id="e-{name}"' in page.text
    assert 'value="db-014"' in page.text and "after six" in page.text
    assert 'value="Mars/Base"' in page.text
    assert page.text.count("checked") == 3  # the language and two drinks
    assert (count(database, Participant), count(database, AuditEntry)) == before


def test_what_a_form_may_not_say(orlova, database, cast):
    refused = [
        {"code": "DB 014"},
        {"code": "А-014"},
        {"code": "D"},
        {"timezone": "../etc/passwd"},
        {"timezone": "Europe"},
        {"language": "de"},
        {"usual_drinks": ["absinthe"]},
        {"usual_drinks": ["beer_500", "beer_500"]},
        {"first_dose_on": "2028-01-01"},
        {"first_dose_on": "2026-02-30"},
        {"counselor": "aaaaaaaaaaaaaaaa"},
        {"name": ""},
        {"site_id": "2"},
        {"status": "completed"},
    ]
    for change in refused:
        answer = orlova.post("/participants/new", person(database, cast, **change))
        assert answer.status_code == 422, change
    assert count(database, Participant) == 3


def test_a_code_is_given_once_at_a_site(orlova, database, cast):
    page = orlova.post("/participants/new", person(database, cast, code="DB-001"))
    assert page.status_code == 422
    assert "Another participant of your site has this code." in page.text


def test_a_counselor_of_another_site_cannot_be_chosen(orlova, database, cast):
    with database.read() as session:
        foreign = session.get(Staff, cast.volkova).public_id
    assert (
        orlova.post("/participants/new", person(database, cast, counselor=foreign)).status_code
        == 422
    )


def test_a_counselor_does_not_enrol(petrova, database, cast):
    assert petrova.get("/participants/new").status_code == 403
    assert petrova.post("/participants/new", person(database, cast)).status_code == 403
    assert count(database, Participant) == 3


def test_an_untouched_form_has_no_answer_in_it(orlova):
    page = orlova.get("/participants/new")
    assert "checked" not in page.text and "selected" not in page.text
    assert 'value="Europe/Moscow"' in page.text


def test_an_empty_form_names_each_thing_that_is_needed(orlova):
    page = orlova.post("/participants/new", {})
    for words in ("participant’s code", "on record for sex", "a counselor", "the name"):
        assert page.text.count(words) >= 2
    assert "Please answer this." not in page.text


def test_one_round_names_everything_there_is_to_mend(orlova, database, cast):
    wrong = {"code": "DB-001", "counselor": "nobody", "first_dose_on": "2028-01-01", "name": ""}
    page = orlova.post("/participants/new", person(database, cast, **wrong))
    for words in (
        "Another participant of your site has this code.",
        "Choose a counselor of your site.",
        "Choose a date within a year of today.",
        "Write the name.",
    ):
        assert page.text.count(words) == 2, words


def test_an_enrolment_sent_twice_is_stored_once_and_succeeds_both_times(orlova, database, cast):
    token = hidden(orlova.get("/participants/new"), "idem")
    form = person(database, cast, idem=token)
    before = count(database, Participant)
    first, second = orlova.post_at_once("/participants/new", [form, form])
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert count(database, Participant) == before + 1
    other = orlova.post("/participants/new", {**form, "idem": "another"})
    assert other.status_code == 422
    assert "Another participant of your site has this code." in other.text
    assert orlova.post("/participants/new", {**form, "idem": ""}).status_code == 422


def test_two_who_take_the_same_code_at_once_are_told_apart(orlova, database, cast):
    forms = [person(database, cast, idem=name) for name in ("one", "two")]
    answers = orlova.post_at_once("/participants/new", forms)
    assert sorted(answer.status_code for answer in answers) == [303, 422]


def test_what_comes_along_with_what_is_pasted_loses_no_field_of_the_enrolment(
    orlova, database, cast
):
    """Marks of a contact list, a narrow space, wide digits, a long dash."""
    typed = person(database, cast, phone="+７\u202f911\u00a0765–43–21", first_dose_on="２026-12-01")
    several = typed.pop("usual_drinks")
    pasted = {name: f"\u2068\u200e{value}\u2069\u202c" for name, value in typed.items()}
    answer = orlova.post("/participants/new", {**pasted, "usual_drinks": several})
    assert answer.status_code == 303
    page = orlova.get(answer.headers["location"]).text
    assert "Participant DB-014" in page and "Starts in 8 days" in page
    contacts = ParticipantContact.__table__
    with database.read() as session:
        newest = session.execute(select(contacts).order_by(contacts.c.participant_id.desc()))
        row, unseal = newest.first(), session.info["keys"].unseal
        stored = [unseal(row.name_sealed), unseal(row.phone_sealed), unseal(row.note_sealed)]
    assert stored == ["Pavel Canary", "+7 911 765-43-21", "after six"]


def test_what_cannot_be_kept_is_said_at_its_field_of_the_enrolment_and_all_else_stays(
    orlova, database, cast
):
    sound = person(database, cast)
    for name in sound.keys() - {"usual_drinks", "sex", "language", "counselor"}:
        page = orlova.post("/participants/new", sound | {name: f"{sound[name]}\x00"})
        assert page.status_code == 422 and f'href="#f-{name}"' in page.text, name
        for other in sound.keys() - {"usual_drinks"}:
            assert sound[other].replace("+", "&#43;") in page.text or sound[other] in page.text
    assert count(database, Participant) == 3
