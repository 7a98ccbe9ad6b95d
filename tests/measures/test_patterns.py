"""Weekly patterns of real trials, with the outcomes that a published program gives them.

Source and licence: `tests/real/sample/SOURCE.md`.
"""

import csv
from pathlib import Path

import pytest

from tests.real.compare import OUTCOMES, outcomes, same

TEXT = (Path(__file__).parent / "patterns.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TEXT.splitlines()))


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_definition_gives_the_published_outcome_of_every_pattern(name):
    wrong = [
        (row["word"], column, row[column], ours)
        for row in ROWS
        for column, ours in outcomes(row["word"], OUTCOMES[name]).items()
        if not same(ours, row[column])
    ]
    assert len(ROWS) > 150 and wrong == []
