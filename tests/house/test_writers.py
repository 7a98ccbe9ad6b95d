"""Every table and column is written by a room of the product, and the demo goes through those.

Read from the source: a module adds rows to the tables that it names in ``insert`` or as a new row
of their model, and gives the columns that it names beside.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from sqlmodel import SQLModel

from app.models.base import metadata
from tests.house.source import Module, app_imports, calls, dotted, imports, modules

# What only the demo writes, or nobody: each waits for the page that will write it.
LATER = {
    "urinalysis": "the trial team's page for urine tests is to come",
    "consent_withdrawal": "the trial team's page for withdrawn consent is to come",
    "participant.status": "it ends with withdrawn consent or with the last visit, both to come",
    "screen.entered_by": "staff do not ask the questions of the weekly page yet",
}
# And what the demo writes although the product does.
PAST = {
    "message": "mail about a past that never was is on record as sent, so that it never goes out",
    "attempt": "its record of having been sent",
}


_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@cache
def tables() -> dict[str, str]:
    """By what a module calls it: ``Dose`` and ``DOSE`` are the table ``dose``."""
    found = {}
    for mapper in SQLModel._sa_registry.mappers:  # type: ignore[attr-defined]
        name = mapper.local_table.name
        model = mapper.class_.__name__
        found[model] = found[_WORDS.sub("_", model).upper()] = name
    return found


@cache
def known_to(module: Module) -> dict[str, str]:
    """The tables whose names the module imports."""
    taken = {each.name for each in imports(module.tree) if each.target.startswith("app.models.")}
    return {name: table for name, table in tables().items() if name in taken}


def written(module: Module, ways: set[str]) -> Iterator[str]:
    """Tables that the module writes by one of ``ways``, or by a new row of the model."""
    known = known_to(module)
    for call in calls(module.tree):
        about = dotted(call.func)
        if isinstance(call.func, ast.Call):  # chosen by the database: _insert(session)(TABLE)
            about = dotted(call.func.func).removeprefix("_")
        if about in known:
            yield known[about]
        elif about in ways and call.args:
            table = dotted(call.args[0])
            # A name of the function's own may be any table that the module knows.
            yield from [known[table]] if table in known else known.values()


@cache
def given_by(module: Module) -> frozenset[str]:
    return frozenset(names_given(module))


def names_given(module: Module) -> Iterator[str]:
    """What could be a value for a column: keywords, keys, attributes that are set."""
    whole_form = False
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield from (word.arg for word in node.keywords if word.arg)
            whole_form = whole_form or dotted(node.func).endswith(".model_dump")
        elif isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            yield node.slice.value
    if whole_form:
        for name in app_imports(module):
            if modules()[name].unit == module.unit:
                yield from fields_of(modules()[name])


def fields_of(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def unwritten(rooms: list[Module]) -> set[str]:
    """Tables that get no row there, and columns that get no value in the rows they get."""
    found = set()
    filled = {table for module in rooms for table in written(module, {"insert"})}
    for name, table in metadata.tables.items():
        if name not in filled:
            found.add(name)
            continue
        near = [module for module in rooms if name in known_to(module).values()]
        given = frozenset[str]().union(*map(given_by, near))
        drawn = {
            column.name
            for column in table.columns
            if column.name == "id" or (column.default is not None and column.default.is_callable)
        }
        found |= {f"{name}.{each}" for each in {*table.columns.keys()} - given - drawn}
    return found


def of_rooms() -> list[Module]:
    return [one for one in modules().values() if one.unit not in ("models", "demo")]


def test_every_table_and_column_is_written_by_a_room_but_what_is_named_as_to_come():
    assert unwritten(of_rooms()) == LATER.keys()


def test_the_demo_writes_no_table_that_a_room_writes():
    demo = [one for one in modules().values() if one.unit == "demo"]
    found = {table for one in demo for table in written(one, {"insert", "update"})}
    assert found == {name.partition(".")[0] for name in LATER if "entered_by" not in name} | {*PAST}


def test_a_table_or_column_that_a_room_forgets_is_found():
    """Without the room that writes it, it is missing: the reading above does see."""
    without = [one for one in of_rooms() if one.name != "app.diary.markers"]
    assert unwritten(without) == LATER.keys() | {"marker_day"}
    without = [one for one in of_rooms() if one.name != "app.signin.phone"]
    assert {"device.locked_until", "invitation"} <= unwritten(without)
