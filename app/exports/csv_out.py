"""The tables as CSV with a codebook, in one zip: a Frictionless data package.

Two flavours hold the same rows. In the raw one each value is what was stored, for programs; the
one for spreadsheets begins with the mark by which they know UTF-8, and what they would take for a
formula is marked as text. The codebook is written from the tables themselves, once for programs
(``datapackage.json``) and once for readers (``codebook.csv``).

Rows are written as they are read, and the zip is cut into pieces as it grows: its size is a matter
of the disk and not of the memory.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.exports.about import About, Written, Zip
from app.exports.model import Column, Groups, Table, words
from app.exports.record import Record
from app.exports.tables import TABLES
from app.i18n import N_, Translator
from app.spreadsheet import neutral

PACKAGE, CODEBOOK = "datapackage.json", "codebook.csv"
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def raw(record: Record, about: About, written: Written) -> Iterator[bytes]:
    return _package(record, about, written, marked=False)


def for_spreadsheets(record: Record, about: About, written: Written) -> Iterator[bytes]:
    return _package(record, about, written, marked=True)


def _package(record: Record, about: About, written: Written, *, marked: bool) -> Iterator[bytes]:
    """The zip, piece by piece."""
    pack = Zip(about.by)
    for table in TABLES:
        with pack.file(f"{table.name}.csv") as file:
            for text in lines(table, record.groups, written, marked=marked):
                file.write(text.encode())
                yield from pack.pieces.full()
    written.people = written.rows["participants"]
    pack.put(CODEBOOK, _text(_codebook(about.tr), marked))
    described = described_as(about, written, marked=marked)
    pack.put(PACKAGE, json.dumps(described, ensure_ascii=False, indent=1))
    yield pack.end()


def lines(table: Table, groups: Groups, written: Written, *, marked: bool) -> Iterator[str]:
    """A table as CSV, the rows of one person after those of the other."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if marked:
        out.write(MARK)
    writer.writerow([column.name for column in table.columns])
    plain = _plain(table, marked)
    count = 0
    for person, things in groups(table.reads):
        rows = list(table.of(person, things))
        writer.writerows(map(plain, rows))
        count += len(rows)
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()
    written.rows[table.name] = count


def _plain(table: Table, marked: bool) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """A row as the writer of CSV takes it: it writes days and numbers by itself."""
    moments = table.places("datetime")
    texts = table.places("string") if marked else ()
    if not moments and not texts:
        return lambda row: row

    def plain(row: Sequence[Any]) -> Sequence[Any]:
        cells = list(row)
        for n in moments:
            if cells[n] is not None:
                cells[n] = cells[n].isoformat()
        for n in texts:
            if cells[n] is not None:
                cells[n] = neutral(cells[n])
        return cells

    return plain


# The codebook ---------------------------------------------------------------------------------

HEADINGS = (
    N_("Table"),
    N_("Column"),
    N_("Type"),
    N_("Meaning"),
    N_("Values"),
    N_("Lowest"),
    N_("Highest"),
    N_("Always there"),
)
TYPES = {
    "string": N_("text"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "boolean": N_("yes or no"),
    "date": N_("date"),
    "datetime": N_("moment with its offset"),
}


def _codebook(tr: Translator) -> list[list[str]]:
    found = [[tr(heading) for heading in HEADINGS]]
    for table in TABLES:
        for one in table.columns:
            codes = [f"{code} = {words(text, tr)}" for code, text in one.codes.items()]
            found.append(
                [
                    table.name,
                    one.name,
                    tr(TYPES[one.type]),
                    words(one.title, tr),
                    "; ".join(codes),
                    _number(one.low),
                    _number(one.high),
                    tr("yes") if one.required else tr("no"),
                ]
            )
    return found


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _text(rows: list[list[str]], marked: bool) -> str:
    out = io.StringIO(newline="")
    out.write(MARK if marked else "")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([neutral(one) for one in row] if marked else row for row in rows)
    return out.getvalue()


def described_as(about: About, written: Written, *, marked: bool) -> dict[str, Any]:
    """The package in the terms of Frictionless (tabular data package 1)."""
    tr = about.tr
    return {
        "profile": "tabular-data-package",
        "name": "daybook",
        "title": tr(
            "Data of %(site)s, protocol version %(version)s",
            site=about.site,
            version=about.protocol,
        ),
        "description": tr(
            "Coded data without names, numbers and free texts of participants. Each row says "
            "whether it counts; replaced versions are kept. Nothing that arrived after "
            "somebody took back their consent to the study is here."
        ),
        "created": about.by.isoformat(),
        "sources": [{"title": about.site}],
        "resources": [_resource(table, about, written, marked) for table in TABLES],
    }


def _resource(table: Table, about: About, written: Written, marked: bool) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": words(table.title, about.tr),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig" if marked else "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
        "rows": written.rows.get(table.name, 0),
        "schema": {
            "fields": [_field(one, about.tr) for one in table.columns],
            "primaryKey": list(table.key),
            "missingValues": [""],
        },
    }


def _field(column: Column, tr: Translator) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": words(column.title, tr),
    }
    bounds: dict[str, Any] = {"required": True} if column.required else {}
    if column.type == "boolean":
        found |= {"trueValues": ["1"], "falseValues": ["0"]}
    elif column.codes:
        bounds["enum"] = list(column.codes)
        labels: Mapping[Any, Any] = column.codes
        found["codes"] = {str(code): words(text, tr) for code, text in labels.items()}
    # With an offset, so that it is the moment and not only the clock.
    if column.type == "datetime":
        found["format"] = "any"
    bounds |= {"minimum": column.low} if column.low is not None else {}
    bounds |= {"maximum": column.high} if column.high is not None else {}
    if bounds:
        found["constraints"] = bounds
    return found
