"""The tables of the first edition of the rules, and which of them the second edition changed.

Every row is judged by the protocol that comes with the product. The rows named in the text beside
this file say what the first edition said and the second says otherwise (`test_second_edition.py`
has its own tables): they are judged by the protocol of the first edition, so that a replay of an
old record under its old version still gives its old flags.
"""

from pathlib import Path

import pytest

from app.protocol.loader import first_edition
from tests.rules import scenarios, story

CHANGED = set(
    Path(__file__).with_name("changed_by_the_second_edition.txt").read_text("utf-8").splitlines()
)


@pytest.fixture(autouse=True)
def edition(request, monkeypatch):
    """The first edition for a row that the second changed."""
    if f"{request.node.path.name}::{request.node.name}" in CHANGED:
        monkeypatch.setattr(story, "PROTOCOL", first_edition())
        monkeypatch.setattr(scenarios, "load_protocol", first_edition)
