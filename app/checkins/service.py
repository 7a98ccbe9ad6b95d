"""Check-ins as they are written: page by page, and judged when there is reason to.

The rules see a check-in when it is finished, at once when a page names an emergency, as it
stands when it was left unfinished for the protocol's time, and again after each change. Every
judgement stores the answers as they stood, and is one version of the check-in's event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from app import audit, turns
from app.audit import Actor, Subject
from app.checkins.flow import Stored, StoredPage, is_emergency
from app.checkins.queries import get_checkin, last_judged
from app.db import apart, write
from app.flags.service import Outcome, reassess
from app.instruments.definitions import Instrument
from app.instruments.scoring import PageAnswers, answered_at_all, merged
from app.languages import ENGLISH
from app.models.base import public_id
from app.models.checkin import CHECKIN, CHECKIN_JUDGEMENT, CHECKIN_PAGE
from app.models.people import PARTICIPANT
from app.protocol.in_force import protocol_of

_ADD = insert(CHECKIN).returning(CHECKIN.c.id)
_ADD_PAGE = insert(CHECKIN_PAGE)
_ADD_JUDGEMENT = insert(CHECKIN_JUDGEMENT)
_MOVE = (
    update(CHECKIN)
    .where(CHECKIN.c.id == bindparam("row"))
    .values(due_at=bindparam("due"), finished_at=bindparam("finished"))
)
_IS_OVERDUE = (CHECKIN.c.due_at <= bindparam("now"), CHECKIN.c.finished_at.is_(None))
_WHOSE = (
    select(CHECKIN.c.participant_id, PARTICIPANT.c.site_id)
    .join(PARTICIPANT, PARTICIPANT.c.id == CHECKIN.c.participant_id)
    .where(*_IS_OVERDUE)
    .distinct()
    .order_by(CHECKIN.c.participant_id)
)
_OVERDUE = (
    select(CHECKIN.c.id)
    .where(CHECKIN.c.participant_id == bindparam("who"), *_IS_OVERDUE)
    .order_by(CHECKIN.c.id)
)


@dataclass(frozen=True, slots=True)
class Telling:
    """Who answers, when, and how the answer came.

    ``token`` makes a resend of the whole check-in recognizable; ``seconds`` is how long the
    page was open.
    """

    participant_id: int
    actor: Actor
    now: datetime
    language: str = ENGLISH
    client_at: datetime | None = None
    seconds: int | None = None
    token: str = ""
    provenance: str = "same_day"
    entered_by: int | None = None
    reason: str | None = None
    """why an answer is changed after its day has closed"""
    layout: str = "pages"
    """which screens ask: pages, single or list"""
    at: datetime | None = None
    """when it was told, where it comes later than that: of a phone without a network"""
    at_once: bool = False
    """judged as it stands: who says that something is wrong now may not come to the end"""

    @property
    def told_at(self) -> datetime:
        return self.at or self.now

    def laid_out(self, layout: str) -> "Telling":
        return replace(self, layout=layout)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The check-in after the write, and what the rules made of it."""

    checkin: Stored
    outcome: Outcome


def start(
    session: Session, telling: Telling, instrument: Instrument, page: str, answers: PageAnswers
) -> Submitted:
    """Begin a check-in with its first answered page: one that is only looked at leaves no row."""
    row_id, name = _insert(session, telling, instrument, finished=False)
    begun = Stored(
        row_id, name, telling.participant_id, instrument, telling.now, None, layout=telling.layout
    )
    return store_page(session, telling, begun, page, answers)


def store_page(
    session: Session, telling: Telling, checkin: Stored, page: str, answers: PageAnswers
) -> Submitted:
    """Store one page as it was sent; a page sent again is a new revision of it.

    Judges at once if the page names an emergency or says so, or if the check-in was finished or
    left behind before: a correction does not begin it again.
    """
    former = checkin.pages.get(page)
    revision = former.revision + 1 if former else 1
    write(session, _ADD_PAGE, _page_row(checkin.id, page, revision, answers, telling))
    finished = checkin.finished_at is not None
    left = former is not None and not finished and not checkin.active(telling.now)
    due = None if finished or left else telling.now + _closing(session, telling)
    pages = {**checkin.pages, page: StoredPage(page, revision, answers)}
    after = replace(checkin, pages=pages, due_at=due)
    if not finished:
        write(session, _MOVE, {"row": checkin.id, "due": due, "finished": None})
    action = "checkin.change" if former else "checkin.page" if checkin.pages else "checkin.start"
    audit.record(
        session,
        telling.actor,
        action,
        Subject("checkin", checkin.id),
        now=telling.now,
        changes={page: [_plain(former.answers) if former else None, _plain(answers)]},
        reason=(telling.reason or "correction") if former else "",
        client_at=telling.client_at,
    )
    if is_emergency(answers) or telling.at_once or finished or left:
        return judge(session, after, telling.actor, telling.now, finished)
    return Submitted(after, Outcome())


def _closing(session: Session, telling: Telling) -> timedelta:
    return protocol_of(session, telling.participant_id, telling.now).checkin_closing


def finish(session: Session, telling: Telling, checkin: Stored) -> Submitted:
    """Close the check-in and have it judged. A second time changes nothing."""
    if checkin.finished_at is not None:
        return Submitted(checkin, Outcome())
    write(session, _MOVE, {"row": checkin.id, "due": None, "finished": telling.now})
    audit.record(
        session,
        telling.actor,
        "checkin.finish",
        Subject("checkin", checkin.id),
        now=telling.now,
        client_at=telling.client_at,
    )
    return judge(
        session, replace(checkin, finished_at=telling.now), telling.actor, telling.now, True
    )


def submit_pages(
    session: Session, telling: Telling, instrument: Instrument, pages: Mapping[str, PageAnswers]
) -> Submitted:
    """A whole check-in at once: stored, finished and judged with as few statements as it takes."""
    row_id, name = _insert(session, telling, instrument, finished=True)
    rows = [_page_row(row_id, key, 1, answers, telling) for key, answers in pages.items()]
    write(session, _ADD_PAGE, rows)
    audit.record(
        session,
        telling.actor,
        "checkin.add",
        Subject("checkin", row_id),
        now=telling.now,
        changes={key: [None, _plain(answers)] for key, answers in pages.items()},
        client_at=telling.client_at,
    )
    stored = {key: StoredPage(key, 1, answers) for key, answers in pages.items()}
    whole = Stored(
        row_id,
        name,
        telling.participant_id,
        instrument,
        telling.told_at,
        telling.told_at,
        pages=stored,
        layout=telling.layout,
    )
    return judge(session, whole, telling.actor, telling.now, True)


def _insert(
    session: Session, telling: Telling, instrument: Instrument, *, finished: bool
) -> tuple[int, str]:
    name = public_id()
    row = {
        "public_id": name,
        "participant_id": telling.participant_id,
        "token": telling.token or uuid4().hex,
        "instrument": instrument.key,
        "version": instrument.version,
        "language": telling.language,
        "layout": telling.layout,
        "started_at": telling.told_at,
        "finished_at": telling.told_at if finished else None,
        "due_at": None,
        "provenance": telling.provenance,
        "client_at": telling.client_at,
        "entered_by": telling.entered_by,
    }
    return write(session, _ADD, row).scalar_one(), name


def _page_row(
    checkin_id: int, page: str, revision: int, answers: PageAnswers, telling: Telling
) -> dict[str, Any]:
    return {
        "checkin_id": checkin_id,
        "page": page,
        "revision": revision,
        "method": answers.method,
        "ratings": answers.ratings,
        "signs": list(answers.signs),
        "texts": answers.texts,
        "received_at": telling.now,
        "seconds": telling.seconds,
        "reason": (telling.reason or "correction") if revision > 1 else None,
    }


def _plain(answers: PageAnswers) -> dict[str, Any]:
    """A page for the audit trail: what was said, without empty parts."""
    parts: Iterable[tuple[str, Any]] = (
        ("method", answers.method),
        ("ratings", answers.ratings),
        ("signs", list(answers.signs)),
        ("texts", answers.texts),
    )
    return {name: value for name, value in parts if value}


def judge(
    session: Session, checkin: Stored, actor: Actor, now: datetime, complete: bool
) -> Submitted:
    """One more version of the check-in for the rules, unless nothing was ever said in it."""
    answers = [page.answers for page in checkin.pages.values()]
    if not checkin.judgements and not answered_at_all(answers):
        return Submitted(checkin, Outcome())
    ratings, signs = merged(answers)
    number = checkin.judgements + 1
    write(
        session,
        _ADD_JUDGEMENT,
        {
            "checkin_id": checkin.id,
            "n": number,
            "at": now,
            "complete": complete,
            "ratings": ratings,
            "signs": signs,
        },
    )
    event = f"checkin-{checkin.id}.{number}"
    outcome = reassess(session, checkin.participant_id, [event], actor, now)
    return Submitted(replace(checkin, judgements=number), outcome)


def judge_overdue(session: Session, now: datetime) -> int:
    """Judge the check-ins that were left unfinished, as they stand; they stay open to go on.

    Returns how many the rules saw. Called by the worker, in a transaction of its own. Whoever is
    sending something now is left for the next run; what is overdue is read again in the person's
    turn, so that the two never number the same judgement.
    """
    judged = 0
    for who, site in session.execute(_WHOSE, {"now": now}).all():
        if not turns.of_person_if_free(session, who):
            continue
        worker = Actor("system:worker", site_id=site)
        for row_id in session.execute(_OVERDUE, {"who": who, "now": now}).scalars().all():
            with apart(session):
                judged += _judge_as_it_stands(session, worker, who, row_id, now)
    return judged


def _judge_as_it_stands(
    session: Session, worker: Actor, who: int, row_id: int, now: datetime
) -> int:
    checkin = get_checkin(session, who, row_id)
    write(session, _MOVE, {"row": row_id, "due": None, "finished": None})
    audit.record(session, worker, "checkin.overdue", Subject("checkin", row_id), now=now)
    if last_judged(session, row_id) == merged(p.answers for p in checkin.pages.values()):
        return 0  # an emergency was judged at once, and nothing was said since
    after = judge(session, checkin, worker, now, False).checkin
    return after.judgements - checkin.judgements
