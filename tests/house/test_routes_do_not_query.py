"""HTTP files speak HTTP: what is read and written is in ``queries.py`` and ``service.py``.

A route that cannot query cannot forget whose data it may show.
"""

import ast

import pytest

from tests.house.source import calls, dotted, imports, modules

TYPES = {("sqlmodel", "Session"), ("sqlalchemy.orm", "Session")}
DATABASE = {"execute", "exec", "scalars", "scalar", "query", "get", "add", "add_all", "delete"}
DATABASE |= {"merge", "flush", "commit", "rollback", "connection", "begin_nested", "refresh"}
DATABASE |= {"bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"}
# Who commits: the transaction of a request, and that of the worker and the command line.
COMMITS = {"app.db", "app.visit.gate"}


def route_files() -> list[str]:
    return [name for name in modules() if name.endswith((".routes", "_routes"))]


def test_there_are_route_files_to_hold():
    assert len(route_files()) >= 3


@pytest.mark.parametrize("name", route_files())
@pytest.mark.req("Z6")
def test_a_route_file_imports_nothing_to_query_with(name):
    taken = [
        (each.target, each.name)
        for each in imports(modules()[name].tree)
        if each.target.split(".")[0] in ("sqlalchemy", "sqlmodel", "alembic")
        and each.target != "sqlalchemy.exc"
        and (each.target, each.name) not in TYPES
    ]
    assert taken == []


@pytest.mark.parametrize("name", route_files())
@pytest.mark.req("Z6")
def test_a_route_file_hands_its_session_on_and_never_uses_it(name):
    used = [
        f"line {call.lineno}: {dotted(call.func)}"
        for call in calls(modules()[name].tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in DATABASE
        and dotted(call.func.value).rpartition(".")[2] in ("session", "connection", "engine")
    ]
    engines = [
        f"line {node.lineno}: .engine"
        for node in ast.walk(modules()[name].tree)
        if isinstance(node, ast.Attribute) and node.attr == "engine"
    ]
    assert used + engines == []


@pytest.mark.parametrize("name", sorted(modules()))
def test_nobody_else_commits(name):
    ends = [
        f"line {node.lineno}"
        for node in ast.walk(modules()[name].tree)
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback")
    ]
    assert ends == [] or name in COMMITS
