"""Every table and every column is written by the product itself, not by the demo alone.

A clinic starts on an empty database: what only the demo can write stays empty there for ever.
"""

import ast
from collections.abc import Iterator
from functools import cache

import pytest
from sqlalchemy import Table
from sqlmodel import SQLModel

from app import models
from app.models import base
from tests.house.source import Module, calls, dotted, modules

# No page asks staff for a screen: this has no writer but the demo.
NOT_YET_COLUMNS = {"screen": {"entered_by"}}
# Named once for all languages or rows, far from where they are written.
ELSEWHERE = {"site_numbers": {"emergency", "language"}, "audit_entry": {"hash"}}
CLASSES = {one.local_table.name: one.class_.__name__ for one in SQLModel._sa_registry.mappers}
CONSTANTS = {
    value.name: constant
    for room in models.__all__
    for constant, value in vars(getattr(models, room)).items()
    if isinstance(value, Table)
}
# A row is made by these calls: the last writes each kind of entry about a day.
MAKERS = {"insert", "Kind"}
# Given by the database.
GIVEN = {"id"}


@cache
def writers() -> tuple[Module, ...]:
    return tuple(
        module
        for name, module in modules().items()
        if not name.startswith(("app.demo", "app.models"))
    )


@cache
def names(module: Module) -> set[str]:
    """Every name that stands in a module."""
    return {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}


@cache
def made(module: Module) -> tuple[ast.Call, ...]:
    """Every call in a module."""
    return tuple(calls(module.tree))


@cache
def given(module: Module) -> frozenset[str]:
    """What is named to the left of a value: keywords, keys of dicts, attributes assigned to."""
    return frozenset(_given(module.tree))


def _given(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant))
        elif isinstance(node, ast.Tuple):
            yield from (one.value for one in node.elts if isinstance(one, ast.Constant))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


@cache
def written(table: str) -> set[str]:
    """The names that are given a value, or listed, in the modules that make rows of the table."""
    about = [one for one in writers() if makes(one, table) or CLASSES[table] in names(one)]
    about += [one for one in writers() if CONSTANTS[table] in names(one)]
    return {name for one in about for name in given(one)}


def makes(module: Module, table: str) -> bool:
    """Whether a module makes rows: ``Model(...)``, ``insert(TABLE)``, or by a dialect's insert."""
    for call in made(module):
        if dotted(call.func) == CLASSES[table]:
            return True
        maker = dotted(call.func) or (
            dotted(call.func.func) if isinstance(call.func, ast.Call) else ""
        )
        if maker.lstrip("_") in MAKERS and any(
            dotted(one) in (CONSTANTS[table], CLASSES[table]) for one in call.args
        ):
            return True
    return False


@pytest.mark.parametrize("table", sorted(base.metadata.tables))
def test_a_table_and_its_columns_have_a_writer(table):
    assert any(makes(one, table) for one in writers()), f"only the demo makes a row of {table}"
    columns = {
        column.name
        for column in base.metadata.tables[table].columns
        if column.default is None and column.server_default is None
    }
    excused = GIVEN | NOT_YET_COLUMNS.get(table, set()) | ELSEWHERE.get(table, set())
    assert sorted(columns - excused - written(table)) == []


@pytest.mark.parametrize("table", sorted(NOT_YET_COLUMNS))
def test_a_column_that_is_excused_has_no_writer(table):
    assert not NOT_YET_COLUMNS[table] & written(table)
