"""What was known when: corrections, resends, and days added up."""

from datetime import date, datetime

import pytest

from tests.rules.story import MOSCOW, at, checkin, dose, drinks, story, untaken, used


def known(timeline, moment):
    return timeline.known_at(datetime.fromisoformat(moment))


def ids(timeline, moment):
    return {event.id for event in known(timeline, moment).events}


def test_an_entry_is_known_from_its_receipt_on():
    timeline = story({**drinks(1), "id": "a", "received_at": at(2, "08:00")})
    assert ids(timeline, at(2, "07:59")) == set()
    assert ids(timeline, at(2, "08:00")) == {"a"}


def test_a_correction_takes_the_place_of_an_entry_when_it_is_received():
    one = drinks(1, 50, id="a", received_at=at(1, "22:00"))
    two = drinks(1, 20, id="b", replaces="a", received_at=at(3))
    timeline = story(one, two)
    assert ids(timeline, at(2)) == {"a"}
    assert ids(timeline, at(3)) == {"b"}


def test_taking_back_leaves_nothing_and_taking_back_a_correction_does_not_bring_back_the_first():
    one = drinks(1, 50, id="a", received_at=at(1, "22:00"))
    two = drinks(1, 20, id="b", replaces="a", received_at=at(3))
    gone = drinks(1, id="c", replaces="b", void=True, received_at=at(4))
    timeline = story(one, two, gone)
    assert ids(timeline, at(4)) == set()
    assert date(2026, 3, 3) not in known(timeline, at(4)).drinks


def test_every_version_goes_back_to_the_first_one():
    one = checkin(1, anxiety=1) | {"id": "a"}
    two = checkin(1, anxiety=2) | {"id": "b", "replaces": "a", "received_at": at(2)}
    three = checkin(1, anxiety=3) | {"id": "c", "replaces": "b", "received_at": at(3)}
    timeline = story(one, two, three)
    for moment in (at(1), at(2), at(3)):
        (version,) = known(timeline, moment).checkins
        assert known(timeline, moment).root(version) == "a"


def test_a_check_in_sent_twice_counts_once_as_it_was_first_received():
    first = checkin(1, anxiety=1) | {"id": "a", "token": "t", "received_at": at(1, "12:00")}
    again = checkin(1, anxiety=4) | {"id": "b", "token": "t", "received_at": at(1, "12:05")}
    assert ids(story(again, first), at(2)) == {"a"}


def test_a_corrected_check_in_does_not_let_its_resend_in():
    first = checkin(1, anxiety=1) | {"id": "a", "token": "t"}
    better = checkin(1, anxiety=2) | {"id": "c", "replaces": "a", "received_at": at(2)}
    again = checkin(1, anxiety=1) | {"id": "b", "token": "t", "received_at": at(3)}
    assert ids(story(first, better, again), at(3)) == {"c"}


def test_a_later_version_may_carry_the_same_token():
    first = checkin(1, anxiety=1) | {"id": "a", "token": "t"}
    whole = checkin(1, anxiety=2) | {"id": "b", "token": "t", "replaces": "a"}
    whole["received_at"] = at(1, "10:05")
    assert ids(story(first, whole), at(2)) == {"b"}


def test_check_ins_without_a_token_are_never_taken_for_one():
    assert len(known(story(checkin(1), checkin(1)), at(2)).checkins) == 2


def test_entries_for_one_day_add_up():
    timeline = story(drinks(1, 20), drinks(1, 25), drinks(1))
    (one,) = known(timeline, at(2)).drinks.values()
    assert one.grams == pytest.approx(45)


def test_a_day_with_a_dose_taken_is_not_a_day_without_one():
    timeline = story(untaken(1), dose(1, "22:00"), untaken(2), untaken(3, hold=True))
    held = {day.day: one.held for day, one in known(timeline, at(5)).untaken.items()}
    assert held == {4: False, 5: True}


def test_a_hold_on_one_of_two_entries_for_a_day_is_a_hold():
    for entries in ([untaken(1, hold=True), untaken(1)], [untaken(1), untaken(1, hold=True)]):
        (one,) = known(story(*entries), at(5)).untaken.values()
        assert one.held


def test_times_that_are_not_given_lie_on_the_participants_day():
    timeline = story(dose(1, None), drinks(1, 10), used(1, "opioid"))
    record = known(timeline, at(3))
    clocks = (
        record.doses[0].at,
        record.drinks[date(2026, 3, 3)].last_at,
        record.uses[0].at,
    )
    assert [c.isoformat()[11:16] for c in clocks] == ["09:00", "20:00", "20:30"]
    assert record.zone == MOSCOW


def test_the_local_day_decides_around_midnight_and_across_zones():
    late = checkin(1) | {"at": "2026-03-03T23:30:00+00:00"}
    assert known(story(late), at(9)).day(datetime.fromisoformat(late["at"])) == date(2026, 3, 4)
    there = story(late, zone="America/Los_Angeles")
    assert known(there, at(9)).day(datetime.fromisoformat(late["at"])) == date(2026, 3, 3)
