"""Which source a report is of: its commit, and one hash over every file of the project."""

import ast
import hashlib
import subprocess
from collections import defaultdict
from collections.abc import Iterator

from tests.house.source import ROOT, project_files


def commit() -> str:
    """The commit that is checked out; empty in a copy without its history."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def is_committed() -> bool:
    """Whether the files are those of the commit."""
    asked = ["git", "-C", str(ROOT), "status", "--porcelain"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.returncode == 0 and not done.stdout.strip()


def fingerprint() -> str:
    """SHA-256 over the names and the contents of all files: two equal ones are the same source."""
    found = hashlib.sha256()
    for path in sorted(project_files()):
        name = path.relative_to(ROOT).as_posix().encode()
        body = path.read_bytes()
        found.update(b"%d:%s%d:" % (len(name), name, len(body)))
        found.update(body)
    return found.hexdigest()


def marked() -> dict[str, set[str]]:
    """Which tests are marked with which requirement, as they stand in the source."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        where, tree = path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
        whole = [one for node in tree.body if isinstance(node, ast.Assign) for one in _marks(node)]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for mark in [
                    *whole,
                    *(one for each in node.decorator_list for one in _marks(each)),
                ]:
                    found[mark].add(f"{where}::{node.name}")
    return found


def _marks(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and ast.unparse(one.func) == "pytest.mark.req":
            yield ast.literal_eval(one.args[0])
