"""What a worksheet is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from app.instruments.reading import Released
from app.instruments.text import Words
from app.strict import Flag, Whole, Word, fitting, single, within, wrong

# What may stand in a cell of a table.
CellKind = Literal["text", "ruler", "percent", "count", "time", "choice"]
FieldKind = Literal[CellKind, "list", "table", "balance", "shown"]

# What a field has beside its words, by its kind.
PARTS: Mapping[FieldKind, tuple[str, ...]] = {
    "ruler": ("low", "high"),
    "choice": ("options",),
    "list": ("rows",),
    "table": ("rows", "columns"),
    "balance": ("rows", "columns"),
}
TEXT_LIMIT = 2000
CELL_LIMIT = 300
GREATEST_LIMIT = 5000
GREATEST_ROWS = 10

# Figures of the participant's own diary that a sheet can show; they are never typed.
FIGURES: frozenset[str] = frozenset({"grams_per_week", "risk_level", "craving", "symptoms"})


def _id(name: str) -> str:
    if not name.isidentifier() or not name.isascii() or name != name.lower() or name[0] == "_":
        raise wrong("must be lower-case letters, digits and underscores")
    return name


Id = Annotated[Word, AfterValidator(_id)]


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    code: Id
    label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in.

    `text` is free text of at most `limit` characters; `ruler` is 0-10 with the anchors `low` and
    `high`; `percent` and `count` are whole numbers 0-100; `time` is HH:MM; `choice` has `options`;
    `list` has `rows` lines of text; `table` has `columns` and `rows`; `balance` is a table of two
    text columns that are weighed against each other; `shown` is the diary's figure with this id.
    """

    usual_limit: ClassVar[int] = TEXT_LIMIT

    id: Id
    kind: FieldKind
    label: Words
    hint: Words | None = None
    low: Words | None = None
    high: Words | None = None
    limit: Annotated[Whole, within(1, GREATEST_LIMIT)] = 0
    rows: Annotated[Whole, within(1, GREATEST_ROWS)] = 0
    options: tuple[Option, ...] = ()
    columns: tuple["Column", ...] = ()

    def __post_init__(self) -> None:
        fitting(self, PARTS.get(self.kind, ()), ("low", "high", "rows", "options", "columns"))
        if self.limit and self.kind != "text":
            raise wrong("does not belong here", "limit")
        usual = {"text": self.usual_limit, "list": CELL_LIMIT}.get(self.kind, 0)
        object.__setattr__(self, "limit", self.limit or usual)
        if self.kind == "shown" and self.id not in FIGURES:
            raise wrong(f"names {self.id!r}, which is not a figure of the diary", "id")
        if self.kind == "balance" and [one.kind for one in self.columns] != ["text", "text"]:
            raise wrong("must be two columns of text", "columns")
        for key, parts in (
            ("options", [option.code for option in self.options]),
            ("columns", [column.id for column in self.columns]),
        ):
            single(parts, key)
            if len(parts) == 1:
                raise wrong("must be two or more", key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Field):
    """A field that is a cell in each row of a table."""

    usual_limit: ClassVar[int] = CELL_LIMIT

    kind: CellKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Released):
    """One version of one worksheet, complete in both languages.

    `purpose` says what it is for, `way_out` that one may stop; `warnings` are safety texts that
    stand above everything else and are never folded away.

    `number` is its place in the counseling plan, 0 for a short form beside the plan. A `short`
    form is answered in a minute: choices are sent by the tap, and its last page finishes it. What
    is `sent` goes to the counselor when it is finished.
    """

    number: Whole
    short: Flag = False
    sent: Flag = False
    title: Words
    purpose: Words
    way_out: Words
    notes: tuple[Words, ...] = ()
    warnings: tuple[Words, ...] = ()
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        if not self.fields:
            raise wrong("must have something to fill in", "fields")
        if self.short != (self.number == 0):
            raise wrong("is 0 for a short form and for no other sheet", "number")
        single((field.id for field in self.fields), "fields")

    def field(self, field_id: str) -> Field:
        """Return a field by its id. Raises KeyError."""
        return {field.id: field for field in self.fields}[field_id]
