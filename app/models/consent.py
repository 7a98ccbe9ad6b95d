"""Electronic consent: which text is in force at a site, and who agreed to which."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.languages import LANGUAGES
from app.models.base import one_of, refers, row_id, table, text_column


class ConsentVersion(SQLModel, table=True):
    """A version of the text put in force at a site; after a major change everybody is asked."""

    __tablename__ = "consent_version"
    __table_args__ = (
        UniqueConstraint("site_id", "text_version"),
        one_of("change", ("major", "minor")),
    )
    id: int | None = row_id()
    site_id: int = refers("site.id")
    text_version: int
    change: str = Field(max_length=5)
    since: datetime
    set_by: int = refers("staff.id")
    reason: str = text_column()


CONSENT_VERSION = table(ConsentVersion)


class Consent(SQLModel, table=True):
    """A participant agreed to a text, or read of a minor change to it.

    ``text_hash`` is that of the file. ``name_sealed``: the own name, typed as a signature.
    ``rounds``: how often the questions were answered until all were right.
    """

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint("participant_id", "text_version"),
        one_of("kind", ("given", "informed")),
        one_of("language", tuple(LANGUAGES)),
        CheckConstraint("(kind = 'given') = (rounds > 0)", name="given_after_questions"),
    )
    id: int | None = row_id()
    participant_id: int = refers("participant.id")
    text_version: int
    text_hash: str = Field(max_length=64)
    language: str = Field(max_length=2)
    kind: str = Field(max_length=8)
    given_at: datetime
    rounds: int = 0
    name_sealed: str = text_column(default="")


CONSENT = table(Consent)
