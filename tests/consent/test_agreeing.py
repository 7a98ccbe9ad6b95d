"""Electronic consent: before anything else, with a gentle retry, anew after a major change."""

import shutil

import pytest

from app.instruments.consent import text as texts
from app.models.consent import Consent
from app.models.diary import Dose
from tests.browser import hidden, words
from tests.diary.rows import rows
from tests.empty import enrolled, opened

RIGHT = {"q-opioids": "reaction", "q-watched": "no", "q-leave": "any"}
SET = {"text": "1", "change": "major", "reason": "Approved by the committee."}
DOSE = {"answer": "taken", "idem": "d1"}


@pytest.fixture
def house(database, clock):
    with opened(database, clock) as found:
        yield found


@pytest.fixture
def later(tmp_path, monkeypatch):
    """Two more versions of the text, each with its own words."""
    for version in (1, 2, 3):
        name = f"participation.v{version}.toml"
        body = (texts.FOLDER / "participation.v1.toml").read_text(encoding="utf-8")
        body = body.replace("version = 1", f"version = {version}")
        (tmp_path / name).write_text(body.replace("over 24 weeks.", f"edition {version}."), "utf-8")
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    texts.load_text.cache_clear()
    yield
    shutil.rmtree(tmp_path)
    texts.load_text.cache_clear()


def agreed(phone, version, name="Own Canary"):
    form = {**RIGHT, "text": version, "round": "1", "name": name, "agree": "1"}
    return phone.post("/me/consent", form)


def asked_first(phone):
    return phone.get("/today").headers.get("location") == "/me/consent"


def test_no_text_in_force_asks_nobody(house):
    _, phone = enrolled(house)
    assert phone.get("/today").status_code == 200
    assert "No text is on record here" in words(phone.get("/me/consent"))


def test_consent_comes_before_anything_else_and_says_where_to_read_again(house, database):
    investigator = house.desk("investigator")
    assert house.desk("coordinator").post("/consent-texts", SET).status_code == 403
    assert investigator.post("/consent-texts", {**SET, "reason": ""}).status_code == 422
    assert investigator.post("/consent-texts", SET).status_code == 303
    home, phone = enrolled(house)
    assert asked_first(phone)
    assert phone.post("/today/dose", DOSE).status_code == 303
    assert rows(database, Dose) == [], "nothing is taken before"
    assert phone.get("/help").status_code == 200
    page = phone.get("/me/consent")
    assert " checked" not in page.text and "Taking part is free of charge" in page.text
    off = {**RIGHT, "q-watched": "yes", "text": "1", "round": "1", "name": "", "agree": "1"}
    again = phone.post("/me/consent", off)
    assert again.status_code == 422
    for name, said in (("q-watched", "for help at once there is the emergency"), ("name", "Write")):
        assert f'href="#f-{name}"' in again.text and said in again.text
    assert rows(database, Consent) == [] and hidden(again, "round") == "2"
    rest = {**off, **RIGHT, "name": "Own Canary", "round": "2"}
    assert phone.post("/me/consent", rest).status_code == 303
    assert phone.post("/me/consent", rest).status_code == 303
    [given] = rows(database, Consent)
    assert (given.text_version, given.language, given.rounds) == (1, "en", 2)
    assert given.text_hash == texts.fingerprint(1) and "Canary" not in given.name_sealed
    assert phone.get("/today").status_code == 200
    copy = phone.get("/me/consent/copy")
    assert "attachment" in copy.headers["content-disposition"]
    assert "Own Canary" in copy.text and given.text_hash in copy.text
    staff = house.desk("counselor").get(f"{home}/consent")
    assert given.text_hash[:16] in staff.text and "Own Canary" not in staff.text


def test_a_major_change_asks_again_and_a_minor_one_informs(house, database, later):
    investigator = house.desk("investigator")
    investigator.post("/consent-texts", SET)
    _, phone = enrolled(house)
    agreed(phone, "1")
    investigator.post("/consent-texts", {**SET, "text": "2", "change": "minor"})
    assert phone.get("/today").status_code == 200
    news = phone.get("/me/consent")
    assert "changed a little" in news.text and "edition 2" in news.text
    assert phone.post("/me/consent", {"text": "2"}).status_code == 303
    assert "changed a little" not in phone.get("/me/consent").text
    investigator.post("/consent-texts", {**SET, "text": "3"})
    assert asked_first(phone)
    # What was typed under the former text is taken; the next page asks.
    assert phone.post("/today/dose", DOSE).status_code == 303 and len(rows(database, Dose)) == 1
    assert agreed(phone, "1").status_code == 409, "another text than the one in force"
    assert agreed(phone, "3").status_code == 303 and phone.get("/today").status_code == 200
    found = [(one.text_version, one.kind) for one in rows(database, Consent)]
    assert found == [(1, "given"), (2, "informed"), (3, "given")]
    stale = investigator.post("/consent-texts", {**SET, "text": "2"})
    assert stale.status_code == 303, "an earlier text is never put in force again"
    assert phone.get("/today").status_code == 200
