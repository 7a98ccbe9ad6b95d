"""What is proved and what is not: requirements, tests, results and planted faults. Pure."""

import tomllib
import xml.etree.ElementTree as Xml
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tests.mutants.fault import Fault

DATA = Path(__file__).parent / "requirements.toml"
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True, slots=True)
class Requirement:
    id: str
    text: str
    group: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a rule: which requirements meet it, or ``why`` it does not apply."""

    id: str
    text: str
    met_by: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """A test function in all its forms: how many passed, and the worst that came of one."""

    name: str
    passed: int
    worst: str


@dataclass(frozen=True, slots=True)
class Proof:
    """``faults``: what was planted for these tests to notice, and whether it was seen here."""

    requirement: Requirement
    tests: tuple[Ran, ...]
    faults: tuple[tuple[str, bool], ...]
    not_run: tuple[str, ...] = ()

    @property
    def fault(self) -> str:
        """Why it does not stand as proved; empty where it does."""
        if not self.tests and not self.not_run:
            return "no test"
        if any(one.worst == FAILED for one in self.tests):
            return "a test fails"
        if self.not_run or not all(one.passed for one in self.tests):
            return "a test did not run"
        return ""


def requirements(path: Path = DATA) -> tuple[Requirement, ...]:
    told = tomllib.loads(path.read_text(encoding="utf-8"))["requirement"]
    return tuple(Requirement(*one, group["group"]) for group in told for one in group["items"])


def rules(path: Path = DATA) -> tuple[Rule, ...]:
    told = tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
    return tuple(
        Rule(one["name"], tuple(Row(a, b, tuple(met), why) for a, b, met, why in one["items"]))
        for one in told
    )


@dataclass(frozen=True, slots=True)
class Results:
    """Of one run: what came of each marked test, by requirement."""

    source: str
    by_requirement: Mapping[str, tuple[Ran, ...]]


def read_results(report: Path) -> Results | None:
    """What pytest wrote (``--junitxml``); None where there is nothing to read."""
    try:
        root = Xml.parse(report).getroot()
    except (OSError, Xml.ParseError):
        return None
    source = next(
        (one.get("value", "") for one in root.iter("property") if one.get("name") == "source"), ""
    )
    cases: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for case in root.iter("testcase"):
        marks = [one.get("value") for one in case.iter("property") if one.get("name") == "req"]
        for mark in filter(None, marks):
            cases[mark][_function(case)].append(_outcome(case))
    return Results(
        source,
        {mark: tuple(_ran(*one) for one in sorted(found.items())) for mark, found in cases.items()},
    )


def _function(case: Xml.Element) -> str:
    """The test as a planted fault names it, without its parameters."""
    where = case.get("classname", "").replace(".", "/")
    return f"{where}.py::{case.get('name', '').partition('[')[0]}"


def _outcome(case: Xml.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return FAILED
    return SKIPPED if case.find("skipped") is not None else PASSED


def _ran(name: str, outcomes: Sequence[str]) -> Ran:
    worst = next((one for one in (FAILED, PASSED) if one in outcomes), SKIPPED)
    return Ran(name, outcomes.count(PASSED), worst)


def proofs(
    results: Results,
    marked: Mapping[str, Collection[str]],
    faults: Iterable[Fault],
    noticed: Iterable[str],
    whole: Mapping[str, Collection[Fault]] = MappingProxyType({}),
) -> list[Proof]:
    """``marked``: the tests that have the mark of each requirement, whether they ran or not.

    ``whole``: faults that prove a requirement together, whichever test notices each.
    ``noticed``: the names of the faults that were seen to be noticed on this very source.
    """
    by_test: dict[str, list[str]] = defaultdict(list)
    for fault in faults:
        by_test[fault.test.partition("[")[0]].append(fault.name)
    seen = set(noticed)
    found = []
    for one in requirements():
        tests = results.by_requirement.get(one.id, ())
        planted = {name for ran in tests for name in by_test[ran.name]}
        planted |= {fault.name for fault in whole.get(one.id, ())}
        not_run = sorted(set(marked.get(one.id, ())) - {ran.name for ran in tests})
        told = tuple((name, name in seen) for name in sorted(planted))
        found.append(Proof(one, tests, told, tuple(not_run)))
    return found
