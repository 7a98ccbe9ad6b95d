"""Plant one fault at a time in a copy of the project; the test it names must fail.

A test that never fails proves nothing. Run with ``python -m tests.mutants.run``; words on
the command line choose faults by their name. Exits with 1 if a fault was not noticed, if
its old text is gone, or if its test does not pass without it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house.source import ROOT, project_files
from tests.mutants.fault import Fault
from tests.mutants.faults import FAULTS
from tests.trace.source import fingerprint

KEPT = ROOT / "var" / "noticed.json"
LIMIT = 60
"""seconds for one test; a fault that makes it hang was not noticed"""
ALL_LIMIT = 300
NOTICED = 1
"""pytest: tests ran, and some failed. Anything else is no verdict of a test."""


def copy_project(target: Path) -> None:
    for path in project_files():
        place = target / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)


def run_tests(folder: Path, nodes: list[str], limit: int) -> tuple[int, str]:
    """The exit code of pytest in ``folder`` and the end of what it said; 124 if it hung."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += [f"--basetemp={folder.parent / 'basetemp'}", *nodes]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 124, f"no verdict after {limit} seconds"
    return done.returncode, done.stdout[-1500:] + done.stderr[-500:]


@contextmanager
def planted(folder: Path, fault: Fault) -> Iterator[str]:
    """The fault in its files; yields a complaint if a place is not there exactly once."""
    complaint = "; ".join(fault.misplaced(folder))
    kept: dict[Path, str] = {}
    for name, old, new in () if complaint else fault.changes:
        file = folder / name
        text = file.read_text(encoding="utf-8")
        kept.setdefault(file, text)
        file.write_text(text.replace(old, new), encoding="utf-8")
    yield complaint
    for file, text in kept.items():
        file.write_text(text, encoding="utf-8")


def verdict(folder: Path, fault: Fault) -> str:
    """Empty if the fault was noticed, else what went wrong."""
    with planted(folder, fault) as complaint:
        if complaint:
            return complaint
        code, said = run_tests(folder, [fault.test], LIMIT)
    return "" if code == NOTICED else f"pytest ended with {code}\n{said}"


def sound(folder: Path, faults: list[Fault]) -> bool:
    """Whether the tests are about the copy, and pass without any fault."""
    where = "import app, sys; sys.exit(app.__file__ != sys.argv[1])"
    command = [sys.executable, "-c", where, str(folder / "app" / "__init__.py")]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode:
        print("the tests would not see the copy")
        return False
    code, said = run_tests(folder, sorted({fault.test for fault in faults}), ALL_LIMIT)
    if code:
        print(f"the tests do not pass without a fault (pytest ended with {code})\n{said}")
    return code == 0


def main(chosen: list[str]) -> int:
    faults = [f for f in FAULTS if not chosen or any(word in f.name for word in chosen)]
    if not faults:
        print("no fault has such a name")
        return 1
    missed, noticed, source = 0, list[str](), fingerprint()
    with tempfile.TemporaryDirectory(prefix="daybook-mutants-") as temporary:
        folder = Path(temporary) / "project"
        copy_project(folder)
        if not sound(folder, faults):
            return 1
        for fault in faults:
            fault_verdict = verdict(folder, fault)
            missed += bool(fault_verdict)
            print(f"{'NOT NOTICED' if fault_verdict else 'noticed':12} {fault.name}", flush=True)
            if not fault_verdict:
                noticed.append(fault.name)
            if fault_verdict:
                print(fault_verdict)
    print(f"{len(faults) - missed} of {len(faults)} faults were noticed")
    # For the validation pack, which takes it for this very source alone.
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps({"source": source, "faults": noticed}), encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
