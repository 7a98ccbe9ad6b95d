"""What a participant tells about a day: tablet, alcohol, other substances.

Entries are never overwritten: a change adds a row that ``replaces`` the former
one and stamps that one's ``superseded_at``.
"""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import (
    PROVENANCES,
    DayEntry,
    between,
    json_column,
    number,
    one_of,
    refers,
    row_id,
    table,
    text_column,
)


class Submission(SQLModel, table=True):
    """One sent form: the token that makes a resend harmless, and what it made."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("participant_id", "token"),)
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    token: str = Field(max_length=64)
    kind: str = Field(max_length=24)
    body_hash: str = Field(max_length=64)
    subject_id: int = number()
    received_at: datetime
    client_at: datetime | None = None
    skew_seconds: int | None = None


SUBMISSION = table(Submission)


class Dose(DayEntry, table=True):
    """A study tablet taken, or one the participant says was not taken."""

    __tablename__ = "dose"
    __table_args__ = (
        Index("ix_dose_participant_id_day", "participant_id", "day"),
        one_of("provenance", PROVENANCES),
        between("mg", 0, 1000),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    replaces_id: int | None = refers("dose.id", default=None)
    void: bool = False
    taken: bool
    at: datetime | None = None
    mg: float | None = None
    reason: str | None = Field(default=None, max_length=40)
    hold: bool = False


DOSE = table(Dose)


class DrinkDay(DayEntry, table=True):
    """A day's alcohol. ``items``: [{beverage, ml, abv, count, grams}]; empty: none."""

    __tablename__ = "drink_day"
    __table_args__ = (
        Index("ix_drink_day_participant_id_day", "participant_id", "day"),
        one_of("provenance", PROVENANCES),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    replaces_id: int | None = refers("drink_day.id", default=None)
    void: bool = False
    items: list[dict[str, object]] = json_column(default_factory=list)
    grams: float = 0.0
    best_guess: bool = False
    last_drink_at: datetime | None = None


DRINK_DAY = table(DrinkDay)


class SubstanceDay(DayEntry, table=True):
    """A day's other substances. ``items``: [{substance, at?, route?, note?}]; empty: none."""

    __tablename__ = "substance_day"
    __table_args__ = (
        Index("ix_substance_day_participant_id_day", "participant_id", "day"),
        one_of("provenance", PROVENANCES),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    replaces_id: int | None = refers("substance_day.id", default=None)
    void: bool = False
    items: list[dict[str, object]] = json_column(default_factory=list)


SUBSTANCE_DAY = table(SubstanceDay)


class Note(SQLModel, table=True):
    """A participant's own words, for the next session; no rule reads them."""

    __tablename__ = "note"
    id: int | None = row_id()
    participant_id: int = refers("participant.id", index=True)
    at: datetime
    text: str = text_column()


NOTE = table(Note)


class MarkerDay(SQLModel, table=True):
    """A day that helps to remember: a holiday, a payday, an event of one's own."""

    __tablename__ = "marker_day"
    __table_args__ = (Index("ix_marker_day_participant_id_day", "participant_id", "day"),)
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    day: date
    text: str = Field(max_length=80)
    created_at: datetime
    removed_at: datetime | None = None


MARKER_DAY = table(MarkerDay)
