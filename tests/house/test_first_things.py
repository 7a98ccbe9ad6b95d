"""What cannot wait is acted on first: heavy drinking, details, a tablet taken back, and staff.

Beside ``test_intake``: answers whose danger comes from what was told before, with the mistakes
that people make, on phones that are open or locked, and in the interview.
"""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from app.audit import SYSTEM
from app.diary.service import About, record_dose, record_drinks, record_substances
from app.models.diary import Dose
from app.models.flags import Flag
from app.models.outbox import Message
from app.models.people import HeldPost, Participant
from app.timeline.events import Drink, Use
from app.visit import held
from tests.browser import words
from tests.cast import NOW, PIN
from tests.checkin import submit_checkin
from tests.diary.rows import rows
from tests.house.phone import ENCODED
from tests.signin.test_phone import opened

pytestmark = pytest.mark.sweep

TODAY = NOW.date()
MUCH = "n:vodka:500:40"
REACTION = {"nausea": 3, "sweating": 3, "muscle_pain": 3, "agitation": 3}


def about(who, back=0):
    return About(who, "Europe/Moscow", TODAY - timedelta(days=back), SYSTEM, NOW)


def heavy_days_and_a_seizure(session, who):
    """Two heavy days of three, and the sign that drinking to the end makes an emergency."""
    for back in (2, 3):
        record_drinks(session, about(who, back), [Drink(500, 40, 1, "vodka")])
    submit_checkin(session, who, "side_effects", {"nausea": 0}, ["seizure"], SYSTEM, NOW)


def opioids_at_no_time(session, who):
    """Put behind the tablet as long as nobody says that they came before it."""
    record_dose(session, about(who), taken=True, at=NOW - timedelta(hours=3))
    record_substances(session, about(who), [Use("opioid")])
    submit_checkin(session, who, "side_effects", REACTION, [], SYSTEM, NOW)


def tablets_that_were_none(session, who):
    """Yesterday none, and today one that was none, beside one that was taken by mistake only."""
    record_dose(session, about(who, 1), taken=False)
    record_dose(session, about(who), taken=False)
    record_dose(session, about(who), taken=True, another=True)
    record_substances(session, about(who), [Use("opioid")])


DAY = f"/day/{TODAY}"
# What was told before; the address, what is told now, and something harmless in its place; the
# family that becomes an emergency by it.
CASES = {
    "much drunk before a seizure": (
        heavy_days_and_a_seizure,
        (f"/day/{TODAY - timedelta(days=1)}", {MUCH: "1"}, {"n:beer:500:5": "1"}),
        "AWD",
    ),
    "a time before the tablet": (
        opioids_at_no_time,
        (f"{DAY}/other/more", {"time-opioid": "00:30"}, {"note-opioid": "x"}),
        "WDL",
    ),
    "a tablet that is taken back": (
        tablets_that_were_none,
        (f"{DAY}/dose/back", {"entry": "{taken}"}, None),
        "OPI",
    ),
}
WRONG = {
    "a text that cannot be kept": "note-opioid=a%00b&other_kind=a%00b",
    "no number": "n:beer:330:5=two&entry=many",
    "no clock": "last=25%3A99&time-cannabis=late",
    "a clock of the phone that is none": "client_at=never&client_at=",
    "a field that no page has": "surprise=1",
}
WRONG["all of it"] = "&".join(WRONG.values())


def pairs(cases, wrong):
    """Every mistake beside the first danger, and all of them at once beside the others."""
    first, *others = cases
    return [*((first, one) for one in wrong), *((case, "all of it") for case in others)]


def worst(database, family):
    return [one.severity for one in rows(database, Flag) if one.family == family]


def told(database):
    return len(rows(database, Flag)), len(rows(database, Message))


def prepared(database, who, case):
    """The record before the form, and its address, its danger and its harmless stand-in."""
    before, (path, danger, harmless), family = CASES[case]
    with database.write() as session:
        before(session, who)
    taken = next((str(one.id) for one in rows(database, Dose) if one.taken), "")
    return (
        path,
        {name: value.format(taken=taken) for name, value in danger.items()},
        harmless,
        family,
    )


@pytest.mark.parametrize(("case", "wrong"), pairs(CASES, WRONG))
def test_a_danger_by_what_was_told_before_is_acted_on_once(anna, database, cast, case, wrong):
    path, danger, _, family = prepared(database, cast.anna, case)
    assert "emergency" not in worst(database, family)
    body = f"{urlencode(danger)}&{WRONG[wrong]}&idem=t1"
    answer = anna.post(path, None, content=body, headers=ENCODED)
    assert answer.status_code == 200 and 'href="tel:112"' in answer.text
    assert worst(database, family) == ["emergency"]
    before = told(database)
    anna.post(path, None, content=body, headers=ENCODED)
    anna.post(path, danger)
    assert told(database) == before


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][1][2]])
def test_a_danger_under_the_token_of_another_answer_is_acted_on(anna, database, cast, case):
    path, danger, harmless, family = prepared(database, cast.anna, case)
    assert anna.post(path, harmless | {"idem": "t1"}).status_code == 303
    answer = anna.post(path, danger | {"idem": "t1"})
    assert answer.status_code == 200 and 'href="tel:112"' in answer.text
    assert worst(database, family) == ["emergency"]


@pytest.mark.parametrize(
    ("case", "full"), [*((case, False) for case in CASES), ("a time before the tablet", True)]
)
def test_a_danger_that_meets_the_lock_is_acted_on_also_where_no_more_can_wait(
    browser, database, cast, clock, case, full
):
    """And the page that cannot be kept says what became of it."""
    phone = opened(browser.another(), database, cast, clock)
    path, danger, _, family = prepared(database, cast.anna, case)
    clock.forward(minutes=4)
    if full:
        for number in range(held.MOST):
            phone.post(f"/today/check/new/{number}", {"nausea": "1"})
    answer = phone.post(path, danger)
    assert answer.status_code == (429 if full else 303)
    assert worst(database, family) == ["emergency"]
    assert len(rows(database, HeldPost)) == (held.MOST if full else 1)
    if not full:
        assert 'href="tel:112"' in phone.get("/lock").text
        return
    assert 'href="tel:112"' in answer.text
    assert "Nothing was stored" not in words(answer)
    assert "The study team is told of what cannot wait." in words(answer)
    harmless = phone.post("/today/dose", {"answer": "taken", "note": "x"})
    assert harmless.status_code == 429 and "Nothing was stored" in words(harmless)
    # Pages that an alert keeps are counted, too.
    phone.post("/lock", {"pin": PIN})
    signs = urlencode({"signs": "confusion", "surprise": "1", "idem": "s1"})
    shown = phone.post("/today/check/new/now", None, content=signs, headers=ENCODED)
    assert shown.status_code == 200 and 'name="surprise" value="1"' in shown.text
    assert len(rows(database, HeldPost)) == held.MOST


TELL = {"told": "by_phone"}
STAFF = {
    "much drunk before a seizure": (1, {"alcohol": "some", MUCH: "1"}),
    "much drunk, and not said so": (1, {MUCH: "1"}),
    "opioids beside tablets not taken": (0, {"others": "some", "substance": "opioid"}),
    "all of it in one form": (
        0,
        {"others": "none", "substance": "opioid", "tablet": "not_taken", "tablet_time": "08:00"},
    ),
}
STAFF_WRONG = {**WRONG, "not how it was told": "told=by_letter", "a long note": f"note={'a' * 900}"}


@pytest.mark.parametrize(("case", "wrong"), pairs(STAFF, STAFF_WRONG))
def test_a_day_told_to_staff_that_is_an_emergency_is_acted_on_once(
    petrova, database, cast, case, wrong
):
    back, danger = STAFF[case]
    with database.write() as session:
        heavy_days_and_a_seizure(session, cast.anna)
        for days in (1, 2):
            record_dose(
                session, replace(about(cast.anna), day=TODAY - timedelta(days=days)), taken=False
            )
    who = next(one.public_id for one in rows(database, Participant) if one.id == cast.anna)
    path = f"/participants/{who}/interview/{TODAY - timedelta(days=back)}"
    how = {} if "told=" in STAFF_WRONG[wrong] else TELL
    body = f"{urlencode(danger | how)}&{STAFF_WRONG[wrong]}"
    before = told(database)
    answer = petrova.post(path, None, content=body, headers=ENCODED)
    assert answer.status_code == 200 and 'href="/flags"' in answer.text
    assert "A danger sign" not in words(answer) and "that could be read" in words(answer)
    family = "AWD" if MUCH in danger else "OPI"
    assert worst(database, family) == ["emergency"]
    assert told(database) > before
    after = told(database)
    again = petrova.post(path, None, content=body, headers=ENCODED)
    assert again.status_code == 422
    assert petrova.post(path, danger | TELL).status_code in (303, 422)
    assert told(database) == after
