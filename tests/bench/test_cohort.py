"""The cohort that the rules are measured with: made apart, the same each time, its truth aside."""

import ast
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.timeline import events
from app.timeline.json_form import parse
from app.timeline.json_out import dump
from bench.cohort.diary import tell
from bench.cohort.people import draw
from bench.cohort.reactions import CRAVING_POINT, KINDS, POINTS, SEVERITIES
from tests.house.source import ROOT, imports

WEEKS = 5
PEOPLE = 40
# What the files that make people may know of the product: what an event is, and local days.
KNOWN = {"app.timeline.days", "app.timeline.events", "app.timeline.known", "app.timeline.timeline"}
MAKERS = ("reactions", "people", "body", "diary")


@pytest.fixture(scope="module")
def cohort():
    return [tell(draw(7, n, WEEKS), WEEKS, 1.0) for n in range(PEOPLE)]


def test_a_seed_tells_the_same_cohort_each_time_and_another_seed_another(cohort):
    for n, (timeline, truth) in enumerate(cohort[:5]):
        assert tell(draw(7, n, WEEKS), WEEKS, 1.0) == (timeline, truth)
        assert tell(draw(8, n, WEEKS), WEEKS, 1.0)[0] != timeline


def test_noise_changes_what_is_felt_and_nothing_of_what_happens(cohort):
    kinds = (events.Drinks, events.Dose, events.Substances, events.Session, events.Urinalysis)
    for n, (timeline, truth) in enumerate(cohort[:5]):
        louder, same = tell(draw(7, n, WEEKS), WEEKS, 1.4)
        assert [p.reaction for p in same.planted] == [p.reaction for p in truth.planted]
        assert [e for e in louder.events if isinstance(e, kinds)] == [
            e for e in timeline.events if isinstance(e, kinds)
        ]
        assert louder != timeline


def test_every_timeline_is_one_that_the_public_format_takes(cohort):
    for timeline, _ in cohort:
        assert parse(json.loads(json.dumps(dump(timeline)))).events


def test_the_truth_is_not_in_the_timeline(cohort):
    """No word of it, and the same answers whatever the planted reaction is called."""
    words = {*KINDS, *SEVERITIES, "planted", "cold", "hangover", "noise"} - {"start", "craving"}
    reacting = [n for n, (_, truth) in enumerate(cohort) if truth.planted]
    assert len(reacting) > 10
    for n in reacting:
        timeline, truth = cohort[n]
        text = json.dumps(dump(timeline))
        assert not [word for word in words if word in text]
        assert all(re.fullmatch(r"e\d+", event.id) for event in timeline.events)
        person = draw(7, n, WEEKS)
        others = tuple(replace(one, severity="other") for one in person.reactions)
        renamed, aside = tell(replace(person, reactions=others), WEEKS, 1.0)
        assert renamed == timeline
        assert aside != truth


@pytest.mark.parametrize("name", MAKERS)
def test_who_makes_the_people_knows_no_rule_no_protocol_and_no_demo(name):
    tree = ast.parse((ROOT / f"bench/cohort/{name}.py").read_text(encoding="utf-8"))
    used = {each.target for each in imports(tree) if each.target.split(".")[0] in ("app", "bench")}
    modules = {target for target in used if target.startswith("app.")}
    assert {m for m in modules if not any(m == k or m.startswith(k + ".") for k in KNOWN)} == set()
    beside = {target for target in used if target.startswith("bench.")}
    allowed = {f"bench.cohort.{each}" for each in MAKERS}
    assert {m for m in beside if not any(m.startswith(k) for k in allowed)} == set()


def test_a_planted_reaction_has_the_points_of_its_severity_and_fades(cohort):
    planted = [one.reaction for _, truth in cohort for one in truth.planted]
    assert {one.kind for one in planted} == set(KINDS)
    for one in planted:
        low, high = POINTS[one.severity]
        assert low - 0.01 <= one.points <= high + 0.01 or one.craving / CRAVING_POINT > low - 2
        top = one.onset + timedelta(hours=one.builds + one.holds / 2)
        assert one.height(one.onset - timedelta(minutes=1)) == 0
        assert one.height(top) == 1
        assert 0 < one.height(one.ends - timedelta(minutes=30)) < 0.2
        assert one.height(one.ends) == 0


def test_what_a_checkin_carried_is_what_was_planted_at_its_time(cohort):
    shares = []
    for timeline, truth in cohort:
        by_id = {event.id: event for event in timeline.events}
        for planted in truth.planted:
            for one in planted.carried:
                ratings = by_id[one.checkin].ratings
                answered = sum(
                    planted.reaction.rises[i] for i in ratings if i in planted.reaction.rises
                )
                assert 0 <= one.share <= 1 + 1e-9
                most = answered + planted.reaction.craving / CRAVING_POINT
                assert one.share <= most / planted.reaction.points + 1e-9
                shares.append(one.share)
    assert max(shares) > 0.9 and min(shares) < 0.3
