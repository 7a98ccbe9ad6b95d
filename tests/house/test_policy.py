"""Who may open what, written down a second time: a door that opens to somebody else is noticed.

``policy.txt`` has a line for each route behind the gate. It is changed by hand, together with the
route: what the code says of itself cannot show that the code is wrong.
"""

from dataclasses import replace

import pytest

from app.visit.roles import ROLES, Permission
from tests.house.crawl import Route, routes
from tests.house.source import ROOT
from tests.mutants.faults import FAULTS

POLICY = ROOT / "tests" / "house" / "policy.txt"


def written() -> set[str]:
    lines = POLICY.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def line_of(one: Route) -> str:
    audience = one.audience
    who = sorted(audience.roles) if audience.kind == "staff" else [audience.kind]
    left = ["also-after-leaving"] if audience.after_leaving else []
    return " ".join([one.method, one.path, *who, *left])


@pytest.mark.req("Z1")
def test_every_route_is_for_whom_the_policy_says(app):
    found = {line_of(one) for one in routes(app)}
    assert found - written() == set(), "enter these in policy.txt, if they are meant"
    assert written() - found == set(), "these are in policy.txt, and no route is so"


@pytest.mark.req("Z7")
def test_a_permission_taken_from_or_given_to_any_door_is_noticed(app):
    """Each permission of each door left out in turn, and each other one let in besides."""
    known, tried = written(), 0
    every = {one for role in ROLES.values() for one in role.may}
    for one in routes(app):
        permissions = one.audience.permissions
        for changed in _changed(permissions, every):
            other = replace(one, audience=replace(one.audience, permissions=changed))
            if other.audience.roles != one.audience.roles:
                tried += 1
                assert line_of(other) not in known, (one, changed)
    assert tried >= 500


def _changed(permissions: tuple[Permission, ...], every: set[Permission]):
    if permissions:
        yield from (tuple(p for p in permissions if p != left) for left in permissions)
        yield from ((*permissions, more) for more in every - set(permissions))


@pytest.mark.req("Z7")
def test_every_narrowing_to_a_scope_is_planted_away_by_a_fault():
    """``make mutants`` shows that a test notices each."""
    used, planted = set(), set()
    for path in sorted((ROOT / "app").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            if "in_scope(" in line and not line.startswith(("def ", "from ", "import ")):
                used.add((name, line.strip()))
    for fault in FAULTS:
        for name, old, new in fault.changes:
            if "in_scope(" in old and "in_scope(" not in new:
                planted |= {one for one in used if one[0] == name and _meets(old, one[1])}
    assert len(used) >= 7 and used - planted == set(), "plant a fault for each, in scopes.py"


def _meets(old: str, line: str) -> bool:
    return any(part.strip() and part.strip() in line for part in old.splitlines()) or line in old


@pytest.mark.req("Z7")
def test_the_policy_names_roles_that_exist():
    kinds = {"public", "participant", "also-after-leaving", *ROLES}
    assert {word for line in written() for word in line.split()[2:]} <= kinds
