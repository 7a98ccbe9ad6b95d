"""A replay costs as much for each event however long the record is: by counts, never by time."""

import random
from datetime import date, datetime, time

import pytest

from app.protocol.loader import first_edition, load_protocol
from app.rules import engine
from app.rules.compare import compare
from app.rules.engine import find_from
from app.rules.families.evaluation import Evaluation
from app.rules.families.picture import picture
from app.rules.replay import replay
from app.timeline.days import at_local
from bench.replay import calls_of, diary
from tests.rules.story import (
    at,
    checkin,
    day,
    dose,
    drinks,
    later,
    lines,
    note,
    story,
    untaken,
    used,
)

# A record twice as long may cost a little more than twice: lists are kept in order.
TWICE = 2.15


def cost(timeline, protocol):
    return calls_of(lambda: replay(timeline, protocol))


@pytest.mark.parametrize("protocol", [first_edition(), load_protocol()], ids=["first", "second"])
def test_twice_the_events_cost_twice_the_calls(protocol):
    short, long = (cost(diary(events), protocol) for events in (600, 1200))
    assert long < TWICE * short
    assert short / 600 < 1200


def test_a_comparison_costs_twice_a_replay():
    protocol, timeline = load_protocol(), diary(400)
    one = cost(diary(400), protocol)
    both = calls_of(lambda: compare([(timeline, {})], protocol, first_edition()))
    assert both < 3 * one


@pytest.mark.parametrize(
    "told",
    [
        lambda n: [untaken(day) for day in range(1, n)],
        lambda n: [checkin(1, f"10:{k // 60:02}:{k % 60:02}", opioid_craving=20) for k in range(n)],
    ],
    ids=["a run of days not taken", "one day's check-ins"],
)
def test_twice_as_many_at_once_cost_twice_the_calls(told):
    def judged(n):
        late = [{**one, "received_at": at(900)} for one in told(n)]
        timeline = story(dose(0), *late)
        known = timeline.known_at(timeline.events[-1].received_at, judged=True)
        evaluation = Evaluation(known, datetime.fromisoformat(at(900)), load_protocol())
        return calls_of(lambda: find_from(evaluation, timeline.events, date.fromisoformat(day(0))))

    assert judged(800) < TWICE * judged(400)


@pytest.mark.parametrize(
    "told",
    [
        lambda n: [untaken(day) for day in range(1, n)],
        lambda n: [one for day in range(1, n // 2) for one in (untaken(day), used(day, "opioid"))],
        lambda n: [checkin(1, clock(k), opioid_craving=20, sweating=3) for k in range(n)],
        lambda n: [checkin(1, clock(k), opioid_craving=k % 7, chills=2) for k in range(n)],
        lambda n: [checkin(1, clock(k), systolic_bp=150, nausea=4) for k in range(n)],
    ],
    ids=["days not taken", "use on days not taken", "one craving", "cravings", "blood pressure"],
)
def test_twice_as_many_one_by_one_cost_twice_the_calls(told):
    def replayed(n):
        timeline = story(dose(0), *told(n))
        return calls_of(lambda: replay(timeline, load_protocol()))

    assert replayed(800) < TWICE * replayed(400)


def clock(k):
    return f"{9 + k // 120:02}:{k // 2 % 60:02}:{k % 2 * 30:02}"


def test_a_day_of_check_ins_is_judged_as_if_every_one_were_judged_anew(monkeypatch):
    """What an arrival cannot make worse is passed over: the flags are those of no passing over."""

    def anew(known, _arrived, since):
        return known.checkins_from(at_local(since, time(0), known.zone))

    stories = [_busy(random.Random(seed)) for seed in range(150)]
    passed = [_told(one) for one in stories]
    monkeypatch.setattr(engine, "_concerned", anew)
    assert [_told(one) for one in stories] == passed
    assert sum(len(one) for one in passed) > 300


def _told(timeline):
    return [
        (one.raised_at, one.finding.rule, one.finding.severity, one.finding.evidence)
        for one in replay(timeline, load_protocol())
    ]


def _busy(dice):
    """Two days of the run-in and two after the first dose, many check-ins on each."""
    events = [dose(0), untaken(1)] if dice.random() < 0.5 else [dose(0)]
    for n in (-2, -1, 0, 1):
        for k in sorted(dice.sample(range(1439), dice.randint(2, 9))):
            told = {"opioid_craving": dice.choice([10, 60, 70, 80])} if dice.random() < 0.5 else {}
            told |= {"systolic_bp": dice.choice([120, 150])} if dice.random() < 0.3 else {}
            items = dice.sample(("sweating", "nausea", "anxiety", "chills", "muscle_pain"), 3)
            told |= {item: dice.choice([0, 1, 3]) for item in items}
            one = checkin(n, f"{k // 60:02}:{k % 60:02}", **told)
            if dice.random() < 0.2:
                one["received_at"] = later(one["at"], hours=dice.choice([1, 5, 30, 90]))
            events.append(one)
        events += [drinks(n, dice.choice([0, 90]))] if dice.random() < 0.5 else []
    return story(*events, baseline=dice.choice(["computed", {"anxiety": 1}, {}]))


def test_one_event_far_ahead_does_not_keep_a_replay_busy():
    """A check-in that a clock dated three years ahead, received then as far as the file says."""
    near = story(dose(0), checkin(1))
    far = story(dose(0), checkin(1), {**checkin(1), "at": "2029-01-01T10:00:00+03:00"})
    ticks = 3 * 365
    assert calls_of(lambda: lines(far)) - calls_of(lambda: lines(near)) < 120 * ticks


def test_ticks_that_are_passed_over_leave_the_evidence_of_each():
    """Silence of months, notes in between: filled in, the flag closes, and a new one rises."""
    quiet = [note(n) for n in range(40, 90, 10)]
    filled = [
        {"kind": "drinks", "day": f"2026-{month:02}-{n:02}", "items": [], "received_at": LATE}
        for month, days in ((3, range(4, 32)), (4, range(1, 31)), (5, range(1, 32)))
        for n in days
    ]
    until = "2026-06-10T23:50:00+03:00"
    found = lines(story(dose(0), checkin(1), *quiet, *filled), "DIA", until)
    assert [line.raised_at.isoformat()[:10] for line in found] == [
        "2026-03-06",
        "2026-03-08",
        "2026-06-03",
        "2026-06-05",
    ]
    found = lines(story(dose(0), checkin(1), *quiet, *filled[1:]), "DIA", until)
    assert len(found) == 2


LATE = "2026-05-31T20:00:00+03:00"


def test_a_rule_that_is_not_entered_would_have_found_nothing():
    """By the answers and signs that it reads, whatever was told beside a check-in."""
    entered = passed = 0
    for seed in range(40):
        timeline = _busy(random.Random(seed))
        known = timeline.known_at(timeline.events[-1].received_at, judged=True)
        evaluation = Evaluation(known, timeline.events[-1].received_at, load_protocol())
        for one in known.checkins:
            for find, reads in engine.CHECKIN_RULES:
                found = find(evaluation, picture(evaluation, one))
                if reads is not None and reads.isdisjoint({*one.ratings, *one.signs}):
                    assert found is None
                    passed += 1
                entered += found is not None
    assert entered > 50 and passed > 500
