"""The picture of a flag's life in the documentation."""

from pathlib import Path

from app.rules.diagram import diagram, page
from app.rules.transitions import TRANSITIONS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_documentation_shows_the_table_as_it_is():
    assert (DOCS / "flag-life.md").read_text(encoding="utf-8") == page()


def test_every_transition_is_an_arrow():
    for (status, _), after in TRANSITIONS.items():
        assert f"{status} --> {after}: " in diagram()
