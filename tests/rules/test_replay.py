"""Replay: the order of receipt, the life of flags over time, and the command."""

import json
from datetime import datetime

import pytest
from typer.testing import CliRunner

from app.__main__ import door
from app.protocol.loader import FIRST
from app.timeline.json_out import dump
from tests.rules.story import (
    at,
    checkin,
    dose,
    drinks,
    flagged,
    later,
    lines,
    resolved,
    story,
    untaken,
    used,
)

ILL = {"sweating": 2, "nausea": 2, "tremor": 2}
WORSE = {**ILL, "anxiety": 2}


def test_flags_come_in_the_order_of_receipt_and_not_of_the_events():
    early = checkin(1, vomiting_24h=3) | {"received_at": at(3, "12:00")}
    later_one = checkin(2, opioid_craving=100)
    assert flagged(story(dose(0), early, later_one)) == ["CRV-1 routine", "VOM-1 routine"]


def test_nothing_is_known_before_it_is_received():
    told_late = dose(0, received_at=at(2, "12:00"))
    (line,) = lines(story(told_late, checkin(1, **ILL)), "WDL")
    assert line.raised_at == datetime.fromisoformat(at(2, "12:00"))
    assert line.finding.about == datetime.fromisoformat(at(1, "10:00"))


def test_a_flag_that_grows_worse_is_printed_again_and_one_that_does_not_is_not():
    days = [checkin(1, **ILL), checkin(2, **ILL), checkin(3, **WORSE), checkin(4, **ILL)]
    assert flagged(story(dose(0), dose(2), dose(4, "08:00"), *days), "WDL") == [
        "WDL-1 routine",
        "WDL-2 urgent",
    ]


@pytest.mark.parametrize(("hours", "count"), [(7 * 24 - 0.01, 1), (7 * 24, 2)])
def test_a_flag_that_nothing_feeds_for_a_week_counts_as_closed(hours, count):
    one = checkin(1, vomiting_24h=3)
    two = checkin(1, vomiting_24h=3) | {"at": later(one["at"], hours=hours)}
    assert flagged(story(one, two), "VOM") == ["VOM-1 routine"] * count


def test_lesser_evidence_does_not_keep_an_urgent_flag_open():
    urgent = checkin(1, vomiting_24h=6)
    lesser = [checkin(n, vomiting_24h=3) for n in (3, 5, 7, 9)]
    assert flagged(story(urgent, *lesser), "VOM") == ["VOM-2 urgent", "VOM-1 routine"]


def test_evidence_added_to_an_open_flag_does_not_alert_after_it_is_closed():
    first, second = checkin(1, vomiting_24h=3), checkin(2, vomiting_24h=3)
    touched = drinks(1, 10, received_at=at(4))
    events = [first, second, resolved("VOM", at(3)), touched]
    assert flagged(story(*events), "VOM") == ["VOM-1 routine"]


def test_new_evidence_after_resolution_opens_a_new_flag():
    events = [checkin(1, vomiting_24h=3), resolved("VOM", at(2)), checkin(3, vomiting_24h=3)]
    assert flagged(story(*events), "VOM") == ["VOM-1 routine"] * 2
    other = [checkin(1, vomiting_24h=3), resolved("WDL", at(2)), checkin(3, vomiting_24h=3)]
    assert flagged(story(*other), "VOM") == ["VOM-1 routine"]


def test_a_check_in_sent_twice_alerts_once():
    one = checkin(1, vomiting_24h=3) | {"token": "t"}
    again = one | {"received_at": at(2)}
    done = resolved("VOM", at(1, "12:00"))
    assert flagged(story(one, done, again), "VOM") == ["VOM-1 routine"]


def test_a_check_in_judged_early_and_completed_later_alerts_again_only_when_it_is_worse():
    early = checkin(1, signs=("confusion",)) | {"id": "a"}
    whole = checkin(1, signs=("confusion",), vomiting_24h=3) | {"id": "b", "replaces": "a"}
    whole["received_at"] = at(1, "10:10")
    got = flagged(story(early, whole))
    assert got == ["EMG-1 emergency", "VOM-1 routine"]
    done = resolved("EMG", at(1, "10:05"))
    assert flagged(story(early, done, whole), "EMG") == ["EMG-1 emergency"]


def test_a_correction_that_is_worse_raises_the_severity_of_the_same_check_in():
    one = checkin(1, vomiting_24h=3) | {"id": "a"}
    two = checkin(1, vomiting_24h=6) | {"id": "b", "replaces": "a", "received_at": at(1, "12:00")}
    assert flagged(story(one, two), "VOM") == ["VOM-1 routine", "VOM-2 urgent"]


def test_taking_back_a_day_judges_the_days_after_it_again():
    days = [untaken(3), untaken(5)]
    between = [dose(4, None, id="d"), dose(4, None, replaces="d", received_at=at(6))]
    between[1]["taken"] = False
    assert flagged(story(*days, *between), "DOS") == ["DOS-1 urgent"]
    gone = {"kind": "dose", "replaces": "d", "void": True, "received_at": at(6)}
    assert flagged(story(*days, between[0], gone), "DOS") == []


def test_withdrawal_and_alcohol_withdrawal_are_shown_side_by_side():
    days = [drinks(n, 80, last_drink_at=at(n, "22:00")) for n in (-2, -1, 0)]
    got = flagged(story(*days, dose(0), checkin(1, **WORSE)))
    assert got == ["WDL-2 urgent", "AWD-1 urgent"]


def test_the_first_day_of_a_clock_change_judges_by_the_local_day():
    # In Berlin 29 March 2026 has 23 hours: 72 hours of exposure are still 72 hours.
    berlin = "Europe/Berlin"
    taken = {"kind": "dose", "day": "2026-03-28", "taken": True, "at": "2026-03-28T09:00:00+01:00"}
    for clock, expected in (
        ("2026-03-31T10:00:00+02:00", ["WDL-2 urgent"]),
        ("2026-03-31T10:00:01+02:00", []),
    ):
        one = checkin(1, **WORSE) | {"at": clock}
        assert flagged(story(taken, one, zone=berlin), "WDL") == expected


# The end of a replay


def silent_lines(timeline, until=None):
    return [line.raised_at for line in lines(timeline, "DIA", until)]


def test_without_until_the_replay_ends_with_the_last_events_day():
    note = {"kind": "note", "at": at(3, "08:00"), "text": "x"}
    assert len(silent_lines(story(dose(0), note))) == 1
    assert len(silent_lines(story(dose(0), {**note, "at": at(2, "08:00")}))) == 0


def test_the_day_a_late_event_was_received_is_part_of_the_replay():
    assert len(silent_lines(story(dose(0, received_at=at(3, "08:00"))))) == 1


def test_an_export_ends_when_it_was_exported():
    assert len(silent_lines(story(dose(0), exported_at=at(3, "23:45")))) == 1
    assert len(silent_lines(story(dose(0), exported_at=at(3, "23:44")))) == 0


def test_until_ends_the_arrivals_too():
    events = [dose(0), checkin(1, **WORSE)]
    assert flagged(story(*events), "WDL", until=at(1, "09:59")) == []
    assert flagged(story(*events), "WDL", until=at(1, "10:00")) == ["WDL-2 urgent"]


def test_nobody_and_nothing_is_no_flag():
    assert flagged(story()) == []


# The command


@pytest.fixture
def recorded(tmp_path):
    def write(timeline, name="one.json"):
        path = tmp_path / name
        path.write_text(json.dumps(dump(timeline)), encoding="utf-8")
        return str(path)

    return write


def run(*arguments):
    return CliRunner().invoke(door, ["safety", "replay", *arguments])


def test_json_prints_one_object_a_line_with_the_participants_own_clock(recorded):
    result = run(recorded(story(dose(0), checkin(1, **WORSE), used(1))), "--json")
    assert result.exit_code == 0
    (line,) = [json.loads(text) for text in result.stdout.splitlines()]
    because = line.pop("because")
    assert line == {
        "rule": "WDL-2",
        "family": "WDL",
        "severity": "urgent",
        "raised_at": "2026-03-03T10:00:00+03:00",
        "about": "2026-03-03T10:00:00+03:00",
        "rules_version": "2.0",
    }
    assert "Sweating: 2 of 4, baseline 0." in because


def test_text_names_the_rule_and_says_why(recorded):
    result = run(recorded(story(dose(0), checkin(1, **WORSE))))
    assert "WDL-2" in result.stdout
    assert "possible withdrawal-like reaction" in result.stdout.lower()
    assert "Last study dose: 2 Mar 2026, 09:00 (36 mg), 25 h before the check-in." in result.stdout


def test_nothing_flagged_prints_nothing_and_exits_well(recorded):
    result = run(recorded(story(dose(0))), "--json")
    assert (result.exit_code, result.stdout) == (0, "")


def test_until_is_a_time_with_an_offset(recorded):
    path = recorded(story(dose(0)))
    assert "DIA-1" in run(path, "--until", at(3, "23:45")).stdout
    assert run(path, "--until", at(3, "23:44")).stdout == ""
    refused = run(path, "--until", "2026-03-05")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "offset" in refused.stderr


def test_another_protocol_file_judges_by_its_own_lines(recorded, tmp_path):
    text = FIRST.read_text(encoding="utf-8").replace(
        "exposed_hours = { value = 72", "exposed_hours = { value = 24"
    )
    other = tmp_path / "protocol.toml"
    other.write_text(text.replace('version = "1"', 'version = "2"'), encoding="utf-8")
    path = recorded(story(dose(0), checkin(1, "08:00", **WORSE), checkin(2, **WORSE)))
    (line,) = run(path, "--protocol", str(other), "--json").stdout.splitlines()
    assert json.loads(line)["rules_version"] == "2"
    path = recorded(story(dose(0), checkin(2, **WORSE)))
    assert run(path, "--protocol", str(other)).stdout == ""


def test_a_change_to_a_version_that_is_not_known_leaves_the_thresholds_and_says_so(recorded):
    change = {"kind": "protocol", "at": at(0), "version": "9"}
    result = run(recorded(story(change, dose(0), checkin(1, **WORSE))), "--json")
    assert json.loads(result.stdout)["rules_version"] == "2.0"
    assert "version 9" in result.stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"format": "daybook-timeline/1"}', "participant"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_exits_2_with_a_plain_message(tmp_path, content, reason):
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_bytes(content)
    result = run(str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr
    assert "Traceback" not in result.output


def test_a_broken_event_is_named_and_nothing_is_printed(recorded, tmp_path):
    data = dump(story(dose(0), checkin(1, **WORSE)))
    data["events"].append({"kind": "checkin", "at": "2026-03-05T10:00:00", "instrument": "x"})
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    result = run(str(path), "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "event 2" in result.stderr


def test_a_broken_protocol_file_exits_2(recorded, tmp_path):
    other = tmp_path / "protocol.toml"
    other.write_text("version = 1", encoding="utf-8")
    result = run(recorded(story()), "--protocol", str(other))
    assert result.exit_code == 2
    assert "protocol.toml" in result.stderr
