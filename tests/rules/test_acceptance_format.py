"""The JSON form's refusals, and `daybook safety replay` as a person runs it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import app.protocol
from app.__main__ import door
from tests.rules.scenarios import (
    FOUR_GROUPS,
    Json,
    check,
    dose,
    doses,
    drank,
    event,
    printed,
    quiet,
    screen,
    starting,
    story,
    urine,
    used,
)

AT = "03-03 10:00"
PROTOCOL = Path(app.protocol.__file__).with_name("nalmefene_24w.toml")


def run(path: Path, data: Any, *options: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a replay of `data`."""
    file = path / "timeline.json"
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    result = CliRunner().invoke(door, ["safety", "replay", str(file), *options])
    return result.exit_code, result.stdout, result.stderr


def without(data: Json, name: str) -> Json:
    return {key: value for key, value in data.items() if key != name}


def item(**more: Any) -> Json:
    return {"ml": 500, "abv": 5, "count": 1, "beverage": "beer"} | more


def drinks(**more: Any) -> Json:
    return event("drinks", day="03-03", items=[item(**more)])


REFUSED: list[tuple[str, Json]] = [
    ("an unknown kind", event("mood", at=AT)),
    ("no kind", without(check(AT), "kind")),
    ("an unknown field", check(AT) | {"mood": 1}),
    ("a field of another kind", dose("03-03") | {"items": []}),
    ("an unknown item", check(AT, hunger=1)),
    ("a screen's item in a check-in", check(AT, ideation=1)),
    ("a check-in's item in a screen", screen(AT, anxiety=1)),
    ("an unknown sign", check(AT, ["dizzy"])),
    ("an unknown substance", used("03-03", "heroin")),
    ("an unknown result", urine(AT, "maybe")),
    ("an unknown specimen code", event("urinalysis", at=AT, results={"tea": "positive"})),
    ("an unknown scope", event("consent_withdrawn", at=AT, scope="some")),
    ("an unknown provenance", check(AT) | {"provenance": "guess"}),
    ("a rating of 5", check(AT, anxiety=5)),
    ("a rating below 0", check(AT, anxiety=-1)),
    ("a rating in words", event("checkin", at=AT, instrument="x", ratings={"anxiety": "2"})),
    ("a rating of true", event("checkin", at=AT, instrument="x", ratings={"anxiety": True})),
    ("a craving of 101", check(AT, opioid_craving=101)),
    ("systolic 39", check(AT, systolic_bp=39)),
    ("systolic 301", check(AT, systolic_bp=301)),
    ("diastolic 39", check(AT, diastolic_bp=39)),
    ("a repeat of 301", check(AT, diastolic_bp_repeat=301)),
    ("temperature 29.9", check(AT, temperature=29.9)),
    ("temperature 45.1", check(AT, temperature=45.1)),
    ("101 episodes", check(AT, vomiting_24h=101)),
    ("a negative number of episodes", check(AT, diarrhea_24h=-1)),
    ("0 ml", drinks(ml=0)),
    ("5,001 ml", drinks(ml=5001)),
    ("ABV 101", drinks(abv=101)),
    ("ABV below 0", drinks(abv=-1)),
    ("a count of 0.05", drinks(count=0.05)),
    ("a count of 100.5", drinks(count=100.5)),
    ("a drink with an unknown field", drinks(colour="red")),
    ("a drink without a strength", event("drinks", day="03-03", items=[without(item(), "abv")])),
    ("1,001 mg", dose("03-03", mg=1001)),
    ("a negative dose", dose("03-03", mg=-1)),
    ("self-harm thoughts 4", screen(AT, self_harm_thoughts=4)),
    ("ideation 6", screen(AT, ideation=6)),
    ("behavior 2", screen(AT, suicidal_behavior=2)),
    ("a time without an offset", check("2026-03-03T10:00:00")),
    ("a receipt without an offset", check(AT, received_at="2026-03-03T10:00:00")),
    ("a use without an offset", used("03-03", at="2026-03-03T10:00:00")),
    ("a time that is a day", check("2026-03-03T")),
    ("a day that is none", dose("02-30")),
    ("a day that is a time", event("dose", day="2026-03-03T10:00:00+03:00", taken=True)),
    ("no day", without(dose("03-03"), "day")),
    ("no answer to taken", without(dose("03-03"), "taken")),
    ("taken in words", dose("03-03") | {"taken": "yes"}),
    ("no time", without(check(AT), "at")),
    ("no instrument", without(check(AT), "instrument")),
    ("no items", without(drank("03-03"), "items")),
    ("no results", without(urine(AT), "results")),
    ("no week", event("session", at=AT, attended=True)),
    ("no text", event("note", at=AT)),
    ("no family", event("flag_resolved", at=AT)),
    ("no version", event("protocol", at=AT)),
    ("a list for an event", []),  # type: ignore[list-item]
]


@pytest.mark.parametrize("bad", [r[1] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_wrong_event_refuses_the_whole_file_by_its_index(bad: Json, tmp_path: Path) -> None:
    good = check("03-02 10:00", ["seizure"])
    data = story(good, [dose("03-02"), bad])
    code, out, err = run(tmp_path, data, "--json")
    assert (code, out) == (2, "")
    assert re.search(r"\b2\b", err), err
    assert "Traceback" not in err


HEADERS: list[tuple[str, Any]] = [
    ("not JSON", "{"),
    ("a list", []),
    ("no format", without(story(), "format")),
    ("another format", story() | {"format": "daybook-timeline/2"}),
    ("no participant", without(story(), "participant")),
    ("no events", without(story(), "events")),
    ("events in a mapping", story() | {"events": {}}),
    (
        "an unknown zone",
        story() | {"participant": story()["participant"] | {"timezone": "Mars/Base"}},
    ),
    ("an unknown sex", story() | {"participant": story()["participant"] | {"sex": "x"}}),
    ("an unknown item in the baseline", story(baseline={"hunger": 1})),
    ("a baseline out of range", story(baseline={"anxiety": 5})),
    ("an unknown field at the top", story() | {"note": "x"}),
    ("an export time without an offset", story() | {"exported_at": "2026-03-03T10:00:00"}),
]


@pytest.mark.parametrize("data", [h[1] for h in HEADERS], ids=[h[0] for h in HEADERS])
def test_a_wrong_head_is_refused_with_a_plain_message(data: Any, tmp_path: Path) -> None:
    code, out, err = run(tmp_path, data, "--json")
    assert (code, out) == (2, "")
    assert err.strip()
    assert "Traceback" not in err


def test_a_file_that_is_not_there_is_refused_with_a_plain_message(tmp_path: Path) -> None:
    result = CliRunner().invoke(door, ["safety", "replay", str(tmp_path / "none.json")])
    assert result.exit_code == 2
    assert "none.json" in result.stderr


@pytest.mark.parametrize(
    "good",
    [
        check(AT, systolic_bp=40, diastolic_bp=40, temperature=30, vomiting_24h=0),
        check(AT, systolic_bp=170, temperature=45, diarrhea_24h=100, opioid_craving=0),
        without(without(check(AT), "ratings"), "signs"),
        drinks(ml=1, abv=0, count=0.1),
        drinks(ml=5000, abv=0, count=100),
        dose("03-03", mg=0, reason="side effects", hold=False),
        event(
            "substances", day="03-03", items=[{"substance": "inhalant", "route": "-", "note": "-"}]
        ),
        screen(AT, self_harm_thoughts=0, ideation=0, suicidal_behavior=0),
        urine(AT, "invalid"),
        check(AT, anxiety=1) | {"provenance": "by_phone", "id": "a"},
        event("session", at=AT, week=1, attended=False),
        event("protocol", at=AT, version="1"),
        event("note", at=AT, text="seizure, heroin, vomiting 6"),
    ],
)
def test_the_ends_of_every_range_are_read_and_raise_nothing(good: Json, tmp_path: Path) -> None:
    code, out, err = run(tmp_path, story(dose("03-02"), good), "--json")
    assert (code, out, err) == (0, "", "")


def test_the_command_prints_one_object_a_line_in_the_participants_offset(tmp_path: Path) -> None:
    data = starting(check("2026-03-05T07:00:00Z", ["seizure"], **FOUR_GROUPS))
    code, out, _ = run(tmp_path, data, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [list(line) for line in lines] == [
        ["rule", "family", "severity", "raised_at", "about", "because", "rules_version"]
    ] * 2
    assert [(line["rule"], line["family"], line["severity"]) for line in lines] == [
        ("WDL-2", "WDL", "urgent"),
        ("EMG-1", "EMG", "emergency"),
    ]
    moment = "2026-03-05T10:00:00+03:00"
    assert all(line["raised_at"] == line["about"] == moment for line in lines)
    assert all(line["because"] and line["rules_version"] == "2.0" for line in lines)


def test_the_reasons_show_the_baseline_or_say_that_there_is_none(tmp_path: Path) -> None:
    entry = check("03-05 10:00", **FOUR_GROUPS)
    _, bare, _ = run(tmp_path, starting(entry, baseline=None), "--json")
    _, full, _ = run(tmp_path, starting(entry), "--json")
    assert "no baseline on record" in bare.lower()
    assert "no baseline on record" not in full.lower()
    assert "baseline 0" in full.lower()


def test_a_cap_is_named_beside_the_rule(tmp_path: Path) -> None:
    ill = check("03-05 10:00", temperature=38.5, **FOUR_GROUPS)
    late = check("03-05 10:00", received_at="03-08 10:01", **FOUR_GROUPS)
    _, fever, _ = run(tmp_path, starting(ill), "--json")
    _, hours, _ = run(tmp_path, starting(quiet("03-06", "03-08"), late), "--json")
    assert "infection" in fever.lower()
    assert "infection" not in hours.lower()
    assert "72 hours" in hours


def test_a_folder_and_bytes_are_no_timeline(tmp_path: Path) -> None:
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    for name in (".", "bytes.json"):
        result = CliRunner().invoke(door, ["safety", "replay", str(tmp_path / name)])
        assert (result.exit_code, result.stdout) == (2, "")
        assert "Traceback" not in result.stderr


def test_the_command_in_words_says_the_rule_and_the_severity(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, starting(check("03-05 10:00", **FOUR_GROUPS)))
    assert code == 0
    assert "WDL-2" in out
    assert "urgent" in out


def test_until_needs_an_offset_and_reaches_beyond_the_last_event(tmp_path: Path) -> None:
    data = story(dose("03-02"))
    code, out, _ = run(tmp_path, data, "--json", "--until", "2026-03-05T23:45:00+03:00")
    assert (code, json.loads(out)["rule"]) == (0, "DIA-1")
    code, out, err = run(tmp_path, data, "--json", "--until", "2026-03-05T23:45:00")
    assert (code, out) == (2, "")
    assert err.strip()


def test_another_protocol_file_is_judged_by_and_named(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    text, count = re.subn(
        r'(?m)^version = "2.0"$', 'version = "7"', PROTOCOL.read_text("utf-8"), count=1
    )
    other.write_text(text, encoding="utf-8")
    assert count == 1
    data = starting(check("03-05 10:00", **FOUR_GROUPS))
    code, out, _ = run(tmp_path, data, "--json", "--protocol", str(other))
    assert (code, json.loads(out)["rules_version"]) == (0, "7")
    back = starting(check("03-05 10:00", **FOUR_GROUPS), event("protocol", at=AT, version="1"))
    code, out, _ = run(tmp_path, back, "--json", "--protocol", str(other))
    assert (code, json.loads(out)["rules_version"]) == (0, "1")
    broken = tmp_path / "broken.toml"
    broken.write_text("nonsense = [", encoding="utf-8")
    code, out, err = run(tmp_path, data, "--json", "--protocol", str(broken))
    assert (code, out) == (2, "")
    assert err.strip()


def test_a_dose_without_a_time_was_taken_at_noon_or_when_it_was_told() -> None:
    told = dose("03-24", received_at="03-24 09:00")
    gap = [doses("03-02", "03-20"), quiet("03-21", "03-24")]
    seen = check("03-24 10:00", **FOUR_GROUPS)
    assert printed(story(*gap, told, seen)) == ["WDL-2 urgent 03-24 10:00"]
    noon = story(*gap, dose("03-24", received_at="03-24 23:30"), seen)
    assert printed(noon) == []


def test_the_order_of_the_file_does_not_matter() -> None:
    data = starting(used("03-03"), check("03-05 10:00", ["seizure"], **FOUR_GROUPS))
    turned = data | {"events": data["events"][::-1]}
    assert printed(turned) == printed(data)
    assert printed(data) == [
        "OPI-1 urgent 03-03 23:30",
        "WDL-2 urgent 03-05 10:00",
        "EMG-1 emergency 03-05 10:00",
    ]
