"""What a worksheet is made of."""

from dataclasses import dataclass
from typing import Literal

from app.instruments.reading import Stamp
from app.languages import Text

FieldKind = Literal[
    "text", "ruler", "percent", "count", "time", "choice", "list", "table", "balance", "shown"
]

# What may stand in a cell of a table.
CELL_KINDS: frozenset[str] = frozenset({"text", "ruler", "percent", "count", "time", "choice"})

# Figures of the participant's own diary that a sheet can show; they are never typed.
FIGURES: frozenset[str] = frozenset({"grams_per_week", "risk_level", "craving", "symptoms"})


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    code: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in.

    `text` is free text of at most `limit` characters; `ruler` is 0-10 with the anchors `low` and
    `high`; `percent` and `count` are whole numbers 0-100; `time` is HH:MM; `choice` has `options`;
    `list` has `rows` lines of text; `table` has `columns` and `rows`; `balance` is a table of two
    text columns that are weighed against each other; `shown` is the diary's figure with this id.
    """

    id: str
    kind: FieldKind
    label: Text
    hint: Text | None
    low: Text | None
    high: Text | None
    limit: int
    rows: int
    options: tuple[Option, ...]
    columns: tuple["Field", ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One version of one worksheet, complete in both languages.

    `purpose` says what it is for, `way_out` that one may stop; `warnings` are safety texts that
    stand above everything else and are never folded away.

    `number` is its place in the counseling plan, 0 for a short form beside the plan. A `short`
    form is answered in a minute: choices are sent by the tap, and its last page finishes it. What
    is `sent` goes to the counselor when it is finished.
    """

    stamp: Stamp
    number: int
    short: bool
    sent: bool
    title: Text
    purpose: Text
    way_out: Text
    notes: tuple[Text, ...]
    warnings: tuple[Text, ...]
    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """The sheet's key, stored with each filled sheet."""
        return self.stamp.key

    @property
    def version(self) -> int:
        """The sheet's version, stored with each filled sheet."""
        return self.stamp.version

    def field(self, field_id: str) -> Field:
        """Return a field by its id. Raises KeyError."""
        return {field.id: field for field in self.fields}[field_id]
