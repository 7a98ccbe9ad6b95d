"""Forms that wait, sealed: sent on a locked session, or not yet fit to be stored whole.

The first kind is offered again after the PIN, the second when its page is opened again.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session

from app.db import Database
from app.i18n import N_
from app.models.people import HELD_POST
from app.web.forms import Form
from app.web.unsent import KEEP_FOR

_SHEET_PAGE = re.compile(r"/worksheets/(?!about/)[^/]+/[0-9][0-9-]*", re.ASCII)


# So many forms of one phone wait at once: whoever holds it locked fills no disk with them.
MOST = 20

# What these buttons show to the team is not offered again behind the lock, as if it were a text.
SHOWS_TO_TEAM = ("/share", "/finish")
# Buttons, and how a page stood: a form of these alone was pressed and not typed, and may be
# pressed again.
_PRESSED = {"stood", "stop", "another", "leave", "resume"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a held form is called to somebody who looks over a shoulder, and what becomes of it.

    The title says where it stands and not what it asks; every text is to be translated.
    """

    title: str
    heading: str
    says: str
    keep: str
    drop: str


def _diary(title: str) -> Kind:
    return Kind(
        title,
        N_("Not sent yet"),
        N_("What you typed is kept for you. It is not in your diary yet."),
        N_("Send it now"),
        N_("Do not send it"),
    )


def _removal() -> Kind:
    return Kind(
        N_("A day of your diary"),
        N_("Not taken out yet"),
        N_("You asked to take something out of your diary. It still stands there."),
        N_("Take it out"),
        N_("Leave it there"),
    )


_KINDS = (
    (r"/today/dose", _diary(N_("A short answer on Today"))),
    (r"/today/week", _diary(N_("The weekly page"))),
    (r"/today(/.*)?", _diary(N_("A check-in"))),
    (r"/day/[^/]+/dose/back|/calendar/[^/]+/forget", _removal()),
    (r"/(day|calendar)/.*", _diary(N_("A day of your diary"))),
    (
        r"/me/.*",
        Kind(
            N_("Settings"),
            N_("Not saved yet"),
            N_("What you chose is kept for you. Your settings are still as they were."),
            N_("Save the settings"),
            N_("Leave them as they are"),
        ),
    ),
    (
        r"/worksheets/.*",
        Kind(
            N_("A worksheet"),
            N_("Not saved yet"),
            N_(
                "What you typed is kept for you. It is not in the worksheet yet. "
                "Keeping it there shows it to nobody."
            ),
            N_("Keep it in the worksheet"),
            N_("Throw it away"),
        ),
    ),
)


def kind_of(path: str) -> Kind:
    found = (kind for pattern, kind in _KINDS if re.fullmatch(pattern, path))
    return next(found, _diary(N_("A page of your diary")))


def typed_in(form: Form) -> bool:
    """Whether there is anything to keep: a button alone is pressed again, or not."""
    return bool(form.fields.keys() - _PRESSED)


def _resting_place(path: str, fields: Mapping[str, list[str]]) -> tuple[str, dict[str, list[str]]]:
    """A page of a worksheet waits as its draft, which saves it and neither finishes nor sends."""
    if not _SHEET_PAGE.fullmatch(path) or not fields.keys() - _PRESSED:
        return path, dict(fields)
    kept = {name: values for name, values in fields.items() if name not in _PRESSED - {"stood"}}
    return f"{path}/draft", kept


@dataclass(frozen=True, slots=True)
class Held:
    """One form that waits: where it goes, when it came, and its fields in order."""

    id: int
    path: str
    at: datetime
    fields: list[tuple[str, str]]


class Full(Exception):
    """As much waits as may: nothing of it is dropped for another form.

    ``acted``: what could not wait in that form is stored and told all the same.
    """

    def __init__(self, acted: bool = False):
        super().__init__()
        self.acted = acted


def keep(database: Database, device_id: int, path: str, form: Form, now: datetime) -> None:
    """Seal the form; older ones than half a day go, and what the same autosave sent before.

    Raises Full.
    """
    path, fields = _resting_place(path, form.fields)
    form = replace(form, fields=fields)
    body = json.dumps([*form.pairs(), *form.technical()], ensure_ascii=False)
    with database.write() as session:
        forget_old(session, now)
        if path.endswith("/draft") and form.token:
            _drop_former(session, device_id, path, form.token)
        _make_room(session, device_id, path)
        session.execute(
            insert(HELD_POST).values(
                device_id=device_id,
                path=path,
                body_sealed=database.keys.seal(body),
                created_at=now,
            )
        )


def _make_room(session: Session, device_id: int, path: str) -> None:
    """The newest state of the same page makes room for a newer one, and no other page does."""
    if _count(session, device_id) < MOST:
        return
    newest = session.execute(_newest(device_id).where(HELD_POST.c.path == path)).first()
    if newest is None:
        raise Full
    drop(session, device_id, newest.id)


def _drop_former(session: Session, device_id: int, path: str, token: str) -> None:
    """Of one page that is kept while it is written, the newest state is all there is to keep."""
    mine = select(HELD_POST).where(HELD_POST.c.device_id == device_id, HELD_POST.c.path == path)
    for row in session.execute(mine).all():
        if ("idem", token) in _opened(session, row).fields:
            drop(session, device_id, row.id)


def keep_here(session: Session, device_id: int, path: str, form: Form, now: datetime) -> None:
    """Seal what was typed on a page that could not be stored whole, until the page is.

    For an open phone, in the transaction of the request; a former one of the same page goes. Where
    as much waits as may, the answer alone carries it: what could not wait stands all the same.
    """
    forget_old(session, now)
    drop_at(session, device_id, path)
    if _count(session, device_id) >= MOST:
        return
    body = json.dumps(form.pairs(), ensure_ascii=False)
    sealed = session.info["keys"].seal(body)
    row = {"device_id": device_id, "path": path, "body_sealed": sealed, "created_at": now}
    session.execute(insert(HELD_POST).values(row))


def is_kept(session: Session, device_id: int, form: Form) -> bool:
    """Whether a form that waits has all that was typed in this one, wherever it goes.

    Of what only a button said nothing has to wait.
    """
    typed = {pair for pair in form.pairs() if pair[0] not in _PRESSED}
    rows = session.execute(select(HELD_POST).where(HELD_POST.c.device_id == device_id)).all()
    return any(typed <= set(_opened(session, row).fields) for row in rows)


def typed_at(session: Session, device_id: int, path: str) -> dict[str, list[str]] | None:
    """What is kept of the page at ``path``, as fields of its form; None where nothing is."""
    row = session.execute(_newest(device_id).where(HELD_POST.c.path == path)).first()
    if row is None:
        return None
    typed: dict[str, list[str]] = {}
    for name, value in _opened(session, row).fields:
        typed.setdefault(name, []).append(value)
    return typed


def path_under(session: Session, device_id: int, start: str) -> str | None:
    """The address of the last page below ``start`` of which something is kept."""
    row = session.execute(
        _newest(device_id).where(HELD_POST.c.path.startswith(f"{start}/", autoescape=True))
    ).first()
    return row.path if row else None


def drop_at(session: Session, device_id: int, path: str) -> None:
    """The page at ``path`` is stored now, or begun anew."""
    session.execute(
        delete(HELD_POST).where(HELD_POST.c.device_id == device_id, HELD_POST.c.path == path)
    )


def drop_shown(session: Session, device_id: int, path: str) -> None:
    """What ``typed_at`` showed of the page is stored; an older text of another tab waits on."""
    row = session.execute(_newest(device_id).where(HELD_POST.c.path == path)).first()
    if row is not None:
        drop(session, device_id, row.id)


def forget_old(session: Session, now: datetime) -> None:
    """What has waited for half a day goes, whether anybody comes back or not."""
    session.execute(delete(HELD_POST).where(HELD_POST.c.created_at < now - KEEP_FOR))


def _newest(device_id: int) -> Any:
    return (
        select(HELD_POST)
        .where(HELD_POST.c.device_id == device_id)
        .order_by(HELD_POST.c.id.desc())
        .limit(1)
    )


def _opened(session: Session, row: Any) -> Held:
    pairs = json.loads(session.info["keys"].unseal(row.body_sealed))
    return Held(row.id, row.path, row.created_at, [(name, value) for name, value in pairs])


def count(database: Database, device_id: int) -> int:
    with database.read() as session:
        return _count(session, device_id)


def _count(session: Session, device_id: int) -> int:
    mine = select(func.count()).select_from(HELD_POST).where(HELD_POST.c.device_id == device_id)
    found: int = session.execute(mine).scalar_one()
    return found


def oldest(session: Session, device_id: int, but: int = 0) -> Held | None:
    """The form that has waited longest, opened; ``but``: the one that is being sent."""
    row = session.execute(
        select(HELD_POST)
        .where(HELD_POST.c.device_id == device_id, HELD_POST.c.id != but)
        .order_by(HELD_POST.c.id)
        .limit(1)
    ).first()
    return _opened(session, row) if row else None


def drop(session: Session, device_id: int, held_id: int) -> None:
    session.execute(
        delete(HELD_POST).where(HELD_POST.c.id == held_id, HELD_POST.c.device_id == device_id)
    )
