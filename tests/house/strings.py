"""Every text that the interface marks for translation, and where it stands."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import nodes

from app.web.pages import TEMPLATES_DIR, environment
from tests.house.source import APP, dotted, modules

# ``theirs`` speaks the language of the person whom the page is for.
ONE = {"_", "tr", "N_", "gettext", "theirs"}
MANY = {"ngettext", "n"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%[sd]|%%")


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked text; ``many`` is its plural, empty where it has none."""

    text: str
    many: str
    where: str


@lru_cache
def marked() -> tuple[Marked, ...]:
    return (*_in_python(), *_in_templates())


def _in_python() -> Iterator[Marked]:
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                texts = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
                yield from _marked(_function(node), texts, f"{module.where}:{node.lineno}")


def _function(call: ast.Call) -> str:
    """``tr`` for tr(…), self.tr(…) and tr_of(request)(…); ``n`` for tr.n(…)."""
    if isinstance(call.func, ast.Call):
        made_by = dotted(call.func.func).rpartition(".")[2]
        return "tr" if made_by in ("tr_of", "translator") else ""
    return dotted(call.func).rpartition(".")[2]


def _in_templates() -> Iterator[Marked]:
    for path in sorted(TEMPLATES_DIR.rglob("*.*")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            name = getattr(call.node, "name", getattr(call.node, "attr", ""))
            texts = [a.value if isinstance(a, nodes.Const) else None for a in call.args]
            where = f"{path.relative_to(TEMPLATES_DIR.parent.parent)}:{call.lineno}"
            yield from _marked(name, texts, where)


def _marked(function: str, texts: Sequence[object], where: str) -> Iterator[Marked]:
    first, second = [*texts, None, None][:2]
    if not isinstance(first, str):
        return
    if function in ONE:
        yield Marked(first, "", where)
    elif function in MANY and isinstance(second, str):
        yield Marked(first, second, where)


def unreadable() -> list[str]:
    """Marks around a text that is put together first: no catalogue can hold it."""
    return [
        f"{module.where}:{node.lineno}"
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and _function(node) in ONE | {"ngettext"}
        and any(isinstance(each, (ast.JoinedStr, ast.BinOp)) for each in node.args[:1])
    ]


def catalogs() -> dict[str, Catalog]:
    """The Russian catalogues by file name."""
    found = {}
    for path in sorted((APP / "locale" / "ru").glob("*.po")):
        with Path(path).open("rb") as file:
            found[path.name] = read_po(file, locale="ru", abort_invalid=True)
    return found


def placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def words(text: str) -> str:
    """What is left to translate once the placeholders and the name of the product are out."""
    return _PLACEHOLDER.sub("", text).replace("Daybook", "")
