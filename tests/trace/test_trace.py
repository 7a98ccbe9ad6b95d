"""The validation pack knows every requirement, every mark, and hides nothing that is not proved."""

import re
from html import unescape
from pathlib import Path

import pytest

from tests.mutants.fault import Fault
from tests.trace import __main__ as command
from tests.trace.pack import Ran, Results, proofs, read_results, requirements, rules
from tests.trace.page import Of, page
from tests.trace.source import marked

COUNTS = {"A": 17, "Z": 8, "W": 13, "R": 15, "L": 6, "O": 7}


def test_the_66_are_all_there_once_and_in_order():
    found = [one.id for one in requirements()]
    assert found == [f"{letter}{n}" for letter, most in COUNTS.items() for n in range(1, most + 1)]
    assert len(found) == 66 and all(len(one.text) > 25 for one in requirements())


def test_each_line_of_each_rule_leads_to_a_requirement_or_says_why_it_does_not_apply():
    known = {one.id for one in requirements()}
    assert [len(rule.rows) >= least for rule, least in zip(rules(), (20, 15, 18), strict=True)]
    for rule in rules():
        assert len({row.id for row in rule.rows}) == len(rule.rows)
        for row in rule.rows:
            assert bool(row.met_by) != bool(row.why), row
            assert set(row.met_by) <= known, row


def test_every_mark_names_a_requirement():
    assert marked().keys() - {one.id for one in requirements()} == set()
    assert len(marked()) >= 25


def report(tmp_path: Path, *cases: tuple[str, str, str], source: str = "s") -> Path:
    """What pytest would have written: (test, requirement, outcome)."""
    inside = {"passed": "", "failed": "<failure/>", "skipped": "<skipped/>"}
    rows = "".join(
        f'<testcase classname="tests.a.test_b" name="{name}"><properties>'
        f'<property name="req" value="{mark}"/></properties>{inside[outcome]}</testcase>'
        for name, mark, outcome in cases
    )
    properties = f'<properties><property name="source" value="{source}"/></properties>'
    file = tmp_path / "report.xml"
    file.write_text(f"<testsuites><testsuite>{properties}{rows}</testsuite></testsuites>")
    return file


def test_a_requirement_is_proved_by_tests_that_ran_and_passed_alone(tmp_path):
    file = report(
        tmp_path,
        ("test_a[sqlite]", "A1", "passed"),
        ("test_a[postgresql]", "A1", "passed"),
        ("test_b[x]", "A2", "passed"),
        ("test_b[y]", "A2", "failed"),
        ("test_c", "A3", "skipped"),
    )
    results = read_results(file)
    assert results is not None and results.source == "s"
    assert results.by_requirement["A1"] == (Ran("tests/a/test_b.py::test_a", 2, "passed"),)
    fault = Fault("a hole", "app/x.py", "old", "new", "tests/a/test_b.py::test_a[sqlite]")
    told = {"A1": ["tests/a/test_b.py::test_a"], "A5": ["tests/a/test_b.py::test_d"]}
    found = {one.requirement.id: one for one in proofs(results, told, [fault], ["a hole"])}
    assert {name: found[name].fault for name in ("A1", "A2", "A3", "A4", "A5")} == {
        "A1": "",
        "A2": "a test fails",
        "A3": "a test did not run",
        "A4": "no test",
        "A5": "a test did not run",
    }
    assert found["A1"].faults == (("a hole", True),)


def test_the_page_is_one_file_that_names_all_that_is_not_proved(tmp_path):
    results = Results("s", {"A1": (Ran("tests/a.py::test_<b>", 1, "passed"),)})
    found = proofs(results, {}, [], [])
    text = page(Of("2026-11-23 06:00", "c" * 40, False, "s" * 64), found, rules())
    assert "65 of 66 requirements are not proved" in text and "c" * 40 in text
    assert "with changes that no commit has" in text and "test_&lt;b&gt;" in text
    for one in requirements():
        assert f'id="{one.id}"' in text
    for rule in rules():
        assert rule.name in text
        assert all(f"<th>{row.id}</th>" in unescape(text) for row in rule.rows)
    assert not re.search(r'(?:src|href)="(?!#)|url\(|@import|<script', text)


@pytest.mark.parametrize(("left", "status"), [((), 0), (("R9",), 1)])
def test_the_command_fails_where_one_requirement_has_no_test(
    tmp_path, monkeypatch, capsys, left, status
):
    cases = [(f"test_{one.id}", one.id, "passed") for one in requirements() if one.id not in left]
    monkeypatch.setattr(command, "REPORT", report(tmp_path, *cases, source="here"))
    monkeypatch.setattr(command, "fingerprint", lambda: "here")
    monkeypatch.setattr(command, "marked", dict)
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "VAR", tmp_path / "var")
    assert command.main() == status
    said = capsys.readouterr().out
    assert f"{66 - len(left)} of 66 requirements are proved" in said
    assert ("not proved: R9" in said) is bool(left)
    assert "SHA-256" in said and (tmp_path / "var" / "validation.html").exists()


def test_a_report_of_another_source_is_not_taken(tmp_path, monkeypatch):
    file = report(tmp_path, ("test_a", "A1", "passed"), source="another")
    ran = []
    monkeypatch.setattr(command, "REPORT", file)
    monkeypatch.setattr(command, "marked", dict)
    monkeypatch.setattr(command, "VAR", tmp_path / "var")
    monkeypatch.setattr(command.subprocess, "run", lambda asked, **_: ran.append(asked))
    command.results("here")
    assert len(ran) == 1 and "req" in ran[0]
    command.results("another")
    assert len(ran) == 1, "that one is of its own source"
    monkeypatch.setattr(command, "marked", lambda: {"A1": {"tests/a.py::test_left_out"}})
    command.results("another")
    assert len(ran) == 2, "a run of a part is no run of all"
    noticed = tmp_path / "noticed.json"
    noticed.write_text('{"source": "another", "faults": ["x"]}')
    assert command.noticed("here", noticed) == [] and command.noticed("another", noticed) == ["x"]
