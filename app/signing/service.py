"""Signing: a name, a time and a meaning bound to the version of a record by its hash.

Whoever signs has just proved that it is them (``signin/confirm``). No signature is ever changed: a
record that changes afterwards is signed anew, and the new signature says which one it supersedes.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Actor, Subject
from app.i18n import Translator
from app.models.signing import SIGNATURE
from app.signing.records import digests
from app.signing.words import WORDS

SIGN = "record.sign"
_INSERT = insert(SIGNATURE).returning(SIGNATURE.c.id)
_NEWEST = (
    select(SIGNATURE.c.id)
    .where(SIGNATURE.c.kind == bindparam("kind"), SIGNATURE.c.record_id == bindparam("record"))
    .order_by(SIGNATURE.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Declared:
    """Who signs, under which printed name, and what it means: its code and the words shown."""

    staff_id: int
    actor: Actor
    name: str
    meaning: str
    words: str


@dataclass(frozen=True, slots=True)
class Version:
    """What is signed: ``number`` is what people call this version of the record."""

    kind: str
    id: int
    number: str


def declared(staff_id: int, actor: Actor, name: str, meaning: str, tr: Translator) -> Declared:
    """In the language of whoever signs: what was read is what is stored."""
    return Declared(staff_id, actor, name, meaning, tr(WORDS[meaning]))


def sign(
    session: Session, by: Declared, what: Version, now: datetime, *, former: int | None = None
) -> int:
    """Sign the version as it stands in this transaction; returns the signature's id.

    ``former``: the record whose signature this one supersedes, where it is another row.
    """
    session.flush()
    digest = digests(session, what.kind, [what.id])[what.id]
    before = {"kind": what.kind, "record": what.id if former is None else former}
    superseded = session.execute(_NEWEST, before).scalar()
    values = {
        "kind": what.kind,
        "record_id": what.id,
        "version": what.number,
        "digest": digest,
        "staff_id": by.staff_id,
        "name": by.name,
        "meaning": by.meaning,
        "words": by.words,
        "at": now,
        "supersedes_id": superseded,
    }
    new_id: int = session.execute(_INSERT, values).scalar_one()
    told = {"id": new_id, **{name: values[name] for name in TOLD}}
    changes = {name: [None, value] for name, value in told.items()}
    audit.record(session, by.actor, SIGN, Subject(what.kind, what.id), now=now, changes=changes)
    return new_id


# What the entry of a signature repeats of it, so that neither is altered without the other.
TOLD = ("version", "digest", "name", "meaning", "words", "supersedes_id")
