"""A filled sheet as a whole, to read and to print: the sheet's words, the answers as written. Pure.

Labels, choices and anchors speak the reader's language; what was written stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.i18n import N_, Translator
from app.instruments.worksheets.definitions import Field, Sheet
from app.worksheets.figures import Figure

SCALE = N_("%(number)s of 10")


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a sheet. One of ``text``, ``lines`` and ``rows`` holds what was answered.

    ``ends`` are the anchors of a ruler; ``head`` names the columns of ``rows``. All three are
    empty where nothing was answered.
    """

    label: str
    text: str = ""
    ends: str = ""
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.text or self.lines or self.rows)


def whole(
    sheet: Sheet, values: Mapping[str, Any], figures: Mapping[str, Figure], tr: Translator
) -> tuple[Shown, ...]:
    """Every field of the sheet in its order, answered or not.

    ``figures`` are those of the diary as they stood when the sheet was finished.
    """
    return tuple(
        _figure(field, figures.get(field.id), tr)
        if field.kind == "shown"
        else _shown(field, values.get(field.id), tr)
        for field in sheet.fields
    )


def _figure(field: Field, figure: Figure | None, tr: Translator) -> Shown:
    lines = (*figure.lines, figure.over) if figure else ()
    return Shown(field.label.say(tr.lang), lines=lines)


def _shown(field: Field, value: Any, tr: Translator) -> Shown:
    label = field.label.say(tr.lang)
    if field.kind == "list":
        return Shown(label, lines=tuple(str(line) for line in value or ()))
    if field.kind in ("table", "balance"):
        head = tuple(column.label.say(tr.lang) for column in field.columns)
        rows = tuple(
            tuple(cell_words(column, row.get(column.id), tr) for column in field.columns)
            for row in value or ()
        )
        return Shown(label, head=head, rows=rows)
    return Shown(label, cell_words(field, value, tr), _ends(field, tr) if value is not None else "")


def _ends(field: Field, tr: Translator) -> str:
    if field.low is None or field.high is None:
        return ""
    return f"0 = {field.low.say(tr.lang)}, 10 = {field.high.say(tr.lang)}"


def cell_words(field: Field, value: Any, tr: Translator) -> str:
    """One answer as it is read; empty where there is none."""
    if value is None:
        return ""
    if field.kind == "choice":
        named = {option.code: option.label.say(tr.lang) for option in field.options}
        return named.get(str(value), str(value))
    if field.kind == "ruler":
        return tr(SCALE, number=value)
    return f"{value} %" if field.kind == "percent" else str(value)
