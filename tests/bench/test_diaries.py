"""What the check of real diaries calls a fault, on records small enough to be read."""

import gzip
import json
from dataclasses import replace

import pytest

from app.rules.finding import Finding, Severity
from app.rules.replay import Line
from app.timeline.json_out import dump
from bench.diaries import Found, faults, measured, report, timelines_in
from tests.rules.story import PROTOCOL, at, day, dose, drinks, later, story, urine, used

STAFF = {"provenance": "with_staff"}


def line(rule, about, raised, severity=Severity.URGENT, *evidence):
    moments = story(drinks(0, received_at=about), drinks(1, received_at=raised)).events
    first, second = (event.received_at for event in moments)
    return Line(Finding(rule, severity, first, evidence, ()), second, "1")


EMPTY = story(dose(0))


def test_an_urgent_flag_about_more_than_72_hours_ago_is_a_fault():
    told = at(9, "12:00")
    for ago, found in ((72, []), (72.1, ["OPI-1 urgent about something 3.0 days old"])):
        assert faults(EMPTY, [line("OPI-1", later(told, hours=-ago), told)]) == found
    dated_anew = line("OPI-1", told, told, Severity.URGENT, f"use:{day(4)}", f"use:{day(5)}")
    assert faults(EMPTY, [dated_anew]) == ["OPI-1 urgent about something 3.5 days old"]
    fresh = line("OPI-1", told, told, Severity.URGENT, f"use:{day(4)}", f"use:{day(6)}")
    assert faults(EMPTY, [fresh]) == []
    old = line("OPI-1", at(1), told, Severity.ROUTINE)
    assert faults(EMPTY, [old]) == []
    worst = replace(old, finding=replace(old.finding, severity=Severity.EMERGENCY))
    assert len(faults(EMPTY, [worst])) == 1


UDS = "UDS-1 of 2026-03-12 although the use was told that day"
TOLD = [
    (
        "after the cup, in the same visit",
        used(9, "opioid", received_at=at(10, "11:40"), **STAFF),
        1,
    ),
    ("four days before the test", used(6, "opioid", received_at=at(10, "23:59"), **STAFF), 1),
    ("five days before", used(5, "opioid", received_at=at(10, "11:40"), **STAFF), 0),
    ("the day after", used(9, "opioid", received_at=at(11, "00:00"), **STAFF), 0),
    ("of something else", used(9, "sedative", received_at=at(10, "11:40"), **STAFF), 0),
]


@pytest.mark.parametrize(("case", "use", "count"), TOLD, ids=[case for case, *_ in TOLD])
def test_a_test_that_is_said_to_differ_although_it_was_told_is_a_fault(case, use, count):
    timeline = story(urine(10), use)
    asked = line("UDS-1", at(10, "11:00"), at(10, "11:05"), Severity.ROUTINE)
    assert faults(timeline, [asked]) == [UDS] * count


def test_silence_counts_from_the_first_answer_on_the_phone_or_the_first_dose():
    recalled = drinks(-40, received_at=at(-7), **STAFF)
    silent = line("DIA-1", at(1), at(1), Severity.ROUTINE, f"silent:{day(-1)}", f"silent:{day(0)}")
    fault = [f"DIA-1 about {day(-1)}, before anything was expected"]
    assert faults(story(recalled), [silent]) == fault
    assert faults(story(recalled, drinks(-3)), [silent]) == []
    assert faults(story(recalled, drinks(3), first_dose_on=None), [silent]) == fault
    assert faults(story(recalled, first_dose_on=None), [silent]) == []


def test_the_report_has_a_line_for_each_rule_and_names_what_is_wrong():
    uses = [used(9, "opioid", received_at=at(20)), dose(0), dose(20)]
    found = measured([story(*uses)], PROTOCOL)
    found.faults = [f"DB-014: fault {n}" for n in range(14)]
    text = "\n".join(report("a.jsonl", PROTOCOL, found))
    assert "1 people" in text and "OPI-1" in text
    assert "! DB-014: fault 11" in text and "fault 12" not in text and "! and 2 more" in text
    assert Found().faults == []


def test_one_timeline_a_line_is_read_packed_or_not(tmp_path):
    lines = "\n".join(json.dumps(dump(one)) for one in (EMPTY, story(dose(1)))) + "\n"
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_text(lines, encoding="utf-8")
    packed.write_bytes(gzip.compress(lines.encode()))
    assert list(map(dump, timelines_in(plain))) == list(map(dump, timelines_in(packed)))
    assert len(list(timelines_in(plain))) == 2
