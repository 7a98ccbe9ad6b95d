"""Urges and side effects of one sitting are one check-in for the rules, one piece of evidence."""

from datetime import UTC, datetime, timedelta

from app.timeline.known import Participant
from app.timeline.rows import Version, checkin_events
from app.timeline.timeline import Timeline

START = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
WITHIN = timedelta(hours=3)


def told(checkin: int, instrument: str, minutes: float, ratings=None, n: int = 1, signs=()):
    started = START + timedelta(minutes=minutes)
    return Version(
        checkin, n, started, started + timedelta(seconds=n), instrument, ratings or {}, signs
    )


def test_side_effects_after_urges_carry_both_and_replace():
    urges = told(1, "urges", 0, {"opioid_craving": 70})
    effects = told(2, "side_effects", 5, {"tremor": 3}, signs=("seizure",))
    first, second = checkin_events([urges, effects], WITHIN)
    assert first.ratings == {"opioid_craving": 70}
    assert second.ratings == {"opioid_craving": 70, "tremor": 3}
    assert second.signs == ("seizure",)
    assert second.replaces == first.id
    assert second.at == START + timedelta(minutes=5)


def test_a_sitting_is_one_piece_of_evidence():
    events = checkin_events(
        [told(1, "urges", 0, {"opioid_craving": 70}), told(2, "side_effects", 5, {"tremor": 3})],
        WITHIN,
    )
    timeline = Timeline.of(Participant("DB-1", "UTC"), events)
    known = timeline.known_at(START + timedelta(hours=1))
    (one,) = known.checkins
    assert known.root(one) == "checkin-1.1"


def test_the_order_of_the_two_does_not_matter():
    effects = told(1, "side_effects", 0, {"tremor": 3})
    urges = told(2, "urges", 20, {"opioid_craving": 70})
    assert checkin_events([effects, urges], WITHIN)[-1].ratings == {
        "tremor": 3,
        "opioid_craving": 70,
    }


def test_a_correction_of_the_earlier_one_corrects_the_sitting():
    urges = told(1, "urges", 0, {"opioid_craving": 70})
    effects = told(2, "side_effects", 5, {"tremor": 3})
    corrected = Version(
        1, 2, START, START + timedelta(minutes=9), "urges", {"opioid_craving": 20}, ()
    )
    last = checkin_events([urges, effects, corrected], WITHIN)[-1]
    assert last.ratings == {"opioid_craving": 20, "tremor": 3}
    assert last.id == "checkin-1.2"
    assert last.replaces == "checkin-2.1"


def test_urges_told_again_begin_a_sitting_of_their_own():
    events = checkin_events(
        [
            told(1, "urges", 0, {"opioid_craving": 70}),
            told(2, "urges", 30, {"opioid_craving": 80}),
            told(3, "side_effects", 40, {"tremor": 3}),
        ],
        WITHIN,
    )
    assert [event.replaces for event in events] == [None, None, "checkin-2.1"]


def test_urges_told_in_the_middle_of_unfinished_side_effects_join_them():
    urges = told(1, "urges", 5, {"opioid_craving": 70})
    late = Version(2, 1, START, START + timedelta(minutes=8), "side_effects", {"tremor": 3}, ())
    assert checkin_events([urges, late], WITHIN)[-1].replaces == "checkin-1.1"


def test_a_correction_stays_in_its_own_sitting():
    effects = told(1, "side_effects", 0, {"tremor": 3})
    urges, again = told(2, "urges", 10), told(3, "urges", 60)
    corrected = Version(
        1, 2, START, START + timedelta(minutes=90), "side_effects", {"tremor": 1}, ()
    )
    assert checkin_events([effects, urges, again, corrected], WITHIN)[-1].replaces == "checkin-2.1"


def test_three_hours_apart_is_one_sitting_and_a_minute_more_is_two():
    urges = told(1, "urges", 0, {"opioid_craving": 70})
    together = told(2, "side_effects", 180, {"tremor": 3})
    apart = told(2, "side_effects", 181, {"tremor": 3})
    assert checkin_events([urges, together], WITHIN)[1].replaces == "checkin-1.1"
    assert checkin_events([urges, apart], WITHIN)[1].replaces is None
