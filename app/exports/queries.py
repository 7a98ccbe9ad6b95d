"""What the page of exports reads: those of the site of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.models.exports import EXPORT
from app.models.people import SITE, STAFF
from app.visit.identity import StaffMe
from app.web.errors import NotFound

MOST_SHOWN = 20
_SITE = select(SITE.c.name).where(SITE.c.id == bindparam("site"))


@dataclass(frozen=True, slots=True)
class ScopedExport:
    """One export of the site of whoever asks."""

    id: int
    public_id: str
    form: str
    language: str
    status: str
    asked_at: datetime
    done: int
    total: int
    size: int | None
    sha256: str | None
    fault: str | None
    kept_until: datetime | None
    asker: str

    @property
    def on_its_way(self) -> bool:
        return self.status in ("waiting", "making")


_COLUMNS = tuple(EXPORT.c[name] for name in ScopedExport.__slots__ if name != "asker")
_EXPORTS = (
    select(*_COLUMNS, STAFF.c.name.label("asker"))
    .join(STAFF, STAFF.c.id == EXPORT.c.asked_by)
    .where(EXPORT.c.site_id == bindparam("site"))
)
_NEWEST = _EXPORTS.order_by(EXPORT.c.id.desc()).limit(MOST_SHOWN)
_ONE = _EXPORTS.where(EXPORT.c.public_id == bindparam("one"))


def newest(session: Session, me: StaffMe) -> list[ScopedExport]:
    rows = session.execute(_NEWEST, {"site": me.site_id}).all()
    return [ScopedExport(*row) for row in rows]


def export_for(session: Session, me: StaffMe, public_id: str) -> ScopedExport:
    """Raises NotFound for one that is foreign or missing."""
    row = session.execute(_ONE, {"site": me.site_id, "one": public_id}).first()
    if row is None:
        raise NotFound
    return ScopedExport(*row)


def site_of(session: Session, site: int) -> Any:
    """The name of a site."""
    return session.execute(_SITE, {"site": site}).scalar_one()
