"""Every rule that speaks is in the one order, and every number of the protocol is read."""

import ast
import re
from dataclasses import fields
from typing import get_type_hints

from app.protocol.thresholds import Thresholds
from app.rules.families.evaluation import SCORED
from app.rules.life import RULE_ORDER
from tests.house.source import modules

RULE = re.compile(r"[A-Z]{2,3}-[0-9T]")


def of_app(*starts: str) -> list[ast.AST]:
    trees = [each.tree for name, each in modules().items() if name.startswith(starts)]
    assert trees
    return [node for tree in trees for node in ast.walk(tree)]


def test_every_rule_that_a_family_finds_is_in_the_order_and_none_is_left_over():
    texts = {
        node.value
        for node in of_app("app.rules.families")
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {text for text in texts if RULE.fullmatch(text)} == set(RULE_ORDER)


def test_every_number_of_the_protocol_is_read_by_something():
    read = {
        node.attr
        for node in of_app("app.rules", "app.timeline", "app.brief")
        if isinstance(node, ast.Attribute)
    }
    numbers = {
        f"{family}.{field.name}"
        for family, group in get_type_hints(Thresholds).items()
        for field in fields(group)
    }
    # What stands in for an answer is asked for by the name of its item.
    read |= set(SCORED)
    assert {name for name in numbers if name.partition(".")[2] not in read} == set()
