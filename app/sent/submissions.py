"""What makes a resend harmless: one token, one entry.

A phone that heard no answer sends the form again under the token of the page. The same
body means the same entry; another body under the same token is a question for the person.
"""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from app.db import write
from app.models.diary import SUBMISSION
from app.visit.visits import ParticipantVisit
from app.web.forms import Form

_FIND = select(SUBMISSION.c.kind, SUBMISSION.c.subject_id, SUBMISSION.c.body_hash).where(
    SUBMISSION.c.participant_id == bindparam("who"), SUBMISSION.c.token == bindparam("token")
)
_INSERT = insert(SUBMISSION)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What arrived under the same token before; ``same`` if its body was the same.

    ``subject_id`` is the row that the form made. It is None where the token came with another
    kind of form: the number would name a row of another table, perhaps of another person.
    """

    subject_id: int | None
    same: bool

    def at(self, subject_id: int) -> "Earlier":
        """The same, as seen from the address of one row: another row's form is none of it."""
        return self if self.subject_id == subject_id else Earlier(None, False)


def arrived(
    visit: ParticipantVisit, kind: str, about: str, form: Form | None = None
) -> Earlier | None:
    """The earlier arrival of the form's token, or None; ``form``: another than was sent.

    ``about`` is what the address adds to the body, such as the day or the page.
    """
    form = form or visit.form
    if not form.token:
        return None
    known = {"who": visit.me.id, "token": form.token}
    row = visit.session.connection().execute(_FIND, known).first()
    if row is None:
        return None
    if row.kind != kind:
        return Earlier(None, False)
    return Earlier(row.subject_id, row.body_hash == body_hash(form, about))


def remember(
    visit: ParticipantVisit, kind: str, subject_id: int, about: str, form: Form | None = None
) -> None:
    """Note what the form's token made. Call it in the transaction of the entry.

    The phone's clock is kept beside the server's, with the seconds between them.
    """
    form, now = form or visit.form, visit.now
    if not form.token:
        return
    skew = round((form.client_at - now).total_seconds()) if form.client_at else None
    write(
        visit.session,
        _INSERT,
        {
            "participant_id": visit.me.id,
            "token": form.token,
            "kind": kind,
            "body_hash": body_hash(form, about),
            "subject_id": subject_id,
            "received_at": now,
            "client_at": form.client_at,
            "skew_seconds": skew,
        },
    )


def body_hash(form: Form, about: str) -> str:
    """SHA-256 of what was answered, as hex; the technical fields are not part of it."""
    body = json.dumps([about, form.pairs()], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()
