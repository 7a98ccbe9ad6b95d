"""Check-ins, page by page, and the moments at which they were judged."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import PROVENANCES, json_column, one_of, public_id, refers, row_id, table

METHODS = ("each", "page_none", "skipped")
# Which screens asked: page by page, one question a screen, or the whole list on one page.
LAYOUTS = ("pages", "single", "list")


class Checkin(SQLModel, table=True):
    """One check-in: instrument and version, open until all pages are in."""

    __tablename__ = "checkin"
    __table_args__ = (
        Index("ix_checkin_participant_id_started_at", "participant_id", "started_at"),
        Index("ix_checkin_due_at", "due_at"),
        UniqueConstraint("participant_id", "token"),
        one_of("provenance", PROVENANCES),
        one_of("layout", LAYOUTS),
    )
    id: int | None = row_id()
    public_id: str = Field(default_factory=public_id, unique=True, max_length=16)
    participant_id: int = refers("participant.id")
    token: str = Field(max_length=64)
    instrument: str = Field(max_length=40)
    version: int
    language: str = Field(max_length=2)
    layout: str = Field(default="pages", max_length=8)
    started_at: datetime
    finished_at: datetime | None = None
    due_at: datetime | None = Field(
        default=None, description="when an unfinished check-in is judged as it stands"
    )
    provenance: str = Field(default="same_day", max_length=16)
    client_at: datetime | None = None
    entered_by: int | None = refers("staff.id", default=None)


CHECKIN = table(Checkin)


class CheckinPage(SQLModel, table=True):
    """One page as it was sent. A later ``revision`` of the page replaces the former."""

    __tablename__ = "checkin_page"
    __table_args__ = (
        UniqueConstraint("checkin_id", "page", "revision"),
        one_of("method", METHODS),
    )
    id: int | None = row_id()
    checkin_id: int = refers("checkin.id")
    page: str = Field(max_length=24)
    revision: int = 1
    method: str = Field(max_length=12)
    ratings: dict[str, float] = json_column(default_factory=dict)
    signs: list[str] = json_column(default_factory=list)
    texts: dict[str, str] = json_column(default_factory=dict)
    received_at: datetime
    seconds: int | None = None
    reason: str | None = Field(default=None, max_length=200)


CHECKIN_PAGE = table(CheckinPage)


class CheckinJudgement(SQLModel, table=True):
    """A moment at which the rules saw the check-in: one version of its event.

    ``ratings`` and ``signs`` are the answers of all pages as they stood then, so that the
    timeline reads one row a version and the evidence can be reproduced.
    """

    __tablename__ = "checkin_judgement"
    __table_args__ = (UniqueConstraint("checkin_id", "n"),)
    id: int | None = row_id()
    checkin_id: int = refers("checkin.id")
    n: int
    at: datetime
    complete: bool
    ratings: dict[str, float] = json_column(default_factory=dict)
    signs: list[str] = json_column(default_factory=list)


CHECKIN_JUDGEMENT = table(CheckinJudgement)


class Screen(SQLModel, table=True):
    """A mood or self-harm screen, completed by the participant or by staff."""

    __tablename__ = "screen"
    __table_args__ = (Index("ix_screen_participant_id_at", "participant_id", "at"),)
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    instrument: str = Field(max_length=40)
    version: int
    at: datetime
    received_at: datetime
    ratings: dict[str, float] = json_column(default_factory=dict)
    entered_by: int | None = refers("staff.id", default=None)


SCREEN = table(Screen)
