"""The forms that data can be had in: what each is called, for whom it is, and what writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.exports import csv_out, timeline_out
from app.exports.about import About, Written
from app.exports.record import Record
from app.exports.tables import TABLES
from app.i18n import N_


@dataclass(frozen=True, slots=True)
class Kind:
    """``passes``: how often everybody is read for it."""

    title: str
    says: str
    suffix: str
    media: str
    write: Callable[[Record, About, Written], Iterator[bytes]]
    passes: int = len(TABLES)


KINDS = {
    "csv": Kind(
        N_("CSV with a codebook"),
        N_("For R, Python and other programs: every value as it was stored"),
        "zip",
        "application/zip",
        csv_out.raw,
    ),
    "spreadsheet": Kind(
        N_("CSV for spreadsheets"),
        N_("The same for Excel or LibreOffice: nothing in it runs as a formula"),
        "zip",
        "application/zip",
        csv_out.for_spreadsheets,
    ),
    "timeline": Kind(
        N_("Timelines as JSON"),
        N_("One file a participant, for a replay of the rules; without texts"),
        "zip",
        "application/zip",
        timeline_out.package,
        1,
    ),
}
