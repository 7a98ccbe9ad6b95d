"""The second factor of the staff: set up, asked for, used once, lost, and reset by another."""

import re
from contextlib import nullcontext

import pyotp
import pytest

from app import commands
from app.models.audit import AuditEntry
from app.models.people import Factor
from app.visit.gate import audiences
from app.visit.identity import SESSION_COOKIE
from tests.cast import PASSWORD, staff_session
from tests.flags.record import mails, rows

PETROVA = {"email": "petrova@clinic.test", "password": PASSWORD}


def code(secret, clock, steps=0):
    return pyotp.TOTP(secret).at(clock(), counter_offset=steps)


def set_up(who, clock, name="phone", **more):
    page = who.get("/account/factor").text
    secret = re.search(r'class="own">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
    form = {"name": name, "sealed": sealed, "first": code(secret, clock), "present": PASSWORD}
    answer = who.post("/account/factor", form | more)
    return secret, answer


@pytest.fixture
def guarded(browser, database, cast, clock):
    """Petrova's secret, her recovery codes, and the browser on which she set them up."""
    who = browser.signed_in(staff_session(database, cast.petrova, clock()))
    secret, answer = set_up(who, clock)
    assert answer.status_code == 200
    clock.forward(seconds=60)
    return secret, re.findall(r"(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}", answer.text), who


def half(browser, wanted="/flags"):
    who = browser.another()
    answer = who.post("/sign-in", PETROVA | {"next": wanted})
    return who, answer


@pytest.mark.req("A5")
def test_half_a_sign_in_opens_no_page_of_the_staff(guarded, browser, app):
    who, _ = half(browser)
    tried = 0
    for (method, template), audience in audiences(app).items():
        if audience.kind != "staff" or template.startswith("/sign-in/") or method == "HEAD":
            continue
        path = re.sub(r"{[^}]*}", "1", template)
        answer = who.get(path) if method == "GET" else who.post(path, {})
        door = answer.headers.get("location", "")
        assert answer.status_code in (303, 401), (method, path, answer.status_code)
        assert answer.status_code == 401 or door.startswith("/sign-in/second"), (path, door)
        tried += 1
    assert tried > 60
    assert "Petrova" not in who.get("/nowhere").text


@pytest.mark.req("A6")
def test_a_code_opens_once_and_the_page_that_was_asked_for(guarded, browser, clock):
    secret, _, _ = guarded
    who, answer = half(browser, "/account")
    answer = who.get(answer.headers["location"])
    assert answer.headers["location"] == "/sign-in/second?next=/account"
    typed = {"code": code(secret, clock), "next": "/account"}
    before = who.cookies[SESSION_COOKIE]
    assert who.post("/sign-in/second", typed).headers["location"] == "/account"
    assert who.cookies[SESSION_COOKIE] != before and who.get("/account").status_code == 200
    # Whoever copied the cookie in between is out.
    assert browser.signed_in(before).get("/account").headers["location"].startswith("/sign-in?")
    other, _ = half(browser)
    assert other.post("/sign-in/second", typed).status_code == 422


@pytest.mark.req("A6")
@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(guarded, browser, clock, steps, opens):
    clock.forward(seconds=300)
    who, _ = half(browser)
    typed = {"code": code(guarded[0], clock, steps)}
    assert who.post("/sign-in/second", typed).status_code == (303 if opens else 422)


def test_guesses_wait_and_a_restart_forgets_none(guarded, browser, clock):
    who, _ = half(browser)
    answers = [who.post("/sign-in/second", {"code": f"00000{n}"}) for n in range(4)]
    assert 'id="e-code"' in answers[0].text and "Too many attempts" in answers[-1].text
    assert who.post("/sign-in/second", {"code": code(guarded[0], clock)}).status_code == 422


@pytest.mark.req("A16")
def test_each_recovery_code_opens_once_and_is_on_record(guarded, browser, database):
    _, codes, _ = guarded
    assert len(set(codes)) == 10
    who, _ = half(browser)
    assert who.post("/sign-in/second", {"code": codes[0].lower()}).status_code == 303
    again, _ = half(browser)
    assert again.post("/sign-in/second", {"code": codes[0]}).status_code == 422
    used = [one for one in rows(database, AuditEntry) if one.action == "recovery.use"]
    assert [one.changes for one in used] == [{"left": [10, 9]}]


@pytest.mark.req("A16")
def test_a_link_does_not_skip_it(guarded, browser, database, cast, clock):
    admin = browser.signed_in(staff_session(database, cast.admin, clock()))
    page = admin.get("/colleagues").text
    public_id = re.search(r'/colleagues/(\w+)/factor">[^<]*<span class="vh">: Anna', page)[1]
    admin.post(f"/colleagues/{public_id}/link")
    link = re.search(r"#([A-Z2-7-]+)", mails(database)[-1].text)[1]
    who = browser.another()
    answer = who.post("/sign-in/link", {"code": link})
    assert who.get(answer.headers["location"]).headers["location"].startswith("/sign-in/second")


@pytest.mark.req("A14")
def test_another_app_or_new_codes_end_every_other_session(guarded, browser, clock):
    secret, codes, first = guarded
    elsewhere, _ = half(browser)
    assert elsewhere.post("/sign-in/second", {"code": codes[1]}).status_code == 303
    form = {"present": PASSWORD, "code": codes[2]}
    assert first.post("/account/recovery", form).status_code == 422
    form["code"] = code(secret, clock)
    assert first.post("/account/recovery", form).status_code == 200
    assert first.get("/account").status_code == 200
    assert elsewhere.get("/account").headers["location"].startswith("/sign-in?")
    gone, _ = half(browser)
    assert gone.post("/sign-in/second", {"code": codes[3]}).status_code == 422


def test_an_app_is_added_and_removed_with_proof_and_the_last_one_stays(
    guarded, browser, database, clock
):
    secret, _, who = guarded
    assert set_up(who, clock, "tablet", code="000000")[1].status_code == 422
    clock.forward(seconds=60)
    _, answer = set_up(who, clock, "tablet", code=code(secret, clock))
    assert answer.status_code == 200
    clock.forward(seconds=60)
    numbers = [one.id for one in rows(database, Factor)]
    form = {"number": str(numbers[1]), "present": PASSWORD, "code": code(secret, clock)}
    assert who.post("/account/factor/remove", form).headers["location"] == "/account"
    form["number"] = str(numbers[0])
    assert who.post("/account/factor/remove", form).status_code == 422
    assert [one.id for one in rows(database, Factor)] == numbers[:1]
    assert secret not in rows(database, Factor)[0].secret_sealed


@pytest.mark.req("A16")
def test_another_resets_it_with_a_reason_and_never_oneself(guarded, browser, database, cast, clock):
    _, _, first = guarded
    admin = browser.signed_in(staff_session(database, cast.admin, clock()))
    page = admin.get("/colleagues").text
    public_id = re.search(r'/colleagues/(\w+)/factor">[^<]*<span class="vh">: Anna', page)[1]
    path = f"/colleagues/{public_id}/factor"
    assert 'id="e-reason"' in admin.post(path, {"reason": ""}).text
    assert first.get("/account").status_code == 200
    assert admin.post(path, {"reason": "lost the phone"}).status_code == 303
    assert first.get("/account").headers["location"].startswith("/sign-in?")
    assert not rows(database, Factor)
    # Whoever else knows the password does not come in by it alone.
    _, known = half(browser)
    assert known.status_code == 422
    [entry] = [one for one in rows(database, AuditEntry) if one.action == "factor.reset"]
    assert entry.reason == "lost the phone" and entry.changes == {"apps": [["phone"], []]}
    told = mails(database)[-1]
    assert told.recipient == "petrova@clinic.test" and "link" not in told.text


@pytest.mark.req("A16")
def test_a_shell_lets_a_lone_administrator_in_and_says_so_on_record(
    guarded, database, monkeypatch, capsys
):
    monkeypatch.setattr(commands, "Settings", lambda: database.settings)
    monkeypatch.setattr(commands, "Database", lambda _settings: database)
    monkeypatch.setattr(commands, "closing", nullcontext)
    commands.staff_link("petrova@clinic.test")
    assert rows(database, Factor)
    commands.staff_link("petrova@clinic.test", lost_factor=True)
    assert "/sign-in/link#" in capsys.readouterr().out and not rows(database, Factor)
    assert guarded[2].get("/account").headers["location"].startswith("/sign-in?")
    [entry] = [one for one in rows(database, AuditEntry) if one.action == "factor.reset"]
    assert entry.changes == {"apps": [["phone"], []]} and "--lost-factor" in entry.reason
