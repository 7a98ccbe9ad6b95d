"""What a correction makes new since the last session: what it changed, and nothing else."""

from dataclasses import replace

import pytest

from app.timeline import events as ev
from tests.brief.records import ago, at
from tests.brief.test_brief import checkin, drinks
from tests.brief.test_since import received, said

BEFORE = received(checkin(at(12), 1, nausea=3, tremor=2), 11)


def corrected(event, days=2, **changes):
    """The same entry as it was told again `days` ago."""
    return replace(event, id=f"{event.id}.next", replaces=event.id, received_at=at(days), **changes)


def test_signs_told_before_the_session_are_not_news_when_the_check_in_is_corrected():
    told = replace(BEFORE, signs=("chest_pain",))
    again = corrected(told, ratings={"nausea": 1})
    assert said(told, again) == []
    more = corrected(told, signs=("chest_pain", "seizure"), ratings={})
    assert said(told, more) == ["Danger signs told: A seizure (fit)."]


@pytest.mark.parametrize(
    ("ratings", "news"),
    [
        ({"nausea": 3, "tremor": 1}, []),
        ({"nausea": 4, "tremor": 2}, ["Severe or very severe: Nausea, feeling sick."]),
        ({"nausea": 3, "tremor": 3}, ["Severe or very severe: Trembling or shaking."]),
    ],
)
def test_a_correction_tells_what_it_made_worse(ratings, news):
    assert said(BEFORE, corrected(BEFORE, ratings=ratings)) == news


def test_a_check_in_that_began_and_was_corrected_after_the_session_is_news():
    told = received(checkin(at(3), 1, nausea=3), 3)
    assert said(told, corrected(told)) == ["Severe or very severe: Nausea, feeling sick."]


def test_a_second_correction_is_held_beside_what_stood_before_the_session():
    first = corrected(BEFORE, days=9, ratings={"nausea": 1})
    assert said(BEFORE, first, corrected(first, ratings={"nausea": 2})) == []
    worse = corrected(first, ratings={"nausea": 3})
    assert said(BEFORE, first, worse) == ["Severe or very severe: Nausea, feeling sick."]


def test_thoughts_of_self_harm_told_before_the_session_are_not_news_again():
    told = ev.Screen(
        id="screen-1",
        received_at=at(9),
        at=at(9),
        instrument="mood",
        ratings={"self_harm_thoughts": 1},
    )
    assert said(told, corrected(told)) == []
    more = corrected(told, ratings={"self_harm_thoughts": 2})
    assert said(told, more) == ["Thoughts of self-harm were told."]


def test_a_corrected_count_does_not_make_an_old_drink_a_new_kind():
    days = [received(drinks(ago(n), 100, n), n - 1) for n in range(9, 25)]
    wine = replace(days[3], items=(ev.Drink(150, 12, 1, "wine"),))
    told = [*days[:3], wine, *days[4:]]
    assert said(*told) == []
    assert said(*told, corrected(wine, items=(ev.Drink(150, 12, 3, "wine"),))) == []
    cider = corrected(wine, items=(ev.Drink(500, 5, 1, "cider"),))
    (news,) = said(*told, cider)
    assert news.startswith("Not part of the usual pattern")
