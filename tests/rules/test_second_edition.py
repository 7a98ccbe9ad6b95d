"""The second edition of the rules: every number of it on both sides of its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.protocol.loader import first_edition, load_protocol
from app.rules.engine import find_on_arrival
from app.rules.families.evaluation import AROUSAL, AUTONOMIC, GUT, MUSCLE, SCORED, Evaluation
from app.rules.families.picture import picture
from app.rules.families.withdrawal_sum import withdrawal_sum
from app.rules.finding import Reason
from app.rules.replay import replay
from app.rules.wording import sentences
from app.timeline.json_form import TimelineError, parse
from app.timeline.json_out import dump
from tests.rules.story import (
    PROTOCOL,
    at,
    checkin,
    day,
    dose,
    drinks,
    flagged,
    later,
    lines,
    story,
    untaken,
    urine,
    used,
)

ITEMS = (*AUTONOMIC, *GUT, *MUSCLE, *AROUSAL)
# Ten answers of 1: nothing is worse, and S is 10.
TEN = dict.fromkeys(ITEMS[:10], 1)
EIGHT = dict.fromkeys(ITEMS[:8], 1)
FOUR = {"sweating": 2, "nausea": 2, "tremor": 2, "anxiety": 2}
THREE = {"sweating": 2, "nausea": 2, "tremor": 2}
SETTLED = [dose(n) for n in range(30)]


def score(*events, n=25, clock="10:00", **top):
    """S of the check-in of day `n`, judged when everything is in."""
    timeline = story(*SETTLED, *events, **top)
    now = max(event.received_at for event in timeline.events)
    known = timeline.known_at(now, judged=True)
    evaluation = Evaluation(known, now, PROTOCOL)
    moment = datetime.fromisoformat(at(n, clock))
    one = next(one for one in known.checkins if one.at == moment)
    return withdrawal_sum(evaluation, picture(evaluation, one))


def wdl(*events, **top):
    return flagged(story(*events, **top), "WDL")


# --- exposure ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], ["WDL-2 urgent"]),
        ([untaken(8), untaken(9)], ["WDL-2 urgent"]),
        ([untaken(8), untaken(9), untaken(10)], []),
        ([untaken(8), untaken(9, hold=True), untaken(10, hold=True)], []),
        ([untaken(7), untaken(8), untaken(9)], ["WDL-2 urgent"]),
    ],
)
def test_a_tablet_is_presumed_unless_the_last_three_days_were_told_as_without(events, expected):
    told = [{**one, "received_at": at(10, "08:00")} for one in events]
    assert wdl(dose(0), *told, checkin(10, **FOUR)) == expected


@pytest.mark.parametrize(("clock", "expected"), [("11:59:59", []), ("12:00", ["WDL-2 urgent"])])
def test_before_any_dose_the_planned_one_begins_exposure_and_the_start_window(clock, expected):
    assert wdl(checkin(0, clock, **FOUR)) == expected
    assert wdl(checkin(0, clock, **FOUR), first_dose_on=None) == []


def test_a_dose_on_record_moves_the_first_dose_away_from_the_plan():
    one = checkin(2, "12:00", **FOUR) | {"received_at": at(3, "12:00")}
    assert wdl(one) == ["WDL-2 urgent"]
    assert wdl(dose(3), one) == []


def because(*events, **top):
    (line,) = lines(story(*events, **top), "WDL")
    return [reason.key for reason in line.finding.because], line.finding


def test_the_evidence_says_told_or_presumed_and_shows_no_assumed_noon():
    keys, finding = because(dose(0), checkin(2, "09:00", **FOUR))
    assert "last_dose" in keys and "dose_presumed" not in keys
    assert finding.facts["exposure"] == "told"
    keys, finding = because(dose(0), checkin(3, "09:00:01", **FOUR))
    assert {"last_dose", "dose_presumed"} <= set(keys)
    assert finding.facts["exposure"] == "presumed"
    keys, finding = because(dose(0, None, received_at=at(0, "20:00")), checkin(1, **FOUR))
    assert "last_dose_untimed" in keys and "last_dose" not in keys
    assert finding.facts["last_dose"]["timed"] is False
    for language, word in (("en", "time was not told"), ("ru", "время не указано")):
        assert any(word in text for text in sentences(finding.because, language))
    keys, _ = because(checkin(1, **FOUR))
    assert "first_dose_presumed" in keys


# --- start window ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ([], ["WDL-1 routine"]),
        ([untaken(20), untaken(21)], ["WDL-1 routine"]),
        ([untaken(20), untaken(21), untaken(22)], ["WDL-2 urgent"]),
        ([untaken(20, hold=True), untaken(21), untaken(22, hold=True)], ["WDL-2 urgent"]),
        ([untaken(19), untaken(20), untaken(22), untaken(23)], ["WDL-1 routine"]),
        ([untaken(20), untaken(21), untaken(22), untaken(23)], ["WDL-2 urgent"]),
    ],
)
def test_only_told_days_without_a_dose_reopen_the_start_window(between, expected):
    taken = [dose(n) for n in range(19)]
    assert wdl(*taken, *between, dose(24, "08:00"), checkin(24, **FOUR)) == expected


@pytest.mark.parametrize(
    ("first", "until", "expected"),
    [(20, 22, ["WDL-2 urgent"]), (20, 21, ["WDL-1 routine"]), (18, 22, ["WDL-2 urgent"])],
)
def test_a_hold_on_record_reopens_the_start_window(first, until, expected):
    taken = [dose(n) for n in range(19)]
    hold = {"first": day(first), "until": day(until), "set_at": at(first, "08:00")}
    told = [dose(24, "08:00"), checkin(24, **FOUR)]
    assert wdl(*taken, *told, holds=[hold]) == expected


def test_a_start_window_from_the_plan_alone_says_so():
    keys, finding = because(checkin(2, **FOUR))
    assert "start_window_planned" in keys and "start_window" not in keys
    for language, word in (("en", "planned date"), ("ru", "назначенной даты")):
        assert any(word in text for text in sentences(finding.because, language))
    keys, _ = because(dose(0), checkin(2, **FOUR))
    assert "start_window" in keys and "start_window_planned" not in keys


# --- S -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        (TEN, ["WDL-2 urgent"]),
        (TEN | {ITEMS[9]: 0.9}, ["WDL-1 routine"]),
        (EIGHT, ["WDL-1 routine"]),
        (EIGHT | {ITEMS[7]: 0.9}, []),
        (EIGHT | {"vomiting_24h": 1}, ["WDL-2 urgent"]),
        (EIGHT | {"diarrhea_24h": 3}, ["WDL-2 urgent"]),
        (EIGHT | {"diarrhea_24h": 2}, ["WDL-1 routine"]),
        (EIGHT | {"vomiting_24h": 1, "diarrhea_24h": 3, "opioid_craving": 0}, ["WDL-2 urgent"]),
        (EIGHT | {"opioid_craving": 30}, ["WDL-2 urgent"]),
        (EIGHT | {"opioid_craving": 29}, ["WDL-1 routine"]),
        (TEN | {"headache": 1}, ["WDL-1 routine"]),
        (TEN | {"dizziness": 4, "alcohol_craving": 100}, ["WDL-2 urgent"]),
        (TEN | {"agitation": 4}, ["WDL-3 emergency"]),
    ],
)
def test_the_sum_of_all_rises_raises_what_no_group_sees(ratings, expected):
    assert wdl(*SETTLED[:26], checkin(25, **ratings)) == expected


@pytest.mark.parametrize(
    ("ratings", "total"),
    [
        (TEN, 10),
        (TEN | {"vomiting_24h": 3, "diarrhea_24h": 9}, 12),
        (TEN | {"cough_sore_throat": 1}, 8),
        (TEN | {"headache": 2}, 8.6),
        (TEN | {"opioid_craving": 45}, 13),
        ({"cough_sore_throat": 4}, 0),
    ],
)
def test_what_adds_to_the_sum_and_what_is_subtracted(ratings, total):
    assert score(checkin(25, **ratings)).total == total


@pytest.mark.parametrize(
    ("grams", "n", "total"), [(60, 24, 10), (60.1, 24, 8.5), (200, 23, 10), (200, 25, 10)]
)
def test_much_alcohol_on_the_day_before_is_another_explanation(grams, n, total):
    found = score(checkin(25, **TEN), drinks(n, grams))
    assert found.total == total
    assert [one.what for one in found.subtracted] == (["alcohol"] if total < 10 else [])


def test_raised_pressure_counts_as_in_the_groups_by_the_repeat():
    usual = {"systolic_bp": 120, "diastolic_bp": 80}
    for pressure, points in (
        ({"systolic_bp": 140, "diastolic_bp": 80}, 2),
        ({"systolic_bp": 139, "diastolic_bp": 94}, 0),
        ({"systolic_bp": 190, "systolic_bp_repeat": 130, "diastolic_bp": 80}, 0),
        ({"systolic_bp": 180, "diastolic_bp": 120}, 2),
    ):
        assert score(checkin(25, **pressure), baseline=usual).pressure == points
    assert score(checkin(25, systolic_bp=190), baseline=None).pressure == 0


@pytest.mark.parametrize(
    ("run_in", "usual"),
    [
        ([], 0.5),
        ([2], 2.75 / 2.5),
        ([0, 0, 0, 0, 0, 0], 0.75 / 7.5),
        ([3, 3, 3, None], 9.75 / 4.5),
    ],
)
def test_usual_is_drawn_towards_the_reference_however_few_the_answers(run_in, usual):
    told = [
        checkin(-1 - n, "19:00", **({} if answer is None else {"anxiety": answer}))
        for n, answer in enumerate(run_in)
    ]
    found = score(*told, checkin(25, anxiety=4), baseline="computed")
    (rise,) = found.rises
    assert rise.usual == pytest.approx(usual)
    assert found.total == pytest.approx(4 - usual, abs=1e-6)
    assert found.usual.checkins == len(run_in)


def test_the_run_in_is_the_seven_local_days_before_the_first_dose():
    edges = [checkin(-8, "23:59", anxiety=4), checkin(0, "00:00", anxiety=4)]
    inside = [checkin(-7, "00:00", anxiety=4), checkin(-1, "23:59", anxiety=4)]
    assert score(*edges, checkin(25, anxiety=4), baseline="computed").usual.checkins == 0
    assert score(*inside, checkin(25, anxiety=4), baseline="computed").usual.checkins == 2


def test_a_given_baseline_is_usual_as_it_is_and_none_leaves_the_references():
    given = score(checkin(25, anxiety=4, tremor=1), baseline={"anxiety": 3})
    assert {one.item: one.usual for one in given.rises} == {"anxiety": 3, "tremor": 0}
    assert (given.total, given.usual.checkins) == (2, None)
    run_in = [checkin(-n, anxiety=3) for n in (1, 2, 3)]
    none = score(*run_in, checkin(25, **dict.fromkeys(SCORED, 4)), baseline=None)
    assert {one.usual for one in (*none.rises, *none.subtracted)} == {0.5}
    assert none.usual.checkins == 0


def test_a_cap_for_an_infection_holds_for_the_sum_too():
    settled = SETTLED[:26]
    assert wdl(*settled, checkin(25, **TEN, temperature=37.9)) == ["WDL-2 urgent"]
    assert wdl(*settled, checkin(25, **TEN, temperature=38)) == ["WDL-2 routine"]


def test_the_sum_asks_for_exposure_and_the_groups_still_fire_without_it():
    held = [untaken(n) for n in (23, 24, 25)]
    told = [{**one, "received_at": at(25, "08:00")} for one in held]
    assert wdl(*SETTLED[:23], *told, checkin(25, **TEN)) == []
    assert wdl(*SETTLED[:26], checkin(25, **THREE)) == ["WDL-1 routine"]


def test_what_the_flag_says_of_the_sum():
    run_in = [checkin(-1, "19:00", anxiety=1)]
    one = checkin(25, **dict.fromkeys(ITEMS, 2), headache=2, opioid_craving=20)
    events = (*SETTLED[:26], *run_in, drinks(24, 80), one)
    (line,) = lines(story(*events, baseline="computed"), "WDL")
    english, russian = (sentences(line.finding.because, language) for language in ("en", "ru"))
    assert any("anxiety 2 (usually 0.7)" in text for text in english)
    assert any("тревога 2 (обычно 0,7)" in text for text in russian)
    assert any("80 g of alcohol on 26 Mar 2026 (less 1.5)" in text for text in english)
    facts = line.finding.facts["score"]
    assert facts["usual_checkins"] == 1
    assert {row["what"] for row in facts["subtracted"]} == {"headache", "alcohol"}
    assert facts["total"] == pytest.approx(
        sum(row["points"] for row in facts["rises"])
        - sum(row["points"] for row in facts["subtracted"])
    )


@pytest.mark.parametrize(("line", "expected"), [(8, "WDL-1 routine"), (10, "WDL-2 urgent")])
def test_a_sum_of_thirds_on_the_line_is_on_it(line, expected):
    """Usual is 1 in 3 of these answers: each rise has no end, and together they have."""
    usual = dict.fromkeys(ITEMS[:3], 2 / 3)
    whole = dict.fromkeys(ITEMS[3 : line + 2], 1)
    one = checkin(25, **dict.fromkeys(ITEMS[:3], 1), **whole)
    assert wdl(*SETTLED[:26], one, baseline=usual) == [expected]
    assert score(one, baseline=usual).total == line
    less = whole | {ITEMS[3]: 0.99}
    below = checkin(25, **dict.fromkeys(ITEMS[:3], 1), **less)
    assert score(below, baseline=usual).total == pytest.approx(line - 0.01)


# --- craving ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "clock", "joins"),
    [
        (25, "00:01", True),
        (25, "23:59", True),
        (24, "22:00", True),
        (24, "21:59", False),
        (26, "00:00", False),
    ],
)
def test_the_craving_of_the_day_and_of_the_twelve_hours_before_joins(n, clock, joins):
    urges = checkin(n, clock, opioid_craving=60)
    found = score(checkin(25, **EIGHT), urges)
    assert found.total == (12 if joins else 8)
    if joins:
        assert found.rises[0].at == datetime.fromisoformat(at(n, clock))


def test_the_highest_joins_and_the_rule_about_craving_reads_its_own_answer_alone():
    urges = [checkin(25, "08:00", opioid_craving=75), checkin(25, "20:00", opioid_craving=90)]
    found = score(checkin(25, **EIGHT, opioid_craving=10), *urges)
    assert found.rises[0].answer == 90
    timeline = story(*SETTLED[:26], checkin(25, **EIGHT), urges[0])
    assert len(flagged(timeline, "CRV")) == 1
    early = checkin(25, "12:30", opioid_craving=50)
    assert wdl(*SETTLED[:26], checkin(25, **{"sweating": 2, "nausea": 2}), early) == [
        "WDL-1 routine"
    ]


# --- late ---------------------------------------------------------------------------------------


def late_check_in(*events):
    """A strong check-in of day 25 that arrives more than 72 h after it, and what else came."""
    strong = checkin(25, **TEN) | {"received_at": at(28, "10:01")}
    return wdl(*SETTLED, strong, *events)


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        ([], ["WDL-2 urgent"]),
        ([checkin(26, anxiety=1)], ["WDL-2 routine"]),
        ([checkin(26, anxiety=0)], ["WDL-2 routine"]),
        ([checkin(26)], ["WDL-2 urgent"]),
        ([checkin(26, opioid_craving=0)], ["WDL-2 urgent"]),
        ([checkin(26, signs=("breathing_trouble",))], ["WDL-2 urgent"]),
        ([checkin(26, signs=("fainting",), anxiety=0)], ["WDL-2 urgent"]),
        ([checkin(26, systolic_bp=130, diastolic_bp=80)], ["WDL-2 urgent"]),
        ([checkin(26, temperature=36.6)], ["WDL-2 urgent"]),
        ([checkin(26, headache=0, dizziness=0, vomiting_24h=0)], ["WDL-2 urgent"]),
        ([checkin(24, anxiety=1)], ["WDL-2 urgent"]),
        ([checkin(26, anxiety=1) | {"received_at": at(28, "10:02")}], ["WDL-2 urgent"]),
    ],
)
def test_the_cap_for_lateness_holds_only_beside_a_newer_calm_check_in(newer, expected):
    assert late_check_in(*newer) == expected


def test_a_newer_check_in_that_is_itself_a_reaction_is_not_calm():
    told = [checkin(25, **TEN), checkin(26, **EIGHT)]
    late = [{**one, "received_at": at(29, "12:00")} for one in told]
    assert wdl(*SETTLED, *late) == ["WDL-2 urgent"]


def test_what_holds_a_late_flag_back_is_named():
    strong = checkin(25, **TEN) | {"received_at": at(28, "10:01")}
    short = replace(PROTOCOL.rules.terms, late_hours=48)
    other = replace(PROTOCOL, rules=replace(PROTOCOL.rules, terms=short))
    found = [
        line.finding
        for line in replay(story(*SETTLED, strong, checkin(26, anxiety=1)), other)
        if line.finding.family == "WDL"
    ]
    (reason,) = [one for one in found[0].because if one.key == "late_calm"]
    for language, words in (
        ("en", ("more than 48 hours", "newer check-in of 28 Mar 2026, 10:00")),
        ("ru", ("больше 48 ч", "более новый опрос 28 мар. 2026, 10:00")),
    ):
        (text,) = sentences([reason], language)
        assert all(word in text for word in words), text


@pytest.mark.parametrize("key", ["late", "late_held_up", "late_use", "late_use_day"])
def test_a_reason_kept_without_the_hours_of_its_protocol_still_has_words(key):
    kept = {"at": at(25), "received": at(28), "day": day(25)}
    assert "72 hours" in sentences([Reason(key, kept)], "en")[0]
    assert "48 hours" in sentences([Reason(key, kept | {"hours": 48})], "en")[0]


# --- history ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (later(at(20, "12:00"), hours=72), ["OPI-1 urgent"]),
        (later(at(20, "12:00"), hours=72, seconds=1), ["OPI-1 routine"]),
    ],
)
def test_opioid_use_told_long_after_it_is_routine(received, expected):
    use = used(20, "opioid", at=at(20, "12:00"), received_at=received)
    assert flagged(story(*SETTLED, use), "OPI") == expected


def test_the_words_of_history_begin_with_its_date():
    use = used(20, "opioid", received_at=at(28))
    (line,) = lines(story(*SETTLED, use), "OPI")
    for language, date in (("en", "22 Mar 2026"), ("ru", "22 мар. 2026")):
        assert sentences(line.finding.because, language)[0].startswith(date)


@pytest.mark.parametrize(("n", "expected"), [(-1, []), (0, ["OPI-1 urgent"])])
def test_before_the_first_contact_there_is_the_record_alone(n, expected):
    interview = at(0, "09:00")
    told = used(n, "opioid", received_at=interview)
    assert flagged(story(told), "OPI") == expected
    mixed = [told, drinks(n, 20, received_at=interview)]
    families = {line.partition("-")[0] for line in flagged(story(*mixed))}
    assert families == ({"OPI", "ALC"} if expected else set())


def test_an_enrolment_on_record_is_the_first_contact():
    told = used(3, "opioid", received_at=at(5))
    timeline = story(drinks(2), told, first_dose_on=day(7))
    assert flagged(timeline, "OPI") == ["OPI-1 urgent"]
    person = replace(timeline.participant, enrolled_on=datetime.fromisoformat(at(4)).date())
    assert flagged(replace(timeline, participant=person), "OPI") == []


@pytest.mark.parametrize(
    ("drunk", "taken", "later_one"),
    [
        (None, None, "23:30"),
        ("21:00", None, "23:30"),
        ("21:00", "20:00", "21:00"),
        ("20:00", "22:30", "22:30"),
        (None, "08:00", "23:00"),
    ],
)
@pytest.mark.parametrize(("seconds", "expected"), [(0, ["ALC-3 urgent"]), (1, ["ALC-3 routine"])])
def test_a_mix_is_as_long_past_as_the_later_of_the_two(drunk, taken, later_one, seconds, expected):
    last = {"last_drink_at": at(20, drunk)} if drunk else {}
    use = {"at": at(20, taken)} if taken else {}
    received = later(at(20, later_one), hours=72, seconds=seconds)
    told_at_once = drinks(20, 20, received_at=at(20, "23:59"), **last)
    day_of_both = [told_at_once, used(20, "sedative", received_at=received, **use)]
    found = flagged(story(*SETTLED, *day_of_both), "ALC")
    assert [line for line in found if line.startswith("ALC-3")] == expected


# --- UDS ----------------------------------------------------------------------------------------


def urines(*events, until=None):
    found = lines(story(*SETTLED, *events, exported_at=at(29, "23:59")), "UDS", until)
    return [line.raised_at for line in found]


def test_a_specimen_is_judged_at_the_end_of_its_day():
    (judged,) = urines(urine(20))
    assert judged == datetime.fromisoformat(at(20, "23:45"))
    assert urines(urine(20), used(20, "opioid", received_at=at(20, "11:30"))) == []
    assert urines(urine(20), used(16, "opioid", received_at=at(20, "23:44"))) == []
    assert len(urines(urine(20), used(15, "opioid", received_at=at(20, "11:30")))) == 1
    assert len(urines(urine(20), used(20, "opioid", received_at=at(21)))) == 1


def test_a_result_that_comes_in_later_is_judged_at_the_end_of_that_day():
    (line,) = lines(story(*SETTLED, urine(20, received_at=at(23)), exported_at=at(29)), "UDS")
    assert line.raised_at == datetime.fromisoformat(at(23, "23:45"))


def test_the_flag_closes_itself_when_the_use_is_told_that_day():
    """A later specimen raises a flag anew where the first was closed, and feeds it where not."""
    in_time = used(20, "opioid", received_at=at(20, "23:50"))
    too_late = used(20, "opioid", received_at=at(21, "00:10"))
    assert len(urines(urine(20), in_time, urine(26))) == 2
    assert len(urines(urine(20), too_late, urine(26))) == 1


# --- DIA ----------------------------------------------------------------------------------------


def test_silence_counts_from_the_first_answer_on_the_phone():
    recalled = [drinks(-n, 20, received_at=at(-1), provenance="with_staff") for n in range(2, 40)]
    only = story(*recalled, first_dose_on=None, exported_at=at(20))
    assert flagged(only, "DIA") == []
    phone = story(*recalled, drinks(3), first_dose_on=None, exported_at=at(6, "23:50"))
    assert flagged(phone, "DIA") == ["DIA-1 routine"]
    planned = story(*recalled, first_dose_on=day(2), exported_at=at(4, "23:50"))
    assert flagged(planned, "DIA") == ["DIA-1 routine"]


# --- clocks -------------------------------------------------------------------------------------


def test_what_is_dated_after_its_receipt_is_judged_at_its_receipt():
    ahead = dose(25, "14:00", received_at=at(25, "10:00"))
    one = checkin(25, "10:30", **FOUR)
    (line,) = lines(story(ahead, one), "WDL")
    assert line.finding.facts["exposure"] == "told"
    assert line.finding.facts["last_dose"]["at"] == at(25, "10:00:00")
    dated = checkin(25, "14:00", **FOUR) | {"received_at": at(25, "10:30")}
    (line,) = lines(story(dose(25), dated), "WDL")
    assert line.finding.about == datetime.fromisoformat(at(25, "10:30"))
    assert line.finding.facts["told_at"] == at(25, "14:00:00")
    assert "clock_ahead" in [reason.key for reason in line.finding.because]


@pytest.mark.parametrize(
    "event",
    [
        checkin(2, "10:00") | {"received_at": at(1, "09:59")},
        dose(2, "10:00", received_at=at(1, "09:59")),
        drinks(2, 20, received_at=at(0, "23:00")),
        drinks(1, 20, last_drink_at=at(2, "10:00"), received_at=at(1, "09:59")),
        used(1, "opioid", at=at(2, "10:00"), received_at=at(1, "09:59")),
        urine(2, "10:00", received_at=at(1, "09:59")),
    ],
)
def test_more_than_a_day_ahead_is_refused_with_the_event_named(event):
    with pytest.raises(TimelineError, match=r"event 1 \(\w+\): .*more than a day after"):
        story(dose(0), event)


def test_a_day_ahead_to_the_minute_is_read():
    story(checkin(2, "10:00") | {"received_at": at(1, "10:00")}, drinks(2, received_at=at(1)))


def test_a_withdrawal_of_consent_dated_ahead_is_judged_at_its_receipt():
    event = {"kind": "consent_withdrawn", "at": at(1, "20:00"), "scope": "all"}
    timeline = story(dose(0), event | {"received_at": at(1, "08:00")})
    (line,) = lines(timeline, "CON")
    assert line.finding.about == datetime.fromisoformat(at(1, "08:00"))
    assert [one.key for one in line.finding.because] == ["consent_all", "clock_ahead"]
    (old,) = replay(timeline, first_edition())
    assert old.finding.about == datetime.fromisoformat(at(1, "20:00"))
    assert [one.key for one in old.finding.because] == ["consent_all"]


# --- editions -----------------------------------------------------------------------------------


def test_the_first_edition_is_a_protocol_of_its_own_and_says_what_it_said():
    old, new = first_edition(), load_protocol()
    assert (old.version, new.version) == ("1", "2.0")
    timeline = story(dose(0), checkin(1, **TEN))
    assert [x.finding.rule for x in replay(timeline, new)] == ["WDL-2"]
    assert replay(timeline, old) == []
    data_versions = {old.version: old, new.version: new}
    change = {"kind": "protocol", "at": at(0), "version": "1"}
    assert replay(story(change, dose(0), checkin(1, **TEN)), new, None, data_versions) == []
    (line,) = replay(story(change, dose(0), checkin(1, **FOUR)), new, None, data_versions)
    assert line.rules_version == "1"
    assert "score" not in line.finding.facts


def test_live_and_replay_see_the_same_at_an_arrival():
    timeline = story(*SETTLED[:26], checkin(25, **TEN), baseline="computed")
    last = timeline.events[-1]
    found = find_on_arrival(timeline, [last], last.received_at, PROTOCOL)
    assert [one.rule for one in found] == [
        line.finding.rule for line in replay(timeline, PROTOCOL, last.received_at)
    ]


def test_use_without_a_told_time_is_shown_by_its_day_alone():
    one = used(24, "opioid", received_at=at(25, "08:00"))
    (line,) = lines(story(*SETTLED[:26], one, checkin(25, sweating=2, nausea=2)), "WDL")
    keys = [reason.key for reason in line.finding.because]
    assert "recent_opioid_day" in keys and "recent_opioid" not in keys
    late = [untaken(19), untaken(20), used(20, "opioid", received_at=at(24))]
    (line,) = lines(story(*late), "OPI")
    assert "late_use_day" in [reason.key for reason in line.finding.because]


def test_a_planned_first_dose_is_no_later_than_the_first_contact():
    told = used(0, "opioid", received_at=at(2))
    assert flagged(story(told), "OPI") == ["OPI-1 urgent"]
    assert flagged(story(told, first_dose_on=None), "OPI") == []


def test_without_a_baseline_the_words_do_not_say_that_every_answer_goes_by_zero():
    keys, _ = because(dose(0), checkin(1, **FOUR), baseline=None)
    assert "no_baseline_groups" in keys and "no_baseline" not in keys
    assert "usual_from" in keys


@pytest.mark.parametrize(
    ("hold", "expected"),
    [
        ({"first": day(18), "set_at": at(18)}, []),
        ({"first": day(19), "set_at": at(18)}, ["WDL-2 urgent"]),
        ({"first": day(10), "until": day(20), "set_at": at(10)}, []),
        ({"first": day(10), "until": day(19), "set_at": at(10)}, ["WDL-2 urgent"]),
        ({"first": day(10), "set_at": at(10), "lifted_at": at(20)}, ["WDL-2 urgent"]),
        ({"first": day(10), "set_at": at(20, "10:01")}, ["WDL-2 urgent"]),
    ],
)
def test_a_hold_on_record_is_told_though_nobody_is_asked_about_a_tablet(hold, expected):
    found = story(*SETTLED[:9], checkin(20, **TEN), holds=[hold])
    assert flagged(found, "WDL") == expected
    assert flagged(parse(dump(found)), "WDL") == expected


@pytest.mark.parametrize(
    ("first", "until", "events", "opi", "crv"),
    [
        (20, 21, [], "OPI-3 emergency", "CRV-2 urgent"),
        (21, 21, [], "OPI-1 urgent", "CRV-2 urgent"),
        (21, 21, [untaken(20)], "OPI-3 emergency", "CRV-2 urgent"),
        (19, 20, [], "OPI-1 urgent", "CRV-1 routine"),
        (20, 21, [dose(21, "08:00")], "OPI-1 urgent", "CRV-1 routine"),
    ],
)
def test_a_day_of_a_hold_on_record_is_without_a_dose_for_use_and_craving(
    first, until, events, opi, crv
):
    hold = {"first": day(first), "until": day(until), "set_at": at(first, "08:00")}
    use = used(22, "opioid", received_at=at(22, "23:59"))
    urge = checkin(22, opioid_craving=80)
    found = story(*SETTLED[:19], *events, use, urge, holds=[hold])
    assert flagged(found, "OPI") == [opi]
    assert flagged(found, "CRV") == [crv]
    old = [line.finding.rule for line in replay(found, first_edition())]
    assert "OPI-1" in old and "CRV-1" in old
