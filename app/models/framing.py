"""Daily messages: which words, in which frame, a participant was shown."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.languages import LANGUAGES
from app.models.base import one_of, refers, row_id, table

FRAMES = ("gain", "loss")


class MessageExposure(SQLModel, table=True):
    """One message shown on one local day; a participant sees at most one a day."""

    __tablename__ = "message_exposure"
    __table_args__ = (
        UniqueConstraint("participant_id", "day"),
        one_of("frame", FRAMES),
        one_of("language", tuple(LANGUAGES)),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    day: date
    shown_at: datetime
    library_version: int
    message_key: str = Field(max_length=40)
    frame: str = Field(max_length=4)
    language: str = Field(max_length=2)
    assigned_by: str = Field(max_length=20, description="the protocol's way of assigning a frame")


MESSAGE_EXPOSURE = table(MessageExposure)
