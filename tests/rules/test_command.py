"""`daybook safety replay FILE …`: several files at once, and nothing loaded without need."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from app.__main__ import door
from app.timeline.json_out import dump
from tests.rules.story import checkin, dose, story

LOUD = {"sweating": 2, "nausea": 2, "tremor": 2, "anxiety": 2}


@pytest.fixture
def recorded(tmp_path):
    def write(code):
        data = dump(story(dose(0), checkin(1, **LOUD)))
        data["participant"]["code"] = code
        path = tmp_path / f"{code}.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return str(path)

    return write


def run(*words):
    return CliRunner().invoke(door, ["safety", "replay", *words])


def test_each_line_of_several_files_names_its_participant(recorded):
    done = run(recorded("A-1"), recorded("A-2"), "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["participant"], one["rule"]) for one in found] == [
        ("A-1", "WDL-2"),
        ("A-2", "WDL-2"),
    ]
    (alone,) = run(recorded("A-1"), "--json").stdout.splitlines()
    assert "participant" not in json.loads(alone)


def test_one_broken_file_of_several_is_named_and_nothing_is_half_printed(recorded, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    done = run(recorded("A-1"), str(broken), "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("broken.json: ")


def test_a_replay_of_files_loads_no_database_and_no_page(recorded):
    said = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "app", "safety", "replay", recorded("A-1")],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    loaded = {line.rpartition("|")[2].strip() for line in said.splitlines()}
    assert "app.rules.replay" in loaded
    heavy = ("sqlalchemy", "sqlmodel", "fastapi", "starlette", "jinja2", "app.models", "app.demo")
    assert {name for name in loaded if name.startswith(heavy)} == set()
