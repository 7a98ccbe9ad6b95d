"""The project's own source, as data: files, syntax trees, and who imports whom."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APP = ROOT / "app"
_BUILT = {".git", ".venv", "var", "__pycache__", ".hypothesis", "build", "node_modules"}


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of ``app``; ``name`` is dotted, ``where`` is its path from the root."""

    name: str
    where: str
    tree: ast.Module

    @property
    def unit(self) -> str:
        """The room, or the single file beside the rooms: ``app.visit.gate`` is in ``auth``."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else "app"


@lru_cache
def modules() -> dict[str, Module]:
    """Every module of ``app`` by its dotted name."""
    found = {}
    for path in sorted(APP.rglob("*.py")):
        where = path.relative_to(ROOT)
        parts = where.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, where.as_posix(), ast.parse(path.read_text(encoding="utf-8")))
    return found


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: ``target`` is the module or package, ``name`` what is taken from it."""

    target: str
    name: str
    line: int


def imports(tree: ast.AST) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", node.lineno)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import("." * node.level + (node.module or ""), alias.name, node.lineno)


def app_imports(module: Module) -> set[str]:
    """The modules of ``app`` that this one names: ``from app.auth import phone`` is the file."""
    known = modules()
    found = set()
    for each in imports(module.tree):
        whole = f"{each.target}.{each.name}"
        name = whole if whole in known else each.target
        if name in known and name != module.name:
            found.add(name)
    return found


def reachable(name: str) -> set[str]:
    """Every module of ``app`` that loading this one loads, itself left out."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for target in app_imports(modules()[waiting.pop()]) - seen:
            seen.add(target)
            waiting.append(target)
    return seen


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def dotted(node: ast.AST) -> str:
    """``datetime.now`` for that expression; empty for anything that is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else f".{node.attr}"
    return ""


@lru_cache
def project_files() -> tuple[Path, ...]:
    """What is, or is about to be, in the repository; without git, what is not built."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        paths = (ROOT / name for name in listed.decode().split("\0") if name)
    else:
        paths = (p for p in ROOT.rglob("*") if not _BUILT & set(p.relative_to(ROOT).parts))
    return tuple(sorted(path for path in paths if path.is_file()))
