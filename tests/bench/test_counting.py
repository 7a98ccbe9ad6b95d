"""What the bench counts as found and as false, on cases small enough to be counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bench.burden import main, verdict
from bench.cohort.count import Counts, Flag, Outcome, count, first_told, outcome
from bench.cohort.diary import Carried, Planted, Truth
from bench.cohort.intervals import poisson, wilson
from bench.cohort.reactions import Reaction
from bench.cohort.report import asked

ZONE = "Europe/Moscow"


def at(day: int, hour: float) -> datetime:
    """An hour of a day of March 2026 in Moscow (UTC+3, all year)."""
    return datetime(2026, 3, day, tzinfo=UTC) + timedelta(hours=hour - 3)


# From 10 March 10:00, at its height at 20:00, gone on 12 March 20:00.
REACTION = Reaction("start", "severe", at(10, 10), builds=10, holds=24, fades=24)


def told(*shares: tuple[int, float, float]) -> Planted:
    carried = tuple(Carried(f"e{n}", at(day, hour), s) for n, (day, hour, s) in enumerate(shares))
    return Planted(REACTION, carried)


def wdl(day: int, hour: float, severity: int = 1, **more) -> Flag:
    return Flag(more.pop("rule", "WDL-2"), severity, at(day, hour), at(day, hour), **more)


TOLD = told((10, 12, 0.2), (10, 20, 0.9))


def test_a_reaction_is_told_by_the_first_checkin_with_half_of_it():
    assert first_told(told((10, 12, 0.49), (11, 20, 0.5), (11, 22, 0.9))).received_at == at(11, 20)
    assert first_told(told((10, 12, 0.3), (12, 12, 0.49))) is None
    assert not outcome(told((10, 12, 0.3)), [wdl(10, 12, 3)], ZONE).told


ON_THE_DAY = [
    ("at once", wdl(10, 20), True),
    ("by the earlier check-in with a fifth of it", wdl(10, 12), True),
    ("at the tick of the evening", wdl(10, 23.75, rule="WDL-T"), True),
    ("at the first moment of the next day", wdl(11, 0), False),
    ("before it began", wdl(10, 9), False),
    ("by another family", wdl(10, 20, rule="AWD-1"), False),
    ("as evidence of a flag that stood", wdl(10, 20, added=True), True),
]


@pytest.mark.parametrize(("case", "flag", "found"), ON_THE_DAY, ids=[c[0] for c in ON_THE_DAY])
def test_the_day_is_the_local_day_on_which_it_was_told(case, flag, found):
    assert outcome(TOLD, [flag], ZONE).on_the_day is found
    assert not outcome(TOLD, [], ZONE).on_the_day


def test_the_day_is_that_of_the_receipt_and_of_the_persons_own_wall():
    late = told((11, 0.5, 0.9))
    assert outcome(late, [wdl(11, 23)], ZONE).on_the_day
    # 00:30 in Moscow is still 10 March in UTC, and 23:30 of 10 March in Kaliningrad.
    assert not outcome(late, [wdl(11, 23)], "Europe/Kaliningrad").on_the_day


def test_in_time_is_urgent_within_a_day_of_being_told():
    assert outcome(TOLD, [wdl(11, 20, 2)], ZONE).in_time
    assert not outcome(TOLD, [wdl(11, 20.1, 2)], ZONE).in_time
    assert not outcome(TOLD, [wdl(10, 20, 1)], ZONE).in_time
    assert outcome(TOLD, [wdl(10, 20, 3)], ZONE).in_time


def test_fed_evidence_is_told_apart_from_a_line_of_its_own():
    assert outcome(TOLD, [wdl(10, 20)], ZONE).by_line
    assert not outcome(TOLD, [wdl(10, 20, added=True)], ZONE).by_line


CAUSES = {date(2026, 3, 5): "cold", date(2026, 3, 6): "drying out", date(2026, 3, 20): "noise"}
TRUTH = Truth((TOLD,), CAUSES, date(2026, 3, 2), date(2026, 3, 29))


def false(*flags: Flag) -> dict:
    return dict(count(flags, TRUTH, ZONE).false)


def test_a_flag_outside_of_every_reaction_is_false_under_the_cause_of_its_day():
    assert false(wdl(5, 20, 2)) == {("WDL", 2, "cold"): 1}
    assert false(wdl(20, 20), wdl(20, 21, 2)) == {("WDL", 1, "noise"): 1, ("WDL", 2, "noise"): 1}
    assert false(wdl(25, 12)) == {("WDL", 1, "nothing"): 1}


def test_a_flag_is_right_from_the_onset_until_a_day_after_the_end():
    assert false(wdl(10, 10), wdl(13, 20)) == {}
    assert false(wdl(10, 9.9)) == {("WDL", 1, "nothing"): 1}
    assert false(wdl(13, 20.1)) == {("WDL", 1, "nothing"): 1}


def test_a_slow_flag_looks_back_two_weeks_and_no_further():
    assert false(wdl(26, 19, rule="WDL-T")) == {}
    assert false(wdl(27, 23.75, rule="WDL-T")) == {("WDL", 1, "nothing"): 1}


def test_drying_out_is_what_awd_is_for_and_wdl_is_not():
    assert false(wdl(6, 12, 2, rule="AWD-1")) == {}
    assert false(wdl(6, 12, 2)) == {("WDL", 2, "drying out"): 1}


def test_evidence_that_only_fed_a_flag_is_no_alarm():
    counts = count([wdl(5, 20, 2, added=True)], TRUTH, ZONE)
    assert (counts.false, counts.flags) == ({}, {})


def test_false_flags_are_counted_against_the_weeks_without_a_reaction():
    counts = count([], TRUTH, ZONE)
    assert counts.weeks == 4
    # 10 to 13 March are the reaction's, with the day after it.
    assert counts.quiet_weeks == pytest.approx((28 - 4) / 7)


def counted(day: int, soon: int, false_urgent: int, many: int = 100) -> Counts:
    outcomes = [
        Outcome("start", "severe", True, on_the_day=n < day, in_time=n < soon) for n in range(many)
    ]
    unseen = [Outcome("slow", "mild", True), Outcome("slow", "severe", False)]
    counts = Counts(outcomes + unseen, weeks=1100, quiet_weeks=1000)
    counts.false["WDL", 2, "noise"] = false_urgent
    counts.false["WDL", 1, "noise"] = counts.false["CRV", 2, "noise"] = 500
    return counts


def test_the_bench_says_no_one_short_of_each_line_and_yes_on_it():
    assert asked(counted(95, 90, 100)) == []
    assert [line.split(",")[0] for line in asked(counted(94, 90, 100))] == [
        "Missed: a WDL flag on the day for 94.0% of 100"
    ]
    assert len(asked(counted(95, 89, 100))) == len(asked(counted(95, 90, 101))) == 1
    assert len(asked(counted(94, 89, 101))) == 3
    assert asked(Counts(weeks=4, quiet_weeks=4)) != []


def test_without_held_out_seeds_nothing_is_shown():
    class Given:
        seeds, noise = (1,), (1.0,)

    assert verdict(Given, "2", {})[0].startswith("Missed: no held-out seed")


def test_the_command_prints_a_table_and_ends_with_what_it_found(capsys):
    """Two people a seed: nothing can be shown with them, and the command says so."""
    with pytest.raises(SystemExit) as ended:
        main(["--participants", "2", "--weeks", "2", "--seeds", "1", "2", "--jobs", "1"])
    text = capsys.readouterr().out
    assert ended.value.code == 1
    assert "noise times 0.7" in text and "noise times 1.4" in text
    assert "held out, edition 1" in text and "tuning, edition 1" in text
    assert "s of one core" in text and "\nMissed: " in text


def test_intervals_are_those_of_the_books():
    # Wilson: 81 of 263 in Newcombe 1998, Stat Med 17:857, table I.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    # Exact Poisson, Garwood 1936: 0, 1 and 10 events.
    assert poisson(0) == pytest.approx((0.0, 3.6889), abs=1e-3)
    assert poisson(1) == pytest.approx((0.0253, 5.5716), abs=1e-3)
    assert poisson(10) == pytest.approx((4.7954, 18.3904), abs=1e-3)
