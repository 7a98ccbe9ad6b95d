"""Which message may stand on a day: every rule of the library, on both of its sides."""

from datetime import date, timedelta

import pytest

from app.framing.choose import Facts, allowed, choose
from app.instruments.framing.library import load_library
from app.protocol.model import Framing

LIBRARY = load_library()
DAY = date(2026, 11, 23)
ON = Framing(enabled=True)


def facts(week=1, told=7, serious=False, participant=1):
    return Facts(participant, week, told, serious)


def shown(framing=ON, days=30, **given):
    """The messages of a month for one set of facts."""
    found = [choose(facts(**given), LIBRARY, framing, DAY + timedelta(days=n)) for n in range(days)]
    return [message for message in found if message]


def frames(framing, **given):
    return {message.frame for message in shown(framing, **given)}


def test_nothing_is_chosen_while_messages_are_off():
    assert choose(facts(), LIBRARY, Framing(), DAY) is None


def test_the_same_participant_and_day_give_the_same_message():
    assert choose(facts(), LIBRARY, ON, DAY) == choose(facts(), LIBRARY, ON, DAY)
    assert len({m.key for m in shown(days=5)}) == 5
    first = {choose(facts(participant=n), LIBRARY, ON, DAY).key for n in range(20)}
    assert len(first) > 3


@pytest.mark.parametrize("message", LIBRARY.messages, ids=lambda message: message.key)
def test_a_message_is_allowed_inside_its_rule_and_not_beside_it(message):
    (first, last), (least, most) = message.weeks, message.told
    for week in {first, last}:
        for told in {least, most}:
            assert allowed(message, facts(week, told))
    for week in (first - 1, last + 1):
        assert not allowed(message, facts(week, least))
    for told in (least - 1, most + 1):
        assert not allowed(message, facts(first, told))
    assert allowed(message, facts(first, least, serious=True)) is message.while_serious


def test_a_gain_protocol_shows_gain_alone():
    for week in (0, 1, 2, 24):
        for told in (0, 7):
            assert frames(ON, week=week, told=told) == {"gain"}


def test_by_rule_the_loss_frame_begins_below_its_number_of_days():
    by_rule = Framing(True, "by_rule", 4)
    assert frames(by_rule, told=3) == {"loss"}
    assert frames(by_rule, told=4) == {"gain"}
    assert frames(Framing(True, "by_rule", 0), told=0) == {"gain"}


def test_weeks_alternate_from_gain_in_the_first():
    alternating = Framing(True, "alternating_weeks")
    found = [frames(alternating, week=week) for week in (0, 1, 2, 3, 24)]
    assert found == [{"gain"}, {"gain"}, {"loss"}, {"gain"}, {"loss"}]


@pytest.mark.parametrize("assignment", ["gain", "by_rule", "alternating_weeks"])
def test_with_a_serious_alert_only_messages_about_reaching_the_team_stand(assignment):
    framing = Framing(True, assignment)
    for week in (0, 1, 2, 24):
        for told in (0, 7):
            found = shown(framing, week=week, told=told, serious=True)
            assert {(m.frame, m.topic) for m in found} == {("gain", "reach")}


def test_after_the_study_what_is_bound_to_its_weeks_is_over():
    assert shown(week=25) == []
    assert shown(week=24) != []
