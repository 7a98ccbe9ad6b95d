"""Adverse events: where each came from, what is known of it, version by version, and reports."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import (
    json_column,
    number,
    one_of,
    public_id,
    refers,
    row_id,
    table,
    text_column,
)

SERIOUS = ("death", "life_threatening", "hospital", "disability", "birth_defect", "important")
CAUSALITY = ("certain", "probable", "possible", "unlikely", "conditional", "unassessable")
EXPECTED = ("expected", "unexpected", "unknown")
DECHALLENGE = ("improved", "not_improved", "not_stopped", "unknown")
RECHALLENGE = ("returned", "not_returned", "not_tried", "unknown")
ACTIONS = ("unchanged", "reduced", "held", "stopped", "not_applicable", "unknown")
OUTCOMES = ("recovered", "recovering", "not_recovered", "sequelae", "fatal", "unknown")
CLOCKS = ("sponsor", "fatal", "fatal_follow_up", "serious")


class AdverseEvent(SQLModel, table=True):
    """One event of one participant; the row never changes.

    ``number`` counts the events of the participant. It was promoted from an answer
    (``checkin_id`` and ``item``) or from an alert (``flag_id``), or entered anew.
    """

    __tablename__ = "adverse_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["participant_id", "site_id"], ["participant.id", "participant.site_id"]
        ),
        UniqueConstraint("participant_id", "number"),
        UniqueConstraint("flag_id"),
        UniqueConstraint("checkin_id", "item"),
        Index("ix_adverse_event_site_id", "site_id"),
        {"info": {"append_only": True}},
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    participant_id: int = number()
    site_id: int = number()
    number: int
    made_at: datetime
    made_by: int = refers("staff.id")
    checkin_id: int | None = refers("checkin.id", default=None)
    item: str | None = Field(default=None, max_length=40)
    flag_id: int | None = refers("flag.id", default=None)


ADVERSE_EVENT = table(AdverseEvent)


class AdverseVersion(SQLModel, table=True):
    """All that was known of an event at a time; a follow-up is another row, and none changes.

    ``verdict`` no_event: it was looked at and is none, for the ``reason``. ``scale`` is the
    version of the grading that the grade is of. ``aware_at`` is when the site learned of what this
    version says. ``code`` and ``dictionary`` are filled in by whoever holds a licence.
    """

    __tablename__ = "adverse_version"
    __table_args__ = (
        UniqueConstraint("event_id", "n"),
        one_of("verdict", ("event", "no_event")),
        CheckConstraint("grade >= 1 AND grade <= 5", name="grade_range"),
        one_of("causality", CAUSALITY),
        one_of("expected", EXPECTED),
        one_of("dechallenge", DECHALLENGE),
        one_of("rechallenge", RECHALLENGE),
        one_of("action", ACTIONS),
        one_of("outcome", OUTCOMES),
        {"info": {"append_only": True}},
    )
    id: int | None = row_id()
    event_id: int = refers("adverse_event.id")
    n: int
    at: datetime
    written_by: int = refers("staff.id")
    reason: str = text_column(default="")
    verdict: str = Field(max_length=8)
    term: str = text_column(default="")
    began_on: date | None = None
    ended_on: date | None = None
    grade: int | None = None
    scale: str | None = Field(default=None, max_length=20)
    serious: list[str] = json_column(default_factory=list)
    causality: str | None = Field(default=None, max_length=14)
    expected: str | None = Field(default=None, max_length=12)
    dechallenge: str | None = Field(default=None, max_length=14)
    rechallenge: str | None = Field(default=None, max_length=14)
    action: str | None = Field(default=None, max_length=16)
    outcome: str | None = Field(default=None, max_length=14)
    aware_at: datetime | None = None
    narrative: str = text_column(default="")
    code: str = Field(default="", max_length=40)
    dictionary: str = Field(default="", max_length=40)


ADVERSE_VERSION = table(AdverseVersion)


class AdverseReport(SQLModel, table=True):
    """That an event was reported, by which clock, and when; never changed."""

    __tablename__ = "adverse_report"
    __table_args__ = (
        Index("ix_adverse_report_event_id", "event_id"),
        one_of("clock", CLOCKS),
        {"info": {"append_only": True}},
    )
    id: int | None = row_id()
    event_id: int = refers("adverse_event.id")
    clock: str = Field(max_length=16)
    reported_at: datetime
    recorded_at: datetime
    recorded_by: int = refers("staff.id")
    note: str = text_column(default="")


ADVERSE_REPORT = table(AdverseReport)
