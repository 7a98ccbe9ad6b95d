"""What happened since the last session: what came after it, whenever it is about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.brief.since import Beyond, Hold, Otherwise, happened, news
from app.brief.words import say
from app.i18n import translator
from app.timeline import events as ev
from tests.brief.records import ago, at
from tests.brief.test_brief import NOW, checkin, drinks, timeline

SINCE = at(7)
NOTHING = Beyond()


def said(*events, since=SINCE, beyond=None, lang="en"):
    found = told(*events, since=since, beyond=beyond or NOTHING)
    return [say(one, translator(lang)) for one in found]


def told(*events, since=SINCE, beyond=NOTHING):
    story = timeline(*events)
    return happened(news(story, story.known_at(NOW), since), beyond)


def received(event, days, **more):
    return replace(event, received_at=at(days) + timedelta(**more))


def test_nothing_is_said_where_nothing_happened():
    assert said(checkin(at(3), 1, nausea=2), drinks(ago(3), 100, 1)) == []


@pytest.mark.parametrize(("hours", "told"), [(-1, False), (0, True)])
def test_a_danger_sign_counts_from_the_session_on(hours, told):
    sign = replace(checkin(at(9), 1), signs=("seizure",))
    found = said(received(sign, 7, hours=hours))
    assert bool(found) is told
    assert all(text.startswith("Danger signs told:") for text in found)


def test_an_entry_about_an_earlier_day_that_came_after_the_session_is_news():
    late = received(replace(checkin(at(12), 1), signs=("chest_pain",)), 3)
    (one,) = told(late)
    assert one.days == (ago(12),)


def test_severe_answers_are_named_and_moderate_ones_are_not():
    assert said(checkin(at(3), 1, nausea=2)) == []
    assert said(checkin(at(3), 1, nausea=3, tremor=4)) == [
        "Severe or very severe: Trembling or shaking; Nausea, feeling sick."
    ]


def test_more_than_six_are_counted():
    ratings = dict.fromkeys(
        ("nausea", "tremor", "chills", "anxiety", "insomnia", "fatigue", "headache", "yawning"), 3
    )
    (text,) = said(checkin(at(3), 1, **ratings))
    assert text.endswith(" and 2 more.")


def test_a_specimen_names_its_results():
    results = {"opioid": "negative", "cannabis": "positive", "sedative": "negative"}
    test = ev.Urinalysis(id="urinalysis-1", received_at=at(3), at=at(4), results=results)
    (text,) = said(test)
    assert text.startswith("Urine test of 19 Nov: positive: cannabis; negative: opioids, ")
    assert said(received(test, 7, hours=-1)) == []


def test_thoughts_of_self_harm_and_taken_back_consent_are_told():
    screen = ev.Screen(
        id="screen-1",
        received_at=at(3),
        at=at(3),
        instrument="mood",
        ratings={"self_harm_thoughts": 1},
    )
    left = ev.ConsentWithdrawn(id="consent-1", received_at=at(2), at=at(2), scope="treatment")
    assert said(screen, left) == [
        "Consent was withdrawn for the treatment.",
        "Thoughts of self-harm were told.",
    ]
    assert said(replace(screen, ratings={"self_harm_thoughts": 0})) == []


def test_a_hold_is_told_when_it_is_set_and_when_it_is_lifted():
    open_one = Hold(ago(3), None, at(4))
    assert said(beyond=Beyond(holds=[open_one])) == ["Tablets on hold from 20 Nov."]
    ended = replace(open_one, last=ago(1))
    earlier = [replace(one, set_at=at(8)) for one in (open_one, ended)]
    assert said(beyond=Beyond(holds=earlier)) == [], "known at the session"
    assert said(beyond=Beyond(holds=[ended])) == ["Tablets on hold from 20 Nov to 22 Nov."]
    lifted = Hold(ago(20), ago(3), at(20), at(2))
    assert said(beyond=Beyond(holds=[lifted])) == ["The hold of the tablets was lifted on 21 Nov."]
    assert said(beyond=Beyond(holds=[replace(lifted, lifted_at=at(8))])) == []


def test_sessions_that_did_not_take_place_and_shared_sheets_are_told():
    sheets = ["refusal_skills", "rulers", "refusal_skills"]
    both = Beyond(sessions=Otherwise(not_held=[ago(2)]), shared=sheets)
    assert said(beyond=both)[0] == "Planned sessions that did not take place: 1."
    assert said(beyond=Beyond(shared=["rulers", "rulers"])) == ["Worksheets shared: Three rulers."]
    assert len(said(beyond=both)) == 2


@pytest.mark.parametrize(
    ("kind", "one", "many"),
    [
        (
            "cancelled",
            "The session of 30 Nov was cancelled.",
            "Sessions cancelled: 2, the first of them on 21 Nov.",
        ),
        (
            "moved",
            "A session was moved to 30 Nov.",
            "Sessions moved: 2, the first of them to 21 Nov.",
        ),
    ],
)
def test_sessions_that_were_cancelled_or_moved_are_told(kind, one, many):
    assert said(beyond=Beyond(sessions=Otherwise(**{kind: [ago(-7)]}))) == [one]
    assert said(beyond=Beyond(sessions=Otherwise(**{kind: [ago(-7), ago(2)]}))) == [many]


def test_past_sessions_without_a_record_lead_to_their_days():
    unrecorded = Beyond(sessions=Otherwise(unrecorded=[ago(3)]))
    (one,) = told(beyond=unrecorded)
    assert one.days == (ago(3),)
    assert say(one, translator("en")) == (
        "Sessions for which nobody has recorded yet whether they took place: 1."
    )


def test_a_new_kind_of_drink_stands_out_from_two_weeks_of_a_pattern():
    def story(days):
        before = [drinks(ago(30 - n), 100, n) for n in range(days)]
        other = replace(drinks(ago(3), 100, 99), items=(ev.Drink(500, 45, 1, "samogon"),))
        return said(*before, other, drinks(ago(2), 100, 98))

    assert story(14) == [
        "Not part of the usual pattern, told for the first time in weeks: Home-made spirit."
    ]
    assert story(13) == []


def test_a_russian_sentence_that_ends_in_a_month_has_one_dot():
    lifted = Beyond(holds=[Hold(ago(20), ago(3), at(20), at(2))])
    (text,) = said(beyond=lifted, lang="ru")
    assert text.endswith("21 нояб.")
    assert not text.endswith("..")


def test_it_is_said_in_russian_too():
    (text,) = said(checkin(at(3), 1, nausea=3), lang="ru")
    assert text == "Сильно или очень сильно: Тошнота."
