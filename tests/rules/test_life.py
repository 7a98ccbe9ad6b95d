"""What a finding does to the open flag of its family."""

from datetime import UTC, datetime, timedelta

import pytest

from app.rules.finding import SEVERITY, Finding, Severity
from app.rules.life import RULE_ORDER, Change, OpenFlag, decide, quiet, remember
from app.rules.wording import wording
from app.timeline.events import FAMILIES
from tests.rules.story import PROTOCOL

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ROUTINE, URGENT, EMERGENCY = Severity


def found(rule="WDL-1", severity=ROUTINE, key="checkin:a", about=NOW):
    return Finding(rule, severity, about, (key,), ())


def test_nothing_found_changes_nothing():
    flag = OpenFlag(URGENT, NOW)
    assert decide(flag, {}, [], NOW).change is Change.NOTHING
    assert decide(None, {}, [], NOW).flag is None


def test_new_evidence_raises_a_flag_where_none_is_open():
    decision = decide(None, {}, [found()], NOW)
    assert (decision.change, decision.flag) == (Change.RAISED, OpenFlag(ROUTINE, NOW))


def test_the_same_evidence_never_alerts_twice_open_or_not():
    seen = {"checkin:a": ROUTINE}
    assert decide(OpenFlag(ROUTINE, NOW), seen, [found()], NOW).change is Change.NOTHING
    assert decide(None, seen, [found()], NOW).change is Change.NOTHING
    assert decide(None, {"checkin:a": URGENT}, [found()], NOW).change is Change.NOTHING


def test_the_same_evidence_alerts_again_when_it_is_worse():
    worse = found("WDL-2", URGENT)
    seen = {"checkin:a": ROUTINE}
    assert decide(OpenFlag(ROUTINE, NOW), seen, [worse], NOW).change is Change.WORSENED
    assert decide(None, seen, [worse], NOW).change is Change.RAISED


def test_new_evidence_of_the_same_severity_feeds_the_flag_and_a_lesser_one_does_not():
    fed = NOW - timedelta(days=3)
    flag = OpenFlag(URGENT, fed)
    same = decide(flag, {}, [found("WDL-2", URGENT)], NOW)
    assert (same.change, same.flag) == (Change.ADDED, OpenFlag(URGENT, NOW))
    less = decide(flag, {}, [found()], NOW)
    assert (less.change, less.flag) == (Change.ADDED, flag)


def test_several_rules_at_one_moment_are_one_line_and_the_worst_speaks():
    first = found("OPI-1", URGENT, "use:a")
    worst = found("OPI-3", EMERGENCY, "use:b")
    decision = decide(None, {}, [first, worst], NOW)
    assert decision.lead is worst
    assert decision.fresh == (worst, first)
    assert decision.flag == OpenFlag(EMERGENCY, NOW)


def test_of_equals_the_rule_that_asks_for_more_speaks_and_then_the_earliest():
    early, late = found(key="checkin:a"), found(key="checkin:b", about=NOW + timedelta(hours=1))
    assert decide(None, {}, [late, early], NOW).lead is early
    capped = found("WDL-2", ROUTINE, "checkin:c", NOW + timedelta(hours=2))
    assert decide(None, {}, [early, capped], NOW).lead is capped


def test_what_was_seen_before_does_not_speak_for_the_family():
    old, new = found("WDL-2", URGENT, "checkin:a"), found("WDL-1", ROUTINE, "checkin:b")
    decision = decide(None, {"checkin:a": URGENT}, [old, new], NOW)
    assert decision.lead is new
    assert decision.fresh == (new,)


def test_evidence_is_remembered_at_its_worst():
    seen = {"checkin:a": URGENT}
    remember(seen, [found(), found(key="checkin:b")])
    assert seen == {"checkin:a": URGENT, "checkin:b": ROUTINE}


@pytest.mark.parametrize(
    ("age", "expected"),
    [(timedelta(days=7, seconds=-1), False), (timedelta(days=7), True)],
)
def test_a_replay_counts_a_flag_as_closed_after_7_times_24_hours(age, expected):
    assert quiet(OpenFlag(URGENT, NOW - age), NOW, PROTOCOL) is expected


def test_every_rule_has_an_order_a_family_and_words():
    assert set(RULE_ORDER) == set(wording().rules)
    assert {rule.partition("-")[0] for rule in RULE_ORDER} == set(FAMILIES)


def test_severities_are_ordered_and_known_by_their_words():
    assert sorted(Severity) == [ROUTINE, URGENT, EMERGENCY]
    assert [SEVERITY[one.word] for one in Severity] == list(Severity)
