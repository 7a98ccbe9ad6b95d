"""Signatures: who signed which version of which record, and what it meant."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import number, one_of, refers, row_id, table

# What can be signed; ``app.signing.records`` says for each what its bytes are.
SIGNABLE = ("session_note", "protocol_version", "participant")
# What a signature can mean; ``app.signing.words`` has the words.
MEANINGS = ("held", "not_held", "taken_over", "amended", "in_force", "reviewed")


class Signature(SQLModel, table=True):
    """One signature. The database takes new ones and changes none.

    ``name`` and ``words`` are the printed name and the meaning as they were shown; ``digest`` is
    the SHA-256 of the record's version. ``supersedes_id`` is the signature that this one follows,
    of the same record or of the version before.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("supersedes_id"),
        Index("ix_signature_kind_record_id", "kind", "record_id"),
        one_of("kind", SIGNABLE),
        one_of("meaning", MEANINGS),
        CheckConstraint("length(digest) = 64", name="digest"),
        {"info": {"append_only": True}},
    )
    id: int | None = row_id()
    kind: str = Field(max_length=30)
    record_id: int = number()
    version: str = Field(max_length=40)
    digest: str = Field(max_length=64)
    staff_id: int = refers("staff.id")
    name: str = Field(max_length=120)
    meaning: str = Field(max_length=20)
    words: str = Field(max_length=200)
    at: datetime
    supersedes_id: int | None = refers("signature.id", default=None)


SIGNATURE = table(Signature)
