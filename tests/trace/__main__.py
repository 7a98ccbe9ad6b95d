"""``make trace``: the validation pack of this source, in ``var/``.

The results are those of the last whole run, if it was of this very source; else the marked tests
are run now. Exits with 1 where a requirement has no test, or one that did not pass.
"""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.house.source import ROOT
from tests.mutants.faults import FAULTS
from tests.mutants.scopes import SCOPES
from tests.trace.pack import Proof, Results, proofs, read_results, rules
from tests.trace.page import Of, page
from tests.trace.source import commit, fingerprint, is_committed, marked

VAR = ROOT / "var"
REPORT, NOTICED = VAR / "report.xml", VAR / "noticed.json"


def results(source: str) -> Results:
    found = read_results(REPORT)
    if found is not None and found.source == source and not missing(found):
        print(f"the results of the last run are of this source: {REPORT.name}")
        return found
    print("the marked tests are run now", flush=True)
    VAR.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-m", "req", f"--junitxml={REPORT}"]
    subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, check=False)
    return read_results(REPORT) or Results(source, {})


def missing(found: Results) -> set[str]:
    """Marked tests that a run left out: it was of a part of the suite."""
    ran = {one.name for tests in found.by_requirement.values() for one in tests}
    return {name for names in marked().values() for name in names} - ran


def noticed(source: str, file: Path = NOTICED) -> list[str]:
    """Which planted faults ``make mutants`` saw noticed on this source."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return list(told["faults"]) if told.get("source") == source else []


def said(one: Proof) -> str:
    tests = [f"{test.name} {test.worst}" for test in one.tests]
    tests += [f"{name} did not run" for name in one.not_run]
    line = f"{one.requirement.id:4} {one.fault or 'proved':18} {', '.join(tests)}".rstrip()
    faults = "; ".join(name + (" (noticed)" if seen else "") for name, seen in one.faults)
    return f"{line} | {faults}" if faults else line


def main() -> int:
    source = fingerprint()
    found = proofs(results(source), marked(), FAULTS, noticed(source), {"Z7": SCOPES})
    for one in found:
        print(said(one))
    made = Of(f"{datetime.now(UTC):%Y-%m-%d %H:%M}", commit(), is_committed(), source)
    body = page(made, found, rules()).encode()
    VAR.mkdir(exist_ok=True)
    target = VAR / "validation.html"
    target.write_bytes(body)
    left = [one.requirement.id for one in found if one.fault]
    print(f"{len(found) - len(left)} of {len(found)} requirements are proved")
    if left:
        print(f"not proved: {', '.join(left)}")
    print(f"{target.relative_to(ROOT)}: SHA-256 {hashlib.sha256(body).hexdigest()}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
