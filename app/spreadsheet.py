"""CSV that a spreadsheet opens without running anything of what somebody typed."""

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the beginning of a formula, or skips on the way to one.
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """The text as a spreadsheet is to show it: a mark before it, where it would be a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS) else text


def csv_bytes(rows: Iterable[Sequence[str]], *, for_spreadsheets: bool = True) -> bytes:
    """With the mark by which spreadsheets know UTF-8; raw, each value is what was stored."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([neutral(one) for one in row] if for_spreadsheets else row)
    return out.getvalue().encode("utf-8-sig" if for_spreadsheets else "utf-8")
