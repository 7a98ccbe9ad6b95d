"""The measures against a few real people, and what the command says of a folder that is not so."""

import shutil
from pathlib import Path

import pytest

from tests.real.__main__ import main

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SAMPLE, tmp_path / "records"))


@pytest.fixture
def run(monkeypatch, capsys):
    def run(folder):
        monkeypatch.setattr("sys.argv", ["real", str(folder)])
        status = main()
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def change(folder, name, old, new):
    file = folder / f"{name}.csv"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_every_definition_is_as_published_for_every_person(run):
    status, said = run(SAMPLE)
    lines = said.split("\n\n")[0].splitlines()
    assert status == 0 and len(lines) == 21
    assert all(line.endswith(" people, 0 differences") for line in lines)
    assert not any(": 0 people" in line for line in lines)
    assert "started treatment, naltrexone: printed 204 of 283" in said
    assert "entered phase two: printed 360 of 653" in said


@pytest.mark.parametrize(
    ("table", "old", "new", "about"),
    [
        ("participants", "-+o+-*-", "-+o+--*", "12: uds_word_phase1"),
        ("reference_outcomes", "o-ooo-ooooooooooooooooo,6", "o-ooo-ooooooooooooooooo,7", "3: re"),
        ("abstcal/reference_abstinence", "1001,0", "1001,1", "1001: itt_pp7_v2"),
    ],
)
def test_a_difference_names_the_person_and_the_column(folder, run, table, old, new, about):
    if table == "reference_outcomes":
        text = (folder / "reference_outcomes.csv").read_text().splitlines()
        column = text[0].split(",").index("retention_weeks")
        values = text[1].split(",")
        about = f"{values[0]}: retention_weeks is '99'"
        values[column] = "99"
        old, new = text[1], ",".join(values)
    change(folder, table, old, new)
    status, said = run(folder)
    assert status == 1 and about in said and "differences" in said.splitlines()[-1]


def test_what_is_missing_or_unexpected_is_named_in_plain_words(folder, run):
    (folder / "alcohol_counts.csv").unlink()
    change(folder, "reference_outcomes", "Ab_kosten_1993", "renamed")
    change(folder, "urine", "temp_ok", "warm")
    status, said = run(folder)
    assert status == 0
    assert "There is no table alcohol_counts: what it holds is not compared." in said
    assert "reference_outcomes has no column Ab_kosten_1993: not compared." in said
    assert "urine has no column temp_ok: not compared." in said
    assert "urine has a column that nobody asks for: warm." in said


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda f: (f / "visits.csv").unlink(), "There is no table visits"),
        (lambda f: change(f, "urine", "positive", "shown"), "urine has no column positive"),
        (lambda f: change(f, "urine", "who,day", "who,day,x"), "Line 2 of urine has 4 values"),
        (lambda f: change(f, "self_report_runs", ",-36,", ",x,"), "first_day is 'x', which is no"),
        (lambda f: (f / "urine.csv").write_text(""), "The table urine is empty"),
        (lambda f: (f / "urine.csv").write_bytes(b"\xff\xfe"), "The table urine cannot be read"),
        (shutil.rmtree, "is not a folder"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused_with_the_reason(folder, run, broken, says):
    broken(folder)
    status, said = run(folder)
    assert status == 2 and says in said and "Traceback" not in said
