"""No cell of an exported file is a formula, and the raw file gives back what was stored."""

import csv
import io
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spreadsheet import csv_bytes

BEGINS = "=+-@\t\r\n\0＝＋－＠"
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
EVIL = st.builds(lambda spaces, first, rest: " " * spaces + first + rest, st.integers(0, 3),
                 st.sampled_from(BEGINS), WORDS)  # fmt: skip
ROWS = st.lists(st.lists(WORDS | EVIL, min_size=2, max_size=4), min_size=1, max_size=5)


def read(body: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(encoding), newline="")))


@pytest.mark.req("W11")
@given(ROWS)
def test_a_spreadsheet_runs_no_cell_and_shows_every_word(rows):
    found = read(csv_bytes(rows), "utf-8-sig")
    assert [len(row) for row in found] == [len(row) for row in rows]
    for shown, typed in zip(chain(*found), chain(*rows), strict=True):
        assert not shown.lstrip(" ").startswith(tuple(BEGINS)), shown
        assert shown in (typed, f"'{typed}")


@pytest.mark.req("W11")
@given(ROWS)
def test_a_raw_file_gives_back_what_was_stored(rows):
    assert read(csv_bytes(rows, for_spreadsheets=False), "utf-8") == rows


@pytest.mark.req("W11")
def test_no_file_of_the_product_is_written_past_it():
    """Whoever imports csv by itself would forget the guard."""
    from tests.house.source import imports, modules

    found = {
        name
        for name, module in modules().items()
        if any(one.target == "csv" for one in imports(module.tree))
    }
    # What a site keeps marks formulas by a function of its own, which stands alone without Daybook.
    # Exports ask the guard by themselves, cell by cell, for what is for spreadsheets alone.
    own = {"app.exports.csv_out", "app.recovery.archive", "app.recovery.verify"}
    assert found == {"app.spreadsheet"} | own
