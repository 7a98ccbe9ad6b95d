"""Passkeys of the staff: only what this session was asked, on this site, by a device that looked
at its owner, opens anything; and only once."""

import json
from dataclasses import replace

import pytest

from app.models.audit import AuditEntry
from app.models.people import Factor, PasskeyChallenge
from app.signin.tidy import tidy_up
from app.visit.identity import SESSION_COOKIE
from tests.authenticator import Authenticator
from tests.cast import PASSWORD, staff_session
from tests.flags.record import rows
from tests.signin.test_second_factor import PETROVA, code, half, set_up

ADD, SHOW = "/sign-in/passkey/add", "/sign-in/passkey/show"


def ask(who, path):
    answer = who.post(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    return json.loads(answer.text)


def add(who, authenticator, **more):
    form = {"device": "laptop", "made": authenticator.make(ask(who, ADD)), "present": PASSWORD}
    return who.post("/account/passkey", form | more)


@pytest.fixture
def device():
    return Authenticator()


@pytest.fixture
def owner(browser, database, cast, clock, device):
    """Petrova where she made her first passkey, on ``device``."""
    who = browser.signed_in(staff_session(database, cast.petrova, clock()))
    answer = add(who, device)
    assert answer.status_code == 200 and "Recovery codes" in answer.text
    return who


def shown(who, answer, **more):
    return who.post("/sign-in/second", {"passkey": answer} | more)


@pytest.mark.req("A7")
@pytest.mark.req("A12")
def test_a_passkey_opens_the_page_that_was_asked_for(owner, browser, device):
    who, _ = half(browser)
    page = who.get("/sign-in/second?next=/account").text
    assert f'data-passkey="{SHOW}"' in page and "passkeys.js" in page and 'name="code"' in page
    question = ask(who, SHOW)
    assert question["userVerification"] == "required" and question["rpId"] == "daybook.test"
    before = who.cookies[SESSION_COOKIE]
    answer = shown(who, device.show(question), next="/account")
    assert answer.headers["location"] == "/account"
    assert who.cookies[SESSION_COOKIE] != before and who.get("/account").status_code == 200


FORGED = {
    "another site": {"origin": "https://evil.test"},
    "the same name without encryption": {"origin": "http://daybook.test"},
    "another port": {"origin": "https://daybook.test:444"},
    "a key of another site": {"site": "evil.test"},
    "a device that did not look": {"looked": False},
    "another key": {"key": Authenticator().key},
    "a passkey that nobody has": {"id": b"1" * 32},
}


@pytest.mark.req("A7")
@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_what_was_signed_otherwise_opens_nothing(owner, browser, device, change, database):
    who, _ = half(browser)
    question = ask(who, SHOW)
    refused = shown(who, replace(device, **change).show(question))
    assert refused.status_code == 422 and 'id="e-passkey"' in refused.text
    # The question is used up by the attempt, whatever became of it.
    assert shown(who, device.show(question)).status_code == 422
    assert who.get("/account").headers["location"].startswith("/sign-in/second")
    assert rows(database, AuditEntry)[-1].action == "factor.refuse"


def too_late(who, other, device, clock):
    answer = device.show(ask(who, SHOW))
    clock.forward(minutes=3)
    return answer


def asked_anew(who, other, device, clock):
    former = device.show(ask(who, SHOW))
    ask(who, SHOW)
    return former


def of_another_session(who, other, device, clock):
    return device.show(ask(other, SHOW))


def to_make_one(who, other, device, clock):
    other.post("/sign-in/second", {"passkey": device.show(ask(other, SHOW))})
    return device.show(ask(other, ADD))


def shown_before(who, other, device, clock):
    answer = device.show(ask(other, SHOW))
    assert shown(other, answer).status_code == 303
    return answer


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    "answer", [too_late, asked_anew, of_another_session, to_make_one, shown_before]
)
def test_a_question_is_of_one_session_one_purpose_three_minutes_and_one_answer(
    owner, browser, device, clock, answer
):
    who, _ = half(browser)
    other, _ = half(browser)
    assert shown(who, answer(who, other, device, clock)).status_code == 422
    # Nothing else was wrong with it.
    assert shown(who, device.show(ask(who, SHOW))).status_code == 303


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("before", "then", "opens"), [(0, 0, True), (5, 6, True), (5, 5, False), (5, 4, False)]
)
def test_a_count_that_falls_back_is_of_a_copy_and_on_record(
    browser, database, cast, clock, before, then, opens
):
    device = Authenticator(count=before)
    add(browser.signed_in(staff_session(database, cast.petrova, clock())), device)
    who, _ = half(browser)
    device.count = then
    assert shown(who, device.show(ask(who, SHOW))).status_code == (303 if opens else 422)
    behind = [one.changes for one in rows(database, AuditEntry) if one.action == "passkey.behind"]
    assert behind == ([] if opens else [{"count": [before, then]}])


@pytest.mark.req("A7")
@pytest.mark.parametrize("change", [*FORGED.values()][:5], ids=[*FORGED][:5])
def test_a_passkey_made_elsewhere_is_not_taken(browser, database, cast, clock, device, change):
    who = browser.signed_in(staff_session(database, cast.petrova, clock()))
    refused = add(who, replace(device, **change))
    assert refused.status_code == 422 and 'id="e-made"' in refused.text
    assert not rows(database, Factor)


@pytest.mark.parametrize(
    "answer",
    ["x", "[]", "{}", "[" * 9000, '{"response": {"clientDataJSON": 1}}', "x" * 20_000, "\u2028"],
)
def test_whatever_comes_in_the_place_of_an_answer_is_a_refusal(
    owner, browser, answer, clock, device
):
    who, _ = half(browser)
    assert shown(who, answer).status_code == 422
    form = {"device": "x", "made": answer, "present": PASSWORD}
    assert owner.post("/account/passkey", form).status_code == 422
    for broken in ("signature", "authenticatorData"):
        clock.forward(minutes=16)
        told = json.loads(device.show(ask(who, SHOW)))
        told["response"][broken] = answer
        assert shown(who, json.dumps(told)[:16_000]).status_code == 422


def test_several_are_named_listed_and_removed_with_proof_by_any_of_them(
    owner, browser, database, clock, device
):
    phone = Authenticator()
    assert add(owner, phone, device="my phone").status_code == 422
    assert add(owner, phone, device="my phone", passkey="{}").status_code == 422
    proof = device.show(ask(owner, SHOW))
    assert add(owner, phone, device="my phone", passkey=proof).status_code == 200
    # The same device is not added twice, and a browser is told which it knows.
    assert len(ask(owner, ADD)["excludeCredentials"]) == 2
    again = add(owner, phone, passkey=device.show(ask(owner, SHOW)))
    assert 'id="e-made"' in again.text
    page = owner.get("/account").text
    assert "laptop" in page and "my phone" in page
    secret, answer = set_up(owner, clock, passkey=phone.show(ask(owner, SHOW)))
    assert answer.status_code == 200
    clock.forward(minutes=1)
    first = rows(database, Factor)[0]
    form = {"number": str(first.id), "present": PASSWORD, "code": code(secret, clock)}
    assert owner.post("/account/factor/remove", form).headers["location"] == "/account"
    assert "laptop" not in owner.get("/account").text
    who, _ = half(browser)
    assert shown(who, device.show(ask(who, SHOW))).status_code == 422
    assert shown(who, phone.show(ask(who, SHOW))).status_code == 303
    entries = [one.changes for one in rows(database, AuditEntry) if "factor." in one.action]
    assert {"passkey": [None, "my phone"]} in entries and {"passkey": ["laptop", None]} in entries


@pytest.mark.req("A5")
def test_who_knows_the_password_alone_makes_no_passkey(owner, browser, database):
    who = browser.another()
    who.post("/sign-in", PETROVA)
    assert who.post(ADD).status_code == 404
    form = {"device": "mine", "made": "{}", "present": PASSWORD}
    assert who.post("/account/passkey", form).status_code == 401
    assert len(rows(database, Factor)) == 1


def test_questions_that_nobody_answered_are_forgotten(owner, database, clock):
    ask(owner, SHOW)
    for minutes, left in ((2, 1), (2, 0)):
        clock.forward(minutes=minutes)
        with database.write() as session:
            tidy_up(session, clock())
        assert len(rows(database, PasskeyChallenge)) == left


@pytest.mark.req("A5")
@pytest.mark.req("A7")
def test_a_first_passkey_opens_the_account_and_without_one_nothing_does(
    browser, database, clock, cast
):
    who, _ = half(browser)
    place = who.get(who.get("/account").headers["location"]).headers["location"]
    assert f'data-passkey="{ADD}"' in who.get(place).text
    own = Authenticator(looked=False)
    form = {"device": "laptop", "next": "/account"}
    refused = who.post("/sign-in/setup/passkey", form | {"made": own.make(ask(who, ADD))})
    assert refused.status_code == 422 and 'id="e-made"' in refused.text
    assert 'value="laptop"' in refused.text and not rows(database, Factor)
    other, _ = half(browser)
    own.looked = True
    late = {**form, "made": Authenticator().make(ask(other, ADD))}
    done = who.post("/sign-in/setup/passkey", form | {"made": own.make(ask(who, ADD))})
    assert "Recovery codes" in done.text and who.get("/account").status_code == 200
    assert other.post("/sign-in/setup/passkey", late).status_code == 401
    assert [one.name for one in rows(database, Factor)] == ["laptop"]
