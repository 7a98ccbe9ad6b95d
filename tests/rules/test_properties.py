"""Laws that hold for any record, not only for those somebody thought of."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.families.picture import GROUPED
from tests.rules.story import (
    at,
    checkin,
    dose,
    drinks,
    later,
    lines,
    story,
    untaken,
    used,
)

MINUTE = at(16, "12:00:00")
QUICK = settings(max_examples=60, deadline=None)
HISTORY = [*(dose(n) for n in range(14)), *(drinks(n, 80) for n in range(10, 13))]
ratings = st.dictionaries(st.sampled_from(GROUPED), st.integers(0, 4), max_size=8)
counts = st.fixed_dictionaries(
    {},
    optional={
        "vomiting_24h": st.integers(0, 8),
        "diarrhea_24h": st.integers(0, 5),
        "opioid_craving": st.integers(0, 10).map(lambda n: n * 10),
        "systolic_bp": st.integers(110, 200),
        "headache": st.integers(0, 4),
    },
)
signs = st.sets(st.sampled_from(["confusion", "seizure", "no_fluids_12h"]), max_size=2)


def worst(timeline):
    """The worst severity of every family that a replay flags."""
    found = {}
    for line in lines(timeline):
        family = line.finding.family
        found[family] = max(found.get(family, 0), line.finding.severity)
    return found


@st.composite
def arrivals(draw):
    """What one minute may bring. Doses are on record before it, and drinks and specimens stay
    out: what was known first is part of what those rules say (a first dose, a last drink)."""
    made = [
        checkin(16, "11:00", tuple(draw(signs)), **draw(ratings), **draw(counts)),
        checkin(15, "09:00", tuple(draw(signs)), **draw(ratings), **draw(counts)),
    ]
    made += [untaken(n, hold=draw(st.booleans())) for n in draw(st.sets(st.integers(13, 15)))]
    made += [used(n, "opioid") for n in draw(st.sets(st.integers(11, 16), max_size=2))]
    level = draw(st.integers(0, 5))
    made.append({"kind": "screen", "at": MINUTE, "instrument": "x", "ratings": {"ideation": level}})
    return made


@QUICK
@given(arrivals(), st.data())
def test_the_order_of_arrival_within_a_minute_does_not_change_what_is_flagged(made, data):
    def received(order):
        times = [later(MINUTE, seconds=n) for n in range(len(order))]
        return [{**event, "received_at": t} for event, t in zip(order, times, strict=True)]

    shuffled = data.draw(st.permutations(made))
    until = later(MINUTE, seconds=60)

    def judged(order):
        timeline = story(*HISTORY, *received(order), exported_at=until)
        return {f: s for f, s in worst(timeline).items() if f != "DIA"}

    assert judged(shuffled) == judged(made)


@QUICK
@given(ratings, counts, st.data())
def test_more_symptoms_never_lower_a_severity(rated, counted, data):
    """A headache or a cough may: they are another explanation."""
    item = data.draw(st.sampled_from([*GROUPED, "vomiting_24h", "diarrhea_24h"]))
    level = rated.get(item, counted.get(item, 0))
    more = {**rated, **counted, item: data.draw(st.integers(int(level), 4 if level <= 4 else 9))}

    def judged(answers):
        return worst(story(*HISTORY, checkin(13, **answers)))

    before, after = judged({**rated, **counted}), judged(more)
    assert all(after.get(family, 0) >= severity for family, severity in before.items())


@QUICK
@given(ratings, counts, st.integers(0, 24 * 14))
def test_an_unrelated_event_changes_nothing(rated, counted, hour):
    moment = (datetime.fromisoformat(at(2, "00:00")) + timedelta(hours=hour)).isoformat()
    unrelated = [
        {"kind": "note", "at": moment, "text": "x"},
        {"kind": "session", "at": moment, "week": 1, "attended": False},
        {"kind": "screen", "at": at(13, "09:00"), "instrument": "x", "ratings": {"ideation": 0}},
        {"kind": "protocol", "at": moment, "version": "1"},
        {"kind": "flag_resolved", "at": at(1), "family": "WDL"},
    ]
    events = [*HISTORY, checkin(13, **rated, **counted)]
    end = at(14, "23:50")

    def judged(more):
        found = lines(story(*events, *more, exported_at=end))
        return [(x.finding.rule, x.finding.severity, x.raised_at, x.finding.about) for x in found]

    assert judged(unrelated) == judged([])


@QUICK
@given(ratings, counts, signs)
def test_a_check_in_sent_again_changes_nothing(rated, counted, marked):
    one = {**checkin(13, "10:00", tuple(marked), **rated, **counted), "token": "t"}
    again = {**one, "received_at": at(13, "12:00")}
    assert worst(story(*HISTORY, one, again)) == worst(story(*HISTORY, one))
    assert len(lines(story(*HISTORY, one, again))) == len(lines(story(*HISTORY, one)))
