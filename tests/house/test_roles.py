"""What a role may do stands in one table: nothing else in the product names a role."""

import ast
from collections.abc import Iterator

import pytest
from jinja2 import nodes

from app.models import people
from app.visit import roles
from app.visit.roles import ROLES, Permission, holders
from app.web.pages import TEMPLATES_DIR, environment
from tests.house.crawl import routes
from tests.house.source import dotted, modules

# The table itself; the CHECK of the column, which a schema spells out; and the simulated staff,
# who are given a role as an administrator would give it.
ALLOWED = {"app.visit.roles", "app.models.people", "app.demo.site"}
# The field by which a counselor is chosen for a new participant has the name of what is chosen.
FIELDS = {("app.enrolment.forms", "counselor"), ("app.enrolment.routes", "counselor")}
FIELD_OF_A_TEMPLATE = {("enrolment/new.html", "counselor")}


def _as_a_field(node: ast.AST) -> Iterator[ast.expr | None]:
    """Where the name of a field stands: a key, or what a form is asked for."""
    if isinstance(node, ast.Dict):
        yield from node.keys
    elif isinstance(node, ast.Subscript):
        yield node.slice
    elif isinstance(node, ast.Call) and dotted(node.func).endswith("form.one"):
        yield from node.args


def named_roles(name: str) -> list[tuple[int, str]]:
    """Each line of a module that spells a role, or compares one."""
    tree = modules()[name].tree
    fields = {
        id(each)
        for node in ast.walk(tree)
        for each in _as_a_field(node)
        if isinstance(each, ast.Constant) and (name, each.value) in FIELDS
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in ROLES and id(node) not in fields:
            found.append((node.lineno, str(node.value)))
        if isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            found += [(node.lineno, "compared") for one in sides if dotted(one).endswith(".role")]
    return found


def test_no_module_names_a_role():
    found = {name: named_roles(name) for name in modules().keys() - ALLOWED}
    left = {name: lines for name, lines in found.items() if lines}
    assert left == {}, "ask for a permission of app.visit.roles"


def test_no_template_names_a_role():
    found = []
    for path in sorted(TEMPLATES_DIR.rglob("*.*")):
        where = path.relative_to(TEMPLATES_DIR).as_posix()
        for node in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Const):
            if node.value in ROLES and (where, node.value) not in FIELD_OF_A_TEMPLATE:
                found.append((where, node.lineno, node.value))
    assert found == [], "the view says what may be done, the template shows it"


def test_the_table_and_the_column_know_the_same_roles():
    assert tuple(ROLES) == people.ROLES


def test_every_permission_is_asked_for_and_held_by_somebody():
    permissions = {name: one for name, one in vars(roles).items() if isinstance(one, Permission)}
    assert len(set(permissions.values())) == len(permissions), "two of the same words are one"
    assert [name for name, one in permissions.items() if not holders(one)] == []
    asked = {
        node.id
        for name, module in modules().items()
        if name != "app.visit.roles"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Name)
    }
    assert permissions.keys() - asked == set()


@pytest.mark.req("Z1")
def test_a_door_opens_to_whoever_has_its_permission(app):
    staff = [each.audience for each in routes(app) if each.audience.kind == "staff"]
    assert len(staff) >= 30
    for audience in staff:
        assert audience.permissions and all(isinstance(p, Permission) for p in audience.permissions)
        assert audience.roles == set(holders(*audience.permissions))
