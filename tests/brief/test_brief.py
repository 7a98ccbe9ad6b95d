"""The six numbers and their denominators: a blank day is in none of them."""

from datetime import UTC, date, datetime

import pytest

from app.brief.brief import Effect, Mean, brief_of, side_effects, week_of
from app.brief.record import SYMPTOM_SET, Answered, record_of
from app.brief.words import kpis, unanswered
from app.i18n import translator
from app.instruments.vocabulary import SYMPTOMS
from app.protocol.loader import load_protocol
from app.timeline import events as ev
from app.timeline.known import Participant
from app.timeline.timeline import Timeline
from tests.brief.records import TODAY, ago, at, grams, record, urine

ZONE = "Europe/Moscow"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def figures(told, **more):
    found = brief_of(record(told, **more))
    return {k.label: (k.figures, k.notes) for k in kpis(found, translator("en"))}


def test_blank_weeks_show_dashes_and_no_zero():
    shown = figures({})
    assert {value for found, _ in shown.values() for value, _ in found} == {"–"}
    for label in ("Days with alcohol", "Standard drinks", "Tablets taken", "Opioid use days"):
        assert shown[label][0][0][1] == "nothing reported"
        assert shown[label][1][0] == "week before: nothing reported"


def test_the_six_numbers_stand_beside_the_week_before():
    told = grams(0, 121, None, 53, 0, None, 0) | grams(60, 60, 59, 0, 0, 0, 0, start=8)
    for n in (1, 2, 3, 4):
        told.setdefault(n, {}).update(tablet="taken")
    told[2]["tablet"] = "not_taken"
    told[5]["tablet"] = "held"
    for n in (1, 2):
        told[n] |= {"opioids": n == 2, "alcohol_urge": 2.0 * n, "opioid_urge": float(n)}
    told[8] |= {"opioids": False, "alcohol_urge": 7.0}
    shown = figures(told, urines=[urine(9, "positive"), urine(5, "negative")])
    assert shown == {
        "Days with alcohol": ((("2", "of 5 reported"),), ("week before: 3 of 7",)),
        "Standard drinks": ((("17.4", "in 5 days"),), ("week before: 17.9\xa0in\xa07",)),
        "Heavy days (6+)": ((("1", "of 5 reported"),), ("week before: 2 of 7",)),
        "Urge, mean of 0–10": (
            (("3.0", "alcohol, up to\xa04"), ("1.5", "opioids, up to\xa02")),
            ("on 2 of 7 days", "week before: 7.0\xa0in\xa01; –"),
        ),
        "Tablets taken": (
            (("3", "of 5 reported"),),
            ("week before: nothing reported", "not taken: Sat 21", "on hold: 1 day"),
        ),
        "Opioid use days": (
            (("1", "of 2 reported"),),
            ("week before: 0 of 1", "urine 18 Nov: negative"),
        ),
    }


def test_the_mean_of_a_day_does_not_hide_its_highest_answer():
    both = [checkin(at(1, hour), hour, opioid_craving=urge) for hour, urge in ((6, 20), (9, 90))]
    record = record_of(known(*both), NOW, load_protocol(), 14)
    assert (record.days[-1].opioid_urge, record.days[-1].opioid_highest) == (5.5, 9.0)
    assert brief_of(record).week.opioid_urge == Mean(5.5, 1, 9.0)


def test_each_urge_counts_its_own_days_and_names_its_highest_answer():
    told = {n: {"alcohol_urge": 3.0} for n in range(1, 8)}
    told[1] |= {"alcohol_highest": 8.0, "opioid_urge": 9.0}
    found, notes = figures(told)["Urge, mean of 0–10"]
    assert found == (("3.0", "alcohol, up to\xa08"), ("9.0", "opioids, up to\xa09"))
    assert notes[0] == "on 7 and 1 of 7 days"


def test_each_urge_of_the_week_before_has_its_own_denominator_too():
    told = {n: {"alcohol_urge": 3.0} for n in range(8, 15)}
    told[8]["opioid_urge"] = told[9]["opioid_urge"] = 6.0
    for lang, note in (
        ("en", "week before: 3.0\xa0in\xa07; 6.0\xa0in\xa02"),
        ("ru", "до этого: 3,0\xa0за\xa07; 6,0\xa0за\xa02"),
    ):
        assert kpis(brief_of(record(told)), translator(lang))[3].notes[1] == note


def test_a_heavy_day_begins_at_its_line():
    days = record(grams(60, 59.9)).last(7)
    assert week_of(days, 60).drinking.heavy_days == 1
    assert week_of(days, 40).drinking.heavy_days == 2


def test_a_week_without_days_is_refused():
    with pytest.raises(ValueError, match="days"):
        week_of((), 60)


def test_the_latest_check_in_tells_what_is_there_and_what_is_not():
    earlier = Answered(ago(2), at(2), {"nausea": 4})
    latest = Answered(ago(0), at(0), {"nausea": 1, "insomnia": 2, "headache": 0, "tremor": 0})
    found = side_effects([earlier, latest])
    assert found.present == (Effect("insomnia", 2), Effect("nausea", 1))
    assert found.absent == 2
    assert set(found.unanswered) == SYMPTOM_SET - set(latest.ratings)
    assert side_effects([]) is None


def test_a_check_in_left_half_way_hides_nothing_of_the_one_before():
    severe = Answered(ago(0), at(0, 6), {"agitation": 4, "nausea": 4, "tremor": 0})
    begun = Answered(ago(0), at(0, 9), {"nausea": 0, "headache": 0})
    found = side_effects([severe, begun])
    assert found.present == (Effect("agitation", 4),)
    assert found.absent == 3 and found.asked == begun
    assert "agitation" not in found.unanswered


@pytest.mark.parametrize(("days", "stands"), [(7, True), (8, False)])
def test_an_answer_stands_for_a_week_with_its_day_where_it_was_not_asked_again(days, stands):
    older = Answered(ago(days), at(days), {"agitation": 3})
    found = side_effects([older, Answered(ago(1), at(1), {"nausea": 1})])
    expected = (Effect("agitation", 3, ago(days)),) if stands else ()
    assert found.present == (*expected, Effect("nausea", 1))
    assert ("agitation" in found.unanswered) is not stands


def test_what_was_not_answered_is_named_and_counted():
    effects = side_effects([Answered(ago(1), at(1), dict.fromkeys(SYMPTOMS[4:], 0))])
    assert unanswered(effects, translator("en")) == (
        "Nausea, feeling sick; Stomach cramps; Aching muscles or bones and 1 more"
    )


def test_the_week_before_is_the_seven_days_before_the_last_seven():
    told = {1: 10.0, 7: 20.0, 8: 40.0, 14: 80.0, 15: 160.0}
    found = brief_of(record({n: {"grams": amount} for n, amount in told.items()}))
    assert found.week.drinking.total_grams == 30
    assert found.before.drinking.total_grams == 120


def test_the_last_urine_is_the_newest_that_was_tested_for_opioids():
    def last(*urines):
        return figures({}, urines=urines)["Opioid use days"][1][-1]

    assert last(urine(5, "positive"), urine(2, None)) == "urine 18 Nov: positive"
    assert last(urine(5, "positive"), urine(2, "negative")) == "urine 21 Nov: negative"
    assert last(urine(2, None)) == "urine 21 Nov: not tested for opioids"
    assert last() == "no urine test in this time"


def at_local_noon(day):
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def timeline(*events, sex="male"):
    return Timeline.of(Participant("DB-1", ZONE, sex, date(2026, 10, 1)), events)


def known(*events, sex="male"):
    return timeline(*events, sex=sex).known_at(NOW)


def drinks(day, ml, number, **more):
    items = (ev.Drink(ml, 40, 1, "vodka"),) if ml else ()
    received = more.pop("received_at", at_local_noon(day))
    return ev.Drinks(id=f"drinks-{number}", received_at=received, day=day, items=items, **more)


def checkin(when, number, **ratings):
    return ev.Checkin(
        id=f"checkin-{number}.1", received_at=when, at=when, instrument="x", ratings=ratings
    )


def test_a_record_ends_yesterday_and_knows_corrections():
    yesterday, today = date(2026, 11, 22), date(2026, 11, 23)
    wrong = drinks(yesterday, 500, 1)
    right = drinks(yesterday, 100, 2, replaces="drinks-1", provenance="recalled")
    early = checkin(datetime(2026, 11, 22, 20, 59, tzinfo=UTC), 1, alcohol_craving=40, nausea=1)
    # 21:00 UTC is midnight in Moscow: the next day.
    late = checkin(datetime(2026, 11, 22, 21, 0, tzinfo=UTC), 2, alcohol_craving=80, nausea=3)
    found = record_of(
        known(wrong, right, drinks(today, 500, 3), early, late), NOW, load_protocol(), 14
    )
    assert [found.days[0].day, found.days[-1].day, len(found.days)] == [
        date(2026, 11, 9),
        yesterday,
        14,
    ]
    last = found.days[-1]
    assert last.grams == pytest.approx(31.56) and last.from_memory
    assert last.alcohol_urge == 4.0 and last.opioid_urge is None and last.worst == 1
    assert [one.day for one in found.answered] == [yesterday, today]
    assert found.so_far.alcohol_highest == 8.0 and found.so_far.opioid_highest is None
    assert found.days[0].grams is None and found.days[0].tablet is None


def test_tablets_and_opioids_of_a_day():
    day, other, third = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)
    common = {"received_at": NOW}
    events = [
        ev.Dose(id="dose-1", day=day, taken=False, **common),
        ev.Dose(id="dose-2", day=day, taken=True, **common),
        ev.Dose(id="dose-3", day=other, taken=False, **common),
        ev.Dose(id="dose-4", day=third, taken=False, hold=True, **common),
        ev.Substances(id="substances-1", day=day, items=(), **common),
        ev.Substances(id="substances-2", day=other, items=(ev.Use("cannabis"),), **common),
        ev.Substances(id="substances-3", day=third, items=(ev.Use("opioid"),), **common),
    ]
    days = record_of(known(*events), NOW, load_protocol(), 14).days[-3:]
    assert [one.tablet for one in days] == ["taken", "not_taken", "held"]
    assert [one.opioids for one in days] == [False, False, True]


@pytest.mark.parametrize(("sex", "line"), [("male", 60), ("female", 40), (None, 40)])
def test_the_heavy_line_follows_the_sex_on_record(sex, line):
    assert record_of(known(sex=sex), NOW, load_protocol(), 14).heavy == line


def test_own_words_stay_for_two_weeks():
    notes = [
        ev.Note(id=f"note-{n}", received_at=at(n), at=at(n), text=f"words {n}") for n in (14, 15, 2)
    ]
    found = brief_of(record_of(known(*notes), NOW, load_protocol(), 42))
    assert [one.text for one in found.words] == ["words 2", "words 14"]


def test_the_diary_begins_with_enrolment_the_first_entry_or_the_first_dose():
    entry = drinks(date(2026, 11, 1), 100, 1)
    protocol = load_protocol()
    told = Timeline.of(Participant("DB-1", ZONE, "male", None), [entry]).known_at(NOW)
    found = record_of(told, NOW, protocol, 168)
    assert found.asked_from == date(2026, 11, 1)
    assert len(found.days) == 22
    assert len(found.asked()) == 22
    new = record_of(told, NOW, protocol, 42, TODAY)
    assert new.days[0].day == date(2026, 11, 1)
    nobody = Timeline.of(Participant("DB-1", ZONE, "male", None), [])
    begun = record_of(nobody.known_at(NOW), NOW, protocol, 42, TODAY)
    assert (len(begun.days), len(begun.asked())) == (21, 0), "a short diary keeps three weeks"
    enrolled = date(2026, 7, 1)
    long = record_of(told, NOW, protocol, 168, enrolled)
    assert long.days[0].day == long.asked_from == enrolled
    short = record_of(told, NOW, protocol, 42, enrolled)
    assert len(short.days) == len(short.asked()) == 42
