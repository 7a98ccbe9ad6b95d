"""What a phone sends is stored once, however often it comes: one flow for every form.

A form that heard no answer comes again under its token. The same answers under it mean the same
entry, and lead to the same place; other answers are a question for the person, who sees both.

Where an answer leads: help comes first, and never waits for mail. The addresses are those of help
pages that anybody may open; they say nothing of an answer.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import bindparam, insert, select
from starlette.responses import Response

from app import audit
from app.audit import Subject
from app.db import noted_entries, write
from app.flags.service import Outcome
from app.models.diary import SUBMISSION
from app.models.flags import SEVERITIES
from app.visit import held
from app.visit.visits import ParticipantVisit
from app.web.forms import Form
from app.web.pages import see_other

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


def worst_of(outcomes: Iterable[Outcome]) -> Outcome:
    """What several entries of one form led to: the gravest, with all families of that severity."""
    found = [one for one in outcomes if one.worst is not None]
    if not found:
        return Outcome()
    worst = max((one.worst or "" for one in found), key=SEVERITIES.index)
    families = [name for one in found if one.worst == worst for name in one.families]
    return Outcome(worst, tuple(dict.fromkeys(families)))


def help_path(outcome: Outcome) -> str | None:
    """The help page that ``outcome`` calls for, or None."""
    if outcome.worst == "emergency":
        return "/help/talk" if outcome.families == ("SUI",) else "/help/now"
    if outcome.worst == "urgent":
        return "/help/talk" if "SUI" in outcome.families else "/help/soon"
    return None


def go_on(outcome: Outcome, url: str, note: str | None = None) -> Response:
    """Redirect to help where an answer calls for it, else to ``url`` with ``note``."""
    path = help_path(outcome)
    return see_other(path) if path else see_other(url, note)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form made: its row, what the rules said of it, and where it leads with which note.

    ``waited_at``: addresses of pages at which the same may have waited to be corrected.
    """

    row: int
    leads_to: str
    note: str | None = "saved"
    outcome: Outcome = field(default_factory=Outcome)
    waited_at: tuple[str, ...] = ()


def once(
    visit: ParticipantVisit,
    kind: str,
    about: str,
    tell: Callable[[Earlier | None], Entry | Response],
    same: Callable[[Earlier], Response],
    row: int | None = None,
) -> Response:
    """Answer a form: as before if it is the ``same`` as before, else by what it does ``tell``.

    ``about`` is what the address adds to the answers; ``row``, which row it names. ``tell`` is
    given what came earlier under the token, to show both side by side; with nothing earlier it
    stores, or refuses the form.
    """
    earlier = arrived(visit, kind, about)
    if earlier is not None and row is not None:
        earlier = earlier.at(row)
    if earlier is not None and earlier.same:
        return same(earlier)
    told = tell(earlier)
    if not isinstance(told, Entry):
        return told
    remember(visit, kind, told.row, about)
    if not noted_entries(visit.session):
        # All of it stood already: that it was sent again is on record as well.
        _note_same(visit, Subject(kind, told.row))
    for path in told.waited_at if visit.me.waits else ():
        held.drop_at(visit.session, visit.me.device_id, path)
    return go_on(told.outcome, told.leads_to, told.note)


def _note_same(visit: ParticipantVisit, subject: Subject) -> None:
    client_at = visit.form.client_at
    audit.record(
        visit.session, visit.me.actor, "sent.same", subject, now=visit.now, client_at=client_at
    )


def on_to(leads_to: str) -> Callable[[Earlier], Response]:
    """What a form that came before is answered with: it leads where it led."""
    return lambda _earlier: see_other(leads_to, "same")
